import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.questions.check import MAX_STATEMENT, Fault, find_faults
from facts.questions.content import Blank, Fact, Kind
from facts.questions.generate import generate
from tests.content import S3, make_blank, make_fact, make_scenario, shipped_bank

STATEMENT = "Amazon S3 keeps the log for 24 hours."
SAME = "means the same as another option"


def test_find_faults_none_in_full_fact():
    fact = make_fact(
        statement=STATEMENT,
        false_statements=["Amazon S3 keeps the log for ever.", "Amazon S3 keeps no log."],
        blanks=(make_blank(),),
        scenarios=(make_scenario(),),
    )
    assert find_faults(fact) == []


def test_find_faults_none_in_plain_statement():
    assert find_faults(make_fact(statement=STATEMENT)) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("a" * 301, "has 301 characters, at most 300 can be asked"),
        ("One line\nand another line.", "has a line break, or a control or invisible character"),
        ("One line\x00and another line.", "has a line break, or a control or invisible character"),
        ("One line\x7fand another line.", "has a line break, or a control or invisible character"),
        ("Amazon S3 keeps _____ here.", "contains '_____', which marks a blank"),
        ("Amazon S3 stores.", "is too short to be a statement: write one whole sentence"),
        ("Does Amazon S3 keep logs? ", "is a question: write what is true"),
    ],
)
def test_find_faults_statement(statement, message):
    assert find_faults(make_fact(statement=statement)) == [Fault("statement", message)]


def test_find_faults_statement_of_greatest_length():
    longest = "a b c " + "d" * (MAX_STATEMENT - 6)
    assert find_faults(make_fact(statement=longest)) == []


def test_find_faults_gives_all_faults_of_a_statement():
    messages = [fault.message for fault in find_faults(make_fact(statement="What\n_____?"))]
    assert messages == [
        "has a line break, or a control or invisible character",
        "contains '_____', which marks a blank",
        "is too short to be a statement: write one whole sentence",
        "is a question: write what is true",
    ]


@pytest.mark.parametrize(
    ("texts", "field", "message"),
    [
        ([""], "false_statements[1]", "is empty"),
        (["..."], "false_statements[1]", "is empty"),
        ([STATEMENT], "false_statements[1]", "says the same as the statement, which is true"),
        (["amazon S3 keeps log for 24-hours"], "false_statements[1]", "says the same as the statement, which is true"),
        (["No log is kept.", "no log is kept"], "false_statements[2]", "says the same as another false statement"),
    ],
)
def test_find_faults_false_statement(texts, field, message):
    assert find_faults(make_fact(statement=STATEMENT, false_statements=texts)) == [Fault(field, message)]


@pytest.mark.parametrize(
    ("blank", "field", "message"),
    [
        (make_blank(" "), "answer", "is empty"),
        (make_blank("48 hours"), "answer", "'48 hours' does not stand in the statement, letter for letter"),
        (make_blank("24 Hours"), "answer", "'24 Hours' does not stand in the statement, letter for letter"),
        (make_blank("o"), "answer", "'o' stands in the statement 4 times"),
        (make_blank(distractors=["1 hour", "7 days"]), "distractors", "has 2 entries, needs 3 or more"),
        (make_blank(distractors=[]), "distractors", "has 0 entries, needs 3 or more"),
        (make_blank(distractors=["1 hour", "", "7 days"]), "distractors[2]", "is empty"),
        (make_blank(distractors=["1 hour", "2 days", "1 Hour"]), "distractors[3]", f"'1 Hour' {SAME}"),
        (make_blank(distractors=["7 days", "2 days", "1 week"]), "distractors[3]", f"'1 week' {SAME}"),
        (make_blank(distractors=["1 day", "2 days", "3 days"]), "distractors[1]", f"'1 day' {SAME}"),
    ],
)  # fmt: skip
def test_find_faults_blank(blank, field, message):
    assert find_faults(make_fact(statement=STATEMENT, blanks=(blank,))) == [Fault(f"blank[1].{field}", message)]


@pytest.mark.parametrize("text", ["24 hours", "24 hours.", "24-Hours", "the 24 hours", "1 day"])
def test_find_faults_distractor_that_is_the_answer_in_other_writing(text):
    fact = make_fact(statement=STATEMENT, blanks=(make_blank(distractors=["1 hour", text, "7 days"]),))
    assert [fault.field for fault in find_faults(fact)] == ["blank[1].distractors[2]"]


def test_find_faults_counts_blanks_from_one():
    fact = make_fact(statement=STATEMENT, blanks=(make_blank(), make_blank("")))
    assert [fault.field for fault in find_faults(fact)] == ["blank[2].answer"]


def test_find_faults_distractor_may_be_the_letter_a():
    blank = make_blank("AAAA", ["A", "MX", "NS"])
    assert find_faults(make_fact(statement="An IPv6 address stands in an AAAA record.", blanks=(blank,))) == []


@pytest.mark.parametrize(
    ("scenario", "field", "message"),
    [
        (make_scenario(stem=" "), "stem", "is empty"),
        (make_scenario(answer=""), "answer", "is empty"),
        (make_scenario(answer_why=""), "answer_why", "is empty: say why the answer is right"),
        (make_scenario(distractors=["One", "Two"]), "distractor", "has 2 entries, needs 3 or more"),
        (make_scenario(distractors=["One", "Two", "two."]), "distractor[3].text", "'two.' means the same as another option"),  # noqa: E501
        (
            make_scenario(distractors=["A", "B", "They expired."]),
            "distractor[3].text",
            "'They expired.' means the same as another option",
        ),
        (make_scenario(distractors=["One", "Two", " "]), "distractor[3].text", "is empty"),
    ],
)  # fmt: skip
def test_find_faults_scenario(scenario, field, message):
    assert find_faults(make_fact(scenarios=(scenario,))) == [Fault(f"scenario[1].{field}", message)]


def test_find_faults_scenario_distractor_without_reason():
    scenario = make_scenario()
    distractors = tuple(type(entry)(entry.text, "") for entry in scenario.distractors[:1]) + scenario.distractors[1:]
    faulty = type(scenario)(scenario.stem, scenario.answer, scenario.answer_why, distractors)
    fault = Fault("scenario[1].distractor[1].why", "is empty: say why it is wrong")
    assert find_faults(make_fact(scenarios=(faulty,))) == [fault]


spans = st.sampled_from(["1 hour", "1 hour.", "60 minutes", "1,000", "1 000", "the 5 GB", "5 GB", "(5) GB", "ever"])


@given(st.lists(spans, min_size=3, max_size=5))
@example(["1 hour", "1 hour.", "2 hours"])
def test_find_faults_none_means_that_questions_can_be_made(distractors):
    fact = Fact("s3-hours", STATEMENT, (S3,), blanks=(Blank("24 hours", tuple(distractors)),))
    if not find_faults(fact):
        assert any(question.kind is Kind.FILL_BLANK for question in generate([fact]))


@given(st.text(), st.lists(st.text(), max_size=4))
def test_find_faults_never_raises(text, texts):
    fact = make_fact(
        statement=text, false_statements=texts, blanks=(Blank(text, tuple(texts)),), scenarios=(make_scenario(text),)
    )
    assert all(fault.field and fault.message for fault in find_faults(fact))


def test_find_faults_none_in_shipped_bank():
    assert [fault for record in shipped_bank().facts for fault in find_faults(record.fact)] == []
