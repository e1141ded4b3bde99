"""Reports of wrong questions: making one, deciding it, and scoring answers anew where the key was wrong.

Whoever was asked the question is scored anew, in one transaction. What follows from it, memory, ratings and sums, is
made anew when each player comes next, as for every player whose ``fold_version`` is another; ``manage.py
refold_progress`` does it for all. Where a question counts for nobody, every answer to it counts as right: the number
of questions in past quizzes and exams stays as it was, and nobody loses by it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from facts.models import Player, Question, QuestionStatistics, QuizQuestion, Report, Rescore
from facts.questions.grading import InvalidChoice, grade
from facts.services.questions import judge_question
from facts.services.review import refuse_own_work
from facts.services.statistics import withdraw_quizzes

DAILY_LIMIT = 10
_BATCH = 100  # answers at a time, each with the rest of its quiz


class NotAnswered(Exception):
    """Only what was answered, or shown with its key at a quiz's end, can be reported."""


class TooManyReports(Exception):
    """The player made as many reports as a day has; the message is a sentence for the player."""


class AlreadyDecided(Exception):
    """Somebody else decided the report meanwhile."""


class WrongKey(ValueError):
    """That cannot be the key of the question; the message is a sentence for the editor."""


def can_report(asked: QuizQuestion) -> bool:
    """Has the player seen the key?"""
    return asked.answered_at is not None or asked.quiz.finished_at is not None


@transaction.atomic
def report_question(*, asked: QuizQuestion, kind: str, text: str) -> tuple[Report, bool]:
    """Report the question, or change the player's open report of it; returns the report and whether it is new.

    Raises NotAnswered or TooManyReports, and then nothing has changed.
    """
    if not can_report(asked):
        raise NotAnswered
    player = Player.objects.select_for_update().get(pk=asked.player_id)  # one report of a player at a time
    report = open_report(player, asked)
    if report is not None:
        report.kind, report.text = kind, text
        report.save(update_fields=["kind", "text", "changed_at"])
        return report, False
    since = timezone.now() - timedelta(days=1)
    if Report.objects.filter(player=player, created_at__gt=since).count() >= DAILY_LIMIT:
        raise TooManyReports(f"You made {DAILY_LIMIT} reports within a day. Keep this one and send it tomorrow.")
    report = Report.objects.create(
        player=player,
        question_id=asked.question_id,
        quiz_question=asked,
        kind=kind,
        text=text,
        stem=asked.stem,
        options=asked.options,
    )
    return report, True


def open_report(player: Player, asked: QuizQuestion) -> Report | None:
    """The player's report of this question that is not decided yet, from whatever quiz."""
    return Report.objects.filter(player=player, question=asked.question_id, state=Report.State.OPEN).first()


def hand_over_reports(*, guest: Player, member: Player) -> None:
    """Give a guest's reports to a member; of two open ones of a question the member's stays."""
    own = Report.objects.filter(player=member, state=Report.State.OPEN).values("question")
    Report.objects.filter(player=guest).exclude(state=Report.State.OPEN, question__in=own).update(player=member)
    if guest.has_news:
        Player.objects.filter(pk=member.pk).update(has_news=True)


@transaction.atomic
def refuse_report(*, report: Report, answer: str, by: Player, with_others: bool = False) -> int:
    """Leave the question as it is; returns how many reports that answers. Raises AlreadyDecided or OwnWork."""
    refuse_own_work(report.question.fact, by)
    return _close(report, Report.State.REFUSED, answer, by, with_others=with_others)


@dataclass
class Rescored:
    """What became of the answers to a question."""

    answers: int = 0
    more_right: int = 0
    more_wrong: int = 0
    players: set[int] = field(default_factory=set)  # whose answers count otherwise now


@transaction.atomic
def accept_report(
    *,
    report: Report,
    answer: str,
    by: Player,
    key: Collection[str] | None = None,
    is_void: bool = False,
    with_others: bool = False,
) -> Rescored:
    """Grant the report; with a new ``key`` (texts of options) or ``is_void`` score all answers to the question anew.

    The question is then asked no more. Raises AlreadyDecided or WrongKey, and then nothing has changed.
    """
    correction = Report.Correction.VOID if is_void else Report.Correction.KEY if key else Report.Correction.NONE
    if key:
        _check_key(report, key)
    _close(report, Report.State.ACCEPTED, answer, by, with_others=with_others, correction=correction)
    if not key and not is_void:
        return Rescored()
    _stop_asking(report.question, by)
    done = _rescore(report, None if is_void else frozenset(key or ()))
    report.key, report.rescored = sorted(key or ()), done.answers
    report.save(update_fields=["key", "rescored"])
    return done


def current_options(report: Report) -> list[dict[str, Any]]:
    """The options in the order asked, with the key as it is by now."""
    options = report.quiz_question.options if report.quiz_question else report.options
    return list(options)


def _check_key(report: Report, key: Collection[str]) -> None:
    options = current_options(report)
    before = {option["text"] for option in options if option["correct"]}
    if not set(key) <= {option["text"] for option in options}:
        raise WrongKey("That is none of the question's options.")
    if len(set(key)) != len(before):
        number = "one option" if len(before) == 1 else "two options"
        raise WrongKey(
            f"The question asked for {number}, so its key has {number}. If more or fewer are right, nobody could "
            "answer it: let it count for nobody."
        )
    if set(key) == before:
        raise WrongKey("That is the key as it is. Choose what is right instead, or say that no answer changes.")


