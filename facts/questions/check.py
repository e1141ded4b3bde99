"""Is a fact fit to be asked? Faults are found here once, for files, the admin and the command line alike."""

import re
from dataclasses import dataclass

from facts.questions.claims import fill, normalise, quantity
from facts.questions.content import GAP, Fact

MAX_STATEMENT = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a fact, as a sentence for its author."""

    field: str
    message: str


def find_faults(fact: Fact) -> list[Fault]:
    """Everything that keeps sound questions from being made of the fact; empty for a good fact."""
    faults = [*_statement_faults(fact.statement)]
    own = normalise(fact.statement)
    seen: set[str] = set()
    for index, statement in enumerate(fact.false_statements, 1):
        field = f"false_statements[{index}]"
        key = normalise(statement.text)
        if not key:
            faults.append(Fault(field, "is empty"))
        elif key == own:
            faults.append(Fault(field, "says the same as the statement, which is true"))
        elif key in seen:
            faults.append(Fault(field, "says the same as another false statement"))
        seen.add(key)
    for index, _ in enumerate(fact.blanks, 1):
        faults += _blank_faults(fact, index)
    for index, scenario in enumerate(fact.scenarios, 1):
        field = f"scenario[{index}]"
        if not scenario.stem.strip():
            faults.append(Fault(f"{field}.stem", "is empty"))
        if not scenario.answer.strip():
            faults.append(Fault(f"{field}.answer", "is empty"))
        if not scenario.answer_why.strip():
            faults.append(Fault(f"{field}.answer_why", "is empty: say why the answer is right"))
        if len(scenario.distractors) < 3:
            faults.append(Fault(f"{field}.distractor", f"has {len(scenario.distractors)} entries, needs 3 or more"))
        texts = [scenario.answer, *(distractor.text for distractor in scenario.distractors)]
        if len({normalise(text) for text in texts}) < len(texts):
            faults.append(Fault(f"{field}.distractor", "has two options that say the same"))
        for number, distractor in enumerate(scenario.distractors, 1):
            if not distractor.text.strip():
                faults.append(Fault(f"{field}.distractor[{number}].text", "is empty"))
            if not distractor.why.strip():
                faults.append(Fault(f"{field}.distractor[{number}].why", "is empty: say why it is wrong"))
    return faults


def _statement_faults(statement: str) -> list[Fault]:
    faults = []
    if len(statement) > MAX_STATEMENT:
        return [Fault("statement", f"has {len(statement)} characters, at most {MAX_STATEMENT} can be asked")]
    if not statement.strip():
        return [Fault("statement", "is empty")]
    if re.search(r"[\x00-\x1f\x7f]", statement):
        faults.append(Fault("statement", "has a line break or a control character"))
    if GAP in statement:
        faults.append(Fault("statement", f"contains {GAP!r}, which marks a blank"))
    if len(statement.split()) < 4:
        faults.append(Fault("statement", "is too short to be a statement: write one whole sentence"))
    if statement.rstrip().endswith("?"):
        faults.append(Fault("statement", "is a question: write what is true"))
    return faults


def _blank_faults(fact: Fact, index: int) -> list[Fault]:
    blank = fact.blanks[index - 1]
    field = f"blank[{index}]"
    faults = []
    if not blank.answer.strip():
        return [Fault(f"{field}.answer", "is empty")]
    count = fact.statement.count(blank.answer)
    if count == 0:
        faults.append(Fault(f"{field}.answer", f"{blank.answer!r} does not stand in the statement, letter for letter"))
    elif count > 1:
        faults.append(Fault(f"{field}.answer", f"{blank.answer!r} stands in the statement {count} times"))
    if len(blank.distractors) < 3:
        faults.append(Fault(f"{field}.distractors", f"has {len(blank.distractors)} entries, needs 3 or more"))
    texts = [blank.answer, *blank.distractors]
    keys = [normalise(text) for text in texts]
    values = [quantity(text) or key for text, key in zip(texts, keys, strict=True)]
    for number, (text, key) in enumerate(zip(texts[1:], keys[1:], strict=True), 1):
        if not key:
            faults.append(Fault(f"{field}.distractors[{number}]", "is empty"))
        elif values[number] in values[:number]:
            faults.append(Fault(f"{field}.distractors[{number}]", f"{text!r} means the same as another option"))
        elif normalise(fill(fact, blank, text)) == normalise(fact.statement):
            faults.append(Fault(f"{field}.distractors[{number}]", f"{text!r} leaves the statement true"))
    return faults
