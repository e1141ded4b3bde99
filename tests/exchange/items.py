"""Questions as they travel, and texts that break careless writers and readers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from facts.exchange.items import Choice, Item, one_line, tidied, tidy, why_unfit
from facts.exchange.records import BankFaults

NASTY = (
    *("<b>bold</b>", "</text>", "]]>", "<![CDATA[", "&amp;", "&lt;script&gt;", "<br>", "<!-- -->", '"quoted"', "it's"),
    *("{", "}", "~", "=", "#", "####", ":", "::", ";", "\\", "\\n", "\\\\", "->", "%50%", "%", "//", "$CATEGORY: x"),
    *("[html]", "[plain]", "[", "]", "[sound:x.mp3]", "{{Stem}}", "\\(x\\)", "_____", "TRUE", "T", "ANSWER: A", "A. a"),
    *(
        "\u05e9\u05dc\u05d5\u05dd",
        "\u202eright to left",
        "\u200f",
        "👩‍🚀",
        "é",
        "\u00a0",
        "\u2028",
        "\r\n",
        "\n\n",
        "\t",
    ),
)
letters = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
nasty_texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(letters, max_size=8)), max_size=5).map(
    lambda parts: tidy(" ".join(parts))
)
names = nasty_texts.map(one_line)
words = st.from_regex(r"[a-z0-9:-]{1,12}", fullmatch=True)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Any question that is fit to be asked."""
    count = draw(st.integers(2, 6))
    texts = draw(st.lists(nasty_texts.filter(bool), min_size=count, max_size=count, unique=True))
    if draw(st.integers(0, 4)) == 0:
        texts = ["True", "False"]
    keys = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1, max_size=3))
    item = tidied(
        Item(
            stem=draw(nasty_texts.filter(bool)),
            choices=tuple(
                Choice(text, number in keys, draw(nasty_texts)) for number, text in enumerate(texts)
            ),
            id=draw(words),
            name=draw(names),
            explanation=draw(nasty_texts),
            tags=tuple(draw(st.lists(words, max_size=2))),
            category=tuple(draw(st.lists(names.map(lambda name: name.strip("/ ")).filter(bool), max_size=2))),
        )
    )  # fmt: skip
    return item


fit_items = items().filter(lambda item: not why_unfit(item) and "&&0" not in repr(item))


def make_item(stem: str = "What keeps the log?", *choices: Choice, **values: object) -> Item:
    choices = choices or (
        Choice("A bucket", True, "It keeps it."),
        Choice("A queue", False, "It deletes it."),
        Choice("A topic", False),
    )
    return replace(Item(stem, choices), **values)


TRUE_FALSE_ITEM = make_item(
    "The log is kept.", Choice("True", False, "It is not kept."), Choice("False", True, "Right: it is deleted.")
)
CHOOSE_TWO_ITEM = make_item(
    "Which two are true?", Choice("One", True, "Yes."), Choice("Two", False, "No."), Choice("Three", True)
)


def faults(read, content: str | bytes) -> list[str]:
    """The faults that reading ends with."""
    with pytest.raises(BankFaults) as refused:
        read("quiz.txt", content if isinstance(content, bytes) else content.encode())
    return list(map(str, refused.value.faults))


def left_out(read, content: str) -> list[str]:
    return list(map(str, read("quiz.txt", content.encode()).left_out))
