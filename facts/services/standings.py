"""Places on the leaderboard, moved whenever a rating moves or a player joins or leaves.

Rungs are shared by all players. So whoever moves them does it last in the transaction and in the order of their keys:
then two players wait for each other, not in a knot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q

from facts.learning.skill import is_ranked, skill
from facts.models import Player, PlayerRating, Rung, Standing
from facts.models.boards import BoardFields, period_start
from facts.models.player import refuse_taken_name, validate_display_name

_MOVED = ("starts_on", "skill", "value", "deviation", "answered")
_BATCH = 500  # players
_ROWS = 1000  # in one statement
_FEW = 200  # conditions in one statement

type StandingKey = tuple[int, str, str]  # player, period, scope
type RungKey = tuple[str, str, date, int]  # scope, period, first day, skill


def update_standings(player: Player) -> None:
    """Bring the player's standings in step with ratings and choice; at most six queries.

    To be called last in a transaction that holds the player's row locked, with the row as it was found then.
    """
    _update([player])


@transaction.atomic
def join_board(*, player: Player, name: str) -> None:
    """Show the player on the leaderboard from now on, by this name. Raises ValidationError if it cannot be shown."""
    locked = Player.objects.select_for_update().get(pk=player.pk)
    if name != locked.display_name:
        validate_display_name(name)
        refuse_taken_name(name, locked)
    locked.display_name = player.display_name = name
    _choose(player, locked, on_board=True)


@transaction.atomic
def leave_board(*, player: Player) -> None:
    """Take the player off the leaderboard; it is not asked again."""
    _choose(player, Player.objects.select_for_update().get(pk=player.pk), on_board=False)


def _choose(player: Player, locked: Player, *, on_board: bool) -> None:
    locked.on_board = player.on_board = on_board
    locked.save(update_fields=["display_name", "on_board"])
    _update([locked])


@transaction.atomic
def save_player(player: Player, fields: Collection[str] | None = None) -> None:
    """Save a player, or these fields alone, with all that follows for the boards."""
    if player.pk:
        Player.objects.select_for_update().get(pk=player.pk)
    player.save(update_fields=fields)
    _update([Player.objects.get(pk=player.pk)])


def remove_standings(player: Player) -> None:
    """Take the player off all boards. The caller holds the player's row locked and deletes it in this transaction."""
    _write({}, {(row.player_id, row.period, row.scope): row for row in Standing.objects.filter(player=player)})


def remake_standings(progress: Callable[[int, int], None]) -> int:
    """Make all standings anew from the ratings, and the rungs from the standings; returns how many players there are.

    Players may go on meanwhile: a batch is one transaction that holds the rows of its players.
    """
    done, last, total = 0, 0, Player.objects.count()
    while True:
        progress(done, max(total, done))
        with transaction.atomic():
            batch = list(Player.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:_BATCH])
            _update(batch)
        if not batch:
            break
        done, last = done + len(batch), batch[-1].pk
    recount_rungs()
    return done


def _update(players: Collection[Player]) -> None:
    stored = {
        (row.player_id, row.period, row.scope): row
        for row in Standing.objects.filter(player__in=[player.pk for player in players])
    }
    taking_part = [player.pk for player in players if player.takes_part]
    ratings = PlayerRating.objects.filter(player__in=taking_part) if taking_part else ()
    wanted = {(row.player_id, row.period, row.scope): row for rating in ratings for row in _standings(rating)}
    _write(wanted, stored)


def _standings(rating: PlayerRating) -> Iterator[Standing]:
    """The rows on the boards that follow from the rating, were its player to take part."""
    if not is_ranked(rating.rating, rating.answered):
        return
    for period in BoardFields.Period.values:
        yield Standing(
            player_id=rating.player_id,
            period=period,
            starts_on=period_start(period, rating.rated_at.date()),
            scope=rating.scope,
            skill=skill(rating.rating),
            value=rating.value,
            deviation=rating.deviation,
            answered=rating.answered,
        )


def _write(wanted: dict[StandingKey, Standing], stored: dict[StandingKey, Standing]) -> None:
    """Replace the stored rows by the wanted ones, and count the rungs."""
    gone = [row for key, row in stored.items() if key not in wanted]
    moved = [row for key, row in wanted.items() if key not in stored or _differs(row, stored[key])]
    steps: Counter[RungKey] = Counter()
    for row in moved:
        steps[_rung(row)] += 1
        if before := stored.get((row.player_id, row.period, row.scope)):
            steps[_rung(before)] -= 1
    for row in gone:
        steps[_rung(row)] -= 1
    for start in range(0, len(gone), _ROWS):
        Standing.objects.filter(pk__in=[row.pk for row in gone[start : start + _ROWS]]).delete()
    Standing.objects.bulk_create(
        moved,
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=["player", "period", "scope"],
        update_fields=_MOVED,
    )
    _step(steps)


def _differs(row: Standing, other: Standing) -> bool:
    return any(getattr(row, name) != getattr(other, name) for name in _MOVED)


def _rung(row: Standing) -> RungKey:
    return row.scope, row.period, row.starts_on, row.skill


_ADD = """
    INSERT INTO facts_rung (scope, period, starts_on, skill, players) VALUES {rows}
    ON CONFLICT (scope, period, starts_on, skill) DO UPDATE SET players = facts_rung.players + excluded.players
"""


def _step(steps: dict[RungKey, int]) -> None:
    """Add so many players to the rungs, or take them away; an empty rung is removed."""
    keys = sorted(key for key, step in steps.items() if step)
    with connection.cursor() as cursor:
        for start in range(0, len(keys), _ROWS):
            batch = keys[start : start + _ROWS]
            values = [
                (
                    scope,
                    period,
                    connection.ops.adapt_datefield_value(starts_on),
                    at,
                    steps[scope, period, starts_on, at],
                )
                for scope, period, starts_on, at in batch
            ]
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(batch))
            cursor.execute(_ADD.format(rows=places), [value for row in values for value in row])
    left = [key for key in keys if steps[key] < 0]
    for start in range(0, len(left), _FEW):
        at_these = [
            Q(scope=scope, period=period, starts_on=starts_on, skill=at)
            for scope, period, starts_on, at in left[start : start + _FEW]
        ]
        Rung.objects.filter(reduce(or_, at_these), players=0).delete()


@transaction.atomic
def recount_rungs() -> None:
    """Count the rungs anew from the standings."""
    with connection.cursor() as cursor:
        # Whoever has moved a standing and not its rung yet waits for the new rungs; SQLite has one writer anyway.
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE facts_rung IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM facts_rung")
        cursor.execute("""
            INSERT INTO facts_rung (scope, period, starts_on, skill, players)
            SELECT scope, period, starts_on, skill, COUNT(*) FROM facts_standing
            GROUP BY scope, period, starts_on, skill
        """)
