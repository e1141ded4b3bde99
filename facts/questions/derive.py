"""What rules add to a plain fact, so that it can be asked like one that an editor has prepared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from facts.questions.amounts import usable_quantities
from facts.questions.articles import fits_article
from facts.questions.claims import false_claims
from facts.questions.content import GAP, Blank, Fact, FalseStatement, TrueStatement
from facts.questions.falsify import denials, sibling_changes, transformations
from facts.questions.gate import find_refusals, open_contractions, place_when_opened
from facts.questions.quantities import find_quantities, other_values
from facts.questions.reading import Reading, confirm, read
from facts.questions.transformations import RuleName, Transformation
from facts.questions.truths import Truths

MAX_FALSE = 4
CLOZE_RULE = "exact-value/1"


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact with what rules made of it; why nothing more could be made, and what its author could confirm."""

    fact: Fact
    refusals: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    reading: Reading | None = None
    withheld: tuple[str, ...] = ()  # why single changes were not used


def derive(fact: Fact, truths: Truths, siblings: Sequence[str] = ()) -> Derived:
    """Add false statements, blanks and true variants to the fact where its editor wrote none.

    What another fact makes true is left out. Where the reading is in doubt, what is added is not sound: it waits until
    the author has confirmed the verb. ``siblings`` are names of other services of the family, for a fact of which
    nothing sure can be made. Same arguments, same result.
    """
    refusals = find_refusals(fact.statement)
    if refusals:
        return Derived(fact, refusals=tuple(refusals))
    reading = read_fact(fact)
    verdicts = {(verdict.rule, verdict.change): verdict.is_yes for verdict in fact.verdicts}
    falses: list[FalseStatement] = []
    withheld: list[str] = []
    changes = []
    if not fact.false_statements:
        for change in transformations(reading):
            verdict = verdicts.get((change.rule, describe(change)))
            if verdict is False:
                continue
            other = truths.makes_true(fact, change.text)
            if other is not None:
                withheld.append(f"\u201c{change.text}\u201d may be true: another fact says so")
                continue
            if change.value is not None and truths.has_value(fact, *change.value):
                continue
            changes.append(change)
        # Another value is a better falsehood than a "not": as long as there is one, the plain denial is left out.
        is_denial = [change.rule in (RuleName.POLARITY, RuleName.LAST_VERB) for change in changes]
        if not all(is_denial):
            changes = [change for change, is_plain in zip(changes, is_denial, strict=True) if not is_plain]
        if not changes:
            # Nothing sure can be made of it; what a person could approve is offered.
            swaps = sibling_changes(reading, fact.service.name, siblings)
            changes = [
                change
                for change in islice(swaps, 2)
                if verdicts.get((change.rule, describe(change))) is not False
                and truths.makes_true(fact, change.text) is None
            ]
        for change in _choose(changes):
            is_approved = verdicts.get((change.rule, describe(change))) is True
            falses.append(
                FalseStatement(
                    change.text,
                    change.why(fact.statement),
                    change.rule,
                    describe(change),
                    is_approved or (reading.is_sure and change.is_sound),
                    is_approved,
                )
            )
    blanks = [] if fact.blanks else _blanks(fact, reading, truths, verdicts)
    trues = _true_statements(fact, reading, truths) if reading.is_sure and not fact.false_statements else []
    derived = replace(
        fact,
        false_statements=fact.false_statements or tuple(falses),
        blanks=fact.blanks or tuple(blanks),
        true_statements=tuple(trues),
    )
    doubts = tuple(dict.fromkeys(reading.doubts)) if not fact.false_statements else ()
    return Derived(derived, (), doubts, reading, tuple(withheld))


def read_fact(fact: Fact) -> Reading:
    """The fact as the rules read it, with its contractions opened, or as its author said."""
    reading = read(open_contractions(fact.statement), [service.name for service in fact.services])
    if fact.confirmed_verb is None:
        return reading
    return confirm(reading, place_when_opened(fact.statement, fact.confirmed_verb))


