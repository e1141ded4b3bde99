"""Do ratings find out who is able, and does readiness say the truth?

Learners of known ability answer questions of known difficulty. The answers follow a model that is not the one that the
ratings assume: questions discriminate unlike each other, knowledge differs from domain to domain and from topic to
topic, the able slip, kinds are harder or easier than ``rating.first_rating`` thinks, and nothing is known of any
question at first. Learners come one after the other, as they would, and so the first meet questions nobody knows.

What a learner's rating is compared with is the ability that they were made with; what readiness is compared with is
the chance to pass that follows from the true model, computed, and whether they pass one form that they sit.
"""

import argparse
from bisect import bisect, bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import exp, nan
from pathlib import Path
from random import Random
from statistics import fmean as mean

from facts.learning.blueprint import DOMAINS, FULL, is_pass, right_to_pass, split
from facts.learning.rating import Rating, first_rating, idle, rate_answer, typical
from facts.learning.readiness import Readiness, Standing, estimate, missing
from facts.questions.content import Kind
from facts.questions.grading import guess_floor
from tests.benchmarks.report import print_table, progress
from tests.benchmarks.workplace import ROOT

Table = tuple[str, list[str], list[list[str]]]

# The population. All of it in units of the logistic curve (174 points), and chosen before the estimator was tuned.
QUESTIONS = 1600  # about as many as the shipped bank gives of these kinds
TOPICS = 40  # families of services; each belongs to all domains
DIFFICULTIES = 1.0  # spread within a kind; the usual one of calibrated item banks
DISCRIMINATIONS = 0.25  # of their logarithm: 0.6 to 1.6 for most
# Mean and spread of abilities: half of them would pass, and of nearly two thirds it is open whether they will, with a
# chance of 5 to 95 %. So does a crowd look that has learnt for a while and now asks whether it is ready.
ABILITY, ABILITIES = 1.0, 0.75
IN_DOMAIN, IN_TOPIC = 0.3, 0.4  # spread of a learner's own abilities in them: architects come from networks, data, code
SLIP = 0.03  # knows it and answers wrong
KINDS = {  # how many of the bank's questions, and how much harder than the average kind
    Kind.FILL_BLANK: (0.2, -0.3),
    Kind.WHICH_TRUE: (0.2, 0.0),
    Kind.WHICH_FALSE: (0.2, 0.2),
    Kind.CHOOSE_TWO: (0.2, 0.4),
    Kind.SCENARIO: (0.2, 0.4),
}
ANSWERS = 150, 400  # rated first attempts when readiness is asked for
ANSWERS_A_DAY = 5, 20
ANSWERS_RANKED = 200  # when the ranking is looked at
LEANING = 0.3  # of the logarithm of how much somebody practises a domain beside its share
AT_ONCE = 0.15  # of all learners are learning at any time

FINAL_SEED = 2026  # seeds 1 to 3 were for tuning the estimator

PLOT = ROOT / "docs" / "calibration.svg"


OPTIONS = {Kind.TRUE_FALSE: 2, Kind.CHOOSE_TWO: 5}  # of the others, four


@dataclass(frozen=True, slots=True)
class Cohort:
    """``gain``: how much abler each grows from the first answer to the last, which no rating is told."""

    name: str
    ability: float = ABILITY
    gain: float = 0.0
    has_floors: bool = True  # in rating; the answers have theirs


USUAL = Cohort("as chosen")
PLAIN = Cohort("plain Glicko-2", has_floors=False)
BEGINNERS = Cohort("beginners", ability=-0.5)
PLAIN_BEGINNERS = Cohort("plain Glicko-2, beginners", ability=-0.5, has_floors=False)
GROWING = Cohort("growing by 0.3 units", gain=0.3)


@dataclass(slots=True)
class Question:
    domain: str
    topic: int
    kind: Kind
    difficulty: float
    discrimination: float
    rating: Rating

    @property
    def floor(self) -> float:
        return guess_floor(OPTIONS.get(self.kind, 4), self.kind.keys)


@dataclass(slots=True)
class Learner:
    """``whole`` and ``domains`` are what the app knows of them; ``in_domains`` and ``in_topics`` are the truth."""

    in_domains: dict[str, float]
    in_topics: list[float]
    days: list[float]  # when they answer
    gain: float  # of ability from the first answer to the last
    whole: Rating = Rating()
    domains: dict[str, Rating] = field(default_factory=lambda: dict.fromkeys(DOMAINS, Rating()))
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DOMAINS, 0))
    right: int = 0
    plan: list[Question] = field(default_factory=list)

    @property
    def ability(self) -> float:
        """The mean over the exam, at the end."""
        weights = split(100)
        topics = sum(self.in_topics) / len(self.in_topics)
        return topics + sum(weights[domain] * self.in_domains[domain] for domain in DOMAINS) / 100

    def chance(self, question: Question, progressed: float = 1.0) -> float:
        ability = self.in_domains[question.domain] + self.in_topics[question.topic] - self.gain * (1 - progressed)
        known = 1 / (1 + exp(-question.discrimination * (ability - question.difficulty)))
        return question.floor + (1 - SLIP - question.floor) * known


