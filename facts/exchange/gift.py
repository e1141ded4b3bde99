"""Questions as GIFT, https://docs.moodle.org/en/GIFT_format, written and read.

Escaped are ``\\ ~ = # { } :`` and line breaks, as Moodle does. A semicolon has no meaning in GIFT; with a backslash
before it, readers would show the backslash.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from facts.exchange.items import (
    MAX_TEXT,
    SHARES,
    TOO_LONG,
    TRUE_FALSE,
    Choice,
    Export,
    Item,
    Reader,
    Reading,
    read_text,
    sort_out,
    tidy,
)
from facts.exchange.markup import from_html, shows_media
from facts.exchange.moodle import category_names, category_path, why_no_shares, why_not_kept
from facts.questions.content import GAP

_SPECIAL = re.compile(r"[\\~=#{}:\n]")
_TOKEN = re.compile(r"\\[\\~=#{}:n]|.", re.DOTALL)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;")
_ID = re.compile(r"\[id:((?:\\\]|[^\]])+)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`])+)\]")


def write_gift(items: Iterable[Item]) -> Export:
    """Everything of the items; ids and tags in comments, as Moodle writes and reads them."""
    fit, left_out = sort_out(items, _why_not)
    blocks: list[str] = []
    category: tuple[str, ...] = ()
    for item in fit:
        if item.category != category:
            category = item.category
            blocks.append(f"$CATEGORY: {_escape(category_path(category))}\n")
        blocks.append(_write(item))
    return Export("\n".join(blocks).encode(), len(fit), left_out, {})


def _why_not(item: Item) -> str:
    if any("&&0" in text for text in _texts(item)):
        return "has the characters “&&0”, which readers of GIFT take for one of their own signs"
    if any(re.search(r"[\\\[]|\]", text) for text in (item.id, *item.tags)) or any(
        re.search("[<>`]", tag) for tag in item.tags
    ):
        return "has an id or a tag with signs that a GIFT comment cannot hold"
    return why_no_shares(item)


def _texts(item: Item) -> Iterator[str]:
    yield item.stem
    for choice in item.choices:
        yield choice.text
        yield choice.feedback
    yield item.told


def _write(item: Item) -> str:
    marks = [f"[id:{item.id}]"] * bool(item.id) + [f"[tag:{tag}]" for tag in item.tags]
    lines = [f"// {' '.join(marks)}"] if marks else []
    # Without a word on it, markup in a text would be shown as what it marks up.
    is_marked = any("<" in text or "&" in text for text in _texts(item))
    stem = f"[plain]{_escape(item.stem)}" if is_marked or item.stem.startswith(("//", "$")) else _text(item.stem)
    lines.append((f"::{_escape(item.name)}::" if item.name else "") + stem + "{")
    if item.is_true_false:
        true, false = item.choices
        right, wrong = (true, false) if true.is_key else (false, true)
        feedback = f"#{_text(wrong.feedback)}#{_text(right.feedback)}" if wrong.feedback or right.feedback else ""
        lines.append(("TRUE" if true.is_key else "FALSE") + feedback)
    else:
        share = SHARES[item.keys - 1]
        for choice in item.choices:
            if item.keys > 1:
                mark = f"~%{'' if choice.is_key else '-'}{share}%"
            elif choice.is_key:
                mark = "="
            else:
                mark = "~%0%" if choice.text.startswith("%") else "~"
            feedback = f" # {_text(choice.feedback)}" if choice.feedback else ""
            lines.append(mark + _text(choice.text) + feedback)
    if item.told:
        lines.append(f"####{_text(item.told)}")
    return "\n".join([*lines, "}", ""])


def _text(text: str) -> str:
    return ("[plain]" if _FORMAT.match(text) else "") + _escape(text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], text)


def read_gift(file: str, content: bytes) -> Reading:
    """The choice and true/false questions of a file. Raises BankFaults with every fault."""
    text = read_text(file, content)
    reader = Reader(file)
    category: tuple[str, ...] = ()
    number = 0
    for block in re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", text.strip("\n")):
        comments: list[str] = []
        lines: list[str] = []
        for line in block.split("\n"):
            if line.lstrip().startswith("//"):
                comments.append(line)
            elif line.startswith("$CATEGORY:"):
                category = category_names(_unescape(_TOKEN.findall(line.removeprefix("$CATEGORY:"))))
            else:
                lines.append(line)
        body = "\n".join(lines).strip()
        if body:
            number += 1
            _Question(reader, number, "\n".join(comments), category).read(_TOKEN.findall(body))
    return reader.reading()


def _unescape(tokens: Sequence[str]) -> str:
    return "".join({"\\n": "\n"}.get(token, token[-1]) for token in tokens)


def _find(tokens: Sequence[str], signs: str, start: int = 0) -> int:
    """Where these signs stand unescaped, or -1."""
    width = len(signs)
    for index in range(start, len(tokens) - width + 1):
        if tokens[index] == signs[0] and list(tokens[index : index + width]) == list(signs):
            return index
    return -1


def _strip(tokens: Sequence[str]) -> Sequence[str]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].isspace():
        start += 1
    while end > start and tokens[end - 1].isspace():
        end -= 1
    return tokens[start:end]


class _Question:
    """One block of a file while it is read."""

    def __init__(self, reader: Reader, number: int, comments: str, category: tuple[str, ...]) -> None:
        self.reader = reader
        self.number = number
        self.comments = comments
        self.category = category
        self.format = ""  # of the texts that do not name their own
        self.has_media = False
        self.is_too_long = False

    def read(self, tokens: list[str]) -> None:
        name = ""
        if tokens[:2] == [":", ":"] and (end := _find(tokens, "::", 2)) >= 0:
            name = _unescape(tokens[2:end])
            tokens = tokens[end + 2 :]
        start, end = _find(tokens, "{"), _find(tokens, "}")
        if start < 0 and end < 0:
            self.reader.leave_out(self.number, "is a description: it has no answers in braces")
            return
        if start < 0 or end < start:
            self.reader.fault(self.number, "has one brace only: “{” and “}” hold the answers, or need a “\\” before")
            return
        before, inside, after = tokens[:start], _strip(tokens[start + 1 : end]), _strip(tokens[end + 1 :])
        if _find(after, "{") >= 0 or _find(after, "}") >= 0:
            self.reader.fault(self.number, "has more than one part in braces: is an empty line missing?")
            return
        stem = self.text([*before, *GAP, *([" "] * tokens[end + 1].isspace()), *after] if after else before, True)
        told: Sequence[str] = ()
        if (mark := _last(inside, "####")) >= 0:
            inside, told = _strip(inside[:mark]), inside[mark + 4 :]
        if not (choices := self.choices(inside)):
            return
        item = Item(
            stem=stem,
            choices=tuple(choices),
            id="".join(_ID.findall(self.comments)[:1]).replace("\\]", "]"),
            name=name,
            explanation=self.text(told),
            tags=tuple(tag.replace("\\]", "]") for tag in _TAG.findall(self.comments)),
            category=self.category,
        )
        if self.is_too_long:
            self.reader.leave_out(self.number, TOO_LONG)
        elif self.has_media:
            self.reader.leave_out(self.number, "shows a picture or other media, which is not kept")
        else:
            self.reader.add(self.number, item)

    def text(self, tokens: Sequence[str], is_stem: bool = False) -> str:
        raw = "".join(_strip(tokens))
        if len(raw) > MAX_TEXT:
            self.is_too_long = True
            return ""
        own = self.format
        if found := _FORMAT.match(raw):
            own = found[1]
            raw = raw[found.end() :]
        if is_stem:
            self.format = own
        text = _unescape(_TOKEN.findall(raw))
        if own == "html" or (own in ("", "moodle") and _MARKUP.search(text)):
            self.has_media = self.has_media or shows_media(text)
            return from_html(text)
        return tidy(text)

    def choices(self, tokens: Sequence[str]) -> list[Choice]:
        """The options; empty if it is a question of another kind, or faulty."""
        head = _unescape(_strip(tokens[: mark if (mark := _find(tokens, "#")) >= 0 else None])).upper()
        if not tokens:
            self.reader.leave_out(self.number, "asks for an essay, no choice between options")
        elif tokens[0] == "#":
            self.reader.leave_out(self.number, "asks for a number, no choice between options")
        elif "~" in tokens:
            return self.options(tokens)
        elif "=" in tokens and _find(tokens, "->") >= 0:
            self.reader.leave_out(self.number, "asks to match, no choice between options")
        elif head in ("T", "TRUE", "F", "FALSE"):
            return self.true_false(tokens, head.startswith("T"))
        elif "=" in tokens:
            self.reader.leave_out(self.number, "asks for a written answer, no choice between options")
        else:
            self.reader.fault(self.number, f"has answers that cannot be read: “{_unescape(tokens):.40}”")
        return []

    def true_false(self, tokens: Sequence[str], is_true: bool) -> list[Choice]:
        _, *feedback = _split(tokens, "#", 2)
        wrong, right = [*map(self.text, feedback), "", ""][:2]
        return [
            Choice(text, is_key, right if is_key else wrong)
            for text, is_key in zip(TRUE_FALSE, (is_true, not is_true), strict=True)
        ]

    def options(self, tokens: Sequence[str]) -> list[Choice]:
        starts = [index for index, token in enumerate(tokens) if token in "~="]
        if starts[0]:
            self.reader.fault(self.number, "has words before its first option: is a “~” or “=” missing?")
            return []
        fractions: list[float] = []
        texts: list[Sequence[str]] = []
        for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
            option = _strip(tokens[start + 1 : end])
            weight = 100.0 if tokens[start] == "=" else 0.0
            if not option and tokens[start] == "~" and end < len(tokens):
                continue  # "~=" starts a right option, too
            if tokens[start] == "~" and (found := _WEIGHT.match("".join(option[:12]))):
                weight = float(found[1])
                option = option[found.end() :]
            fractions.append(weight)
            texts.append(option)
        if why := why_not_kept(fractions, "=" in tokens):
            self.reader.leave_out(self.number, why)
            return []
        choices = []
        for option, fraction in zip(texts, fractions, strict=True):
            text, *feedback = _split(option, "#", 1)
            choices.append(Choice(self.text(text), fraction > 0, self.text(feedback[0]) if feedback else ""))
        return choices


def _split(tokens: Sequence[str], sign: str, most: int) -> list[Sequence[str]]:
    parts = []
    for _ in range(most):
        if (index := _find(tokens, sign)) < 0:
            break
        parts.append(tokens[:index])
        tokens = tokens[index + 1 :]
    return [*parts, tokens]


def _last(tokens: Sequence[str], signs: str) -> int:
    """Where these signs stand unescaped for the last time, or -1."""
    width = len(signs)
    for index in range(len(tokens) - width, -1, -1):
        if tokens[index] == signs[0] and list(tokens[index : index + width]) == list(signs):
            return index
    return -1
