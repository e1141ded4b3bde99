"""Figures of questions: a worked example, the textbook's sums over drawn answers, and where flags begin."""

from __future__ import annotations

from math import comb
from random import Random
from statistics import correlation, mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.statistics import (
    JUDGED_FROM,
    REST_UNIT,
    FirstAnswer,
    Flag,
    Sums,
    discrimination,
    facility,
    find_flags,
    in_order,
    median_seconds,
    rests,
    time_bucket,
)

ANSWERS = st.builds(
    FirstAnswer,
    st.booleans(),
    st.integers(0, REST_UNIT),
    st.floats(0, 600),
    st.sampled_from([("a",), ("b",), ("a", "c"), ()]),
)


def add_up(answers):
    sums = Sums()
    for answer in answers:
        sums.add(answer)
    return sums


def sums_of(results, rests=None):
    """Sums of so many answers, the rests as shares of 1."""
    rests = rests or [0.5] * len(results)
    return add_up(
        FirstAnswer(is_right, round(rest * REST_UNIT), 0, ()) for is_right, rest in zip(results, rests, strict=True)
    )


def flags_of(right, answered, *, rests=None, keys="k", distractors="xyz", unchosen=""):
    results = [True] * right + [False] * (answered - right)
    sums = sums_of(results, rests or [0.9] * right + [0.4] * (answered - right))
    sums.chosen = {text: 5 for text in [*keys, *distractors] if text not in unchosen}
    return find_flags(sums, list(keys), list(distractors))


# The rest


def test_rest_is_the_share_of_right_ones_among_the_others():
    assert rests([True, True, False, True, False]) == [5000, 5000, 7500, 5000, 7500]


def test_rest_of_too_few_others_is_unknown():
    assert [rests([True] * count) is None for count in (0, 1, 3, 4)] == [True, True, True, False]


# Facility and discrimination


def test_figures_of_a_worked_example():
    """Rests .8 .6 .4 .2, the first two right: means .7 and .3, spread sqrt(.05), so r = (.7 - .3) / sqrt(.05) / 2."""
    sums = sums_of([True, True, False, False], [0.8, 0.6, 0.4, 0.2])
    assert facility(sums) == 0.5
    assert discrimination(sums) == pytest.approx(0.4 / 0.05**0.5 / 2)
    assert discrimination(sums) == pytest.approx(0.894427, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_figures_equal_those_of_the_textbook(seed):
    """Whole quizzes of learners of drawn ability, and every figure computed from the answers themselves."""
    rng = Random(seed)
    sums, scores, others = Sums(), [], []
    for _ in range(200):
        ability, length = rng.gauss(0, 1), rng.randint(5, 75)
        quiz = [rng.random() < 1 / (1 + 2.718 ** (rng.gauss(0, 1) - ability)) for _ in range(length)]
        sums.add(FirstAnswer(quiz[0], rests(quiz)[0], 0, ()))
        scores.append(float(quiz[0]))
        others.append(mean(map(float, quiz[1:])))
    assert facility(sums) == pytest.approx(mean(scores))
    assert discrimination(sums) == pytest.approx(correlation(scores, others), abs=1e-4)
    # The textbook's other formula: difference of the means, in spreads, times the root of p q.
    right = [rest for score, rest in zip(scores, others, strict=True) if score]
    wrong = [rest for score, rest in zip(scores, others, strict=True) if not score]
    p, spread = mean(scores), mean((rest - mean(others)) ** 2 for rest in others) ** 0.5
    assert discrimination(sums) == pytest.approx((mean(right) - mean(wrong)) / spread * (p * (1 - p)) ** 0.5, abs=1e-4)


def test_question_that_those_who_know_miss_discriminates_negatively():
    assert discrimination(sums_of([True, False] * 20, [0.2, 0.9] * 20)) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("results", "rests"), [([], []), ([True], [0.4]), ([True, True], [0.4, 0.6]), ([True, False], [0.4, 0.4])]
)
def test_discrimination_without_spread_is_unknown(results, rests):
    assert discrimination(sums_of(results, rests)) is None


