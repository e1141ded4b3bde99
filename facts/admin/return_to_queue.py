"""Pages that the review queue leads to, and that lead back to it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


def to_queue(request: HttpRequest) -> HttpResponseRedirect | None:
    """Back to the place of the queue that the editor came from, if they came from there."""
    came_from = request.GET.get("queue", "")
    return HttpResponseRedirect(came_from) if came_from.startswith(reverse("admin:facts_queue")) else None


class QueueReturn(admin.ModelAdmin):
    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return to_queue(request) or super().response_post_save_change(request, obj)
