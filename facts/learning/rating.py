"""How able a player and how hard a question is: Glicko-2, each answer a game of the player against the question.

M. E. Glickman (2012, revised 2022), "Example of the Glicko-2 system", glicko.net/glicko/glicko2.pdf; its symbols are
used below. Two things are added, both of which vanish for a floor of 0 and a period of 1:

*The guess floor.* Who knows nothing still gets one of four right in a quarter of the cases, and plain Glicko-2 would
call that ability. So the chance of a right answer is c + (1 - c) E, the three-parameter logistic model of item response
theory (A. Birnbaum, 1968), where E is Glicko-2's expected score and c the floor. Of its likelihood the same two sums
are formed as in Glicko-2, the slope and the expected information. A right answer then counts by w = (1 - c) E / (c +
(1 - c) E), the chance that it was known and not guessed, and so does what is learnt from the game; a wrong answer
counts in full.

*Fractions of a period.* Answers are rated one by one, so each is a small part of a period: the variance that a period
adds, and the leeway of the volatility, are shared out evenly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt

from facts.questions.content import Kind

CENTRE = 1500.0
SCALE = 173.7178  # points of rating in one unit of the logistic curve: 400 / ln 10
WIDEST = 350.0  # nothing is known

TAU = 0.5  # how far the volatility may move in a period; Glickman: 0.3 to 1.2, the smaller the steadier
TOLERANCE = 1e-6
NOTHING_LEARNT = 1e-9  # a game whose end was certain says nothing of the volatility, and 1/v must stay finite

# A period is a week, or the 50 first attempts of a week of practice. Glickman advises 10 to 15 games a period, but he
# means a chess player's: an answer that may be guessed tells little more than half as much, and learning does not go
# from answer to answer. With shorter periods ratings follow those who grow hardly closer, while what readiness leaves
# open grows too wide (``tests/benchmarks/ratings.py``).
ANSWERS_IN_PERIOD = 50
# What is forgotten on average is for the memory model to say; this is only what nobody can say of a break. With a week
# a month adds 5 points to a deviation of 40 and a year 45, much as on Lichess, whose period is of 4.7 days.
DAYS_IN_PERIOD = 7.0


@dataclass(frozen=True, slots=True)
class Rating:
    """``value`` and ``deviation`` (one standard deviation of the value) in points; ``volatility`` per period."""

    value: float = CENTRE
    deviation: float = WIDEST
    volatility: float = 0.06


# There are no answers of real players yet, so these only say which way a kind leans, in thirds of a unit at most: a
# claim is read once, a blank names what to look for, two keys have to be known both, a story hides what it asks.
_FIRST_VALUES = {
    Kind.TRUE_FALSE: 1450.0,
    Kind.FILL_BLANK: 1475.0,
    Kind.WHICH_TRUE: 1500.0,
    Kind.WHICH_FALSE: 1500.0,
    Kind.CHOOSE_TWO: 1550.0,
    Kind.SCENARIO: 1525.0,
}
# Difficulties of a bank spread by about one unit, 174 points. Wider than that, since the kind may lean another way.
FIRST_DEVIATION = 250.0

ONE_OF_FOUR = 1 / 4


def first_rating(kind: Kind) -> Rating:
    """What is thought of a question that nobody has answered."""
    return Rating(_FIRST_VALUES[kind], FIRST_DEVIATION)


def rate(rating: Rating, games: Sequence[tuple[Rating, float]]) -> Rating:
    """The rating after one period with these games: (opponent as before the period, score 0.0 to 1.0).

    Glicko-2 to the letter; a period without games only widens the deviation.
    """
    slope = information = 0.0
    for opponent, score in games:
        weight = _g(opponent.deviation)
        expected = _logistic(weight * (rating.value - opponent.value) / SCALE)
        slope += weight * (score - expected)
        information += weight * weight * expected * (1 - expected)
    return _moved(rating, slope, information, 1.0)


def rate_answer(player: Rating, question: Rating, is_right: bool, floor: float = ONE_OF_FOUR) -> tuple[Rating, Rating]:
    """Player and question after a first attempt. ``floor`` is the question's ``grading.guess_floor``.

    A right answer never lowers the player nor lifts the question, and a wrong one the other way round. The less is
    known of one, the less it moves the other. A player's rating in a domain or family is rated in the same way: by
    the question as it was before the answer, with the question's own change left to the player's rating as a whole.
    """
    return (
        _after_answer(player, question, player.value - question.value, is_right, floor, 1),
        _after_answer(question, player, player.value - question.value, is_right, floor, -1),
    )


def expected_share(ability: float, question: Rating, floor: float = ONE_OF_FOUR) -> float:
    """The chance, ``floor`` to 1, that a player of exactly this ability answers such a question right.

    A question's deviation may also be the spread of many: Glicko's g() is what a normal spread does to the curve.
    """
    return floor + (1 - floor) * _logistic(_g(question.deviation) * (ability - question.value) / SCALE)


def idle(rating: Rating, days: float) -> Rating:
    """The rating after days without an answer: the same value, less sure, never wider than that of a newcomer.

    For players. A question does not forget.
    """
    variance = rating.deviation**2 + days / DAYS_IN_PERIOD * (SCALE * rating.volatility) ** 2
    return Rating(rating.value, min(WIDEST, sqrt(variance)), rating.volatility)


def typical(ratings: Iterable[Rating]) -> Rating:
    """A question drawn at random from these: their mean, and as deviation their spread around it.

    The spread holds the ratings' own deviations: those are what is not known yet of how far the questions differ.
    """
    all_ratings = list(ratings)
    if not all_ratings:
        return Rating(CENTRE, FIRST_DEVIATION)
    mean = sum(rating.value for rating in all_ratings) / len(all_ratings)
    variance = sum((rating.value - mean) ** 2 + rating.deviation**2 for rating in all_ratings) / len(all_ratings)
    return Rating(mean, sqrt(variance))


def _after_answer(rating: Rating, opponent: Rating, lead: float, is_right: bool, floor: float, side: int) -> Rating:
    weight = _g(opponent.deviation)
    expected = _logistic(weight * lead / SCALE)
    known = (1 - floor) * expected / (floor + (1 - floor) * expected) if floor else 1.0
    slope = weight * (known * (1 - expected) if is_right else -expected)
    information = weight * weight * expected * (1 - expected) * known
    return _moved(rating, side * slope, information, 1 / ANSWERS_IN_PERIOD)


def _moved(rating: Rating, slope: float, information: float, periods: float) -> Rating:
    """Steps 3 to 8 of the paper: ``information`` is 1/v and ``slope`` is delta/v."""
    phi_squared = (rating.deviation / SCALE) ** 2
    volatility = rating.volatility
    if information > NOTHING_LEARNT:
        volatility = _volatility(volatility, phi_squared, slope, information, periods)
    wider = min(phi_squared + periods * volatility**2, (WIDEST / SCALE) ** 2)
    narrower = 1 / (1 / wider + information)
    return Rating(rating.value + SCALE * narrower * slope, SCALE * sqrt(narrower), volatility)


def _volatility(sigma: float, phi_squared: float, slope: float, information: float, periods: float) -> float:
    """Step 5: the volatility that best explains so surprising a result, found by the Illinois method.

    Solved for the logarithm of the variance that these periods add.
    """
    v = 1 / information
    delta_squared = (slope * v) ** 2
    tau = TAU * sqrt(periods)
    a = log(sigma**2 * periods)

    def f(x: float) -> float:
        added = exp(x)
        total = phi_squared + v + added
        return added * (delta_squared - total) / (2 * total**2) - (x - a) / tau**2

    # The paper steps down by tau until f is positive. The first step is always enough, since the first term of f is
    # never below -1/2 and the second is 1/tau there.
    low, high = a, a - tau
    if delta_squared > phi_squared + v:
        high = log(delta_squared - phi_squared - v)
    f_low, f_high = f(low), f(high)
    while abs(high - low) > TOLERANCE:
        middle = low + (low - high) * f_low / (f_high - f_low)
        f_middle = f(middle)
        if f_middle * f_high <= 0:
            low, f_low = high, f_high
        else:
            f_low /= 2
        high, f_high = middle, f_middle
    return sqrt(exp(low) / periods)


def _g(deviation: float) -> float:
    return 1 / sqrt(1 + 3 * (deviation / SCALE / pi) ** 2)


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > -700 else 0.0
