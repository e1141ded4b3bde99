"""Is a fact fit to be asked? Faults are found here once, for files, the admin and the command line alike."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from facts.questions.claims import fill, normalise, same_option
from facts.questions.content import GAP, Blank, Fact, Scenario

MAX_STATEMENT = 300
MAX_STORY = 1500
MAX_REASON = 600
MIN_DISTRACTORS, MAX_DISTRACTORS = 3, 8


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a fact, as a sentence for its author."""

    field: str
    message: str


def find_faults(fact: Fact) -> list[Fault]:
    """Everything that keeps sound questions from being made of the fact; empty for a good fact."""
    faults = _statement_faults(fact.statement)
    own = normalise(fact.statement)
    seen: set[str] = set()
    for index, statement in enumerate(fact.false_statements, 1):
        field = f"false_statements[{index}]"
        key = normalise(statement.text)
        faults += _text_faults(field, statement.text)
        faults += _reason_faults(f"{field}.why", statement.why)
        if key == own:
            faults.append(Fault(field, "says the same as the statement, which is true"))
        elif key in seen:
            faults.append(Fault(field, "says the same as another false statement"))
        seen.add(key)
    for index, blank in enumerate(fact.blanks, 1):
        faults += _blank_faults(fact, blank, f"blank[{index}]")
    for index, scenario in enumerate(fact.scenarios, 1):
        faults += _scenario_faults(scenario, f"scenario[{index}]")
    return faults


def _text_faults(field: str, text: str, longest: int = MAX_STATEMENT) -> list[Fault]:
    if len(text) > longest:
        return [Fault(field, f"has {len(text)} characters, at most {longest} can be asked")]
    if not normalise(text):
        return [Fault(field, "is empty")]
    faults = []
    # Line breaks, control characters, and marks that no reader sees but that turn or split words.
    if any(unicodedata.category(character) in ("Cc", "Cf") for character in text):
        faults.append(Fault(field, "has a line break, or a control or invisible character"))
    if GAP in text:
        faults.append(Fault(field, f"contains {GAP!r}, which marks a blank"))
    return faults


def _statement_faults(statement: str) -> list[Fault]:
    faults = _text_faults("statement", statement)
    if len(statement) > MAX_STATEMENT or not statement.strip():
        return faults
    if len(statement.split()) < 4:
        faults.append(Fault("statement", "is too short to be a statement: write one whole sentence"))
    if statement.rstrip().endswith("?"):
        faults.append(Fault("statement", "is a question: write what is true"))
    return faults


def _blank_faults(fact: Fact, blank: Blank, field: str) -> list[Fault]:
    if not blank.answer.strip():
        return [Fault(f"{field}.answer", "is empty")]
    count = fact.statement.count(blank.answer)
    if count == 0:
        return [Fault(f"{field}.answer", f"{blank.answer!r} does not stand in the statement, letter for letter")]
    faults = []
    if count > 1:
        faults.append(Fault(f"{field}.answer", f"{blank.answer!r} stands in the statement {count} times"))
    elif not re.search(rf"(?<!\w){re.escape(blank.answer)}(?!\w)", fact.statement):
        faults.append(Fault(f"{field}.answer", f"{blank.answer!r} is part of a word of the statement"))
    faults += _number_faults(f"{field}.distractors", blank.distractors)
    options = [blank.answer]
    for number, text in enumerate(blank.distractors, 1):
        place = f"{field}.distractors[{number}]"
        if found := _text_faults(place, text):
            faults += found
        elif any(same_option(text, other) for other in options):
            faults.append(Fault(place, f"{text!r} means the same as another option"))
        elif normalise(fill(fact, blank, text)) == normalise(fact.statement):
            faults.append(Fault(place, f"{text!r} leaves the statement true"))
        options.append(text)
    return faults


def _scenario_faults(scenario: Scenario, field: str) -> list[Fault]:
    faults = _text_faults(f"{field}.stem", scenario.stem, MAX_STORY)
    faults += _text_faults(f"{field}.answer", scenario.answer)
    if not scenario.answer_why.strip():
        faults.append(Fault(f"{field}.answer_why", "is empty: say why the answer is right"))
    faults += _reason_faults(f"{field}.answer_why", scenario.answer_why)
    faults += _number_faults(f"{field}.distractor", scenario.distractors)
    options = [scenario.answer]
    for number, distractor in enumerate(scenario.distractors, 1):
        place = f"{field}.distractor[{number}]"
        if found := _text_faults(f"{place}.text", distractor.text):
            faults += found
        elif any(same_option(distractor.text, other) for other in options):
            faults.append(Fault(f"{place}.text", f"{distractor.text!r} means the same as another option"))
        if not distractor.why.strip():
            faults.append(Fault(f"{place}.why", "is empty: say why it is wrong"))
        faults += _reason_faults(f"{place}.why", distractor.why)
        options.append(distractor.text)
    return faults


def _reason_faults(field: str, why: str) -> list[Fault]:
    if len(why) <= MAX_REASON:
        return []
    return [Fault(field, f"has {len(why)} characters, at most {MAX_REASON} are shown")]


def _number_faults(field: str, distractors: Sequence[object]) -> list[Fault]:
    if len(distractors) < MIN_DISTRACTORS:
        return [Fault(field, f"has {len(distractors)} entries, needs {MIN_DISTRACTORS} or more")]
    if len(distractors) > MAX_DISTRACTORS:
        return [Fault(field, f"has {len(distractors)} entries, at most {MAX_DISTRACTORS} are of use")]
    return []
