"""From facts to questions.

Every question is made from its own fact and, where it compares statements, from that fact's neighbours. Neighbours are
found on rings: the facts of a service (or family), ordered by a hash of their ids. So the same facts and seed give the
same questions, whatever their order; the cost grows with the number of facts, not with its square; and a new or changed
fact touches only the questions of the few facts before it on its rings.
"""

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, islice
from random import Random

from facts.questions.claims import same_option
from facts.questions.content import Fact, Kind, Option, Question, Service
from facts.questions.derive import derive
from facts.questions.kinds import (
    CHOOSE_TWO_OPTIONS,
    MAX_OPTIONS,
    false_statement,
    fill_blank,
    scenario,
    set_stem,
    statement_set,
    true_statement,
    usable_distractors,
)
from facts.questions.pairs import choose_pairs
from facts.questions.quantities import quantity
from facts.questions.sets import choose_statements
from facts.questions.truths import Truths

DEFAULT_SEED = 0
SET_KINDS = {Kind.WHICH_TRUE: MAX_OPTIONS, Kind.WHICH_FALSE: MAX_OPTIONS, Kind.CHOOSE_TWO: CHOOSE_TWO_OPTIONS}


def generate(
    facts: Collection[Fact],
    *,
    seed: int = DEFAULT_SEED,
    truths: Truths | None = None,
    rings: "Rings | None" = None,
    only: Collection[str] | None = None,
) -> Iterator[Question]:
    """Make the questions of each fact, in the order of the facts' ids.

    ``truths`` are all that is known to be true, and ``rings`` say which facts are neighbours (by default both are those
    of ``facts``). ``only`` limits the output to questions about the facts with these ids; of the others those have to
    be among ``facts`` that ``rings.neighbours`` names. Same arguments, same questions.
    """
    maker = Generator(facts, seed=seed, truths=truths, rings=rings)
    for fact_id in sorted(fact.id for fact in facts):
        if only is None or fact_id in only:
            yield from maker.questions_about(fact_id)


class Generator:
    """Makes questions about single facts of a bank that is indexed once."""

    def __init__(
        self,
        facts: Collection[Fact],
        *,
        seed: int = DEFAULT_SEED,
        truths: Truths | None = None,
        rings: "Rings | None" = None,
    ) -> None:
        self._facts = {fact.id: fact for fact in facts}
        self._seed = seed
        self._truths = Truths(facts) if truths is None else truths
        self._rings = Rings({fact.id: fact.services for fact in facts}, seed) if rings is None else rings
        self._prepared: dict[str, Fact] = {}
        self._written: dict[str, Fact] = {}

    def questions_about(self, fact_id: str) -> list[Question]:
        """All questions about one of the facts, each of them checked."""
        questions = list(self._make(self.prepared(fact_id)))
        for question in questions:
            check_question(question)
        return questions

    def prepared(self, fact_id: str) -> Fact:
        """The fact with what rules add to it; each is read once."""
        if fact_id not in self._prepared:
            fact = self._facts[fact_id]
            derived = derive(fact, self._truths, self._rings.siblings(fact.services)).fact
            if fact.false_statements:  # then no rule has added any
                derived = replace(derived, false_statements=self._without_truths(fact_id).false_statements)
            self._prepared[fact_id] = derived
        return self._prepared[fact_id]

    def _without_truths(self, fact_id: str) -> Fact:
        """The fact without those of its written false statements that another fact makes true."""
        if fact_id not in self._written:
            fact = self._facts[fact_id]
            kept = tuple(false for false in fact.false_statements if self._truths.makes_true(fact, false.text) is None)
            self._written[fact_id] = replace(fact, false_statements=kept)
        return self._written[fact_id]

    def _neighbour(self, fact_id: str, kind: Kind) -> Fact:
        """A fact as others show it: only what a person wrote or approved is shown of it as false."""
        fact = self._facts[fact_id]
        if kind is Kind.WHICH_FALSE:
            return fact
        if fact.false_statements:  # what rules make of its amounts is for its own questions, and costs most
            return self._without_truths(fact_id)
        return self.prepared(fact_id) if fact.verdicts else fact

    def _make(self, fact: Fact) -> Iterator[Question]:
        seed = self._seed
        # What needs a person's word is made as well, and waits in review; it takes no part in the choice of the pair.
        sound = [false for false in fact.false_statements if false.is_sound]
        pairs = choose_pairs(fact, sound, _rng(seed, fact.id, "pair"))
        for pair in pairs:
            yield true_statement(fact, pair.true)
            yield false_statement(fact, pair.false)
        if not pairs and fact.false_statements:
            # A true one alone would teach that such claims are true: it waits for its partner.
            yield replace(true_statement(fact), sound=False)
        for false in fact.false_statements:
            if not false.is_sound:
                yield false_statement(fact, false)
        for index, blank in enumerate(fact.blanks):
            distractors = usable_distractors(fact, blank, self._truths)
            if len(distractors) >= MAX_OPTIONS - 1:
                yield fill_blank(fact, blank, distractors, _rng(seed, fact.id, "blank", index))
        for index, source in enumerate(fact.scenarios):
            yield scenario(fact, source, _rng(seed, fact.id, "scenario", index))
        for kind, size in SET_KINDS.items():
            question = self._set_question(kind, size, fact)
            if question is not None:
                yield question

    def _set_question(self, kind: Kind, size: int, fact: Fact) -> Question | None:
        """The set question about one fact, from its neighbours in its services, or else in the family or anywhere."""
        for scope in self._rings.scopes(fact.services):
            about = next((service.name for service in fact.services if scope == ("service", service.slug)), "")
            # Beside a stem that names the service, a statement that does not would stand out.
            topic = re.sub(r"^(Amazon|AWS) ", "", about)
            rng = _rng(self._seed, fact.id, kind)
            neighbours = [self._neighbour(other, kind) for other in self._rings.after(fact.id, kind, scope)]
            for subject in [about, ""] if about else [""]:
                chosen = choose_statements(
                    kind, size, fact, neighbours, topic if subject else "", set_stem(kind, subject), rng
                )
                if chosen:
                    return statement_set(kind, chosen, subject, rng)
        return None


