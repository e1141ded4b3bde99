"""The sums of a player's answers, over days and all time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from facts.models import Player, QuizQuestion, Tally
from facts.models.progress import EPOCH

_SUMS = ("answered", "right", "first_answered", "first_right", "reviewed", "reviewed_right", "seconds")

TallyKey = tuple[str, date, str]  # period, first day, scope


class Tallies:
    """What a run of answers adds to the player's tallies: ``add`` each answer, then ``save``."""

    def __init__(self, player: Player, zone: ZoneInfo) -> None:
        self.player = player
        self.zone = zone
        self.sums: dict[TallyKey, list[float]] = defaultdict(lambda: [0] * len(_SUMS))

    def add(self, answer: QuizQuestion, *, is_review: bool) -> None:
        """Count an answer whose attempt is known; ``is_review`` if its fact had been asked on an earlier day."""
        is_first, is_right = answer.attempt == 1, bool(answer.is_right)
        amounts = (
            *(1, is_right, is_first, is_first and is_right, is_review, is_review and is_right),
            answer.seconds,
        )
        for key in self._keys(answer):
            sums = self.sums[key]
            for index, amount in enumerate(amounts):
                sums[index] += amount

    def _keys(self, answer: QuizQuestion) -> Iterator[TallyKey]:
        assert answer.answered_at is not None
        yield Tally.Period.DAY, answer.answered_at.astimezone(self.zone).date(), ""
        for scope in ("", f"service:{answer.service}", f"domain:{answer.domain}"):
            yield Tally.Period.ALL, EPOCH, scope

    def save(self) -> None:
        """Add everything to what is stored; two queries, whatever the number of answers."""
        starts = {starts_on for _, starts_on, _ in self.sums}
        stored = {
            (tally.period, tally.starts_on, tally.scope): tally
            for tally in Tally.objects.filter(player=self.player, starts_on__in=starts)
        }
        tallies = []
        for (period, starts_on, scope), amounts in self.sums.items():
            tally = stored.get((period, starts_on, scope))
            tally = tally or Tally(player=self.player, period=period, starts_on=starts_on, scope=scope)
            for name, amount in zip(_SUMS, amounts, strict=True):
                setattr(tally, name, getattr(tally, name) + amount)
            tallies.append(tally)
        Tally.objects.bulk_create(
            tallies,
            update_conflicts=True,
            unique_fields=["player", "period", "starts_on", "scope"],
            update_fields=_SUMS,
        )
