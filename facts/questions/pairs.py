"""Which true and which false statement of a fact are asked, one of each, so that their wording tells nothing.

False statements tend to be shorter, blunter and more often negative than true ones. With all of them asked, who knows
nothing and says "false" is right three times of four. So each fact is asked by one true and one false claim that look
as much alike as its claims allow, and where a negative stands in one of them only, it is as often the true one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from facts.questions.content import Fact, FalseStatement, TrueStatement

_NEGATIVE = re.compile(r"\b(not|no|never|cannot|nor|neither|none|without)\b|n't\b", re.I)
_ABSOLUTE = re.compile(
    r"\b(always|never|only|all|every|any|each|must|entirely|completely|exactly|both|fully|no)\b", re.I
)
_CUES = (_NEGATIVE, _ABSOLUTE, re.compile(r"\d"), re.compile(r","))
_WEIGHTS = (4.0, 2.0, 1.0, 1.0)
# How often a fact that allows it is asked by a claim and its denial, and not by its statement and a change of it. A
# rule that makes a positive fact false adds "does not" or "is not", while facts with "cannot" lose it: so there "does
# not" and "is not" have to stand in what is true, and "cannot" in what is false. The shares are measured on facts of
# all kinds.
DENIED_SHARE = 1.0
UNDENIED_SHARE = 0.9
# How often such a fact is asked by a second pair, since facts that can only be denied outnumber those that allow it.
SECOND_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Pair:
    """A true claim (None: the statement itself) and a false one of one fact."""

    true: TrueStatement | None
    false: FalseStatement


def choose_pairs(fact: Fact, falses: Sequence[FalseStatement], rng: Random) -> list[Pair]:
    """The pairs by which the fact is asked, mostly one. ``falses`` are those of the fact that may be used."""
    if not falses:
        return []
    denied = [true for true in fact.true_statements if _NEGATIVE.search(true.text) and " cannot " not in true.text]
    undenied = [true for true in fact.true_statements if not _NEGATIVE.search(true.text)]
    if denied and rng.random() < DENIED_SHARE:
        count = 2 if len(denied) > 1 and rng.random() < SECOND_SHARE else 1
        return [Pair(true, true.partner) for true in rng.sample(denied, count)]
    if undenied and rng.random() < UNDENIED_SHARE:
        # Its partner alone: that it "can hold 10" where it can hold 20 is true, but reads like a limit.
        return [Pair(None, rng.choice(undenied).partner)]
    # By how many words the false one shall be longer: as often longer as shorter.
    wanted = rng.choice((-2, -1, 0, 0, 1, 2))
    costs = [_cost(fact.statement, false.text, wanted) for false in falses]
    lowest = min(costs)
    return [Pair(None, rng.choice([false for false, own in zip(falses, costs, strict=True) if own == lowest]))]


def _cost(true: str, false: str, wanted: int) -> float:
    """How different the two look."""
    cues = sum(
        weight * abs(len(cue.findall(true)) - len(cue.findall(false)))
        for cue, weight in zip(_CUES, _WEIGHTS, strict=True)
    )
    return cues + abs(len(false.split()) - len(true.split()) - wanted) / 2
