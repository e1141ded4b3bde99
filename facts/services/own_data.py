"""What belongs to a player: to take along as CSV, or to delete while the account stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from facts.learning.memory import recall_after
from facts.models import (
    Card,
    ExamResult,
    Membership,
    MetQuestion,
    Player,
    PlayerRating,
    Quiz,
    QuizQuestion,
    RatingWeek,
    Removal,
    Tally,
)
from facts.services.standings import update_standings

_QUIZ_BATCH = 10  # at most 750 questions with their options are in memory at a time
_CARD_BATCH = 500
_LETTERS = "ABCDE"
_DAY = timedelta(days=1)
ANSWER_COLUMNS = (
    *("answered_at", "quiz", "mode", "about", "position", "kind", "service", "domain", "fact", "stem"),
    *(f"option_{letter.lower()}" for letter in _LETTERS),
    *("chosen", "key", "right", "seconds"),
)
CARD_COLUMNS = (
    *("fact", "statement", "service", "domain", "first_answered_at", "last_answered_at", "due_at"),
    *("stability_days", "difficulty", "expected_recall", "answered", "right"),
)
GROUP_COLUMNS = ("group", "state", "since", "exam_date")


def write_answers(player: Player, zone: ZoneInfo) -> Iterator[bytes]:
    """All answers as CSV, quiz by quiz in the order in which they were begun; times are those of ``zone``.

    Read in short queries of their own, so that nothing is held open while a slow line takes it, and a quiz that goes on
    or is deleted meanwhile does no harm.
    """
    yield _head(ANSWER_COLUMNS)
    last = 0
    quizzes = Quiz.objects.filter(player=player).order_by("pk")
    while batch := {quiz.pk: quiz for quiz in quizzes.filter(pk__gt=last)[:_QUIZ_BATCH]}:
        last = max(batch)
        answers = QuizQuestion.objects.filter(quiz__in=list(batch), answered_at__isnull=False)
        yield _lines(
            _answer_row(answer, batch[answer.quiz_id], zone) for answer in answers.order_by("quiz", "position")
        )


def _answer_row(answer: QuizQuestion, quiz: Quiz, zone: ZoneInfo) -> Sequence[object]:
    texts = [option["text"] for option in answer.options]
    keys = [index for index, option in enumerate(answer.options) if option["correct"]]
    return (
        *(_moment(answer.answered_at, zone), quiz.pk, quiz.get_mode_display(), quiz.scope, answer.position),
        *(answer.get_kind_display(), answer.service_name, answer.get_domain_display(), answer.told.get("slug", "")),
        *(answer.stem, *(texts + [""] * len(_LETTERS))[: len(_LETTERS)]),
        *(_letters(answer.chosen or ()), _letters(keys), "yes" if answer.is_right else "no", round(answer.seconds, 1)),
    )


def write_cards(player: Player, zone: ZoneInfo, now: datetime) -> Iterator[bytes]:
    """The memory of every fact as CSV; recall is what is expected at ``now``."""
    yield _head(CARD_COLUMNS)
    last = 0
    cards = Card.objects.filter(player=player).select_related("fact__service").order_by("fact_id")
    while batch := list(cards.filter(fact_id__gt=last)[:_CARD_BATCH]):
        last = batch[-1].fact_id
        yield _lines(_card_row(card, zone, now) for card in batch)


def _card_row(card: Card, zone: ZoneInfo, now: datetime) -> Sequence[object]:
    fact = card.fact
    recall = recall_after((now - card.last_review) / _DAY, card.stability)
    return (
        *(fact.slug, fact.statement, fact.service.name, fact.get_domain_display()),
        *(_moment(moment, zone) for moment in (card.first_review, card.last_review, card.due)),
        *(round(card.stability, 2), round(card.difficulty, 2), round(recall, 3), card.answered, card.right),
    )


def write_groups(player: Player, zone: ZoneInfo) -> Iterator[bytes]:
    """The groups that the player is in, and those that they were removed from, as CSV."""
    yield _head(GROUP_COLUMNS)
    own = Membership.objects.filter(player=player).select_related("group").order_by("joined_at", "pk")
    yield _lines(
        (row.group.name, "organiser" if row.is_organiser else "member", _moment(row.joined_at, zone), row.group.exam_on)
        for row in own
    )
    removals = Removal.objects.filter(player=player).select_related("group").order_by("removed_at", "pk")
    yield _lines((row.group.name, "removed", _moment(row.removed_at, zone), "") for row in removals)


def _letters(indices: Iterable[int]) -> str:
    return " ".join(_LETTERS[index] for index in indices if 0 <= index < len(_LETTERS))


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(" ", "seconds") if moment else ""


def safe_cell(value: object) -> object:
    """A text as it may stand in a spreadsheet: one that a spreadsheet would take for a formula gets an apostrophe."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _head(columns: Sequence[str]) -> bytes:
    # Without the mark at its beginning Excel takes UTF-8 for the local code page.
    return b"\xef\xbb\xbf" + _lines([columns])


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([safe_cell(value) for value in row] for row in rows)
    # Half of a surrogate pair can stand in JSON, but not in UTF-8.
    return buffer.getvalue().encode("utf-8", "replace")


def count_own_data(player: Player) -> dict[str, int]:
    """How much there is to delete."""
    return {
        "quizzes": Quiz.objects.filter(player=player).count(),
        "answers": QuizQuestion.objects.filter(player=player, answered_at__isnull=False).count(),
        "exams": ExamResult.objects.filter(player=player).count(),
    }


@transaction.atomic
def delete_learning_data(player: Player) -> None:
    """Delete quizzes, answers and all that was made of them, with the results of real exams. Account and plan stay.

    What stays beside them is which questions the player knows the key of, so that nobody rates better by deleting and
    answering the same once more.
    """
    locked = Player.objects.select_for_update().get(pk=player.pk)  # no fold goes on meanwhile
    asked = QuizQuestion.objects.filter(player=player)
    met = asked.filter(Q(answered_at__isnull=False) | Q(quiz__finished_at__isnull=False))
    MetQuestion.objects.bulk_create(
        [
            MetQuestion(player=player, question_id=question_id)
            for question_id in met.order_by().values_list("question", flat=True).distinct()
        ],
        batch_size=_CARD_BATCH,
        ignore_conflicts=True,
    )
    for rows in (QuizQuestion, Quiz, Card, Tally, PlayerRating, RatingWeek, ExamResult):
        rows._default_manager.filter(player=player).delete()
    locked.folded_until = None
    locked.save(update_fields=["folded_until"])
    update_standings(locked)
