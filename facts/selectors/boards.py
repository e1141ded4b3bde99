"""Reading the leaderboard: a page of it, a player's place on it, and what others may see of a player.

Nothing here reads answers, or more of a board than it shows, except the rungs, of which there are as many as whole
points of skill at most.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404

from facts.learning.rating import WIDEST
from facts.learning.skill import MOST_DEVIATION, RANKED_FROM, is_ranked
from facts.models import Domain, Fact, Family, Player, PlayerRating, RatingWeek, Standing
from facts.models.boards import BoardFields, period_start

BOARD_PAGE = 25
NEIGHBOURS = 5  # above and below one's own row

type Place = tuple[int, int]  # skill and player: where a page ends and the next begins


@dataclass(frozen=True)
class BoardRow:
    rank: int
    standing: Standing
    is_own: bool = False


@dataclass(frozen=True)
class Distance:
    """How far a player is from being ranked in a scope, by a rating that may not be there yet."""

    answered: int
    deviation: int  # 95 of 100 times the rating is known to within twice this
    is_ranked: bool

    needed = RANKED_FROM
    widest = round(WIDEST)
    most_deviation = round(MOST_DEVIATION)

    @property
    def missing(self) -> int:
        """How many more rated answers it takes at least."""
        return max(self.needed - self.answered, 0)

    @property
    def is_too_wide(self) -> bool:
        return not self.missing and not self.is_ranked

    @property
    def sure_by(self) -> int:
        """How far the deviation has come down on its way, of ``sure_needed``."""
        return min(max(self.widest - self.deviation, 0), self.sure_needed)

    @property
    def sure_needed(self) -> int:
        return self.widest - self.most_deviation


@dataclass(frozen=True)
class Board:
    rows: list[BoardRow]  # the page
    before: Place | None  # the page before ends above it; None if this is the top
    after: Place | None  # the next page begins below it; None if this is the end
    own: BoardRow | None  # the player's own row, if on the board
    around: list[BoardRow]  # it with its neighbours, if it is not on the page
    distance: Distance | None  # of the player, ranked or not


def get_board(
    *,
    player: Player | None,
    period: str,
    scope: str,
    today: date,
    after: Place | None = None,
    before: Place | None = None,
) -> Board:
    """A page of the board, and the player's own row with its neighbours. Six queries at most, however many players.

    Best skill first; ties share a rank. A page goes on from a place, not from a number of rows, so that nobody is
    shown twice or left out while others move.
    """
    board = Standing.objects.filter(scope=scope, period=period, starts_on=period_start(period, today))
    page, is_top, is_end = _read_page(board, after, before)
    own = board.filter(player=player).select_related("player").first() if player else None
    around: list[Standing] = []
    if own is not None and all(standing.player_id != own.player_id for standing in page):
        own_place = own.skill, own.player_id
        around = [*reversed(_above(board, own_place, NEIGHBOURS)), own, *_below(board, own_place, NEIGHBOURS)]
    shown = [*page, *around]
    ranks = find_ranks(period, scope, today, {standing.skill for standing in shown})

    def to_rows(standings: Iterable[Standing]) -> list[BoardRow]:
        return [
            # Somebody may have moved between two queries; then the rank is that of the best.
            BoardRow(ranks.get(standing.skill, 1), standing, player is not None and standing.player_id == player.pk)
            for standing in standings
        ]

    rows, around_rows = to_rows(page), to_rows(around)
    return Board(
        rows=rows,
        before=None if is_top or not page else (page[0].skill, page[0].player_id),
        after=None if is_end or not page else (page[-1].skill, page[-1].player_id),
        own=next((row for row in [*rows, *around_rows] if row.is_own), None),
        around=around_rows,
        distance=get_distance(player, scope) if player else None,
    )


def _read_page(
    board: QuerySet[Standing], after: Place | None, before: Place | None
) -> tuple[list[Standing], bool, bool]:
    """The page, and whether it is the top and the end of the board."""
    if before is not None and after is None:
        found = _above(board, before, BOARD_PAGE + 1)
        if len(found) > BOARD_PAGE:
            return found[:BOARD_PAGE][::-1], False, False
    if before is not None:
        after = None  # so near the top, the page is the first one
    found = _below(board, after, BOARD_PAGE + 1)
    return found[:BOARD_PAGE], after is None, len(found) <= BOARD_PAGE


_PLACE = Tuple(F("skill"), F("player_id"))
_SHOWN = ("skill", "value", "deviation", "answered", "player__display_name", "player__is_guest", "player__public_id")


def _above(board: QuerySet[Standing], place: Place, count: int) -> list[Standing]:
    """The nearest first."""
    above = board.filter(TupleGreaterThan(_PLACE, place)).order_by("skill", "player_id")
    return list(above.select_related("player").only(*_SHOWN)[:count])


def _below(board: QuerySet[Standing], place: Place | None, count: int) -> list[Standing]:
    below = board if place is None else board.filter(TupleLessThan(_PLACE, place))
    return list(below.order_by("-skill", "-player_id").select_related("player").only(*_SHOWN)[:count])


_RANKS = """
    SELECT skill, place FROM (
        SELECT skill, 1 + SUM(players) OVER (ORDER BY skill DESC) - players AS place FROM facts_rung
        WHERE scope = %s AND period = %s AND starts_on = %s AND skill >= %s
    ) AS ladder WHERE skill IN ({places})
