"""Rules on yes and no: the same statement with a negative more, or with its one negative taken away."""

import re
from collections.abc import Iterator
from dataclasses import replace

from facts.questions.reading import Clause, Form, Reading, tail_verbs
from facts.questions.scopes import (
    BOUND,
    before_condition,
    find_negatives,
    has_tail_verbs,
    is_alternative,
    is_main_hedged,
    is_subordinate,
    scope_words,
    subordinate_spans,
    word_after,
)
from facts.questions.transformations import Relation, RuleName, Transformation, rewrite
from facts.questions.verbs import BASES, THIRD_PERSON, third_person
from facts.questions.words import AUXILIARIES

# Words of scope that do no harm where a positive statement is negated.
HARMLESS_IF_POSITIVE = frozenset(
    "any entirely fully completely different another exactly both other until whether regardless".split()
) | {"so that", "the same", "each other", "in order to"}
_CONDITIONS = frozenset("unless until because since but whereas while although though so even except".split())
_SUBJECT_QUANTIFIER = re.compile(
    r"^(some|most|many|few|several|no|none|not|both|either|neither|any|another|other|only|up to|at least|at most|more|"
    r"one of|exactly|half|\d|two|three|four|five|six|seven|eight|nine|ten|nothing|nobody|little|much|"
    r"(?:an?|one) (?:[a-z]+ )?(?:option|way|alternative|benefit|advantage|reason|example|use case|disadvantage|"
    r"drawback|feature|tool|use|purpose|method|approach|kind|form|aspect|cause|step|property|characteristic|limitation|goal|"
    r"role|task|technique|strategy|pattern|part|component|service for|solution|best practice|choice))\b",
    re.I,
)
_VAGUE = re.compile(r"\b(and|yet|anything|anyone|anywhere|either|ever|at all|much|many)\b", re.I)
_EXCEEDS = re.compile(
    r"\s+(exceed|(?:be|have|contain|hold|store|use|run|last|span|grow|retain|keep|carry)\b[^,;]*\b"
    r"(?:more|larger|longer|greater|higher|bigger|older) than|(?:for )?(?:longer|larger|more) than)\s+"
    r"[\d\w,.]+(?:\s\w+){0,3}[^,;]*$"
)
_MASS = frozenset(
    """
    latency data traffic support access encryption compute storage memory capacity downtime maintenance state cost
    overhead information infrastructure software hardware security history ordering consistency redundancy
    """.split()
)


def polarity_rule(reading: Reading) -> Iterator[Transformation]:
    """The same with "not", or without it."""
    for clause in (reading.main, reading.contrast):
        if clause is None:
            continue
        if clause is reading.main and reading.contrast is not None:
            continue  # "A is x, whereas B is not y": only the second half is turned
        for change in (*negate(reading, clause), *_affirm(reading, clause)):
            yield change if clause is reading.main else _join_by_and(reading, clause, change)


def _join_by_and(reading: Reading, clause: Clause, change: Transformation) -> Transformation:
    """ "A is x, whereas B is not y" has no contrast any more: "A is x, and B is y"."""
    statement = reading.statement
    joint = re.search(r"\b(whereas|while|but)\s+$", statement[: clause.start])
    if joint is None:
        return change
    text = statement[: joint.start()] + "and " + change.text[clause.start :]
    start, after = joint.start(), "and " + statement[clause.start : change.start] + change.after
    return replace(change, start=start, before=statement[start : change.end], after=after, text=text)


