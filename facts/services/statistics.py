"""The statistics of questions: kept in step with the answers, and what follows from them for pilots.

A quiz is counted when it has ended and all its answers are folded, in the transaction of the fold, which holds the lock
on its player. ``Quiz.is_counted`` says that this was done, and ``QuizQuestion.is_counted`` which answers count as first
ones. So nothing counts twice; and where another answer turns out to be the first, as when a guest's answers come to a
member, what was counted is taken away again.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from facts.learning.statistics import (
    JUDGED_FROM,
    FirstAnswer,
    discrimination,
    facility,
    find_flags,
    median_seconds,
    rests,
)
from facts.models import Family, PilotVerdict, Player, Question, QuestionStatistics, Quiz, QuizQuestion
from facts.services.own_data import safe_cell

_KEPT = [column.name for column in QuestionStatistics._meta.concrete_fields if not column.primary_key]
_BATCH = 500


def to_count(player: Player) -> QuerySet[Quiz]:
    """The player's quizzes that have ended and are not counted yet."""
    return Quiz.objects.filter(player=player, finished_at__isnull=False, is_counted=False)


def count_quizzes(player: Player, *, anew: bool) -> None:
    """Count the player's quizzes that have ended since; ``anew``: also those whose first answers may be others now.

    To be called by the fold, under its lock, when all answers have their ``attempt``.
    """
    quizzes = Quiz.objects.filter(player=player, finished_at__isnull=False) if anew else to_count(player)
    _recount(player, quizzes, is_to_count=True, is_light=anew)


@transaction.atomic
def withdraw_answers(player: Player) -> None:
    """Take away what the player's answers have added: for made-up players, before they are deleted."""
    Player.objects.select_for_update().get(pk=player.pk)
    _recount(player, Quiz.objects.filter(player=player, is_counted=True), is_to_count=False)


def withdraw_quizzes(quiz_ids: Collection[int]) -> None:
    """Take away what these quizzes have added, since answers in them are about to be judged anew.

    At most 500 of any players. The caller holds the locks on the players and lets them be folded anew, which adds
    the quizzes again.
    """
    assert len(quiz_ids) <= _BATCH
    _recount(None, Quiz.objects.filter(pk__in=quiz_ids, is_counted=True), is_to_count=False)


@transaction.atomic
def forget_statistics() -> None:
    """Throw all statistics away. Folding the players' answers makes them anew."""
    list(Player.objects.select_for_update().order_by("pk").values_list("pk"))  # no fold goes on meanwhile
    QuestionStatistics.objects.all().delete()
    QuizQuestion.objects.filter(is_counted=True).update(is_counted=False)
    Quiz.objects.filter(is_counted=True).update(is_counted=False)


@dataclass
class _Change:
    """What is to be added to the statistics of a question."""

    asked: int = 0
    answers: list[tuple[QuizQuestion, int, int]] = field(default_factory=list)  # with its rest; 1 to add, -1 to take


def _recount(player: Player | None, quizzes: QuerySet[Quiz], *, is_to_count: bool, is_light: bool = False) -> None:
    """``player`` may be left out where there are few quizzes."""
    was_counted = dict(quizzes.order_by().values_list("pk", "is_counted"))
    if not was_counted:
        return
    by_quiz = _read_answers(player, was_counted, is_light)
    changes: dict[int, _Change] = defaultdict(_Change)
    done = []
    for quiz_id, quiz_was_counted in was_counted.items():
        answers = by_quiz.get(quiz_id, [])
        if any(answer.attempt is None for answer in answers):
            continue  # came in just now, after the fold had read its answers: the next one has it
        done.append(quiz_id)
        _add_changes(changes, answers, is_to_count - quiz_was_counted, is_to_count)
    _save(changes)
    _mark(changes, done, is_to_count)


