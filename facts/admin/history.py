"""What became of a fact: its versions to compare and to bring back, two editors at once, and what is due."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import dateformat, timezone

from facts.admin.forms import WhyField
from facts.models import Fact, FactVersion
from facts.selectors.corrections import (
    SOON,
    compare,
    find_changes,
    find_changes_since,
    last_version_id,
    last_versions,
    service_names,
)
from facts.services.corrections import CannotTakeBack, ChangedMeanwhile, take_back


class DueFilter(admin.SimpleListFilter):
    """Facts of the bank that are to be read again."""

    title = "read again"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "overdue"), ("soon", f"due within {SOON.days} days"), ("all", "either")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        today = timezone.now().date()
        if self.value() in ("overdue", "soon", "all"):
            queryset = queryset.filter(is_withdrawn=False, is_draft=False)
        if self.value() == "overdue":
            return queryset.filter(review_by__lt=today)
        if self.value() == "soon":
            return queryset.filter(review_by__gte=today, review_by__lt=today + SOON)
        if self.value() == "all":
            return queryset.filter(review_by__lt=today + SOON)
        return queryset


class TakeBackForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    why = WhyField(help_text="Kept with the change, for editors.")


class HistoryAdmin(admin.ModelAdmin):
    """An admin of facts that shows their versions, and tells an editor whom another one has overtaken."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.version_view)
        own = path("<path:object_id>/history/<int:version_id>/", view, name="facts_fact_version")
        return [own, *super().get_urls()]

    # Versions

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        fact = self._get_fact(request, object_id)
        page, changes = find_changes(fact, request.GET.get("page", "1"))
        context = self._context(request, fact) | {
            "title": f"Change history: {fact}",
            "page": page,
            "changes": changes,
            "last_id": last_version_id(fact.pk),
        }
        return TemplateResponse(request, "admin/facts/history.html", context | (extra_context or {}))

    def version_view(self, request: HttpRequest, object_id: str, version_id: int) -> HttpResponse:
        """One version: what differs between it and another one (by default the fact as it is), and bringing it back."""
        fact = self._get_fact(request, object_id)
        versions = FactVersion.objects.filter(id=fact.pk).select_related("history_user")
        version = get_object_or_404(versions, history_id=version_id)
        form = TakeBackForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                _, remade = take_back(
                    version=version,
                    seen=form.cleaned_data["seen"],
                    by=request.user,  # type: ignore[arg-type]
                    why=form.cleaned_data["why"],
                )
            except ChangedMeanwhile:
                form.add_error(None, "Somebody changed the fact meanwhile. What differs now is shown: look again.")
            except CannotTakeBack as refused:
                for reason in refused.reasons:
                    form.add_error(None, reason)
            else:
                messages.success(
                    request,
                    f"The fact is as it was on {dateformat.format(version.history_date, 'j F Y, H:i')}. "
                    f"Questions: {len(remade.made)} made, {len(remade.retired)} retired.",
                )
                return HttpResponseRedirect(reverse("admin:facts_fact_history", args=[fact.pk]))
        last = last_versions([fact.pk])[fact.pk]
        if form.is_bound:  # whoever sends it again has seen what is shown now
            form.data = {**form.data, "seen": last.history_id, "why": form["why"].value()}
        against = request.GET.get("against", "")
        other = versions.filter(history_id=int(against)).first() if re.fullmatch(r"\d{1,9}", against) else last
        if other is None:
            raise Http404
        context = self._context(request, fact) | {
            "title": f"The fact as it was on {dateformat.format(version.history_date, 'j F Y, H:i')}",
            "version": version,
            "other": other,
            "is_last": version == last,
            "is_against_last": other == last,
            "versions": versions.exclude(history_id=version_id).order_by("-history_id")[:100],
            "differences": compare(version, other, service_names()),
            "form": form if form.is_bound else TakeBackForm(initial={"seen": last.history_id}),
        }
        return TemplateResponse(request, "admin/facts/version.html", context)

    def _get_fact(self, request: HttpRequest, object_id: str) -> Fact:
        if not self.has_change_permission(request):
            raise PermissionDenied
        fact: Fact | None = self.get_object(request, object_id)
        if fact is None:
            raise Http404
        return fact

    def _context(self, request: HttpRequest, fact: Fact) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"object": fact, "opts": self.opts}

    # Two editors at once

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None or not object_id.isdecimal():
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            Fact.objects.select_for_update().filter(pk=object_id).first()  # who comes second waits, and then sees
            seen = request.POST.get("seen", "")
            changed = find_changes_since(int(object_id), int(seen) if re.fullmatch(r"\d{1,9}", seen) else 0)
            if changed and self.has_change_permission(request):
                version, differences = changed
                request.POST = self._send_again(request.POST, int(object_id), version.history_id)  # type: ignore[assignment]
                request.overtaken_by = version  # type: ignore[attr-defined]
                extra_context = (extra_context or {}) | {"overtaken_by": version, "differences": differences}
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.overtaken_by = getattr(request, "overtaken_by", None)
        return form

    def _send_again(self, sent: QueryDict, fact_id: int, last_id: int) -> QueryDict:
        """What was typed, as if it had been typed into the fact as it is now: lost parts are new ones."""
        data = sent.copy()
        data["seen"] = str(last_id)
        for inline in self.inlines or ():
            prefix = inline.model._meta.get_field("fact").remote_field.get_accessor_name()
            rows = inline.model.objects.filter(fact=fact_id)
            _renumber(data, prefix, {str(pk) for pk in rows.values_list("pk", flat=True)})
        return data


def _renumber(data: QueryDict, prefix: str, stored: set[str]) -> None:
    """Bring the rows of a formset that are stored still before the others, and let the others be new."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not re.fullmatch(r"\d{1,3}", total):
        return
    rows: list[dict[str, list[str]]] = [{} for _ in range(int(total))]
    for name in list(data):
        match = re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,3}})-(.+)", name)
        if match and int(match[1]) < len(rows):
            rows[int(match[1])][match[2]] = data.pop(name)
    known = [row for row in rows if row.get("id", [""])[0] in stored]
    others = [row | {"id": [""]} for row in rows if row not in known and "DELETE" not in row]
    for number, row in enumerate([*known, *others]):
        for field, values in row.items():
            data.setlist(f"{prefix}-{number}-{field}", values)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(known))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(known) + len(others))