@dataclass(frozen=True, slots=True)
class Verdict:
    """What readiness said of a learner, and what was so."""

    readiness: Readiness
    chance: float  # to pass, truly
    score: float  # expected, truly
    has_passed: bool
    scored: int  # on the form that they sat


@dataclass(slots=True)
class Outcome:
    abilities: list[float] = field(default_factory=list)
    ratings: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    refused: int = 0


def make_bank(rng: Random) -> dict[str, list[Question]]:
    bank: dict[str, list[Question]] = {}
    for domain, count in split(QUESTIONS).items():
        bank[domain] = []
        for _ in range(count):
            kind = rng.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]
            difficulty = rng.gauss(KINDS[kind][1], DIFFICULTIES)
            discrimination = rng.lognormvariate(0, DISCRIMINATIONS)
            bank[domain].append(
                Question(domain, rng.randrange(TOPICS), kind, difficulty, discrimination, first_rating(kind))
            )
    return bank


def make_learner(bank: dict[str, list[Question]], answers: int, start: float, cohort: Cohort, rng: Random) -> Learner:
    """Plans distinct questions, since only first attempts are rated."""
    ability = rng.gauss(cohort.ability, ABILITIES)
    pace = rng.uniform(*ANSWERS_A_DAY)
    learner = Learner(
        in_domains={domain: ability + rng.gauss(0, IN_DOMAIN) for domain in DOMAINS},
        in_topics=[rng.gauss(0, IN_TOPIC) for _ in range(TOPICS)],
        days=sorted(start + rng.uniform(0, answers / pace) for _ in range(answers)),
        gain=cohort.gain,
    )
    weights = [weight * rng.lognormvariate(0, LEANING) for weight in DOMAINS.values()]
    unseen = {domain: rng.sample(questions, len(questions)) for domain, questions in bank.items()}
    learner.plan = [unseen[domain].pop() for domain in rng.choices(list(DOMAINS), weights, k=answers)]
    return learner


def answer(learner: Learner, index: int, has_floors: bool, rng: Random) -> None:
    question = learner.plan[index]
    is_right = rng.random() < learner.chance(question, index / len(learner.plan))
    days = learner.days[index] - learner.days[index - 1] if index else 0.0
    floor = question.floor if has_floors else 0.0
    learner.domains = {domain: idle(rating, days) for domain, rating in learner.domains.items()}
    learner.domains[question.domain], _ = rate_answer(
        learner.domains[question.domain], question.rating, is_right, floor
    )
    learner.whole, question.rating = rate_answer(idle(learner.whole, days), question.rating, is_right, floor)
    learner.counts[question.domain] += 1
    learner.right += is_right


def chance_to_pass(shares: dict[str, float]) -> float:
    """Exactly, for a form whose questions are drawn at random from the domains."""
    chances = [1.0]
    for domain, count in split(FULL.scored).items():
        for _ in range(count):
            share = shares[domain]
            chances = [fail * (1 - share) + win * share for fail, win in zip([*chances, 0], [0, *chances], strict=True)]
    return sum(chances[right_to_pass(FULL.scored) :])


def judge(learner: Learner, bank: dict[str, list[Question]], rng: Random) -> Verdict:
    shares = {domain: sum(map(learner.chance, questions)) / len(questions) for domain, questions in bank.items()}
    standings = {
        domain: Standing(
            learner.domains[domain],
            learner.counts[domain],
            questions=typical(question.rating for question in bank[domain]),
        )
        for domain in DOMAINS
    }
    readiness = estimate(Standing(learner.whole, sum(learner.counts.values())), standings, rng)
    form = [question for domain, count in split(FULL.scored).items() for question in rng.sample(bank[domain], count)]
    right = sum(rng.random() < learner.chance(question) for question in form)
    expected = sum(shares[domain] * count for domain, count in split(FULL.scored).items())
    return Verdict(
        readiness,
        chance_to_pass(shares),
        100 + 900 * expected / FULL.scored,
        is_pass(right, FULL.scored),
        100 + 900 * right // FULL.scored,
    )


