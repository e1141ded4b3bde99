"""Marking words of the statement makes a blank, with distractors that the bank proposes: the author takes or leaves
each. Every step sends the whole form, which comes back as it was typed; nothing is stored before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from facts.admin.preview import UNNAMED, PreviewAdmin
from facts.models import Fact, Service
from facts.questions import content
from facts.questions.suggest import Suggestion, why_no_blank
from facts.selectors.suggest import find_suggestions, find_whole_name

BLANKS = "blanks"
MOST_ROWS = 100


@dataclass
class Proposal:
    """What the panel beside the statement shows."""

    words: str = ""
    trouble: str = ""
    suggestions: list[Suggestion] = field(default_factory=list)
    name: str = ""  # of the service of whose name only a part was marked


class SuggestAdmin(PreviewAdmin):
    """An admin of facts whose form makes blanks of marked words."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.suggest_view)
        return [
            path("suggest/", view, name="facts_fact_suggest_new"),
            path("<path:object_id>/suggest/", view, name="facts_fact_suggest"),
            *super().get_urls(),
        ]

    def suggest_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The suggestions alone, for the form that is sent."""
        fact = self.find_written(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        context = {"proposal": make_proposal(request.POST, fact)}
        return TemplateResponse(request, "admin/facts/fact/suggestions.html", context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and ("_suggest" in request.POST or "_add_blank" in request.POST):
            data = request.POST.copy()
            data["_preview"] = "1"  # shown again, never saved
            if "_add_blank" in data:
                add_blank(data)
            request.POST = data  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        fact: Fact | None = context["original"]
        name = "facts_fact_suggest" if fact else "facts_fact_suggest_new"
        context["suggest_url"] = reverse(f"admin:{name}", args=[fact.pk] if fact else [])
        if request.method == "POST" and "_suggest" in request.POST:
            context |= {"proposal": make_proposal(request.POST, fact), "focus": "suggestions"}
        elif request.method == "POST" and "_add_blank" in request.POST:
            context["focus"] = BLANKS
            for inline in context["inline_admin_formsets"]:
                if inline.formset.prefix == BLANKS and inline.formset.forms:
                    inline.formset.forms[-1].fields["answer"].widget.attrs["autofocus"] = True
        return super().render_change_form(request, context, *args, **kwargs)


def make_proposal(data: QueryDict, fact: Fact | None) -> Proposal:
    """Distractors for the words that were marked, or what speaks against a blank of them."""
    statement, words = data.get("statement", "").strip(), data.get("blank_words", "").strip()
    proposal = Proposal(words)
    main = _find_services([data.get("service", "")])
    if not statement or not words:
        proposal.trouble = "Mark words of the statement first, or type them."
    elif not main:
        proposal.trouble = "Choose the service that the fact is mainly about first."
    else:
        also = [service for service in _find_services(data.getlist("other_services")) if service not in main]
        services = tuple(service.to_content() for service in [*main, *also])
        record = content.Fact(fact.slug if fact else UNNAMED, statement, services)
        proposal.trouble = why_no_blank(record, words)
        if not proposal.trouble:
            proposal.suggestions = find_suggestions(record, words, own=fact.pk if fact else None)
            if not proposal.suggestions:
                proposal.name = find_whole_name(statement, words)
    return proposal


def _find_services(keys: list[str]) -> list[Service]:
    known = [int(key) for key in keys if key.isdecimal() and len(key) < 10]
    return list(Service.objects.select_related("family").filter(pk__in=known)) if known else []


def add_blank(data: QueryDict) -> None:
    """Put a blank of the marked words, with the distractors that were taken, behind those of the form."""
    total = data.get(f"{BLANKS}-TOTAL_FORMS", "")
    words = data.get("blank_words", "").strip()
    if not (total.isdecimal() and int(total) < MOST_ROWS and words):
        return
    row = f"{BLANKS}-{int(total)}"
    data[f"{row}-answer"] = words
    data[f"{row}-distractors"] = "\n".join(data.getlist("take"))
    data[f"{BLANKS}-TOTAL_FORMS"] = str(int(total) + 1)
    for name in ("blank_words", "take"):
        data.pop(name, None)
