"""The figures of questions: a plane, its table, the same as a file, and what they say of pilots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from facts.learning.statistics import JUDGED_FROM, SHOWN_FROM
from facts.models import FlagName, Question, QuestionStatistics, Service
from facts.selectors.statistics import (
    ANY_FLAG,
    DEFAULT_SORT,
    MOST_POINTS,
    NO_FLAG,
    SORTS,
    Choice,
    Plane,
    count_unshown,
    find_rules,
    find_statistics,
    get_plane,
)
from facts.services.statistics import judge_pilots, settle_pilots, write_statistics

PAGE_SIZE = 50
_LABELS = {
    "question": "Question",
    "facility": "Facility",
    "discrimination": "Discrimination",
    "flags": "Flags",
    "answers": "First answers",
    "time": "Median time",
    "asked": "Asked",
    "state": "State",
    "kind": "Kind",
}
# The plane in units of its drawing.
WIDTH, HEIGHT = 480, 300


class FilterForm(forms.Form):
    """What is not to be found is told, and ignored."""

    service = forms.ModelChoiceField(
        Service.objects.all(), to_field_name="slug", required=False, empty_label="All services"
    )
    kind = forms.ChoiceField(choices=[("", "All kinds"), *Question.Kind.choices], required=False)
    rule = forms.ChoiceField(required=False)
    state = forms.ChoiceField(choices=[("", "All states"), *Question.State.choices], required=False)
    flag = forms.ChoiceField(
        choices=[("", "Flagged or not"), (ANY_FLAG, "Flagged"), (NO_FLAG, "Not flagged"), *FlagName.choices],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [("", "All rules"), *((rule, rule) for rule in find_rules())]  # type: ignore[attr-defined]

    def to_choice(self) -> Choice:
        self.is_valid()
        values = self.cleaned_data
        service = values.get("service")
        others = {name: values.get(name, "") for name in ("kind", "rule", "state", "flag")}
        return Choice(service.slug if service else "", **others)


def statistics_urls(site: AdminSite) -> list[URLPattern]:
    """To stand before the addresses of single questions."""

    @require_GET
    def view(request: HttpRequest) -> HttpResponse:
        return statistics_view(request, site.each_context(request))

    return [
        path("statistics/", site.admin_view(view), name="facts_question_statistics"),
        path("statistics/export/", site.admin_view(export_view), name="facts_question_statistics_export"),
        path("statistics/settle/", site.admin_view(settle_view), name="facts_question_settle"),
    ]


def _require_right(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(f"facts.{right}_question"):
        raise PermissionDenied


def statistics_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The figures of the questions chosen."""
    _require_right(request, "view")
    form = FilterForm(request.GET, label_suffix="")
    choice, sort = form.to_choice(), request.GET.get("sort", "")
    rows = find_statistics(choice, sort)
    page = Paginator(rows.select_related("question__fact__service"), PAGE_SIZE).get_page(request.GET.get("page"))
    may_settle = request.user.has_perm("facts.change_question")
    verdicts = judge_pilots() if may_settle else []
    live = sum(verdict.state == Question.State.LIVE for verdict in verdicts)
    plane = get_plane(rows)
    context |= {
        "title": "Statistics of questions",
        "opts": Question._meta,
        "form": form,
        "is_filtered": choice != Choice(),
        "page": page,
        "columns": list(_columns(request.GET, sort)),
        "unshown": count_unshown(),
        "plane": plane,
        "drawn": list(_draw(plane)),
        "lines": [round(place, 1) for place in _lines(plane)],
        "weak_below": _height(0.1, plane),
        "zero": _height(0, plane),
        "easy_from": 0.95 * WIDTH,
        "width": WIDTH,
        "height": HEIGHT,
        "most_points": MOST_POINTS,
        "shown_from": SHOWN_FROM,
        "judged_from": JUDGED_FROM,
        "verdicts": verdicts,
        "live_count": live,
        "review_count": len(verdicts) - live,
        "may_settle": may_settle,
    }
    return TemplateResponse(request, "admin/facts/statistics.html", context)


def _columns(params: QueryDict, sort: str) -> Iterator[dict[str, str]]:
    """The heads of the table; each links to the table sorted by it, the present one the other way round."""
    present = sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT
    for name, label in _LABELS.items():
        is_present = name == present.removeprefix("-")
        is_down = is_present and present.startswith("-")
        query = params.copy()
        query["sort"] = f"-{name}" if is_present and not is_down else name
        query.pop("page", None)
        direction = ("descending" if is_down else "ascending") if is_present else ""
        href = f"?{query.urlencode()}" if name in SORTS else ""
        yield {"name": name, "label": label, "href": href, "direction": direction}


def _lines(plane: Plane) -> Iterator[float]:
    for step in plane.steps:
        yield _height(step, plane)


def _height(strength: float, plane: Plane) -> float:
    return round(HEIGHT * (plane.high - 5 * strength) / (plane.high - plane.low), 1)


def _draw(plane: Plane) -> Iterator[dict[str, Any]]:
    for row in plane.points:
        yield {
            "row": row,
            "x": round(WIDTH * (row.facility or 0), 1),
            "y": _height(row.discrimination or 0, plane),
            "form": "flagged" if row.flags else "good" if row.is_judged else "early",
        }


@require_GET
def export_view(request: HttpRequest) -> StreamingHttpResponse:
    """The same questions as CSV, all of them."""
    _require_right(request, "view")
    rows = find_statistics(FilterForm(request.GET).to_choice())
    return StreamingHttpResponse(
        write_statistics(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="question-statistics.csv"'},
    )


@require_POST
def settle_view(request: HttpRequest) -> HttpResponse:
    """Send pilots live or to review by their figures."""
    _require_right(request, "change")
    verdicts = settle_pilots(by=request.user)  # type: ignore[arg-type]
    live = sum(verdict.state == Question.State.LIVE for verdict in verdicts)
    messages.success(request, f"Pilots: {live} live, {len(verdicts) - live} to review.")
    return HttpResponseRedirect(reverse("admin:facts_question_statistics"))


def figures_of(question: Question) -> QuestionStatistics | None:
    """None if it was never answered in a quiz that has ended."""
    return getattr(question, "statistics", None)


def render_figures(question: Question) -> SafeString:
    """A question's own figures, for its page."""
    row = figures_of(question)
    chosen = row.chosen if row else {}
    answered = row.first_answered if row else 0
    options = [
        {
            "text": option["text"],
            "is_key": option["correct"],
            "count": chosen.get(option["text"], 0),
            "share": chosen.get(option["text"], 0) / answered if answered else None,
        }
        for option in question.options
    ]
    context = {
        "row": row,
        "answered": answered,
        "options": options,
        "shown_from": SHOWN_FROM,
        "judged_from": JUDGED_FROM,
        "verdicts": question.pilot_verdicts.select_related("by"),
    }
    return render_to_string("admin/facts/statistics_question.html", context)
