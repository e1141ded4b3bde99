"""Distractors that are proposed for a blank."""

from facts.questions.content import Fact, Service
from facts.questions.suggest import Seen, Source, suggest_distractors, whole_name, why_no_blank
from facts.questions.truths import Truths

SQS = Service("sqs", "Amazon SQS", "Application integration")
NAMES = ["Amazon SQS", "Amazon SNS", "Amazon MQ", "Amazon EventBridge"]


def suggest(statement, answer, *, seen=(), truths=()):
    fact = Fact("one", statement, (SQS,))
    others = [Fact(f"other-{number}", text, (SQS,)) for number, text in enumerate(truths)]
    found = suggest_distractors(fact, answer, services=NAMES, seen=list(seen), truths=Truths(others))
    return [(one.text, one.source) for one in found]


def test_amounts_of_the_same_kind_are_proposed_on_both_sides_those_of_other_facts_first():
    seen = [Seen("Amazon SQS keeps a message for 4 days.", "Amazon SQS keeps a message for 4 days.", True)]
    found = suggest("Amazon SQS hides a message for up to 12 days.", "12 days", seen=seen)
    assert found[0] == ("4 days", Source.AMOUNT)
    days = [int(text.split()[0]) for text, _ in found]
    assert min(days) < 12 < max(days)
    assert len(days) >= 3


def test_amount_that_another_fact_gives_is_never_proposed():
    statement = "Amazon SQS hides a received message of a queue for up to {} hours."
    found = suggest(statement.format(12), "12 hours", truths=[statement.format(6)])
    assert "6 hours" not in [text for text, _ in found]
    assert "8 hours" in [text for text, _ in found]


def test_equal_amount_in_another_unit_is_never_proposed():
    seen = [Seen("It waits for 1 day.", "It waits for 1 day.", True)]
    found = suggest("Amazon SQS hides a message for up to 24 hours.", "24 hours", seen=seen)
    assert "1 day" not in [text for text, _ in found]


def test_services_of_the_family_are_proposed_for_a_service_but_none_that_is_named_beside_it():
    found = suggest("A pipe can read from Amazon SQS and write to Amazon SNS.", "Amazon SQS")
    assert found == [("Amazon EventBridge", Source.SERVICE), ("Amazon MQ", Source.SERVICE)]


def test_answers_alike_are_proposed_if_they_fit_the_words_around_the_gap():
    seen = [
        Seen("access policy", "Another fact.", True),
        Seen("redrive policy", "Another fact.", False),
        Seen("key policies", "A third fact.", True),  # would not fit into the singular
        Seen("while it is read", "A third fact.", True),
        Seen("5 policies", "A third fact.", True),
    ]
    found = suggest("An Amazon SQS queue is opened to others by its resource policy.", "resource policy", seen=seen)
    assert found == [("access policy", Source.BLANK), ("redrive policy", Source.BLANK)]


def test_what_does_not_fit_the_article_is_not_proposed():
    seen = [Seen("access policy", "Another fact.", True), Seen("redrive policy", "Another fact.", True)]
    found = suggest("An Amazon SQS queue is opened by a resource policy.", "resource policy", seen=seen)
    assert [text for text, _ in found] == ["redrive policy"]


def test_nothing_is_proposed_where_nothing_fits():
    assert suggest("Amazon SQS delivers messages asynchronously.", "asynchronously") == []


def test_words_that_make_no_blank_are_refused_with_the_reason():
    fact = Fact("one", "Amazon SQS keeps a message for a day and a day.", (SQS,))
    assert "does not stand in the statement" in why_no_blank(fact, "two days")
    assert "stands in the statement 2 times" in why_no_blank(fact, "a day")
    assert "part of a word" in why_no_blank(fact, "mess")
    assert why_no_blank(fact, "keeps") == ""


def test_part_of_a_name_is_known_as_such_where_it_stands_in_the_name():
    names = ["Amazon API Gateway", "AWS Storage Gateway", "API Gateway"]
    statement = "Amazon API Gateway caches answers, and AWS Storage Gateway caches files."
    assert whole_name(statement, "API Gateway", names) == "Amazon API Gateway"
    assert whole_name(statement, "Storage", names) == "AWS Storage Gateway"
    assert whole_name(statement, "Amazon API Gateway", names) == ""
    assert whole_name(statement, "caches files", names) == ""
    assert whole_name("A gateway of Amazon S3 is not Amazon API Gateway.", "Amazon", names) == ""
