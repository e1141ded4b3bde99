"""How ready a player is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facts.selectors.readiness import get_readiness
from facts.services.catch_up import catch_up
from facts.views.http import HtmxHttpRequest, get_player, render_part


@never_cache
@require_safe
def readiness(request: HtmxHttpRequest) -> HttpResponse:
    """The chance to pass, or what is missing before it can be told. The home page asks for the summary of it."""
    player = get_player(request)
    if player is None:
        return render(request, "facts/readiness.html", {"report": None})
    catch_up(player)
    return render_part(request, "facts/readiness.html", "summary", {"report": get_readiness(player)})
