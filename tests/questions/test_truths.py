from copy import deepcopy
from dataclasses import replace
from fractions import Fraction

import pytest

from facts.questions.claims import claim_key
from facts.questions.truths import Truths, shelf_of, sketch
from tests.content import EBS, S3, make_fact

DAY = 86400


def make_truths(*statements: str) -> Truths:
    return Truths([make_fact(f"fact-{number}", statement) for number, statement in enumerate(statements)])


OWN = make_fact("own", "A queue retains messages for up to 4 days.")


@pytest.mark.parametrize(
    ("other", "claim"),
    [
        ("A queue retains messages for up to 14 days.", "A queue retains messages for up to 14 days."),
        ("Queue retains messages for up to 14 days", "A queue retains messages for up to 14 days."),  # reads alike
        ("A queue can't be renamed.", "A queue cannot be renamed."),
        ("A queue retains its messages for up to two weeks.", "A queue retains messages for up to 14 days."),
        ("In the archive, a queue retains messages for 14 days.", "A queue retains messages for up to 14 days."),
        ("By default, the queue does not retain messages.", "A queue does not retain messages by default."),
        ("Messages are retained by a queue.", "A queue retains messages."),  # the same words, both ways
    ],
)
def test_makes_true_what_another_fact_says(other, claim):
    assert make_truths(other).makes_true(OWN, claim) == "fact-0"


@pytest.mark.parametrize(
    ("other", "claim"),
    [
        ("A queue retains messages for up to 7 days.", "A queue retains messages for up to 14 days."),
        ("A key expires after 14 days in each Region.", "A queue retains messages for up to 14 days."),
        ("A queue retains messages.", "A queue does not retain messages."),
        ("A queue does not retain messages.", "A queue retains messages."),
        ("A topic sends a copy of each message to subscribers.", "A queue retains messages."),
        ("A queue retains messages and sends copies of them to subscribers in a topic.", "A queue retains messages."),
    ],
)
def test_makes_true_nothing_that_no_fact_says(other, claim):
    assert make_truths(other).makes_true(OWN, claim) is None


def test_makes_true_own_statement_is_true_but_own_words_are_no_reason():
    truths = Truths([OWN])
    assert truths.makes_true(OWN, "A queue retains messages for up to 4 days") == "own"
    assert truths.makes_true(OWN, "A queue retains messages for up to 14 days.") is None


def test_makes_true_by_alike_words_only_within_a_service():
    other = make_fact("other", "A queue retains its messages for up to two weeks.", service=EBS)
    claim = "A queue retains messages for up to 14 days."
    assert Truths([other]).makes_true(OWN, claim) is None
    assert Truths([replace(other, services=(EBS, S3))]).makes_true(OWN, claim) == "other"


def test_makes_true_by_equal_text_in_any_service():
    other = make_fact("other", "A queue retains messages for up to 14 days.", service=EBS)
    assert Truths([other]).makes_true(OWN, other.statement) == "other"


def test_makes_true_by_a_key_from_elsewhere():
    claim = "A queue is a topic."
    assert Truths(keys={claim_key(claim)}).makes_true(OWN, claim) is not None
    assert Truths(keys={claim_key(claim)}).makes_true(OWN, "A queue is a key.") is None


def test_makes_true_of_a_fact_that_was_added():
    truths = Truths()
    assert truths.makes_true(OWN, "A queue is a topic.") is None
    truths.add(make_fact("new", "A queue is a topic."))
    assert truths.makes_true(OWN, "A queue is a topic.") == "new"


def test_makes_true_copes_with_texts_without_words():
    truths = make_truths("5 5 5 5", "is are be to")
    assert [truths.makes_true(OWN, claim) for claim in ("", "is", "5")] == [None, None, None]


