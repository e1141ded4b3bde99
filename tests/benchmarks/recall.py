"""What is recalled on the exam day, by the policy that chose the questions until then.

Every policy asks the same simulated learners (learners.py) as many questions a day, one session a day at the same hour,
each fact at most once a session, of a random kind among those that the shipped bank has for the fact. What chance does
to a learner at the nth question about a fact is the same under all policies, so differences are taken learner by
learner. Questions never clash here, and a question teaches nothing about the other facts that it shows.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import floor as whole
from math import log, sqrt
from multiprocessing import get_context
from random import Random
from statistics import mean, stdev

from fsrs import Card

from facts.learning.memory import KNOWN_BEFORE, recall, review
from facts.learning.planning import FactState, choose_facts, known_share
from facts.questions.grading import guess_floor
from tests.benchmarks.learners import MODELS
from tests.content import shipped_bank, shipped_questions

Table = tuple[str, list[str], list[list[str]]]  # title, head, rows

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
DAY = timedelta(days=1)
SECONDS_A_QUESTION = 40
# The shares of the domains in the exam, by its guide.
SHARES = {
    "organizational-complexity": 0.26,
    "new-solutions": 0.29,
    "continuous-improvement": 0.25,
    "migration-modernization": 0.20,
}
PROCESSES = 2


@dataclass(frozen=True)
class Material:
    """What there is to learn: by number of the fact, its service, its weight (1 on average), its kinds' floors."""

    services: tuple[str, ...]
    weights: tuple[float, ...]
    floors: tuple[tuple[float, ...], ...]
    ease: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.services)


@cache
def shipped_material() -> Material:
    records = shipped_bank().facts
    floors: dict[str, dict[str, float]] = defaultdict(dict)
    for question in shipped_questions():
        floors[question.fact_id][question.kind] = guess_floor(len(question.options), question.kind.keys)
    records = tuple(record for record in records if record.fact.id in floors)
    of_domain = {domain: sum(record.domain == domain for record in records) for domain in SHARES}
    rng = Random(0)
    return Material(
        services=tuple(record.fact.services[0].slug for record in records),
        weights=tuple(SHARES[record.domain] / of_domain[record.domain] * len(records) for record in records),
        floors=tuple(tuple(of_kind for _, of_kind in sorted(floors[record.fact.id].items())) for record in records),
        ease=tuple(rng.gauss(0, 1) for _ in records),
    )


class Policy:
    """Chooses what to ask, and is told of the answers. ``cards`` stay empty where a policy needs none."""

    def __init__(self, material: Material, days: int) -> None:
        self.material = material
        self.days = days
        self.cards: list[Card | None] = [None] * len(material)

    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        raise NotImplementedError

    def record(self, fact: int, day: float, is_right: bool, floor: float) -> None:
        pass

    def _shuffled(self, rng: Random) -> list[int]:
        return rng.sample(range(len(self.material)), len(self.material))


class AtRandom(Policy):
    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        return self._shuffled(rng)[:length]


class WrongFirst(Policy):
    """What was answered wrong the last time, then what was never asked, then the rest; the longest ago first."""

    def __init__(self, material: Material, days: int) -> None:
        super().__init__(material, days)
        self.last: dict[int, tuple[int, float]] = {}

    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        return sorted(self._shuffled(rng), key=lambda fact: self.last.get(fact, (1, 0.0)))[:length]

    def record(self, fact: int, day: float, is_right: bool, floor: float) -> None:
        self.last[fact] = (2 if is_right else 0, day)


class SM2(Policy):
    """SuperMemo 2 (Wozniak, 1990), right as quality 4, wrong as 2. The most overdue, then new, then the soonest due."""

    def __init__(self, material: Material, days: int) -> None:
        super().__init__(material, days)
        self.items: dict[int, tuple[int, float, float, float]] = {}  # repetitions, ease, interval, due

    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        def turn(fact: int) -> tuple[int, float]:
            if fact not in self.items:
                return 1, 0.0
            due = self.items[fact][3]
            return (0 if due <= day else 2), due

        return sorted(self._shuffled(rng), key=turn)[:length]

    def record(self, fact: int, day: float, is_right: bool, floor: float) -> None:
        repetitions, ease, interval, _ = self.items.get(fact, (0, 2.5, 0.0, 0.0))
        if is_right:
            interval = (1.0, 6.0)[repetitions] if repetitions < 2 else interval * ease
            repetitions += 1
        else:
            repetitions, interval = 0, 1.0
        missing = 5 - (4 if is_right else 2)
        ease = max(1.3, ease + 0.1 - missing * (0.08 + missing * 0.02))
        self.items[fact] = (repetitions, ease, interval, whole(day) + interval)


