"""Reports of wrong questions: those that wait, and the page on which one is decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from facts.admin.return_to_queue import to_queue
from facts.admin.statistics import render_figures
from facts.models import Fact, Report
from facts.selectors.reports import find_others, with_open_count
from facts.services.reports import (
    AlreadyDecided,
    Rescored,
    WrongKey,
    accept_report,
    current_options,
    refuse_report,
)
from facts.services.review import OwnWork

ACCEPT, REFUSE = "accept", "refuse"


class StateFilter(admin.SimpleListFilter):
    """Open ones unless others are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((str(value), str(label)) for value, label in Report.State.choices[1:]), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        choices = super().choices(changelist)
        yield next(choices) | {"display": Report.State.OPEN.label}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or Report.State.OPEN)


class DecisionForm(forms.Form):
    """Refuse, or accept with what follows from it; either way with an answer."""

    decision = forms.ChoiceField(
        choices=[(ACCEPT, "Accept"), (REFUSE, "Refuse: the question is right")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you accept it."},
    )
    correction = forms.ChoiceField(
        label="What follows",
        choices=[
            ("", "No answer changes; mend the fact if there is something to mend"),
            (Report.Correction.KEY.value, "The key was wrong: score all answers anew, by the options ticked below"),
            (Report.Correction.VOID.value, "It counts for nobody: every answer to it counts as right"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    key = forms.TypedMultipleChoiceField(
        label="Right are", coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    answer = forms.CharField(
        label="Answer",
        min_length=3,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        help_text="The player reads it; where answers are scored anew, so does everybody, on the page of corrections.",
        error_messages={"required": "Tell the player why."},
    )
    with_others = forms.BooleanField(label="The same for the other open reports of this question", required=False)

    def __init__(self, *args: Any, options: list[dict[str, Any]], has_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (index, f"{option['text']}{' (counts as right now)' if option['correct'] else ''}")
            for index, option in enumerate(options)
        ]
        if not has_others:
            del self.fields["with_others"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        correction, key = data.get("correction"), data.get("key")
        if data.get("decision") == REFUSE and correction:
            raise ValidationError("Who refuses a report changes no answers. Accept it, or choose “No answer changes”.")
        if correction == Report.Correction.KEY and not key and "key" not in self.errors:
            self.add_error("key", "Tick what is right.")
        if correction != Report.Correction.KEY and key:
            self.add_error("key", "These are ticked, but the key is not to change. Choose “The key was wrong”.")
        return data


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    list_display = ("stem", "times_reported", "kind", "service", "state", "created_at")
    list_filter = (StateFilter, "kind")
    list_select_related = ("question__fact__service",)
    list_per_page = 50
    search_fields = ("stem", "text", "question__fact__slug")
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Report]:
        return with_open_count(super().get_queryset(request))

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """What most have reported, then what waits longest."""
        return (models.F("open_count").desc(nulls_last=True), "created_at")

    @admin.display(description="open reports", ordering="open_count")
    def times_reported(self, report: Report) -> int:
        return report.open_count or 0  # type: ignore[attr-defined]  # annotated by get_queryset

    @admin.display(ordering="question__fact__service__name")
    def service(self, report: Report) -> str:
        return str(report.question.fact.service)

    # Whoever may judge questions may decide reports of them.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("facts.change_question")

    def has_view_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return request.user.has_perm("facts.change_question")

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return request.user.has_perm("facts.change_question")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A report with what speaks for and against it, and the decision."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        report = self._get_report(object_id)
        others = list(find_others(report))
        options = current_options(report)
        data = request.POST if request.method == "POST" else None
        form = DecisionForm(data, options=options, has_others=bool(others), label_suffix="", initial={"correction": ""})
        if data is not None and form.is_valid() and self._decide(request, report, form):
            return to_queue(request) or HttpResponseRedirect(reverse("admin:facts_report_changelist"))
        grounds = Fact.objects.filter(pk__in=report.question.grounds.values("fact")).exclude(pk=report.question.fact_id)
        context = self.admin_site.each_context(request) | {
            "title": "A report of a question",
            "opts": self.opts,
            "object": report,
            "form": form,
            "options": options,
            "others": others,
            "figures": render_figures(report.question),
            "facts": [report.question.fact, *grounds],
        }
        return TemplateResponse(request, "admin/facts/report.html", context | (extra_context or {}))

    def _get_report(self, object_id: str | None) -> Report:
        if object_id is None or not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        related = ("question__fact", "question__statistics", "quiz_question", "player", "decided_by")
        report = Report.objects.select_related(*related).filter(pk=object_id).first()
        if report is None:
            raise Http404
        return report

    def _decide(self, request: HttpRequest, report: Report, form: DecisionForm) -> bool:
        data = form.cleaned_data
        shared: dict[str, Any] = {
            "report": report,
            "answer": data["answer"],
            "by": request.user,
            "with_others": data.get("with_others", False),
        }
        try:
            if data["decision"] == REFUSE:
                refuse_report(**shared)
                messages.success(request, "The report is refused, and the player can read why.")
                return True
            done = accept_report(
                **shared,
                key=[form.options[index]["text"] for index in data["key"]],
                is_void=data["correction"] == Report.Correction.VOID,
            )
        except AlreadyDecided:
            messages.error(request, "Somebody else decided this report meanwhile.")
            return True
        except OwnWork as reason:
            form.add_error("decision", str(reason))
            return False
        except WrongKey as reason:
            form.add_error("key", str(reason))
            return False
        messages.success(request, f"The report is accepted. {describe_rescored(done) if data['correction'] else ''}")
        return True


def describe_rescored(done: Rescored) -> str:
    """What became of the answers, in a sentence."""
    players = len(done.players)
    return (
        f"{done.answers} answer{'s' if done.answers != 1 else ''} scored anew: {done.more_right} more right, "
        f"{done.more_wrong} more wrong, of {players} player{'s' if players != 1 else ''}. "
        "The question is asked no more."
    )
