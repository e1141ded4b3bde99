import time

import pytest

from facts.questions.gate import LONGEST, find_refusals, open_contractions, plain
from facts.questions.reading import Form, confirm, read, tail_verbs, verb_candidates
from facts.questions.words import is_hedged, split_words

FACT = "The service retains data for 5 days."


def words_of(found) -> list[str]:
    return [word.text for word in found]


# The gate


@pytest.mark.parametrize(
    "statement",
    [
        FACT,
        "Amazon S3 doesn't support file locks.",
        "A trailing stop is not needed here",
        "Services such as Amazon S3, e.g. its buckets, are regional.",
        "The U.S. East Region has six zones.",
        "The value x != y is allowed here.",
        "3 copies of the data are kept.",
        "The limit is 99.99 % of requests.",
        "The key is the \u201cprimary\u201d key of a table.",
        "The route is 10.0.0.0/16 by default.",
    ],
)
def test_find_refusals_none_for_plain_fact(statement):
    assert find_refusals(statement) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("", "is empty"),
        (" \t ", "is empty"),
        ("\u200b\ufeff", "is empty"),
        ("Buckets", "is too short to be a statement: write one whole sentence"),
        ("Buckets are private.", "is too short to be a statement: write one whole sentence"),
        ("Does the service retain data?", "is a question: write what is true"),
        ("The service retains data? Yes.", "is a question: write what is true"),
        ("How the service retains data", "starts like a question or a heading"),
        ("What a bucket is for", "starts like a question or a heading"),
        ("The service retains data!", "is an exclamation: write a plain sentence"),
        ("The service retains data. Logs are deleted.", "has two sentences: split it"),
        ("It retains data for 5 days.", "starts with a word that stands for something else: name the subject"),
        ("There are three copies here.", "starts with a word that stands for something else: name the subject"),
        ("It is not true that keys expire.", "starts with a word that stands for something else: name the subject"),
        ("However, the service retains data.", "leans on a sentence before it: make it stand alone"),
        ("For example, the service retains data.", "leans on a sentence before it: make it stand alone"),
        ("The service retains the following data.", "points at a text that is not there: make it stand alone"),
        ("As the list above shows, option B is free.", "points at a text that is not there: make it stand alone"),
        ("Tables - like lists - retain data.", "starts with a heading: write one whole sentence"),
        ("<b>The service</b> retains data.", "has HTML: write plain text"),
        ("The service retains <script>alert(1)</script> data.", "has HTML: write plain text"),
        ("The service < br > retains data.", "has HTML: write plain text"),
        ("The service **retains** the data.", "has markdown: write plain text"),
        ("# The service retains the data", "has markdown: write plain text"),
        ("- The service retains the data", "has markdown: write plain text"),
        ("The [service](https://x.y) retains data.", "has markdown: write plain text"),
        ("The service runs `rm -rf` daily.", "has markdown: write plain text"),
        ("The service at https://x.y retains data.", "has a web address: put it into the reference"),
        ("The key arn:aws:kms:eu-west-1:1:key/2 is shared.", "has an ARN: name the resource instead"),
        ("=SUM(A1) is a known formula.", "starts like a formula: start with the subject"),
        ("+5 is a known number.", "starts like a formula: start with the subject"),
        ("@admin is a known name.", "starts like a formula: start with the subject"),
        ("The service retains ____ for 5 days.", "contains a gap"),
        ("The service (of Amazon retains data.", "has a bracket or quotation mark that is not closed"),
        ('The "service retains the data.', "has a bracket or quotation mark that is not closed"),
        ("The \u201cservice retains the data.", "has a bracket or quotation mark that is not closed"),
        ("The service \U0001f600 retains data.", "has an emoji, or a control or invisible character"),
        ("The service\x00 retains the data.", "has an emoji, or a control or invisible character"),
        ("The service\nretains the data.", "has an emoji, or a control or invisible character"),
        ("The service \u202eretains the data.", "has an emoji, or a control or invisible character"),
        ("The ser\u200bvice retains the data.", "has an emoji, or a control or invisible character"),
        ("\u05d4\u05e9\u05d9\u05e8\u05d5\u05ea retains the data.", "is not in English letters"),
        ("\u30b5\u30fc\u30d3\u30b9 retains the data.", "is not in English letters"),
        ("\u0421\u0435\u0440\u0432\u0438\u0441 retains the data.", "is not in English letters"),
        ("\u2026 retains the data here.", "does not start with a word"),
    ],
)  # fmt: skip
def test_find_refusals_says_why(statement, reason):
    assert reason in find_refusals(statement)


