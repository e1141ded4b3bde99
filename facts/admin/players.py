"""Players, for owners."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from facts.models import Player
from facts.services.players import delete_player
from facts.services.standings import save_player


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

    def save_model(self, request: HttpRequest, obj: Player, form: Any, change: bool) -> None:
        save_player(obj)

    def delete_model(self, request: HttpRequest, obj: Player) -> None:
        delete_player(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        for player in queryset:
            delete_player(player)
