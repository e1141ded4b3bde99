"""Quantities in running text: exact values with units, so that 24 hours are one day and 0.5 KB are 512 bytes."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

# Units by kind of quantity, each with its size in the base unit: seconds, bytes, bits a second, percent.
_KINDS: dict[str, dict[str, Fraction]] = {
    "time": {
        "millisecond ms": Fraction(1, 1000),
        "second sec": Fraction(1),
        "minute min": Fraction(60),
        "hour": Fraction(3600),
        "day": Fraction(86400),
        "week": Fraction(604800),
        "month": Fraction(31536000, 12),  # so that 12 of them are a year
        "year": Fraction(31536000),
    },
    "size": {
        "byte": Fraction(1),
        "kb kib kilobyte kibibyte": Fraction(2**10),
        "mb mib megabyte mebibyte": Fraction(2**20),
        "gb gib gigabyte gibibyte": Fraction(2**30),
        "tb tib terabyte tebibyte": Fraction(2**40),
        "pb pib petabyte pebibyte": Fraction(2**50),
    },
    "rate": {
        "kbps": Fraction(10**3),
        "mbps": Fraction(10**6),
        "gbps": Fraction(10**9),
        "tbps": Fraction(10**12),
    },
    "percent": {"% percent": Fraction(1)},
}
_UNITS = {
    name: (kind, size) for kind, units in _KINDS.items() for names, size in units.items() for name in names.split()
}
_SHORT_UNITS = frozenset(name for name in _UNITS if len(name) < 4 and name != "day")  # "2 ms": they have no plural
NUMBER_WORDS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_SPELLED = re.compile(r"^([\d,]+(?:\.\d+)?|[a-z]+)(?:[\s-]*(%|[a-z%][\w%]*(?:[\s-]+\w+)*))?$")


@lru_cache(maxsize=50_000)  # options are compared with each other, set by set
def quantity(text: str) -> tuple[str, Fraction] | None:
    """``text`` as (kind of quantity, exact value in its base unit), or None where it is none.

    Base units: seconds, bytes, bits a second, percent. A bare or counted number ("three copies") has the kind
    "number " plus what is counted.
    """
    match = _SPELLED.match(text.strip().casefold())
    if not match:
        return None
    number, unit = match[1], match[2] or ""
    value = _value(number)
    if value is None:
        return None
    head, _, rest = unit.partition(" ")
    kind, size = _unit(head)
    return f"{kind} {rest}".strip(), value * size


def _value(number: str) -> Fraction | None:
    if number in NUMBER_WORDS:
        return Fraction(NUMBER_WORDS.index(number))
    return Fraction(number.replace(",", "")) if re.match(r"\d", number) else None


def _unit(word: str) -> tuple[str, Fraction]:
    singular = word.removesuffix("s") or word
    return _UNITS.get(word) or _UNITS.get(singular) or (f"number {singular}", Fraction(1))


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity in a text: ``text[start:end]`` is the number with its unit; of what is counted, the number alone."""

    start: int
    end: int
    number: str
    unit: str  # as written, with what joins it to the number: " minutes", "-minute", "%"; empty for what is counted
    noun: str  # the word behind the number
    kind: str
    value: Fraction

    @property
    def is_word(self) -> bool:
        """Is the number spelled out?"""
        return not self.number[0].isdigit()

    def write(self, value: Fraction) -> str | None:
        """Another value as this one is written, in the same unit; None where that cannot be done."""
        count = value / self.size
        if count.denominator > 1 and "." not in self.number and self.kind != "percent":
            return None
        if count.denominator not in (1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000) or (
            count > 2048 and self.kind in _KINDS and self.value < 1000 * self.size
        ):
            return None
        unit = self.unit
        is_short = unit.strip(" -") in _SHORT_UNITS
        if (count == 1) != (self.value == self.size) and re.fullmatch(r"[a-z]*", unit.strip(" -")) and not is_short:
            if self.kind not in _KINDS or unit.startswith("-"):
                return None  # "1 nodes": another number of the noun, and perhaps of the verb
            unit = unit.removesuffix("s") if count == 1 else unit + "s"
        if self.is_word:
            if count.denominator > 1 or not 1 <= count <= 20:
                return None
            word = NUMBER_WORDS[int(count)]
            return (word.capitalize() if self.number[0].isupper() else word) + unit
        whole = (
            f"{int(count):,}"
            if "," in self.number or count >= 10_000 or self.value < 1000 * self.size
            else str(int(count))
        )
        number = whole if count.denominator == 1 else f"{float(count):.12g}"
        return number + unit

    def keeps_order(self, value: Fraction, others: Iterable["Found"]) -> bool:
        """Would another value stand to the other amounts of its kind as this one does?"""
        return all(
            (value - other.value) * (self.value - other.value) > 0
            for other in others
            if other != self and other.kind == self.kind
        )

    @property
    def size(self) -> Fraction:
        """Of one unit, in the base unit."""
        return _unit(self.unit.strip(" -").casefold())[1] if self.kind in _KINDS else Fraction(1)


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORDS = "|".join(NUMBER_WORDS[2:])  # "one" is a pronoun more often than a number
_ONE = re.compile(r"\b(?P<number>one)(?P<unit> (?:second|minute|hour|day|week|month|year))\b(?! or)", re.I)
_IN_TEXT = re.compile(
    # What stands before tells an identifier from a quantity: IPv4, /26, $5, 10.0.0.0, us-east-1, v2.
    rf"(?<![\w./:$€£#+*=<>^-])(?P<number>{_NUMBER}|(?i:{_WORDS}))"
    r"(?P<unit>\s?%|[ \u00a0-][A-Za-z]+|)(?![\w%:]|[.,/-]\w|\+)"
)
# A number after one of these words is a name, not an amount.
_NAMES = frozenset(
    """
    port ports layer rfc tls ssl version versions v http tcp udp level tier phase step stage type class chapter section
    sha aes rsa route ipv ipv4 ipv6 error code status codes number figure table windows ubuntu linux amazon python java
    node postgresql mysql server oracle redis generation gen category zone area protocol option vlan raid paxos sha-
    base mode wifi usb pci ntp smb nfs nfsv snmp php ruby vp april may june july march in since as bgp md quic model
    record key
    """.split()
)
# "The default port is 443": a name as well; but "the number of layers is 5" counts them.
_NAME_BEFORE = re.compile(
    r"(?<!\bof )\b(?:ports?|layer|version|year|level|vlan|asn|as number|prefix length|prefix|status|code|class|tier"
    r"|generation|protocol|channel|identifier|id|port number|protocol number|version number)"
    r" (?:is|are|was|were|of|=|(?:is|are) set to|defaults? to)\s*$",
    re.I,
)
_BEHIND_NAMES = frozenset({"is", "are", "was", "were", "of", "=", "to"})  # what such a phrase ends with
_TOKEN = re.compile(r"[A-Za-z][\w-]*|[^\w\s]")
_MONTHS = frozenset(
    """
    January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug
    Sep Sept Oct Nov Dec
    """.split()
)
# Such numbers count nothing that could be another number: 64-bit, 3-way; and years.
_NO_UNITS = {"bit", "way", "tier", "based", "and", "or", "to", "the", "of", "layer", "factor", "s", "x", "d", "node"}


