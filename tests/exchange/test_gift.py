import pytest
from hypothesis import given

from facts.exchange.gift import read_gift, write_gift
from facts.exchange.items import Choice
from tests.exchange.items import CHOOSE_TWO_ITEM, TRUE_FALSE_ITEM, faults, fit_items, left_out, make_item


def read(text):
    return read_gift("quiz.txt", text.encode()).items


def choices(text):
    (item,) = read(text)
    return [(choice.text, choice.is_key) for choice in item.choices]


# Writing


def test_gift_of_one_key_is_written_as_moodle_reads_it():
    item = make_item(id="f00", name="log: which", explanation="A log.", tags=("service::s3",), category=("A/B", "C"))
    assert write_gift([item]).content.decode() == (
        "$CATEGORY: $course$/top/A//B/C\n"
        "\n"
        "// [id:f00] [tag:service::s3]\n"
        "::log\\: which::What keeps the log?{\n"
        "=A bucket # It keeps it.\n"
        "~A queue # It deletes it.\n"
        "~A topic\n"
        "####A log.\n"
        "}\n"
    )


def test_gift_of_two_keys_shares_the_mark_and_takes_it_back_for_wrong_ones():
    assert write_gift([CHOOSE_TWO_ITEM]).content.decode() == (
        "Which two are true?{\n~%50%One # Yes.\n~%-50%Two # No.\n~%50%Three\n}\n"
    )


def test_gift_of_true_or_false_has_the_feedback_of_the_wrong_answer_first():
    assert write_gift([TRUE_FALSE_ITEM]).content.decode() == (
        "The log is kept.{\nFALSE#It is not kept.#Right\\: it is deleted.\n}\n"
    )


def test_gift_escapes_its_signs_and_marks_text_with_markup_as_plain():
    item = make_item("a~b=c#d{e}f:g;h\\i <b>", Choice("%50% of it", False), Choice("x\ny", True))
    assert write_gift([item]).content.decode() == (
        "[plain]a\\~b\\=c\\#d\\{e\\}f\\:g;h\\\\i <b>{\n~%0%%50% of it\n=x\\ny\n}\n"
    )


def test_gift_lists_what_it_cannot_carry():
    many = make_item("Which?", *(Choice(str(number), True) for number in range(11)), name="many")
    sign = make_item("Is a &&058; b?", name="sign")
    tag = make_item(name="tag", tags=("a<b",))
    export = write_gift([many, make_item(), sign, tag])
    assert export.count == 1
    assert list(map(str, export.left_out)) == [
        "many: has 11 right answers, at most 10 can share the mark",
        "sign: has the characters “&&0”, which readers of GIFT take for one of their own signs",
        "tag: has an id or a tag with signs that a GIFT comment cannot hold",
    ]


@given(fit_items)
def test_gift_read_back_is_the_same_question(item):
    export = write_gift([item])
    assert read_gift("quiz.txt", export.content).items == (item,)
    assert write_gift(read_gift("quiz.txt", export.content).items) == export


# Reading


def test_gift_reads_many_questions_with_comments_names_and_categories():
    text = (
        "\ufeff// a comment\n$CATEGORY: $course$/top/Cloud/S3\n\n::Q1:: What? {\n  =yes#good\n  ~no\n}\r\n \r\n"
        "// [id:x] [tag:a] [tag:b]\nWhat else?{~no =yes}\n"
    )
    first, second = read(text)
    assert (first.name, first.stem, first.category) == ("Q1", "What?", ("Cloud", "S3"))
    assert first.choices == (Choice("yes", True, "good"), Choice("no", False))
    assert (second.id, second.tags, second.category) == ("x", ("a", "b"), ("Cloud", "S3"))


def test_gift_of_a_missing_word_has_a_gap():
    (item,) = read("Grant is {~buried =entombed ~living} in Grant's tomb.")
    assert item.stem == "Grant is _____ in Grant's tomb."


def test_gift_takes_right_options_written_with_a_tilde():
    assert choices("What?{~=yes ~no}") == [("yes", True), ("no", False)]


def test_gift_takes_every_option_with_a_positive_weight_as_right():
    assert choices("What?{~%33.333%a ~%66.7%b ~%-100%c}") == [("a", True), ("b", True), ("c", False)]


@pytest.mark.parametrize("answer", ["T", "TRUE", "true", "T#no#yes####general"])
def test_gift_reads_true_or_false(answer):
    assert choices(f"It is so.{{{answer}}}") == [("True", True), ("False", False)]


def test_gift_turns_html_into_plain_text():
    (item,) = read("[html]<p>Is 1 &lt; 2?</p><p>Say</p>{=yes # <b>good</b> ~[plain]<no>}")
    assert (item.stem, item.choices) == ("Is 1 < 2?\n\nSay", (Choice("yes", True, "good"), Choice("<no>", False)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Just words.", "is a description: it has no answers in braces"),
        ("Write!{}", "asks for an essay, no choice between options"),
        ("How many?{#3:1}", "asks for a number, no choice between options"),
        ("Match.{=a -> b =c -> d}", "asks to match, no choice between options"),
        ("Who?{=no one =nobody}", "asks for a written answer, no choice between options"),
        ("Who?{=a ~%50%b ~c}", "gives part of the mark for an option, which is not kept"),
        ("Who?{=a =b ~c}", "takes any one of 2 options as right, which is not kept"),
        (f"What?{{=a ~{'b' * 20_001}}}", "has a text of more than 20,000 characters"),
        ("[html]<img src='x'> What?{=a ~b}", "shows a picture or other media, which is not kept"),
    ],
)
def test_gift_leaves_out_what_is_no_choice_and_says_so(text, why):
    assert left_out(read_gift, f"{text}\n\nWhat?{{=a ~b}}") == [f"quiz.txt: question 1: {why}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("What?{=a ~b", "has one brace only: “{” and “}” hold the answers, or need a “\\” before"),
        ("What? =a ~b}", "has one brace only: “{” and “}” hold the answers, or need a “\\” before"),
        ("What?{=a ~b}\nAnd?{=c ~d}", "has more than one part in braces: is an empty line missing?"),
        ("What?{~a ~b}", "has no right answer"),
        ("What?{=a ~a}", "has the option “a” twice"),
        ("What?{=a ~ # why}", "has an empty option"),
        ("What?{words =a ~b}", "has words before its first option: is a “~” or “=” missing?"),
        ("What?{maybe}", "has answers that cannot be read: “maybe”"),
        ("{=a ~b}", "has no text"),
        ("What\x07?{=a ~b}", "has a control character, which no file of questions can hold"),
    ],
)
def test_gift_names_the_question_and_its_fault(text, fault):
    assert faults(read_gift, f"Fine?{{=a ~b}}\n\n{text}") == [f"quiz.txt: question 2: {fault}"]


def test_gift_names_every_fault_and_an_id_that_comes_twice():
    text = "// [id:x]\nA?{=a ~b}\n\n// [id:x]\nB?{=a ~b}\n\nC?{~a ~b}"
    assert faults(read_gift, text) == [
        "quiz.txt: question 2: has the id of question 1",
        "quiz.txt: question 3: has no right answer",
    ]
