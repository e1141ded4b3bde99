"""Reading the figures of questions: those that have enough answers, filtered, sorted and on a plane."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from django.db.models import F, QuerySet

from facts.learning.statistics import SHOWN_FROM, Flag
from facts.models import Question, QuestionStatistics

ANY_FLAG, NO_FLAG = "any", "none"
MOST_POINTS = 1000

# What the table may be sorted by, with the column that is.
SORTS = {
    "question": "question__stem",
    "facility": "facility",
    "discrimination": "discrimination",
    "answers": "first_answered",
    "time": "median_seconds",
    "asked": "asked",
    "state": "question__state",
    "kind": "question__kind",
}
DEFAULT_SORT = "discrimination"


@dataclass(frozen=True)
class Choice:
    """Which questions: "" is all of them, a flag may also be ANY_FLAG or NO_FLAG."""

    service: str = ""  # slug
    kind: str = ""
    rule: str = ""
    state: str = ""
    flag: str = ""


def find_statistics(choice: Choice, sort: str = "") -> QuerySet[QuestionStatistics]:
    """The figures that are shown; sorted by one of SORTS, downwards with a "-" before it, else by the default."""
    rows = QuestionStatistics.objects.shown()
    fields = {"fact__service__slug": choice.service, "kind": choice.kind, "rule": choice.rule, "state": choice.state}
    rows = rows.filter(**{f"question__{name}": value for name, value in fields.items() if value})
    if choice.flag == ANY_FLAG:
        rows = rows.exclude(flags="")
    elif choice.flag == NO_FLAG:
        rows = rows.filter(flags="")
    elif choice.flag:
        rows = rows.flagged(Flag(choice.flag))
    name = sort.removeprefix("-")
    column = F(SORTS.get(name, SORTS[DEFAULT_SORT]))
    is_down = name in SORTS and sort.startswith("-")
    return rows.order_by(column.desc(nulls_last=True) if is_down else column.asc(nulls_last=True), "pk")


def count_unshown() -> int:
    """How many questions in use have too few first answers yet."""
    return Question.objects.in_use().exclude(statistics__first_answered__gte=SHOWN_FROM).count()


def find_rules() -> list[str]:
    return list(Question.objects.order_by("rule").values_list("rule", flat=True).distinct())


@dataclass(frozen=True)
class Plane:
    """Facility from left to right, discrimination from bottom to top, in steps of 0.2 that hold all points."""

    low: int  # in steps
    high: int
    points: list[QuestionStatistics]  # those with most answers last, so that they lie on top

    @property
    def steps(self) -> list[float]:
        """From the top down."""
        return [step / 5 for step in range(self.high, self.low - 1, -1)]


def get_plane(rows: QuerySet[QuestionStatistics]) -> Plane:
    """The questions whose discrimination is known, at most MOST_POINTS: those with most answers."""
    known = rows.filter(discrimination__isnull=False).select_related("question__fact")
    wanted = ("first_answered", "facility", "discrimination", "flags", "question__stem", "question__fact__slug")
    points = list(known.only(*wanted).order_by("-first_answered", "pk")[:MOST_POINTS])[::-1]
    strengths = [5 * (row.discrimination or 0) for row in points]
    return Plane(min([-1, *map(floor, strengths)]), max([3, *map(ceil, strengths)]), points)
