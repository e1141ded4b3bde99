"""Charts as SVG, drawn by the server: sizes are in units of each drawing, colours and patterns are classes.

Every chart says the same in words or in a table beside it, and tells by form what it tells by colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from facts.models import RatingWeek
from facts.selectors.history import WEEKS, FamilyRecall, Memory, Overview, Sums, calendar_start

register = template.Library()

_DAY = timedelta(days=1)


# Calendar: a square for each day, the fuller the more was answered

ANSWERS_OF_LEVEL = (1, 10, 25, 50)  # from so many answers on
_CELL, _STEP, _LEFT, _TOP = 12, 15, 34, 20


@register.inclusion_tag("facts/_calendar.html")
def calendar(overview: Overview) -> dict[str, Any]:
    """The last 26 weeks, a column for each, Monday on top."""
    start, today = calendar_start(overview.today), overview.today
    answered = {day.starts_on: day.answered for day in overview.days}
    frozen = {day for day in overview.streak.frozen if day >= start}
    days = [start + number * _DAY for number in range((today - start).days + 1)]
    cells = [_cell(day, start, answered.get(day, 0), day in frozen, day == today) for day in days]
    busiest = max(overview.days, key=lambda day: day.answered, default=None)
    return {
        "squares": mark_safe("".join(cells)),
        "months": list(_months(days, start)),
        "weekdays": [(name, _TOP + row * _STEP + _CELL - 2) for row, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))],
        "width": _LEFT + WEEKS * _STEP,
        "height": _TOP + 7 * _STEP,
        "weeks": WEEKS,
        "days": overview.days,
        "busiest": busiest,
        "frozen": frozen,
        "levels": [(level, least) for level, least in enumerate(ANSWERS_OF_LEVEL, 1)],
    }


def _cell(day: date, start: date, answered: int, is_frozen: bool, is_today: bool) -> str:
    week, weekday = divmod((day - start).days, 7)
    x, y = _LEFT + week * _STEP, _TOP + weekday * _STEP
    drawn = f'<rect class="{"day today" if is_today else "day"}" x="{x}" y="{y}" width="{_CELL}" height="{_CELL}"/>'
    level = sum(answered >= least for least in ANSWERS_OF_LEVEL)
    if level:
        side = level * _CELL / len(ANSWERS_OF_LEVEL)
        inset = (_CELL - side) / 2
        drawn += (
            f'<rect class="level-{level}" x="{x + inset:g}" y="{y + inset:g}" width="{side:g}" height="{side:g}">'
            f"<title>{day.day} {day:%b %Y}: {answered} answered</title></rect>"
        )
    if is_frozen:
        drawn += f'<path class="frozen" d="M{x + 3} {y + 3}l6 6m0 -6l-6 6"/>'
    return drawn


def _months(days: list[date], start: date) -> Iterator[tuple[int, str]]:
    """Where in the first row a month begins, and its name; one that would touch the last one has none."""
    last = -3
    for day in days[::7]:
        week = (day - start).days // 7
        if (day.day <= 7 or week == 0) and week - last >= 3:
            last = week
            yield _LEFT + week * _STEP, f"{day:%b}"


# Trend: accuracy and retention as two lines

ENOUGH = 5  # answers for a point; the share of fewer would leap from 0 to 100 %
_WIDTH, _HEIGHT, _EDGE = 480, 190, 6


@register.inclusion_tag("facts/_trend.html")
def trend(overview: Overview) -> dict[str, Any]:
    """Lines of accuracy (dots) and retention (squares), by day or by week."""
    drawn = [span for span in overview.trend if span.answered >= ENOUGH]
    return {
        "spans": overview.trend,
        "drawn": drawn,
        "accuracy": [(x, _height(span.percent or 0)) for span, x in _along(drawn)],
        "retention": [(x, _height(span.retention or 0)) for span, x in _along(drawn) if span.reviewed >= ENOUGH],
        "has_reviews": any(span.reviewed for span in overview.trend),
        "lines": [_EDGE, _HEIGHT / 2, _HEIGHT - _EDGE],
        "width": _WIDTH,
        "height": _HEIGHT,
        "unit": "day" if overview.is_daily else "week",
        "enough": ENOUGH,
    }


def _along(spans: list[Sums]) -> Iterator[tuple[Sums, float]]:
    """Each span with its place on the axis of time."""
    for span in spans:
        first, length = spans[0].starts_on, (spans[-1].starts_on - spans[0].starts_on).days or 1
        yield span, round(_EDGE + (_WIDTH - 2 * _EDGE) * (span.starts_on - first).days / length, 1)


def _height(percent: int) -> float:
    return round(_HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * percent / 100, 1)


@register.filter
def polyline(points: list[tuple[float, float]]) -> str:
    """Points as an SVG line takes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


