from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.memory import KNOWN_BEFORE, recall_after
from facts.learning.planning import FactState, choose_facts, forecast, known_share, make_plan


def make_asked(
    fact_id: int = 1, stability: float = 5.0, since: float = 5.0, *, difficulty: float = 5.0, weight: float = 1.0
) -> FactState:
    return FactState(fact_id, weight, stability, difficulty, since, max(round(stability), 1) - since)


def choose(
    states: list[FactState], length: int = 4, *, exam: float | None = None, new: int = 10, seed: int = 1
) -> list[int]:
    return choose_facts(states, length=length, days_to_exam=exam, new_limit=new, rng=Random(seed))


def plan(states: list[FactState], *, exam: float | None = None, new: int = 10, left: int | None = None, done: int = 0):
    return make_plan(
        states,
        days_to_exam=exam,
        new_per_day=new,
        new_left=new if left is None else left,
        seconds_a_question=45,
        done_today=done,
    )


@st.composite
def all_states(draw: st.DrawFn) -> list[FactState]:
    asked = st.builds(
        lambda weight, stability, difficulty, since, due: (weight, stability, difficulty, since, due),
        st.floats(0.1, 5),
        st.floats(0.001, 1_000),
        st.floats(1, 10),
        st.floats(0, 400),
        st.floats(-400, 365),
    )
    unseen = st.builds(
        lambda weight, known: (weight, None, None, None, None, known), st.floats(0.1, 5), st.floats(0, 1)
    )
    rows = draw(st.lists(st.one_of(asked, unseen), max_size=40))
    return [FactState(number, *row) for number, row in enumerate(rows)]


exams = st.one_of(st.none(), st.floats(-2, 90))


@given(all_states(), st.integers(1, 12), exams, st.integers(0, 15), st.integers())
def test_choose_facts_each_once_and_no_more_new_ones_than_allowed(states, length, exam, new, seed):
    chosen = choose(states, length, exam=exam, new=new, seed=seed)
    unseen = {state.fact_id for state in states if state.stability is None}
    assert len(set(chosen)) == len(chosen) <= 4 * length
    assert set(chosen) <= {state.fact_id for state in states}
    assert len(unseen.intersection(chosen)) <= new


@given(all_states(), st.integers(1, 12), exams, st.integers(0, 15))
def test_choose_facts_offers_all_that_may_be_asked_up_to_four_a_question(states, length, exam, new):
    unseen = sum(state.stability is None for state in states)
    allowed = len(states) - unseen + min(unseen, new)
    assert len(choose(states, length, exam=exam, new=new)) == min(allowed, 4 * length)


@given(all_states(), exams, st.integers())
def test_choose_facts_same_seed_same_facts(states, exam, seed):
    assert choose(states, exam=exam, seed=seed) == choose(states, exam=exam, seed=seed)


def test_choose_facts_equals_are_drawn_at_random():
    states = [FactState(number) for number in range(5)]
    assert {choose(states, 1, seed=seed)[0] for seed in range(100)} == set(range(5))


def test_choose_facts_due_before_new_before_what_can_wait():
    states = [make_asked(1, 20, 1), FactState(2), make_asked(3, 2, 4), make_asked(4, 2, 5), make_asked(5, 2, 6)]
    chosen = choose(states, 4)
    assert set(chosen[:4]) == {2, 3, 4, 5}
    assert chosen[4] == 1


def test_choose_facts_what_falls_due_this_evening_is_due():
    assert choose([make_asked(1, 20, 1), FactState(2, 1, 1.0, 5.0, 0.6, 0.4)], 1, new=0)[0] == 2


def test_choose_facts_heap_of_due_ones_leaves_a_quarter_to_new_ones():
    states = [make_asked(number, 1, 9) for number in range(50)] + [FactState(number) for number in range(50, 60)]
    assert sum(fact >= 50 for fact in choose(states, 20)[:20]) == 5


def test_choose_facts_new_ones_by_weight_in_the_exam():
    states = [FactState(number, weight) for number, weight in enumerate((1.0, 3.0, 2.0))]
    assert choose(states) == [1, 2, 0]


def test_choose_facts_new_ones_of_a_weak_service_first():
    assert choose([FactState(1, known=0.7), FactState(2, known=0.2), FactState(3, known=0.5)]) == [2, 3, 1]


