"""Drafts in the admin: kept unfinished, shown as drafts, and approved by a button of their form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from facts.admin.suggest import SuggestAdmin
from facts.models import Fact
from facts.services.approval import NotApproved

APPROVE, AS_DRAFT = "_approve", "_draft"  # names of the buttons


def wants_approval(request: HttpRequest) -> bool:
    return APPROVE in request.POST


def is_kept_unfinished(request: HttpRequest, fact: Fact | None) -> bool:
    """Is the form that of a draft, and not sent to be approved or to see what would be asked?"""
    is_draft = fact.is_draft if fact and fact.pk else AS_DRAFT in request.POST
    name = request.resolver_match.url_name if request.resolver_match else ""
    is_preview = "_preview" in request.POST or str(name).startswith("facts_fact_preview")
    return is_draft and not is_preview and not wants_approval(request)


class LenientInline(admin.StackedInline):
    """Parts of a fact; those of a draft may be unfinished."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.is_lenient = is_kept_unfinished(request, obj)
        return formset


class DraftAdmin(SuggestAdmin):
    """An admin of facts among which are drafts."""

    @admin.display(description="statement", ordering="statement")
    def stated(self, fact: Fact) -> SafeString | str:
        if not fact.is_draft:
            return fact.statement
        return format_html('<span class="badge">Draft</span> {}', fact)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody has learned what a draft says, so there is nothing to tell players."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.is_draft:
            return fieldsets
        return [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name != "tells_players")})
            for title, options in fieldsets
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.is_lenient = is_kept_unfinished(request, obj)
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotApproved:
            # Somebody added a twin after the form had been checked: checked again, it says so at its field.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """A draft has no page."""
        return None if obj is not None and obj.is_draft else super().get_view_on_site_url(obj)

    def response_change(self, request: HttpRequest, obj: Fact) -> HttpResponse:
        if wants_approval(request):
            messages.success(request, format_html("Approved: “{}” is in the bank.", obj.statement))
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)
