"""Quizzes, to look at: what a player was asked and answered is nobody's to edit."""

from django.contrib import admin
from django.http import HttpRequest

from facts.models import Quiz


@admin.register(Quiz)
class QuizAdmin(admin.ModelAdmin):
    list_display = ("pk", "player", "scope", "started_at", "finished_at")
    list_select_related = ("player",)
    list_filter = ("finished_at",)
    search_fields = ("player__display_name", "scope")
    fields = readonly_fields = ("player", "scope", "seed", "started_at", "finished_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Quiz | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Quiz | None = None) -> bool:
        return False
