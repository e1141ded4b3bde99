"""Playing: starting a quiz, showing its questions, taking answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from facts.learning.selection import Candidate, choose_questions
from facts.models import Domain, Fact, Family, Ground, Player, Question, Quiz, QuizQuestion, Service
from facts.questions.content import Kind
from facts.questions.generate import arrange
from facts.questions.grading import grade

MIN_LENGTH, MAX_LENGTH = 5, 75
# How many facts are looked at for each question wanted: enough to find questions that do not answer each other.
_FACTS_PER_QUESTION = 4


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


@transaction.atomic
def start_quiz(*, player: Player, scope: Scope, length: int, seed: int | None = None) -> Quiz:
    """Start a quiz of up to ``length`` questions; their wording and options are copied into it.

    Same seed, scope, bank and history of the player: same quiz. Raises NothingToAsk.
    """
    seed = secrets.randbits(48) if seed is None else seed
    rng = Random(seed)
    found = scope.find_facts()
    fact_ids = list(found)
    rng.shuffle(fact_ids)
    # Facts that were asked less often come first, then those that the choice is mainly about; then chance decides.
    asked = dict(QuizQuestion.objects.filter(player=player).values_list("fact").annotate(Count("pk")).order_by())
    fact_ids.sort(key=lambda fact_id: (asked.get(fact_id, 0), not found[fact_id]))
    fact_ids = fact_ids[: length * _FACTS_PER_QUESTION]
    candidates = _find_candidates(player, fact_ids, scope.kinds)
    chosen = choose_questions(candidates, fact_ids, length, rng)
    if not chosen:
        raise NothingToAsk("No question fits this choice. Choose more services, domains or kinds of question.")
    quiz = Quiz.objects.create(player=player, scope=scope.in_words(), seed=seed)
    questions = Question.objects.select_related("fact__service").in_bulk([candidate.id for candidate in chosen])
    QuizQuestion.objects.bulk_create(
        _copy(quiz, position, questions[candidate.id], rng) for position, candidate in enumerate(chosen, 1)
    )
    return quiz


def _find_candidates(player: Player, fact_ids: list[int], kinds: Collection[str]) -> list[Candidate]:
    questions = Question.objects.askable().filter(fact__in=fact_ids)
    if kinds:
        questions = questions.filter(kind__in=kinds)
    shown: dict[int, set[int]] = {}
    grounds = Ground.objects.filter(question__in=questions.values("pk"))
    for question_id, fact_id in grounds.values_list("question", "fact"):
        shown.setdefault(question_id, set()).add(fact_id)
    times_asked = Count("asked", filter=Q(asked__player=player))
    rows = questions.annotate(times_asked=times_asked).values_list("pk", "fact", "kind", "options", "times_asked")
    return [
        Candidate(
            id=pk,
            fact_id=fact_id,
            kind=Kind(kind),
            key=str(options[0]["correct"]) if kind == Kind.TRUE_FALSE else "",
            shown_fact_ids=frozenset(shown.get(pk, {fact_id})),
            times_asked=count,
        )
        for pk, fact_id, kind, options, count in rows
    ]


def _copy(quiz: Quiz, position: int, question: Question, rng: Random) -> QuizQuestion:
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
    """The facts whose questions were answered wrong in this quiz."""
    missed = quiz.questions.filter(is_right=False).values_list("fact", flat=True)
    return Scope(facts=list(missed), label=f"Missed in: {quiz.scope}"[:200])


def mark_shown(question: QuizQuestion) -> None:
    """Note when the question was first put before the player; its time runs from then."""
    if question.shown_at is None:
        question.shown_at = timezone.now()
        QuizQuestion.objects.filter(pk=question.pk, shown_at=None).update(shown_at=question.shown_at)


# Django would take longer to write this than the database to do it, and it is the one write of every answer.
_RECORD = """
    UPDATE facts_quizquestion SET answered_at = %s, shown_at = %s, chosen = %s, is_right = %s
    WHERE id = %s AND answered_at IS NULL
"""


def submit_answer(*, question: QuizQuestion, chosen: Collection[int]) -> bool:
    """Grade the answer and record it, unless the question was answered before: the first answer counts.

    Returns whether this answer was recorded; either way ``question`` then holds what is on record. One conditional
    update, so of any number of simultaneous answers exactly one counts. Raises InvalidChoice if it cannot be graded.
    """
    is_right = grade([option["correct"] for option in question.options], chosen)
    now = timezone.now()
    shown_at = question.shown_at or now
    values = {
        "answered_at": now,
        "shown_at": shown_at,
        "chosen": sorted(set(chosen)),
        "is_right": is_right,
    }
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [moment(now), moment(shown_at), json.dumps(values["chosen"]), is_right, question.pk])
        recorded = cursor.rowcount == 1
    if recorded:
        for name, value in values.items():
            setattr(question, name, value)
    else:
        question.refresh_from_db(fields=values.keys())
    return recorded


def finish_quiz(quiz: Quiz) -> None:
    """End the quiz; what is unanswered stays so. Finishing twice changes nothing."""
    if quiz.finished_at is not None:
        return
    now = timezone.now()
    if Quiz.objects.filter(pk=quiz.pk, finished_at=None).update(finished_at=now):
        quiz.finished_at = now
