from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("facts.urls")),
    path("accounts/", include("allauth.account.urls")),
]

handler500 = "facts.views.errors.server_error"
handler429 = "facts.views.errors.too_many_requests"
handler500 = "facts.views.errors.server_error"
