"""Solvers that know nothing of AWS: what somebody picks who is merely good at tests.

Generation draws in advance whether each of them shall be right, and then seeks options that make it so; the benchmark
``tests/benchmarks/attack.py`` measures how often they are.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations

from facts.questions.claims import normalise

# Stem and options to a score for each option; the highest is picked.
Solver = Callable[[str, Sequence[str]], list[float]]

_COMMON = frozenset(
    """
    is are be not of in on at by for from with to and or as that it its can does do has have will
    """.split()
)


@lru_cache(maxsize=20_000)
def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, in one spelling."""
    return frozenset(normalise(text).split()) - _COMMON


def longest(stem: str, options: Sequence[str]) -> list[float]:
    """Has most letters."""
    return [float(len(option)) for option in options]


def shortest(stem: str, options: Sequence[str]) -> list[float]:
    """Has fewest letters."""
    return [-float(len(option)) for option in options]


def echo(stem: str, options: Sequence[str]) -> list[float]:
    """Shares most words with the stem."""
    words = content_words(stem)
    return [len(words & content_words(option)) / (len(content_words(option)) or 1) for option in options]


def no_echo(stem: str, options: Sequence[str]) -> list[float]:
    """Shares fewest words with the stem."""
    return [-score for score in echo(stem, options)]


def most_alike(stem: str, options: Sequence[str]) -> list[float]:
    """Shares most words with the other options."""
    words = [content_words(option) for option in options]
    shares: list[list[float]] = [[] for _ in words]
    # In this order each option meets the others from the first to the last.
    for (first, own), (second, other) in combinations(enumerate(words), 2):
        shared = len(own & other)
        share = shared / (len(own) + len(other) - shared or 1)
        shares[first].append(share)
        shares[second].append(share)
    return [sum(found) for found in shares]  # which rounds less than adding one by one: ties stay ties


def odd_one_out(stem: str, options: Sequence[str]) -> list[float]:
    """Shares fewest words with the other options."""
    return [-score for score in most_alike(stem, options)]


SOLVERS: dict[str, Solver] = {
    "longest": longest,
    "shortest": shortest,
    "echo": echo,
    "no echo": no_echo,
    "odd one out": odd_one_out,
    "most alike": most_alike,
}


def share_found(scores: Sequence[float], is_key: Sequence[bool]) -> float:
    """The chance that the options with the highest scores, as many as there are keys, are the keys; ties are drawn.

    For questions with two keys: the share of the two that are found.
    """
    keys = sum(is_key)
    order = sorted(set(scores), reverse=True)
    left, found = keys, 0.0
    for score in order:
        tied = [key for own, key in zip(scores, is_key, strict=True) if own == score]
        taken = min(left, len(tied))
        found += sum(tied) * taken / len(tied)
        left -= taken
        if not left:
            break
    return found / keys