def simulate(learners: int, seed: int, progress: Callable[[int, int], None], cohort: Cohort) -> Outcome:
    """A cohort, answer by answer in the order of time. Progress is told in learners."""
    rng = Random(seed)
    bank = make_bank(rng)
    span = sum(ANSWERS) / sum(ANSWERS_A_DAY) / AT_ONCE  # days from the first to begin to the last
    people = [make_learner(bank, rng.randint(*ANSWERS), rng.uniform(0, span), cohort, rng) for _ in range(learners)]
    events = sorted((day, person, index) for person, one in enumerate(people) for index, day in enumerate(one.days))
    outcome = Outcome()
    for done, (_, person, index) in enumerate(events, 1):
        learner = people[person]
        answer(learner, index, cohort.has_floors, rng)
        if index + 1 == ANSWERS_RANKED:
            outcome.abilities.append(learner.ability - cohort.gain * (1 - ANSWERS_RANKED / len(learner.days)))
            outcome.ratings.append(learner.whole.value)
            outcome.rights.append(learner.right)
        if index + 1 == len(learner.days):
            if missing(learner.counts):
                outcome.refused += 1
            else:
                outcome.verdicts.append(judge(learner, bank, rng))
        if done % 100 == 0 or done == len(events):
            progress(learners * done // len(events), learners)
    return outcome


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's; ties get their mean rank."""
    ranks = [_ranks(first), _ranks(second)]
    middle = (len(first) - 1) / 2
    covariance = sum((a - middle) * (b - middle) for a, b in zip(*ranks, strict=True))
    squares = [sum((rank - middle) ** 2 for rank in column) for column in ranks]
    return covariance / (squares[0] * squares[1]) ** 0.5


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [(bisect(ordered, value) + bisect_left(ordered, value) - 1) / 2 for value in values]


def is_covered(one: Verdict) -> bool:
    """Does the interval hold the true chance?"""
    return one.readiness.low <= one.chance <= one.readiness.high


def is_score_covered(one: Verdict) -> bool:
    """Does the range of scores hold that of the form that was sat?"""
    return one.readiness.score_low <= one.scored <= one.readiness.score_high


def skill(verdicts: Sequence[Verdict], forecast: Callable[[Verdict], float]) -> float:
    """By how much the forecast's Brier score is better than that of the base rate, the share of all who passed."""
    base = mean(one.has_passed for one in verdicts)
    if base in (0, 1):
        return nan  # a handful of learners, all alike
    return 1 - mean((forecast(one) - one.has_passed) ** 2 for one in verdicts) / (base * (1 - base))


def measure(learners: int, seed: int, progress: Callable[[int, int], None], plot: Path | None = None) -> list[Table]:
    """The tables; the calibration is also drawn, to ``plot`` if given."""
    cohorts = [USUAL, PLAIN, BEGINNERS, PLAIN_BEGINNERS, GROWING]
    outcomes = {}
    for number, cohort in enumerate(cohorts):
        outcomes[cohort] = simulate(
            learners, seed, partial(_tell, progress, number * learners, len(cohorts) * learners), cohort
        )
    bins = calibrate(outcomes[USUAL].verdicts)
    if plot:
        plot.write_text(draw(bins), encoding="utf-8")
    return [
        _ranking_table(outcomes),
        _readiness_table({cohort: outcomes[cohort] for cohort in (USUAL, GROWING)}),
        _calibration_table(bins),
    ]


def _tell(progress: Callable[[int, int], None], before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)


def _ranking_table(outcomes: dict[Cohort, Outcome]) -> Table:
    def correlations(estimate_of: Callable[[Outcome], list[float]], *cohorts: Cohort) -> list[str]:
        return [f"{rank_correlation(outcomes[one].abilities, estimate_of(outcomes[one])):.3f}" for one in cohorts]

    return (
        f"Rank correlation with the true ability after {ANSWERS_RANKED} first attempts (goal: at least 0.9)",
        ["estimate", "as chosen", "beginners"],
        [
            ["rating, with guess floors", *correlations(lambda one: one.ratings, USUAL, BEGINNERS)],
            ["rating, plain Glicko-2", *correlations(lambda one: one.ratings, PLAIN, PLAIN_BEGINNERS)],
            ["share of right answers", *correlations(lambda one: one.rights, USUAL, BEGINNERS)],
        ],
    )


def _readiness_table(outcomes: dict[Cohort, Outcome]) -> Table:
    def percent(value: float) -> str:
        return f"{100 * value:.1f} %"

    def share(is_so: Callable[[Verdict], bool]) -> list[str]:
        return [percent(mean(map(is_so, one.verdicts))) for one in outcomes.values()]

    def skills(forecast: Callable[[Verdict], float]) -> list[str]:
        return [percent(skill(one.verdicts, forecast)) for one in outcomes.values()]

    return (
        f"Readiness after {ANSWERS[0]} to {ANSWERS[1]} first attempts",
        ["learners", *(cohort.name for cohort in outcomes)],
        [
            ["measured", *(str(len(one.verdicts)) for one in outcomes.values())],
            ["refused: too few answers in a domain", *(str(one.refused) for one in outcomes.values())],
            ["with a true chance of 5 to 95 %", *share(lambda one: 0.05 < one.chance < 0.95)],
            ["80 % interval holds the true chance (goal: 76 to 84 %)", *share(is_covered)],
            ["- true chance below it", *share(lambda one: one.chance < one.readiness.low)],
            ["- true chance above it", *share(lambda one: one.chance > one.readiness.high)],
            ["passed the form they sat", *share(lambda one: one.has_passed)],
            ["mean chance told", *share(lambda one: one.readiness.chance)],
            ["Brier score better than the base rate's by (goal: 40 %)", *skills(lambda one: one.readiness.chance)],
            ["- of one who knew the true chance", *skills(lambda one: one.chance)],
            ["80 % range of scores holds that of the form", *share(is_score_covered)],
            [
                "score told less the true expected, mean",
                *(f"{mean(v.readiness.score - v.score for v in one.verdicts):.1f}" for one in outcomes.values()),
            ],
        ],
    )


@dataclass(frozen=True, slots=True)
class Bin:
    """Learners who were told much the same chance: how many, the mean told, the mean truth, the share that passed."""

    low: float
    learners: int
    told: float
    true: float
    passed: float


def calibrate(verdicts: Sequence[Verdict], count: int = 10) -> list[Bin]:
    bins = []
    for number in range(count):
        inside = [one for one in verdicts if min(int(count * one.readiness.chance), count - 1) == number]
        if inside:
            told = mean(one.readiness.chance for one in inside)
            true, passed = mean(one.chance for one in inside), mean(one.has_passed for one in inside)
            bins.append(Bin(number / count, len(inside), told, true, passed))
    return bins


def _calibration_table(bins: Sequence[Bin]) -> Table:
    return (
        "Calibration of the chance to pass",
        ["chance told", "learners", "mean told", "mean truth", "passed"],
        [
            [
                f"{100 * one.low:.0f} to {100 * one.low + 10:.0f} %",
                str(one.learners),
                *(f"{100 * value:.1f} %" for value in (one.told, one.true, one.passed)),
            ]
            for one in bins
        ],
    )


def draw(bins: Sequence[Bin]) -> str:
    """An SVG: the share that passed over the chance told, each with the 80 % range of chance, beside the diagonal."""
    size, margin = 400, 72

    def x(share: float) -> str:
        return f"{margin + size * share:.1f}"

    def y(share: float) -> str:
        return f"{20 + size * (1 - share):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + margin + 20} {size + margin + 20}" role="img"'
        ' aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13" fill="#334">',
        '<title id="title">Share of simulated learners that passed, by the chance they were told</title>',
        "<desc>Points on the diagonal are right; bars are where four of five points would be by luck alone.</desc>",
        f'<rect width="{size + margin + 20}" height="{size + margin + 20}" fill="#fff"/>',
    ]
    for tenth in range(0, 11, 2):
        share = tenth / 10
        parts += [
            f'<path d="M{x(share)} {y(0)}V{y(1)}M{x(0)} {y(share)}H{x(1)}" stroke="#dde" fill="none"/>',
            f'<text x="{x(share)}" y="{size + 38}" text-anchor="middle">{10 * tenth} %</text>',
            f'<text x="{margin - 8}" y="{float(y(share)) + 4:.1f}" text-anchor="end">{10 * tenth} %</text>',
        ]
    parts.append(f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#889" stroke-dasharray="5 4" fill="none"/>')
    for one in bins:
        # What the share that passes would be in four of five cohorts of so many learners, were what is told so.
        spread = 1.2816 * (one.told * (1 - one.told) / one.learners) ** 0.5
        low, high = max(0.0, one.told - spread), min(1.0, one.told + spread)
        parts += [
            f'<path d="M{x(one.told)} {y(low)}V{y(high)}" stroke="#9bd" stroke-width="7" fill="none"/>',
            f'<circle cx="{x(one.told)}" cy="{y(one.passed)}" r="4.5" fill="#147"><title>'
            f"{one.learners} learners: told {100 * one.told:.0f} %, passed {100 * one.passed:.0f} %</title></circle>",
        ]
    parts += [
        f'<text x="{x(0.5)}" y="{size + 62}" text-anchor="middle">chance to pass that was told</text>',
        f'<text transform="translate(14 {y(0.5)}) rotate(-90)" text-anchor="middle">passed</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=2000, help="in each of five cohorts")
    parser.add_argument("--seed", type=int, default=FINAL_SEED)
    parser.add_argument("--plot", type=Path, default=PLOT, help="where the calibration is drawn")
    arguments = parser.parse_args()
    line = progress("learners")
    tables = measure(arguments.learners, arguments.seed, line, arguments.plot)
    line.close()
    for table in tables:
        print_table(*table)


if __name__ == "__main__":
    main()
