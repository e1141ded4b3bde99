"""Saying that a question is wrong, and reading what an editor answered."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from facts.models import Report
from facts.models.progress import get_plan
from facts.selectors.play import get_question
from facts.selectors.reports import find_reports, find_rescores
from facts.services.catch_up import catch_up
from facts.services.reports import TooManyReports, can_report, open_report, report_question
from facts.views.http import get_player

MIN_TEXT, MAX_TEXT = 10, 1000


class ReportForm(forms.Form):
    """What is wrong with a question."""

    kind = forms.ChoiceField(
        label="What is wrong?",
        choices=Report.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is wrong.",
            "invalid_choice": "That is none of the choices. Choose what is wrong.",
        },
    )
    text = forms.CharField(
        label="In a sentence",
        min_length=MIN_TEXT,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What is so instead, and where AWS says it, if you know. An editor reads it.",
        error_messages={
            "required": "Say in a sentence what is wrong.",
            "min_length": f"Say a little more: at least {MIN_TEXT} characters.",
            "max_length": f"At most {MAX_TEXT:,} characters, please; these are %(show_value)d.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for validator in self.fields["text"].validators:
            if isinstance(validator, ProhibitNullCharactersValidator):
                validator.message = "The text holds a character that cannot be kept (NUL). Remove it."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, quiz_id: int, position: int) -> HttpResponse:
    """Report a question that was answered, or change the report while nobody has decided it."""
    asked = get_question(get_player(request), quiz_id, position)
    if not can_report(asked):
        return render(request, "facts/report.html", {"question": asked, "form": None}, status=404)
    earlier = open_report(asked.player, asked)
    initial = {"kind": earlier.kind, "text": earlier.text} if earlier else None
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _, is_new = report_question(asked=asked, **form.cleaned_data)
        except TooManyReports as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(
                request,
                "Thank you. An editor will read it; the answer will be among your reports, in the history."
                if is_new
                else "Your report is changed.",
            )
            return redirect(asked)
    context = {"question": asked, "form": form, "is_change": earlier is not None}
    return render(request, "facts/report.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """One's own reports with what became of them, and the answers that were scored anew."""
    player = get_player(request)
    if player is None:
        return render(request, "facts/reports.html", {"reports": [], "rescores": []})
    catch_up(player)
    page = find_reports(player, request.GET.get("page", "1"))
    with timezone.override(get_plan(player).zone):
        context = {"page": page, "reports": list(page), "rescores": find_rescores(player)}
        return render(request, "facts/reports.html", context)
