"""The review queue: its order, the decisions and who may make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from facts.models import Decision, Fact, Question, QuestionStatistics, Report, Verdict
from facts.selectors.review import Sort, Waiting, count_waiting, find_place, find_waiting, load_items
from facts.services.corrections import record_changes
from facts.services.play import NothingToAsk, Scope, start_quiz
from facts.services.questions import remake_questions
from facts.services.review import (
    CannotApprove,
    DecidedMeanwhile,
    OwnWork,
    approve_question,
    check_fact,
    mark_of,
    mark_of_fact,
    retire_question,
    undo_decision,
)
from tests.factories import make_fact, make_facts, make_player, make_service

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DERIVED = "Amazon s3 retains deleted files of case qx for 30 days."


def in_review(**values):
    """A question that waits in review, of a fact of its own."""
    question = make_fact(**values).questions.filter(kind="true_false").first()
    question.state = Question.State.REVIEW
    question.save()
    return question


def derived():
    """A pilot that its figures sent into review."""
    make_fact(statement=DERIVED, false_statements=[])
    question = Question.objects.exclude(change="").select_related("fact").get(kind="true_false")
    question.state = Question.State.REVIEW
    question.save()
    return question


def doubtful():
    """What a rule made and is not sure of."""
    make_fact(statement="Amazon s3 buckets store changes in the log for 24 hours.", false_statements=[], explanation="")
    question = Question.objects.exclude(change="").select_related("fact").first()
    assert (question.state, question.needs_word) == ("review", True)
    return question


def waited(question, days, asked):
    Question.objects.filter(pk=question.pk).update(
        created_at=datetime.combine(TODAY - timedelta(days=days), datetime.min.time(), UTC)
    )
    QuestionStatistics.objects.create(question=question, asked=asked)
    return question


def report(question, player):
    return Report.objects.create(player=player, question=question, kind="typo", text="x", stem="", options=[])


# Order


def test_what_was_asked_most_and_waits_longest_comes_first():
    rare_and_old = waited(in_review(), days=99, asked=1)
    often_and_new = waited(in_review(), days=0, asked=99)
    both = waited(in_review(), days=50, asked=50)
    neither = waited(in_review(), days=3, asked=2)
    order = [one.pk for one in find_waiting(TODAY)]
    assert order == [both.pk, rare_and_old.pk, often_and_new.pk, neither.pk]


def test_everything_that_waits_is_in_one_list(alice, django_assert_num_queries):
    question = in_review()
    reported = make_fact().questions.first()
    report(reported, alice)
    due = make_fact(checked_on=TODAY - timedelta(days=800), review_by=TODAY - timedelta(days=1))
    draft = Fact.objects.create(slug="raw", statement="", service=make_service(), is_draft=True)
    with django_assert_num_queries(4):
        found = find_waiting(TODAY)
    assert {(one.sort, one.pk) for one in found} == {
        (Sort.QUESTION, question.pk),
        (Sort.REPORT, reported.pk),
        (Sort.FACT, due.pk),
        (Sort.DRAFT, draft.pk),
    }
    with django_assert_num_queries(4):
        assert count_waiting(TODAY) == 4
    with django_assert_num_queries(2):
        assert len(load_items(found)) == 4


def test_a_question_that_is_reported_and_in_review_waits_once(alice, bob):
    question = in_review()
    report(question, alice)
    report(question, bob)
    (one,) = find_waiting(TODAY)
    assert (one.sort, one.pk, one.reports) == (Sort.REPORT, question.pk, 2)
    assert count_waiting(TODAY) == 1


def test_what_is_withdrawn_or_not_yet_due_does_not_wait():
    withdrawn = in_review()
    Fact.objects.filter(pk=withdrawn.fact_id).update(is_withdrawn=True)
    make_fact(review_by=TODAY)
    assert find_waiting(TODAY) == []
    assert count_waiting(TODAY) == 0


def test_the_queue_can_be_narrowed_to_a_sort_and_a_service():
    question = in_review()
    in_review(service=make_service("sqs"))
    make_fact(review_by=TODAY - timedelta(days=1))
    assert [one.pk for one in find_waiting(TODAY, sort="question", service="s3")] == [question.pk]


def test_behind_what_waits_no_more_comes_the_first():
    found = [Waiting(Sort.FACT, pk, 0, TODAY) for pk in (7, 8)]
    assert find_place(found, "fact", 7).next == found[1]
    assert find_place(found, "fact", 8).next is None
    assert find_place(found, "fact", 9).next == found[0]


def test_reports_come_before_everything_else(alice):
    waited(in_review(), days=50, asked=50)
    reported = make_fact().questions.first()
    report(reported, alice)
    assert [one.sort for one in find_waiting(TODAY)] == [Sort.REPORT, Sort.QUESTION]


# Decisions


@pytest.mark.parametrize("make", [derived, doubtful, in_review])
def test_approved_question_is_asked_and_stays_approved_when_questions_are_remade(editor, make):
    question = make()
    decision = approve_question(question=question, seen=mark_of(question), why="Read it.", by=editor)
    remake_questions()
    question.refresh_from_db()
    assert (question.state, question.needs_word) == (Question.State.LIVE, False)
    assert (decision.what, decision.why, decision.by, decision.digest) == (
        "approved",
        "Read it.",
        editor,
        question.fact.digest,
    )


@pytest.mark.parametrize("make", [derived, doubtful, in_review])
def test_retired_question_stays_retired_when_questions_are_remade(editor, make):
    question = make()
    retire_question(question=question, seen=mark_of(question), why="Nobody needs it.", by=editor)
    remake_questions()
    remake_questions([question.fact])
    question.refresh_from_db()
    assert question.state == Question.State.RETIRED


def test_question_of_another_wording_is_made_in_spite_of_a_retired_one(editor):
    question = in_review()
    retire_question(question=question, seen=mark_of(question), why="Clumsy.", by=editor)
    fact = Fact.objects.get(pk=question.fact_id)
    fact.statement = "Amazon s3 keeps whatever was put into it."
    fact.save()
    remake_questions([fact])
    assert fact.questions.in_use().filter(kind="true_false").exists()


def test_second_editor_is_told_what_the_first_decided(editor, reviewer):
    question = derived()
    seen = mark_of(question)
    approve_question(question=question, seen=seen, why="Right.", by=editor)
    with pytest.raises(DecidedMeanwhile, match=r"Decided meanwhile by Erin: approved, “Right\.”\."):
        retire_question(question=question, seen=seen, why="Wrong.", by=reviewer)
    question.refresh_from_db()
    assert question.state == Question.State.LIVE
    assert Decision.objects.count() == 1


def test_decision_on_a_fact_that_was_reworded_meanwhile_is_refused(editor):
    question = in_review()
    seen = mark_of(question)
    Fact.objects.filter(pk=question.fact_id).update(digest="another")
    with pytest.raises(DecidedMeanwhile):
        approve_question(question=question, seen=seen, why="Right.", by=editor)


def test_a_former_decision_is_not_taken_for_one_that_was_made_meanwhile(editor, reviewer):
    question = in_review()
    approve_question(question=question, seen=mark_of(question), why="Right.", by=reviewer)
    Question.objects.filter(pk=question.pk).update(state=Question.State.REVIEW)  # its figures turned out bad
    question.refresh_from_db()
    seen = mark_of(question)
    Fact.objects.filter(pk=question.fact_id).update(digest="another")
    with pytest.raises(DecidedMeanwhile, match="Somebody changed this question or its fact meanwhile"):
        retire_question(question=question, seen=seen, why="Weak.", by=editor)


def test_what_hangs_on_the_reading_of_the_fact_cannot_be_approved_by_itself(editor):
    question = in_review()
    Question.objects.filter(pk=question.pk).update(needs_word=True)
    question.refresh_from_db()
    with pytest.raises(CannotApprove):
        approve_question(question=question, seen=mark_of(question), why="Right.", by=editor)
    assert not Decision.objects.exists()


def test_fact_that_was_read_again_is_fresh_and_keeps_who_and_why(editor):
    fact = make_fact(checked_on=TODAY - timedelta(days=800), review_by=TODAY - timedelta(days=1))
    record_changes(facts=[fact], why="added")
    fact = Fact.objects.get(pk=fact.pk)
    check_fact(fact=fact, seen=mark_of_fact(fact), why="Still so.", by=editor)
    fact.refresh_from_db()
    today = timezone.now().date()
    assert fact.checked_on == today
    assert fact.review_by > today
    version = fact.history.first()
    assert (version.history_user, version.history_change_reason) == (editor, "Still so.")
    with pytest.raises(DecidedMeanwhile):
        check_fact(fact=fact, seen="as it was", why="Again.", by=editor)


# Undoing


@pytest.mark.parametrize("make", [derived, doubtful, in_review])
@pytest.mark.parametrize("decide", [approve_question, retire_question], ids=["approved", "retired"])
def test_undone_decision_leaves_everything_as_before(editor, make, decide):
    question = make()
    before = (question.state, question.needs_word, question.is_barred)
    decision = decide(question=question, seen=mark_of(question), why="Hasty.", by=editor)
    undo_decision(decision=decision, by=editor)
    question.refresh_from_db()
    assert (question.state, question.needs_word, question.is_barred) == before
    assert not Verdict.objects.exists()
    decision.refresh_from_db()
    assert decision.undone_at is not None


def test_decision_of_somebody_else_or_one_that_was_followed_by_another_is_not_undone(editor, reviewer):
    question = in_review()
    first = approve_question(question=question, seen=mark_of(question), why="Right.", by=editor)
    with pytest.raises(DecidedMeanwhile):
        undo_decision(decision=first, by=reviewer)
    question = Question.objects.select_related("fact").get(pk=question.pk)
    retire_question(question=question, seen=mark_of(question), why="No.", by=reviewer)
    with pytest.raises(DecidedMeanwhile):
        undo_decision(decision=first, by=editor)


# One's own


@pytest.fixture
def own_question(editor):
    question = in_review()
    record_changes(facts=[question.fact], why="added", by=editor)
    return question


def test_nobody_approves_their_own_where_the_site_says_so(settings, editor, reviewer, own_question):
    settings.REVIEW_OWN = False
    with pytest.raises(OwnWork):
        approve_question(question=own_question, seen=mark_of(own_question), why="Mine.", by=editor)
    approve_question(question=own_question, seen=mark_of(own_question), why="Good.", by=reviewer)
    own_question.refresh_from_db()
    assert own_question.state == Question.State.LIVE


def test_whoever_only_read_a_fact_again_is_not_its_author(settings, reviewer, editor, own_question):
    settings.REVIEW_OWN = False
    fact = own_question.fact
    fact.checked_on = TODAY
    fact.save_without_version()
    record_changes(facts=[fact], why="read", by=reviewer)
    approve_question(question=own_question, seen=mark_of(own_question), why="Good.", by=reviewer)


def test_own_work_may_be_approved_by_default(editor, own_question):
    approve_question(question=own_question, seen=mark_of(own_question), why="Mine.", by=editor)


# Nothing in review is asked


def test_no_quiz_asks_what_waits_in_review():
    make_facts(3)
    Question.objects.update(state=Question.State.REVIEW)
    with pytest.raises(NothingToAsk):
        start_quiz(player=make_player(), scope=Scope(), length=5)
