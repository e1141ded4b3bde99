"""Players, for owners."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from facts.models import Player


@admin.register(Player)
class PlayerAdmin(UserAdmin):
    list_display = ("public_name", "email", "is_guest", "is_staff", "on_board", "last_login")
    list_filter = ("is_guest", "is_staff", "is_superuser", "is_active", "on_board")
    search_fields = ("display_name", "email", "username")
    ordering = ("-date_joined",)
    fieldsets: ClassVar = (
        (None, {"fields": ("username", "password")}),
        (_("Player"), {"fields": ("display_name", "email", "is_guest", "on_board")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    @admin.display(description="name", ordering="display_name")
    def public_name(self, player: Player) -> str:
        return str(player)
