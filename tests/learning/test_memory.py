from copy import copy
from datetime import UTC, datetime, timedelta
from math import isfinite

import pytest
from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import STABILITY_MIN
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.memory import (
    FIRST_RIGHT,
    FIRST_WRONG,
    KNOWN_BEFORE,
    days_until_due,
    gain_of_review,
    knew,
    recall,
    recall_after,
    review,
    stabilities_after,
)

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAIN = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)

stabilities = st.floats(STABILITY_MIN, 5_000)
difficulties = st.floats(1, 10)
floors = st.sampled_from([0.5, 0.25, 0.1])
elapsed_days = st.floats(-30, 800)


def make_card(stability: float = 10.0, difficulty: float = 5.0) -> Card:
    return Card(7, State.Review, None, stability, difficulty, START + DAY * days_until_due(stability), START)


def answer(card: Card | None, is_right: bool, days: float = 0.0, floor: float = 0.25) -> Card:
    return review(card, is_right=is_right, floor=floor, at=START + DAY * days)


def test_recall_after_stability_days_is_nine_tenths():
    assert recall_after(12.5, 12.5) == pytest.approx(0.9)


@given(st.floats(-10, 10_000), stabilities)
def test_recall_after_any_time_is_a_chance_above_zero(days, stability):
    assert 0 < recall_after(days, stability) <= 1


@given(stabilities, st.integers(0, 1_000))
def test_recall_on_whole_days_is_that_of_fsrs(stability, days):
    card = make_card(stability)
    at = START + DAY * days
    assert recall(card, at) == pytest.approx(PLAIN.get_card_retrievability(card, at))


def test_recall_fades_within_a_day():
    card = make_card(1.0)
    assert recall(card, START) > recall(card, START + 10 * HOUR) > recall(card, START + 23 * HOUR)


def test_recall_before_the_last_review_is_certain():
    assert recall(make_card(), START - DAY) == 1.0


def test_recall_of_a_fact_never_asked_is_what_candidates_know():
    assert recall(Card(1, due=START), START) == KNOWN_BEFORE


def test_knew_is_surer_the_harder_the_guess():
    assert knew(0.5, 0.5) < knew(0.5, 0.25) < knew(0.5, 0.1) < knew(0.5, 0.0) == 1.0


def test_review_wrong_first_answer_is_again():
    plain, _ = PLAIN.review_card(Card(7, due=START), Rating.Again, START)
    assert review(None, is_right=False, floor=0.5, at=START, card_id=7) == plain


def test_review_that_cannot_be_guessed_is_good():
    plain, _ = PLAIN.review_card(make_card(), Rating.Good, START + 9 * DAY)
    assert answer(make_card(), True, 9, floor=0.0) == plain


def test_review_easier_guess_counts_less():
    after = [answer(None, True, floor=floor).stability for floor in (0.5, 0.25, 0.1, 0.0)]
    assert after == sorted(after)
    assert len(set(after)) == 4


def test_review_keeps_the_card_it_was_given():
    card = make_card()
    before = copy(card)
    assert answer(card, True, 9).card_id == card.card_id
    assert card == before


def test_review_names_a_new_card():
    assert review(None, is_right=True, floor=0.5, at=START, card_id=42).card_id == 42


def test_review_is_due_when_recall_has_faded_to_nine_tenths():
    card = answer(make_card(), True, 9)
    assert recall(card, card.due) == pytest.approx(0.9, abs=0.01)


def test_review_of_the_best_known_fact_is_due_within_a_year():
    card = answer(make_card(3_000), True, 3_000)
    assert card.due == card.last_review + 365 * DAY


@pytest.mark.parametrize("hours", [0, 1, 11, 14])
def test_review_right_on_the_same_day_changes_nothing(hours):
    assert answer(make_card(), True, hours / 24) == make_card()


def test_review_right_within_hours_over_midnight_changes_nothing():
    late = answer(None, False, 0.6)
    assert answer(late, True, 0.7) == late


def test_review_wrong_on_the_same_day_counts():
    assert answer(make_card(), False, 0.2).stability < 10


def test_review_a_little_earlier_the_next_day_counts_as_a_day():
    assert answer(make_card(2.0), True, 23 / 24).stability == pytest.approx(
        answer(make_card(2.0), True, 1).stability, 0.01
    )


@pytest.mark.parametrize("is_right", [True, False])
def test_review_before_the_last_review_is_taken_as_at_it(is_right):
    assert answer(make_card(), is_right, -3) == answer(make_card(), is_right, 0)


@given(stabilities, difficulties, elapsed_days, floors)
def test_review_right_never_leaves_less_than_wrong(stability, difficulty, days, floor):
    card = make_card(stability, difficulty)
    right, wrong = answer(card, True, days, floor), answer(card, False, days, floor)
    assert right.stability >= wrong.stability
    if right != card:  # on the same day it stays as it was
        assert right.difficulty <= wrong.difficulty
        assert right.due >= wrong.due


@given(st.lists(st.tuples(st.booleans(), st.floats(-5, 90), floors), max_size=30))
def test_review_any_answers_in_any_order_leave_a_sound_card(answers):
    card = None
    days = 0.0
    for is_right, step, floor in answers:
        days += step
        before = card
        card = answer(card, is_right, days, floor)
        assert isfinite(card.stability)
        assert card.stability >= STABILITY_MIN
        assert 1 <= card.difficulty <= 10
        assert card.due >= card.last_review + DAY
        assert before is None or card.last_review >= before.last_review


@given(stabilities, difficulties, st.integers(1, 1_000))
def test_stabilities_after_are_those_of_fsrs(stability, difficulty, days):
    card, at = make_card(stability, difficulty), START + days * DAY
    good, _ = PLAIN.review_card(card, Rating.Good, at)
    again, _ = PLAIN.review_card(card, Rating.Again, at)
    expected = (good.stability, again.stability)
    assert stabilities_after(stability, difficulty, recall(card, at)) == pytest.approx(expected)


def test_first_stabilities_and_difficulties_are_those_of_fsrs():
    for rating, (stability, difficulty) in ((Rating.Good, FIRST_RIGHT), (Rating.Again, FIRST_WRONG)):
        card, _ = PLAIN.review_card(Card(1, due=START), rating, START)
        assert (card.stability, card.difficulty) == pytest.approx((stability, difficulty))


@given(stabilities, difficulties, st.floats(0, 400), st.floats(0, 60))
def test_gain_of_review_is_expected_recall_with_the_review_less_without(stability, difficulty, since, horizon):
    chance = recall_after(since, stability)
    if_right, if_wrong = (recall_after(horizon, after) for after in stabilities_after(stability, difficulty, chance))
    expected = chance * if_right + (1 - chance) * if_wrong - recall_after(since + horizon, stability)
    assert gain_of_review(stability, difficulty, since, horizon) == pytest.approx(expected, abs=1e-9)