def negate(reading: Reading, clause: Clause) -> Iterator[Transformation]:
    """The clause with "not", where it has no negative and everybody would take the "not" in one way."""
    if not _can_flip(reading, clause, is_positive=True):
        return
    statement = reading.statement
    verb = clause.verb
    following = word_after(statement, clause.verb_end)
    start, end = clause.verb_start, clause.verb_end
    after = None
    if every := re.match(r"(every|each|all)\b", statement[clause.start :], re.I):
        # "Every X does not" leaves open whether some do.
        word = "not all" if every[1].lower() == "all" else "not every"
        after = word.capitalize() if clause.start == 0 else word
        end = clause.start + every.end()
        yield rewrite(reading, RuleName.POLARITY, clause.start, end, after, Relation.CONTRADICTION)
        return
    if also := re.match(r" also(?= be\b)", statement[end:]):
        end += also.end()
    if re.search(r"\b(never|no longer)\s+$", statement[clause.start : clause.verb_start]):
        return
    if following in ("never", "not", "always", "rarely") or verb[0].isupper():
        return
    if clause.form is Form.BE:
        after = f"{verb} not"
    elif clause.form is Form.MODAL and verb in ("can", "will"):
        after = {"can": "cannot", "will": "will not"}[verb]
    elif clause.form is Form.MODAL and verb == "must" and clause.is_plural is not None:
        after = "do not have to" if clause.is_plural else "does not have to"
    elif clause.form is Form.PERFECT:
        after = f"{verb} not"
    elif clause.form is Form.HAVE:
        after = "do not have" if verb == "have" else "does not have"
    elif clause.form is Form.THIRD:
        start, adverb = _adverb_before(statement, clause)
        after = f"does not {adverb}{THIRD_PERSON[verb]}"
    elif clause.form is Form.BASE:
        start, adverb = _adverb_before(statement, clause)
        after = f"do not {adverb}{verb}"
    if after is None:
        return
    # "must be chosen when it is made" says when as well: "does not have to be" may then read as "is optional".
    is_sound = not (verb == "must" and re.search(r"\b(when|at|during|upon|on|before|while|after)\b", statement[end:]))
    yield rewrite(reading, RuleName.POLARITY, start, end, after, Relation.CONTRADICTION, is_sound=is_sound)


def _affirm(reading: Reading, clause: Clause) -> Iterator[Transformation]:
    """The clause without its one negative."""
    statement = reading.statement
    if not _can_flip(reading, clause, is_positive=False):
        return
    verb, form = clause.verb, clause.form
    rest = statement[clause.verb_end :]
    start, end = clause.verb_start, clause.verb_end
    after = None
    never = re.search(r"\bnever\s+$", statement[clause.start : clause.verb_start])
    if form is Form.MODAL and verb == "cannot":
        after = "can"
    elif form in (Form.BE, Form.PERFECT) and (match := re.match(r"\s+not\b", rest)):
        after, end = verb, clause.verb_end + match.end()
        if word_after(statement, end) in ("only", "necessarily", "just", "yet", "always"):
            return
    elif form is Form.MODAL and verb in ("can", "will") and (match := re.match(r"\s+not\b", rest)):
        after, end = verb, clause.verb_end + match.end()
        if word_after(statement, end) in ("only", "just"):
            return
    elif form is Form.DO and (match := re.match(r"\s+not\s+((?:[a-z]+ly\s+)?)([a-z]+)\b", rest)):
        base = match[2]
        if base == "have" and re.match(r"\s+to\b", rest[match.end() :]):
            after, end = "must", clause.verb_end + match.end() + 3
        else:
            after = match[1] + (_in_third_person(base) if verb == "does" else base)
            end = clause.verb_end + match.end()
    elif never and form in (Form.THIRD, Form.BASE):
        start = clause.start + never.start()
        after = verb
    elif form is Form.BE and (match := re.match(r"\s+never\b", rest)):
        after, end = verb, clause.verb_end + match.end()
    elif form is Form.MODAL and verb == "can" and (match := re.match(r"\s+never\b", rest)):
        after, end = "can", clause.verb_end + match.end()
    is_bare = form not in (Form.THIRD, Form.BASE) and not re.match(r"\s+\w", statement[end : clause.end])
    if after is None or is_bare:
        return  # "whereas POST is not" leaves nothing behind
    # "does not cache any content" -> "caches content"
    plural = r"\bany (?=[\w -]*?(?:s|content|data|traffic|access|support|encryption)\b)"
    if any_of := re.search(plural, statement[end : clause.end]):
        after += statement[end : end + any_of.start()]
        end += any_of.end()
    if re.search(r"\bany\b", before_condition(statement[end : clause.end])):
        return
    # "does not encrypt A or B": "encrypts A or B"; but "does not store or send A" would leave a bare verb behind.
    tail = before_condition(statement[end : clause.end])
    either = [match.end() for match in re.finditer(r"\bor\b", tail)]
    if len(either) > 1 or (
        either and form in (Form.DO, Form.THIRD, Form.BASE) and word_after(tail, either[0]) in BASES
    ):
        return
    yield rewrite(reading, RuleName.POLARITY, start, end, after, Relation.CONTRADICTION)