def test_find_refusals_of_a_very_long_text_at_once():
    started = time.perf_counter()
    assert find_refusals("The <b>key is ( " * 20_000) == ["has 320000 characters: split it into facts of at most 300"]
    assert time.perf_counter() - started < 0.05


@pytest.mark.parametrize(("length", "is_refused"), [(LONGEST, False), (LONGEST + 1, True)])
def test_find_refusals_by_length(length, is_refused):
    statement = "The service retains data" + " x" * LONGEST
    assert bool(find_refusals(statement[:length])) is is_refused


@pytest.mark.parametrize(
    "unit", ["is ", "a ", "not ", "(", "the key is ", "and stores ", "5 ", "no more than ", "a-", "can up to 5 "]
)
def test_reading_is_quick_on_repetitions(unit):
    statement = ("The key " + unit * 300)[:LONGEST]
    started = time.perf_counter()
    list(tail_verbs(read(statement)))
    assert time.perf_counter() - started < 0.5


def test_plain_is_one_normal_form():
    assert plain("  The\u00a0ser\u200bvice \n e\u0301 ") == "The service \u00e9"


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("It doesn't work.", "It does not work."),
        ("It can\u2019t work.", "It cannot work."),
        ("It won't and isn't.", "It will not and is not."),
        ("The key's age is known.", "The key's age is known."),
        ("It needn't wait.", "It need not wait."),
    ],
)
def test_open_contractions(text, opened):
    assert open_contractions(text) == opened


def test_open_contractions_at_the_start_of_a_sentence():
    assert open_contractions("Can't and don't.") == "Cannot and do not."


# Hedges


@pytest.mark.parametrize(
    "text",
    [
        *("It usually works.", "It takes about 5 days.", "It may fail.", "It should work.", "Some keys rotate."),
        *("It has several parts.", "Most keys rotate.", "It depends on the Region.", "It is one of the parts."),
        *("It runs on various hosts.", "It keeps a few logs.", "It holds a number of keys.", "It is partly so."),
        *("It needs certain rights.", "It keeps many logs.", "It is recommended.", "It tends to fail."),
    ],
)
def test_is_hedged(text):
    assert is_hedged(text)


@pytest.mark.parametrize(
    "text",
    [
        *("It works.", "It is at most 5 days.", "It holds as many as 5 keys.", "It may hold up to five keys."),
        *("It may use only one key.", "It is about keys.", "It is available."),
    ],
)
def test_is_not_hedged(text):
    assert not is_hedged(text)


@pytest.mark.parametrize("text", ["It has many parts.", "It has few parts.", "It was many things."])
def test_is_hedged_behind_has_and_was(text):
    assert is_hedged(text)


# The main verb


@pytest.mark.parametrize(
    ("statement", "verb", "form", "is_plural"),
    [
        ("Amazon S3 stores objects in buckets.", "stores", Form.THIRD, False),
        ("Amazon S3 buckets store objects.", "store", Form.BASE, True),
        ("Security groups are stateful.", "are", Form.BE, True),
        ("A bucket is a container.", "is", Form.BE, False),
        ("A bucket has an owner.", "has", Form.HAVE, False),
        ("Buckets have an owner.", "have", Form.HAVE, True),
        ("A bucket has been deleted.", "has", Form.PERFECT, False),
        ("A bucket does not store objects.", "does", Form.DO, False),
        ("A bucket can store objects.", "can", Form.MODAL, False),
        ("Settings for A and B must match.", "must", Form.MODAL, True),
        ("A key that expires is deleted.", "is", Form.BE, False),
        ("The shortest timeout that AWS Batch accepts is 60 seconds.", "is", Form.BE, False),
        ("By default, a bucket is private.", "is", Form.BE, False),
        ("If a key is lost, the bucket remains encrypted.", "remains", Form.THIRD, False),
        ("Standard queues in Amazon SQS deliver messages at least once.", "deliver", Form.BASE, True),
        ("DNS uses port 53 for queries.", "uses", Form.THIRD, False),
        ("A NAT gateway translates addresses.", "translates", Form.THIRD, False),
        ("The driver completely replaces the kernel.", "replaces", Form.THIRD, False),
        ("Keys never leave the module.", "leave", Form.BASE, True),
        ("Security checks for buckets run daily.", "run", Form.BASE, True),
    ],
)
def test_read_finds_the_main_verb(statement, verb, form, is_plural):
    reading = read(statement)
    assert (reading.doubts, reading.verb, reading.main.form, reading.main.is_plural) == ((), verb, form, is_plural)
    assert reading.is_sure
    assert statement[reading.main.verb_start : reading.main.verb_end] == verb


