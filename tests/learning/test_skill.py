"""Skill: how sure counts as much as how good."""

from collections.abc import Iterator
from random import Random

import pytest

from facts.learning.rating import Rating, rate_answer
from facts.learning.skill import MOST_DEVIATION, RANKED_FROM, is_ranked, is_read, skill


def test_skill_is_the_value_less_twice_the_deviation():
    assert skill(Rating(1600.4, 50.0)) == 1500


def test_less_sure_is_less_skilled():
    assert skill(Rating(1600, 80)) < skill(Rating(1600, 40))


def test_ranked_needs_enough_answers_and_a_narrow_deviation():
    assert is_ranked(Rating(1500, MOST_DEVIATION), RANKED_FROM)
    assert not is_ranked(Rating(1500, MOST_DEVIATION), RANKED_FROM - 1)
    assert not is_ranked(Rating(1500, MOST_DEVIATION + 0.1), RANKED_FROM)


def course(question: Rating, share: float, count: int, rng: Random) -> Iterator[Rating]:
    """The player after each of so many first attempts at such questions, of which about this share are right."""
    player = Rating()
    for _ in range(count):
        player, _ = rate_answer(player, question, rng.random() < share)
        yield player


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "question", [Rating(1250, 60), Rating(1500, 250)], ids=["known to be easy", "easy, and nobody knows yet"]
)
def test_ten_thousand_easy_answers_at_60_percent_never_outrank_200_at_85(question, seed):
    rng = Random(seed)
    *_, good = course(question, 0.85, 200, rng)
    bot = list(course(question, 0.6, 10_000, rng))
    peak = max(skill(rating) for answered, rating in enumerate(bot, 1) if is_ranked(rating, answered))
    assert is_ranked(good, 200)
    assert peak < skill(good)


def test_more_of_the_same_never_lifts_skill_above_the_rating():
    rng = Random(1)
    for rating in course(Rating(1500, 60), 0.7, 2000, rng):
        assert skill(rating) < rating.value


NINE = "one two three four five six seven eight nine"


@pytest.mark.parametrize(
    ("stem", "seconds", "can_be"),
    [
        (NINE, 0.0, False),
        (NINE, 0.399, False),
        (NINE, 0.4, True),
        (NINE.rpartition(" ")[0], 0.0, True),
        ("", 0.0, True),
    ],
)
def test_nobody_reads_more_than_eight_words_in_less_than_400_ms(stem, seconds, can_be):
    assert is_read(stem, seconds) is can_be
