from dataclasses import replace

import pytest
from hypothesis import given

from facts.exchange.aiken import read_aiken, write_aiken
from facts.exchange.items import Choice, Item, one_line
from tests.exchange.items import CHOOSE_TWO_ITEM, TRUE_FALSE_ITEM, faults, fit_items, make_item


def bare(item):
    """What Aiken keeps of a question."""
    choices = tuple(replace(choice, text=one_line(choice.text), feedback="") for choice in item.choices)
    return Item(one_line(item.stem), choices)


def test_aiken_is_text_options_and_the_letter_of_the_key():
    assert write_aiken([TRUE_FALSE_ITEM, make_item()]).content.decode() == (
        "The log is kept.\nA. True\nB. False\nANSWER: B\n\n"
        "What keeps the log?\nA. A bucket\nB. A queue\nC. A topic\nANSWER: A\n"
    )


def test_aiken_counts_the_parts_that_it_has_no_place_for():
    item = make_item("Two\nlines?", explanation="So.", tags=("a",), id="x")
    lost = {"line breaks": 1, "reasons of options": 2, "explanations": 1, "tags": 1, "ids": 1}
    assert write_aiken([item, make_item()]).lost == lost


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (CHOOSE_TWO_ITEM, "has 2 right answers, Aiken has one"),
        (make_item("A. What?"), "has a text that starts like an option or an answer of Aiken"),
        (make_item("ANSWER: what?"), "has a text that starts like an option or an answer of Aiken"),
        (make_item("?"), "has a single character for its text, which readers of Aiken skip"),
        (make_item("What?", *(Choice(f"{n}", n == 0) for n in range(27))), "has 27 options, Aiken has letters for 26"),
        (
            make_item("What?", Choice("a b", True), Choice("a\nb", False)),
            "has options that differ in line breaks alone",
        ),
    ],
)
def test_aiken_lists_the_questions_that_it_cannot_carry(item, why):
    export = write_aiken([replace(item, name="q"), make_item()])
    assert (export.count, list(map(str, export.left_out))) == (1, [f"q: {why}"])


@given(fit_items)
def test_aiken_read_back_is_the_same_but_for_what_is_listed(item):
    export = write_aiken([item])
    if not export.left_out:
        assert read_aiken("quiz.txt", export.content).items == (bare(item),)
        assert write_aiken(read_aiken("quiz.txt", export.content).items).content == export.content


def test_aiken_reads_brackets_blank_lines_and_texts_of_two_lines():
    (item,) = read_aiken("quiz.txt", b"\xef\xbb\xbfWhat\r\nnow?\r\n\r\nA) this\r\nB) that\r\nANSWER:  B\r\n").items
    assert item == Item("What now?", (Choice("this", False), Choice("that", True)))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("What?\nA. a\nB. b\nANSWER: C", "has the answer C, but no such option"),
        ("What?\nA. a\nB. b\nANSWER: A, B", "has the answer “A, B”, which is not one letter"),
        ("What?\nA. a\nC. b\nANSWER: A", "has an option C where B is due"),
        ("What?\nA. a\nB. a\nANSWER: A", "has the option “a” twice"),
        ("What?\nA. a\nANSWER: A", "has 1 option, needs two or more"),
        ("What?\nA. a\nB.\nANSWER: A", "has an empty option"),
        ("What?\nA. a\nB. b", "has no ANSWER:, the file ends before"),
        ("What?", "has no options"),
        ("ANSWER: A", "has the answer A, but no such option"),
    ],
)
def test_aiken_names_the_question_and_its_fault(text, fault):
    assert faults(read_aiken, f"Fine?\nA. a\nB. b\nANSWER: B\n\n{text}") == [f"quiz.txt: question 2: {fault}"]


def test_aiken_goes_on_after_a_question_without_an_answer():
    text = "One?\nA. a\nB. b\n\nTwo?\nA. a\nB. b\nANSWER: A\n\nThree?\nA. a\nB. b\nANSWER: D"
    assert faults(read_aiken, text) == [
        "quiz.txt: question 1: has no ANSWER: before “Two?”",
        "quiz.txt: question 3: has the answer D, but no such option",
    ]
