"""The places of a running exam on its pages. Written here and not in a template, since every move shows up to 75."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from facts.models import Quiz
from facts.selectors.exam import Place

register = template.Library()


@register.filter
def buttons(places: Iterable[Place], current: int) -> SafeString:
    """A button for each place that saves the choice and goes there."""
    return mark_safe("".join(_button(place, place.position == current) for place in places))


@register.filter
def swapped_button(place: Place) -> SafeString:
    """The button of the present question, to take the place of the one on the page."""
    return mark_safe(_button(place, is_current=True, more=' hx-swap-oob="true"'))


@register.filter
def links(places: Iterable[Place], quiz: Quiz) -> SafeString:
    """A link for each place."""
    beginning = reverse("question", args=[quiz.pk, 1]).removesuffix("1/")
    return mark_safe(
        "".join(
            f'<li><a class="place is-{place.state}" href="{beginning}{place.position}/">{_inside(place)}</a></li>'
            for place in places
        )
    )


def _button(place: Place, is_current: bool, more: str = "") -> str:
    number = place.position
    current = ' aria-current="true"' if is_current else ""
    return (
        f'<button class="place is-{place.state}" id="place-{number}" name="go" value="{number}"{current}{more}>'
        f"{_inside(place)}</button>"
    )


def _inside(place: Place) -> str:
    flag = '<span class="flag" aria-hidden="true">⚑</span>' if place.is_flagged else ""
    return f'<span class="sr">Question </span>{place.position}<span class="sr">, {place.in_words}</span>{flag}'
