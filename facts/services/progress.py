"""Progress as a fold over the answers.

Every answered quiz question whose ``attempt`` is not set is still to be folded. Folding sets it, in the same
transaction as what it adds up to (tallies, cards, ratings, boards), so an answer is counted once however many requests,
devices or workers fold at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, Min, QuerySet

from facts.models import Card, MetQuestion, Player, PlayerRating, QuizQuestion, RatingWeek, Tally
from facts.models.progress import get_plan
from facts.services.cards import Cards
from facts.services.figures import count_fold
from facts.services.ratings import Ratings
from facts.services.standings import update_standings
from facts.services.statistics import count_quizzes, to_count
from facts.services.tallies import Tallies

# Raised when answers add up to something else than before: whoever was folded otherwise is folded anew.
FOLD_VERSION = 2


def fold_answers(player: Player) -> int:
    """Add the player's answers that are not in the progress yet; returns how many there were."""
    is_pending = _to_fold(player).values("pk").union(to_count(player).values("pk")).exists()
    if player.fold_version == FOLD_VERSION and not is_pending:
        return 0  # nearly always, and then no writer's turn has to be waited for
    return _fold(player, anew=False)


def refold_answers(player: Player) -> int:
    """Throw the player's progress away and make it anew from the answers; returns how many answers there are."""
    return _fold(player, anew=True)


def _to_fold(player: Player) -> QuerySet[QuizQuestion]:
    return QuizQuestion.objects.filter(player=player, answered_at__isnull=False, attempt=None)


def _read(player: Player) -> list[QuizQuestion]:
    answers = _to_fold(player).annotate(mode=F("quiz__mode"), family=F("fact__service__family__slug"))
    return list(answers.defer("told", "draft").order_by("answered_at", "pk"))


@transaction.atomic
def _fold(player: Player, *, anew: bool) -> int:
    # One fold of a player at a time; what it found is read under the lock.
    locked = Player.objects.select_for_update().get(pk=player.pk)
    answers = _read(player)
    # Memory and ratings depend on the order. An answer that comes late, from a device or worker whose transaction took
    # its time, is put where it belongs.
    earliest, until = (answers[0].answered_at if answers else None), locked.folded_until
    comes_late = earliest is not None and until is not None and earliest < until
    if anew or comes_late or locked.fold_version != FOLD_VERSION:
        _forget(player)
        answers, anew = _read(player), True
    if answers:
        _add(player, answers)
    count_quizzes(player, anew=anew)
    player.fold_version = FOLD_VERSION
    player.folded_until = answers[-1].answered_at if answers else until
    player.save(update_fields=["fold_version", "folded_until"])
    update_standings(locked)
    count_fold(len(answers))
    return len(answers)


def _forget(player: Player) -> None:
    for rows in (Tally, Card, PlayerRating, RatingWeek):
        rows._default_manager.filter(player=player).delete()
    QuizQuestion.objects.filter(player=player).exclude(attempt=None).update(attempt=None)


def _add(player: Player, answers: list[QuizQuestion]) -> None:
    plan = get_plan(player)
    question_ids = {answer.question_id for answer in answers}
    attempts, seen_at = _earlier_attempts(player, question_ids), _seen_unanswered(player, question_ids)
    tallies = Tallies(player, plan.zone)
    cards = Cards(player, {answer.fact_id for answer in answers})
    ratings = Ratings(player, answers)
    for answer in answers:
        assert answer.answered_at is not None
        if (
            not attempts[answer.question_id]
            and seen_at.get(answer.question_id, answer.answered_at) < answer.answered_at
        ):
            attempts[answer.question_id] = 1
        attempts[answer.question_id] += 1
        answer.attempt = attempts[answer.question_id]
        is_review = cards.move(answer, answer.mode)  # type: ignore[attr-defined]
        ratings.rate(answer, answer.family)  # type: ignore[attr-defined]
        tallies.add(answer, is_review=is_review)
    _mark_folded(answers)
    tallies.save()
    cards.save()
    ratings.save()


def _earlier_attempts(player: Player, question_ids: set[int]) -> dict[int, int]:
    met = MetQuestion.objects.filter(player=player, question__in=question_ids).values_list("question", flat=True)
    attempts = defaultdict(int, dict.fromkeys(met, 1))
    found = QuizQuestion.objects.filter(player=player, question__in=question_ids, attempt__isnull=False)
    attempts.update(found.order_by().values_list("question").annotate(Max("attempt")))
    return attempts


def _seen_unanswered(player: Player, question_ids: set[int]) -> dict[int, datetime]:
    """Since when the player knows the keys of questions that a quiz ended without: an answer after that is no first."""
    shown = QuizQuestion.objects.filter(
        player=player, question__in=question_ids, answered_at=None, quiz__finished_at__isnull=False
    )
    return dict(shown.order_by().values_list("question").annotate(Min("quiz__finished_at")))


def _mark_folded(answers: list[QuizQuestion]) -> None:
    """One prepared statement run for each row: thousands of them take a tenth of the time of ``bulk_update``."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE facts_quizquestion SET attempt = %s, met_rating = %s, met_deviation = %s WHERE id = %s",
            [(answer.attempt, answer.met_rating, answer.met_deviation, answer.pk) for answer in answers],
        )
