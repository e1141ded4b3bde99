"""What goes into a question and what comes out: plain records, no behaviour beyond their own consistency."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of question, in the order in which they are offered to a player."""

    TRUE_FALSE = "true_false"
    FILL_BLANK = "fill_blank"
    WHICH_TRUE = "which_true"
    WHICH_FALSE = "which_false"
    CHOOSE_TWO = "choose_two"
    SCENARIO = "scenario"

    @property
    def keys(self) -> int:
        """How many options of such a question are right."""
        return 2 if self is Kind.CHOOSE_TWO else 1


GAP = "_____"  # stands in a stem where the blank is


WRITTEN = ""  # the rule of what an editor wrote


@dataclass(frozen=True, slots=True)
class Blank:
    """A span of a fact's statement and what else could stand there: every distractor makes the statement false.

    ``rule`` made it, or else an editor wrote it; ``is_sound``: it may be asked without a person's word.
    """

    answer: str
    distractors: tuple[str, ...]
    rule: str = WRITTEN
    is_sound: bool = True


@dataclass(frozen=True, slots=True)
class FalseStatement:
    """A claim that is surely false. ``why`` says what is so instead, where the fact itself does not.

    ``change`` is what a rule changed from what to what, such as "15 minutes > 60 minutes".
    """

    text: str
    why: str = ""
    rule: str = WRITTEN
    change: str = ""
    is_sound: bool = True
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class TrueStatement:
    """Another true claim that a rule made of a fact, "cannot be 800 KB", and the false one that it denies."""

    text: str
    rule: str
    partner: FalseStatement


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's yes or no to what a rule made; it holds for these very words of the fact."""

    rule: str
    change: str
    is_yes: bool


@dataclass(frozen=True, slots=True)
class Distractor:
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story that ends in a question which only this fact answers."""

    stem: str
    answer: str
    answer_why: str
    distractors: tuple[Distractor, ...]


@dataclass(frozen=True, slots=True)
class Service:
    slug: str
    name: str
    family: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that is true today, with what an editor added so that questions can be made of it."""

    id: str
    statement: str
    services: tuple[Service, ...]  # the first is what the fact is mainly about
    explanation: str = ""
    false_statements: tuple[FalseStatement, ...] = ()
    blanks: tuple[Blank, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    confirmed_verb: int | None = None  # where the main verb starts, if its author said so
    verdicts: tuple[Verdict, ...] = ()
    true_statements: tuple[TrueStatement, ...] = ()  # made by rules only

    @property
    def digest(self) -> str:
        return digest(self.statement)

    @property
    def service(self) -> Service:
        return self.services[0]


def digest(statement: str) -> str:
    """Identity of a wording: what was confirmed or approved for one lapses with another."""
    plain = " ".join(unicodedata.normalize("NFC", statement).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question: ``why`` says why it is right or wrong, ``fact_id`` which fact says so."""

    text: str
    correct: bool
    why: str
    fact_id: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a rule made it.

    Guarantees (checked by ``generate.check_question``): exactly ``kind.keys`` options are correct, no two options
    read the same, and each says why.
    """

    kind: Kind
    rule: str
    sound: bool
    fact_id: str
    stem: str
    options: tuple[Option, ...]
    is_derived: bool = False  # a rule made what is false in it, nobody has read it yet
    change: str = ""

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Every fact that the question rests on, the one it is about first."""
        return tuple(dict.fromkeys([self.fact_id, *(option.fact_id for option in self.options)]))

    @property
    def fingerprint(self) -> str:
        """Identity of what is asked: kind, rule, stem, options and key; neither order nor reasons.

        A better reason does not make another question, so its figures are kept.
        """
        options = sorted((option.text, option.correct) for option in self.options)
        content = json.dumps([self.kind, self.rule, self.fact_id, self.stem, options], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:32]
