"""Playing: starting a quiz, showing its questions, taking answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Max
from django.db.models.base import ModelState
from django.utils import timezone

from facts.learning.memory import DUE_RECALL, recall_after
from facts.learning.selection import FACTS_PER_QUESTION, Candidate, choose_questions
from facts.models import Card, Domain, Fact, Family, Ground, Player, Question, Quiz, QuizMode, QuizQuestion, Service
from facts.models.play import seconds_between
from facts.questions.content import Kind
from facts.questions.generate import arrange
from facts.questions.grading import grade
from facts.services.figures import count_answers
from facts.services.progress import fold_answers

MIN_LENGTH, MAX_LENGTH = 5, 75


class NothingToAsk(Exception):
    """No question of the bank fits what was asked for; the message is a sentence for the player."""


@dataclass(frozen=True)
class Scope:
    """What a quiz is about. Services and families widen each other; domains and kinds narrow. Empty means all."""

    services: Collection[Service] = ()
    families: Collection[Family] = ()
    domains: Collection[str] = ()
    kinds: Collection[str] = ()
    facts: Collection[int] | None = None  # these facts only
    label: str = field(default="", compare=False)

    def find_facts(self) -> dict[int, bool]:
        """Keys of the facts in scope, each with whether it is mainly about what was chosen, or only touches it."""
        facts = Fact.objects.in_bank()
        wanted: list[int] = []
        if self.facts is not None:
            facts = facts.filter(pk__in=self.facts)
        if self.services or self.families:
            wanted = [service.pk for service in self.services]
            wanted += Service.objects.filter(family__in=self.families).values_list("pk", flat=True)
            facts = facts.tagged(wanted)
        if self.domains:
            facts = facts.filter(domain__in=self.domains)
        rows = facts.order_by("pk").values_list("pk", "service")
        return {fact_id: not wanted or service_id in wanted for fact_id, service_id in rows}

    def in_words(self) -> str:
        """For a list of quizzes: "Amazon S3, Storage", at most 200 characters."""
        if self.label:
            return self.label
        names = [*(family.name for family in self.families), *(service.name for service in self.services)]
        names += [str(Domain(domain).label) for domain in self.domains]
        words = ", ".join(names) or "Everything"
        return words if len(words) <= 200 else f"{words[:190].rpartition(', ')[0]} and more"


def start_quiz(
    *,
    player: Player,
    scope: Scope,
    length: int,
    seed: int | None = None,
    mode: QuizMode = QuizMode.PRACTICE,
    pace: int = 0,
) -> Quiz:
    """Start a quiz of up to ``length`` questions; their wording and options are copied into it.

    With a ``pace`` each has a time, that many percent of the usual. Same seed, scope, bank and history of the player:
    same quiz. Raises NothingToAsk.
    """
    fold_answers(player)  # the choice rests on what was answered before
    seed = secrets.randbits(48) if seed is None else seed
    rng = Random(seed)
    found = scope.find_facts()
    fact_ids = list(found)
    rng.shuffle(fact_ids)
    if mode == QuizMode.CRAM:
        fact_ids.sort(key=_rank_for_cramming(player))
    else:
        # Facts that were asked less often come first, then those that the choice is mainly about; then chance decides.
        asked = count_asked(player)
        fact_ids.sort(key=lambda fact_id: (asked.get(fact_id, 0), not found[fact_id]))
    quiz = Quiz(player=player, mode=mode, scope=_title(scope, mode), seed=seed)
    return ask_about(quiz, fact_ids, length, rng, kinds=scope.kinds, pace=pace)


def count_asked(player: Player) -> dict[int, int]:
    """How often each fact was asked of the player, answered or not; facts that never were are left out."""
    return dict(QuizQuestion.objects.filter(player=player).values_list("fact").annotate(Count("pk")).order_by())


def _title(scope: Scope, mode: QuizMode) -> str:
    words = scope.in_words()
    return f"Cram: {words}"[:200] if mode == QuizMode.CRAM else words


def _rank_for_cramming(player: Player) -> Callable[[int], tuple[int, float]]:
    """What was met and fades comes first, the weakest before all, then what was never met, then what is firm."""
    now = timezone.now()
    recalls = {
        fact_id: recall_after((now - last_review) / timedelta(days=1) + 1, stability)
        for fact_id, stability, last_review in Card.objects.filter(player=player).values_list(
            "fact", "stability", "last_review"
        )
    }

    def rank(fact_id: int) -> tuple[int, float]:
        recall = recalls.get(fact_id)
        if recall is None:
            return 1, 0.0
        return (0, recall) if recall < DUE_RECALL else (2, recall)

    return rank


SPRINT_LENGTH = 20
STATEMENT_SECONDS, SCENARIO_SECONDS = 30, 75


def start_sprint(*, player: Player, pace: int, seed: int | None = None) -> Quiz:
    """Start a short quiz with a time for each question: ``pace`` percent of the usual, 0 for none.

    Raises NothingToAsk.
    """
    return start_quiz(
        player=player, scope=Scope(label="Sprint"), length=SPRINT_LENGTH, seed=seed, mode=QuizMode.SPRINT, pace=pace
    )


@transaction.atomic
def ask_about(
    quiz: Quiz, fact_order: Sequence[int], length: int, rng: Random, *, kinds: Collection[str] = (), pace: int = 0
) -> Quiz:
    """Save the quiz with up to ``length`` questions, about the first of these facts that go together.

    Raises NothingToAsk, and then saves nothing.
    """
    fact_order = fact_order[: length * FACTS_PER_QUESTION]
    candidates = find_candidates(quiz.player, fact_order, kinds)
    chosen = choose_questions(candidates, fact_order, length, rng)
    if not chosen:
        raise NothingToAsk("No question fits this choice. Choose more services, domains or kinds of question.")
    quiz.save()
    questions = Question.objects.select_related("fact__service").in_bulk([candidate.id for candidate in chosen])
    copies = [
        copy_question(quiz, position, questions[candidate.id], rng) for position, candidate in enumerate(chosen, 1)
    ]
    for question in copies if pace else ():
        seconds = SCENARIO_SECONDS if question.kind == Question.Kind.SCENARIO else STATEMENT_SECONDS
        question.seconds_allowed = seconds * pace // 100
    QuizQuestion.objects.bulk_create(copies)
    return quiz


def find_candidates(player: Player, fact_ids: Collection[int], kinds: Collection[str] = ()) -> list[Candidate]:
    """The questions that could be asked about these facts, with what this player was asked before."""
    questions = Question.objects.askable().filter(fact__in=fact_ids)
    if kinds:
        questions = questions.filter(kind__in=kinds)
    rows = list(questions.values_list("pk", "fact", "kind", "options"))
    # By their keys, not by the query again: PostgreSQL may plan that badly when the bank has just been loaded.
    pks = [pk for pk, *_ in rows]
    shown: dict[int, set[int]] = {}
    for question_id, fact_id in Ground.objects.filter(question__in=pks).values_list("question", "fact"):
        shown.setdefault(question_id, set()).add(fact_id)
    # Of this player's answers alone: a question has those of all players.
    answered = QuizQuestion.objects.filter(player=player, attempt__isnull=False, question__in=pks)
    times_asked = dict(answered.order_by().values_list("question").annotate(Count("pk")))
    cards = Card.objects.filter(player=player, fact__in=fact_ids, last_question__isnull=False)
    last = {
        fact_id: (question_id, kind)
        for fact_id, question_id, kind in cards.values_list("fact", "last_question", "last_question__kind")
    }
    return [
        Candidate(
            id=pk,
            fact_id=fact_id,
            kind=Kind(kind),
            key=str(options[0]["correct"]) if kind == Kind.TRUE_FALSE else "",
            shown_fact_ids=frozenset(shown.get(pk, {fact_id})),
            times_asked=times_asked.get(pk, 0),
            was_last=pk == last.get(fact_id, (0, ""))[0],
            is_last_kind=kind == last.get(fact_id, (0, ""))[1],
        )
        for pk, fact_id, kind, options in rows
    ]


def copy_question(quiz: Quiz, position: int, question: Question, rng: Random) -> QuizQuestion:
    """The question as it will be asked, its options in the order drawn; not saved. Reads ``fact.service``."""
    fact = question.fact
    order = arrange(Kind(question.kind), [option["text"] for option in question.options], rng)
    return QuizQuestion(
        quiz=quiz,
        player_id=quiz.player_id,
        position=position,
        question=question,
        fact=fact,
        kind=question.kind,
        service=fact.service.slug,
        service_name=fact.service.name,
        domain=fact.domain,
        stem=question.stem,
        options=[question.options[index] for index in order],
        told={
            "slug": fact.slug,
            "statement": fact.statement,
            "explanation": fact.explanation,
            "status": fact.status,
            "note": fact.note,
            "reference": fact.reference,
            "checked_on": fact.checked_on.isoformat() if fact.checked_on else "",
        },
    )


def missed_scope(quiz: Quiz) -> Scope:
    """The facts whose questions were answered wrong in this quiz; of an exam that has ended, the blanks too."""
    missed = quiz.questions.filter(is_right=False)
    if quiz.mode == QuizMode.EXAM and quiz.finished_at is not None:
        missed = quiz.questions.exclude(is_right=True)
    return Scope(facts=list(missed.values_list("fact", flat=True)), label=f"Missed in: {quiz.scope}"[:200])


# Django would take longer to write these than the database to do them, and every question and answer needs them. They
# name the player, so that it can be told from the statement alone whose row it is about.
_SHOW = "UPDATE facts_quizquestion SET shown_at = %s WHERE id = %s AND player_id = %s AND shown_at IS NULL"
# PostgreSQL need not wait for the disk: nobody was told this moment, and a machine that fails loses the last ones only.
_SHOW_LAZILY = f"{_SHOW} AND set_config('synchronous_commit', 'off', true) = 'off'"


def mark_shown(question: QuizQuestion) -> None:
    """Note when the question was first put before the player; its time runs from then."""
    if question.shown_at is None:
        question.shown_at = timezone.now()
        moment = connection.ops.adapt_datetimefield_value(question.shown_at)
        with connection.cursor() as cursor:
            sql = _SHOW_LAZILY if connection.vendor == "postgresql" and not connection.in_atomic_block else _SHOW
            cursor.execute(sql, [moment, question.pk, question.player_id])


_RECORD = """
    UPDATE facts_quizquestion SET answered_at = %s, shown_at = %s, chosen = %s, is_right = %s, ran_out = %s
    WHERE id = %s AND player_id = %s AND answered_at IS NULL
