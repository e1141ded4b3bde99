import tomllib

import pytest

from facts.exchange.drafts import draft_fact, draft_facts, find_services, propose_id
from facts.exchange.items import Choice
from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.questions.content import Blank, Distractor, FalseStatement, Scenario
from tests.content import EC2, S3
from tests.exchange.items import CHOOSE_TWO_ITEM, TRUE_FALSE_ITEM, make_item

SERVICES = {"s3": S3, "ec2": EC2}


def draft(*items):
    return draft_facts("quiz.txt", items, SERVICES, lambda proposed: proposed)


def test_draft_of_a_choice_is_a_scenario_without_a_statement():
    fact = draft_fact("quiz.txt", make_item(explanation="A log."), (S3,)).fact
    distractors = (Distractor("A queue", "It deletes it."), Distractor("A topic", ""))
    assert fact.scenarios == (Scenario("What keeps the log?", "A bucket", "It keeps it.", distractors),)
    assert (fact.statement, fact.explanation, fact.blanks, fact.false_statements) == ("", "A log.", (), ())


def test_draft_of_a_true_claim_is_its_statement():
    item = make_item("It is kept.", Choice("True", True, "Yes, it is."), Choice("False", False, "No."))
    fact = draft_fact("quiz.txt", item, (S3,)).fact
    assert (fact.statement, fact.explanation, fact.false_statements) == ("It is kept.", "Yes, it is.", ())


def test_draft_of_a_false_claim_is_a_false_statement_and_no_statement():
    fact = draft_fact("quiz.txt", TRUE_FALSE_ITEM, (S3,)).fact
    assert fact.statement == ""
    assert fact.false_statements == (FalseStatement("The log is kept.", "Right: it is deleted."),)


def test_draft_of_a_gap_is_the_filled_statement_with_its_blank():
    item = make_item("It keeps _____ for a day.", Choice("one", False), Choice("two", True))
    fact = draft_fact("quiz.txt", item, (S3,)).fact
    assert (fact.statement, fact.blanks) == ("It keeps two for a day.", (Blank("two", ("one",)),))


def test_draft_of_two_keys_is_left_out():
    drafts = draft(CHOOSE_TWO_ITEM, make_item())
    assert len(drafts.records) == 1
    assert list(map(str, drafts.left_out)) == [
        "“Which two are true?”: has 2 right answers, a fact is asked with one"
    ]  # fmt: skip


def test_drafts_are_refused_by_the_loader_though_nothing_is_missing_until_they_are_approved():
    whole = make_item(
        "Amazon S3 keeps the log for a day.",
        Choice("True", True, "So."),
        Choice("False", False, "No."),
        tags=("domain::new-solutions",),
    )
    drafts = draft(whole)
    with pytest.raises(BankFaults) as refused:
        parse_bank({"quiz.toml": drafts.content}, known_services=SERVICES)
    assert list(map(str, refused.value.faults)) == ["quiz.toml: s3-keeps-the-log-for-a: draft: is no field of a fact"]
    approved = drafts.content.replace(b"\ndraft = true\n", b"\n")
    assert len(parse_bank({"quiz.toml": approved}, known_services=SERVICES).facts) == 1


def test_drafts_with_nasty_texts_are_valid_toml_with_the_same_texts():
    stem = '"""Which\n[[fact]]\ndraft = false # is it?\\ \u202eאב"'
    drafts = draft(make_item(stem, name="a\n[[fact]]\nb"), make_item())
    first, _ = tomllib.loads(drafts.content.decode())["fact"]
    assert first["scenario"][0]["stem"] == " ".join(stem.split())
    assert [entry["draft"] for entry in tomllib.loads(drafts.content.decode())["fact"]] == [True, True]


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (make_item(tags=("service::ec2", "s3", "x")), (EC2, S3)),
        (make_item(category=("Cloud", "amazon s3")), (S3,)),
        (make_item("Does Amazon EC2 write to Amazon S3?"), (EC2, S3)),
        (make_item("Does Amazon S3x write?"), ()),
        (make_item("What?", Choice("Amazon S3", False), Choice("Amazon EC2", True)), (EC2,)),
    ],
)
def test_draft_is_about_the_services_that_the_question_names(item, found):
    assert find_services(item, SERVICES) == found


def test_draft_has_an_id_of_plain_words():
    assert propose_id(draft_fact("q", make_item("Größe: wie viel, Amazon S3?"), (S3,))) == "s3-groe-wie-viel"
    assert propose_id(draft_fact("q", make_item("\u05e9\u05dc?"), ())) == "draft"
