import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.questions.claims import claim_key, false_claims, fill, mentions, normalise, same_option
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
    ("text", "name", "does"),
    [
        ("Amazon S3 stores objects.", "S3", True),
        ("An S3's bucket", "S3", True),
        ("AWS Direct-Connect is a line.", "Direct Connect", True),
        ("A bucket named s3x", "S3", False),
        ("Objects in S3", "s3", True),
    ],
)
def test_mentions_whole_words_in_any_writing(text, name, does):
    assert mentions(text, name) is does


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("7 days", "1 week", True),
        ("The queue", "queue.", True),
        ("512 bytes", "0.5 KB", True),
        ("7 days", "8 days", False),
        ("5 GB", "5 TB", False),
        ("a queue", "a topic", False),
        ("three copies", "three zones", False),
    ],
)
def test_same_option(first, second, same):
    assert same_option(first, second) is same_option(second, first) is same