def _can_flip(reading: Reading, clause: Clause, is_positive: bool) -> bool:
    """May this clause be negated, or its one negative be taken away, without a scope that somebody could dispute?"""
    statement = reading.statement
    text = statement[clause.start : clause.end]
    if is_main_hedged(reading) or clause.doubts or _SUBJECT_QUANTIFIER.match(text):
        return False
    lead = statement[: clause.start]
    if clause is reading.main and re.search(r"\b(only|even|until|unless|not|never)\b", lead, re.I):
        return False
    rest = statement[clause.verb_end : clause.end]
    if re.search(r"\b(there)\b", text[:6], re.I) or re.search(r",\s*(?:or|and|but)\s+(?:it|they)\b", rest):
        return False
    subject = re.sub(r"\bnever\s+$", "", statement[clause.start : clause.verb_start])
    if find_negatives(subject) or re.search(r"\b(only|any|either|even|alone|not)\b", subject, re.I):
        return False
    plain = re.sub(r"^ also(?= be\b)", "", rest)
    plain = re.sub(r"\bsince (?=[\w ]{0,24}\d)", "", plain)  # "since version 7.0" is no reason
    words = scope_words(plain)
    if not is_positive:
        # What limits the verb counts wherever it stands; "already" in a relative clause does not.
        near = scope_words(before_condition(rest))
        words = (words & _CONDITIONS) | near
        words -= {"the same", "different", "other", "another", "each other", "any"}
    if words - (HARMLESS_IF_POSITIVE if is_positive else set()):
        return False
    if clause is reading.main and (has_tail_verbs(reading) or is_alternative(reading)):
        return False
    if is_positive:
        return not find_negatives(before_condition(rest)) and not BOUND.search(rest)
    negatives = find_negatives(statement[clause.start : clause.verb_start] + before_condition(rest))
    if clause.verb == "cannot":
        negatives.append("cannot")
    # "does not reach X without an agent" -> "reaches X without an agent"
    has_condition = len(negatives) == 2 and "without" in negatives and "without" not in subject
    if not (len(negatives) == 1 or has_condition) or _VAGUE.search(before_condition(rest)):
        return False
    return not BOUND.search(rest) or bool(_EXCEEDS.match(rest))


def _adverb_before(statement: str, clause: Clause) -> tuple[int, str]:
    """Where the verb group starts, and its adverb with a space: "automatically replicates"."""
    match = re.search(r"\b([a-z]+ly|then|always)\s+$", statement[clause.start : clause.verb_start])
    if match and match[1] not in ("only", "apply", "supply", "reply", "early", "family"):
        return clause.start + match.start(), match[1] + " "
    return clause.verb_start, ""


def no_longer_rule(reading: Reading) -> Iterator[Transformation]:
    """ "no longer supports" -> "still supports"."""
    clause = reading.main
    if clause is None or is_main_hedged(reading):
        return
    matches = list(re.finditer(r"\bno longer\b(?! than)", reading.statement))
    if len(matches) != 1 or len(find_negatives(reading.statement)) != 1:
        return
    start, end = matches[0].span()
    is_at_verb = abs(start - clause.verb_start) < 14
    if is_at_verb and not is_subordinate(reading, start):
        yield rewrite(reading, RuleName.NO_LONGER, start, end, "still", Relation.CONTRADICTION)