"""


def submit_answer(*, question: QuizQuestion, chosen: Collection[int]) -> bool:
    """Grade the answer and record it, unless the question was answered before: the first answer counts.

    Returns whether this answer was recorded; either way ``question`` then holds what is on record. One conditional
    update, so of any number of simultaneous answers exactly one counts. After the time that a sprint allows, any choice
    is wrong, and none is as good as one. Raises InvalidChoice if it cannot be graded.
    """
    now = timezone.now()
    shown_at = question.shown_at or now
    ran_out = is_out_of_time(question, now)
    is_right = not ran_out and grade([option["correct"] for option in question.options], chosen)
    is_right = is_right or question.is_void
    values = {
        "answered_at": now,
        "shown_at": shown_at,
        "chosen": sorted(set(chosen) & set(range(len(question.options)))) if ran_out else sorted(set(chosen)),
        "is_right": is_right,
        "ran_out": ran_out,
    }
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        row = [moment(now), moment(shown_at), json.dumps(values["chosen"]), is_right, ran_out]
        cursor.execute(_RECORD, [*row, question.pk, question.player_id])
        recorded = cursor.rowcount == 1
    if recorded:
        count_answers(right=is_right, wrong=not is_right)
        for name, value in values.items():
            setattr(question, name, value)
        if comes_again(question):
            ask_again(question)
    else:
        own = QuizQuestion.objects.filter(player=question.player_id)
        question.refresh_from_db(fields=values.keys(), from_queryset=own)
    return recorded


GRACE = 2  # seconds for the way of a page to the player and of the answer back


def is_out_of_time(question: QuizQuestion, now: datetime) -> bool:
    """Has the player had the question for longer than a sprint allows? The server's clock says."""
    if question.seconds_allowed is None or question.shown_at is None:
        return False
    return (now - question.shown_at).total_seconds() > question.seconds_allowed + GRACE


