"""The admin: where editors mend the bank."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from facts.admin import bank, groups, play, players, queue, reports

__all__ = ["bank", "groups", "play", "players", "queue", "reports"]

admin.site.site_header = "Examprep: the bank"
admin.site.site_title = "Examprep"
admin.site.index_title = "Mend facts, judge questions"
# One way to sign in, with its rate limits, instead of a second one without.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
