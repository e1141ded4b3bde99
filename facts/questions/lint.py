"""Is there a clue in the wording? What can be checked by machine of the rules that item writers go by.

The rules are those of Haladyna, Downing and Rodriguez ("A review of multiple-choice item-writing guidelines", 2002) and
of the NBME's item-writing guide; each finding says what a test-wise reader would notice and what mends it. Findings do
not make a question unsound: they are advice to its author.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from facts.questions.articles import fits_article
from facts.questions.claims import normalise
from facts.questions.content import GAP, Kind, Option, Question
from facts.questions.quantities import quantity
from facts.questions.solvers import content_words

MUCH_LONGER = 1.5  # times the next one: what the eye picks out of four lines
_ABSOLUTE = re.compile(r"\b(always|never|all|none|every|only|completely|entirely|impossible|must)\b", re.I)
_ABOVE = re.compile(
    r"\b(all|none|both|neither) of (the|these) (above|options|answers)\b|\bboth [A-E] and [A-E]\b", re.I
)


@dataclass(frozen=True, slots=True)
class Clue:
    """What gives an answer away: a short code, and a sentence for the author."""

    code: str
    message: str


def find_clues(question: Question) -> list[Clue]:
    """Everything in the wording of a question that helps somebody who does not know the answer."""
    options = question.options
    keys = [option for option in options if option.correct]
    wrong = [option for option in options if not option.correct]
    if question.kind is Kind.TRUE_FALSE:
        return []
    clues = [*clues_among([option.text for option in options], [option.correct for option in options])]
    if question.kind in (Kind.SCENARIO, Kind.FILL_BLANK):
        clues += [*_content_clues(keys, wrong), *_echo_clues(question, keys, wrong)]
    if question.kind is Kind.FILL_BLANK:
        clues += [*_blank_clues(question, options)]
    if question.kind is Kind.SCENARIO:
        clues += [*_stem_clues(question)]
    return clues


def find_overlaps(questions: Sequence[Question]) -> list[tuple[int, int]]:
    """Pairs (i, j) of questions of one quiz of which the i-th tells the j-th's answer.

    Either they show the same fact, or the key of one stands in the stem of the other.
    """
    found = []
    for first, one in enumerate(questions):
        for second, other in enumerate(questions):
            if first == second:
                continue
            keys = [normalise(option.text) for option in other.options if option.correct]
            is_told = other.kind is not Kind.TRUE_FALSE and any(
                len(key.split()) > 2 and f" {key} " in f" {normalise(one.stem)} " for key in keys
            )
            if is_told or (first < second and set(one.fact_ids) & set(other.fact_ids)):
                found.append((first, second))
    return found


def clues_among(texts: Sequence[str], is_key: Sequence[bool]) -> Iterator[Clue]:
    """Clues that lie in the options alone: one that is much longer or shorter, absolutes, "all of the above"."""
    keys = [text for text, key in zip(texts, is_key, strict=True) if key]
    wrong = [text for text, key in zip(texts, is_key, strict=True) if not key]
    if not any(map(quantity, texts)):
        lengths = [len(text) for text in wrong]
        longest, shortest = max(map(len, keys)), min(map(len, keys))
        if shortest > MUCH_LONGER * max(lengths) and shortest - max(lengths) > 12:
            yield Clue(
                "key-longest", "The right answer is much longer than the others: shorten it, or tell more in them."
            )
        if longest * MUCH_LONGER < min(lengths) and min(lengths) - longest > 12:
            yield Clue("key-shortest", "The right answer is much shorter than the others: tell more in it.")
    if any(map(_says_above, texts)):
        yield Clue("all-of-the-above", "“All of the above” is answered by logic: write options of one kind.")
    is_wrong_absolute = len(wrong) > 1 and all(map(_is_absolute, wrong))
    if is_wrong_absolute and not any(map(_is_absolute, keys)):
        yield Clue("absolutes", "Every wrong answer says “always”, “only” or the like, the right one does not.")


@lru_cache(maxsize=50_000)  # one statement stands in many sets that are compared
def _is_absolute(text: str) -> bool:
    return _ABSOLUTE.search(text) is not None


@lru_cache(maxsize=50_000)
def _says_above(text: str) -> bool:
    return _ABOVE.search(text) is not None


def _content_clues(keys: Sequence[Option], wrong: Sequence[Option]) -> Iterator[Clue]:
    """Options of one kind, that begin in more than one way; for short options, not for whole statements."""
    kinds = [(found[0] if (found := quantity(option.text)) else "") for option in (*keys, *wrong)]
    if len(set(kinds)) > 1 and "" not in kinds[: len(keys)] and set(kinds[len(keys) :]) & {*_BASE_KINDS, ""}:
        yield Clue("not-of-one-kind", "Some options are amounts and others are not, or of another kind of amount.")
    first = {normalise(option.text).partition(" ")[0] for option in wrong}
    key = normalise(keys[0].text).partition(" ")[0]
    if len(wrong) >= 3 and len(first) == 1 and not first & {key, "", "amazon", "aws"}:
        yield Clue("odd-one-out", "All wrong answers begin alike and the right one does not.")


_BASE_KINDS = ("time", "size", "rate", "percent")


def _echo_clues(question: Question, keys: Sequence[Option], wrong: Sequence[Option]) -> Iterator[Clue]:
    stem = content_words(question.stem)
    echoed = {word for key in keys for word in content_words(key.text) & stem if len(word) > 4}
    elsewhere = {word for option in wrong for word in content_words(option.text)}
    only_key = echoed - elsewhere
    if only_key and not elsewhere & stem:
        words = ", ".join(f"“{word}”" for word in sorted(only_key))
        yield Clue("echo", f"The stem's {words} stands in the right answer and in no other.")


def _blank_clues(question: Question, options: Sequence[Option]) -> Iterator[Clue]:
    before, _, after = question.stem.partition(GAP)
    if not all(fits_article(before, option.text) for option in options):
        article = re.findall(r"\w+", before)[-1]
        yield Clue("article", f"“{article}” before the gap does not fit every option: take it into the options.")
    plural = [_is_plural(option.text) for option in options]
    verb = re.match(r"\s+(is|are|has|have|does|do)\b", after)
    if verb and not before.strip() and len(set(plural)) > 1:
        yield Clue("number", f"“{verb[1]}” behind the gap does not fit every option.")
    key = next(option for option in options if option.correct)
    told = {word for word in content_words(key.text) & content_words(after) if len(word) > 4}
    others = {word for option in options if not option.correct for word in content_words(option.text)}
    if told - others:
        yield Clue("clue-after-gap", f"What follows the gap repeats {', '.join(sorted(told - others))} of the answer.")


def _stem_clues(question: Question) -> Iterator[Clue]:
    task = re.split(r"(?<=[.!])\s", question.stem.strip())[-1]
    if task.endswith("?"):
        asked = re.search(r"\b(which|what)\b.*\b(not|except|false|incorrect)\b", task, re.I)
        if asked and asked[2] != asked[2].upper():
            yield Clue("negative-stem", f"“{asked[2]}” turns the question around: write {asked[2].upper()}.")


def _is_plural(text: str) -> bool:
    last = text.strip().rsplit(" ", 1)[-1]
    return last.islower() and last.endswith("s") and not last.endswith(("ss", "us", "is"))