def find_quantities(text: str) -> Iterator[Found]:
    """The amounts in a text, in their order; not versions, ports, addresses, years and other numbers that are names."""
    matches = sorted([*_IN_TEXT.finditer(text), *_ONE.finditer(text)], key=lambda match: match.start())
    tokens = [token.span() for token in _TOKEN.finditer(text)] if matches else []
    for match in matches:
        number, unit = match["number"], match["unit"]
        place = bisect_left(tokens, (match.start(), 0))
        previous = text[tokens[place - 1][0] : min(tokens[place - 1][1], match.start())].casefold() if place else ""
        is_named = previous in _BEHIND_NAMES and bool(_NAME_BEFORE.search(text[: match.start()]))
        word = unit.strip(" -\u00a0").casefold()
        is_name = previous in _NAMES and word not in _UNITS and word.removesuffix("s") not in _UNITS
        is_year = (not word or word in _FUNCTION_WORDS) and re.fullmatch(r"(19|20)\d\d", number)
        is_date = unit.strip() in _MONTHS and unit.strip().istitle()
        is_name = is_name or (word not in _UNITS and is_named)
        if is_name and not is_named and previous in ("in", "since", "as", "may", "to", "key", "record", "number"):
            is_name = bool(re.fullmatch(r"(19|20)\d\d", number))
        is_status = re.fullmatch(r"[1-5]\d\d", number) and re.search(r"\bstatus\b|\bHTTP\b", text)
        if (
            is_name
            or is_year
            or is_status
            or is_date
            or word in _NO_UNITS - {"and", "or", "to", "the", "of", "layer", "node"}
        ):
            continue
        if unit[:1] in (" ", "\u00a0") and (word in _FUNCTION_WORDS or not word):
            unit, word = "", ""
        value = _value(number.casefold())
        if value is None:
            continue
        kind, size = _unit(word)
        if kind not in _KINDS:
            unit = ""
        start = match.start()
        yield Found(start, start + len(number) + len(unit), number, unit, word, kind, value * size)


