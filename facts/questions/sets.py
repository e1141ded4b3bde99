"""Which options to put beside each other, so that nobody finds the key who is merely good at tests.

Options have an order by length, by the words that they share with the stem, and by how much they are like each other.
In each of these orders the place of the key is drawn first, every place as likely as any other, and of several
candidate sets the one is taken that comes closest. No cue is forbidden: an option that is never the odd one out would
be a clue as well.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice
from random import Random

from facts.questions.check import MAX_STATEMENT
from facts.questions.claims import mentions, normalise
from facts.questions.content import WRITTEN, Fact, FalseStatement, Kind
from facts.questions.lint import clues_among
from facts.questions.solvers import Solver, content_words, echo, longest, most_alike

CANDIDATES = 48  # option sets that are compared for one question
# Length is what people go by first, and what true and false statements differ in most.
_ORDERS: tuple[tuple[Solver, float], ...] = ((longest, 1.5), (echo, 1.0), (most_alike, 1.0))


def draw_places(keys: int, size: int, rng: Random) -> list[tuple[int, ...]]:
    """For each order, the places that the keys shall have among ``size`` options; the order by length comes first."""
    places = list(combinations(range(size), keys))
    return [rng.choice(places) for _ in _ORDERS]


def choose_fair[T](
    candidates: Iterable[T],
    texts: Callable[[T], tuple[str, list[str], list[bool]]],
    drawn: Sequence[tuple[int, ...]],
) -> T | None:
    """The candidate whose keys come closest to the places that were drawn; None if there is no candidate.

    ``texts`` gives a candidate's stem, its options and which of them are keys.
    """
    # A key that was drawn to be the longest or the shortest may be so by far: else such a one would never be the key.
    best: tuple[float, T] | None = None
    for candidate in islice(candidates, CANDIDATES):
        stem, options, is_key = texts(candidate)
        distance = 0.0
        for (order, weight), wanted in zip(_ORDERS, drawn, strict=True):
            distance += weight * _distance(order(stem, options), is_key, wanted)
            if best is not None and distance >= best[0]:
                break  # it only grows, so the other orders need not be looked at
        else:
            asked = _asked_clues(drawn[0], len(options))
            distance += 2 * sum(clue.code not in asked for clue in clues_among(options, is_key))
        if best is None or distance < best[0]:
            best = distance, candidate
        if distance == 0:
            break
    return best[1] if best else None


def _asked_clues(places: Sequence[int], size: int) -> set[str]:
    """The clues that drawn places by length ask for."""
    if min(places) == size - len(places):
        return {"key-longest"}
    return {"key-shortest"} if max(places) == len(places) - 1 else set()


def _distance(scores: Sequence[float], is_key: Sequence[bool], wanted: Sequence[int]) -> float:
    """How far the keys are from the wanted places in the order of the scores; options with one score share places."""
    distance = 0.0
    keys = sorted(score for score, key in zip(scores, is_key, strict=True) if key)
    for score, place in zip(keys, wanted, strict=True):
        first, last = 0, -1
        for other in scores:
            first += other < score
            last += other <= score
        off = max(first - place, place - last, 0)
        distance += 1 + off / 4 if off else 0
    return distance


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim of a fact, true or false, that can stand in a set."""

    text: str
    is_true: bool
    why: str
    fact_id: str
    is_derived: bool = False


def why_true(fact: Fact) -> str:
    """The editor's explanation, or else a pointer to the statement."""
    return fact.explanation or f"So it stands in the fact: {fact.statement}"


def why_false(fact: Fact, false: FalseStatement) -> str:
    """What is so instead: the editor's reason, or else the fact with its explanation."""
    if false.rule != WRITTEN:
        return f"{false.why} {fact.explanation}".rstrip()
    return false.why or f"{fact.statement} {fact.explanation}".rstrip()


@dataclass(frozen=True, slots=True)
class StatementSet:
    """Statements for one question, no two of one fact: beside its own falsification a fact gives the answer away."""

    keys: tuple[Statement, ...]  # the first one of the fact that the question is about
    distractors: tuple[Statement, ...]


