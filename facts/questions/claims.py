"""When do two statements say the same thing? Claims are compared by key, so a bank can index them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from facts.questions.content import Blank, Fact

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


@lru_cache(maxsize=1_000_000)  # a bank compares the same statements again and again
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


# Quantities: enough to put the options of a blank in order, and to see that 24 hours are one day.

_UNITS: dict[str, tuple[str, Fraction]] = {}
for _kind, _sizes in {
    "time": {
        "millisecond ms": Fraction(1, 1000),
        "second": Fraction(1),
        "minute": Fraction(60),
        "hour": Fraction(3600),
        "day": Fraction(86400),
        "week": Fraction(604800),
        "month": Fraction(31536000, 12),  # so that 12 of them are a year
        "year": Fraction(31536000),
    },
    "size": {
        "byte": Fraction(1),
        "kb kib kilobyte": Fraction(2**10),
        "mb mib megabyte": Fraction(2**20),
        "gb gib gigabyte": Fraction(2**30),
        "tb tib terabyte": Fraction(2**40),
        "pb pib petabyte": Fraction(2**50),
    },
    "rate": {
        "kbps": Fraction(10**3),
        "mbps": Fraction(10**6),
        "gbps": Fraction(10**9),
        "tbps": Fraction(10**12),
    },
    "percent": {"% percent": Fraction(1)},
}.items():
    for _names, _size in _sizes.items():
        for _name in _names.split():
            _UNITS[_name] = (_kind, _size)

_NUMBERS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_QUANTITY = re.compile(r"^([\d,]+(?:\.\d+)?|[a-z]+)(?:[\s-]*(%|[a-z%][\w%]*(?:[\s-]+\w+)*))?$")


def quantity(text: str) -> tuple[str, Fraction] | None:
    """``text`` as (kind of quantity, exact value in its base unit), or None where it is none.

    Base units: seconds, bytes, bits a second, percent. A bare or counted number ("three copies") has the kind
    "number " plus what is counted.
    """
    match = _QUANTITY.match(text.strip().casefold())
    if not match:
        return None
    number, unit = match[1], match[2] or ""
    if number in _NUMBERS:
        value = Fraction(_NUMBERS.index(number))
    elif number[0].isdigit():
        value = Fraction(number.replace(",", ""))
    else:
        return None
    head, _, rest = unit.partition(" ")
    singular = head.removesuffix("s") or head
    kind, size = _UNITS.get(head) or _UNITS.get(singular) or (f"number {singular}", 1)
    return f"{kind} {rest}".strip(), value * size
