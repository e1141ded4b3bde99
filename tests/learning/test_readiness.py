from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.learning.blueprint import DOMAINS, FULL, right_to_pass
from facts.learning.rating import Rating
from facts.learning.readiness import (
    EXAM_FLOOR,
    Missing,
    Readiness,
    Standing,
    _chance_of_at_least,
    estimate,
    missing,
)

FIRST, *OTHERS = DOMAINS


def estimate_at(
    value: float = 1600, deviation: float = 40, fade: float = 1.0, seed: int = 1, **values: float
) -> Readiness:
    """Of a player who is equally able and sure everywhere, but for the ``values`` of single domains."""
    domains = {
        domain: Standing(Rating(values.get(domain.replace("-", "_"), value), 2 * deviation), 50, fade)
        for domain in DOMAINS
    }
    return estimate(Standing(Rating(value, deviation), 200), domains, Random(seed))


def test_estimate_grows_with_ability():
    steps = [estimate_at(value) for value in range(1200, 2100, 50)]
    for weaker, stronger in pairwise(steps):
        assert weaker.chance < stronger.chance
        assert weaker.score < stronger.score
    assert steps[0].chance < 0.001
    assert steps[-1].chance > 0.999


def test_estimate_grows_with_one_domain_by_its_weight():
    plain = estimate_at()
    large, small = estimate_at(new_solutions=1750), estimate_at(migration_modernization=1750)
    assert plain.chance < small.chance < large.chance
    assert large.shares["new-solutions"] > plain.shares["new-solutions"]


def test_estimate_is_less_sure_of_an_ability_less_well_known():
    widths = [one.high - one.low for one in (estimate_at(1650, deviation) for deviation in (20, 40, 80, 160))]
    assert widths == sorted(widths)
    ranges = [one.score_high - one.score_low for one in (estimate_at(1650, 20), estimate_at(1650, 160))]
    assert ranges[0] < ranges[1]


def test_estimate_of_an_ability_known_exactly_leaves_little_open():
    known = estimate_at(1650, 0.001)
    assert known.high - known.low < 0.3  # how the domains differ is never known exactly
    assert known.low < known.chance < known.high
    assert known.score_high - known.score_low > 80  # luck remains


def test_estimate_falls_as_memory_fades_down_to_guessing():
    steps = [estimate_at(1750, fade=fade) for fade in (1.0, 0.95, 0.9, 0.7, 0.0)]
    for fresh, faded in pairwise(steps):
        assert faded.chance < fresh.chance
        assert faded.score < fresh.score
    assert list(steps[-1].shares.values()) == pytest.approx([EXAM_FLOOR] * 4)


def test_estimate_falls_with_harder_questions():
    standing = Standing(Rating(1650, 80), 50)
    harder = replace(standing, questions=Rating(1600, 175))
    whole = Standing(Rating(1650, 40), 200)
    easy, hard = (estimate(whole, dict.fromkeys(DOMAINS, one), Random(1)) for one in (standing, harder))
    assert hard.chance < easy.chance


def test_estimate_pulls_an_unsure_domain_to_the_whole():
    whole = Standing(Rating(1650, 40), 200)
    usual = Standing(Rating(1650, 60), 50)

    def share(deviation: float) -> float:
        odd = Standing(Rating(1350, deviation), 50)
        return estimate(whole, {**dict.fromkeys(OTHERS, usual), FIRST: odd}, Random(1)).shares[FIRST]

    assert share(20) < share(80) < share(200) < estimate_at(1650).shares[FIRST]


def test_estimate_is_the_same_for_the_same_seed():
    assert estimate_at(seed=7) == estimate_at(seed=7)


def test_estimate_hardly_depends_on_the_seed():
    chances = [estimate_at(1650, seed=seed).chance for seed in range(20)]
    assert max(chances) - min(chances) < 0.02


@settings(max_examples=25)
@given(st.floats(500, 3000), st.floats(1, 350), st.floats(0.01, 1))
def test_estimate_stays_in_bounds(value, deviation, fade):
    result = estimate_at(value, deviation, fade)
    assert 0 <= result.low <= result.chance <= result.high <= 1
    assert 100 <= result.score_low <= result.score <= result.score_high <= 1000
    assert list(result.shares) == list(DOMAINS)
    assert all(0 <= share <= 1 for share in result.shares.values())


@pytest.mark.parametrize("share", [0.22, 0.5, 0.65, 0.72, 0.8, 0.95, 0.99])
def test_chance_of_at_least_is_close_to_the_exact_one(share):
    shares = [share * factor for factor in (1, 0.9, 1, 0.8) for _ in range(16)]
    exact = [1.0]
    for one in shares:
        exact = [a * (1 - one) + b * one for a, b in zip([*exact, 0], [0, *exact], strict=True)]
    needed = right_to_pass(FULL.scored)
    mean = sum(shares)
    variance = sum(one * (1 - one) for one in shares)
    third_moment = sum(one * (1 - one) * (1 - 2 * one) for one in shares)
    assert _chance_of_at_least(needed, mean, variance, third_moment) == pytest.approx(sum(exact[needed:]), abs=0.002)


def test_chance_of_at_least_without_luck_is_certain():
    assert _chance_of_at_least(47, 47.0, 0.0, 0.0) == 1
    assert _chance_of_at_least(47, 46.0, 0.0, 0.0) == 0


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Missing(150, dict.fromkeys(DOMAINS, 20))),
        (dict.fromkeys(DOMAINS, 20), Missing(70, {})),
        ({**dict.fromkeys(OTHERS, 100), FIRST: 13}, Missing(7, {FIRST: 7})),
        ({**dict.fromkeys(OTHERS, 45), FIRST: 10}, Missing(10, {FIRST: 10})),
        ({**dict.fromkeys(OTHERS, 40), FIRST: 15}, Missing(15, {FIRST: 5})),
        ({**dict.fromkeys(DOMAINS, 30), "another exam's": 500}, Missing(30, {})),
        (dict.fromkeys(DOMAINS, 38), None),
        ({**dict.fromkeys(OTHERS, 20), FIRST: 90}, None),
    ],
)
def test_missing_counts_what_is_to_come(counts, expected):
    assert missing(counts) == expected
