"""Records of the pure rooms with plain defaults, and the shipped bank. Nothing here touches a database."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from facts.exchange.records import Bank
from facts.exchange.toml import parse_bank
from facts.learning.selection import Candidate
from facts.questions.content import (
    GAP,
    Blank,
    Distractor,
    Fact,
    FalseStatement,
    Kind,
    Option,
    Question,
    Scenario,
    Service,
)
from facts.questions.generate import SET_KINDS, generate
from facts.questions.kinds import EXACT

S3 = Service("s3", "Amazon S3", "Storage")
EBS = Service("ebs", "Amazon EBS", "Storage")
EC2 = Service("ec2", "Amazon EC2", "Compute")
DATA = Path(__file__).parent.parent / "facts" / "data"


def make_fact(
    id: str = "s3-hours",
    statement: str = "Amazon S3 keeps the log for 24 hours.",
    *,
    service: Service = S3,
    explanation: str = "",
    false_statements: Iterable[str | FalseStatement] = (),
    blanks: tuple[Blank, ...] = (),
    scenarios: tuple[Scenario, ...] = (),
) -> Fact:
    false = tuple(FalseStatement(text) if isinstance(text, str) else text for text in false_statements)
    return Fact(id, statement, (service,), explanation, false, blanks, scenarios)


def make_blank(answer: str = "24 hours", distractors: Iterable[str] = ("1 hour", "7 days", "30 days")) -> Blank:
    return Blank(answer, tuple(distractors))


def make_scenario(
    stem: str = "Entries vanish from the log. Why?",
    answer: str = "They expired",
    answer_why: str = "The log keeps a day.",
    distractors: Iterable[str] = ("A quota was hit", "A key was lost", "A role was missing"),
) -> Scenario:
    return Scenario(stem, answer, answer_why, tuple(Distractor(text, f"Not: {text}.") for text in distractors))


def make_facts(count: int, *, service: Service = S3, prefix: str = "fact", false: int = 2) -> list[Fact]:
    """Facts about one service, each with ``false`` false statements that name it."""
    return [
        make_fact(
            f"{prefix}-{number}",
            f"{service.name} has the true property {prefix} {number}.",
            service=service,
            false_statements=[f"{service.name} has the false property {prefix} {number} {n}." for n in range(false)],
        )
        for number in range(count)
    ]


def make_question(
    kind: Kind = Kind.WHICH_TRUE,
    options: tuple[Option, ...] = (),
    *,
    stem: str = "Which statement is true?",
    fact_id: str = "s3-hours",
) -> Question:
    return Question(kind, "rule/1", True, fact_id, stem, options)


def make_option(text: str, correct: bool = False, *, why: str = "So it is.", fact_id: str = "s3-hours") -> Option:
    return Option(text, correct, why, fact_id)


def make_candidate(
    id: int, fact_id: int, kind: Kind = Kind.FILL_BLANK, *, key: str = "", shown: Iterable[int] = (), asked: int = 0
) -> Candidate:
    return Candidate(id, fact_id, kind, key, frozenset({fact_id, *shown}), asked)


def make_questions(facts: Iterable[Fact], kind: Kind | None = None, **options: object) -> list[Question]:
    made = [made for made in generate(list(facts), **options) if isinstance(made, Question)]
    return [question for question in made if kind is None or question.kind == kind]


@cache
def shipped_bank() -> Bank:
    return parse_bank({path.name: path.read_bytes() for path in sorted(DATA.glob("*.toml"))})


@cache
def shipped_questions() -> tuple[Question, ...]:
    return tuple(make_questions(record.fact for record in shipped_bank().facts))


def false_claims_in(question: Question) -> list[str]:
    """What the question tells the player is false."""
    if question.kind is Kind.TRUE_FALSE:
        return [] if question.options[0].correct else [question.stem]
    if question.kind is Kind.FILL_BLANK:
        stem = question.stem.removeprefix(EXACT).strip()
        return [stem.replace(GAP, option.text) for option in question.options if not option.correct]
    if question.kind in SET_KINDS:
        keys_are_true = question.kind is not Kind.WHICH_FALSE
        return [option.text for option in question.options if option.correct != keys_are_true]
    return []
