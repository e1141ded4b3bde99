"""What the views share about requests."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from facts.models import Player


class HtmxHttpRequest(HttpRequest):
    """The request as it reaches a view."""

    htmx: HtmxDetails


def get_player(request: HttpRequest) -> Player | None:
    """The player, member or guest; None for somebody who has not played yet."""
    return request.user if request.user.is_authenticated else None


def wants_partial(request: HtmxHttpRequest) -> bool:
    """Does htmx want a part of the page? Not for boosted links and restored history: these need it whole."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render_part(
    request: HtmxHttpRequest, template: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or only the named part of it if htmx asks. Caches are told that the two differ."""
    name = f"{template}#{part}" if wants_partial(request) else template
    response = render(request, name, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def parse_choice(values: Iterable[str]) -> list[int]:
    """Posted values as indices of options; what is no number is no option."""
    return [int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1 for value in values]