def no_rule(reading: Reading) -> Iterator[Transformation]:
    """ "contains no checksum" -> "contains a checksum"."""
    clause, statement = reading.main, reading.statement
    if clause is None or clause.form not in (Form.THIRD, Form.BASE, Form.HAVE) or is_main_hedged(reading):
        return
    rest = statement[clause.verb_end : clause.end]
    match = re.match(r" no ((?:[a-z-]+ ){0,2}?)([a-z]+)(?= (?:of|in|on|at|by|for|from|to|with|that)\b|$)", rest)
    negatives = find_negatives(statement[clause.start :])
    if (
        not match
        or sorted(set(negatives) - {"without"}) != ["no"]
        or len(negatives) > 2
        or has_tail_verbs(reading)
        or reading.contrast
    ):
        return
    head, phrase = match[2], match[1] + match[2]
    if scope_words(rest) - {"the same", "another", "other"} or BOUND.search(rest):
        return
    if phrase.split()[0] in ("longer", "more", "fewer", "less", "other", "such"):
        return
    is_plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    article = "" if is_plural or head in _MASS else ("an " if phrase[0] in "aeiou" else "a ")
    start, end = clause.verb_end + 1, clause.verb_end + match.end()
    yield rewrite(reading, RuleName.NONE, start, end, article + phrase, Relation.CONTRADICTION)


def until_rule(reading: Reading) -> Iterator[Transformation]:
    """ "cannot X until Y" -> "can X before Y"."""
    clause = reading.main
    if clause is None or clause.verb != "cannot" or is_main_hedged(reading):
        return
    rest = reading.statement[clause.verb_end :]
    matches = list(re.finditer(r"\buntil\b", rest))
    if len(matches) != 1 or len(find_negatives(reading.statement)) != 1 or re.search(r"\bunless|only\b", rest):
        return
    start, end = clause.verb_start, clause.verb_end + matches[0].end()
    after = "can" + rest[: matches[0].start()] + "before"
    yield rewrite(reading, RuleName.UNTIL, start, end, after, Relation.CONTRADICTION)


def last_verb_rule(reading: Reading) -> Iterator[Transformation]:
    """ "stores A and encrypts B" -> "stores A and does not encrypt B", and the other way round."""
    clause, statement = reading.main, reading.statement
    if clause is None or reading.contrast or is_main_hedged(reading):
        return
    verbs = list(tail_verbs(reading))
    if len(verbs) != 1 or _SUBJECT_QUANTIFIER.match(statement[clause.start : clause.end]):
        return
    verb = verbs[0]
    joint = re.search(r",?\s+(and|but)\s+((?:[a-z]+ly|then|never)\s+)?$", statement[: verb.start])
    middle, rest = statement[clause.verb_end : verb.start], statement[verb.end : clause.end]
    is_base = verb.low in BASES and verb.low not in THIRD_PERSON
    if not joint or re.search(
        rf"[:;]|\b(not|both|either{'|to' if is_base and clause.form is Form.MODAL else ''})\b", middle
    ):
        return
    if re.search(r",|\b(and|or)\b", rest):
        return
    if any(first <= verb.start < last for first, last in subordinate_spans(statement, clause.start)):
        return
    words = scope_words(rest)
    adverb = joint[2] or ""
    after = None
    end = verb.end
    if (
        joint[1] == "and"
        and not find_negatives(statement)
        and not words - HARMLESS_IF_POSITIVE
        and not BOUND.search(rest)
    ):
        is_third = verb.low in THIRD_PERSON
        if verb.low == "can" and not adverb:
            after = " and cannot"
        elif verb.low in ("is", "are") and clause.form is Form.BE and not adverb:
            after = f" and {verb.low} not"
        elif verb.low not in AUXILIARIES and is_third == (clause.is_plural is False):
            base = THIRD_PERSON[verb.low] if is_third else verb.low
            after = f" and {'does' if is_third else 'do'} not {adverb}{base}"
        if after:
            yield rewrite(reading, RuleName.LAST_VERB, joint.start(), end, after, Relation.CONTRADICTION)
    elif (
        len(find_negatives(statement)) == 1
        and not words
        and not re.search(r"\bany\b", rest)
        and adverb in ("", "never ")
    ):
        if adverb == "never " and verb.low not in AUXILIARIES:
            after = f" and {verb.text}"
        elif verb.low == "cannot":
            after = " and can"
        elif verb.low in ("does", "do") and (match := re.match(r"\s+not\s+([a-z]+)", rest)):
            after = " and " + (_in_third_person(match[1]) if verb.low == "does" else match[1])
            end += match.end()
        if after:
            yield rewrite(reading, RuleName.LAST_VERB, joint.start(), end, after, Relation.CONTRADICTION)


def _in_third_person(base: str) -> str:
    return "has" if base == "have" else third_person(base)
