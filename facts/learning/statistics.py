"""How good a question is, by how it was answered: the figures of classical item analysis, kept as sums.

The definitions are those of Moodle's quiz statistics where they apply: the facility index is the share of right
answers, the discrimination index the correlation between the score of the question and that of the rest of the quiz.
The latter is a point-biserial correlation, Pearson's with one variable that is 0 or 1. Quizzes here differ in length
and questions, so the rest is a share, not a sum.

*What counts.* First attempts of each player, in quizzes that have ended, whatever the quiz was for: a question that
was seen before is easier. Not what was asked again in the same quiz, nor what ran out of time, which says nothing of
the question; neither is part of the rest. A quiz in which fewer than MIN_OTHERS others were answered says too little of
who answered, and its first answers do not count.

All sums are whole numbers, so that they come out the same in any order, and what was added can be taken away again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from math import log2, sqrt

from facts.questions.grading import guess_floor

SHOWN_FROM = 30  # first answers; of fewer the figures say next to nothing
JUDGED_FROM = 100  # then the standard error of a facility is 5 points at most, and that of a discrimination 0.1
MIN_OTHERS = 3
REST_UNIT = 10_000  # what a rest in which all is right is kept as

EASIEST = 95  # percent
WEAKEST = 0.1

# Times are counted in buckets, each an eighth of an octave wide: a median is known to within 5 %.
_BUCKETS_IN_OCTAVE = 8


class Flag(StrEnum):
    """What speaks against a question, gravest first."""

    SUSPECT = "suspect"  # those who know more answer it wrong: is the key right?
    GUESSED = "guessed"  # no better than by guessing
    WEAK = "weak"  # hardly tells those who know from those who do not
    EASY = "easy"
    UNCHOSEN = "unchosen"  # a distractor that nobody took for right


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """A first answer: ``rest`` is its ``rests``, ``chosen`` the texts of the options taken. 0 seconds: not known."""

    is_right: bool
    rest: int
    seconds: float
    chosen: tuple[str, ...]


@dataclass(slots=True)
class Sums:
    """What the first answers to a question add up to."""

    answered: int = 0
    right: int = 0
    rest: int = 0
    rest_squared: int = 0
    rest_right: int = 0  # the rests of those who were right
    times: dict[str, int] = field(default_factory=dict)  # by bucket; JSON knows no other keys than texts
    chosen: dict[str, int] = field(default_factory=dict)  # by the option's text

    def add(self, answer: FirstAnswer, times: int = 1) -> None:
        """Add the answer, or with ``times`` of -1 take it away: then all is as if it had never been added."""
        self.answered += times
        self.right += times * answer.is_right
        self.rest += times * answer.rest
        self.rest_squared += times * answer.rest**2
        self.rest_right += times * answer.rest * answer.is_right
        if answer.seconds > 0:
            _count(self.times, str(time_bucket(answer.seconds)), times)
        for text in answer.chosen:
            _count(self.chosen, text, times)


def _count(counts: dict[str, int], key: str, times: int) -> None:
    counts[key] = counts.get(key, 0) + times
    if counts[key] <= 0:
        del counts[key]


def rests(results: Sequence[bool]) -> list[int] | None:
    """For each answer of a quiz the share of right ones among the others, in REST_UNIT; None if these are too few."""
    others = len(results) - 1
    if others < MIN_OTHERS:
        return None
    right = sum(results)
    return [round(REST_UNIT * (right - is_right) / others) for is_right in results]


def facility(sums: Sums) -> float | None:
    """The share of right first answers; None without any."""
    return sums.right / sums.answered if sums.answered else None


def discrimination(sums: Sums) -> float | None:
    """The point-biserial correlation of the question with the rest of the quiz, -1 to 1.

    None if all were right, all were wrong or all did equally well in the rest.
    """
    n = sums.answered
    spread_of_question = n * sums.right - sums.right**2
    spread_of_rest = n * sums.rest_squared - sums.rest**2
    if spread_of_question <= 0 or spread_of_rest <= 0:
        return None
    together = n * sums.rest_right - sums.right * sums.rest
    # Whole numbers up to here; the roots are taken apart, since their product may be too long for a float.
    return max(-1.0, min(1.0, together / (sqrt(spread_of_question) * sqrt(spread_of_rest))))


def time_bucket(seconds: float) -> int:
    """The number of the bucket for this time; all times up to one second share the first."""
    return max(0, int(log2(seconds) * _BUCKETS_IN_OCTAVE)) if seconds > 1 else 0


def median_seconds(times: Mapping[str, int]) -> float | None:
    """The median of counted times, within 5 % of the exact one (from one second on); None without any."""
    count = sum(times.values())
    if count <= 0:
        return None
    low, high = (_bucket_at(place, times) for place in ((count - 1) // 2, count // 2))
    return (_middle(low) + _middle(high)) / 2


def _bucket_at(place: int, times: Mapping[str, int]) -> int:
    """The bucket of the time at this place, if all were sorted."""
    buckets = sorted(map(int, times))
    passed = accumulate(times[str(bucket)] for bucket in buckets)
    return next(bucket for bucket, up_to in zip(buckets, passed, strict=True) if place < up_to)


def _middle(bucket: int) -> float:
    return float(2 ** ((bucket + 0.5) / _BUCKETS_IN_OCTAVE))


def find_flags(sums: Sums, keys: Collection[str], distractors: Collection[str]) -> list[Flag]:
    """What the figures say against a question with these right and wrong options; nothing before JUDGED_FROM."""
    if sums.answered < JUDGED_FROM:
        return []
    strength = discrimination(sums)
    by_chance = sums.answered * guess_floor(len(keys) + len(distractors), len(keys))
    signs = {
        Flag.SUSPECT: strength is not None and strength < 0,
        Flag.GUESSED: sums.right <= by_chance,
        Flag.WEAK: strength is not None and 0 <= strength < WEAKEST,
        Flag.EASY: 100 * sums.right > EASIEST * sums.answered,
        Flag.UNCHOSEN: any(not sums.chosen.get(text) for text in distractors),
    }
    return [flag for flag, is_raised in signs.items() if is_raised]


def in_order(flags: Iterable[str]) -> list[Flag]:
    """The flags of these names, gravest first."""
    named = set(flags)
    return [flag for flag in Flag if flag in named]