def describe(change: Transformation) -> str:
    """What was changed from what to what, as a verdict names it."""
    return f"{change.before} > {change.after}"[:200]


def _choose(changes: Sequence[Transformation]) -> list[Transformation]:
    """Some of the changes: one of each rule first, then more of the rules that have several."""
    by_rule: dict[str, list[Transformation]] = {}
    for change in changes:
        by_rule.setdefault(change.rule, []).append(change)
    chosen: list[Transformation] = []
    while len(chosen) < MAX_FALSE and any(by_rule.values()):
        for waiting in by_rule.values():
            if waiting and len(chosen) < MAX_FALSE:
                chosen.append(waiting.pop(0))
    return chosen


def possible_claims(fact: Fact) -> set[str]:
    """Every claim that the fact's questions could ever rely on being false, whatever else is true."""
    claims = set(false_claims(fact))
    if find_refusals(fact.statement) or (fact.false_statements and fact.blanks):
        return claims
    reading = read_fact(fact)
    if not fact.false_statements:
        claims |= {change.text for change in transformations(reading)}
        claims |= {denial.false.text for denial in denials(reading)}
    if not fact.blanks:
        for found in usable_quantities(reading) if reading.statement == fact.statement else ():
            texts = (found.write(value) for value in other_values(found))
            claims |= {fact.statement[: found.start] + text + fact.statement[found.end :] for text in texts if text}
    return claims


def blank_change(answer: str) -> str:
    """What a verdict on a derived blank names."""
    return f"{answer} > {GAP}"[:200]


def _blanks(fact: Fact, reading: Reading, truths: Truths, verdicts: Mapping[tuple[str, str], bool]) -> list[Blank]:
    """A blank for each exact amount that nothing else in the statement gives away."""
    blanks = []
    quantities = list(find_quantities(fact.statement))
    for found in usable_quantities(reading) if reading.statement == fact.statement else ():
        answer = fact.statement[found.start : found.end]
        if fact.statement.count(answer) != 1:
            continue
        numbers = {other.number.casefold() for other in quantities if other != found}
        usable: list[tuple[Fraction, str]] = []
        for value in other_values(found):
            text = found.write(value)
            if (
                text is None
                or not found.keeps_order(value, quantities)
                # In "a default of 30 and a maximum of 90 seconds" the bare number has the unit of the other one.
                or text.split(" ")[0].casefold() in numbers
                or truths.has_value(fact, found.kind, value)
            ):
                continue
            claim = fact.statement[: found.start] + text + fact.statement[found.end :]
            if fits_article(fact.statement[: found.start], text) and truths.makes_true(fact, claim) is None:
                usable.append((value, text))
        smaller = [text for value, text in usable if value < found.value]
        larger = [text for value, text in usable if value > found.value]
        texts = smaller[-3:] + larger[:3]
        # Three on each side, so that the place of the key by size can be drawn; else small values would be the keys.
        verdict = verdicts.get((CLOZE_RULE, blank_change(answer)))
        if len(texts) == 6 and verdict is not False:
            blanks.append(Blank(answer, tuple(texts), CLOZE_RULE, verdict is True or reading.is_sure))
    return blanks


def _true_statements(fact: Fact, reading: Reading, truths: Truths) -> list[TrueStatement]:
    """What must be true if the fact is, each with the false claim that it denies.

    They are there so that a "not" does not tell the false from the true: rules add one to a positive fact to make it
    false, and here stands the same one in what is true.
    """
    found: list[TrueStatement] = []
    for denial in denials(reading):
        change = denial.false
        if truths.makes_true(fact, change.text) or (change.value and truths.has_value(fact, *change.value)):
            continue
        false = FalseStatement(change.text, change.why(fact.statement), change.rule, describe(change))
        rule = RuleName.DENIAL if denial.is_denied else RuleName.LIMIT
        found.append(TrueStatement(denial.true, rule, false))
    return found[:6]
