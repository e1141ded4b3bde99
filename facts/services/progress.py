"""Progress as a fold over the answers.

Every answered quiz question whose ``attempt`` is not set is still to be folded. Folding sets it, in the same
transaction as the sums, so an answer is counted once however many requests, devices or workers fold at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet

from facts.learning.score import accuracy_floor
from facts.models import Player, QuizQuestion, Tally
from facts.models.progress import period_start

_SUMS = ("answered", "right", "first_answered", "first_right")
_BATCH = 500

TallyKey = tuple[str, date, str]  # period, first day, scope


def fold_answers(player: Player) -> int:
    """Add the player's answers that are not in the tallies yet; returns how many there were."""
    if not _to_fold(player).exists():
        return 0  # nearly always, and then no writer's turn has to be waited for
    return _fold(player)


def _to_fold(player: Player) -> QuerySet[QuizQuestion]:
    return QuizQuestion.objects.filter(player=player, answered_at__isnull=False, attempt=None)


@transaction.atomic
def _fold(player: Player) -> int:
    Player.objects.select_for_update().get(pk=player.pk)  # one fold of a player at a time
    answers = list(
        _to_fold(player)
        .order_by("answered_at", "pk")
        .only("question_id", "service", "domain", "answered_at", "is_right")
    )
    attempts = _earlier_attempts(player, {answer.question_id for answer in answers})
    sums: dict[TallyKey, list[int]] = defaultdict(lambda: [0] * len(_SUMS))
    for answer in answers:
        attempts[answer.question_id] += 1
        answer.attempt = attempts[answer.question_id]
        is_first, is_right = answer.attempt == 1, bool(answer.is_right)
        for key in _tally_keys(answer):
            for index, amount in enumerate((True, is_right, is_first, is_first and is_right)):
                sums[key][index] += amount
    QuizQuestion.objects.bulk_update(answers, ["attempt"], batch_size=_BATCH)
    _add(player, sums)
    return len(answers)


@transaction.atomic
def refold_answers(player: Player) -> int:
    """Throw the player's tallies away and make them anew from the answers; returns how many answers there are."""
    Player.objects.select_for_update().get(pk=player.pk)
    Tally.objects.filter(player=player).delete()
    QuizQuestion.objects.filter(player=player).exclude(attempt=None).update(attempt=None)
    return fold_answers(player)


def _earlier_attempts(player: Player, question_ids: set[int]) -> dict[int, int]:
    found = QuizQuestion.objects.filter(player=player, question__in=question_ids, attempt__isnull=False)
    return defaultdict(int, found.order_by().values_list("question").annotate(Max("attempt")))


def _tally_keys(answer: QuizQuestion) -> Iterator[TallyKey]:
    assert answer.answered_at is not None
    day = answer.answered_at.date()
    yield Tally.Period.DAY, day, ""
    for period in (Tally.Period.WEEK, Tally.Period.MONTH, Tally.Period.ALL):
        for scope in ("", f"service:{answer.service}", f"domain:{answer.domain}"):
            yield period, period_start(period, day), scope


def _add(player: Player, sums: dict[TallyKey, list[int]]) -> None:
    stored = {
        (tally.period, tally.starts_on, tally.scope): tally
        for tally in Tally.objects.filter(player=player, starts_on__in={starts_on for _, starts_on, _ in sums})
    }
    tallies = []
    for (period, starts_on, scope), amounts in sums.items():
        tally = stored.get((period, starts_on, scope))
        tally = tally or Tally(player=player, period=period, starts_on=starts_on, scope=scope)
        for name, amount in zip(_SUMS, amounts, strict=True):
            setattr(tally, name, getattr(tally, name) + amount)
        # As precise as it is shown, so that what looks equal on the board is equal in rank.
        tally.score = round(accuracy_floor(tally.first_right, tally.first_answered), 3)
        tallies.append(tally)
    Tally.objects.bulk_create(
        tallies,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["player", "period", "starts_on", "scope"],
        update_fields=[*_SUMS, "score"],
    )
