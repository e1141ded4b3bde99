"""The leaderboard."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facts.models import Fact, Service, Tally
from facts.selectors.progress import RANKED_FROM, days_left, get_board
from facts.services.catch_up import catch_up
from facts.views.http import HtmxHttpRequest, get_player, render_part

PERIODS = [(Tally.Period.WEEK, "This week"), (Tally.Period.MONTH, "This month"), (Tally.Period.ALL, "All time")]


@never_cache
@require_safe
def leaderboard(request: HtmxHttpRequest) -> HttpResponse:
    """The board of one period, of everything or of one service. What is not understood shows the default."""
    player = get_player(request)
    if player is not None:
        catch_up(player)
    period = request.GET.get("period", "")
    if period not in dict(PERIODS):
        period = Tally.Period.WEEK.value
    services = list(Service.objects.filter(facts__in=Fact.objects.in_bank()).distinct())
    service = next((service for service in services if service.slug == request.GET.get("service")), None)
    today = timezone.now().date()
    board = get_board(
        player=player,
        period=period,
        scope=f"service:{service.slug}" if service else "",
        today=today,
        page=request.GET.get("page", "1"),
    )
    context = {
        "board": board,
        "period": period,
        "periods": PERIODS,
        "service": service,
        "services": services,
        "days_left": days_left(period, today),
        "ranked_from": RANKED_FROM,
        "player": player,
        "page_query": urlencode({"period": period} | ({"service": service.slug} if service else {})),
    }
    return render_part(request, "facts/leaderboard.html", "board", context)
