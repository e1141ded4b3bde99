"""Where in a statement something stands: under a condition, a hedge, a bound or a negative, or plainly said."""

import re
from functools import lru_cache

from facts.questions.reading import Reading, tail_verbs
from facts.questions.verbs import ALSO_NOUNS, BASE_ALSO_NOUNS, BASES, THIRD_PERSON
from facts.questions.words import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    SUBORDINATORS,
    is_hedged,
    is_plural_noun,
    split_words,
)

_SUBORDINATE = re.compile(
    r"\b(if|when|whenever|while|unless|until|because|once|as long as|as soon as|so that|that|which|who|whose|where|"
    r"whether|since|although|though|even if|provided|assuming|instead of|rather than|except|regardless)\b",
    re.I,
)
BOUND = re.compile(
    r"\b(up to|at least|at most|(?:no|not) (?:more|fewer|less|longer|larger|greater|later|earlier) than|more than|"
    r"less than|fewer than|longer than|larger than|or more|or fewer|or less|or longer|maximum of|minimum of|exceeds?|"
    r"as (?:many|much|long|large|high|few|little) as|within \d|between \d|no earlier)\b",
    re.I,
)
_NEGATIVE = re.compile(
    r"\b(not|no|never|without|neither|nor|none|cannot|nothing|nobody|except|unless|unable|rather|instead|hardly|barely|"
    r"scarcely)\b|n't\b",
    re.I,
)
_SCOPE = re.compile(
    r"(?<![\w-])(unless|until|because|since|so that|so|therefore|in order to|but|whereas|while|although|though|yet|"
    r"either|also|even|already|still|only|just|too|as well|both|any|either|each other|rather|instead|even if|"
    r"even though|except|regardless|exclusively|solely|merely|alone|one of|an? example|an? option|an? alternative|"
    r"a way|whether|the same|different|another|other|more and more|anymore|exactly|precisely|entirely|fully|"
    r"completely|ever)\b",
    re.I,
)


def subordinate_spans(statement: str, start: int, verb_start: int = 0) -> list[tuple[int, int]]:
    """Clauses from a subordinator to the next comma or the end; what stands in them depends on a condition."""
    spans = []
    for match in _SUBORDINATE.finditer(statement, start):
        end = statement.find(",", match.start())
        if match.start() < verb_start:
            end = verb_start if end < 0 else min(end, verb_start)  # a relative clause in the subject
        spans.append((match.start(), end if end >= 0 else len(statement)))
    return spans


def before_condition(rest: str) -> str:
    """The text up to its first subordinator."""
    match = _SUBORDINATE.search(rest)
    return rest[: match.start()] if match else rest


def is_subordinate(reading: Reading, place: int) -> bool:
    """Does this place stand outside of what the main clause says by itself?"""
    clause = reading.main
    if clause is None:
        return True
    spans = subordinate_spans(reading.statement, clause.start, clause.verb_start)
    return place < clause.start or any(first <= place < last for first, last in spans)


@lru_cache(maxsize=512)
def is_main_hedged(reading: Reading) -> bool:
    """Is the main clause hedged? What stands in a condition behind it ("before compaction may drop them") is not it."""
    clause, statement = reading.main, reading.statement
    if clause is None:
        return True
    text = statement
    for first, last in sorted(subordinate_spans(statement, clause.verb_end), reverse=True):
        if not re.match(r"(than|except|regardless)", statement[first:]):
            text = text[:first] + text[last:]
    text = re.sub(r"\b(before|after) \w+ (may|might|could|should)\b.*", "", text)
    if clause.verb in ("can", "cannot"):
        # "can show metrics from several Regions": that it can is said without a hedge.
        text = re.sub(r"\b(from|in|across|to|on|with|for|over|between) (several|many)\b", r"\1", text)
    return is_hedged(text)


def find_negatives(text: str) -> list[str]:
    """The negative words of a text, in lower case."""
    return [match[0].lower() for match in _NEGATIVE.finditer(text)]


def scope_words(text: str) -> set[str]:
    """Words that say how far another word reaches, so that a "not" beside them could be taken in two ways."""
    return {match[0].lower() for match in _SCOPE.finditer(text)}


@lru_cache(maxsize=512)
def has_tail_verbs(reading: Reading) -> bool:
    """Does the main clause go on with a second verb: "stores A and encrypts B"?"""
    return any(True for _ in tail_verbs(reading))


def word_after(statement: str, place: int) -> str:
    """The word that follows a place, in lower case; empty if none does."""
    match = re.match(r"\s*([\w'-]+)", statement[place:])
    return match[1].lower() if match else ""


def is_alternative(reading: Reading) -> bool:
    """Does "or" join another clause with its own subject to the main one, so that each alone may be false?"""
    main = reading.main
    if main is None:
        return False
    words = split_words(reading.statement)
    for place, word in enumerate(words):
        if word.start < main.verb_end or word.low not in ("or", "nor"):
            continue
        for later in range(place + 2, len(words)):
            low, before = words[later].low, words[later - 1]
            if low in SUBORDINATORS or low in ("before", "after", "as", "than") or before.ends_part:
                break
            if words[later].is_name or before.low in PREPOSITIONS | DETERMINERS:
                continue
            opens = later + 1 < len(words) and words[later + 1].low in DETERMINERS | PREPOSITIONS | {"it", "them"}
            is_third = low in THIRD_PERSON and (low not in ALSO_NOUNS or opens)
            is_base = low in BASES and low not in BASE_ALSO_NOUNS and is_plural_noun(before)
            if low in AUXILIARIES or is_third or is_base:
                return True
    return False
