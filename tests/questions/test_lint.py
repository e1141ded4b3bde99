import pytest

from facts.questions.content import Kind, Question
from facts.questions.lint import clues_among, find_clues, find_overlaps
from tests.content import make_option, make_question

SHORT = "A key is public."
LONG = "A key is public to everybody who holds a name and a policy."


def make(kind: Kind, stem: str, key: str, *wrong: str) -> Question:
    return make_question(kind, (make_option(key, True), *(make_option(text) for text in wrong)), stem=stem)


def codes(kind: Kind, stem: str, key: str, *wrong: str) -> list[str]:
    return [clue.code for clue in find_clues(make(kind, stem, key, *wrong))]


# Options alone


@pytest.mark.parametrize(
    ("key", "wrong", "found"),
    [
        (LONG, [SHORT, "A bucket is open."], ["key-longest"]),
        (SHORT, [LONG, LONG.replace("key", "bucket")], ["key-shortest"]),
        (LONG, [LONG.replace("key", "bucket"), SHORT], []),
        (SHORT, [LONG, "A bucket is open."], []),
        ("A policy", ["A", "B"], []),  # few letters more, however many times longer
        ("5,000 minutes or a little more", ["5 days", "6 days"], []),  # amounts are as long as they are
        (SHORT, ["A key is open.", "All of the above"], ["all-of-the-above"]),
        (SHORT, ["A key is open.", "None of these options"], ["all-of-the-above"]),
        (SHORT, ["A key is open.", "Both A and B are."], ["all-of-the-above"]),
        (SHORT, ["A key is above the options.", "All keys are."], []),
        (SHORT, ["A key is always so.", "It must be so."], ["absolutes"]),
        ("A key is never so.", ["A key is always so.", "It must be so."], []),
        (SHORT, ["A key is always so.", "It is so."], []),
        (SHORT, ["A key is always so."], []),  # a single wrong one shows no pattern
    ],
)
def test_clues_among(key, wrong, found):
    clues = list(clues_among([key, *wrong], [True] + [False] * len(wrong)))
    assert [clue.code for clue in clues] == found
    assert all(clue.message.endswith(".") for clue in clues)


def test_clues_among_two_keys():
    longest = [LONG, LONG.replace("key", "name"), SHORT, "A bucket is open.", "A name is open."]
    assert [clue.code for clue in clues_among(longest, [True, True, False, False, False])] == ["key-longest"]
    assert list(clues_among(longest, [True, False, False, False, True])) == []


# Whole questions


@pytest.mark.parametrize(
    ("stem", "key", "wrong", "code"),
    [
        ("Which key?", "5 days", ["6 days", "bucket", "7 days"], "not-of-one-kind"),
        ("Which key?", "5 days", ["6 days", "5 GB", "7 days"], "not-of-one-kind"),
        ("Which key?", "Set a policy", ["Use a key", "Use a name", "Use a role"], "odd-one-out"),
        ("Keys of a bucket expired. Why?", "The bucket was old", ["A name was", "A role was", "A tag was"], "echo"),
        ("One of these is not true. Which is not true?", "One", ["Two", "Three", "Four"], "negative-stem"),
        ("A key was lost. Which of these is false?", "One", ["Two", "Three", "Four"], "negative-stem"),
    ],
)
def test_find_clues_of_a_scenario(stem, key, wrong, code):
    assert code in codes(Kind.SCENARIO, stem, key, *wrong)


@pytest.mark.parametrize(
    ("stem", "key", "wrong", "code"),
    [
        ("Which key?", "5 days", ["6 days", "1 week", "7 hours"], "not-of-one-kind"),
        ("Which key?", "A name", ["6 days", "A role", "7 days"], "not-of-one-kind"),
        ("Which key?", "Set a policy", ["Use a key", "Use a name", "Set a role"], "odd-one-out"),
        ("Which key?", "Use a policy", ["Use a key", "Use a name", "Use a role"], "odd-one-out"),
        ("Which key?", "Set a policy", ["Amazon S3", "Amazon EC2", "Amazon EBS"], "odd-one-out"),
        ("Keys of a bucket expired. Why?", "The bucket was old", ["A bucket was", "A role was", "A tag was"], "echo"),
        ("Keys of a bucket expired. Why?", "The role was old", ["A name was", "A tag was", "A path was"], "echo"),
        ("One of these is false. Which is NOT true?", "One", ["Two", "Three", "Four"], "negative-stem"),
        ("A key is not found. What is the cause?", "One", ["Two", "Three", "Four"], "negative-stem"),
        ("Which is not true, say.", "One", ["Two", "Three", "Four"], "negative-stem"),
    ],
)
def test_find_clues_none_in_a_fair_scenario(stem, key, wrong, code):
    assert code not in codes(Kind.SCENARIO, stem, key, *wrong)


