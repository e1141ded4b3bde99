"""Sprints, today's session, and questions that come once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from facts.models import Card, QuizMode, QuizQuestion, StudyPlan
from facts.selectors.play import get_result
from facts.selectors.today import get_today, read_states
from facts.services.play import (
    NothingToAsk,
    Scope,
    close_if_out_of_time,
    mark_shown,
    seconds_left,
    start_quiz,
    start_sprint,
    submit_answer,
)
from facts.services.progress import fold_answers
from facts.services.sessions import start_session
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db


def answer(question, *, right):
    keys = [index for index, option in enumerate(question.options) if option["correct"]]
    others = [index for index, option in enumerate(question.options) if not option["correct"]]
    return submit_answer(question=question, chosen=keys if right else others[: len(keys)])


def show(question, seconds_ago):
    question.shown_at = timezone.now() - timedelta(seconds=seconds_ago)
    question.save(update_fields=["shown_at"])


# Sprint


@pytest.mark.parametrize(("pace", "seconds"), [(100, {30, 75}), (150, {45, 112}), (200, {60, 150}), (0, {None})])
def test_sprint_allows_each_question_its_time(alice, pace, seconds):
    for _ in range(8):
        make_fact(has_scenario=True)
    quiz = start_sprint(player=alice, pace=pace, seed=4)
    assert set(quiz.questions.values_list("seconds_allowed", flat=True)) == seconds
    assert quiz.mode == QuizMode.SPRINT


def test_answer_in_time_counts_and_does_not_come_again(alice):
    make_facts(1)
    question = start_sprint(player=alice, pace=100).questions.get()
    show(question, 29)
    assert answer(question, right=True)
    assert (question.is_right, question.ran_out) == (True, False)
    assert QuizQuestion.objects.count() == 1


def test_answer_after_the_time_is_wrong_and_comes_once_more(alice):
    make_facts(1)
    quiz = start_sprint(player=alice, pace=100)
    question = quiz.questions.get()
    show(question, 33)
    answer(question, right=True)
    assert (question.is_right, question.ran_out) == (False, True)
    again = quiz.questions.get(is_repeat=True)
    assert (again.position, again.stem, again.answered_at) == (2, question.stem, None)
    show(again, 300)
    answer(again, right=True)
    assert quiz.questions.count() == 2  # not a third time


def test_no_choice_is_an_answer_when_the_time_is_over_only(alice):
    from facts.questions.grading import InvalidChoice

    make_facts(1)
    question = start_sprint(player=alice, pace=100).questions.get()
    show(question, 10)
    with pytest.raises(InvalidChoice):
        submit_answer(question=question, chosen=())
    show(question, 100)
    assert submit_answer(question=question, chosen=())
    assert (question.chosen, question.is_right) == ([], False)


def test_question_that_was_left_is_closed_when_it_is_looked_at_again(alice):
    make_facts(1)
    question = start_sprint(player=alice, pace=100).questions.get()
    show(question, 10)
    close_if_out_of_time(question)
    assert question.answered_at is None
    show(question, 3600)
    close_if_out_of_time(question)
    assert question.ran_out


def test_time_left_never_falls_below_zero_nor_grows_when_the_clock_jumps_back(alice):
    make_facts(1)
    question = start_sprint(player=alice, pace=100).questions.get()
    for seconds_ago, left in ((10, 20), (300, 0), (-50, 30)):
        show(question, seconds_ago)
        assert seconds_left(question) == left


def test_wrong_answer_in_a_sprint_does_not_come_again(alice):
    make_facts(1)
    quiz = start_sprint(player=alice, pace=100)
    answer(quiz.questions.get(), right=False)
    assert quiz.questions.count() == 1


def test_repeats_do_not_count_in_the_result(alice):
    make_facts(2)
    quiz = start_session(player=alice)
    first, second = quiz.questions.all()
    answer(first, right=True)
    answer(second, right=False)
    answer(quiz.questions.get(is_repeat=True), right=True)
    result = get_result(quiz)
    assert (result.count, result.answered, result.right) == (2, 2, 1)


# Today


def test_session_asks_what_is_due_before_what_is_new(alice):
    facts = make_facts(6)
    answer_quiz(make_quiz(alice, length=3, facts=[fact.pk for fact in facts[:3]]))
    fold_answers(alice)
    past = timezone.now() - timedelta(days=20)
    Card.objects.update(last_review=past, due=past + timedelta(days=1), first_review=past)
    StudyPlan.objects.create(player=alice, session_length=5, new_per_day=1)
    quiz = start_session(player=alice, seed=1)
    asked = set(quiz.questions.values_list("fact", flat=True))
    assert {fact.pk for fact in facts[:3]} < asked
    assert len(asked) == 4  # one new a day
    assert quiz.mode == QuizMode.TODAY


def test_new_facts_of_a_day_are_limited_over_its_sessions(alice):
    make_facts(6)
    StudyPlan.objects.create(player=alice, new_per_day=2)
    answer_quiz(start_session(player=alice))
    assert Card.objects.count() == 0
    with pytest.raises(NothingToAsk):
        start_session(player=alice)
    assert Card.objects.count() == 2


def test_fact_is_asked_by_another_question_than_the_last_time(alice):
    make_fact(has_scenario=True, blanks=[("record", ["copy", "trace", "list", "name"])])
    stems = []
    for seed in range(6):
        quiz = make_quiz(alice, length=1, seed=seed)
        answer_quiz(quiz)
        stems.append(quiz.questions.get().stem)
    assert all(one != other for one, other in zip(stems, stems[1:], strict=False))


def test_wrong_answer_of_a_session_comes_once_more_at_its_end(alice):
    make_facts(3)
    quiz = start_session(player=alice)
    first = quiz.questions.get(position=1)
    answer(first, right=False)
    again = quiz.questions.get(position=4)
    assert (again.is_repeat, again.question_id, again.shown_at) == (True, first.question_id, None)
    assert sorted(option["text"] for option in again.options) == sorted(option["text"] for option in first.options)


def test_sending_a_wrong_answer_twice_repeats_it_once(alice):
    make_facts(3)
    quiz = start_session(player=alice)
    for _ in range(2):
        answer(quiz.questions.get(position=1), right=False)
    assert quiz.questions.count() == 4


def test_practice_repeats_nothing(alice):
    make_facts(3)
    quiz = make_quiz(alice, length=3)
    answer(quiz.questions.get(position=1), right=False)
    assert quiz.questions.count() == 3


@pytest.mark.parametrize("fact_count", [2, 9])
def test_today_takes_a_fixed_number_of_queries(alice, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    answer_quiz(make_quiz(alice, length=2))
    fold_answers(alice)
    with django_assert_num_queries(5):
        get_today(alice)


def test_states_leave_out_withdrawn_facts_and_other_players_memories(alice, bob):
    fact, withdrawn = make_facts(2)
    withdrawn.is_withdrawn = True
    withdrawn.save()
    answer_quiz(make_quiz(bob, length=1))
    fold_answers(bob)
    (state,) = read_states(alice, timezone.now())
    assert (state.fact_id, state.stability, state.days_since) == (fact.pk, None, None)


def test_states_weigh_a_fact_by_its_domain(alice):
    make_facts(2)
    make_fact(domain="migration-modernization", service=make_service("dms"))
    weights = sorted(round(state.weight, 3) for state in read_states(alice, timezone.now()))
    assert weights == [0.145, 0.145, 0.2]


def test_today_counts_down_to_the_exam_in_the_players_days(alice):
    make_facts(1)
    StudyPlan.objects.create(player=alice, exam_on=timezone.now().date() + timedelta(days=3))
    today = get_today(alice)
    assert (today.days_left, today.is_exam_over) == (3, False)
    StudyPlan.objects.update(exam_on=timezone.now().date() - timedelta(days=3))
    today = get_today(alice)
    assert (today.days_left, today.is_exam_over) == (None, True)


def test_session_of_yesterday_evening_is_not_todays(alice, monkeypatch):
    facts = make_facts(30)
    now = datetime(2026, 3, 10, 15, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    StudyPlan.objects.create(player=alice, exam_on=(now + timedelta(days=10)).date())
    values = {"state": 2, "stability": 0.5, "difficulty": 6, "first_review": now - timedelta(days=9)}
    for number, fact in enumerate(facts):
        when = now - timedelta(hours=14 if number < 2 else 16)
        Card.objects.create(player=alice, fact=fact, last_review=when, due=when + timedelta(days=1), **values)
    numbers = get_today(alice).numbers
    assert numbers.questions_today == numbers.questions_a_day - 2 > 0


def test_forecast_does_not_fall_by_doing_todays_work(alice):
    make_facts(30)
    StudyPlan.objects.create(player=alice, exam_on=(timezone.now() + timedelta(days=20)).date(), new_per_day=5)
    before = get_today(alice).numbers
    answer_quiz(start_session(player=alice))
    fold_answers(alice)
    after = get_today(alice).numbers
    assert (before.questions_today, after.questions_today) == (5, 0)
    assert after.recall_if_followed >= before.recall_if_followed - 0.03


def test_cramming_asks_what_fades_first_then_what_is_new_then_what_is_firm(alice):
    firm, weak, new, weakest = make_facts(4)
    now = timezone.now()
    for fact, stability in ((firm, 300), (weak, 3), (weakest, 1)):
        values = {"state": 2, "difficulty": 5, "first_review": now, "due": now, "last_review": now - timedelta(days=9)}
        Card.objects.create(player=alice, fact=fact, stability=stability, **values)
    for length, expected in ((1, {weakest}), (2, {weakest, weak}), (3, {weakest, weak, new})):
        quiz = start_quiz(player=alice, scope=Scope(), length=length, mode=QuizMode.CRAM)
        assert set(quiz.questions.values_list("fact", flat=True)) == {fact.pk for fact in expected}
    assert quiz.scope == "Cram: Everything"


@pytest.mark.django_db(transaction=True)
def test_moment_of_showing_is_on_record_and_the_next_write_waits_for_the_disk_again(alice):
    make_facts(1)
    question = make_quiz(alice, length=1).questions.get()
    mark_shown(question)
    first = question.shown_at
    assert QuizQuestion.objects.get().shown_at == first
    again = QuizQuestion.objects.get()
    again.shown_at = None  # as another device has it
    mark_shown(again)
    assert QuizQuestion.objects.get().shown_at == first
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
