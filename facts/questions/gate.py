"""The gate: is a statement a plain fact, which rules may be used on? And texts in the one form that they read."""

import re
import unicodedata

LONGEST = 300
_REFUSALS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"[?]"), "is a question: write what is true"),
    (re.compile(r"!(?!=)"), "is an exclamation: write a plain sentence"),
    (re.compile(r"<\s*/?\s*[a-zA-Z!]"), "has HTML: write plain text"),
    (re.compile(r"\*\*|__|`|^\s*#|\]\(|^\s*[-*]\s"), "has markdown: write plain text"),
    (re.compile(r"https?://|www\."), "has a web address: put it into the reference"),
    (re.compile(r"\barn:"), "has an ARN: name the resource instead"),
    (re.compile(r"^\s*[=+@-]"), "starts like a formula: start with the subject"),
    (
        re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\betc)(?<!\bU\.S)(?<!\b[A-Z])[.]\s+\S"),
        "has two sentences: split it",
    ),
    (re.compile(r"[\u0590-\u08ff\u3040-\u9fff\uac00-\ud7af\u0400-\u04ff]"), "is not in English letters"),
    (
        re.compile(r"^(it|they|this|these|those|he|she|we|you|such|there|here)\b", re.I),
        "starts with a word that stands for something else: name the subject",
    ),
    (
        re.compile(
            r"^(however|therefore|thus|hence|moreover|furthermore|instead|otherwise|nevertheless|also|but|and|or|so"
            r"|in addition|for example|for instance|in contrast|as a result|note that|remember|likewise|similarly)\b",
            re.I,
        ),
        "leans on a sentence before it: make it stand alone",
    ),
    (re.compile(r"^(how|why|what|where|who|which|whose|whether)\b", re.I), "starts like a question or a heading"),
    (
        re.compile(
            r"\b(mentioned above|the above|as above|see below|shown below|the following|aforementioned|option [A-E]|"
            r"(?:above|below|following|previous) (?:table|list|section|example|figure|statement|options?))\b"
        ),
        "points at a text that is not there: make it stand alone",
    ),
    (re.compile(r"^[\w .]{1,40}\s[-\u2013\u2014:]\s"), "starts with a heading: write one whole sentence"),
    (re.compile(r"_{3,}"), "contains a gap"),
]


def find_refusals(statement: str) -> list[str]:
    """Why the statement is no plain fact, each as advice to its author; empty for one that can be read.

    No rule is ever used on a statement that is refused.
    """
    if len(statement) > LONGEST:
        return [f"has {len(statement)} characters: split it into facts of at most {LONGEST}"]
    text = plain(statement)
    words = text.split()
    if not words:
        return ["is empty"]
    if len(words) < 4:
        return ["is too short to be a statement: write one whole sentence"]
    found = [message for pattern, message in _REFUSALS if pattern.search(text)]
    if any(unicodedata.category(character) in ("Cc", "Cf", "So", "Co", "Cn") for character in statement):
        found.append("has an emoji, or a control or invisible character")
    if not _is_balanced(text):
        found.append("has a bracket or quotation mark that is not closed")
    if not re.match(r"[A-Za-z0-9\"'(\u201c]", text):
        found.append("does not start with a word")
    return found


def plain(text: str) -> str:
    """The text in one normal form, without invisible characters, with single spaces."""
    text = unicodedata.normalize("NFC", text).translate(dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff")))
    return " ".join(text.split())


_CONTRACTIONS = {"can't": "cannot", "won't": "will not", "shan't": "shall not"}


def open_contractions(text: str) -> str:
    """ "can't" -> "cannot", "doesn't" -> "does not"."""
    text = text.replace("\u2019", "'")
    for short, long in _CONTRACTIONS.items():
        text = text.replace(short, long).replace(short.capitalize(), long.capitalize())
    return re.sub(r"(?<=\w)n't\b", " not", text)


def place_when_opened(text: str, place: int) -> int:
    """Where a word stands in ``open_contractions(text)`` that stands at ``place`` in the text."""
    return len(open_contractions(text[:place]))


def _is_balanced(text: str) -> bool:
    return all(text.count(first) == text.count(last) for first, last in ("()", "[]", "{}", "\u201c\u201d")) and (
        text.count('"') % 2 == 0
    )
