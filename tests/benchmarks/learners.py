"""Simulated candidates who learn and forget. Their memory is not that of FSRS.

Two models, each from the literature and fixed before any policy was tuned on it:

``HalfLife``: forgetting is exponential, recall = 2^(-days / half-life) (half-life regression: Settles, Meeder, 2016).
A fact read for the first time gets a half-life of a few days. A successful recall lengthens it, the more the closer it
came to being forgotten (the spacing effect: Cepeda et al., 2006; Bjork's desirable difficulty), a repetition at once
not at all. A failed one leaves part of the gain: relearning is faster than learning (savings: Nelson, 1985).

``Activation``: ACT-R's declarative memory with the spacing effect of Pavlik and Anderson (2005). Every time that a fact
was met leaves a trace that decays by a power of its age; a trace laid down while the fact is still active decays
faster. Recall is a logistic function of the sum.

In both, learners differ, facts differ, and each fact is easier for one learner than for another: all three lognormal
or normal. An answer is right if the fact is recalled (but for a slip) or guessed. Every answer is followed by the
explanation; who did not know the answer takes it in with a chance below one, and less often if the guess was lucky.
A share of the facts was read before, service by service, since people read about a service as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from random import Random
from typing import Protocol

SLIP = 0.04  # knows it and answers wrong: misread, misclicked; 3 to 5 % in fits of knowledge tracing
TAKEN_IN = 0.85  # the explanation after a wrong answer is read and understood
TAKEN_IN_AFTER_LUCK = 0.6  # after a lucky guess it is read less often
KNOWN_MEAN, KNOWN_LEARNERS, KNOWN_SERVICES = -0.8, 0.6, 1.0  # logit of the share known at the start: 1/3 on average
READ_WITHIN = 60.0  # days before the start in which a known fact was read last


class Learner(Protocol):
    def recall(self, fact: int, day: float) -> float:
        """The true chance to recall the fact."""

    def answer(self, fact: int, floor: float, day: float) -> bool:
        """Answer a question about it and read the explanation; whether the answer was right."""


@dataclass(frozen=True, slots=True)
class Luck:
    """What chance does to a learner at each fact: the same, exposure by exposure, under whatever policy."""

    of_fact: tuple[Random, ...]

    @classmethod
    def make(cls, rng: Random, count: int) -> "Luck":
        return cls(tuple(Random(rng.getrandbits(64)) for _ in range(count)))


def _draw_known(rng: Random, services: Sequence[str]) -> list[bool]:
    mean = rng.gauss(KNOWN_MEAN, KNOWN_LEARNERS)
    of_service = {service: mean + rng.gauss(0, KNOWN_SERVICES) for service in sorted(set(services))}
    return [rng.random() < 1 / (1 + exp(-of_service[service])) for service in services]


def _answers_right(luck: Random, recalled: bool, floor: float) -> tuple[bool, bool]:
    """Whether the answer is right, and whether the explanation is taken in. Always three draws, to stay in step."""
    slipped, guessed, read = luck.random() < SLIP, luck.random() < floor, luck.random()
    if recalled:
        return not slipped, True
    return guessed, read < (TAKEN_IN_AFTER_LUCK if guessed else TAKEN_IN)


class HalfLife:
    FIRST_DAYS = 3.0  # half-life of a fact once read: a third left after five days (Ebbinghaus' order of magnitude)
    LEARNERS, FACTS, PAIRS = 0.35, 0.5, 0.35  # spread of its logarithm; together a factor of 2 either way
    KNOWN_DAYS, KNOWN_SPREAD = 40.0, 0.7  # half-life of what was known from work or study
    # A recall at a chance of 0.9 doubles the half-life, at 0.5 it more than triples it; at 1 it does nothing.
    GAIN, CURVE = 3.2, 0.5
    SAVED = 0.4  # of the logarithm gained, after a failure

    def __init__(self, rng: Random, services: Sequence[str], ease_of_facts: Sequence[float]) -> None:
        """``ease_of_facts``: standard normal, the same for all learners."""
        own = rng.gauss(0, self.LEARNERS)
        self.first = [
            self.FIRST_DAYS * exp(own + self.FACTS * ease + rng.gauss(0, self.PAIRS)) for ease in ease_of_facts
        ]
        self.half_life = [0.0] * len(services)
        self.met = [0.0] * len(services)
        for fact, is_known in enumerate(_draw_known(rng, services)):
            half_life = self.KNOWN_DAYS * exp(own + rng.gauss(0, self.KNOWN_SPREAD))
            age = rng.uniform(0, READ_WITHIN)
            if is_known:
                self.half_life[fact], self.met[fact] = half_life, -age
        self.luck = Luck.make(rng, len(services))

    def recall(self, fact: int, day: float) -> float:
        half_life = self.half_life[fact]
        return 2.0 ** ((self.met[fact] - day) / half_life) if half_life else 0.0

    def answer(self, fact: int, floor: float, day: float) -> bool:
        luck = self.luck.of_fact[fact]
        chance = self.recall(fact, day)
        recalled = luck.random() < chance
        is_right, is_taken_in = _answers_right(luck, recalled, floor)
        if recalled:
            self.half_life[fact] *= 1 + self.GAIN * (1 - chance) ** self.CURVE
            self.met[fact] = day
        elif is_taken_in:
            first, reached = self.first[fact], self.half_life[fact]
            self.half_life[fact] = first * (reached / first) ** self.SAVED if reached > first else first
            self.met[fact] = day
        return is_right


class Activation:
    # Pavlik and Anderson (2005), fitted to vocabulary: decay = CURVE * e^activation + BASE, recall logistic. Time
    # between sessions runs at a fraction of that within them.
    BASE, CURVE, THRESHOLD, NOISE = 0.177, 0.217, -0.704, 0.255
    BETWEEN = 0.025
    MEANING = (
        0.3  # a sentence with its reasons is kept better than a foreign word: half of them, not a fifth, for a day
    )
    LEARNERS, FACTS, PAIRS = 0.15, 0.2, 0.15  # spread of the activation, in its own unit (about one NOISE in all)
    KNOWN_TRACES = (2, 6)  # of a fact that was known: how often it was met, over as many days as READ_WITHIN

    def __init__(self, rng: Random, services: Sequence[str], ease_of_facts: Sequence[float]) -> None:
        own = self.MEANING + rng.gauss(0, self.LEARNERS)
        self.ease = [own + self.FACTS * ease + rng.gauss(0, self.PAIRS) for ease in ease_of_facts]
        self.traces: list[list[tuple[float, float]]] = [[] for _ in services]  # day, decay
        for fact, is_known in enumerate(_draw_known(rng, services)):
            days = sorted(rng.uniform(-READ_WITHIN, 0) for _ in range(rng.randint(*self.KNOWN_TRACES)))
            if is_known:
                for day in days:
                    self._meet(fact, day)
        self.luck = Luck.make(rng, len(services))

    def _activation(self, fact: int, day: float) -> float | None:
        traces = self.traces[fact]
        if not traces:
            return None
        # At least a minute old: a trace of this moment would have no finite strength.
        total = sum(max((day - met) * 86_400 * self.BETWEEN, 60.0) ** -decay for met, decay in traces)
        return log(total)

    def _meet(self, fact: int, day: float) -> None:
        activation = self._activation(fact, day)
        decay = self.BASE if activation is None else self.BASE + self.CURVE * exp(activation)
        self.traces[fact].append((day, decay))

    def recall(self, fact: int, day: float) -> float:
        activation = self._activation(fact, day)
        if activation is None:
            return 0.0
        return 1 / (1 + exp((self.THRESHOLD - activation - self.ease[fact]) / self.NOISE))

    def answer(self, fact: int, floor: float, day: float) -> bool:
        luck = self.luck.of_fact[fact]
        recalled = luck.random() < self.recall(fact, day)
        is_right, is_taken_in = _answers_right(luck, recalled, floor)
        if is_taken_in:
            self._meet(fact, day)
        return is_right


MODELS: dict[str, type[HalfLife] | type[Activation]] = {"half-life": HalfLife, "activation": Activation}
