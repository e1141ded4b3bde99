"""Deciding what waits in the review queue: each decision keeps who, when and why, and can be seen by all editors."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from facts.models import Decision, Fact, Family, Player, Question, Verdict
from facts.selectors.review import is_author, last_decision
from facts.services.corrections import record_changes
from facts.services.questions import judge_question, remake_questions


class DecidedMeanwhile(Exception):
    """It is not as the editor saw it; the message says what became of it."""


class CannotApprove(Exception):
    """The question cannot be asked as it is; the message says what is missing."""


class OwnWork(Exception):
    """Here nobody approves what they wrote themselves."""

    def __init__(self) -> None:
        super().__init__("You wrote this yourself: here somebody else has to approve it.")


def mark_of(question: Question) -> str:
    """What changes when a question, or the fact that it is about, does: for ``seen``."""
    return f"{question.state}:{question.fact.digest}"


def mark_of_fact(fact: Fact) -> str:
    return f"{fact.checked_on or ''}:{fact.review_by or ''}:{fact.digest}"


def refuse_own_work(fact: Fact, by: Player) -> None:
    """Raises OwnWork where the site says that nobody approves their own, and the fact's wording is this editor's."""
    if not settings.REVIEW_OWN and is_author(by, fact):
        raise OwnWork


def why_not_approved(question: Question) -> str:
    """What has to come first, if the question cannot be approved as it is; else nothing."""
    if question.needs_word and not question.change:
        return (
            "It hangs on how the fact is read, or is true and waits for a false statement beside it: "
            "mend the fact, then it is asked by itself."
        )
    return ""


@transaction.atomic
def approve_question(*, question: Question, seen: str, why: str, by: Player) -> Decision:
    """Ask the question from now on. Raises DecidedMeanwhile, CannotApprove or OwnWork, and then nothing has changed."""
    question = _take(question, seen)
    if reason := why_not_approved(question):
        raise CannotApprove(reason)
    refuse_own_work(question.fact, by)
    decision = _keep(question, Decision.What.APPROVED, why, by)
    judge_question(question=question, is_yes=True, by=by)
    return decision


@transaction.atomic
def retire_question(*, question: Question, seen: str, why: str, by: Player) -> Decision:
    """Ask the question no more, nor make it again as it is. Raises DecidedMeanwhile, and then nothing has changed."""
    question = _take(question, seen)
    decision = _keep(question, Decision.What.RETIRED, why, by)
    if question.change:  # the word on the change keeps others like it away, too
        judge_question(question=question, is_yes=False, by=by)
    else:
        question.state, question.needs_word, question.is_barred = Question.State.RETIRED, False, True
        question.save(update_fields=["state", "needs_word", "is_barred"])
    return decision


@transaction.atomic
def check_fact(*, fact: Fact, seen: str, why: str, by: Player) -> Decision:
    """Keep that the fact was read in its source today and still holds. Raises DecidedMeanwhile or OwnWork."""
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    if mark_of_fact(fact) != seen:
        raise DecidedMeanwhile("Somebody changed this fact meanwhile.")
    refuse_own_work(fact, by)
    fact.checked_on, fact.is_edited = timezone.now().date(), True
    fact.set_review_by()
    fact.save_without_version()
    record_changes(facts=[fact], why=why, by=by)
    return Decision.objects.create(what=Decision.What.CHECKED, fact=fact, digest=fact.digest, why=why, by=by)


@transaction.atomic
def undo_decision(*, decision: Decision, by: Player) -> Question:
    """Take back one's own last word on a question; it waits again as before. Raises DecidedMeanwhile."""
    assert decision.question_id is not None
    question = _lock(decision.question_id)
    decision.refresh_from_db()
    is_last = last_decision(question) == decision and decision.undone_at is None
    if (
        not is_last
        or decision.by_id != by.pk
        or question.state != _brought_by(decision)
        or question.fact.digest != decision.digest
    ):
        raise DecidedMeanwhile("That cannot be undone any more: the question has changed since.")
    decision.undone_at = timezone.now()
    decision.save(update_fields=["undone_at"])
    question.state, question.needs_word, question.is_barred = decision.was_state, decision.needed_word, False
    question.save(update_fields=["state", "needs_word", "is_barred"])
    if question.change:
        Verdict.objects.filter(
            fact=question.fact, digest=decision.digest, rule=question.rule, change=question.change
        ).delete()
        remake_questions([question.fact])
    return question


def _lock(question_id: int) -> Question:
    # Remaking questions takes the same turn: it reads states and writes them back.
    list(Family.objects.select_for_update().order_by("pk"))
    return Question.objects.select_related("fact").get(pk=question_id)


def _take(question: Question, seen: str) -> Question:
    """The question as it is now, for this editor alone. Raises DecidedMeanwhile."""
    question = _lock(question.pk)
    if mark_of(question) == seen and question.state != Question.State.RETIRED:
        return question
    last = last_decision(question)
    if last is None or last.digest != question.fact.digest or question.state != _brought_by(last):
        raise DecidedMeanwhile("Somebody changed this question or its fact meanwhile.")
    who = f" by {last.by.get_short_name()}" if last.by else ""
    raise DecidedMeanwhile(f"Decided meanwhile{who}: {last.get_what_display().lower()}, “{last.why}”.")


def _brought_by(decision: Decision) -> str:
    """The state that a decision about a question brought it to."""
    return Question.State.LIVE if decision.what == Decision.What.APPROVED else Question.State.RETIRED


def _keep(question: Question, what: str, why: str, by: Player) -> Decision:
    return Decision.objects.create(
        what=what,
        question=question,
        fact=question.fact,
        digest=question.fact.digest,
        was_state=question.state,
        needed_word=question.needs_word,
        why=why,
        by=by,
    )