Scope = tuple[str, str]  # such as ("service", "s3")


class Rings:
    """For each kind and each service and family, the facts in it in the order of a hash of their ids.

    ``tags`` are the facts' services by the facts' ids. With ``reaches_all`` there is one more ring of all facts, for
    files whose services tell nothing of families.
    """

    # How many neighbours are looked at: enough to find options that are fair.
    REACH = 24

    def __init__(self, tags: Mapping[str, Sequence[Service]], seed: int = DEFAULT_SEED, *, reaches_all: bool = True):
        self._seed = seed
        self._tags = tags
        self._reaches_all = reaches_all
        self._rings: dict[tuple[Scope, Kind], list[tuple[int, str]]] = {}
        self._members: dict[Scope, list[str]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        for fact_id, services in tags.items():
            for scope in self.scopes(services):
                self._members[scope].append(fact_id)
            for service in services:
                self._names[service.family].add(service.name)

    def scopes(self, services: Sequence[Service]) -> list[Scope]:
        """The rings that a fact of these services is on, the narrowest first."""
        scopes = [*(("service", one.slug) for one in services), ("family", services[0].family)]
        return [*scopes, ("all", "")] if self._reaches_all else scopes

    def siblings(self, services: Sequence[Service]) -> list[str]:
        """Names of the other services of the family that have facts, in alphabetical order."""
        return sorted(self._names[services[0].family] - {service.name for service in services})

    def after(self, fact_id: str, kind: Kind, scope: Scope) -> list[str]:
        """The facts that follow on the ring of this scope, nearest first, without itself."""
        return self._reach(fact_id, kind, scope, 1)

    def neighbours(self, fact_ids: Iterable[str]) -> set[str]:
        """Every fact that questions about these facts may show."""
        return {
            other
            for fact_id in fact_ids
            for kind in SET_KINDS
            for scope in self.scopes(self._tags[fact_id])
            for other in self.after(fact_id, kind, scope)
        }

    def touched(self, fact_id: str, services: Sequence[Service]) -> set[str]:
        """The facts whose questions may show this one, or could if it had these services."""
        return {
            other
            for kind in SET_KINDS
            for scope in self.scopes(services)
            for other in self._reach(fact_id, kind, scope, -1)
        }

    def _reach(self, fact_id: str, kind: Kind, scope: Scope, step: int) -> list[str]:
        ring = self._ring(scope, kind)
        own = (_place(self._seed, kind, fact_id), fact_id)
        start = bisect_left(ring, own)
        is_on = start < len(ring) and ring[start] == own
        if step > 0:
            places = range(start + is_on, start + is_on + len(ring))
        else:
            places = range(start - 1, start - 1 - len(ring), -1)
        others = (ring[place % len(ring)][1] for place in places)
        return list(islice((other for other in others if other != fact_id), self.REACH))

    def _ring(self, scope: Scope, kind: Kind) -> list[tuple[int, str]]:
        """Put in order when it is first looked at: most rings of a large bank are not, if few facts are asked about."""
        if (scope, kind) not in self._rings:
            self._rings[scope, kind] = sorted((_place(self._seed, kind, one), one) for one in self.members(scope))
        return self._rings[scope, kind]

    def members(self, scope: Scope) -> Collection[str]:
        """The facts on the rings of this scope, in no order."""
        return self._members.get(scope, ())


@lru_cache(maxsize=50_000)  # the rings of a service are looked at again for each of its facts
def _place(seed: int, kind: Kind, fact_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}/{kind}/{fact_id}".encode(), digest_size=8).digest())


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