def seconds_left(question: QuizQuestion) -> int | None:
    """Of the time that a sprint allows for the question; None without a limit."""
    if question.seconds_allowed is None:
        return None
    gone = seconds_between(question.shown_at, timezone.now())
    return max(round(question.seconds_allowed - gone), 0)


def close_if_out_of_time(question: QuizQuestion) -> None:
    """Record an open question of a sprint as wrong if its time is over, such as after the page was left."""
    if question.answered_at is None and is_out_of_time(question, timezone.now()):
        submit_answer(question=question, chosen=())


def comes_again(question: QuizQuestion) -> bool:
    """What today's session finds forgotten, and what was too slow in a sprint, comes once more before the end."""
    if question.is_repeat:
        return False
    if question.quiz.mode == QuizMode.SPRINT:
        return question.ran_out
    return question.quiz.mode == QuizMode.TODAY and not question.is_right


def ask_again(question: QuizQuestion) -> QuizQuestion:
    """Put the question at the end of its quiz once more, its options in another order."""
    rng = Random(question.pk)
    order = arrange(Kind(question.kind), [option["text"] for option in question.options], rng)
    again = copy(question)
    again.pk = None
    again._state = ModelState()
    again.is_repeat = True
    again.options = [question.options[index] for index in order]
    again.shown_at = again.answered_at = again.chosen = again.is_right = None
    again.ran_out = False
    again.attempt = again.met_rating = again.met_deviation = None
    while True:
        asked = QuizQuestion.objects.filter(quiz=question.quiz_id, player=question.player_id)
        last = asked.order_by().aggregate(Max("position"))
        again.position = last["position__max"] + 1
        try:
            with transaction.atomic():
                again.save(force_insert=True)
        except IntegrityError:
            continue  # another device took this place in the same moment
        return again


def finish_quiz(quiz: Quiz) -> None:
    """End the quiz; what is unanswered stays so. Finishing twice changes nothing."""
    if quiz.finished_at is not None:
        return
    now = timezone.now()
    if Quiz.objects.filter(pk=quiz.pk, player=quiz.player_id, finished_at=None).update(finished_at=now):
        quiz.finished_at = now