def _read_answers(player: Player | None, quiz_ids: Collection[int], is_light: bool) -> dict[int, list[QuizQuestion]]:
    rows = QuizQuestion.objects.filter(answered_at__isnull=False, is_repeat=False)
    if player is not None:
        rows = rows.filter(player=player)
    if len(quiz_ids) <= _BATCH:
        rows = rows.filter(quiz__in=quiz_ids)
    by_quiz = defaultdict(list)
    # Nearly always nothing changes when all is folded anew; then no options need to be read.
    for answer in rows.defer("stem", "told", "draft", *(["options"] if is_light else [])).order_by("quiz", "position"):
        by_quiz[answer.quiz_id].append(answer)
    return by_quiz


def _add_changes(changes: dict[int, _Change], answers: Sequence[QuizQuestion], asked: int, is_to_count: bool) -> None:
    for answer in answers if asked else ():
        changes[answer.question_id].asked += asked
    in_time = [answer for answer in answers if not answer.ran_out]
    found = rests([bool(answer.is_right) for answer in in_time])
    for answer, rest in zip(in_time, found or (), strict=found is not None):
        is_first = is_to_count and answer.attempt == 1
        if is_first != answer.is_counted:
            changes[answer.question_id].answers.append((answer, rest, is_first - answer.is_counted))


def _save(changes: Mapping[int, _Change]) -> None:
    """Three queries. In the order of keys, so that two folds wait for each other, not in a knot."""
    if not changes:
        return
    _read_options([answer for change in changes.values() for answer, _, _ in change.answers])
    ids = sorted(changes)
    # Rows first: only what is there can be locked.
    QuestionStatistics.objects.bulk_create(
        (QuestionStatistics(question_id=question_id) for question_id in ids), ignore_conflicts=True
    )
    rows = list(QuestionStatistics.objects.select_for_update().filter(question__in=ids).order_by("pk"))
    for row in rows:
        change = changes[row.question_id]
        row.asked += change.asked
        if change.answers:
            _apply(row, change)
    QuestionStatistics.objects.bulk_create(rows, update_conflicts=True, unique_fields=["question"], update_fields=_KEPT)


def _read_options(answers: Sequence[QuizQuestion]) -> None:
    """Fill in the options of those that were read without."""
    pks = [answer.pk for answer in answers if "options" in answer.get_deferred_fields()]
    options: dict[int, Any] = {}
    for start in range(0, len(pks), _BATCH):
        found = QuizQuestion.objects.filter(pk__in=pks[start : start + _BATCH])
        options |= dict(found.order_by().values_list("pk", "options"))
    for answer in answers:
        if answer.pk in options:
            answer.options = options[answer.pk]


def _apply(row: QuestionStatistics, change: _Change) -> None:
    sums = row.sums
    for answer, rest, times in change.answers:
        texts = [option["text"] for option in answer.options]
        chosen = tuple(texts[index] for index in answer.chosen or ())
        sums.add(FirstAnswer(bool(answer.is_right), rest, answer.seconds, chosen), times)
    # An answer that was changed by hand since it was counted must not stop a player's fold; a recount mends the rest.
    row.first_answered = sums.answered = max(sums.answered, 0)
    row.first_right = sums.right = min(max(sums.right, 0), sums.answered)
    row.rest, row.rest_squared, row.rest_right = sums.rest, sums.rest_squared, sums.rest_right
    row.times, row.chosen = sums.times, sums.chosen
    is_shown = row.is_shown
    row.facility = facility(sums) if is_shown else None
    row.discrimination = discrimination(sums) if is_shown else None
    row.median_seconds = median_seconds(sums.times) if is_shown else None
    options = change.answers[-1][0].options  # in any order, those of the question
    keys = [option["text"] for option in options if option["correct"]]
    distractors = [option["text"] for option in options if not option["correct"]]
    row.flags = "".join(f" {flag}" for flag in find_flags(sums, keys, distractors))
    row.flags += " " if row.flags else ""


def _mark(changes: Mapping[int, _Change], quiz_ids: Sequence[int], is_to_count: bool) -> None:
    marks = [(times > 0, answer.pk) for change in changes.values() for answer, _, times in change.answers]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE facts_quizquestion SET is_counted = %s WHERE id = %s", marks)
        cursor.executemany(
            "UPDATE facts_quiz SET is_counted = %s WHERE id = %s", [(is_to_count, quiz_id) for quiz_id in quiz_ids]
        )