def test_choose_facts_asked_today_comes_last():
    assert choose([make_asked(1, 0.2, 0.1), make_asked(2, 50, 20)], exam=5)[-1] == 1


def test_choose_facts_before_the_exam_new_ones_are_spread_until_some_days_before_it():
    states = [make_asked(number, 3, 4) for number in range(100)] + [FactState(number) for number in range(100, 140)]
    assert sum(fact >= 100 for fact in choose(states, 20, exam=25)[:20]) == 2


def test_choose_facts_before_the_exam_at_most_half_is_new():
    states = [make_asked(number, 3, 4) for number in range(100)] + [FactState(number) for number in range(100, 400)]
    assert sum(fact >= 100 for fact in choose(states, 20, exam=20, new=20)[:20]) == 10


def test_choose_facts_on_the_last_day_what_would_be_forgotten_comes_first():
    states = [make_asked(1, 300, 10), make_asked(2, 4, 20), make_asked(3, 30, 5)]
    assert choose(states, exam=1) == [2, 3, 1]


def test_choose_facts_due_but_safe_until_the_exam_comes_after_new_ones():
    safe = make_asked(1, 100, 30)._replace(due_in=-1.0)
    assert choose([safe, FactState(2)], exam=0.1) == [2, 1]


def test_choose_facts_exam_in_the_past_is_no_exam():
    states = [make_asked(number, 1 + number, 7) for number in range(9)]
    assert choose(states, exam=-1) == choose(states)


def test_known_share_without_answers_is_that_of_all_candidates():
    assert known_share(0, 0, 0.5) == KNOWN_BEFORE


def test_known_share_of_guesses_is_little():
    assert known_share(50, 100, 0.5) < 0.05
    assert known_share(95, 100, 0.5) > 0.8


def test_make_plan_without_exam_counts_due_and_new():
    states = [make_asked(1, 2, 4), make_asked(2, 20, 1), *(FactState(number) for number in range(3, 10))]
    made = plan(states, new=3)
    assert (made.due_now, made.new_today, made.questions_today, made.minutes_today) == (1, 3, 4, 3)
    assert (made.recall_if_idle, made.recall_if_followed) == (None, None)


def test_make_plan_recall_now_is_weighed_as_in_the_exam():
    made = plan([make_asked(1, 5, 5, weight=3), FactState(2, known=0.5)])
    assert made.recall_now == pytest.approx((3 * recall_after(5, 5) + 0.5) / 4)


def test_make_plan_of_no_facts_is_empty():
    assert plan([], exam=10).questions_today == 0


def test_make_plan_nothing_to_do_for_what_stays_known_until_the_exam():
    assert plan([make_asked(1, 400, 3)], exam=10).questions_today == 0


def test_make_plan_less_time_is_more_a_day():
    states = [FactState(number) for number in range(100)]
    assert plan(states, exam=10, new=100).questions_today > plan(states, exam=40, new=100).questions_today > 0


def test_make_plan_what_was_asked_today_is_taken_off():
    before = plan([make_asked(number, 2, 4) for number in range(100)], exam=10)
    asked = [make_asked(number, 2, 0.1 if number < before.questions_today else 4) for number in range(100)]
    assert before.questions_today == before.questions_a_day > 0
    after = plan(asked, exam=10, done=before.questions_today)
    assert after.questions_today < before.questions_today / 4


def test_make_plan_new_facts_that_there_is_no_time_for_stay_unknown():
    states = [FactState(number, known=0.2) for number in range(100)]
    assert plan(states, exam=5, new=2).recall_if_followed < plan(states, exam=5, new=20).recall_if_followed


@given(all_states(), st.floats(0, 90))
def test_make_plan_following_it_is_never_worse_than_idling(states, exam):
    made = plan(states, exam=exam)
    assert 0 <= made.recall_if_idle <= made.recall_if_followed <= 1 + 1e-9
    assert made.recall_if_idle <= made.recall_now + 1e-9


def test_forecast_counts_by_day_and_overdue_on_the_first():
    assert forecast([-3.0, -0.1, 0.4, 1.0, 1.9, 3.5, 40.0], 4) == [3, 2, 0, 1]


def test_forecast_nothing_after_the_exam():
    assert forecast([0.5, 1.5, 2.5, 3.5], 4, 2.0) == [1, 1, 0, 0]
