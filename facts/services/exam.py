"""Exams: starting one, keeping choices while it runs, handing it in.

Until an exam is handed in, its choices are drafts, and each draft has a version, ``saves``. Handing in makes them
answers. The server's clock rules: nothing is taken after the deadline, and an exam that is overdue counts as handed in
at its deadline, whenever that is noticed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from datetime import timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from facts.learning.blueprint import Form, largest_form, places, shortages
from facts.learning.exam import WEIGHTS, choose_exam, count_by_domain
from facts.learning.selection import FACTS_PER_QUESTION
from facts.models import Player, Question, Quiz, QuizMode, QuizQuestion
from facts.models.play import seconds_between
from facts.questions.grading import InvalidChoice, grade
from facts.selectors.exam import count_available, find_examinable, is_overdue, running_exam
from facts.services.figures import count_answers
from facts.services.play import copy_question, count_asked, find_candidates


class ExamRunning(Exception):
    """The player has an exam that runs; one is enough."""

    def __init__(self, quiz: Quiz) -> None:
        super().__init__(quiz)
        self.quiz = quiz


class TooFewQuestions(Exception):
    """The bank cannot give an exam of this form."""

    def __init__(self, form: Form, available: dict[str, int]) -> None:
        super().__init__(form)
        self.shortages = shortages(form, available)
        self.largest = largest_form(available)


class ExamEnded(Exception):
    """The exam was handed in, or its time was over; ``quiz`` knows when."""

    def __init__(self, quiz: Quiz) -> None:
        super().__init__(quiz)
        self.quiz = quiz


class ChangedElsewhere(Exception):
    """Another page or device has saved another choice in the meantime; the question now holds that one."""


@transaction.atomic
def start_exam(*, player: Player, form: Form, has_extra_time: bool = False, seed: int | None = None) -> Quiz:
    """Start an exam; its questions are copied into it. Raises ExamRunning or TooFewQuestions.

    Same seed, form, bank and history of the player: same exam.
    """
    Player.objects.select_for_update().get(pk=player.pk)  # one start of a player at a time
    hand_in_overdue(player)
    if running := running_exam(player):
        raise ExamRunning(running)
    seed = secrets.randbits(48) if seed is None else seed
    rng = Random(seed)
    domains = dict(find_examinable().values_list("fact", "fact__domain").distinct())
    fact_order = _order_facts(player, domains, form, rng)
    candidates = find_candidates(player, fact_order, list(WEIGHTS))
    pilots = Question.objects.filter(fact__in=fact_order, state=Question.State.PILOT).values_list("pk", flat=True)
    chosen = choose_exam(candidates, domains, set(pilots), fact_order, form, rng)
    if len(chosen) < form.questions:
        available = count_available()
        if not shortages(form, available):  # there are enough, but they tell each other's answers
            available = count_by_domain(chosen, domains)
        raise TooFewQuestions(form, available)
    minutes = form.minutes + (form.extra_minutes if has_extra_time else 0)
    quiz = Quiz.objects.create(
        player=player,
        mode=QuizMode.EXAM,
        scope=f"Exam of {form.questions} questions",
        seed=seed,
        deadline=timezone.now() + timedelta(minutes=minutes),
    )
    questions = Question.objects.select_related("fact__service").in_bulk([one.candidate.id for one in chosen])
    copies = []
    for position, one in enumerate(chosen, 1):
        copy = copy_question(quiz, position, questions[one.candidate.id], rng)
        copy.is_scored = one.is_scored
        copies.append(copy)
    QuizQuestion.objects.bulk_create(copies)
    return quiz


def _order_facts(player: Player, domains: dict[int, str], form: Form, rng: Random) -> list[int]:
    """Facts that this player was asked least often first, then by chance; of each domain a part of the bank."""
    fact_ids = sorted(domains)
    rng.shuffle(fact_ids)
    asked = count_asked(player)
    fact_ids.sort(key=lambda fact_id: asked.get(fact_id, 0))
    left = {domain: count * FACTS_PER_QUESTION for domain, count in places(form).items()}
    order = []
    for fact_id in fact_ids:
        if left[domains[fact_id]]:
            left[domains[fact_id]] -= 1
            order.append(fact_id)
    return order


def mark_open(question: QuizQuestion) -> None:
    """The question is before the player from now on; its time runs until the next save."""
    question.shown_at = timezone.now()
    QuizQuestion.objects.filter(pk=question.pk).update(shown_at=question.shown_at)


# As quick as an answer in practice. The version, the end and the deadline are looked at in the moment of writing.
_SAVE = """
    UPDATE facts_quizquestion
    SET draft = %s, saves = saves + %s, is_flagged = COALESCE(%s, is_flagged), spent = COALESCE(spent, 0) + %s,
        shown_at = %s
    WHERE id = %s AND saves = %s AND answered_at IS NULL AND EXISTS (
        SELECT 1 FROM facts_quiz
        WHERE facts_quiz.id = facts_quizquestion.quiz_id AND finished_at IS NULL AND deadline > %s
    )