def _close(
    report: Report, state: str, answer: str, by: Player, *, with_others: bool, correction: str = Report.Correction.NONE
) -> int:
    values = {
        "state": state,
        "answer": answer,
        "correction": correction,
        "decided_by": by,
        "decided_at": timezone.now(),
    }
    # One conditional update, so of two editors one decides.
    if not Report.objects.filter(pk=report.pk, state=Report.State.OPEN).update(**values):
        raise AlreadyDecided
    for name, value in values.items():
        setattr(report, name, value)
    if not with_others:
        return 1
    return 1 + Report.objects.filter(question=report.question_id, state=Report.State.OPEN).update(**values)


def _stop_asking(question: Question, by: Player) -> None:
    if question.change:  # what a rule made is not made again
        judge_question(question=question, is_yes=False, by=by)
        return
    # A retired one would come back with the next remake; what an editor put into review stays there.
    question.state, question.needs_word = Question.State.REVIEW, False
    question.save(update_fields=["state", "needs_word"])


def _rescore(report: Report, key: frozenset[str] | None) -> Rescored:
    """Score all answers anew, by this key or (None) as right. A fixed number of queries for each batch."""
    rows = QuizQuestion.objects.filter(question=report.question_id)
    answered = rows.filter(answered_at__isnull=False)
    _lock(answered)
    done, last = Rescored(), 0
    # Those still open in a quiz learn of it too, and are graded by it.
    while batch := list(rows.filter(pk__gt=last).select_for_update().order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        _rescore_batch(report, key, batch, done)
    return done


def _lock(answered: Any) -> None:
    """No fold of these players goes on meanwhile, and the figures are taken in the order in which folds take them."""
    list(
        Player.objects.select_for_update()
        .filter(pk__in=answered.order_by().values("player"))
        .order_by("pk")
        .values_list("pk")
    )
    beside = QuizQuestion.objects.filter(quiz__in=answered.order_by().values("quiz"), is_counted=True)
    figures = QuestionStatistics.objects.select_for_update().filter(pk__in=beside.order_by().values("question"))
    list(figures.order_by("pk").values_list("pk"))


def _rescore_batch(report: Report, key: frozenset[str] | None, batch: Sequence[QuizQuestion], done: Rescored) -> None:
    asked = {option["text"] for option in report.options}
    changed: list[QuizQuestion] = []
    rescores: list[Rescore] = []
    for row in batch:
        if {option["text"] for option in row.options} != asked:
            continue  # asked otherwise: the report does not speak of it
        before = row.options
        if key is not None:
            row.options = [_with_key(option, key) for option in before]
        was_right = row.is_right
        if was_right is not None:
            row.is_right = True if key is None else _is_right(row)
            rescores.append(
                Rescore(
                    quiz_question=row,
                    report=report,
                    was_right=was_right,
                    is_right=row.is_right,
                    was_options=before,
                    is_void=key is None,
                )
            )
        row.told = row.told | {
            "rescored": {
                "on": timezone.now().date().isoformat(),
                "was_right": was_right,
                "is_void": key is None,
                "why": report.answer,
            }
        }
        changed.append(row)
    moved = [rescore for rescore in rescores if rescore.was_right != rescore.is_right]
    withdraw_quizzes({rescore.quiz_question.quiz_id for rescore in moved})
    _write(changed)
    Rescore.objects.bulk_create(rescores)
    players = {rescore.quiz_question.player_id for rescore in moved}
    Player.objects.filter(pk__in=players).update(fold_version=0, has_news=True)
    done.answers += len(rescores)
    done.more_right += sum(rescore.is_right for rescore in moved)
    done.more_wrong += sum(rescore.was_right for rescore in moved)
    done.players |= players


def _with_key(option: dict[str, Any], key: frozenset[str]) -> dict[str, Any]:
    is_key = option["text"] in key
    if is_key == option["correct"]:
        return option
    # The reason spoke for the other verdict.
    why = f"Counted as {'wrong' if is_key else 'right'} until the key was corrected."
    return option | {"correct": is_key, "why": why}


def _is_right(row: QuizQuestion) -> bool:
    if row.ran_out:
        return False
    try:
        return grade([option["correct"] for option in row.options], row.chosen or ())
    except InvalidChoice:  # one of two, in an exam
        return False


def _write(rows: Sequence[QuizQuestion]) -> None:
    """One prepared statement run for each row, as in the fold."""
    values = [(json.dumps(row.options), json.dumps(row.told), row.is_right, row.pk) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE facts_quizquestion SET options = %s, told = %s, is_right = %s WHERE id = %s", values)


def tell_rescored(player: Player) -> str:
    """What the player is to be told of answers that were scored anew, once. Nearly always nothing, without a query."""
    if not player.has_news:
        return ""
    with transaction.atomic():
        is_first = Player.objects.filter(pk=player.pk, has_news=True).update(has_news=False)
        player.has_news = False
        if not is_first:
            return ""  # another tab was told
        untold = Rescore.objects.filter(quiz_question__player=player, told_at=None)
        pairs = list(untold.values_list("pk", "was_right", "is_right"))
        for start in range(0, len(pairs), 500):
            told = [pk for pk, _, _ in pairs[start : start + 500]]
            Rescore.objects.filter(pk__in=told).update(told_at=timezone.now())
    return _in_words([(was, now) for _, was, now in pairs if was != now])


def _in_words(moved: Collection[tuple[bool, bool]]) -> str:
    if not moved:
        return ""
    right = sum(now for _, now in moved)
    parts = [f"{right} more right"] * bool(right)
    parts += [f"{len(moved) - right} more wrong"] * (right < len(moved))
    what = "A question you answered was" if len(moved) == 1 else f"{len(moved)} questions you answered were"
    return f"{what} corrected: {', '.join(parts)}."
