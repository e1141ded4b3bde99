from xml.etree import ElementTree

import pytest
from hypothesis import given

from facts.exchange.items import Choice
from facts.exchange.moodle import read_moodle, write_moodle
from tests.exchange.items import CHOOSE_TWO_ITEM, TRUE_FALSE_ITEM, faults, fit_items, left_out, make_item


def question(inside, kind="multichoice"):
    return f'<quiz><question type="{kind}"><questiontext><text>What?</text></questiontext>{inside}</question></quiz>'


def answer(text, fraction=0, feedback=""):
    return f'<answer fraction="{fraction}"><text>{text}</text><feedback><text>{feedback}</text></feedback></answer>'


TWO = answer("a", 100) + answer("b")


def written(item):
    return ElementTree.fromstring(write_moodle([item]).content)


def answers(made):
    return [(one.get("fraction"), one.findtext("text"), one.findtext("feedback/text")) for one in made.iter("answer")]


# Writing


def test_moodle_holds_every_part_of_a_question():
    item = make_item(id="f00", name="log", explanation="A log.", tags=("service::s3",), category=("A/B", "C"))
    category, made = written(item)
    assert category.findtext("category/text") == "$course$/top/A//B/C"
    assert made.get("type") == "multichoice"
    assert made.findtext("name/text") == "log"
    assert made.findtext("questiontext/text") == "What keeps the log?"
    assert made.findtext("generalfeedback/text") == "A log."
    assert (made.findtext("idnumber"), made.findtext("single")) == ("f00", "true")
    assert [tag.text for tag in made.findall("tags/tag/text")] == ["service::s3"]
    assert answers(made) == [
        ("100", "A bucket", "It keeps it."),
        ("0", "A queue", "It deletes it."),
        ("0", "A topic", ""),
    ]


def test_moodle_of_two_keys_shares_the_mark_and_takes_it_back_for_wrong_ones():
    (made,) = written(CHOOSE_TWO_ITEM)
    assert made.findtext("single") == "false"
    assert [one.get("fraction") for one in made.iter("answer")] == ["50", "-50", "50"]


def test_moodle_of_true_or_false_has_its_own_type_with_feedback():
    (made,) = written(TRUE_FALSE_ITEM)
    assert made.get("type") == "truefalse"
    assert answers(made) == [
        ("0", "true", "It is not kept."),
        ("100", "false", "Right: it is deleted."),
    ]


def test_moodle_shows_markup_and_gaps_as_text():
    (made,) = written(make_item("Use <b> & _____\nnow"))
    assert made.find("questiontext").get("format") == "html"
    assert made.findtext("questiontext/text") == "Use &lt;b&gt; &amp; _____<br>now"


def test_moodle_lists_what_it_cannot_carry():
    many = make_item("Which?", *(Choice(str(number), True) for number in range(11)), name="many")
    control = make_item("What\x07?", name="control")
    export = write_moodle([many, control, make_item(id="x"), make_item(id="x", name="twin")])
    assert (export.count, list(map(str, export.left_out))) == (
        1,
        [
            "many: has 11 right answers, at most 10 can share the mark",
            "control: has a control character, which no file of questions can hold",
            "twin: has the id of another question",
        ],
    )


@given(fit_items)
def test_moodle_read_back_is_the_same_question(item):
    export = write_moodle([item])
    assert read_moodle("quiz.xml", export.content).items == (item,)
    assert write_moodle(read_moodle("quiz.xml", export.content).items) == export


# Reading


def test_moodle_reads_cdata_html_and_other_formats():
    inside = (
        '<answer fraction="100" format="plain_text"><text>1 &lt; 2</text></answer>'
        '<answer fraction="0" format="html"><text><![CDATA[<p>b &amp; c</p>]]></text></answer>'
    )
    (item,) = read_moodle("quiz.xml", question(inside).encode()).items
    assert [choice.text for choice in item.choices] == ["1 < 2", "b & c"]


def test_moodle_reads_the_encoding_that_it_names():
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + question(answer("é", 100) + answer("b"))
    (item,) = read_moodle("quiz.xml", text.encode("latin-1")).items
    assert item.choices[0].text == "é"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (question("", "essay"), "is of the type essay, no choice between options"),
        (question(answer("a", 100) + answer("b", 50)), "gives part of the mark for an option, which is not kept"),
        (question(answer("a", 100) * 2), "takes any one of 2 options as right, which is not kept"),
        (question(TWO + answer("c" * 20_001)), "has a text of more than 20,000 characters"),
        (question(answer("&lt;img src='x'>", 100)), "shows a picture or other media, which is not kept"),
    ],
)
def test_moodle_leaves_out_what_is_no_choice_and_says_so(content, why):
    assert left_out(read_moodle, content) == [f"quiz.txt: question 1: {why}"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (question(answer("a") + answer("b")), "question 1: has no right answer"),
        (question(answer("a", 100) + answer("a")), "question 1: has the option “a” twice"),
        (question(TWO + answer("c", "nan")), "question 1: has the fraction “nan”, which is no number of hundredths"),
        (question(""), "question 1: has no options, needs two or more"),
        (question(TWO, "truefalse"), "question 1: is true or false, but its answers are not “true” and “false”"),
        ("<quiz/>", "has no question"),
        ("<html/>", "is no Moodle XML: its first element is <html>, not <quiz>"),
        ("<quiz>", "is not valid XML: no element found: line 1, column 6"),
        ("words", "is not valid XML: syntax error: line 1, column 0"),
        ("", "is empty"),
        ('<?xml version="1.0" encoding="nosuch"?><quiz/>', "is not valid XML: unknown encoding: nosuch"),
    ],
)
def test_moodle_names_the_question_and_its_fault(content, fault):
    assert faults(read_moodle, content) == [f"quiz.txt: {fault}"]


# Files that mean harm


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "head",
    [
        BOMB + "]>",
        '<!DOCTYPE quiz [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE quiz SYSTEM "http://localhost/quiz.dtd">',
    ],
)
def test_moodle_with_entities_of_its_own_is_refused(head):
    message = "quiz.txt: has a document type or entities of its own: that is not read"
    assert faults(read_moodle, head + question(answer("&i;", 100) + answer("b"))) == [message]


def test_moodle_nested_deeply_is_read_without_harm():
    assert faults(read_moodle, "<quiz>" + "<a>" * 100_000 + "</a>" * 100_000 + "</quiz>") == [
        "quiz.txt: has no question"
    ]