def choose_statements(
    kind: Kind, size: int, fact: Fact, neighbours: Sequence[Fact], topic: str, stem: str, rng: Random
) -> StatementSet | None:
    """A set of ``size`` statements about ``fact`` and its neighbours; None if there are too few.

    With a ``topic``, only statements that name it are taken.
    """
    keys_are_true = kind is not Kind.WHICH_FALSE
    needs_written = kind is not Kind.WHICH_FALSE
    own = claims_of(fact, keys_are_true, topic, needs_written)
    if not own:
        return None
    keys = [claims_of(other, True, topic, needs_written) for other in neighbours] if kind.keys == 2 else []
    pool = [claims_of(other, not keys_are_true, topic, needs_written) for other in neighbours]

    if sum(map(bool, pool)) < size - kind.keys or sum(map(bool, keys)) < kind.keys - 1:
        return None  # as with plain facts only, of which nobody wrote what is false
    drawn = draw_places(kind.keys, size, rng)

    @cache  # the same keys are drawn again and again
    def between(low: int, high: int) -> list[list[Statement]]:
        """Of the pool, what is longer than ``low`` and shorter than ``high``."""
        return [[one for one in claims if low < len(one.text) < high] for claims in pool]

    def candidates() -> Iterator[StatementSet]:
        for number in range(CANDIDATES):
            chosen = [rng.choice(own)]
            shown = {normalise(chosen[0].text)}
            used = {fact.id}
            if kind.keys == 2:
                _take(keys, 1, chosen, shown, used, rng)
            distractors: list[Statement] = []
            if number < CANDIDATES * 3 // 4:
                # By chance false statements would hardly ever be the longest: the lengths are sought as drawn.
                lengths = [0, *sorted(len(statement.text) for statement in chosen), MAX_STATEMENT * 2]
                ranks = [-1, *drawn[0], size]
                for low, high, rank, following in zip(lengths, lengths[1:], ranks, ranks[1:], strict=False):
                    _take(between(low, high), following - rank - 1, distractors, shown, used, rng)
            else:
                _take(pool, size - kind.keys, distractors, shown, used, rng)
            is_full = len(chosen) == kind.keys and len(distractors) == size - kind.keys
            if is_full and not _contradict([*chosen, *distractors]):
                yield StatementSet(tuple(chosen), tuple(distractors))

    def texts(candidate: StatementSet) -> tuple[str, list[str], list[bool]]:
        statements = [*candidate.keys, *candidate.distractors]
        return stem, [statement.text for statement in statements], [True] * kind.keys + [False] * (size - kind.keys)

    return choose_fair(candidates(), texts, drawn)


def _contradict(statements: Sequence[Statement]) -> bool:
    """Is one of them false just because another says so? Then who reads both knows that one of them is false."""
    trues = [content_words(one.text) for one in statements if one.is_true]
    falses = [content_words(one.text) for one in statements if not one.is_true]
    return any(len(true & false) >= 0.6 * len(false) for true in trues for false in falses)


def _take(
    pool: Sequence[Sequence[Statement]],
    count: int,
    taken: list[Statement],
    shown: set[str],
    used: set[str],
    rng: Random,
) -> None:
    """Take ``count`` claims of different facts, none that reads like one that is shown already."""
    for place in _shuffled(len(pool), rng):
        if not count:
            return
        if not pool[place]:
            continue
        fresh = [claim for claim in pool[place] if claim.fact_id not in used and normalise(claim.text) not in shown]
        if fresh:
            taken.append(rng.choice(fresh))
            shown.add(normalise(taken[-1].text))
            used.add(taken[-1].fact_id)
            count -= 1


def _shuffled(count: int, rng: Random) -> list[int]:
    """The numbers below ``count``, shuffled by Fisher and Yates as ``Random.shuffle`` does it, in a third of the time.

    Nothing else takes as long when the questions of a large bank are made.
    """
    order = list(range(count))
    draw = rng.getrandbits
    for last in range(count - 1, 0, -1):
        bits = (last + 1).bit_length()
        place = draw(bits)
        while place > last:
            place = draw(bits)
        order[last], order[place] = order[place], order[last]
    return order


def claims_of(fact: Fact, is_true: bool, topic: str = "", needs_written: bool = False) -> list[Statement]:
    """The claims of a fact that can stand in a set.

    ``needs_written``: of the false ones only those that a person wrote or approved, for sets with several of them,
    where one that is not false would spoil the question.
    """
    if is_true:
        found = [Statement(fact.statement, True, why_true(fact), fact.id)]
    else:
        found = [
            Statement(
                false.text, False, why_false(fact, false), fact.id, false.rule != WRITTEN and not false.is_approved
            )
            for false in fact.false_statements
            if false.is_sound and (false.rule == WRITTEN or false.is_approved or not needs_written)
        ]
    return [claim for claim in found if not topic or mentions(claim.text, topic)]
