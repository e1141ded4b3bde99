"""Reading the leaderboard. It reads sums, never the answers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Rank

from facts.models import Player, Tally
from facts.models.progress import period_start

RANKED_FROM = 20  # first answers
BOARD_PAGE = 25


@dataclass(frozen=True)
class BoardRow:
    rank: int
    tally: Tally
    is_own: bool

    @property
    def percent(self) -> int:
        return round(100 * self.tally.first_right / self.tally.first_answered)

    @property
    def points(self) -> str:
        """The score as it is ranked: equal as shown is equal in rank."""
        return f"{100 * self.tally.score:.1f}"


@dataclass(frozen=True)
class Board:
    rows: list[BoardRow]
    page: Page
    own: BoardRow | None  # the player's own row, if ranked
    own_answered: int  # first answers of the player in this period and scope

    @property
    def missing(self) -> int:
        """How many more first answers the player needs to be ranked."""
        return max(0, RANKED_FROM - self.own_answered)

    @property
    def shows_own(self) -> bool:
        return any(row.is_own for row in self.rows)


def get_board(*, player: Player | None, period: str, scope: str, today: date, page: str | int = 1) -> Board:
    """One page of the board, and the player's own row wherever it stands. Fixed number of queries.

    Members only, who want to be shown and have enough first answers; best score first, ties share a rank and stand in
    the order of their names.
    """
    tallies = Tally.objects.filter(scope=scope, period=period, starts_on=period_start(period, today))
    ranked = tallies.filter(
        first_answered__gte=RANKED_FROM, player__is_guest=False, player__on_board=True, player__is_active=True
    ).select_related("player")
    ordered = ranked.annotate(rank=Window(Rank(), order_by=F("score").desc())).order_by(
        "-score", "player__display_name", "player_id"
    )
    shown = Paginator(ordered, BOARD_PAGE).get_page(page)
    own_tally = tallies.select_related("player").filter(player=player).first() if player else None
    own = None
    if own_tally and player and own_tally.first_answered >= RANKED_FROM and player.on_board and not player.is_guest:
        own = BoardRow(_rank(ranked, own_tally), own_tally, True)
    rows = [BoardRow(tally.rank, tally, bool(player and tally.player_id == player.pk)) for tally in shown]  # type: ignore[attr-defined]
    return Board(rows, shown, own, own_tally.first_answered if own_tally else 0)


def _rank(ranked: QuerySet[Tally], tally: Tally) -> int:
    return ranked.filter(Q(score__gt=tally.score)).count() + 1


def days_left(period: str, today: date) -> int | None:
    """Days until the period starts anew, today included; None for all time."""
    match Tally.Period(period):
        case Tally.Period.WEEK:
            return 7 - today.weekday()
        case Tally.Period.MONTH:
            return ((today.replace(day=28) + timedelta(days=4)).replace(day=1) - today).days
    return None