class PlainFsrs(Policy):
    """Right is good and wrong is again; what is due by lowest recall, then new, then the rest by lowest recall."""

    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        at = START + DAY * day

        def turn(fact: int) -> tuple[int, float]:
            card = self.cards[fact]
            if card is None:
                return 1, 0.0
            return (0 if card.due <= at + DAY / 2 else 2), recall(card, at)

        return sorted(self._shuffled(rng), key=turn)[:length]

    def record(self, fact: int, day: float, is_right: bool, floor: float) -> None:
        self.cards[fact] = review(self.cards[fact], is_right=is_right, floor=0.0, at=START + DAY * day)


class Ours(Policy):
    """choose_facts and review as the app calls them."""

    knows_exam, weighs_guesses, by_exam_weight = True, True, False

    def __init__(self, material: Material, days: int) -> None:
        super().__init__(material, days)
        self.firsts: dict[str, list[tuple[bool, float]]] = defaultdict(list)

    def choose(self, day: float, length: int, rng: Random) -> list[int]:
        to_exam = self.days - day if self.knows_exam else None
        states = self._states(START + DAY * day)
        return choose_facts(states, length=length, days_to_exam=to_exam, new_limit=length, rng=rng)[:length]

    def record(self, fact: int, day: float, is_right: bool, floor: float) -> None:
        if self.cards[fact] is None:
            self.firsts[self.material.services[fact]].append((is_right, floor))
        weighed = floor if self.weighs_guesses else 0.0
        self.cards[fact] = review(self.cards[fact], is_right=is_right, floor=weighed, at=START + DAY * day)

    def _states(self, at: datetime) -> list[FactState]:
        known = {
            service: known_share(sum(right for right, _ in firsts), len(firsts), mean(floor for _, floor in firsts))
            for service, firsts in self.firsts.items()
        }
        states = []
        for fact, card in enumerate(self.cards):
            weight = self.material.weights[fact] if self.by_exam_weight else 1.0
            if card is None or card.last_review is None:
                of_service = known.get(self.material.services[fact], KNOWN_BEFORE)
                states.append(FactState(fact, weight, known=of_service))
            else:
                since, due_in = (at - card.last_review) / DAY, (card.due - at) / DAY
                states.append(FactState(fact, weight, card.stability, card.difficulty, since, due_in))
        return states


class OursUnweighed(Ours):
    weighs_guesses = False


class OursWithoutDate(Ours):
    knows_exam = False


class OursByExamWeight(Ours):
    by_exam_weight = True


RIVALS: dict[str, type[Policy]] = {
    "random questions": AtRandom,
    "wrong ones first": WrongFirst,
    "SM-2": SM2,
    "plain FSRS, no exam date": PlainFsrs,
}
VARIANTS: dict[str, type[Policy]] = {
    "ours": Ours,
    "ours, guesses not weighed": OursUnweighed,
    "ours, no exam date": OursWithoutDate,
    "ours, by weight in the exam": OursByExamWeight,
}
POLICIES = RIVALS | VARIANTS


@dataclass(frozen=True, slots=True)
class Job:
    model: str
    policy: str
    length: int
    days: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """On the exam day; ``foretold`` and ``log_loss`` (of answers to facts with a card) only where there are cards."""

    recall: float
    weighed: float
    foretold: float
    log_loss: float


