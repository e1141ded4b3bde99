"""When do two statements say the same thing? Claims are compared by key, so a bank can index them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from facts.questions.content import Blank, Fact
from facts.questions.quantities import quantity

# Typographic marks as a keyboard has them; what has no width goes.
_AS_TYPED = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff")),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
}
_SPELLINGS = {
    "cannot": "can not",
    "can't": "can not",
    "won't": "will not",
    "n't": " not",
    "-": " ",
    "/": " ",
}
_ARTICLES = {"a", "an", "the"}


@lru_cache(maxsize=50_000)  # a bank compares the same statements again and again
def normalise(text: str) -> str:
    """One spelling for texts that read alike: case, articles, contractions, hyphens, punctuation and spaces go."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_AS_TYPED).casefold())
    for spelling, replacement in _SPELLINGS.items():
        text = text.replace(spelling, replacement)
    words = re.findall(r"[^\s.,;:!?'\"()\[\]]+(?:\.\d+)?", text)
    # A text that is an article ("layer a") is not nothing.
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def mentions(text: str, name: str) -> bool:
    """Does the text contain the name, as whole words?"""
    return f" {normalise(name)} " in f" {normalise(text)} "


def same_option(first: str, second: str) -> bool:
    """Would a player take these two options for one: do they read alike, or name the same quantity?"""
    first, second = normalise(first), normalise(second)
    return first == second or (quantity(first) is not None and quantity(first) == quantity(second))


def claim_key(text: str) -> str:
    """A short key that is equal for claims that read alike."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:24]


def fill(fact: Fact, blank: Blank, text: str) -> str:
    """The fact's statement with ``text`` in the place of the blank's answer."""
    return fact.statement.replace(blank.answer, text, 1)


def false_claims(fact: Fact) -> Iterator[str]:
    """Every claim that the fact's questions rely on being false."""
    for statement in fact.false_statements:
        yield statement.text
    for blank in fact.blanks:
        for distractor in blank.distractors:
            yield fill(fact, blank, distractor)