@pytest.mark.parametrize(
    ("stem", "key", "wrong", "code"),
    [
        ("It is a _____ window.", "4-hour", ["8-hour", "6-hour", "5-hour"], "article"),
        ("It is an _____ window.", "8-hour", ["18-hour", "11-hour", "6-hour"], "article"),
        ("It is an _____ key.", "SQS", ["KMS", "SNS", "S3"], "article"),
        ("It is an _____ key.", "access", ["RAM", "open", "old"], "article"),
        ("_____ are kept.", "Keys", ["A name", "buckets", "roles"], "number"),
        ("It is the _____ of a primary key.", "primary name", ["second name", "third name", "name"], "clue-after-gap"),
        ("The key lasts _____.", "5 days", ["6 days", "bucket", "7 days"], "not-of-one-kind"),
    ],
)  # fmt: skip
def test_find_clues_of_a_blank(stem, key, wrong, code):
    assert code in codes(Kind.FILL_BLANK, stem, key, *wrong)


@pytest.mark.parametrize(
    ("stem", "key", "wrong", "code"),
    [
        ("It is a _____ window.", "4-hour", ["7-hour", "6-hour", "5-hour"], "article"),
        ("It is an _____ window.", "8-hour", ["8-minute", "8-second", "8-day"], "article"),
        ("It is an _____ key.", "SQS", ["MX", "SNS", "S3"], "article"),
        ("It is a _____ key.", "RAM", ["user", "one-time", "unique"], "article"),
        ("It is the _____ window.", "4-hour", ["8-hour", "6-hour", "5-hour"], "article"),
        ("_____ are kept.", "keys", ["names", "buckets", "roles"], "number"),
        ("All _____ are kept.", "keys", ["a name", "buckets", "roles"], "number"),
        ("It is the _____ of a primary key.", "primary name", ["primary tag", "third tag", "last"], "clue-after-gap"),
        ("The key lasts _____.", "5 days", ["6 days", "1 week", "7 days"], "not-of-one-kind"),
        ("The key lasts _____. Which is not so?", "5 days", ["6 days", "1 week", "7 days"], "negative-stem"),
    ],
)  # fmt: skip
def test_find_clues_none_in_a_fair_blank(stem, key, wrong, code):
    assert code not in codes(Kind.FILL_BLANK, stem, key, *wrong)


def test_find_clues_article_before_numbers_of_two_digits():
    assert codes(Kind.FILL_BLANK, "It is an _____ window.", "8-hour", "18-hour", "11-hour", "80-hour") == []


def test_find_clues_none_in_true_or_false():
    assert codes(Kind.TRUE_FALSE, "All of the above is always false.", "True", "False") == []


@pytest.mark.parametrize("kind", [Kind.WHICH_TRUE, Kind.WHICH_FALSE])
def test_find_clues_of_statements_looks_at_the_options_alone(kind):
    assert codes(kind, "Which is not true?", LONG, SHORT, "A bucket is open.", "A name is open.") == ["key-longest"]


# Questions of one quiz


def told(first: Question, second: Question) -> list[tuple[int, int]]:
    return find_overlaps([first, second])


def about(fact_id: str, stem: str, key: str, kind: Kind = Kind.FILL_BLANK) -> Question:
    options = (make_option(key, True, fact_id=fact_id), make_option("Another one", fact_id=fact_id))
    return make_question(kind, options, stem=stem, fact_id=fact_id)


def test_find_overlaps_of_one_fact():
    assert told(about("a", "One _____.", "key"), about("a", "Two _____.", "key")) == [(0, 1)]


def test_find_overlaps_where_a_stem_tells_a_key():
    first = about("a", "Why is the answer a policy of the bucket?", "role")
    second = about("b", "What is _____?", "a Policy of the bucket")
    assert told(first, second) == [(0, 1)]
    assert told(second, first) == [(1, 0)]


@pytest.mark.parametrize(
    ("stem", "key", "kind"),
    [
        ("Why is it a policy here?", "policy", Kind.FILL_BLANK),  # short keys stand everywhere
        ("Why is it a policy of the buckets?", "policy of the bucket", Kind.FILL_BLANK),  # whole words only
        ("Is it true of the bucket?", "true of the bucket", Kind.TRUE_FALSE),
    ],
)
def test_find_overlaps_none(stem, key, kind):
    assert told(about("a", stem, "role"), about("b", "What is _____?", key, kind)) == []


def test_find_overlaps_of_nothing():
    assert find_overlaps([]) == []