def run(job: Job) -> Outcome:
    material = shipped_material()
    learner = MODELS[job.model](Random(job.seed), material.services, material.ease)
    policy = POLICIES[job.policy](material, job.days)
    rng = Random(f"policy {job.seed}")
    losses = []
    for day in range(job.days):
        for position, fact in enumerate(policy.choose(float(day), job.length, rng)):
            moment = day + position * SECONDS_A_QUESTION / 86_400
            floor = rng.choice(material.floors[fact])
            is_right = learner.answer(fact, floor, moment)
            card = policy.cards[fact]
            if card is not None:
                chance = recall(card, START + DAY * moment)
                chance += (1 - chance) * floor
                losses.append(-log(max(chance if is_right else 1 - chance, 1e-6)))
            policy.record(fact, moment, is_right, floor)
    recalls = [learner.recall(fact, float(job.days)) for fact in range(len(material))]
    exam = START + DAY * job.days
    foretold = [KNOWN_BEFORE if card is None else recall(card, exam) for card in policy.cards]
    weighed = sum(weight * one for weight, one in zip(material.weights, recalls, strict=True)) / sum(material.weights)
    return Outcome(mean(recalls), weighed, mean(foretold), mean(losses) if losses else 0.0)


def measure(
    learners: int, seed: int, progress: Callable[[int, int], None], *, days: int = 30, length: int = 40
) -> list[Table]:
    """The tables of recall; ``length`` is the number of questions a day."""
    shorter = [round(length * share) for share in (0.5, 0.6, 0.7, 0.8, 0.85)]
    cases = [(model, policy, length) for model in MODELS for policy in POLICIES]
    cases += [(model, "ours", fewer) for model in MODELS for fewer in shorter]
    jobs = [Job(*case, days, seed * 1_000_003 + number) for case in cases for number in range(learners)]
    shipped_material()  # made once, before the processes part
    outcomes: dict[tuple[str, str, int], list[Outcome]] = defaultdict(list)
    with get_context("fork").Pool(PROCESSES) as pool:
        for done, (job, outcome) in enumerate(zip(jobs, pool.imap(run, jobs, chunksize=5), strict=True), 1):
            outcomes[job.model, job.policy, job.length].append(outcome)
            progress(done, len(jobs))
    tables = []
    for model in MODELS:
        of_model = {key[1:]: outcome for key, outcome in outcomes.items() if key[0] == model}
        tables += _tables_of_model(model, of_model, length, shorter)
    return tables


def _tables_of_model(
    model: str, outcomes: dict[tuple[str, int], list[Outcome]], length: int, shorter: Sequence[int]
) -> list[Table]:
    ours = outcomes["ours", length]
    rows = []
    for policy in POLICIES:
        those = outcomes[policy, length]
        has_cards = any(one.log_loss for one in those)
        rows.append(
            [
                policy,
                _percent(mean(one.recall for one in those)),
                ""
                if policy == "ours"
                else _difference([a.recall - b.recall for a, b in zip(ours, those, strict=True)]),
                _percent(mean(one.weighed for one in those)),
                _percent(mean(one.foretold for one in those)) if has_cards else "",
                f"{mean(one.log_loss for one in those):.3f}" if has_cards else "",
            ]
        )
    head = ["policy", "recall, %", "ours ahead by", "weighed as in the exam, %", "foretold, %", "log loss"]
    compared: Table = (f"Facts recalled on the exam day, {length} questions a day, model: {model}", head, rows)
    goal = outcomes["random questions", length]
    rows = []
    for fewer in (*shorter, length):
        those = outcomes["ours", fewer]
        ahead = [a.recall - b.recall for a, b in zip(those, goal, strict=True)]
        saved = f"{100 * (1 - fewer / length):.0f} %"
        rows.append([str(fewer), saved, _percent(mean(one.recall for one in those)), _difference(ahead)])
    reached = _length_to_reach(
        mean(one.recall for one in goal),
        [(fewer, mean(one.recall for one in outcomes["ours", fewer])) for fewer in (*shorter, length)],
    )
    title = f"Ours with fewer questions against random with {length} a day, model: {model}; as good with "
    title += f"{reached:.1f} ({100 * (1 - reached / length):.0f} % fewer)" if reached else "none of these"
    return [compared, (title, ["questions a day", "fewer", "recall, %", "ahead of random by"], rows)]


def _length_to_reach(goal: float, points: Sequence[tuple[int, float]]) -> float | None:
    """Where the line through the points reaches the goal; the least length if that is beyond it already."""
    if points[0][1] >= goal:
        return float(points[0][0])
    for (below, low), (above, high) in zip(points, points[1:], strict=False):
        if low < goal <= high:
            return below + (above - below) * (goal - low) / (high - low)
    return None


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _difference(values: Sequence[float]) -> str:
    """Mean and standard error, in percentage points."""
    error = stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{100 * mean(values):+.1f} ± {100 * error:.1f}"
