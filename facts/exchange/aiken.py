"""Questions as Aiken, https://docs.moodle.org/en/Aiken_format, written and read: text, options and one key, no more."""

import re
from collections import Counter
from collections.abc import Iterable
from string import ascii_uppercase

from facts.exchange.items import Choice, Export, Item, Reader, Reading, one_line, read_text, sort_out

_OPTION = re.compile(r"([A-Z])[.)](?:\s+|$)(.*)")
_LOOKS_LIKE_OPTION = re.compile(r"[A-Z][.)]")
_ANSWER = re.compile(r"ANSWER:\s*(.*)")


def write_aiken(items: Iterable[Item]) -> Export:
    """Questions with one key. Aiken has no place for feedback, explanations and tags: they are counted as lost."""
    fit, left_out = sort_out(items, _why_not)
    lost: Counter[str] = Counter()
    blocks = []
    for item in fit:
        texts = (item.stem, *(choice.text for choice in item.choices))
        lost["line breaks"] += any("\n" in text for text in texts)
        lost["reasons of options"] += any(choice.feedback for choice in item.choices)
        lost["explanations"] += bool(item.told)
        lost["tags"] += bool(item.tags)
        lost["ids"] += bool(item.id)
        lines = [one_line(item.stem)]
        for letter, choice in zip(ascii_uppercase, item.choices, strict=False):
            lines.append(f"{letter}. {one_line(choice.text)}")
        key = next(letter for letter, choice in zip(ascii_uppercase, item.choices, strict=False) if choice.is_key)
        blocks.append("\n".join([*lines, f"ANSWER: {key}", ""]))
    content = "\n".join(blocks).encode()
    return Export(content, len(fit), left_out, {part: count for part, count in lost.items() if count})


def _why_not(item: Item) -> str:
    if item.keys > 1:
        return f"has {item.keys} right answers, Aiken has one"
    if len(item.choices) > len(ascii_uppercase):
        return f"has {len(item.choices)} options, Aiken has letters for {len(ascii_uppercase)}"
    stem = one_line(item.stem)
    if len(stem) < 2:
        return "has a single character for its text, which readers of Aiken skip"
    if _LOOKS_LIKE_OPTION.match(stem) or stem.startswith("ANSWER:"):
        return "has a text that starts like an option or an answer of Aiken"
    texts = [one_line(choice.text) for choice in item.choices]
    return "has options that differ in line breaks alone" if len(set(texts)) < len(texts) else ""


def read_aiken(file: str, content: bytes) -> Reading:
    """The questions of a file. Raises BankFaults with every fault."""
    reader = Reader(file)
    number = 1
    stem: list[str] = []
    options: list[str] = []
    is_faulty = False
    for line in map(str.strip, read_text(file, content).split("\n")):
        if not line:
            continue
        if not stem:
            is_faulty = False
        if found := _ANSWER.match(line):
            if not is_faulty:
                _finish(reader, number, " ".join(stem), options, found[1].strip())
            number += 1
            stem, options = [], []
        elif stem and (found := _OPTION.match(line)):
            if found[1] != ascii_uppercase[len(options) % 26] and not is_faulty:
                reader.fault(number, f"has an option {found[1]} where {ascii_uppercase[len(options) % 26]} is due")
                is_faulty = True
            options.append(found[2])
        elif options:
            if not is_faulty:
                reader.fault(number, f"has no ANSWER: before “{line:.40}”")
            number += 1
            stem, options, is_faulty = [line], [], False
        else:
            stem.append(line)
    if stem and not is_faulty:
        reader.fault(number, "has no ANSWER:, the file ends before" if options else "has no options")
    return reader.reading()


def _finish(reader: Reader, number: int, stem: str, options: list[str], answer: str) -> None:
    letters = re.fullmatch("[A-Z]", answer)
    if not letters:
        reader.fault(number, f"has the answer “{answer:.20}”, which is not one letter")
    elif ascii_uppercase.index(answer) >= len(options):
        reader.fault(number, f"has the answer {answer}, but no such option")
    else:
        key = ascii_uppercase.index(answer)
        choices = tuple(Choice(text, index == key) for index, text in enumerate(options))
        reader.add(number, Item(stem, choices))