_FUNCTION_WORDS = frozenset(
    """
    and or to the of in on at by for from with per each every is are was can cannot must when if until before after as
    than a an it its that which while but so because will may does do has have within across without using between into
    over under during not only more fewer less
    """.split()
)

# What other amounts a reader would find believable, by kind, in the units in which one speaks of them.
_TIMES = {
    "millisecond": (1, 2, 5, 10, 20, 50, 100, 200, 250, 500),
    "second": (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300, 900),
    "minute": (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120),
    "hour": (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 96),
    "day": (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 35, 45, 60, 90, 120, 180, 365, 400, 730),
    "week": (1, 2, 3, 4, 6, 8, 12, 26, 52),
    "month": (1, 2, 3, 6, 9, 12, 13, 15, 18, 24, 36),
    "year": (1, 2, 3, 5, 7, 10, 15, 20),
}
_ROUND = sorted({n * 10**power for power in range(7) for n in (1, 2, 3, 4, 5, 6, 8)} | {15, 25, 150, 250, 1500, 2500})
_PERCENTS = [Fraction(n) for n in (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95)]
_NINES = [Fraction(text) for text in ("99", "99.5", "99.9", "99.95", "99.99", "99.995", "99.999")]


def other_values(found: Found) -> list[Fraction]:
    """Believable other values of the quantity, by size, written like it and at most about a factor of ten away."""
    value, size = found.value, found.size
    if found.kind == "percent":
        if not 0 < value < 100 or value > Fraction("99.999"):
            return []
        near = set(_NINES if value >= 99 else _PERCENTS)
    else:
        near = {Fraction(count) * size for count in _counts_near(found, value / size)}
    return sorted(
        other
        for other in near
        if value / 12 <= other <= value * 12 and _differs(other, value) and found.write(other) is not None
    )


def _counts_near(found: Found, count: Fraction) -> set[Fraction]:
    if found.is_word:
        return {Fraction(other) for other in range(2, 21) if other <= 10 or other in (12, 15, 16, 20)}
    unit = found.noun.removesuffix("s")
    times = _TIMES.get(unit) if found.kind == "time" else None
    if times and count in times:
        return {Fraction(other) for other in times}
    if _is_power(count):
        return {Fraction(2**power) for power in range(24)}
    if count in _ROUND:
        return {Fraction(other) for other in _ROUND}
    # A value that is on no scale, such as 63, 1,280 or 3.5. Beside round ones it would stand out, so: its half, its
    # double and so on.
    factors = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(3, 2), Fraction(2), Fraction(3))
    near = {count * factor for factor in factors}
    if sum((count * factor).denominator == 1 for factor in factors) < 4:
        near |= {Fraction(round(count * factor)) for factor in factors if count > 20}  # of 65,507: 32,754
    return near if count >= 20 else near | {Fraction(other) for other in _ROUND if other < 100}


def _is_power(count: Fraction) -> bool:
    """Is it 16 or a higher power of two? 4 and 8 are round as well."""
    return count.denominator == 1 and count >= 16 and count.numerator & (count.numerator - 1) == 0


def _differs(other: Fraction, value: Fraction) -> bool:
    """Far enough apart that nobody takes one for the other; nines differ in the last digit."""
    return other != value and (value >= 99 or max(other, value) >= min(other, value) * Fraction(5, 4))