def test_read_knows_names_of_services():
    statement = "AWS Config rules check resources."
    assert read(statement, ["AWS Config"]).verb == "check"


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("By default, a bucket is private.", "a bucket"),
        ("Amazon S3 stores objects.", "Amazon S3"),
        ("Nothing to see here at all", ""),
    ],
)
def test_reading_subject(statement, subject):
    assert read(statement).subject == subject


@pytest.mark.parametrize(
    "statement",
    [
        "One way to share the key is a policy.",
        "When a disk fails, when a node stops, the pod moves.",
        "In the console a key is shown.",
        "The proxy coalesces the streams into the lease keeps.",
        "The key, a secret, is lost.",
        "The key, secret as ever, is lost.",
        "Only the owner can delete a bucket.",
        "Nothing but words without end",
        "The queue of the bus holds keys holds.",
    ],
)
def test_read_doubts(statement):
    assert not read(statement).is_sure


@pytest.mark.parametrize(
    "statement",
    [
        *("Use tags under parameters.", "Store keys in the vault before use.", "Enable logs for buckets in Regions."),
        *("Create tags under the parameters.", "Finish upgrades before the next release."),
    ],
)  # fmt: skip
def test_read_doubts_imperative(statement):
    assert not read(statement).is_sure


@pytest.mark.parametrize(
    "statement", ["Security checks for public buckets.", "Outbound checks for public buckets in Regions."]
)
def test_read_doubts_phrase_without_a_verb(statement):
    assert not read(statement).is_sure


@pytest.mark.parametrize(
    "statement",
    ["Assuming 10 clients are connected, a server keeps them.", "Provided a key is set, the bucket keeps it."],
)
def test_read_skips_a_condition_with_a_participle(statement):
    assert read(statement).verb == "keeps"


def test_read_contrast_is_a_clause_of_its_own():
    reading = read("The queue is regional, whereas the topic is global.")
    assert (reading.verb, reading.contrast.verb) == ("is", "is")
    assert reading.statement[reading.contrast.start :] == "the topic is global."


@pytest.mark.parametrize("statement", ["The queue is fast, but not cheap.", "The queue is fast but is not cheap."])
def test_read_no_contrast_without_a_subject(statement):
    assert read(statement).contrast is None


# What an author confirms


def test_confirm_takes_the_named_verb_without_doubts():
    statement = "The proxy coalesces the streams and keeps them."
    confirmed = confirm(read(statement), statement.index("keeps"))
    assert (confirmed.verb, confirmed.is_sure) == ("keeps", True)


@pytest.mark.parametrize("place", [-1, 0, 1, 10_000, 4])
def test_confirm_changes_nothing_where_no_verb_is(place):
    reading = read("The bucket keeps a stream.")
    assert confirm(reading, place) == reading


def test_confirm_of_the_found_verb_reads_the_same():
    reading = read("A bucket is private.")
    confirmed = confirm(reading, reading.main.verb_start)
    assert (confirmed.main, confirmed.doubts) == (reading.main, ())


def test_verb_candidates_are_words_that_could_be_the_verb():
    assert words_of(verb_candidates("The proxy caches the logs and stores data.")) == [
        "proxy",
        "caches",
        "logs",
        "stores",
    ]


def test_verb_candidates_leave_out_names():
    assert words_of(verb_candidates("AWS Config rules check resources.", ["AWS Config rules"])) == ["check"]


# Verbs behind the main one


@pytest.mark.parametrize(
    ("statement", "verbs"),
    [
        ("The service stores data.", []),
        ("The service stores data and encrypts backups.", ["encrypts"]),
        ("The service opens a port, uses a key, and tests a route.", ["uses", "tests"]),
        ("The service stores data and can encrypt backups.", ["can"]),
        ("The service generates or modifies a key.", ["modifies"]),
        ("The services store data and encrypt backups.", ["encrypt"]),
        ("The service stores data and never deletes it.", ["deletes"]),
        ("The service is fast, but is not cheap.", ["is"]),
        ("The service stores keys and logs.", []),
    ],
)
def test_tail_verbs(statement, verbs):
    assert words_of(tail_verbs(read(statement))) == verbs


def test_tail_verbs_none_without_a_main_verb():
    assert list(tail_verbs(read("Nothing at all here"))) == []


# Words


def test_split_words_marks_names_and_ends_of_parts():
    words = split_words("The Amazon S3 queue, in AWS, is 5 (five).", ["Amazon S3"])
    assert [word.text for word in words if word.is_name] == ["Amazon", "S3", "AWS", "5"]
    assert [word.text for word in words if word.ends_part] == ["queue", "AWS", "5", "five"]


def test_split_words_first_word_is_no_name_for_its_capital():
    assert [word.is_name for word in split_words("Buckets of Buckets")] == [False, False, True]
