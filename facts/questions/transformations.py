"""What a rule makes of a true statement: a change of some words, and the logic that makes the new statement false."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from facts.questions.reading import Reading


class Relation(StrEnum):
    """Why the new statement is false if the fact is true."""

    CONTRADICTION = "contradiction"  # one says yes, the other no
    CONTRARY = "contrary"  # both cannot hold at once
    TIGHT_BOUND = "tight bound"  # the fact gives the limit itself
    FUNCTIONAL_VALUE = "functional value"  # there is one such value, and the fact gives it
    SIBLING = "sibling"  # said of another service: may hold of both


class RuleName(StrEnum):
    """The names of the rules, each with its version: a raised version withdraws what the rule made."""

    QUANTITY = "quantity/1"
    BOUND = "bound/1"
    LIMIT = "limit/1"
    UNLESS = "unless/1"
    ANTONYM = "antonym/1"
    SUPERLATIVE = "superlative/1"
    ORDER = "order/1"
    WITHOUT = "without/1"
    NAME = "name/1"
    VERB = "verb/1"
    ALWAYS = "always/1"
    SWAP = "swap/1"
    ONLY = "only/1"
    POLARITY = "polarity/1"
    LAST_VERB = "last-verb/1"
    NO_LONGER = "no-longer/1"
    NONE = "none/1"
    UNTIL = "until/1"
    DENIAL = "denial/1"
    SIBLING = "sibling/1"


@dataclass(frozen=True, slots=True)
class Transformation:
    """``statement[start:end]`` was ``before`` and became ``after``; ``text`` is the whole new statement."""

    rule: RuleName
    start: int
    end: int
    before: str
    after: str
    text: str
    relation: Relation
    is_sound: bool = True
    value: tuple[str, object] | None = None  # of a changed quantity: kind and exact value

    def why(self, statement: str) -> str:
        """Why the new statement is false, as a sentence for the player."""
        reasons = {
            Relation.CONTRADICTION: "The opposite is true.",
            Relation.CONTRARY: f"It is \u201c{self.before}\u201d, not \u201c{self.after}\u201d.",
            Relation.TIGHT_BOUND: f"The limit is {self.before}, not {self.after}.",
            Relation.FUNCTIONAL_VALUE: f"The value is {self.before}, not {self.after}.",
            Relation.SIBLING: f"This holds of {self.before}, not of {self.after}.",
        }
        return f"{reasons[self.relation]} {statement}"


@dataclass(frozen=True, slots=True)
class Denial:
    """Two claims of which one is the other with "not": the fact makes the one true and the other false."""

    true: str
    false: Transformation
    is_denied: bool  # does the true one have the "not"?


Rule = Callable[[Reading], Iterator[Transformation]]


def rewrite(
    reading: Reading,
    rule: RuleName,
    start: int,
    end: int,
    after: str,
    relation: Relation,
    *,
    is_sound: bool = True,
    value: tuple[str, object] | None = None,
) -> Transformation:
    """The statement with ``after`` in the place of ``statement[start:end]``."""
    statement = reading.statement
    text = statement[:start] + after + statement[end:]
    return Transformation(rule, start, end, statement[start:end], after, text, relation, is_sound, value)
