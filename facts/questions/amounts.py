"""Rules on amounts: another value where the fact gives the limit, the default, or the one value that there is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from facts.questions.articles import fits_article
from facts.questions.quantities import Found, find_quantities, other_values
from facts.questions.reading import Form, Reading
from facts.questions.scopes import (
    find_negatives,
    has_tail_verbs,
    is_alternative,
    is_main_hedged,
    is_subordinate,
    word_after,
)
from facts.questions.transformations import Denial, Relation, RuleName, Transformation, rewrite
from facts.questions.verbs import BASES
from facts.questions.words import PREPOSITIONS, is_adverb

_APPROXIMATE = re.compile(
    r"\b(about|around|approximately|roughly|nearly|almost|over|under|above|below|more than|less than|fewer than|"
    r"longer than|shorter than|greater than|larger than|smaller than|between|from|within|another|extra|additional|"
    r"other|first|last|next|remaining|the|these|those|all|both|any|its|their|seconds?|within the|some|typically|"
    r"multiples? of|times|and|or|to|than|least significant|than the|of the|after|per)\s*$",
    re.I,
)
_RAISES_ONLY = re.compile(
    r"\b(up to|as (?:many|much|large|long|high|few) as|at least|no (?:less|fewer|shorter|smaller) than|"
    r"not (?:less|fewer|shorter|smaller) than|requires? a minimum of|need(?:s|ed)? a minimum of)\s*$",
    re.I,
)
_RAISES_ONLY_AFTER = re.compile(r"^\s*(or more|or longer|or larger|or greater|or higher|or later)\b", re.I)
_LOWERS_ONLY = re.compile(
    r"\b(at most|(?:no|not) (?:more|longer|larger|greater|higher|bigger|later) than|not exceed|cannot exceed|"
    r"never exceeds?|never (?:runs?|lasts?|holds?|stores?|keeps?|carry|carries|uses?) (?:longer|more|larger) than|"
    r"(?:cannot|can not|can never|must not) (?:be (?:larger|longer|bigger|greater|more|higher|older) than|"
    r"have more than|contain more than|hold more than|store more than|use more than|run for more than|"
    r"last (?:longer|more) than|run longer than))\s*$",
    re.I,
)
_LOWERS_ONLY_AFTER = re.compile(
    r"^(?:\s+(?!and\b|or\b|but\b)[a-z]+){0,3}\s+(?:at most|or fewer|or less|or smaller|or shorter)\b", re.I
)
_LIMIT_NOUN = (
    r"(?:maximum|minimum|default|limit|quota|retention(?: period)?|time-?out|ttl|time to live|interval|duration|period|"
    r"durability|availability|cool-?down|threshold|window|largest|smallest|longest|shortest|highest|lowest)"
)
_FUNCTIONAL = [
    re.compile(rf"\b{_LIMIT_NOUN}\b[^,;:]*\b(?:is|are|of|to)\s*$", re.I),
    re.compile(
        r"\b(?:defaults? to|default of|limited to|capped at|limit of|quota of|fixed at|set to|exactly|truncated to|"
        r"rounded (?:up )?to|padded to|fixed \w+ of|(?:divides?|splits?) [^,;]* into|standard error of)\s*$",
        re.I,
    ),
    re.compile(r"\b(?:expires?|times? out|terminates?|lapses?) after\s*$", re.I),
    re.compile(r"\b(?:a|the) (?:maximum|minimum|total) of\s*$", re.I),
]
_EVERY = re.compile(r"\bevery\s*$", re.I)
_IS = re.compile(r"\b(?:is|are)\s*$", re.I)
_MEASURES = re.compile(r"^\s*(?:long|wide|in (?:size|length|width)|of age|old)?\s*(?:$|\.|,|and\b|by default)", re.I)
_CONSISTS = re.compile(
    r"\b(?:consists? of|composed of|made up of|comprises?|divided into|split into|numbered)\s*$", re.I
)
_KEEPS = re.compile(
    r"\b(?:keeps?|kept|retains?|retained|stores?|stored|lasts?|persists?|remains?|remembers?|cached?|caches)\b"
    r"[^,;:]*\bfor\s*$",
    re.I,
)
_SHARE_OF = re.compile(r"(half|some|most|many|few|several|no|none|not|neither|either|a third|a quarter|part)\b", re.I)
_DERIVED = re.compile(
    r"\b(so|thus|hence|therefore|which (?:gives|makes|means)|that is|i\.e\.|in total|altogether)\b", re.I
)
_DERIVED_VERB = re.compile(r"\b(gives?|makes?|yields?|holds?|adds? up|equals?|totals?)\b", re.I)
_AVAILABILITY = re.compile(r"\b(availability|durability|uptime)\b", re.I)
_NO_MORE = re.compile(
    r"\b(?:(?:no more than|at most|not more than)(?= (?:one|\d|[a-z]+\b))|(?:only|just)(?= one\b)|"
    r"(?:only|at most)(?= once\b))",
    re.I,
)
_UPPER = re.compile(r"\b(up to|at most|no more than|a maximum of|as (?:many|much|large|long) as)\s+$", re.I)


def usable_quantities(reading: Reading) -> list[Found]:
    """The quantities of a fact that are exact, stand alone, and are stated by the main clause."""
    statement = reading.statement
    if reading.main is None or is_main_hedged(reading) or _SHARE_OF.match(statement[reading.main.start :]):
        return []
    found = list(find_quantities(statement))
    if len(found) > 1 and _DERIVED.search(statement) or len(found) > 2 and _DERIVED_VERB.search(statement):
        return []
    counts = sorted(one.value / one.size for one in found)
    if is_alternative(reading) or (len(counts) == 3 and counts[2] in (counts[0] * counts[1], counts[0] + counts[1])):
        return []  # "3 racks with 4 disks give 12 disks": one amount follows from the others
    usable = []
    for one in found:
        twins = [other for other in found if other is not one and other.kind == one.kind]
        if any(other.value == one.value for other in twins) or len(found) > 3:
            continue
        before, after = statement[: one.start], statement[one.end :]
        if before.endswith("'") or before.count('"') % 2 or before.count("\u201c") > before.count("\u201d"):
            continue  # quoted: not the fact's own
        if _is_denied(reading, one):
            continue
        if re.match(r"(?:\s+[a-z]+){0,2}\s+or\s+(?:\d|[a-z]+teen\b|t\w+\b)", after) or re.search(
            r"\d [a-z]+ or $", before
        ):
            continue  # one of two: "5 keys or 10 keys"
        is_bounded = re.search(r"\b(up to|at least|at most|exactly|a maximum of|a minimum of)\s*$", before, re.I)
        if (
            _APPROXIMATE.search(before)
            and not is_bounded
            and not any(p.search(before) for p in (*_FUNCTIONAL, _LOWERS_ONLY))
        ):
            continue
        if re.match(
            r"\s*(?:to|or|-|\u2013|and|through|x|\u00d7|times)\s*\d|\s*(?:times|more|less|fewer|faster|slower)\b", after
        ):
            continue  # ranges and comparisons
        if re.search(r"\b(between|from)\b[^,]*$", before, re.I) and re.search(r"\b(and|to)\s+[\d\w]+", after):
            continue
        if re.search(r"(?:\d\s*(?:to|or|and|-|\u2013)|\b(?:to|or) )\s*$", before) and re.search(r"\d", before[-12:]):
            continue
        if re.match(r"\s*\(", after) or before.rstrip().endswith("("):
            continue  # the same amount in other words, or an aside
        is_count = one.kind.startswith("number")
        if is_count and (re.search(r"[:;()\u2013\u2014]| - ", statement) or re.search(r", [^,]+ and |, and ", after)):
            continue  # what is counted may be listed
        if re.search(r"\bper\s*$|\bof\s+(?:the|these|those)\b", before[-16:]) or re.match(
            r"\s*of (?:the|these|its)\b", after
        ):
            continue
        if one.value <= 1 and is_count:
            continue
        if is_subordinate(reading, one.start):
            continue
        usable.append(one)
    return usable


def quantity_rule(reading: Reading) -> Iterator[Transformation]:
    """Another value where the fact gives the limit itself, a default, or the one value that there is."""
    statement = reading.statement
    all_found = list(find_quantities(statement))
    for found in usable_quantities(reading):
        known = _direction(reading, found)
        if known is None:
            continue
        direction, relation = known
        for value in _spread(found, other_values(found)):
            if (value > found.value) - (value < found.value) not in (direction or 1, direction or -1):
                continue
            # Beside another amount of its kind, the order between them stays as it was.
            if not found.keeps_order(value, all_found):
                continue
            text = found.write(value)
            if text is None or not fits_article(statement[: found.start], text):
                continue
            yield rewrite(reading, RuleName.QUANTITY, found.start, found.end, text, relation, value=(found.kind, value))


def _spread(found: Found, values: Iterable[Fraction]) -> list[Fraction]:
    """The most believable first: neither next to the true value nor far from it, in turns larger and smaller."""
    far = sorted(values, key=lambda value: abs(_ratio(value, found.value) - 2.5))
    larger = [value for value in far if value > found.value]
    smaller = [value for value in far if value < found.value]
    turns: list[Fraction] = []
    for place in range(max(len(larger), len(smaller))):
        turns += larger[place : place + 1] + smaller[place : place + 1]
    return turns[:6]


def _ratio(value: Fraction, other: Fraction) -> float:
    high, low = max(value, other), min(value, other)
    return float(high / low) if low else 99.0


def _is_denied(reading: Reading, found: Found) -> bool:
    """Does the clause deny the amount, so that any other one would be as right? Not so in "not more than 5"."""
    clause, statement = reading.main, reading.statement
    if clause is None:
        return True
    text = statement[clause.start : found.start]
    if bound := _LOWERS_ONLY.search(text) or _RAISES_ONLY.search(text):
        text = text[: bound.start()]
    subject = statement[clause.start : clause.verb_start]
    if found.start < clause.verb_start:
        text += statement[found.end : clause.end]
    denied = find_negatives(text)
    return len(denied) > find_negatives(subject).count("without")


def _direction(reading: Reading, found: Found) -> tuple[int, Relation] | None:
    """Which other values are surely false in the place of a quantity: 1 larger, -1 smaller, 0 any; None: not sure."""
    statement = reading.statement
    before, after = statement[: found.start], statement[found.end :]
    in_clause = before[max(before.rfind(mark) for mark in (",", ";", ":")) + 1 :]
    is_negated = bool(re.search(r"\b(not|never|cannot|no)\b|n't\b", in_clause, re.I))
    if _LOWERS_ONLY.search(before) or (_LOWERS_ONLY_AFTER.search(after) and not is_negated):
        return -1, Relation.TIGHT_BOUND
    if found.kind == "percent" and found.value >= 99 and _AVAILABILITY.search(statement):
        return (1, Relation.TIGHT_BOUND) if not is_negated else None  # who guarantees 99.9 % guarantees 99 % as well
    is_lower_bound = _RAISES_ONLY.search(before) or _RAISES_ONLY_AFTER.search(after)
    if is_lower_bound:
        return (1, Relation.TIGHT_BOUND) if not is_negated else None
    if re.search(r"\b(by default|default)\b", in_clause + after.split(",")[0], re.I) and _defines_default(
        in_clause, after, statement
    ):
        if is_negated:
            return None
        # "stores it in three zones by default": so it does in two as well.
        is_said = re.search(r"\bdefaults?\b", in_clause, re.I) or not found.kind.startswith("number")
        return (0 if is_said else 1), Relation.FUNCTIONAL_VALUE
    if is_negated:
        return None
    if any(pattern.search(before) for pattern in _FUNCTIONAL):
        return 0, Relation.FUNCTIONAL_VALUE
    clause = reading.main
    if clause is None or clause.verb_start >= found.start:
        return None
    # "two minutes before it stops", "restarts it after seven days"
    is_moment = re.match(r"\s*before\b", after) or (re.search(r"\bafter\s*$", before) and _ends_clause(after))
    if found.kind == "time" and is_moment and not re.search(r"\b(can|may|could)\b", statement):
        return 0, Relation.CONTRARY
    if found.kind == "time" and _EVERY.search(before):
        if clause.verb == "must":
            return -1, Relation.FUNCTIONAL_VALUE  # who has to every 90 days has to within every 180 days as well
        return 0, Relation.FUNCTIONAL_VALUE
    is_measure = found.kind in ("time", "size", "rate") or found.noun in ("bits", "octets", "characters")
    if _IS.search(before) and is_measure and _MEASURES.search(after.removeprefix(f" {found.noun}")):
        return 0, Relation.FUNCTIONAL_VALUE
    if (
        found.kind.startswith("number")
        and clause.form in (Form.THIRD, Form.BASE, Form.HAVE)
        and statement[clause.verb_end : found.start].strip() in ("", "a total of", "exactly")
        and not has_tail_verbs(reading)
    ):
        return 1, Relation.CONTRARY  # "keeps three copies": whoever keeps six also keeps three, but it keeps three
    if _CONSISTS.search(before):
        return 0, Relation.CONTRARY
    if found.kind == "time" and _KEEPS.search(before):
        return 1, Relation.TIGHT_BOUND
    return None


def _ends_clause(after: str) -> bool:
    return bool(re.match(r"\s*(?:$|\.|,|by default|of inactivity|without)", after))


def _defines_default(in_clause: str, after: str, statement: str) -> bool:
    """Does "default" speak of this quantity, not of another one?"""
    rest = re.split(r"[,;:]|\band\b", after)[0]
    if re.search(r"\bby default\b", rest, re.I):
        return not re.search(r"\d", rest)
    if re.match(r"\s*by default\b", statement, re.I):
        return len(list(find_quantities(statement))) == 1
    return bool(re.search(r"\bdefaults? (?:to|of)\s*$|\bdefault\b[^,;:\d]*\b(?:is|are|of)\s*$", in_clause, re.I))


def bound_rule(reading: Reading) -> Iterator[Transformation]:
    """ "can have at most two" -> "can have more than two", "belongs to only one" -> "belongs to more than one"."""
    clause, statement = reading.main, reading.statement
    if clause is None or is_main_hedged(reading) or reading.contrast:
        return
    matches = list(_NO_MORE.finditer(statement))
    if len(matches) != 1 or has_tail_verbs(reading) or next(quantity_rule(reading), None):
        return
    match = matches[0]
    rest = statement[: match.start()] + statement[match.end() :]
    following = word_after(statement, match.end())
    is_single = following in ("one", "once")
    if find_negatives(rest) or re.search(r"\bonly\b", rest, re.I) or is_subordinate(reading, match.start()):
        return
    if match.start() < clause.verb_start or (clause.verb not in ("can", "may") and not is_single):
        return
    if is_single or any(found.start == match.end() + 1 for found in find_quantities(statement)):
        yield rewrite(reading, RuleName.BOUND, match.start(), match.end(), "more than", Relation.CONTRADICTION)


# Behind these "up to" says how far, and cannot be dropped.
_MOVES = frozenset(
    "grow scale extend increase last stretch range reach go rise burst expand climb move autoscale accelerate".split()
)
# Not every smaller amount is allowed as well.
_STEPS = re.compile(r"\b(multiples?|increments?|steps?|powers?|either|minimum|at least|exactly)\b", re.I)


def _is_object(between: str, found: Found) -> bool:
    """Does "up to" stand before the object of the verb, or behind a preposition, so that it can be dropped?"""
    words = [word for word in between.casefold().split() if not is_adverb(word) and word != "each"]
    if not words:
        return False
    if words[-1] in PREPOSITIONS:
        return True
    is_verb = len(words) == 1 and words[0] in BASES | {"be", "have"} and words[0] not in _MOVES
    return is_verb and not (found.kind == "time" and words[0] == "run")


def limit_denials(reading: Reading) -> Iterator[Denial]:
    """ "can use up to five": "cannot use ten" is true and "can use ten" false; "can use three" the other way round."""
    clause, statement = reading.main, reading.statement
    if clause is None or clause.verb != "can" or re.search(r"\bbut\b|;|\balways\b", statement):
        return
    if len(re.findall(r"\b(?:up to|at most|no more than|a maximum of)\b", statement)) > 1:
        return  # the other bound would be left behind the "cannot"
    for found in usable_quantities(reading):
        bound = _UPPER.search(statement[: found.start])
        if not bound or find_negatives(statement.replace(bound[0], "")):
            continue
        if not _is_object(statement[clause.verb_end : bound.start()], found):
            continue  # "can grow up to 64 TB" loses more than its bound
        for value in _spread(found, other_values(found)):
            text = found.write(value)
            if text is None or (value < found.value and _STEPS.search(statement)):
                continue
            own = (found.kind, value)
            yes = rewrite(reading, RuleName.LIMIT, bound.start(), found.end, text, Relation.TIGHT_BOUND, value=own)
            no = replace(
                yes,
                text=yes.text[: clause.verb_start] + "cannot" + yes.text[clause.verb_end :],
                before="can",
                after=f"cannot, {text}",
                relation=Relation.CONTRADICTION,
            )
            yield Denial(no.text, yes, True) if value > found.value else Denial(yes.text, no, False)
