"""What a fact would ask, shown beside its form while it is typed. Nothing here is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse

from facts.admin.history import HistoryAdmin
from facts.models import Blank, Confirmation, Fact, FalseStatement, Scenario, Service, Verdict
from facts.questions import content
from facts.selectors.bank import find_twin
from facts.selectors.preview import FactPreview, preview_fact

UNNAMED = "not named yet"  # no id that a fact could have: it holds spaces


@dataclass
class Panel:
    """What the panel shows: what is still missing, or what would be asked."""

    missing: list[str] = field(default_factory=list)  # what has to be typed before anything can be made
    left_out: list[str] = field(default_factory=list)  # what is typed but not fit yet
    twin: Fact | None = None
    is_named: bool = True
    is_withdrawn: bool = False
    preview: FactPreview | None = None


class PreviewAdmin(HistoryAdmin):
    """An admin of facts whose form shows what would be asked, as it is typed or by a button."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("preview/", view, name="facts_fact_preview_new"),
            path("<path:object_id>/preview/", view, name="facts_fact_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The panel alone, for the form that is sent."""
        fact = self.find_written(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        fields = flatten_fieldsets(self.get_fieldsets(request, fact))
        form = self.get_form(request, fact, change=fact is not None, fields=fields)(request.POST, instance=fact)
        formsets, _ = self._create_formsets(request, form.instance, change=fact is not None)  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/facts/fact/preview_panel.html", {"panel": make_panel(form, formsets)})

    def find_written(self, request: HttpRequest, object_id: str | None) -> Fact | None:
        """The fact whose form a panel is asked for, None if it is a new one; refuses whoever may not write it."""
        fact: Fact | None = self.get_object(request, object_id) if object_id is not None else None
        is_allowed = self.has_change_permission(request, fact) if object_id else self.has_add_permission(request)
        if not is_allowed:
            raise PermissionDenied
        if object_id is not None and fact is None:
            raise Http404
        return fact

    # Without JavaScript: the button sends the whole form, which comes back as it was typed.

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type("PreviewForm", (NeverSaved, form), {}) if _asks_for_preview(request) else form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        fact: Fact | None = context["original"]
        if self.has_change_permission(request, fact) if fact else self.has_add_permission(request):
            name = "facts_fact_preview" if fact else "facts_fact_preview_new"
            context["preview_url"] = reverse(f"admin:{name}", args=[fact.pk] if fact else [])
        if _asks_for_preview(request):
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["panel"] = make_panel(context["adminform"].form, formsets)
            context.setdefault("focus", "preview")
        return super().render_change_form(request, context, *args, **kwargs)


class NeverSaved:
    """A form that is checked and shown again, whatever is in it."""

    def is_valid(self) -> bool:
        super().is_valid()  # type: ignore[misc]
        return False


def _asks_for_preview(request: HttpRequest) -> bool:
    return request.method == "POST" and "_preview" in request.POST


def make_panel(form: Any, formsets: list[Any]) -> Panel:
    """What the form would ask. Faults of fields that no question is made of are left to the form."""
    form.is_valid()
    data: dict[str, Any] = getattr(form, "cleaned_data", {})
    typed = str(form.data.get("statement", "")).strip()
    panel = Panel(is_withdrawn=bool(data.get("is_withdrawn")))
    if not typed:
        panel.missing.append("Type a statement: one plain sentence that is true.")
    elif "statement" not in data:
        panel.missing += form.errors.get("statement", [])
        panel.twin = find_twin(typed, form.instance)
    if not data.get("service"):
        panel.missing.append("Choose the service that it is mainly about.")
    parts = {formset.model: _read_rows(formset, panel) for formset in formsets}
    if panel.missing:
        return panel
    own: int | None = form.instance.pk
    slug = form.instance.slug if own else data.get("slug", "")
    panel.is_named = bool(slug)
    record = _to_content(form, data, parts, slug or UNNAMED)
    panel.preview = preview_fact(record, own=own, is_withdrawn=panel.is_withdrawn)
    return panel


def _read_rows(formset: Any, panel: Panel) -> list[dict[str, Any]]:
    """The rows that are fit to be asked, in the order in which they would be stored; the panel is told of others."""
    formset.is_valid()
    rows = []
    for number, row in enumerate(formset.forms, 1):
        if (not row.has_changed() and not row.instance.pk) or formset._should_delete_form(row):
            continue
        if row.errors:
            messages = [message for messages in row.errors.values() for message in messages]
            name = str(formset.model._meta.verbose_name).capitalize()
            panel.left_out.append(f"{name} {number}: {' '.join(dict.fromkeys(messages))}")
        else:
            rows.append(row.cleaned_data)
    return rows


def _to_content(
    form: forms.ModelForm, data: dict[str, Any], parts: dict[Any, list[dict[str, Any]]], slug: str
) -> content.Fact:
    """The fact as ``Fact.to_content`` would give it after saving."""
    statement: str = data["statement"]
    main: Service = data["service"]
    also = [service for service in data.get("other_services", ()) if service != main]
    fields = ("stem", "answer", "answer_why", "distractors")
    known = {"fact": form.instance.pk, "digest": content.digest(statement)}
    verdicts = Verdict.objects.filter(**known) if form.instance.pk else Verdict.objects.none()
    return content.Fact(
        id=slug,
        statement=statement,
        services=tuple(service.to_content() for service in (main, *also)),
        explanation=data.get("explanation", ""),
        false_statements=tuple(content.FalseStatement(row["text"], row["why"]) for row in parts[FalseStatement]),
        blanks=tuple(content.Blank(row["answer"], tuple(row["distractors"])) for row in parts[Blank]),
        scenarios=tuple(Scenario(**{name: row[name] for name in fields}).to_content() for row in parts[Scenario]),
        confirmed_verb=_verb_of(form, data, known),
        verdicts=tuple(content.Verdict(one.rule, one.change, one.is_yes) for one in verdicts),
    )


def _verb_of(form: forms.ModelForm, data: dict[str, Any], known: dict[str, Any]) -> int | None:
    """Where the main verb starts, by the author's word: by the form's, where it or the statement changes."""
    if "main_verb" in form.changed_data or "statement" in form.changed_data:
        return int(data["main_verb"]) if data.get("main_verb") else None
    confirmed = Confirmation.objects.filter(**known).first()
    return confirmed.verb_start if confirmed else None
