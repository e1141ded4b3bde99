"""Skill: how sure counts as much as how good."""

from facts.learning.rating import Rating
from facts.learning.skill import MOST_DEVIATION, RANKED_FROM, is_ranked, skill


def test_skill_is_the_value_less_twice_the_deviation():
    assert skill(Rating(1600.4, 50.0)) == 1500


def test_less_sure_is_less_skilled():
    assert skill(Rating(1600, 80)) < skill(Rating(1600, 40))


def test_ranked_needs_enough_answers_and_a_narrow_deviation():
    assert is_ranked(Rating(1500, MOST_DEVIATION), RANKED_FROM)
    assert not is_ranked(Rating(1500, MOST_DEVIATION), RANKED_FROM - 1)
    assert not is_ranked(Rating(1500, MOST_DEVIATION + 0.1), RANKED_FROM)