"""


def find_ranks(period: str, scope: str, today: date, skills: Collection[int]) -> dict[int, int]:
    """The ranks of these skills on a board: one more than there are players with a higher one. One query or none."""
    if not skills:
        return {}
    starts_on = connection.ops.adapt_datefield_value(period_start(period, today))
    with connection.cursor() as cursor:
        sql = _RANKS.format(places=", ".join(["%s"] * len(skills)))
        cursor.execute(sql, [scope, period, starts_on, min(skills), *skills])
        return {skill: int(place) for skill, place in cursor.fetchall()}


def get_distance(player: Player, scope: str) -> Distance:
    """One query."""
    rating = PlayerRating.objects.filter(player=player, scope=scope).first()
    if rating is None:
        return Distance(0, round(WIDEST), is_ranked=False)
    return Distance(rating.answered, round(rating.deviation), is_ranked(rating.rating, rating.answered))


def board_scopes() -> list[tuple[str, list[tuple[str, str]]]]:
    """The scopes that have a board, in groups, each with its name. One query."""
    families = Family.objects.filter(services__facts__in=Fact.objects.in_bank()).distinct().order_by("name")
    return [
        ("Domains of the exam", [(f"domain:{value}", str(label)) for value, label in Domain.choices]),
        ("Families of services", [(f"family:{slug}", name) for slug, name in families.values_list("slug", "name")]),
    ]


def days_left(period: str, today: date) -> int | None:
    """Days until the period starts anew, today included; None for all time."""
    match BoardFields.Period(period):
        case BoardFields.Period.WEEK:
            return 7 - today.weekday()
        case BoardFields.Period.MONTH:
            return ((today.replace(day=28) + timedelta(days=4)).replace(day=1) - today).days
    return None


# A player as others see them


@dataclass(frozen=True)
class PublicPlayer:
    player: Player
    overall: Standing | None  # for the whole exam, if ranked there
    rank: int | None
    families: list[tuple[str, Standing]]  # with their names, the best first
    weeks: list[RatingWeek]  # the oldest first


def is_on_a_board(player: Player) -> bool:
    """Does the player stand on any board now? Whoever stands on one of a week stands on that of all time."""
    return Standing.objects.filter(player=player, period=BoardFields.Period.ALL).exists()


def get_public_player(public_id: uuid.UUID, today: date) -> PublicPlayer:
    """What others may see of a player; 404 unless the player stands on a board now. Five queries at most."""
    player = Player.objects.filter(public_id=public_id).first()
    if player is None or not player.takes_part:
        raise Http404
    standings = {row.scope: row for row in Standing.objects.filter(player=player, period=BoardFields.Period.ALL)}
    if not standings:
        raise Http404
    overall = standings.get("")
    ranks = find_ranks(BoardFields.Period.ALL, "", today, {overall.skill} if overall else ())
    families = [
        (name, standings[f"family:{slug}"])
        for slug, name in Family.objects.order_by("name").values_list("slug", "name")
        if f"family:{slug}" in standings
    ]
    return PublicPlayer(
        player,
        overall,
        ranks.get(overall.skill) if overall else None,
        sorted(families, key=lambda named: -named[1].skill),
        list(RatingWeek.objects.filter(player=player).order_by("starts_on")),
    )
