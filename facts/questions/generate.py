"""From facts to questions.

Every question is made from its own fact and, where it compares statements, from that fact's neighbours. Neighbours are
found on rings: the facts of a service (or family), ordered by a hash of their ids. So the same facts and seed give the
same questions, whatever their order; the cost grows with the number of facts, not with its square; and a new or changed
fact touches only the questions of the few facts before it on its rings.
"""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

from facts.questions.claims import claim_key, quantity, same_option
from facts.questions.content import Fact, Kind, Option, Question
from facts.questions.kinds import (
    CHOOSE_TWO_OPTIONS,
    MAX_OPTIONS,
    false_statement,
    fill_blank,
    scenario,
    statement_set,
    true_statement,
    usable_distractors,
)
from facts.questions.sets import StatementSet, choose_statements

DEFAULT_SEED = 0
SET_KINDS = {Kind.WHICH_TRUE: MAX_OPTIONS, Kind.WHICH_FALSE: MAX_OPTIONS, Kind.CHOOSE_TWO: CHOOSE_TWO_OPTIONS}


def truth_keys(facts: Iterable[Fact]) -> frozenset[str]:
    """Keys of everything that the facts say is true; what has such a key never serves as a distractor."""
    return frozenset(claim_key(fact.statement) for fact in facts)


def generate(
    facts: Collection[Fact],
    *,
    seed: int = DEFAULT_SEED,
    truths: frozenset[str] | None = None,
    only: Collection[str] | None = None,
) -> Iterator[Question]:
    """Make the questions of each fact, in the order of the facts' ids.

    ``truths`` are the keys of all true claims (by default those of ``facts``). ``only`` limits the output to questions
    about the facts with these ids; the others still serve as neighbours. Same arguments, same questions.
    """
    if truths is None:
        truths = truth_keys(facts)
    facts = [_without_true_distractors(fact, truths) for fact in facts]
    rings = Rings(facts, seed)
    for fact in sorted(facts, key=lambda fact: fact.id):
        if only is not None and fact.id not in only:
            continue
        for question in _questions_about(fact, rings, truths, seed):
            check_question(question)
            yield question


def _without_true_distractors(fact: Fact, truths: frozenset[str]) -> Fact:
    kept = tuple(false for false in fact.false_statements if claim_key(false.text) not in truths)
    return fact if len(kept) == len(fact.false_statements) else replace(fact, false_statements=kept)


def _questions_about(fact: Fact, rings: "Rings", truths: frozenset[str], seed: int) -> Iterator[Question]:
    yield true_statement(fact)
    for claim in fact.false_statements:
        yield false_statement(fact, claim)
    for index, blank in enumerate(fact.blanks):
        distractors = usable_distractors(fact, blank, truths)
        if len(distractors) >= MAX_OPTIONS - 1:
            yield fill_blank(fact, blank, distractors, _rng(seed, fact.id, "blank", index))
    for index, source in enumerate(fact.scenarios):
        yield scenario(fact, source, _rng(seed, fact.id, "scenario", index))
    for kind, size in SET_KINDS.items():
        question = _set_question(kind, size, fact, rings, seed)
        if question is not None:
            yield question


def _set_question(kind: Kind, size: int, fact: Fact, rings: "Rings", seed: int) -> Question | None:
    """The set question about one fact, from its neighbours in the service or else in the family.

    A set in which lengths tell nothing is preferred to one of the narrower scope.
    """
    found: list[tuple[StatementSet, str]] = []
    for scope, about in (("service", fact.service.name), ("family", "")):
        # Beside a stem that names the service, a statement that does not would stand out.
        topic = re.sub(r"^(Amazon|AWS) ", "", about)
        rng = _rng(seed, fact.id, kind)
        chosen = choose_statements(kind, size, fact, rings.after(fact, kind, scope), topic, rng)
        if chosen and chosen.is_balanced:
            return statement_set(kind, chosen, about, rng)
        if chosen:
            found.append((chosen, about))
    return statement_set(kind, *found[0], _rng(seed, fact.id, kind)) if found else None


class Rings:
    """For each kind and each service and family, the facts in it in the order of a hash of their ids."""

    # How many neighbours are looked at: enough to find statements of the lengths that are wanted.
    REACH = 24

    def __init__(self, facts: Collection[Fact], seed: int) -> None:
        self._seed = seed
        self._rings: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
        self._facts = {fact.id: fact for fact in facts}
        for fact in facts:
            for kind in SET_KINDS:
                place = self._place(fact.id, kind)
                for scope in ("service", "family"):
                    self._rings[self._key(fact, kind, scope)].append((place, fact.id))
        for ring in self._rings.values():
            ring.sort()

    def after(self, fact: Fact, kind: Kind, scope: str) -> list[Fact]:
        """The facts that follow on the ring of the fact's service or family, nearest first, without itself."""
        ring = self._rings[self._key(fact, kind, scope)]
        start = bisect_right(ring, (self._place(fact.id, kind), fact.id))
        count = min(self.REACH, len(ring) - 1)
        return [self._facts[ring[(start + step) % len(ring)][1]] for step in range(count)]

    @staticmethod
    def _key(fact: Fact, kind: str, scope: str) -> tuple[str, str, str]:
        return scope, fact.service.slug if scope == "service" else fact.service.family, kind

    def _place(self, fact_id: str, kind: str) -> int:
        return int.from_bytes(hashlib.blake2b(f"{self._seed}/{kind}/{fact_id}".encode(), digest_size=8).digest())


def _rng(*parts: object) -> Random:
    return Random("/".join(str(part) for part in parts))


def _distinct(options: Sequence[Option]) -> bool:
    return not any(same_option(first.text, second.text) for first, second in combinations(options, 2))


class UnsoundQuestion(AssertionError):
    """A rule broke its promise. Nothing of that kind must ever reach a player."""


def check_question(question: Question) -> None:
    """Raise UnsoundQuestion unless the question keeps what Question guarantees."""
    keys = sum(option.correct for option in question.options)
    if keys != question.kind.keys:
        raise UnsoundQuestion(f"{question.fact_id}: {question.kind} has {keys} right options")
    if not _distinct(question.options):
        raise UnsoundQuestion(f"{question.fact_id}: {question.kind} has two options that read alike")
    if not all(option.why.strip() for option in question.options):
        raise UnsoundQuestion(f"{question.fact_id}: {question.kind} has an option without a reason")


def arrange(kind: Kind, texts: Sequence[str], rng: Random) -> list[int]:
    """The order in which to show options, as indices into ``texts``.

    True before False; quantities of one kind by size, since a sorted scale reads faster and its key was drawn without
    regard to rank; everything else shuffled.
    """
    if kind is Kind.TRUE_FALSE:
        return list(range(len(texts)))
    order = list(range(len(texts)))
    quantities = [quantity(text) for text in texts]
    if len({found[0] if found else None for found in quantities}) == 1 and quantities[0] is not None:
        return [index for _, index in sorted((found[1], index) for index, found in enumerate(quantities) if found)]
    rng.shuffle(order)
    return order
