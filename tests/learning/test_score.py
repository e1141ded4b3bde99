import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.score import accuracy_floor

answered = st.integers(1, 100_000)


@st.composite
def results(draw: st.DrawFn) -> tuple[int, int]:
    count = draw(answered)
    return draw(st.integers(0, count)), count


def test_accuracy_floor_no_answers_is_zero():
    assert accuracy_floor(0, 0) == 0.0


@pytest.mark.parametrize(
    ("right", "count", "floor"),
    [(1, 1, 0.206549), (8, 10, 0.490162), (5, 10, 0.236593), (80, 100, 0.711171), (15, 148, 0.062386)],
)
def test_accuracy_floor_known_values(right, count, floor):
    assert accuracy_floor(right, count) == pytest.approx(floor, abs=5e-7)


def test_accuracy_floor_ten_thousand_easy_answers_lose_to_two_hundred_good_ones():
    assert accuracy_floor(6_000, 10_000) < accuracy_floor(170, 200)


def test_accuracy_floor_one_lucky_answer_loses_to_a_good_record():
    assert accuracy_floor(1, 1) < accuracy_floor(60, 100)


@given(results())
def test_accuracy_floor_never_above_accuracy(result):
    right, count = result
    assert 0 <= accuracy_floor(right, count) <= right / count


@given(answered)
def test_accuracy_floor_nothing_right_is_zero(count):
    assert accuracy_floor(0, count) == 0.0


@given(results(), st.integers(2, 50))
def test_accuracy_floor_grows_with_volume_at_the_same_accuracy(result, times):
    right, count = result
    if right:
        assert accuracy_floor(right * times, count * times) > accuracy_floor(right, count)


@given(results())
def test_accuracy_floor_grows_with_each_right_answer_and_falls_with_each_wrong_one(result):
    right, count = result
    assert accuracy_floor(right + 1, count + 1) > accuracy_floor(right, count)
    if right:
        assert accuracy_floor(right, count + 1) < accuracy_floor(right, count)


@pytest.mark.parametrize(("right", "count"), [(4, 3), (-1, 3), (1, 0), (0, -1)])
def test_accuracy_floor_refuses_what_cannot_be(right, count):
    with pytest.raises(ValueError, match=f"^{right} right of {count}$"):
        accuracy_floor(right, count)
