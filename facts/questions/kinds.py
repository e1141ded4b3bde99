"""One function for each kind of question. They say what is asked; ``generate`` says from which facts."""

from collections.abc import Sequence
from random import Random

from facts.questions.claims import claim_key, fill
from facts.questions.content import GAP, Blank, Fact, FalseStatement, Kind, Option, Question, Scenario
from facts.questions.sets import StatementSet, why_false, why_true

# A change of a rule's wording or logic raises its version: the questions that it made are then made anew.
RULES = {
    Kind.TRUE_FALSE: "statement/1",
    Kind.FILL_BLANK: "blank/1",
    Kind.WHICH_TRUE: "one-true/2",
    Kind.WHICH_FALSE: "one-false/2",
    Kind.CHOOSE_TWO: "two-true/2",
    Kind.SCENARIO: "scenario/1",
}
MAX_OPTIONS = 4
CHOOSE_TWO_OPTIONS = 5


def true_statement(fact: Fact) -> Question:
    """Is the fact's statement true? Yes."""
    return _true_false(fact, fact.statement, True, why_true(fact), "The statement is true as it stands.")


def false_statement(fact: Fact, false: FalseStatement) -> Question:
    """Is one of the fact's false statements true? No."""
    return _true_false(fact, false.text, False, "The statement is false as it stands.", why_false(fact, false))


def _true_false(fact: Fact, claim: str, is_true: bool, why_true: str, why_false: str) -> Question:
    options = (
        Option("True", is_true, why_true, fact.id),
        Option("False", not is_true, why_false, fact.id),
    )
    return Question(Kind.TRUE_FALSE, RULES[Kind.TRUE_FALSE], True, fact.id, claim, options)


def fill_blank(fact: Fact, blank: Blank, distractors: Sequence[str], rng: Random) -> Question:
    """Which of these belongs in the blank? ``distractors`` are those of the blank that may be used."""
    # Which distractor is left out is drawn at random: where the key stands by length or value among all of them is
    # then carried over to the options as they are, so that neither is a clue.
    chosen = rng.sample(distractors, MAX_OPTIONS - 1)
    options = [Option(blank.answer, True, why_true(fact), fact.id)]
    options += [Option(text, False, f"The fact has “{blank.answer}” here.", fact.id) for text in chosen]
    rng.shuffle(options)
    stem = fill(fact, blank, GAP)
    return Question(Kind.FILL_BLANK, RULES[Kind.FILL_BLANK], True, fact.id, stem, tuple(options))


def scenario(fact: Fact, source: Scenario, rng: Random) -> Question:
    """The fact as the exam would ask it."""
    chosen = rng.sample(source.distractors, min(MAX_OPTIONS - 1, len(source.distractors)))
    options = [Option(source.answer, True, source.answer_why, fact.id)]
    options += [Option(distractor.text, False, distractor.why, fact.id) for distractor in chosen]
    rng.shuffle(options)
    return Question(Kind.SCENARIO, RULES[Kind.SCENARIO], True, fact.id, source.stem, tuple(options))


def statement_set(kind: Kind, chosen: StatementSet, about: str, rng: Random) -> Question:
    """A choice among whole statements; the question is about the fact of the first key.

    ``about`` is a service's name, or empty for statements of a whole family.
    """
    subject = f" about {about}" if about else ""
    stem = {
        Kind.WHICH_TRUE: f"Which statement{subject} is true?",
        Kind.WHICH_FALSE: f"Which statement{subject} is false?",
        Kind.CHOOSE_TWO: f"Which two statements{subject} are true?",
    }[kind]
    options = [
        Option(
            statement.text, is_key, f"{'True' if statement.is_true else 'False'}. {statement.why}", statement.fact_id
        )
        for statements, is_key in ((chosen.keys, True), (chosen.distractors, False))
        for statement in statements
    ]
    rng.shuffle(options)
    return Question(kind, RULES[kind], True, chosen.keys[0].fact_id, stem, tuple(options))


def usable_distractors(fact: Fact, blank: Blank, truths: frozenset[str]) -> list[str]:
    """The blank's distractors, without those that turn the statement into what another fact says is true."""
    return [text for text in blank.distractors if claim_key(fill(fact, blank, text)) not in truths]
