"""One function for each kind of question. They say what is asked; ``generate`` says from which facts."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

from facts.questions.claims import fill
from facts.questions.content import (
    GAP,
    WRITTEN,
    Blank,
    Fact,
    FalseStatement,
    Kind,
    Option,
    Question,
    Scenario,
    TrueStatement,
)
from facts.questions.derive import blank_change
from facts.questions.quantities import quantity
from facts.questions.sets import StatementSet, choose_fair, draw_places, why_false, why_true
from facts.questions.truths import Truths

# A change of a rule's wording or logic raises its version: the questions that it made are then made anew.
RULES = {
    Kind.TRUE_FALSE: "statement/2",
    Kind.FILL_BLANK: "blank/2",
    Kind.WHICH_TRUE: "one-true/3",
    Kind.WHICH_FALSE: "one-false/3",
    Kind.CHOOSE_TWO: "two-true/3",
    Kind.SCENARIO: "scenario/2",
}
MAX_OPTIONS = 4
CHOOSE_TWO_OPTIONS = 5


def true_statement(fact: Fact, true: TrueStatement | None = None) -> Question:
    """Is the fact's statement (or another true claim that a rule made of it) true? Yes."""
    text, rule = (true.text, true.rule) if true else (fact.statement, RULES[Kind.TRUE_FALSE])
    question = _true_false(fact, text, True, why_true(fact), "The statement is true as it stands.", rule)
    return replace(question, is_derived=true is not None)


def false_statement(fact: Fact, false: FalseStatement) -> Question:
    """Is one of the fact's false statements true? No."""
    rule = false.rule or RULES[Kind.TRUE_FALSE]
    question = _true_false(
        fact, false.text, False, "The statement is false as it stands.", why_false(fact, false), rule
    )
    is_derived = false.rule != WRITTEN and not false.is_approved
    return replace(question, sound=false.is_sound, is_derived=is_derived, change=false.change)


def _true_false(fact: Fact, claim: str, is_true: bool, why_true: str, why_false: str, rule: str) -> Question:
    options = (
        Option("True", is_true, why_true, fact.id),
        Option("False", not is_true, why_false, fact.id),
    )
    return Question(Kind.TRUE_FALSE, rule, True, fact.id, claim, options)


def fill_blank(fact: Fact, blank: Blank, distractors: Sequence[str], rng: Random) -> Question:
    """Which of these belongs in the blank? ``distractors`` are those of the blank that may be used."""
    stem = fill(fact, blank, GAP)
    chosen = _choose_fillings(stem, blank, distractors, rng)
    options = [Option(blank.answer, True, why_true(fact), fact.id)]
    options += [
        Option(text, False, f"Not \u201c{text}\u201d: the fact has \u201c{blank.answer}\u201d here.", fact.id)
        for text in chosen
    ]
    rng.shuffle(options)
    if blank.rule != WRITTEN:
        stem = f"{EXACT} {stem}"
    return Question(
        Kind.FILL_BLANK,
        blank.rule or RULES[Kind.FILL_BLANK],
        blank.is_sound,
        fact.id,
        stem,
        tuple(options),
        is_derived=blank.rule != WRITTEN,
        change=blank_change(blank.answer) if blank.rule != WRITTEN else "",
    )


EXACT = "Which is the exact value?"


def _choose_fillings(stem: str, blank: Blank, distractors: Sequence[str], rng: Random) -> list[str]:
    """Three of the distractors: of amounts such that the key has the rank that was drawn, else the fairest."""
    count = MAX_OPTIONS - 1
    key = quantity(blank.answer)
    values = [(quantity(text), text) for text in distractors]
    if key and all(value and value[0] == key[0] for value, _ in values):
        smaller = [text for value, text in values if value and value[1] < key[1]]
        larger = [text for value, text in values if value and value[1] > key[1]]
        ranks = [rank for rank in range(MAX_OPTIONS) if rank <= len(smaller) and count - rank <= len(larger)]
        if ranks:
            rank = rng.choice(ranks)
            return rng.sample(smaller, rank) + rng.sample(larger, count - rank)
    sets = list(combinations(distractors, count))
    rng.shuffle(sets)
    fair = choose_fair(
        sets, lambda texts: (stem, [blank.answer, *texts], [True] + [False] * count), draw_places(1, MAX_OPTIONS, rng)
    )
    return list(fair or ())


def scenario(fact: Fact, source: Scenario, rng: Random) -> Question:
    """The fact as the exam would ask it."""
    count = min(MAX_OPTIONS - 1, len(source.distractors))
    sets = list(combinations(source.distractors, count))
    rng.shuffle(sets)
    chosen = choose_fair(
        sets,
        lambda found: (source.stem, [source.answer, *(one.text for one in found)], [True] + [False] * count),
        draw_places(1, count + 1, rng),
    )
    options = [Option(source.answer, True, source.answer_why, fact.id)]
    options += [Option(distractor.text, False, distractor.why, fact.id) for distractor in chosen or ()]
    rng.shuffle(options)
    return Question(Kind.SCENARIO, RULES[Kind.SCENARIO], True, fact.id, source.stem, tuple(options))


def set_stem(kind: Kind, about: str) -> str:
    """What a set question asks; ``about`` is a service's name, or empty for statements of a whole family."""
    subject = f" about {about}" if about else ""
    return {
        Kind.WHICH_TRUE: f"Which statement{subject} is true?",
        Kind.WHICH_FALSE: f"Which statement{subject} is FALSE?",
        Kind.CHOOSE_TWO: f"Which two statements{subject} are true?",
    }[kind]


def statement_set(kind: Kind, chosen: StatementSet, about: str, rng: Random) -> Question:
    """A choice among whole statements; the question is about the fact of the first key."""
    options = [
        Option(
            statement.text, is_key, f"{'True' if statement.is_true else 'False'}. {statement.why}", statement.fact_id
        )
        for statements, is_key in ((chosen.keys, True), (chosen.distractors, False))
        for statement in statements
    ]
    rng.shuffle(options)
    is_derived = any(statement.is_derived for statement in (*chosen.keys, *chosen.distractors))
    stem = set_stem(kind, about)
    return Question(kind, RULES[kind], True, chosen.keys[0].fact_id, stem, tuple(options), is_derived=is_derived)


def usable_distractors(fact: Fact, blank: Blank, truths: Truths) -> list[str]:
    """The blank's distractors, without those that turn the statement into what another fact says is true."""
    return [text for text in blank.distractors if truths.makes_true(fact, fill(fact, blank, text)) is None]
