"""The chance to pass the exam now, and how sure that is.

A player's ability in a domain is not known but estimated. So the exam is sat many times in thought: each time with
another ability drawn from what the ratings leave open, and for each ability the chance to pass is computed. Their mean
is the chance to pass; how they spread is how sure it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, pi, sqrt
from random import Random

from facts.learning.blueprint import DOMAINS, FULL, HIGHEST_SCORE, LOWEST_SCORE, right_to_pass, split
from facts.learning.rating import CENTRE, Rating, expected_share

LEAST_ANSWERS = 150  # rated first attempts in all
LEAST_ANSWERS_IN_DOMAIN = 20

DRAWS = 1000
INTERVAL = 0.8

# Of the exam's questions some four in five have one key of four options and one in five has two of five: AWS does not
# publish the shares. So many are right by guessing.
EXAM_FLOOR = 0.8 * 1 / 4 + 0.2 * 1 / 10

# How far a player's abilities in the domains usually stand from the player's own mean, in points: a third of a unit.
# Four domains alone cannot tell, so it is taken for that of so many domains besides.
USUAL_SPREAD = 60.0
USUAL_SPREAD_WEIGHT = 8.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a player in one scope, the whole exam or a domain.

    ``answered`` counts rated first attempts. ``fade`` is the mean expected recall of the player's facts now by that
    right after they were last answered, in (0, 1]. ``questions`` is what a question of the exam is like there: see
    ``rating.typical``. Of the standing as a whole only the rating is read.
    """

    rating: Rating = Rating()
    answered: int = 0
    fade: float = 1.0
    questions: Rating = Rating(CENTRE, 175.0)


@dataclass(frozen=True, slots=True)
class Readiness:
    """``chance`` to pass the full form now, 0 to 1; the chance is between ``low`` and ``high`` with 80 % certainty.

    ``score`` is the scaled score expected, and with 80 % certainty the next form's is from ``score_low`` to
    ``score_high``, by luck as well as by what is not known of the ability. ``shares`` is the share of right answers
    expected in each domain.
    """

    chance: float
    low: float
    high: float
    score: int
    score_low: int
    score_high: int
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class Missing:
    """How many rated first attempts more it takes before readiness can be told.

    ``total`` are the attempts to come in all, those that ``domains`` asks for among them; a domain that has enough is
    not named.
    """

    total: int
    domains: dict[str, int]


def missing(counts: Mapping[str, int]) -> Missing | None:
    """None if so many rated first attempts in each domain are enough to tell readiness from."""
    domains = {domain: LEAST_ANSWERS_IN_DOMAIN - counts.get(domain, 0) for domain in DOMAINS}
    domains = {domain: more for domain, more in domains.items() if more > 0}
    total = max(LEAST_ANSWERS - sum(counts.get(domain, 0) for domain in DOMAINS), sum(domains.values()))
    return Missing(total, domains) if total > 0 else None


