"""What a bank says is true, indexed, so that no question offers as false what some fact makes true.

Everything is found through the services that a claim is about: by equal text, by equal value, or by shared words. So
the cost of a look-up grows with the number of similar facts of one service, never with the bank.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from facts.questions.claims import claim_key, normalise
from facts.questions.content import Fact
from facts.questions.quantities import find_quantities

_STOP_WORDS = frozenset(
    """
    amazon aws azure google is are be been was were has have had do does of in on at by for from with to into and or as
    that which it its this these can will must may every each all any one per than when if
    """.split()
)
_NEGATIVE = re.compile(r"\b(not|no|never|neither|nor|none|without|cannot)\b")
_NUMBER, _BARE, _ANY_NUMBER = "number", "number ", "number of anything"
SAME_VALUE = 0.6  # share of words that make two statements with one value the same claim
SAME_CLAIM = 0.85  # share of words, both ways, that make two statements say the same


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is compared of a claim: its content words, its amounts, and whether it is negated."""

    words: frozenset[str]
    values: frozenset[tuple[str, object]]
    is_negative: bool


@lru_cache(maxsize=20_000)
def sketch(text: str) -> Sketch:
    """The claim without its grammar."""
    plain = normalise(text)
    amounts = list(find_quantities(text))
    wordless = text  # without its amounts: "1 day" and "24 hours" are no words
    for found in reversed(amounts):
        wordless = f"{wordless[: found.start]} {wordless[found.end :]}"
    words = {_stem(word) for word in normalise(wordless).split() if word not in _STOP_WORDS and not word[0].isdigit()}
    values = frozenset((found.kind, found.value) for found in amounts)
    negatives = len(_NEGATIVE.findall(plain))
    return Sketch(frozenset(words - {"not", "never", "no", "can"}), values, negatives % 2 == 1)


