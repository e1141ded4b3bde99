from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.questions.grading import InvalidChoice, grade, guess_floor

ONE_KEY = [False, True, False, False]
TWO_KEYS = [True, False, False, True, False]
options = st.lists(st.booleans(), min_size=1, max_size=6).filter(lambda options: sum(options) in (1, 2))


@pytest.mark.parametrize(("chosen", "right"), [([1], True), ([0], False), ([3], False)])
def test_grade_one_key(chosen, right):
    assert grade(ONE_KEY, chosen) is right


@pytest.mark.parametrize(("chosen", "right"), [([0, 3], True), ([3, 0], True), ([0, 1], False), ([1, 2], False)])
def test_grade_two_keys_all_or_nothing(chosen, right):
    assert grade(TWO_KEYS, chosen) is right


def test_grade_option_named_twice_counts_once():
    assert grade(ONE_KEY, [1, 1]) is True
    with pytest.raises(InvalidChoice, match="^Choose two options: you have chosen 1.$"):
        grade(TWO_KEYS, [0, 0])


@pytest.mark.parametrize(
    ("correct", "chosen", "message"),
    [
        (ONE_KEY, [], "Choose an option, then answer."),
        (TWO_KEYS, [], "Choose two options, then answer."),
        (ONE_KEY, [0, 1], "Choose one option only: one of them is right."),
        (TWO_KEYS, [0], "Choose two options: you have chosen 1."),
        (TWO_KEYS, [0, 1, 3], "Choose two options: you have chosen 3."),
        (ONE_KEY, [4], "That is not one of the options. Choose one that is shown here."),
        (ONE_KEY, [-1], "That is not one of the options. Choose one that is shown here."),
        (TWO_KEYS, [0, 3, 99], "That is not one of the options. Choose one that is shown here."),
    ],
)
def test_grade_refuses_choice_with_a_sentence_for_the_player(correct, chosen, message):
    with pytest.raises(InvalidChoice) as refused:
        grade(correct, chosen)
    assert str(refused.value) == message


@given(st.lists(st.booleans(), max_size=6), st.lists(st.integers(-2, 7) | st.integers(), max_size=6))
def test_grade_raises_nothing_but_invalid_choice(correct, chosen):
    with suppress(InvalidChoice):
        assert grade(correct, chosen) in (True, False)


@given(options, st.data())
def test_grade_right_for_exactly_the_keys(correct, data):
    keys = [index for index, is_key in enumerate(correct) if is_key]
    chosen = data.draw(st.permutations(range(len(correct))))[: len(keys)]
    assert grade(correct, chosen) is (sorted(chosen) == keys)


@pytest.mark.parametrize(("options", "keys", "floor"), [(2, 1, 0.5), (4, 1, 0.25), (5, 2, 0.1), (3, 3, 1.0)])
def test_guess_floor_known_values(options, keys, floor):
    assert guess_floor(options, keys) == pytest.approx(floor)


def test_guess_floor_more_keys_than_options_is_refused():
    with pytest.raises(ValueError, match="3 right of 2 options"):
        guess_floor(2, 3)
