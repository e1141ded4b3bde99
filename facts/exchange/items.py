"""Questions of choice as they travel between programs, apart from any file format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from facts.exchange.records import BankFaults, FileFault

TRUE_FALSE = ("True", "False")

# What Moodle counts as the whole mark divided by 1, 2, 3 ... keys; it knows no other shares.
SHARES = ("100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5", "11.11111", "10")

# Longer texts are no questions, and cost readers of HTML more than they are worth.
MAX_TEXT = 20_000
TOO_LONG = f"has a text of more than {MAX_TEXT:,} characters"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    is_key: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its options, and what is told after it was answered."""

    stem: str
    choices: tuple[Choice, ...]
    id: str = ""  # the same whenever the same is asked
    name: str = ""  # for lists
    explanation: str = ""
    changed: str = ""
    reference: str = ""  # a web address
    checked: str = ""  # the day on which it was read there
    tags: tuple[str, ...] = ()  # such as "service::s3"
    category: tuple[str, ...] = ()  # from the widest to the narrowest

    @property
    def keys(self) -> int:
        """How many options are right."""
        return sum(choice.is_key for choice in self.choices)

    @property
    def is_true_false(self) -> bool:
        return self.keys == 1 and tuple(choice.text for choice in self.choices) == TRUE_FALSE

    @property
    def told(self) -> str:
        """Explanation, change and source in one text, for formats that have one place for them."""
        source = self.reference and f"Source: {self.reference}" + (self.checked and f" (read on {self.checked})")
        return "\n".join(text for text in (self.explanation, self.changed, source) if text)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that did not come along, and why."""

    question: str
    why: str

    def __str__(self) -> str:
        return f"{self.question}: {self.why}"


@dataclass(frozen=True, slots=True)
class Export:
    """A file of questions, and all that is not in it."""

    content: bytes
    count: int
    left_out: tuple[LeftOut, ...]
    lost: Mapping[str, int]  # a part for which the format has no place, and how many of the questions had it


@dataclass(frozen=True, slots=True)
class Reading:
    """The questions of a file, and those that are no choice between options."""

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


def tidy(text: str) -> str:
    """The text with white space as every page shows it: none at the ends of lines, one space between words."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def one_line(text: str) -> str:
    return " ".join(text.split())


def tidied(item: Item) -> Item:
    return replace(
        item,
        stem=tidy(item.stem),
        choices=tuple(Choice(tidy(choice.text), choice.is_key, tidy(choice.feedback)) for choice in item.choices),
        id=one_line(item.id),
        name=one_line(item.name),
        explanation=tidy(item.explanation),
        changed=tidy(item.changed),
        reference=one_line(item.reference),
        checked=one_line(item.checked),
        tags=tuple(filter(None, map(one_line, item.tags))),
        category=tuple(filter(None, map(one_line, item.category))),
    )


def why_unfit(item: Item) -> str:
    """What keeps a tidied item from being a question of choice in any format; empty if nothing does."""
    texts = [choice.text for choice in item.choices]
    if not item.stem:
        return "has no text"
    if len(texts) < 2:
        return f"has {len(texts) or 'no'} option{'s' if not texts else ''}, needs two or more"
    if not all(texts):
        return "has an empty option"
    if twice := [text for text, count in Counter(texts).items() if count > 1]:
        return f"has the option “{twice[0]:.60}” twice"
    if not item.keys:
        return "has no right answer"
    parts = (item.stem, *texts, *(choice.feedback for choice in item.choices), item.id, item.name, item.told)
    for part in (*parts, *item.tags, *item.category):
        if has_control(part):
            return "has a control character, which no file of questions can hold"
    return ""


def has_control(text: str) -> bool:
    """Is there a character that cannot stand in XML, or that steers a terminal?"""
    return _CONTROL.search(text) is not None


def sort_out(
    items: Iterable[Item], why_not: Callable[[Item], str] = lambda item: ""
) -> tuple[list[Item], tuple[LeftOut, ...]]:
    """The items that a file can hold, tidied, and the others. ``why_not`` says what one format cannot hold."""
    fit: list[Item] = []
    left_out: list[LeftOut] = []
    ids: set[str] = set()
    for number, item in enumerate(map(tidied, items), 1):
        why = why_unfit(item) or why_not(item)
        if not why and item.id and item.id in ids:
            why = "has the id of another question"
        if why:
            left_out.append(LeftOut(item.name or item.id or f"question {number}", why))
        else:
            ids.add(item.id)
            fit.append(item)
    return fit, tuple(left_out)


class Reader:
    """What is found while a file of questions is read: good questions, others, and every fault."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Item] = []
        self.left_out: list[LeftOut] = []
        self.faults: list[FileFault] = []
        self.numbers: dict[str, int] = {}  # of the questions, by their ids

    def fault(self, number: int, message: str) -> None:
        self.faults.append(FileFault(self.file, f"question {number}", "", message))

    def leave_out(self, number: int, why: str) -> None:
        self.left_out.append(LeftOut(f"{self.file}: question {number}", why))

    def add(self, number: int, item: Item) -> None:
        item = tidied(item)
        if why := why_unfit(item):
            self.fault(number, why)
        elif item.id and item.id in self.numbers:
            self.fault(number, f"has the id of question {self.numbers[item.id]}")
        else:
            self.numbers[item.id] = number
            self.items.append(item)

    def reading(self) -> Reading:
        """Raises BankFaults if there was any fault, or no question at all."""
        if not self.faults and not self.items and not self.left_out:
            self.faults.append(FileFault(self.file, "", "", "has no question"))
        if self.faults:
            raise BankFaults(self.faults)
        return Reading(tuple(self.items), tuple(self.left_out))


def refuse_other_files(file: str, content: bytes) -> None:
    """Raise BankFaults for what is plainly no text: an archive, UTF-16, NUL bytes."""
    message = ""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        message = "is a zip archive: unpack it, and import the file inside"
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "is text in UTF-16: save it as UTF-8"
    elif b"\0" in content:
        message = f"has a NUL byte (byte {content.index(0)}): is it a file of questions?"
    elif not content.strip():
        message = "is empty"
    if message:
        raise BankFaults([FileFault(file, "", "", message)])


def read_text(file: str, content: bytes) -> str:
    """The file's text with plain line ends. Raises BankFaults if it is none."""
    refuse_other_files(file, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not text in UTF-8 (byte {error.start}): save it as UTF-8"
        raise BankFaults([FileFault(file, "", "", message)]) from error
    return re.sub(r"\r\n?", "\n", text)