def estimate(whole: Standing, domains: Mapping[str, Standing], rng: Random) -> Readiness:
    """The chance to pass the full form, from the ratings as they are now (see ``rating.idle``).

    The ability in a domain is normal around the whole ability, and the whole rating and the domain's own are two
    measurements of it: each draw takes a whole ability and pulls every domain's towards it, the more the less sure the
    domain's rating is (a normal hierarchical model; B. Efron and C. Morris, 1975, "Data analysis using Stein's
    estimator and its generalizations"). Draws come in pairs, mirrored, which halves their noise.
    """
    questions = list(split(FULL.scored).values())
    needed = right_to_pass(FULL.scored)
    standings = [domains[domain] for domain in DOMAINS]
    variance = _variance_of_domains(whole.rating, standings)
    # The whole rating measures the mean of the domains by answers, not the centre around which their abilities lie.
    answered = [max(standing.answered, 1) for standing in standings]
    off_centre = variance * sum(count**2 for count in answered) / sum(answered) ** 2
    centre_deviation = sqrt(whole.rating.deviation**2 + off_centre)
    # Of each domain: how far its own rating counts, and what stays open of its ability once the centre is known.
    pulls = [variance / (variance + standing.rating.deviation**2) for standing in standings]
    open_deviations = [sqrt(pull) * one.rating.deviation for pull, one in zip(pulls, standings, strict=True)]

    chances: list[float] = []
    counts: list[float] = []
    expected_counts = [0.0] * len(standings)
    for _ in range(DRAWS // 2):
        noise = [rng.gauss(0.0, 1.0) for _ in range(len(standings) + 2)]
        for sign in (1.0, -1.0):
            centre = whole.rating.value + sign * noise[-1] * centre_deviation
            mean = spread = skew = 0.0
            for index, standing in enumerate(standings):
                ability = centre + pulls[index] * (standing.rating.value - centre)
                ability += sign * noise[index] * open_deviations[index]
                share = _share(ability, standing)
                count = questions[index] * share
                expected_counts[index] += count
                mean += count
                spread += count * (1 - share)
                skew += count * (1 - share) * (1 - 2 * share)
            chances.append(_chance_of_at_least(needed, mean, spread, skew))
            counts.append(mean + sign * noise[-2] * sqrt(spread))
    chances.sort()
    counts.sort()
    chance = sum(chances) / len(chances)
    return Readiness(
        chance=chance,
        # A mean near 0 or 1 can lie outside, by a few in 100,000.
        low=min(chance, _quantile(chances, (1 - INTERVAL) / 2)),
        high=max(chance, _quantile(chances, (1 + INTERVAL) / 2)),
        score=_score(sum(expected_counts) / len(chances)),
        score_low=_score(_quantile(counts, (1 - INTERVAL) / 2)),
        score_high=_score(_quantile(counts, (1 + INTERVAL) / 2)),
        shares={
            domain: expected / len(chances) / count
            for domain, expected, count in zip(DOMAINS, expected_counts, questions, strict=True)
        },
    )


def _variance_of_domains(whole: Rating, standings: Sequence[Standing]) -> float:
    """How far this player's abilities in the domains scatter, in points squared: empirical Bayes.

    What the ratings scatter beyond their own deviations, by the method of moments, together with the usual spread. A
    domain's word counts by the square of how much of its rating's scatter would be ability.
    """
    usual = USUAL_SPREAD**2
    total, weights = USUAL_SPREAD_WEIGHT * usual, USUAL_SPREAD_WEIGHT
    for standing in standings:
        noise = standing.rating.deviation**2
        weight = (usual / (usual + noise)) ** 2
        total += weight * ((standing.rating.value - whole.value) ** 2 - noise)
        weights += weight
    return max(total / weights, usual / 4)


def _share(ability: float, standing: Standing) -> float:
    """The expected share of right answers; what has faded is answered as by guessing."""
    return EXAM_FLOOR + standing.fade * (expected_share(ability, standing.questions, EXAM_FLOOR) - EXAM_FLOOR)


def _chance_of_at_least(needed: int, mean: float, variance: float, third_moment: float) -> float:
    """The chance that a sum of independent yes-or-no answers reaches ``needed``.

    A normal approximation with corrections for continuity and skewness (A. Y. Volkova, 1995, "A refinement of the
    central limit theorem for sums of independent random indicators"). Within 0.002 of the exact convolution on forms of
    65 questions, in a hundredth of its time.
    """
    if variance <= 0:
        return float(mean >= needed)
    x = (needed - 0.5 - mean) / sqrt(variance)
    density = exp(-x * x / 2) / sqrt(2 * pi)
    below = (1 + erf(x / sqrt(2))) / 2 + third_moment / (variance * sqrt(variance)) * (1 - x * x) * density / 6
    return min(1.0, max(0.0, 1.0 - below))


def _score(count: float) -> int:
    share = min(1.0, max(0.0, count / FULL.scored))
    return round(LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * share)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between neighbours."""
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
