"""How questions and times are written on a page."""

from __future__ import annotations

from calendar import month_name
from datetime import date
from functools import lru_cache
from html import escape
from itertools import count
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from facts.models import Question, QuizQuestion
from facts.questions.content import GAP
from facts.selectors.play import Course

register = template.Library()

_GAP_HTML = mark_safe('<span class="gap"><span class="sr">blank</span></span>')


_KINDS = dict(Question.Kind.choices)


@register.filter
def kind_label(question: QuizQuestion) -> str:
    """As ``get_kind_display``, which makes the dictionary anew each time."""
    return str(_KINDS[question.kind])


@register.filter
def stem(text: str) -> SafeString:
    """The stem, escaped, its blank drawn as one that a screen reader can say."""
    return mark_safe(escape(text).replace(GAP, _GAP_HTML, 1))


@register.filter
def answered_stem(question: QuizQuestion) -> SafeString:
    """The stem of a question that was answered: what belongs into its blank stands there, marked as such."""
    key = next((str(option["text"]) for option in question.options if option["correct"]), "")
    if GAP not in question.stem or not key:
        return stem(question.stem)
    filled = f'<span class="filled"><span class="sr">blank: </span>{escape(key)}</span>'
    return mark_safe(escape(question.stem).replace(GAP, filled, 1))


@register.filter
def clock(seconds: float) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 in whole percent."""
    return "" if share is None else f"{round(100 * share)} %"


@register.filter
def chance(share: float | None) -> str:
    """A chance in whole percent; nothing is certain."""
    if share is None:
        return ""
    return "over 99 %" if share > 0.99 else "under 1 %" if share < 0.01 else percent(share)


@register.filter
def names_service(question: QuizQuestion) -> bool:
    """Does the stem name the service that the question is about? Else its name could give the answer away."""
    short = question.service_name.removeprefix("Amazon ").removeprefix("AWS ")
    return short.casefold() in question.stem.casefold()


@register.filter
def given(question: QuizQuestion) -> str:
    """The answer given, in words."""
    return " and ".join(f"“{question.options[index]['text']}”" for index in question.chosen or ()) or "nothing"


@register.filter
def right_answer(question: QuizQuestion) -> str:
    return " and ".join(f"“{option['text']}”" for option in question.options if option["correct"])


# What follows is written here and not in templates: every question and answer shows up to 75 segments and five options,
# and a template takes about ten times as long for each.


@register.filter
def segments(course: Course, current: int) -> SafeString:
    """The row of bars on top of a quiz, one a question: right, wrong, the one that is asked now, or still to come."""
    bars = "".join(
        '<span class="now"></span>'
        if segment.position == current and segment.is_right is None
        else f'<span class="{segment.css_class}"></span>'
        for segment in course.segments
    )
    label = f"{course.answered} of {course.count} answered, {course.right} right"
    return mark_safe(f'<div class="segments" role="img" aria-label="{label}">{bars}</div>')


@register.filter
def choices(options: list[dict[str, Any]], is_choose_two: bool) -> SafeString:
    """What can be chosen, as radio buttons or checkboxes."""
    kind = "checkbox" if is_choose_two else "radio"
    return mark_safe(
        "\n".join(
            f'<label class="option"><input type="{kind}" name="choice" value="{option["index"]}"'
            f"{' checked' if option['is_chosen'] else ''}>"
            f'<kbd aria-hidden="true">{option["letter"]}</kbd><span>{escape(option["text"])}</span></label>'
            for option in options
        )
    )


@register.filter
def reasons(question: QuizQuestion) -> SafeString:
    """The options after the answer: which is the key, which was chosen, and why each is right or wrong."""
    items = []
    for letter, index, option in zip("ABCDE", count(), question.options, strict=False):
        is_key, is_chosen = option["correct"], index in (question.chosen or ())
        css_class = " is-key" if is_key else " is-wrong" if is_chosen else ""
        link = "" if option["fact"] == question.told["slug"] else f' <a href="{_fact_url(option["fact"])}">The fact</a>'
        items.append(
            f'<li class="option{css_class}"><kbd aria-hidden="true">{letter}</kbd><span>{escape(option["text"])}</span>'
            f'<span class="verdict">{_VERDICTS[is_key, is_chosen]}</span>'
            f'<span class="why">{escape(option["why"])}{link}</span></li>'
        )
    return mark_safe(f'<ul class="options">{"\n".join(items)}</ul>')


_VERDICTS = {
    (True, True): '<span aria-hidden="true">✓</span> your answer, correct',
    (True, False): '<span aria-hidden="true">✓</span> correct answer',
    (False, True): '<span aria-hidden="true">✗</span> your answer',
    (False, False): "",
}


@register.filter
def fact_url(question: QuizQuestion) -> str:
    """Where the fact is that the question is about."""
    return _fact_url(question.told["slug"])


@lru_cache(maxsize=4096)
def _fact_url(slug: str) -> str:
    return reverse("fact", args=[slug])


@register.filter
def long_date(day: date | str) -> str:
    """A date, or the ISO text of one, as in 3 May 2026. Quicker than Django's filter, which can write many forms."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {month_name[day.month]} {day.year}"


@register.filter
def mark_words(text: str, query: str | None) -> SafeString:
    """The text, escaped, with the words of the query marked."""
    words = [word.casefold() for word in (query or "").split() if len(word) > 1]
    if not words:
        return conditional_escape(text)
    parts: list[SafeString] = []
    folded = text.casefold()
    # Casefolding may change a text's length (ß); then positions do not match, and nothing is marked.
    if len(folded) != len(text):
        return conditional_escape(text)
    position = 0
    while position < len(text):
        hits = [(found, -len(word)) for word in words if (found := folded.find(word, position)) >= 0]
        if not hits:
            break
        start, length = min(hits)
        parts.append(format_html("{}<mark>{}</mark>", text[position:start], text[start : start - length]))
        position = start - length
    parts.append(conditional_escape(text[position:]))
    return mark_safe("".join(parts))