# Pilots


def judge_pilots() -> list[PilotVerdict]:
    """Which pilots may go live, since enough first answers speak for them, and which a person should look at.

    Nothing is saved; each verdict has its question, with the fact.
    """
    rows = QuestionStatistics.objects.filter(
        question__state=Question.State.PILOT, question__needs_word=False, first_answered__gte=JUDGED_FROM
    )
    verdicts = []
    for row in rows.select_related("question").order_by("pk"):
        if row.flags:
            verdict = ", ".join(str(name.label) for name in row.flag_names)
            state = Question.State.REVIEW
        elif row.discrimination is None:
            continue  # whoever answered it did equally well in the rest: nothing can be said yet
        else:
            verdict, state = "No flag", Question.State.LIVE
        verdicts.append(PilotVerdict(question=row.question, state=state, reason=f"{verdict}: {in_words(row)}."))
    return verdicts


@transaction.atomic
def settle_pilots(*, by: Player | None = None) -> list[PilotVerdict]:
    """Send the pilots live or to review as ``judge_pilots`` says, and keep why."""
    # Remaking questions takes the same turn: it reads states and writes them back.
    list(Family.objects.select_for_update().order_by("pk"))
    verdicts = judge_pilots()
    for verdict in verdicts:
        verdict.by = by
    for state in (Question.State.LIVE, Question.State.REVIEW):
        pks = [verdict.question_id for verdict in verdicts if verdict.state == state]
        for start in range(0, len(pks), _BATCH):
            Question.objects.filter(pk__in=pks[start : start + _BATCH]).update(state=state)
    return PilotVerdict.objects.bulk_create(verdicts, batch_size=_BATCH)


def in_words(row: QuestionStatistics) -> str:
    """The figures in a line; only for those with enough answers to be shown."""
    strength = "unknown" if row.discrimination is None else f"{row.discrimination:.2f}"
    share = f"{100 * (row.facility or 0):.0f} %"
    return f"{row.first_answered:,} first answers, facility {share}, discrimination {strength}"


# Export

_LETTERS = "abcde"
COLUMNS = (
    *("question", "stem", "fact", "service", "kind", "rule", "state", "asked", "first_answers"),
    *("facility", "discrimination", "median_seconds", "flags", "key"),
    *(f"{column}_{letter}" for letter in _LETTERS for column in ("option", "chosen")),
)


def write_statistics(rows: QuerySet[QuestionStatistics]) -> Iterator[bytes]:
    """The figures as CSV, a line for each question with enough of them. No text in it passes for a formula."""
    # Without the mark at its beginning Excel takes UTF-8 for the local code page.
    yield b"\xef\xbb\xbf" + _to_lines([COLUMNS])
    last = 0
    rows = rows.shown().select_related("question__fact__service").order_by("pk")  # type: ignore[attr-defined]
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        yield _to_lines(_to_cells(row) for row in batch)


def _to_cells(row: QuestionStatistics) -> Sequence[object]:
    question = row.question
    keys = " ".join(letter for letter, o in zip(_LETTERS, question.options, strict=False) if o["correct"])
    counts = [cell for o in question.options for cell in (o["text"], row.chosen.get(o["text"], 0))]
    figures = (row.facility, row.discrimination, row.median_seconds)
    return (
        *(question.pk, question.stem, question.fact.slug, question.fact.service.name, question.get_kind_display()),
        *(question.rule, question.get_state_display(), row.asked, row.first_answered),
        *("" if figure is None else round(figure, 3) for figure in figures),
        *(", ".join(str(name.label) for name in row.flag_names), keys),
        *counts[: 2 * len(_LETTERS)],
    )


def _to_lines(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([safe_cell(value) for value in row] for row in rows)
    # Half of a surrogate pair can stand in JSON, but not in UTF-8.
    return buffer.getvalue().encode("utf-8", "replace")