# Ratings: a line with the band of what is uncertain


@register.inclusion_tag("facts/_ratings.html")
def rating_chart(weeks: list[RatingWeek]) -> dict[str, Any]:
    """A player's rating by week, the oldest first."""
    if len(weeks) < 2:
        return {"weeks": weeks}
    low = floor(min(week.value - week.deviation for week in weeks) / 100) * 100
    high = ceil(max(week.value + week.deviation for week in weeks) / 100) * 100
    span = (weeks[-1].starts_on - weeks[0].starts_on).days

    def place(week: RatingWeek, value: float) -> tuple[float, float]:
        x = _EDGE + (_WIDTH - 2 * _EDGE) * (week.starts_on - weeks[0].starts_on).days / span
        return round(x, 1), round(_HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * (value - low) / (high - low), 1)

    above = [place(week, week.value + week.deviation) for week in weeks]
    below = [place(week, week.value - week.deviation) for week in weeks]
    return {
        "weeks": weeks,
        "ratings": [place(week, week.value) for week in weeks],
        "band": [*above, *reversed(below)],
        "marks": [high, (low + high) // 2, low],
        "lines": [_EDGE, _HEIGHT / 2, _HEIGHT - _EDGE],
        "width": _WIDTH,
        "height": _HEIGHT,
    }


# Forecast: a bar for each day

_BARS_HIGH, _NUMBERS = 90, 14  # the bars and the numbers above them
_FEW_BARS = 14  # so many are wide enough for numbers


@register.inclusion_tag("facts/_forecast.html")
def forecast_chart(memory: Memory) -> dict[str, Any]:
    """Reviews that come due, today first; the day of the exam has a flag."""
    most = max(*memory.forecast, 1)
    has_numbers = len(memory.forecast) <= _FEW_BARS
    bar, step = (16, 22) if has_numbers else (8, 11)
    bars = []
    for index, count in enumerate(memory.forecast):
        height = round(_BARS_HIGH * count / most, 1)
        bars.append(
            {
                "day": memory.today + index * _DAY,
                "count": count,
                "x": index * step,
                "middle": index * step + bar / 2,
                "y": _NUMBERS + _BARS_HIGH - height,
                "above": _NUMBERS + _BARS_HIGH - height - 3,
                "height": height,
                "is_exam": index == memory.exam_in,
            }
        )
    return {
        "memory": memory,
        "bars": bars,
        "bar": bar,
        "width": len(bars) * step,
        "height": _NUMBERS + _BARS_HIGH,
        "has_numbers": has_numbers,
        "sum": sum(memory.forecast),
    }


# Map of services: a strip for each family, a piece for each service

# From that expected recall on: the name of the level, which is also that of its class and pattern, and what it means.
LEVELS = ((0.9, "firm", "90 % or more"), (0.8, "good", "80 to 90 %"), (0.7, "fading", "70 to 80 %"))
WEAK = (0.0, "weak", "less than 70 %")
_STRIP, _STRIP_HIGH = 640, 30


@register.simple_tag
def recall_levels() -> list[tuple[float, str, str]]:
    return [*LEVELS, WEAK]


@register.filter
def recall_level(share: float) -> str:
    """Firm, good, fading or weak."""
    return next((name for least, name, _ in LEVELS if share >= least), WEAK[1])


@register.simple_tag
def service_strip(family: FamilyRecall, most_facts: int) -> SafeString:
    """A piece for each service, as wide as it has facts, filled as high as facts were met, as dense as they sit."""
    pieces = []
    x, unit = 0.0, _STRIP / most_facts
    for service in family.services:
        place = f'x="{x:.1f}" width="{service.facts * unit:.1f}"'
        filled = ""
        if service.share is not None:
            height = _STRIP_HIGH * service.met / service.facts
            pattern = f"url(#recall-{recall_level(service.share)})"
            filled = f'<rect fill="{pattern}" {place} y="{_STRIP_HIGH - height:.1f}" height="{height:.1f}"/>'
        title = escape(f"{service.name}: {in_words(service)}")
        pieces.append(
            f'<g>{filled}<rect class="piece" {place} y="0" height="{_STRIP_HIGH}"/><title>{title}</title></g>'
        )
        x += service.facts * unit
    box = f"-1 -1 {_STRIP + 2} {_STRIP_HIGH + 2}"
    return mark_safe(f'<svg class="strip" viewBox="{box}" aria-hidden="true">{"".join(pieces)}</svg>')


@register.filter
def in_words(recall: Any) -> str:
    """What is remembered of a service, a family or the whole bank."""
    words = f"{recall.met} of {recall.facts} fact{'s' if recall.facts != 1 else ''} met"
    return words if recall.percent is None else f"{words}, {recall.percent} % expected to be recalled"