"""


def save_draft(
    *, question: QuizQuestion, chosen: Collection[int], version: int, is_flagged: bool | None = None
) -> None:
    """Keep the choice, unless a page or device other than the one that knows ``version`` has saved another one.

    No option is a choice too, and so is one of two. One conditional update; afterwards ``question`` holds what is on
    record. Raises InvalidChoice, ChangedElsewhere or ExamEnded, and then nothing has changed.
    """
    quiz = question.quiz
    _refuse_if_ended(quiz)
    draft = _to_draft(question, chosen)
    while True:
        if version != question.saves and draft != question.draft:
            raise ChangedElsewhere
        if _write_draft(question, draft, is_flagged):
            return
        question.refresh_from_db(fields=["draft", "saves", "is_flagged", "spent", "shown_at"])
        quiz.refresh_from_db(fields=["finished_at", "deadline"])
        _refuse_if_ended(quiz)


def _refuse_if_ended(quiz: Quiz) -> None:
    if is_overdue(quiz):
        hand_in(quiz=quiz)
    if quiz.finished_at is not None:
        raise ExamEnded(quiz)


def _to_draft(question: QuizQuestion, chosen: Collection[int]) -> list[int] | None:
    picked = sorted(set(chosen))
    most = sum(option["correct"] for option in question.options)
    if picked and (len(picked) > most or not set(picked) <= set(range(len(question.options)))):
        grade([option["correct"] for option in question.options], picked)  # raises, and says why
    return picked or None


def _write_draft(question: QuizQuestion, draft: list[int] | None, is_flagged: bool | None) -> bool:
    now = timezone.now()
    is_change = draft != question.draft
    spent = seconds_between(question.shown_at, now)
    moment = connection.ops.adapt_datetimefield_value
    row = [None if draft is None else json.dumps(draft), int(is_change), is_flagged, spent, moment(now)]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [*row, question.pk, question.saves, moment(now)])
        if cursor.rowcount != 1:
            return False
    question.draft = draft
    question.saves += is_change
    question.is_flagged = question.is_flagged if is_flagged is None else is_flagged
    question.spent = (question.spent or 0) + spent
    question.shown_at = now
    return True


@transaction.atomic
def hand_in(*, quiz: Quiz) -> bool:
    """End the exam and make its choices answers, as of now or of the deadline if that has passed.

    Returns whether this call did it: handing in twice, or at the same time, changes nothing the second time.
    """
    quiz.refresh_from_db(fields=["started_at", "deadline", "finished_at"])
    moment = max(quiz.started_at, timezone.now())
    if quiz.deadline is not None:
        moment = min(moment, quiz.deadline)
    if not Quiz.objects.filter(pk=quiz.pk, mode=QuizMode.EXAM, finished_at=None).update(finished_at=moment):
        quiz.refresh_from_db(fields=["finished_at"])
        return False
    quiz.finished_at = moment
    questions = QuizQuestion.objects.filter(quiz=quiz).order_by()
    answered, right = [], []
    for question in questions.select_for_update().only("options", "draft", "told"):
        if question.draft:
            answered.append(question.pk)
            if _is_right(question, question.draft):
                right.append(question.pk)
    questions.filter(pk__in=answered).update(
        answered_at=moment,
        chosen=F("draft"),
        is_right=Case(When(pk__in=right, then=Value(True)), default=Value(False)),
    )
    count_answers(right=len(right), wrong=len(answered) - len(right))
    questions.update(saves=F("saves") + 1)  # a save that waits for these rows finds that it came too late
    return True


def _is_right(question: QuizQuestion, draft: list[int]) -> bool:
    try:
        return question.is_void or grade([option["correct"] for option in question.options], draft)
    except InvalidChoice:  # one of two
        return False


def hand_in_overdue(player: Player) -> list[Quiz]:
    """Hand in the player's exams whose time is over; one query when there is none, as nearly always."""
    overdue = Quiz.objects.filter(
        player=player, finished_at=None, deadline__isnull=False, deadline__lte=timezone.now(), mode=QuizMode.EXAM
    )
    return [quiz for quiz in overdue if hand_in(quiz=quiz)]


# One statement reads the question and starts its time.
_OPEN = """
    UPDATE facts_quizquestion SET shown_at = %s WHERE quiz_id = %s AND position = %s AND player_id = %s RETURNING *
"""


def open_question(*, quiz: Quiz, position: int) -> QuizQuestion:
    """The question at this position, which is before the player from now on. Raises LookupError if there is none."""
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    for question in list(QuizQuestion.objects.raw(_OPEN, [moment, quiz.pk, position, quiz.player_id])):
        question.quiz = quiz
        return question
    raise LookupError(position)
