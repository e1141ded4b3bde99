"""What else could stand in a blank: distractors to propose to the author, who takes or leaves each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from facts.questions.articles import fits_article
from facts.questions.check import find_faults
from facts.questions.claims import fill, mentions, normalise, same_option
from facts.questions.content import Blank, Fact
from facts.questions.quantities import Found, find_quantities, other_values
from facts.questions.solvers import content_words
from facts.questions.truths import Truths

MOST = 8
_MOST_OF_A_SORT = {"amount": 6, "service": 6, "blank": 6}


class Source(StrEnum):
    """Where a suggestion comes from, the best first."""

    AMOUNT = "amount"  # another amount of the same kind
    SERVICE = "service"  # a service of the same family
    BLANK = "blank"  # what stands in the blanks of facts alike


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    source: Source
    origin: str  # for the author: the fact it stands in, or the family; empty for a usual amount


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that stands, or could stand, in a blank of another fact."""

    text: str
    fact: str  # its statement
    is_near: bool  # the fact is about the same service


def suggest_distractors(
    fact: Fact, answer: str, *, services: Iterable[str], seen: Sequence[Seen], truths: Truths
) -> list[Suggestion]:
    """At most ``MOST`` distractors for a blank of ``answer``, the likeliest first; none that a fact says is true.

    ``services`` are the names in the fact's family, ``seen`` what stands in the blanks of facts about its services and
    their families. Each suggestion fits the words around the gap and is the same as no other, nor as the answer.
    """
    blank = Blank(answer, ())
    before = fact.statement.partition(answer)[0]
    rest = fact.statement.replace(answer, " ", 1)
    taken: list[str] = [answer]
    counts: dict[str, int] = {}
    found: list[Suggestion] = []
    for candidate in _candidates(fact, answer, services, seen):
        text = candidate.text
        if (
            len(found) == MOST
            or counts.get(candidate.source, 0) == _MOST_OF_A_SORT[candidate.source]
            or any(same_option(text, other) for other in taken)
            or not fits_article(before, text)
            or mentions(rest, text)
            or normalise(fill(fact, blank, text)) == normalise(fact.statement)
            or truths.makes_true(fact, fill(fact, blank, text)) is not None
        ):
            continue
        taken.append(text)
        counts[candidate.source] = counts.get(candidate.source, 0) + 1
        found.append(candidate)
    return found


def _candidates(fact: Fact, answer: str, services: Iterable[str], seen: Sequence[Seen]) -> Iterator[Suggestion]:
    amounts = list(find_quantities(answer))
    if amounts:
        # Beside an amount, only other amounts are no give-away.
        if len(amounts) == 1:
            yield from _other_amounts(fact, answer, amounts[0], seen)
        return
    names = sorted(services)
    if own := next((name for name in names if same_option(name, answer)), ""):
        yield from (Suggestion(name, Source.SERVICE, fact.service.family) for name in names if name != own)
        return
    yield from _alike(answer, seen)


def _other_amounts(fact: Fact, answer: str, amount: Found, seen: Sequence[Seen]) -> Iterator[Suggestion]:
    """Amounts of the same kind in other facts, nearest first, then usual ones, on both sides of the answer's."""
    said: dict[Fraction, str] = {}
    for one in seen:
        for other in find_quantities(one.text):
            if other.kind == amount.kind and other.noun.removesuffix("s") == amount.noun.removesuffix("s"):
                said.setdefault(other.value, one.fact)
    usual = {value: said.get(value, "") for value in other_values(amount)}
    values = usual | {value: origin for value, origin in said.items() if value not in usual}
    in_place = next((one for one in find_quantities(fact.statement) if one.value == amount.value), amount)
    beside = [one for one in find_quantities(fact.statement) if one != in_place]

    def rank(value: Fraction) -> tuple[bool, float]:
        ratio = float(value / amount.value) if amount.value else 0.0
        return (not values[value], max(ratio, 1 / ratio) if ratio else 99.0)

    smaller = sorted((value for value in values if value < amount.value), key=rank)
    larger = sorted((value for value in values if value > amount.value), key=rank)
    for index in range(max(len(smaller), len(larger))):
        for side in (smaller, larger):
            if index < len(side) and in_place.keeps_order(side[index], beside):
                value = side[index]
                if written := amount.write(value):
                    text = answer[: amount.start] + written + answer[amount.end :]
                    yield Suggestion(text, Source.AMOUNT, values[value])


def _alike(answer: str, seen: Sequence[Seen]) -> Iterator[Suggestion]:
    """What looks like the answer: about as long, beginning and ending in the same way, of the same service first."""
    own_words, own = answer.split(), content_words(answer)

    def rank(one: Seen) -> tuple[int, bool, int, str]:
        words = one.text.split()
        is_same_head = words[-1].casefold() == own_words[-1].casefold()
        is_same_start = words[0][:1].isupper() == own_words[0][:1].isupper()
        likeness = 2 * is_same_head + is_same_start + bool(own & content_words(one.text))
        return (-likeness, not one.is_near, abs(len(words) - len(own_words)), one.text)

    fitting = [
        one
        for one in seen
        if one.text.strip()
        and abs(len(one.text.split()) - len(own_words)) <= 1 + len(own_words) // 2
        and not any(find_quantities(one.text))
        and _shape(one.text) == _shape(answer)
        and (
            one.is_near or one.text.split()[-1].casefold() == own_words[-1].casefold() or own & content_words(one.text)
        )
    ]
    for one in sorted(fitting, key=rank):
        yield Suggestion(one.text, Source.BLANK, one.fact)


_ARTICLES = frozenset("a an the one".split())
_OPENERS = frozenset(
    """
    after and as at before both but by during for from if in into neither not of on only or over per since through to
    under unless until up when where while with within without
    """.split()
)


def _shape(text: str) -> tuple[str, bool, str]:
    """How a text begins and ends: what does not share it would not fit into the sentence."""
    first, last = text.split()[0], text.split()[-1].casefold()
    low = first.casefold()
    opener = "a" if low in _ARTICLES else low if low in _OPENERS else ""
    ending = next((ending for ending in ("ly", "ing", "ed", "s") if last.endswith(ending)), "")
    return opener, first[:1].isupper(), ending


def whole_name(statement: str, answer: str, names: Iterable[str]) -> str:
    """The longest of ``names`` that stands in the statement and of which ``answer`` is only a part; else empty.

    What stands for a part of a name would make another name, and there is seldom one.
    """
    place = statement.find(answer)
    for name in sorted(names, key=lambda name: (-len(name), name)):
        start = statement.find(name)
        if 0 <= start <= place and place + len(answer) <= start + len(name) and len(answer) < len(name):
            return name
    return ""


def why_no_blank(fact: Fact, answer: str) -> str:
    """What speaks against a blank of these words, as a sentence for the author; empty if nothing does."""
    faults = find_faults(replace(fact, false_statements=(), scenarios=(), blanks=(Blank(answer, ()),)))
    messages = [fault.message for fault in faults if fault.field == "blank[1].answer"]
    return f"{messages[0][:1].upper()}{messages[0][1:]}." if messages else ""
