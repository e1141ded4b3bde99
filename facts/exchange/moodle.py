"""Questions as Moodle XML, https://docs.moodle.org/en/Moodle_XML_format, written and read."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

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
    refuse_other_files,
    sort_out,
    tidy,
)
from facts.exchange.markup import from_html, shows_media, to_html
from facts.exchange.records import BankFaults, FileFault

_TOP = "$course$/top"


def write_moodle(items: Iterable[Item]) -> Export:
    """Everything of the items: options with feedback, explanation, tags, and a category for each of theirs."""
    fit, left_out = sort_out(items, why_no_shares)
    quiz = Element("quiz")
    category: tuple[str, ...] = ()
    for item in fit:
        if item.category != category:
            category = item.category
            question = SubElement(quiz, "question", type="category")
            _add(SubElement(question, "category"), category_path(category))
        _write(quiz, item)
    ElementTree.indent(quiz)
    content = ElementTree.tostring(quiz, encoding="utf-8", xml_declaration=True)
    return Export(content + b"\n", len(fit), left_out, {})


def why_no_shares(item: Item) -> str:
    """Why Moodle cannot share the mark among the keys; empty if it can."""
    return f"has {item.keys} right answers, at most {len(SHARES)} can share the mark" if item.keys > len(SHARES) else ""


def category_path(names: Iterable[str]) -> str:
    escaped = (name.replace("/", "//") for name in names)
    # A slash at an end would run into the one between two names.
    padded = (" " * name.startswith("/") + name + " " * name.endswith("/") for name in escaped)
    return "/".join([_TOP, *padded])


def category_names(path: str) -> tuple[str, ...]:
    names = [name.strip().replace("//", "/") for name in re.split("(?<!/)/(?!/)", path.strip())]
    while names and names[0] in ("$course$", "$system$", "$module$", "top"):
        del names[0]
    return tuple(filter(None, names))


def _write(quiz: Element, item: Item) -> None:
    question = SubElement(quiz, "question", type="truefalse" if item.is_true_false else "multichoice")
    _add(SubElement(question, "name"), item.name)
    _add_html(SubElement(question, "questiontext"), item.stem)
    _add_html(SubElement(question, "generalfeedback"), item.told)
    SubElement(question, "defaultgrade").text = "1"
    SubElement(question, "idnumber").text = item.id
    if not item.is_true_false:
        SubElement(question, "single").text = "true" if item.keys == 1 else "false"
        SubElement(question, "shuffleanswers").text = "true"
        SubElement(question, "answernumbering").text = "abc"
    share = SHARES[item.keys - 1]
    for choice in item.choices:
        # Of several keys, a wrong one takes as much as a right one gives: ticking everything earns nothing.
        fraction = share if choice.is_key else "0" if item.keys == 1 else f"-{share}"
        answer = SubElement(question, "answer", fraction=fraction)
        if item.is_true_false:
            answer.set("format", "moodle_auto_format")
            _add(answer, choice.text.lower())
        else:
            _add_html(answer, choice.text)
        _add_html(SubElement(answer, "feedback"), choice.feedback)
    if item.tags:
        tags = SubElement(question, "tags")
        for tag in item.tags:
            _add(SubElement(tags, "tag"), tag)


def _add(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text


def _add_html(parent: Element, text: str) -> None:
    parent.set("format", "html")
    _add(parent, to_html(text))


def read_moodle(file: str, content: bytes) -> Reading:
    """The choice and true/false questions of a file. Raises BankFaults with every fault."""
    refuse_other_files(file, content)
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        message = "has a document type or entities of its own: that is not read"
        raise BankFaults([FileFault(file, "", "", message)]) from error
    except (ParseError, ValueError, LookupError) as error:  # the last two for encodings
        raise BankFaults([FileFault(file, "", "", f"is not valid XML: {error}")]) from error
    if root.tag != "quiz":
        message = f"is no Moodle XML: its first element is <{root.tag:.40}>, not <quiz>"
        raise BankFaults([FileFault(file, "", "", message)])
    reader = Reader(file)
    category: tuple[str, ...] = ()
    number = 0
    for question in root.iterfind("question"):
        kind = question.get("type", "")
        if kind == "category":
            category = category_names(_text(question.find("category")))
            continue
        number += 1
        if kind in ("multichoice", "truefalse"):
            _read(reader, number, question, category)
        else:
            reader.leave_out(number, f"is of the type {kind:.40}, no choice between options")
    return reader.reading()


def _read(reader: Reader, number: int, question: Element, category: tuple[str, ...]) -> None:
    answers = question.findall("answer")
    shown = [question.find("questiontext"), *answers]
    told = [question.find("generalfeedback"), *(answer.find("feedback") for answer in answers)]
    if any(len(_text(element)) > MAX_TEXT for element in (*shown, *told)):
        reader.leave_out(number, TOO_LONG)
        return
    if any(element is not None and _is_html(element) and shows_media(_text(element)) for element in shown):
        reader.leave_out(number, "shows a picture or other media, which is not kept")
        return
    is_true_false = question.get("type") == "truefalse"
    fractions: list[float] = []
    for answer in answers:
        fraction = answer.get("fraction", "0").strip()
        if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{0,20})?", fraction, re.ASCII):
            reader.fault(number, f"has the fraction “{fraction:.20}”, which is no number of hundredths")
            return
        fractions.append(float(fraction))
    is_single = is_true_false or (question.findtext("single") or "true").strip().lower() in ("true", "1")
    if why := why_not_kept(fractions, is_single):
        reader.leave_out(number, why)
        return
    choices = [
        Choice(_plain(answer), fraction > 0, _plain(answer.find("feedback")))
        for answer, fraction in zip(answers, fractions, strict=True)
    ]
    if is_true_false:
        by_text = {choice.text.lower(): choice for choice in choices}
        if len(choices) != 2 or by_text.keys() != {"true", "false"}:
            reader.fault(number, "is true or false, but its answers are not “true” and “false”")
            return
        choices = [Choice(text, by_text[text.lower()].is_key, by_text[text.lower()].feedback) for text in TRUE_FALSE]
    item = Item(
        stem=_plain(question.find("questiontext")),
        choices=tuple(choices),
        id=question.findtext("idnumber") or "",
        name=_text(question.find("name")),
        explanation=_plain(question.find("generalfeedback")),
        tags=tuple(_text(tag) for tag in question.iterfind("tags/tag")),
        category=category,
    )
    reader.add(number, item)


def why_not_kept(fractions: Iterable[float], is_single: bool) -> str:
    """Why marks in hundredths are not simply right and wrong; empty if they are."""
    given = [fraction for fraction in fractions if fraction > 0]
    if is_single and any(fraction < 100 for fraction in given):
        return "gives part of the mark for an option, which is not kept"
    if is_single and len(given) > 1:
        return f"takes any one of {len(given)} options as right, which is not kept"
    return ""


def _text(parent: Element | None) -> str:
    return (parent.findtext("text") or "") if parent is not None else ""


def _is_html(element: Element) -> bool:
    return element.get("format", "html") in ("html", "moodle_auto_format")


def _plain(element: Element | None) -> str:
    text = _text(element)
    return from_html(text) if element is not None and _is_html(element) else tidy(text)
