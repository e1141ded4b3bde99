"""Which statements to put beside each other, so that their lengths do not tell the true from the false.

In any bank true statements tend to be longer than false ones, since they are hedged with care: with statements taken as
they come, the longest of four was the true one in 39 of 100 sets. So the place of the keys among the options by length
is drawn first, each place as likely as any other, and statements are then sought that give the keys this place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from facts.questions.check import MAX_STATEMENT
from facts.questions.claims import mentions, normalise
from facts.questions.content import Fact, FalseStatement, Kind


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim of a fact, true or false, that can stand in a set."""

    text: str
    is_true: bool
    why: str
    fact_id: str


def why_true(fact: Fact) -> str:
    return fact.explanation or f"So it stands in the fact: {fact.statement}"


def why_false(fact: Fact, false: FalseStatement) -> str:
    """What is so instead: the editor's reason, or else the fact with its explanation."""
    return false.why or f"{fact.statement} {fact.explanation}".rstrip()


@dataclass(frozen=True, slots=True)
class StatementSet:
    """Statements for one question, no two of one fact: a fact beside its own falsification would give the answer away.

    ``is_balanced``: the keys have the place among the lengths that was drawn for them.
    """

    keys: tuple[Statement, ...]  # the first one of the fact that the question is about
    distractors: tuple[Statement, ...]
    is_balanced: bool


def choose_statements(
    kind: Kind, size: int, fact: Fact, neighbours: Sequence[Fact], topic: str, rng: Random
) -> StatementSet | None:
    """A set of ``size`` statements about ``fact`` and its neighbours, nearer ones first; None if there are too few.

    With a ``topic``, only statements that name it are taken.
    """
    keys_are_true = kind is not Kind.WHICH_FALSE
    own = _claims(fact, keys_are_true, topic)
    if not own:
        return None
    first = rng.choice(own)
    places = rng.choice(list(combinations(range(size), kind.keys)))
    pool = [(other.id, _claims(other, not keys_are_true, topic)) for other in neighbours]
    key_sets: list[tuple[Statement, ...]] = [(first,)]
    if kind.keys == 2:
        key_sets = [(first, second) for other in neighbours for second in _claims(other, True, topic)]
    fallback = None
    for keys in key_sets:
        found = _add_distractors(keys, pool, places, size, rng)
        if found and found.is_balanced:
            return found
        fallback = fallback or found
    return fallback


def _add_distractors(
    keys: tuple[Statement, ...],
    pool: Sequence[tuple[str, list[Statement]]],
    places: tuple[int, ...],
    size: int,
    rng: Random,
) -> StatementSet | None:
    """The set in which the keys, ordered by length, have these places, as far as the pool allows."""
    lengths = [0, *sorted(len(key.text) for key in keys), MAX_STATEMENT]
    ranks = [-1, *places, size]
    used = {key.fact_id for key in keys}
    shown = {normalise(key.text) for key in keys}
    if len(shown) < len(keys):
        return None
    distractors: list[Statement] = []
    for shortest, longest, rank, next_rank in zip(lengths, lengths[1:], ranks, ranks[1:], strict=False):
        missing = next_rank - rank - 1
        for fact_id, claims in pool:
            if not missing or fact_id in used:
                continue
            fitting = [claim for claim in claims if shortest < len(claim.text) < longest]
            if _take(fitting, shown, distractors, rng):
                used.add(fact_id)
                missing -= 1
    is_balanced = len(distractors) == size - len(keys)
    for fact_id, claims in pool:
        if len(distractors) < size - len(keys) and fact_id not in used:
            _take(claims, shown, distractors, rng)
    return StatementSet(keys, tuple(distractors), is_balanced) if len(distractors) == size - len(keys) else None


def _take(claims: Sequence[Statement], shown: set[str], taken: list[Statement], rng: Random) -> bool:
    """Take one of the claims that does not read like one that is shown already; says whether there was one."""
    fresh = [claim for claim in claims if normalise(claim.text) not in shown]
    if fresh:
        taken.append(rng.choice(fresh))
        shown.add(normalise(taken[-1].text))
    return bool(fresh)


def _claims(fact: Fact, is_true: bool, topic: str) -> list[Statement]:
    if is_true:
        found = [Statement(fact.statement, True, why_true(fact), fact.id)]
    else:
        found = [Statement(false.text, False, why_false(fact, false), fact.id) for false in fact.false_statements]
    return [claim for claim in found if not topic or mentions(claim.text, topic)]
