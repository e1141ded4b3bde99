"""Words and their closed classes: what can be told of a word by its form alone, without a tagger."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from facts.questions.verbs import BASES, PARTICIPLES

DETERMINERS = frozenset("a an the each every all this these those its their no any some both one".split())
PREPOSITIONS = frozenset(
    """
    of in on at by for from with to into onto over under per through within without across between among during via
    against about behind beyond than as like inside outside after before upon toward towards above below up
    """.split()
)
SUBORDINATORS = frozenset(
    """
    that which who whose whom where when whenever if while because unless until whether since though although once so
    whereas why how what wherever provided assuming
    """.split()
)
# With these a statement may open before its subject.
LEADS = frozenset(
    """
    by in when for with after before if during on at unlike to as once while under within without from between because
    since although though unless until whenever where across through using given like compared outside inside over
    starting beginning depending per despite instead thanks left seen out of upon assuming provided
    """.split()
)
NEGATIVES = frozenset(
    """
    not no never without neither nor none cannot nothing nobody except unless unable rather instead hardly barely
    scarcely seldom rarely lacks lack
    """.split()
)
BE = {"is": True, "are": False, "was": True, "were": False}  # is it singular?
MODALS = frozenset("can cannot will must may should could would might shall".split())
AUXILIARIES = frozenset({*BE, "has", "have", "had", "does", "do", "did", *MODALS})
_HEDGES = re.compile(
    r"\b(usually|typically|often|generally|normally|approximately|about (?=\d)|around (?=\d)|roughly|nearly|almost"
    r"|mostly|mainly|sometimes|occasionally|frequently|commonly|some|(?<!\bat )most|(?<!\bas )many|(?<!\bas )few"
    r"|several|various|certain|a number of|a subset of|may|might|could|should|would|tends? to"
    r"|likely|possibly|perhaps|probably"
    r"|not necessarily|as a rule|in general|potentially|partly|partially|largely|primarily|rarely|seldom|theoretically"
    r"|in principle|relatively|recommended|ideally|preferably|can vary|varies|depending|depends?|for example|e\.g\."
    r"|among others|etc|an option|one way|other than|a few|one of|in part|essentially|effectively)\b",
    re.I,
)
_PERMITS = re.compile(r"\bmay(?= (?:\w+ ){0,6}?(?:up to|at most|no more than|only|as (?:large|many|long|much)))", re.I)
_ADVERBS = frozenset("always never only also then still already even just both no not all".split())
_VERBS_IN_LY = frozenset("apply supply imply multiply rely comply reply fly".split())
# They end in -s and are no plurals.
_SINGULAR_S = frozenset(
    """
    dns https tls sns sqs ecs eks kms aws ses rds ebs efs sts dms sms postgres redis kubernetes kinesis analytics alias
    access process address class status canvas ops devops macos ios nfs has gas vpcs' atlas iops s3 ids ips wps qos os
    sas acs ras athena's directaccess ntfs zfs lustres graphics elastics systems mathematics always across this its as
    thus plus less
    """.split()
)


def is_hedged(text: str) -> bool:
    """Does the text take back a part of what it says? "May" that gives leave, as in "may hold up to", does not."""
    return bool(_HEDGES.search(_PERMITS.sub("can", text)))


@dataclass(frozen=True, slots=True)
class Word:
    """``is_name``: part of the name of a service, or written with a capital letter or a digit."""

    text: str
    start: int
    end: int
    is_name: bool
    ends_part: bool  # a comma, colon, semicolon, dash or bracket follows

    @property
    def low(self) -> str:
        """The word in one case, for comparison."""
        return self.text.casefold()


def split_words(text: str, names: Collection[str] = ()) -> tuple[Word, ...]:
    """The words of a text with their places."""
    return _split_words(text, tuple(names))


@lru_cache(maxsize=512)  # every rule looks at the words of the same statement
def _split_words(text: str, names: tuple[str, ...]) -> tuple[Word, ...]:
    spans = [
        match.span() for name in names if name for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I)
    ]
    words = []
    for match in re.finditer(r"[\w$%][\w$%/.'\u2019+&@*-]*", text):
        word = match[0].rstrip(".'\u2019-/")
        if not word:
            continue
        start, end = match.start(), match.start() + len(word)
        is_name = any(first <= start < last for first, last in spans) or (
            any(character.isupper() or character.isdigit() for character in word)
            and (start > 0 or word[1:] != word[1:].lower())
        )
        after = text[end : end + 2]
        words.append(Word(word, start, end, is_name, bool(_ENDS_PART.match(after))))
    return tuple(words)


_ENDS_PART = re.compile(r"[.,:;()\u2013\u2014]|\s[-\u2013\u2014(]")


def is_adverb(low: str) -> bool:
    """Is it a word that may stand between a subject and its verb, or between the verb and its object?"""
    return (low.endswith("ly") and low not in _VERBS_IN_LY) or low in _ADVERBS


def is_plural_noun(word: Word) -> bool:
    """Would the word, as a noun, take a plural verb?"""
    low = word.low
    if low in ("data", "media", "criteria", "people"):
        return low != "data"
    return low.endswith("s") and not low.endswith(("ss", "us", "is", "'s")) and low not in _SINGULAR_S


def is_plural_subject(words: Sequence[Word]) -> bool | None:
    """Is the subject plural? None where its words do not tell."""
    if not words:
        return None
    first = words[0].low
    if first in ("a", "an", "each", "every", "this", "one"):
        return False
    if first in ("these", "those", "all", "both", "two", "three"):
        return True
    lows = [word.low for word in words]
    head = _head(words)
    if "and" in lows[: head + 1]:
        return True if first != "the" else None
    if words[head].is_name and words[head].text[:1].isupper():
        return None if is_plural_noun(words[head]) else False
    return is_plural_noun(words[head])


def _head(words: Sequence[Word]) -> int:
    """The place of the subject's head: the last word before its first preposition, participle or comma."""
    for place in range(1, len(words)):
        low = words[place].low
        if low in PREPOSITIONS and not words[place].is_name:
            return place - 1
        is_participle = low in PARTICIPLES and low not in BASES and not words[place].is_name
        if place > 1 and is_participle and place + 1 < len(words) and words[place + 1].low in PREPOSITIONS:
            return place - 1
    return len(words) - 1