def _stem(word: str) -> str:
    """The word without what tells its number and tense; the same for "queue" and "queues", "store" and "stored"."""
    if word.endswith("ies") and len(word) > 4:
        return word.removesuffix("ies") + "y"
    for ending, shortest in (("ing", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= shortest:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _counted_as(kind: str) -> tuple[str, ...]:
    """The kinds that may mean the same: a bare number counts what another text names."""
    if not kind.startswith(_NUMBER):
        return (kind,)
    return (kind, _BARE) if kind.strip() != _NUMBER else (_ANY_NUMBER,)


def _share_value(first: Collection[tuple[str, object]], second: Collection[tuple[str, object]]) -> bool:
    """Do two claims give one amount? A bare number is equal to one of anything."""
    return any(
        value == other
        and (
            kind == other_kind
            or (_BARE in (kind, other_kind) and kind.startswith(_NUMBER) and other_kind.startswith(_NUMBER))
        )
        for kind, value in first
        for other_kind, other in second
    )


class Shelf:
    """What facts say about one service: found by equal text, by words and by amounts."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}  # of claims, with the ids of the facts
        self.sketches: dict[str, Sketch] = {}
        self.by_word: dict[str, set[str]] = defaultdict(set)
        self.by_value: dict[tuple[str, object], set[str]] = defaultdict(set)

    def add(self, fact_id: str, statement: str) -> None:
        found = sketch(statement)
        self.keys[claim_key(statement)] = fact_id
        self.sketches[fact_id] = found
        for word in found.words:
            self.by_word[word].add(fact_id)
        for value in _places_of(found.values):
            self.by_value[value].add(fact_id)

    def without(self, fact_id: str) -> "Shelf":
        """The same without one fact; this one stays as it is."""
        found = self.sketches.get(fact_id)
        if found is None:
            return self
        rest = Shelf()
        rest.keys = {key: other for key, other in self.keys.items() if other != fact_id}
        rest.sketches = {other: own for other, own in self.sketches.items() if other != fact_id}
        rest.by_word = self.by_word | {word: self.by_word[word] - {fact_id} for word in found.words}
        rest.by_value = self.by_value | {value: self.by_value[value] - {fact_id} for value in _places_of(found.values)}
        return rest


@lru_cache(maxsize=200)  # services: about as many as AWS has
def shelf_of(statements: tuple[tuple[str, str], ...]) -> Shelf:
    """The shelf of these statements, given as (id of the fact, statement). Nobody adds to it: others have the same."""
    shelf = Shelf()
    for fact_id, statement in statements:
        shelf.add(fact_id, statement)
    return shelf


def _places_of(values: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Where amounts stand on a shelf."""
    for kind, value in values:
        yield kind, value
        if kind.startswith(_NUMBER):
            yield _ANY_NUMBER, value


class Truths:
    """The true claims of facts.

    ``keys`` are claim keys of truths that are known from elsewhere, such as facts that are not in memory.
    """

    def __init__(self, facts: Iterable[Fact] = (), keys: Collection[str] = ()) -> None:
        self._keys: dict[str, str] = dict.fromkeys(keys, "")
        self._sketches: dict[str, Sketch] = {}
        self._added: dict[str, Shelf] = {}  # by services
        self._shelves: dict[str, list[Shelf]] = defaultdict(list)
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> None:
        """Take the fact's statement into the index."""
        self._keys[claim_key(fact.statement)] = fact.id
        self._sketches[fact.id] = sketch(fact.statement)
        for service in fact.services:
            if service.slug not in self._added:
                self._added[service.slug] = Shelf()
                self._shelves[service.slug].append(self._added[service.slug])
            self._added[service.slug].add(fact.id, fact.statement)

    def add_shelf(self, service: str, shelf: Shelf) -> None:
        """Take in what facts say about the service with this slug; those of ``add`` are others."""
        self._keys |= shelf.keys
        self._sketches |= shelf.sketches
        self._shelves[service].append(shelf)

    def makes_true(self, fact: Fact, claim: str) -> str | None:
        """The id of another fact that says what ``claim``, a falsification of ``fact``, says; None if there is none."""
        known = self._keys.get(claim_key(claim))
        if known is not None and known != fact.id:
            return known
        if known == fact.id:
            return fact.id
        found, own = sketch(claim), sketch(fact.statement)
        new_values = found.values - own.values
        for other_id in self._alike(fact, found):
            other = self._sketches[other_id]
            shared = len(found.words & other.words)
            if _share_value(new_values, other.values) and shared >= SAME_VALUE * min(
                len(found.words), len(other.words)
            ):
                return other_id
            is_same = shared >= SAME_CLAIM * max(len(found.words), len(other.words))
            if is_same and found.is_negative == other.is_negative and found.values == other.values:
                return other_id
        return None

    def has_value(self, fact: Fact, kind: str, value: object) -> bool:
        """Does another fact of the same services, on a similar matter, give this very amount?"""
        own = sketch(fact.statement)
        for service in fact.services:
            for counted in _counted_as(kind):
                for shelf in self._shelves.get(service.slug, ()):
                    for other_id in shelf.by_value.get((counted, value), ()):
                        shared = own.words & self._sketches[other_id].words
                        if other_id != fact.id and len(shared) >= 0.3 * len(own.words):
                            return True
        return False

    def _alike(self, fact: Fact, found: Sketch) -> list[str]:
        """Facts of the same services that may share enough of the words: each holds one of the rarest of them.

        In one order in every process, whatever its hash seed.
        """
        alike: set[str] = set()
        for service in fact.services:
            postings = sorted((self._with_word(service.slug, word) for word in sorted(found.words)), key=len)
            for ids in postings[: ceil(len(postings) * (1 - SAME_VALUE)) + 1]:
                alike |= ids
        alike.discard(fact.id)
        return sorted(alike)

    def _with_word(self, service: str, word: str) -> set[str]:
        found = [ids for shelf in self._shelves.get(service, ()) if (ids := shelf.by_word.get(word))]
        return found[0] if len(found) == 1 else set().union(*found)
