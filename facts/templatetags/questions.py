"""How questions and times are written on a page."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from facts.models import QuizQuestion
from facts.questions.content import GAP
from facts.selectors.play import Course

register = template.Library()

_GAP_HTML = mark_safe('<span class="gap"><span class="sr">blank</span></span>')


@register.filter
def stem(text: str) -> SafeString:
    """The stem, escaped, its blank drawn as one that a screen reader can say."""
    before, gap, after = text.partition(GAP)
    return format_html("{}{}{}", before, _GAP_HTML if gap else "", after)


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


@register.filter
def bars(course: Course, current: int) -> SafeString:
    """A bar for each question: right, wrong, the one that is asked now, or still to come.

    Written here and not in a template, since every answer shows up to 75 of them.
    """
    classes = (
        "now" if segment.position == current and segment.is_right is None else segment.css_class
        for segment in course.segments
    )
    return mark_safe("".join(f'<span class="{css_class}"></span>' for css_class in classes))


@register.filter
def letter(index: int) -> str:
    return "ABCDE"[index]


@register.filter
def was_chosen(question: QuizQuestion, index: int) -> bool:
    return index in (question.chosen or ())


@register.filter
def as_date(text: str) -> date | None:
    """An ISO date, as it is kept with an answer."""
    return date.fromisoformat(text) if text else None


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
