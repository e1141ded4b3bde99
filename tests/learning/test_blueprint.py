import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.blueprint import (
    DOMAINS,
    FULL,
    SHORT,
    Form,
    form_of,
    is_pass,
    largest_form,
    places,
    right_to_pass,
    scaled_score,
    shortages,
    split,
)

sizes = st.integers(1, 300)


def test_domains_make_up_the_whole_exam():
    assert sum(DOMAINS.values()) == 100


def test_full_form_is_the_exam():
    assert form_of(75) == FULL
    assert (FULL.questions, FULL.scored, FULL.minutes) == (75, 65, 180)
    assert FULL.unscored == 10


def test_short_form_keeps_the_pace_and_the_share_of_pilots():
    assert form_of(20) == SHORT
    assert (SHORT.questions, SHORT.scored, SHORT.minutes) == (20, 17, 48)


@pytest.mark.parametrize(("form", "minutes"), [(FULL, 30), (SHORT, 8)])
def test_extra_minutes_are_in_proportion(form, minutes):
    assert form.extra_minutes == minutes


@pytest.mark.parametrize(("scored", "counts"), [(65, [17, 19, 16, 13]), (17, [5, 5, 4, 3]), (0, [0, 0, 0, 0])])
def test_split_gives_the_domains_their_shares(scored, counts):
    assert split(scored) == dict(zip(DOMAINS, counts, strict=True))


@given(sizes, st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_split_is_within_one_question_of_each_share(scored, weights):
    counts = split(scored, {str(index): weight for index, weight in enumerate(weights)})
    assert sum(counts.values()) == scored
    for count, weight in zip(counts.values(), weights, strict=True):
        assert abs(count - scored * weight / sum(weights)) < 1


def test_split_serves_the_first_of_equals_first():
    assert split(1, {"b": 1, "a": 1}) == {"b": 1, "a": 0}


@pytest.mark.parametrize(("right", "score"), [(0, 100), (46, 736), (47, 750), (65, 1000)])
def test_scaled_score_is_linear(right, score):
    assert scaled_score(right, 65) == score


@pytest.mark.parametrize(("right", "scored"), [(-1, 65), (66, 65), (0, 0)])
def test_scaled_score_refuses_what_cannot_be(right, scored):
    with pytest.raises(ValueError, match=f"^{right} right of {scored}$"):
        scaled_score(right, scored)


@pytest.mark.parametrize(("scored", "right"), [(65, 47), (17, 13), (18, 13)])
def test_right_to_pass_is_the_fewest_that_pass(scored, right):
    assert right_to_pass(scored) == right
    assert is_pass(right, scored)
    assert not is_pass(right - 1, scored)


@given(sizes)
def test_the_score_shown_passes_when_the_count_does(scored):
    for right in range(scored + 1):
        assert is_pass(right, scored) == (scaled_score(right, scored) >= 750)


@given(st.integers(1, 75))
def test_places_hold_every_question_of_the_form(questions):
    assert sum(places(form_of(questions)).values()) == questions


def test_places_of_the_full_form():
    assert list(places(FULL).values()) == [20, 22, 18, 15]


def test_shortages_say_needed_and_available():
    available = {**places(FULL), "new-solutions": 21}
    del available["migration-modernization"]
    assert shortages(FULL, available) == {"new-solutions": (22, 21), "migration-modernization": (15, 0)}


def test_shortages_of_a_bank_that_has_enough_are_none():
    assert shortages(FULL, places(FULL)) == {}


def test_largest_form_is_the_full_one_if_there_is_enough():
    assert largest_form(dict.fromkeys(DOMAINS, 1000)) == FULL


@given(st.fixed_dictionaries(dict.fromkeys(DOMAINS, st.integers(0, 30))))
def test_largest_form_is_possible_and_the_next_larger_is_not(available):
    form = largest_form(available)
    if form:
        assert not shortages(form, available)
        assert all(split(form.scored).values())
        larger = [form_of(questions) for questions in range(form.questions + 1, FULL.questions + 1)]
        assert all(shortages(one, available) for one in larger)


@pytest.mark.parametrize(
    "available", [{}, dict.fromkeys(DOMAINS, 1), {**dict.fromkeys(DOMAINS, 100), "new-solutions": 0}]
)
def test_largest_form_is_none_if_a_domain_could_not_count(available):
    assert largest_form(available) is None


def test_smallest_form_has_every_domain():
    assert largest_form(dict.fromkeys(DOMAINS, 2)) == Form(questions=5, scored=4, minutes=12)
