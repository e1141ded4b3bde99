"""Rules on single words of which one holds and the other then does not: antonyms, verbs, order, names, "only"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from facts.questions.polarity import HARMLESS_IF_POSITIVE, negate
from facts.questions.quantities import find_quantities
from facts.questions.reading import Form, Reading
from facts.questions.scopes import (
    BOUND,
    before_condition,
    find_negatives,
    has_tail_verbs,
    is_main_hedged,
    is_subordinate,
    scope_words,
)
from facts.questions.transformations import Relation, RuleName, Transformation, rewrite
from facts.questions.verbs import THIRD_PERSON, third_person
from facts.questions.words import is_hedged

# Pairs of which one holds and the other then does not: adverbs, and adjectives behind "is" or "are".
_ANTONYMS = [
    ("synchronously", "asynchronously"),
    ("synchronous", "asynchronous"),
    ("stateful", "stateless"),
    ("mutable", "immutable"),
    ("case-sensitive", "case-insensitive"),
    ("connection-oriented", "connectionless"),
    ("strongly consistent", "eventually consistent"),
    ("optional", "mandatory"),
    ("symmetric", "asymmetric"),
    ("unidirectional", "bidirectional"),
    ("single-threaded", "multithreaded"),
    ("column-oriented", "row-oriented"),
    ("enabled by default", "disabled by default"),
    ("on by default", "off by default"),
    ("open by default", "closed by default"),
    ("allowed by default", "denied by default"),
    ("public by default", "private by default"),
    ("encrypted by default", "unencrypted by default"),
    ("ascending", "descending"),
    ("lossy", "lossless"),
    ("a regional service", "a global service"),
    ("a zonal resource", "a regional resource"),
    ("a regional resource", "a global resource"),
    ("big-endian", "little-endian"),
    ("read-only", "writable"),
    ("ordered", "unordered"),
    ("reversible", "irreversible"),
    ("relational", "non-relational"),
    ("billed per second", "billed per hour"),
    ("clockwise", "counterclockwise"),
    ("schemaless", "schema-bound"),
]
_ANTONYM_OF = dict(_ANTONYMS) | {second: first for first, second in _ANTONYMS}
_ANTONYM = re.compile(
    rf"(?<![\w-])({'|'.join(sorted(map(re.escape, _ANTONYM_OF), key=len, reverse=True))})(?![\w-])", re.I
)
_OPEN_VERBS = re.compile(r"\b(can|may|supports?|allows?|provides?|offers?|lets?|enables?|both|either|or)\b", re.I)
# Verbs of which one holds and the other then does not, in the same sentence.
_OTHER_VERB = {
    "accepts": "rejects",
    "includes": "excludes",
    "preserves": "discards",
    "retains": "discards",
    "precedes": "follows",
    "permits": "forbids",
    "shortens": "lengthens",
    "reduces": "increases",
    "lowers": "raises",
    "rejects": "accepts",
    "excludes": "includes",
    "discards": "keeps",
    "denies": "allows",
    "blocks": "allows",
}
_ADJUSTS = re.compile(r"scal|balanc|tun(?:er|ing)|adjust", re.I)
_PORTS = ("22", "25", "53", "80", "123", "443", "3306", "5432", "6379", "8080", "27017")
_NUMBERED = re.compile(
    r"\b(?:uses?|listens? on|operates? at|works? at|runs? on|runs? at|functions? at|over|"
    r"communicates? (?:on|over))\s+"
    r"(?:(?:TCP|UDP|OSI|the)\s+){0,2}(?P<noun>port|layer)\s+(?P<number>\d+)\b(?!\s*(?:,|and|or|to|/|-))",
    re.I,
)
_SUPERLATIVES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "largest": "smallest",
    "smallest": "largest",
    "longest": "shortest",
    "shortest": "longest",
    "highest": "lowest",
    "lowest": "highest",
}
_ORDER_VERBS = re.compile(
    r"\b(runs?|executes?|happens?|occurs?|takes? place|"
    r"(?:is|are) (?:evaluated|applied|invoked|executed|checked|processed|called|run|sent|encrypted|written)|"
    r"evaluates?|applies|apply|invokes?|writes?|encrypts?|decrypts?|sends?|checks?|processes|process|performs?)\b",
    re.I,
)
_UNLESS = re.compile(r"\bunless\b", re.I)
_ALWAYS = re.compile(r"\balways\b")


def antonym_rule(reading: Reading) -> Iterator[Transformation]:
    """ "is stateful" -> "is stateless"."""
    clause = reading.main
    if clause is None or is_main_hedged(reading) or _OPEN_VERBS.search(reading.statement[clause.start :]):
        return
    if find_negatives(reading.statement):
        return
    matches = list(_ANTONYM.finditer(reading.statement, clause.verb_start))
    if len(matches) != 1 or is_subordinate(reading, matches[0].start()):
        return
    match = matches[0]
    is_adverb = match[0].lower().endswith("ly")
    behind = reading.statement[clause.verb_end : match.start()].strip().lower()
    is_predicate = clause.form is Form.BE and behind in ("", "a", "an", "always", "the")
    if not (is_adverb or (clause.form is Form.BE and " by default" in match[0].lower()) or is_predicate):
        return
    after = _ANTONYM_OF[match[0].lower()]
    start = match.start()
    if behind in ("a", "an") and not is_adverb and (behind == "an") != (after[0] in "aeiou"):
        start = match.start() - len(behind) - 1
        after = ("an " if after[0] in "aeiou" else "a ") + after
    yield rewrite(reading, RuleName.ANTONYM, start, match.end(), after, Relation.CONTRARY)


def verb_rule(reading: Reading) -> Iterator[Transformation]:
    """ "accepts" -> "rejects"."""
    clause, statement = reading.main, reading.statement
    if clause is None or clause.form not in (Form.THIRD, Form.BASE) or is_main_hedged(reading):
        return
    third = clause.verb if clause.form is Form.THIRD else third_person(clause.verb)
    other = _OTHER_VERB.get(third)
    rest = statement[clause.verb_end : clause.end]
    if other is None or reading.contrast or has_tail_verbs(reading) or find_negatives(statement):
        return
    if BOUND.search(rest) or re.search(r"\b(or|and|only|either|both|to|from|by)\b|\d", before_condition(rest)):
        return
    if len(rest.split()) < 2 or _ADJUSTS.search(reading.subject):
        return  # "accepts requests": others it may reject; what scales does the one and the other
    if next(find_quantities(rest), None) or re.search(r"\bonly\b", statement):
        return
    after = other if clause.form is Form.THIRD else THIRD_PERSON[other]
    yield rewrite(reading, RuleName.VERB, clause.verb_start, clause.verb_end, after, Relation.CONTRARY)


def always_rule(reading: Reading) -> Iterator[Transformation]:
    """ "always encrypts" -> "never encrypts"."""
    clause, statement = reading.main, reading.statement
    matches = list(_ALWAYS.finditer(statement))
    if clause is None or len(matches) != 1 or find_negatives(statement) or is_main_hedged(reading):
        return
    match = matches[0]
    is_at_verb = match.end() + 1 == clause.verb_start or match.start() == clause.verb_end + 1
    if is_at_verb and not reading.contrast and not has_tail_verbs(reading):
        yield rewrite(reading, RuleName.ALWAYS, match.start(), match.end(), "never", Relation.CONTRARY)


def name_rule(reading: Reading) -> Iterator[Transformation]:
    """ "listens on port 443", "operates at layer 4": the one that is named, not another one."""
    clause, statement = reading.main, reading.statement
    matches = list(_NUMBERED.finditer(statement))
    if clause is None or len(matches) != 1 or find_negatives(statement) or is_main_hedged(reading):
        return
    match = matches[0]
    if match.start() < clause.verb_start or _OPEN_VERBS.search(statement[clause.start : match.start("number")]):
        return
    number = match["number"]
    others: Iterable[str] = _PORTS if match["noun"].lower() == "port" else ("3", "4", "7")
    for other in sorted(
        (other for other in others if other != number), key=lambda other: (len(other) != len(number), other)
    ):
        start, end = match.span("number")
        yield rewrite(reading, RuleName.NAME, start, end, other, Relation.FUNCTIONAL_VALUE)


def superlative_rule(reading: Reading) -> Iterator[Transformation]:
    """ "The maximum X is N": the minimum is not."""
    match = re.match(rf"The ({'|'.join(_SUPERLATIVES)})\b(?!-)[^,]* (?:is|are) \d", reading.statement)
    clause = reading.main
    if match and clause and clause.form is Form.BE and not is_main_hedged(reading):
        after = _SUPERLATIVES[match[1]]
        yield rewrite(reading, RuleName.SUPERLATIVE, match.start(1), match.end(1), after, Relation.CONTRARY)


def order_rule(reading: Reading) -> Iterator[Transformation]:
    """ "runs before the filter" -> "runs after the filter"."""
    clause = reading.main
    if clause is None or is_main_hedged(reading) or find_negatives(reading.statement):
        return
    tail = reading.statement[clause.verb_start : clause.end]
    matches = list(re.finditer(r"\b(before|after)\b(?! \d)", tail))
    if len(matches) != 1 or "," in tail or _OPEN_VERBS.search(tail) or not _ORDER_VERBS.match(tail):
        return
    if re.search(r"\b(only|up to|at least|and|immediately|shortly|right|until)\b", tail):
        return
    match = matches[0]
    start = clause.verb_start + match.start()
    after = "after" if match[1] == "before" else "before"
    yield rewrite(reading, RuleName.ORDER, start, start + len(match[1]), after, Relation.CONTRARY)


def unless_rule(reading: Reading) -> Iterator[Transformation]:
    """ "is denied unless a policy allows it" -> "is denied if a policy allows it"."""
    clause, statement = reading.main, reading.statement
    matches = list(_UNLESS.finditer(statement))
    if clause is None or len(matches) != 1 or re.search(r"\b(until|only|even)\b", statement, re.I):
        return
    match = matches[0]
    is_lead = match.start() == 0
    if not (is_lead or match.start() > clause.verb_end) or is_hedged(statement[: match.start()]) or reading.contrast:
        return
    if find_negatives(statement[match.end() :]) or re.search(r"\b(or|otherwise)\b", statement[match.end() :]):
        return
    after = "If" if is_lead else "if"
    yield rewrite(reading, RuleName.UNLESS, match.start(), match.end(), after, Relation.CONTRADICTION)


def without_rule(reading: Reading) -> Iterator[Transformation]:
    """ "queries files without loading them" -> "queries files only after loading them"."""
    clause, statement = reading.main, reading.statement
    matches = list(re.finditer(r"\bwithout(?= [a-z]+ing\b)", statement))
    if clause is None or len(matches) != 1 or len(find_negatives(statement)) != 1 or is_main_hedged(reading):
        return
    match = matches[0]
    rest = statement[match.end() :]
    if match.start() < clause.verb_end or re.search(r"\b(any|or|and|each other)\b", rest) or reading.contrast:
        return
    if not is_subordinate(reading, match.start()):
        yield rewrite(reading, RuleName.WITHOUT, match.start(), match.end(), "only after", Relation.CONTRARY)


def only_rule(reading: Reading) -> Iterator[Transformation]:
    """ "supports only X" says that it supports X: without it is false. "Only X can" -> "X cannot"."""
    clause, statement = reading.main, reading.statement
    if clause is None or is_main_hedged(reading) or reading.contrast or has_tail_verbs(reading):
        return
    matches = list(re.finditer(r"(?<!-)\bonly\b(?!-)", statement, re.I))
    if len(matches) != 1 or find_negatives(statement):
        return
    only = matches[0]
    rest = statement[clause.verb_end : clause.end]
    others = scope_words(rest) - HARMLESS_IF_POSITIVE - {"only"}
    if (
        others
        or BOUND.search(rest)
        or re.search(r"\bonly (?:if|when|after|once|until|one|a|an|\d|in part|for as long)\b", statement)
    ):
        return
    if only.start() < clause.verb_start or re.search(r"\b(the|an?|its|their)\s+$", statement[: only.start()]):
        return
    is_at_verb = statement[clause.verb_end : only.start()].strip() in ("", "be", "been")
    if not is_at_verb and is_subordinate(reading, only.start()):
        return
    behind = statement[only.end() :].lstrip()
    head = statement[: only.start()]
    shorter = (head if behind[:1].isalnum() else head.rstrip()) + behind
    bare = replace(clause, end=clause.end - (len(statement) - len(shorter)))
    if re.match(
        r"only (?:from|to|in|on|at|by|for|with|within|through|over|via|between|inside)\b", statement[only.start() :]
    ):
        # Both keep their "only", so that it does not tell the true from the false.
        yield rewrite(reading, RuleName.ONLY, only.start(), only.end(), "not only", Relation.CONTRADICTION)
        return
    for change in negate(Reading(shorter, bare), bare):
        end = len(statement) - len(behind)
        after = change.text[change.start : len(change.text) - len(behind)]
        yield rewrite(reading, RuleName.ONLY, change.start, end, after, Relation.CONTRADICTION)


def instead_rule(reading: Reading) -> Iterator[Transformation]:
    """ "runs over QUIC instead of TCP" -> "runs over TCP instead of QUIC"."""
    statement = reading.statement
    name = r"(?:the |an? )?[A-Z0-9][\w/-]*(?: [A-Z0-9][\w/-]*)*"
    match = re.search(
        rf"\b(?P<first>{name}) (?P<joint>instead of|rather than|but not) (?P<last>{name})(?=\.?$)", statement
    )
    match = match or re.search(
        r"\b(?P<first>(?P<prep>to|from|in|on|by|with|over|at|through) [a-z]+) (?P<joint>instead of|rather than) "
        r"(?P<last>(?P=prep) [a-z]+)(?=\.?$)",
        statement,
    )
    if reading.main is None or match is None or is_main_hedged(reading) or match.start() < reading.main.verb_end:
        return
    if len(find_negatives(statement)) == 1 and not is_subordinate(reading, match.start()):
        after = f"{match['last']} {match['joint']} {match['first']}"
        yield rewrite(reading, RuleName.SWAP, match.start(), match.end("last"), after, Relation.CONTRARY)