@pytest.mark.parametrize(
    ("other", "kind", "value", "has"),
    [
        ("A queue retains messages for 14 days in the archive.", "time", 14 * DAY, True),
        ("A queue retains messages for two weeks in the archive.", "time", 14 * DAY, True),
        ("A queue retains messages for 7 days in the archive.", "time", 14 * DAY, False),
        ("A key expires after 14 days in each Region.", "time", 14 * DAY, False),
        ("A queue retains 14 messages in the archive.", "time", 14 * DAY, False),
    ],
)
def test_has_value_of_a_similar_fact(other, kind, value, has):
    assert make_truths(other).has_value(OWN, kind, Fraction(value)) is has


def test_has_value_not_of_itself_nor_of_another_service():
    other = make_fact("other", "A queue retains messages for 14 days.", service=EBS)
    truths = Truths([OWN, other])
    assert not truths.has_value(OWN, "time", Fraction(4 * DAY))
    assert not truths.has_value(OWN, "time", Fraction(14 * DAY))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("A queue retains messages.", "Messages are retained by a queue."),
        ("A topic can't hold 5 keys.", "Topics can not hold 5 keys"),
    ],
)
def test_sketch_equal_for_the_same_claim(text, same):
    assert sketch(text) == sketch(same)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("A queue retains a message.", "Queues retain messages."),
        ("A database stores an instance.", "Databases store instances."),
        ("A topic lasts 1 day.", "Topics last 24 hours."),
    ],
)
def test_sketch_equal_in_singular_and_plural_and_in_other_units(text, same):
    assert sketch(text) == sketch(same)


def test_makes_true_whatever_the_number():
    truths = make_truths("Gateways do not cache images of databases.")
    assert truths.makes_true(OWN, "A gateway does not cache an image of a database.") == "fact-0"


@pytest.mark.parametrize(
    ("text", "is_negative"),
    [
        ("A queue is a topic.", False),
        ("A queue is not a topic.", True),
        ("A queue cannot be shared.", True),
        ("No queue is without a topic.", False),
        ("A queue never lacks a topic.", True),
    ],
)
def test_sketch_knows_negation(text, is_negative):
    assert sketch(text).is_negative is is_negative


# shelves

STATEMENTS = (
    ("first", "A queue retains messages for up to 14 days."),
    ("second", "A queue holds 5 messages."),
    ("third", "Messages of a queue are kept for 4 days."),
)


def on_a_shelf(shelf):
    return {
        "keys": shelf.keys,
        "sketches": shelf.sketches,
        "words": {word: ids for word, ids in shelf.by_word.items() if ids},
        "values": {value: ids for value, ids in shelf.by_value.items() if ids},
    }


@pytest.mark.parametrize("left_out", ["first", "second", "third", "none of them"])
def test_shelf_without_a_fact_is_that_of_the_others_and_leaves_the_whole_as_it_was(left_out):
    whole = shelf_of(STATEMENTS)
    before = deepcopy(on_a_shelf(whole))
    others = shelf_of(tuple((fact_id, text) for fact_id, text in STATEMENTS if fact_id != left_out))
    assert on_a_shelf(whole.without(left_out)) == on_a_shelf(others)
    assert on_a_shelf(whole) == before


def test_truths_of_a_shelf_count_as_those_that_are_added():
    truths = Truths([make_fact("own", "A queue retains messages for up to 4 days.")])
    truths.add_shelf("s3", shelf_of(STATEMENTS).without("third"))
    assert truths.makes_true(OWN, "A queue retains its messages for up to two weeks.") == "first"
    assert truths.has_value(OWN, "time", Fraction(14 * DAY))
    assert not truths.has_value(replace(OWN, services=(EBS,)), "time", Fraction(14 * DAY))
    assert not truths.has_value(make_fact("other", "A key lasts a year."), "time", Fraction(14 * DAY))


def test_facts_added_beside_a_shelf_are_not_on_it():
    truths = Truths()
    truths.add_shelf("s3", shelf_of(STATEMENTS))
    truths.add(make_fact("fourth", "A queue forgets its messages after 60 minutes."))
    assert truths.makes_true(OWN, "A queue forgets messages after one hour.") == "fourth"
    assert set(shelf_of(STATEMENTS).sketches) == {"first", "second", "third"}
