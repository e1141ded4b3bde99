"""The leaderboard, and what others see of a player on it."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from facts.models import Player
from facts.models.boards import BoardFields
from facts.selectors.boards import Place, board_scopes, days_left, get_board, get_public_player
from facts.services.catch_up import catch_up
from facts.services.standings import join_board, leave_board
from facts.views.forms import JoinForm
from facts.views.http import HtmxHttpRequest, get_player, render_part

_PLACE = re.compile(r"(-?\d{1,6})\.(\d{1,18})", re.ASCII)


@never_cache
@require_safe
def leaderboard(request: HtmxHttpRequest) -> HttpResponse:
    """The board of one period and scope. What is not understood shows the default."""
    player = get_player(request)
    if player is not None:
        catch_up(player)
    return render_part(request, "facts/leaderboard.html", "board", _board_context(request.GET, player))


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Take the player's answer whether others may see them on the board: yes, by which name, or no."""
    player = get_player(request)
    if player is None or player.is_guest:
        return redirect("account_signup")
    period, scope, _ = chosen_board(request.POST, board_scopes())
    back = f"{reverse('leaderboard')}?{_to_query(period, scope)}"
    if request.POST.get("decision") == "no":
        leave_board(player=player)
        return redirect(back)
    form = JoinForm(request.POST, player=player)
    if not form.is_valid():
        context = _board_context(request.POST, player) | {"form": form}
        return render(request, "facts/leaderboard.html", context, status=422)
    join_board(player=player, name=form.cleaned_data["name"])
    return redirect(back)


type Scopes = list[tuple[str, list[tuple[str, str]]]]


def chosen_board(query: Any, scopes: Scopes) -> tuple[str, str, str]:
    """Period, scope and its name, as far as they are understood; of a group's board, too."""
    names = {value: name for _, group in scopes for value, name in group}
    period, scope = query.get("period", ""), query.get("scope", "")
    if period not in BoardFields.Period.values:
        period = BoardFields.Period.WEEK.value
    return (period, scope, names[scope]) if scope in names else (period, "", "")


def _to_query(period: str, scope: str) -> str:
    return urlencode({"period": period} | ({"scope": scope} if scope else {}))


def _board_context(query: Any, player: Player | None) -> dict[str, Any]:
    scopes = board_scopes()
    period, scope, scope_name = chosen_board(query, scopes)
    today = timezone.now().date()
    board = get_board(
        player=player,
        period=period,
        scope=scope,
        today=today,
        after=_to_place(query.get("after", "")),
        before=_to_place(query.get("before", "")),
    )
    form = None
    if player is not None and not player.is_guest and player.on_board is None:
        form = JoinForm(player=player)
    return {
        "board": board,
        "period": period,
        "periods": BoardFields.Period.choices,
        "scope": scope,
        "scope_name": scope_name,
        "scopes": scopes,
        "days_left": days_left(period, today),
        "player": player,
        "form": form,
        "query": _to_query(period, scope),
    }


def _to_place(text: str) -> Place | None:
    found = _PLACE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


@never_cache
@require_safe
def public_player(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A player as others see them, as long as the player is on a board."""
    shown = get_public_player(public_id, timezone.now().date())
    return render(request, "facts/player.html", {"shown": shown, "is_own": shown.player == get_player(request)})
