"""What players say about their study: plans, and results of the real exam."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from facts.models import ExamResult, Player, StudyPlan
from facts.selectors.readiness import get_readiness
from facts.services.progress import refold_answers


@transaction.atomic
def save_plan(*, plan: StudyPlan) -> None:
    """Save the plan. Days are the player's own, so with another time zone all answers are sorted into days anew."""
    zone_before = StudyPlan.objects.filter(player=plan.player_id).values_list("time_zone", flat=True).first()
    plan.save()
    if plan.time_zone != (zone_before or ""):
        refold_answers(plan.player)


@transaction.atomic
def save_result(*, player: Player, taken_on: date, is_passed: bool, score: int | None) -> ExamResult:
    """Keep what came of the exam on that day, with what is foretold now; telling it again replaces it.

    Once it is passed, the plan has no exam date any more.
    """
    readiness = get_readiness(player).estimate
    values = {"is_passed": is_passed, "score": score}
    foretold = {
        "chance": readiness.chance if readiness else None,
        "low": readiness.low if readiness else None,
        "high": readiness.high if readiness else None,
    }
    if is_passed:  # what was planned for is done
        StudyPlan.objects.filter(player=player).update(exam_on=None)
    result, _ = ExamResult.objects.update_or_create(
        player=player, taken_on=taken_on, defaults=values, create_defaults=values | foretold
    )
    return result