def test_facility_without_answers_is_unknown():
    assert facility(Sums()) is None


@given(st.lists(ANSWERS, min_size=2, max_size=40))
def test_discrimination_is_a_correlation(answers):
    strength = discrimination(add_up(answers))
    assert strength is None or -1 <= strength <= 1


@given(st.lists(ANSWERS, max_size=20), st.lists(ANSWERS, max_size=20), st.randoms())
def test_sums_do_not_depend_on_order_and_give_back_what_they_took(kept, gone, rng):
    sums = add_up(kept + gone)
    shuffled = kept + gone
    rng.shuffle(shuffled)
    assert add_up(shuffled) == sums
    rng.shuffle(gone)
    for answer in gone:
        sums.add(answer, -1)
    assert sums == add_up(kept)


# Times


@pytest.mark.parametrize("count", [1, 2, 99, 100])
@pytest.mark.parametrize("seed", range(5))
def test_median_is_known_to_within_five_percent(count, seed):
    rng = Random(seed)
    times = [min(max(rng.lognormvariate(3, 0.8), 1), 600) for _ in range(count)]
    sums = add_up(FirstAnswer(True, 0, time, ()) for time in times)
    assert median_seconds(sums.times) == pytest.approx(median(times), rel=0.05)


def test_median_of_two_far_apart_lies_in_the_middle():
    sums = add_up(FirstAnswer(True, 0, time, ()) for time in (10, 100))
    assert median_seconds(sums.times) == pytest.approx(55, rel=0.05)


def test_time_that_is_not_known_is_not_counted():
    sums = add_up([FirstAnswer(True, 0, 0, ()), FirstAnswer(True, 0, 8, ())])
    assert (sums.answered, sum(sums.times.values()), median_seconds({})) == (2, 1, None)


def test_times_up_to_a_second_share_a_bucket():
    assert [time_bucket(seconds) for seconds in (0.001, 1, 1.05, 1.1, 2, 600)] == [0, 0, 0, 1, 8, 73]


# Flags


def test_good_question_has_no_flag():
    assert flags_of(60, JUDGED_FROM) == []


def test_nothing_is_flagged_before_there_are_enough_answers():
    assert flags_of(0, JUDGED_FROM - 1, unchosen="xyz") == []


@pytest.mark.parametrize(
    ("keys", "distractors"), [("k", "x"), ("k", "xyz"), ("kl", "xyz")], ids=["one of two", "one of four", "two of five"]
)
def test_guessed_is_what_is_right_no_more_often_than_by_chance(keys, distractors):
    answered = 10 * comb(len(keys) + len(distractors), len(keys))
    answered *= -(-JUDGED_FROM // answered)
    floor = answered // comb(len(keys) + len(distractors), len(keys))
    found = [flags_of(right, answered, keys=keys, distractors=distractors) for right in (floor, floor + 1)]
    assert [Flag.GUESSED in flags for flags in found] == [True, False]


def test_easy_is_what_more_than_95_percent_answer_right():
    assert [flags_of(right, 100) for right in (95, 96, 100)] == [[], [Flag.EASY], [Flag.EASY]]


def test_weak_and_suspect_go_by_the_discrimination():
    results = [True, False] * 50
    for strength, expected in ((0.5, []), (0.05, [Flag.WEAK]), (-0.05, [Flag.SUSPECT])):
        rests = [0.5 + strength / 5 * is_right + 0.1 * (index // 2 % 2) for index, is_right in enumerate(results)]
        sums = sums_of(results, rests)
        sums.chosen = dict.fromkeys("kxyz", 9)
        assert find_flags(sums, ["k"], list("xyz")) == expected


def test_distractor_that_nobody_chose_is_flagged():
    assert flags_of(60, 100, unchosen="y") == [Flag.UNCHOSEN]
    assert flags_of(60, 100, unchosen="k") == []


def test_flags_stand_gravest_first():
    assert in_order(["easy", "suspect"]) == [Flag.SUSPECT, Flag.EASY]
