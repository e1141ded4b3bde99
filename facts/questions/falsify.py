"""Transformations: from a true statement to one that is surely false, each with the logic that makes it so.

Every transformation names what was changed from what to what, and the relation in which the new statement stands to
the fact. Sound rules serve players at once; what might hold beside the fact waits until a person has said that it does
not (``is_sound``). The rules stand by topic in ``amounts``, ``wording`` and ``polarity``.
"""

import re
from collections.abc import Iterable, Iterator

from facts.questions.amounts import bound_rule, limit_denials, quantity_rule
from facts.questions.polarity import last_verb_rule, negate, no_longer_rule, no_rule, polarity_rule, until_rule
from facts.questions.reading import Form, Reading
from facts.questions.scopes import has_tail_verbs
from facts.questions.transformations import Denial, Relation, Rule, RuleName, Transformation, rewrite
from facts.questions.verbs import THIRD_PERSON
from facts.questions.wording import (
    always_rule,
    antonym_rule,
    instead_rule,
    name_rule,
    only_rule,
    order_rule,
    superlative_rule,
    unless_rule,
    verb_rule,
    without_rule,
)

# The order in which they are tried: the least conspicuous change first, the plain denial last.
RULES: tuple[Rule, ...] = (
    quantity_rule,
    bound_rule,
    unless_rule,
    antonym_rule,
    superlative_rule,
    order_rule,
    no_longer_rule,
    until_rule,
    no_rule,
    without_rule,
    name_rule,
    verb_rule,
    always_rule,
    instead_rule,
    only_rule,
    polarity_rule,
    last_verb_rule,
)
RULE_NAMES = frozenset(name.value for name in RuleName)


def transformations(reading: Reading) -> Iterator[Transformation]:
    """Every transformation that the rules make of a reading, the least conspicuous first.

    A reading with doubts gives the same ones, for a person to confirm: it is the caller who holds them back.
    """
    if reading.main is None:
        return
    seen = {reading.statement}
    for rule in RULES:
        for found in rule(reading):
            if found.text not in seen:
                seen.add(found.text)
                yield found


def denials(reading: Reading) -> Iterator[Denial]:
    """Claims about other amounts than the fact's own, with and without "not".

    "can use up to five": cannot use ten, can use three. "defaults to 30 seconds": does not default to 60 seconds.
    """
    clause, statement = reading.main, reading.statement
    if clause is None or reading.contrast or has_tail_verbs(reading):
        return
    yield from limit_denials(reading)
    negated = [change for change in negate(reading, clause) if change.end < len(statement)]
    if not negated or clause.verb == "must" or re.match(r"(every|each|all)\b", statement[clause.start :], re.I):
        return
    if re.search(r"\balways\b", statement):
        return
    # With a negative to deny: what is contrary to the fact is not so.
    contraries = (*quantity_rule(reading), *antonym_rule(reading), *name_rule(reading))
    for change in verb_rule(reading):
        verb = THIRD_PERSON[change.after] if clause.form is Form.THIRD else change.after
        auxiliary = "does not" if clause.form is Form.THIRD else "do not"
        text = f"{change.text[: change.start]}{auxiliary} {verb}{change.text[change.start + len(change.after) :]}"
        yield Denial(text, change, True)
    for change in contraries:
        if re.search(r"\b(limited|capped|restricted) (?:to|at)\s+$", statement[: change.start]):
            continue  # what is limited to 10 is also limited to 20
        if re.search(r"[,;:]|\b(and|but|or|so|while)\b", statement[negated[0].end : change.start]):
            continue  # the amount may stand in a second clause, which the "not" does not reach
        if change.relation in (Relation.FUNCTIONAL_VALUE, Relation.CONTRARY) and change.start >= negated[0].end:
            no = negated[0]
            yield Denial(change.text[: no.start] + no.after + change.text[no.end :], change, True)


def sibling_changes(reading: Reading, name: str, siblings: Iterable[str]) -> Iterator[Transformation]:
    """The same said of another service of the family; never sound.

    It may well hold of both services, so a person has to say that it does not.
    """
    for known in (name, re.sub(r"^(Amazon|AWS|Azure|Google) ", "", name)):
        match = re.search(rf"(?<!\w){re.escape(known)}(?!\w)", reading.statement)
        if match:
            for other in siblings:
                start, end = match.span()
                yield rewrite(reading, RuleName.SIBLING, start, end, other, Relation.SIBLING, is_sound=False)
            return
