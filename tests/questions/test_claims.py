from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.questions.claims import claim_key, false_claims, fill, normalise, quantity
from tests.content import make_blank, make_fact


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Amazon S3 is durable.", "amazon s3 IS durable"),
        ("The queue keeps a message.", "Queue keeps message"),
        ("It cannot be changed", "It can not be changed"),
        ("It can't be changed", "It cannot be changed"),
        ("It won't fail", "It will not fail"),
        ("It doesn't fail", "It does not fail"),
        ("a multi-AZ, cross-Region cluster", "a multi AZ cross Region cluster"),
        ("read/write access", "read write access"),
        ("  two \t spaces\nhere ", "two spaces here"),
        ('the "Bucket owner" setting (new)', "the Bucket owner setting new"),
        ("Amazon\u00a0S3", "Amazon S3"),
        ("Ama\u200bzon S3", "Amazon S3"),
        ("\uff33\uff13", "S3"),
    ],
)
def test_normalise_texts_that_read_alike(text, same):
    assert normalise(text) == normalise(same)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("It can\u2019t be changed", "It can't be changed"),
        ("\u201cBucket owner\u201d", '"Bucket owner"'),
        ("Multi\u2011AZ", "Multi-AZ"),
        ("1\u201315 minutes", "1-15 minutes"),
    ],
    ids=["apostrophe", "quotes", "non-breaking hyphen", "dash"],
)
def test_normalise_typographic_mark_reads_like_typed_one(text, typed):
    assert normalise(text) == normalise(typed)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("It can be changed", "It cannot be changed"),
        ("It fails", "It does not fail"),
        ("1.5 GB", "15 GB"),
        ("1.5 GB", "1, 5 GB"),
        ("99.9 %", "99.99 %"),
        ("5 GB", "5 TB"),
        ("two copies", "three copies"),
        ("Amazon S3", "Amazon SQS"),
        ("before the upload", "after the upload"),
    ],
)
def test_normalise_keeps_texts_apart_that_differ_in_meaning(text, other):
    assert normalise(text) != normalise(other)


@given(st.text() | st.text("caCA n'to-/.,15\u200b\u0301\u0130\u1e9e"))
@example("a\u200b\u0301")
@example("\u00df\u0301")
def test_normalise_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_normalise_leaves_single_spaces_only(text):
    assert " ".join(normalise(text).split()) == normalise(text)


def test_claim_key_equal_for_same_claim_only():
    assert claim_key("The queue is a FIFO queue.") == claim_key("Queue is FIFO queue")
    assert claim_key("The queue is a FIFO queue.") != claim_key("The queue is a standard queue.")
    assert len(claim_key("")) == 24


def test_fill_puts_text_in_place_of_answer():
    fact = make_fact(statement="Amazon S3 keeps the log for 24 hours.")
    assert fill(fact, make_blank("24 hours"), "7 days") == "Amazon S3 keeps the log for 7 days."


def test_false_claims_are_false_statements_and_filled_blanks():
    blank = make_blank("24 hours", ["1 hour", "7 days"])
    fact = make_fact(statement="It lasts for 24 hours.", false_statements=["It never ends."], blanks=(blank,))
    assert list(false_claims(fact)) == ["It never ends.", "It lasts for 1 hour.", "It lasts for 7 days."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24 hours", ("time", 86400)),
        ("one day", ("time", 86400)),
        ("1 week", ("time", 604800)),
        ("100 ms", ("time", Fraction(1, 10))),
        ("1.5 minutes", ("time", 90)),
        ("15-minute", ("time", 900)),
        ("5 GB", ("size", 5 * 2**30)),
        ("1,024 MB", ("size", 2**30)),
        ("1 GiB", ("size", 2**30)),
        ("10 Gbps", ("rate", 10**10)),
        ("99.9 %", ("percent", Fraction(999, 10))),
        ("50 percent", ("percent", 50)),
        ("50%", ("percent", 50)),
        ("3", ("number", 3)),
        ("1,000", ("number", 1000)),
        ("three copies", ("number copie", 3)),
        ("3 copies", ("number copie", 3)),
        ("5 MB per second", ("size per second", 5 * 2**20)),
        (" Twenty Days ", ("time", 20 * 86400)),
    ],
)
def test_quantity_gives_kind_and_exact_value(text, found):
    assert quantity(text) == found


@pytest.mark.parametrize(
    "text", ["", "hours", "Amazon S3", "S3 Standard", "24 hours.", "about 5 GB", ",", "%", "5 (five)"]
)
def test_quantity_none_for_other_text(text):
    assert quantity(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [("60 minutes", "one hour"), ("7 days", "1 week"), ("365 days", "1 year"), ("12 months", "1 year")],
)
def test_quantity_equal_for_same_span_in_other_unit(text, same):
    assert quantity(text) == quantity(same)


@given(st.text(max_size=20) | st.text("0123456789.,-% abcgmstz", max_size=12))
def test_quantity_never_raises_for_short_text(text):
    found = quantity(text)
    assert found is None or found[1] >= 0
