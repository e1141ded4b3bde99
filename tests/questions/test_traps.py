"""The traps of falsification: statements from which a careless rule makes a claim that is still true, or no sentence.

The numbers are those of the list of traps that the rules were written against. What is held back for a person's word is
not looked at, except where it says so: only what would be asked at once.
"""

import re
from collections import Counter
from random import Random

import pytest

from facts.questions.content import Blank, Fact, FalseStatement, Kind
from facts.questions.derive import Derived, derive
from facts.questions.falsify import transformations
from facts.questions.kinds import fill_blank
from facts.questions.quantities import find_quantities, quantity
from facts.questions.reading import read
from facts.questions.transformations import Relation
from facts.questions.truths import Truths
from tests.content import make_fact, make_questions


def derived(statement: str, *others: str) -> Derived:
    """What rules make of a statement, beside other facts of its service."""
    fact = make_fact("own", statement)
    return derive(fact, Truths([fact, *(make_fact(f"other{number}", other) for number, other in enumerate(others))]))


def sound_falses(statement: str, *others: str) -> list[FalseStatement]:
    return [false for false in derived(statement, *others).fact.false_statements if false.is_sound]


def sound_blanks(statement: str, *others: str) -> list[Blank]:
    return [blank for blank in derived(statement, *others).fact.blanks if blank.is_sound]


def false_texts(statement: str, *others: str) -> list[str]:
    return [false.text for false in sound_falses(statement, *others)]


def true_texts(statement: str) -> list[str]:
    return [true.text for true in derived(statement).fact.true_statements]


def rules(statement: str) -> set[str]:
    return {false.rule.partition("/")[0] for false in sound_falses(statement)}


def changes_of_amounts(statement: str) -> list[int]:
    """For each amount that a sound false statement changes: 1 if it is larger, -1 if it is smaller."""
    changes = []
    for false in sound_falses(statement):
        old, new = list(find_quantities(statement)), list(find_quantities(false.text))
        assert len(old) == len(new)
        pairs = zip(old, new, strict=True)
        changes += [1 if after.value > before.value else -1 for before, after in pairs if after.value != before.value]
    return changes


def all_amounts(statement: str) -> set[str]:
    """Every sound text that another amount stands in."""
    blanks = {text for blank in sound_blanks(statement) for text in blank.distractors}
    return blanks | {false.text for false in sound_falses(statement) if false.rule.startswith("quantity")}


def cases(*statements: object) -> list[object]:
    """Statements of which a rule once made what it should not."""
    return [pytest.param(*(one if isinstance(one, tuple) else (one,)), id=str(one)) for one in statements]


# Logic: bounds


@pytest.mark.parametrize(
    "statement",
    [
        "Amazon EKS requires at least 2 nodes.",
        "A cluster has at least three nodes.",
        "A volume must be at least 4 GB.",
        "The service replicates data across at least three zones.",
        "A password has 8 or more characters.",
        "A password has 8 characters or more.",
        "The service provides at least 99.9% availability.",
        "A queue supports up to 5 consumers.",
        "The queue retains messages for up to 14 days.",
        "A function can use up to 10 GB of memory.",
        "A policy can have as many as 10 statements.",
        "If the queue is empty, it waits up to 20 seconds.",
        "The service keeps two copies of the data.",
        "The service retains data for 5 days.",
    ],
)
def test_trap_1_lower_bound_and_up_to_are_only_raised(statement):
    assert set(changes_of_amounts(statement)) == {1}


@pytest.mark.parametrize(
    ("statement", "entailed"),
    [
        ("Amazon EKS requires at least 2 nodes.", "at least 1 "),
        ("Amazon EKS requires at least 5 nodes.", "at least 2 "),
        ("A queue supports up to 5 consumers.", "up to 4 "),
        ("A queue supports up to 20 consumers.", "up to 10 "),
        ("The number of shards must be between 1 and 12.", "between 1 and 16"),
    ],
)
def test_trap_1_nothing_that_the_fact_entails(statement, entailed):
    assert [text for text in false_texts(statement) if entailed in text] == []


@pytest.mark.parametrize(
    "statement",
    cases(
        "A key lasts for at least 30 days and at most 90 days.",
        "A password has at least 8 characters and at most 64 characters.",
    ),
)
def test_trap_1_each_of_two_bounds_in_its_own_direction(statement):
    low = [int(match[1]) for text in false_texts(statement) if (match := re.search(r"at least (\d+)", text))]
    assert min(low) >= int(re.search(r"at least (\d+)", statement)[1])


@pytest.mark.parametrize(
    "statement",
    [
        "The number of shards must be between 1 and 12.",
        "A name must be between 3 and 63 characters long.",
        "A name must be 3 to 63 characters long.",
        "The service scales from 2 to 10 nodes.",
        "The port must be from 1024 to 65535.",
        "A volume can be from 1 GB up to 16 TB.",
        "The default is 12-15 nodes.",
    ],
)
def test_trap_1_ranges_stay_as_they_are(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "An item can be at most 64 KB.",
        "A function runs for no more than 15 minutes.",
        "A policy cannot exceed 20 KB.",
        "A policy must not exceed 20 KB.",
        "A function cannot run for more than 15 minutes.",
        "A function can never run longer than 15 minutes.",
        "A table must not have more than 5 indexes.",
        "A table is not larger than 5 GB.",
        "A batch has 10 or fewer items.",
        "A batch has 10 messages at most.",
        "A volume holds 16 TB or less.",
        "A queue retains messages for 14 days or less.",
    ],
)
def test_trap_2_upper_bound_is_only_lowered(statement):
    assert set(changes_of_amounts(statement)) == {-1}


@pytest.mark.parametrize(
    "statement",
    [
        "A read is typically less than 10 ms.",
        "A read takes less than 10 ms.",
        "A table holds more than 5 indexes.",
        "A user pool stores more than 40 attributes.",
        "The service has about 1,000 users.",
        "The limit is about 1,000 addresses.",
        "The service is nearly 5 days old.",
        "The service starts in around 5 minutes.",
        "The service is over 10 years old.",
        "The service is 10 times faster.",
    ],
)
def test_trap_2_no_amount_that_is_open_or_approximate(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    "statement", ["The tier allows 20% of the requests.", "The plan requires 40 KB of memory.", "The key needs 4 GB."]
)  # fmt: skip
def test_trap_3_what_is_allowed_or_required_is_never_lowered(statement):
    assert -1 not in changes_of_amounts(statement)
    assert any(sound_falses(statement))


@pytest.mark.parametrize(
    "statement",
    cases(
        "A batch contains six items or fewer.",
        "A batch has 10 messages or less.",
        "A team has six members or fewer.",
        "The default is 10 messages or fewer.",
        "A batch has 10 small messages or fewer.",
    ),
)
def test_trap_3_or_fewer_is_an_upper_bound_though_the_number_is_bare(statement):
    assert 1 not in changes_of_amounts(statement)


# Logic: negations


@pytest.mark.parametrize(
    "statement",
    [
        "A key is either symmetric or asymmetric.",
        "A table can be either global or local.",
        "A key is either in the account or in another one.",
        *cases(
            "A bucket can be in the same account, or it can be in another.",
            "A key is in the account, or it is in another one.",
        ),
    ],
)
def test_trap_4_one_half_of_an_alternative_is_not_negated(statement):
    assert false_texts(statement) == []


@pytest.mark.parametrize(
    "statement",
    [
        *("Amazon S3 supports several functions.", "Amazon S3 supports many classes."),
        *("Amazon S3 supports some Regions.",),
        *("Amazon S3 offers a number of functions.", "Amazon S3 supports a subset of the API."),
        *("A bucket has a few parts.",),
        *("Amazon S3 supports certain calls.", "Amazon S3 supports various calls.", "The bucket has several owners."),
            "The service has many limits.",
            "The service has few limits.",
            "The service was many things.",
    ],
)  # fmt: skip
def test_trap_5_some_of_many_may_be_denied_of_others(statement):
    assert false_texts(statement) == []


@pytest.mark.parametrize(
    "statement",
    [
        *("Some Regions have three zones.", "Most Regions have three zones.", "Many Regions have three zones."),
        *("Exactly one pod is the leader.", "Half of the Regions are big.", "Any user can delete a bucket."),
        *("One of the nodes is the leader.", "Both nodes are leaders.", "Not all buckets are private."),
        *("At least one pod is the leader.", "No Region has one zone.", "Few Regions have four zones."),
        *cases(
            "Half of the Regions have three zones.",
        ),
    ],
)
def test_trap_6_quantified_subject(statement):
    assert false_texts(statement) == []


@pytest.mark.parametrize(
    "statement", ["All buckets are private.", "Every bucket is private.", "Each bucket is private."]
)
def test_trap_6_all_of_them_may_be_negated(statement):
    assert rules(statement) == {"polarity"}


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "An option for restarts is Kured.",
            "One way to restart nodes is Kured.",
            "An alternative to VPNs is a lease.",
        ),
        *("A benefit of caching is speed.", "A use case of tags is billing.", "One of the classes is Glacier."),
        *cases(
            "A feature of Amazon S3 is versioning.",
            "A tool for migration is the agent.",
            "A service for queues is Amazon SQS.",
            "A component of the cluster is the proxy.",
            "A use of tags is cost allocation.",
            "A common use case is backup.",
            "An important benefit is speed.",
        ),
    ],
)
def test_trap_7_what_one_is_another_may_not_be(statement):
    assert false_texts(statement) == []


@pytest.mark.parametrize(
    "statement",
    [
        *("A feature may not be available in each Region.", "A feature may be available in a Region."),
        *("A feature might be available in a Region.", "A user should rotate the key.", "A user could rotate the key."),
        *("Traffic must not leave the network.", "A key may not be used twice.", "Nodes would be in two zones."),
    ],
)
def test_trap_8_possibility_has_no_negation(statement):
    assert false_texts(statement) == []


def test_trap_8_can_never_has_one():
    assert false_texts("The key can never be shared.") == ["The key can be shared."]


@pytest.mark.parametrize(
    "statement",
    [
        *("A bucket is not only a container but also a namespace.", "A policy not only allows but also denies."),
        *("A bucket is not necessarily public.", "A bucket is neither public nor private."),
        *("A key is not always public.",),
        *("No bucket is created that is not private.", "Neither A nor B retains data.", "A table has no owner yet."),
        *("The service cannot not retain data.", "The service does not never delete data."),
        *("A table is not yet public.",),
        *("A bucket is not just a container.", "A policy is not for users but for groups."),
        *("A key is no more than a name.",),
    ],
)  # fmt: skip
def test_trap_9_nested_and_partial_negation(statement):
    assert false_texts(statement) == []


def test_trap_9_it_is_not_true_that_is_refused():
    assert derived("It is not true that a bucket cannot be deleted.").refusals


@pytest.mark.parametrize(
    ("statement", "false"),
    [
        ("A bucket cannot be deleted unless it is empty.", "A bucket cannot be deleted if it is empty."),
        ("A request is denied unless a policy allows it.", "A request is denied if a policy allows it."),
        ("The service no longer supports TLS 1.0.", "The service still supports TLS 1.0."),
    ],
)
def test_trap_9_never_the_bare_opposite_beside_unless_and_no_longer(statement, false):
    assert false_texts(statement) == [false]


# Logic: amounts that others give away


@pytest.mark.parametrize(
    "statement",
    [
        "The cluster replicates each block to 3 nodes, so it survives 2 failures.",
        *cases(
            "The volume has 3 copies, so it survives 2 failures.",
            "Three racks with 4 disks give 12 disks.",
            "The rack with 3 shelves of 4 disks holds 12 disks.",
        ),
    ],
)
def test_trap_10_derived_number(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "The service keeps logs for 2 weeks (14 days).",
        "The service retains logs for 14 days, which is 2 weeks.",
        "The volume holds 4 TB, which is 4,096 GB.",
        "The default is 5 GB or 5,120 MB.",
        "The limit is 1 day (24 hours).",
    ],
)
def test_trap_10_amount_that_stands_there_twice(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "Amazon DAX has two caches: an item cache and a query cache.",
        "Amazon DAX has two caches, an item cache and a query cache.",
        "Amazon DAX has two caches (an item cache and a query cache).",
        "Amazon DAX has two caches - an item cache and a query cache.",
        "Amazon DAX has two caches \u2013 an item cache and a query cache.",
        "The service keeps three copies; one is in another zone.",
    ],
)
def test_trap_11_counted_list(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "The timeout has a default of 30 and maximum of 90 seconds.",
        "The timeout has a default of 30 seconds and a maximum of 90 seconds.",
        "The limit is a maximum of 5 nodes and a minimum of 2 nodes.",
    ],
)
def test_trap_12_order_of_two_amounts_is_kept_in_false_statements(statement):
    def amounts(text: str) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", text)]

    first, second = amounts(statement)
    falses = [amounts(text) for text in false_texts(statement)]
    assert falses
    assert all((low < high) == (first < second) and low != high for low, high in falses)


@pytest.mark.parametrize(
    "statement",
    [
        "A key lasts 30 days by default, and 90 days in the archive.",
        *cases(
            "The timeout has a default of 30 and maximum of 90 seconds.",
        ),
    ],
)
def test_trap_12_blank_never_offers_the_other_amount(statement):
    for blank in sound_blanks(statement):
        others = set(re.findall(r"\d+", statement)) - set(re.findall(r"\d+", blank.answer))
        assert not others & {number for text in blank.distractors for number in re.findall(r"\d+", text)}


@pytest.mark.parametrize(
    "statement",
    [
        "A key lasts for at least 30 days and at most 90 days.",
        *cases(
            "The timeout has a default of 30 seconds and a maximum of 90 seconds.",
        ),
    ],
)
def test_trap_12_blank_keeps_the_order_of_two_amounts(statement):
    for blank in sound_blanks(statement):
        for text in blank.distractors:
            low, high = (int(number) for number in re.findall(r"\d+", statement.replace(blank.answer, text)))
            assert low < high


@pytest.mark.parametrize(
    "statement",
    [
        "In some cases, the logs rotate every 24 hours.",
        "The logs rotate every 24 hours in some cases.",
        "The logs usually rotate every 24 hours.",
        "Logs are kept for 30 days, depending on the plan.",
        "The default is typically 3 seconds.",
        "The logs may rotate every 24 hours.",
    ],
)
def test_trap_13_hedge_anywhere(statement):
    assert (false_texts(statement), sound_blanks(statement), true_texts(statement)) == ([], [], [])


@pytest.mark.parametrize(
    "statement",
    [
        *("The service keeps 100% of the data.", "The service keeps 100 % of the data.", "The limit is 100%."),
        *(
            "The default delay is 0 seconds.",
            "The default is 0.",
            "The default is 0%.",
            "A queue supports up to 0 keys.",
        ),
        *("Amazon S3 is designed for a durability of 99.999999999%.", "A queue supports up to 100% of the keys."),
    ],
)
def test_trap_14_all_nothing_and_many_nines_have_no_neighbours(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize("statement", ["The availability is 99.9%.", "The default is 99.999%.", "The limit is 90%."])
def test_trap_14_never_all(statement):
    assert not [text for text in all_amounts(statement) if "100" in text]


@pytest.mark.parametrize("statement", ["The retention period is 365 days.", "A function times out after 60 seconds."])
def test_trap_14_same_amount_in_another_unit_is_no_other_amount(statement):
    [own] = find_quantities(statement)
    values = [list(find_quantities(text))[0].value for text in false_texts(statement)]
    assert values
    assert own.value not in values


@pytest.mark.parametrize(
    "statement",
    cases(
        "The service guarantees 99.9% availability.",
        "The service is designed for 99.9% availability.",
    ),
)
def test_trap_14_availability_is_only_raised(statement):
    assert set(changes_of_amounts(statement)) == {1}


@pytest.mark.parametrize(
    "statement",
    cases(
        "The service guarantees 99.9% availability.",
    ),
)
def test_trap_14_lower_availability_is_not_denied(statement):
    assert [text for text in true_texts(statement) if " 99% " in text or " 99.5% " in text] == []


# Grammar


@pytest.mark.parametrize(
    "statement",
    [
        "The service generates or modifies a key.",
        "The service does not modify or reset the clock.",
        "The service opens a port, uses a key, and tests a route.",
        "The service scans, signs and stores an image.",
        "The service does not start, stop or hibernate an instance.",
    ],
)
def test_trap_15_several_verbs(statement):
    assert false_texts(statement) == []


def test_trap_15_last_of_two_verbs_alone_is_negated():
    text = "The service stores data and does not encrypt backups."
    assert false_texts("The service stores data and encrypts backups.") == [text]


@pytest.mark.parametrize(
    "statement", ["Amazon S3 only encrypts data at rest.", "A node only stores keys.", "Keys are only stored here."]
)
def test_trap_16_never_not_only_before_a_verb(statement):
    assert [text for text in false_texts(statement) if "not only" in text] == []


@pytest.mark.parametrize("statement", ["Only in step 2, the file is read.", "Only the owner can delete a bucket."])
def test_trap_16_leading_only(statement):
    assert false_texts(statement) == []


@pytest.mark.parametrize(
    "statement",
    [
        "Only the primary instance accepts writes.",
        "The service accepts only HTTPS requests.",
        "The function is available only from the console.",
        "A volume is attached to only one instance.",
    ],
)
def test_only_is_never_just_dropped(statement):
    shorter = re.sub(r"\bonly ", "", statement, flags=re.I).casefold()
    assert shorter not in [text.casefold() for text in false_texts(statement)]


@pytest.mark.parametrize("statement", ["A node has six disks only.", "The service accepts HTTPS requests only."])
def test_trap_16_only_at_the_end_leaves_no_space_behind(statement):
    assert [text for text in false_texts(statement) if " ." in text] == []


@pytest.mark.parametrize(
    "statement",
    cases(
        "Use tags under parameters.",
        "Store keys in the vault before use.",
        "Create tags under the parameters.",
        "Enable logs for buckets in Regions.",
        "Finish upgrades before the next release.",
        "Security checks for public buckets.",
        "Outbound checks for public buckets in Regions.",
    ),
)
def test_trap_17_no_statement_at_all(statement):
    assert (false_texts(statement), sound_blanks(statement)) == ([], [])


@pytest.mark.parametrize(
    ("statement", "false"),
    [
        ("Security checks for buckets are free.", "Security checks for buckets are not free."),
        ("Security checks for buckets run daily.", "Security checks for buckets do not run daily."),
        ("After a failure, traffic switches back.", "After a failure, traffic does not switch back."),
    ],
)
def test_trap_17_noun_that_looks_like_a_verb(statement, false):
    assert set(false_texts(statement)) <= {false}


@pytest.mark.parametrize(
    ("statement", "false"),
    [
        ("Settings for A and B must match the template.", "Settings for A and B do not have to match the template."),
        (
            "A setting for A and B must match the template.",
            "A setting for A and B does not have to match the template.",
        ),
        ("The driver completely replaces the kernel.", "The driver does not completely replace the kernel."),
        ("The service automatically replicates data.", "The service does not automatically replicate data."),
        ("The nodes automatically replicate data.", "The nodes do not automatically replicate data."),
    ],
)
def test_trap_18_number_and_adverb(statement, false):
    assert false_texts(statement) == [false]


@pytest.mark.parametrize(
    ("statement", "false"),
    [
        ("The queue is fast, but the topic is slow.", "The queue is fast, and the topic is not slow."),
        ("The queue is regional, whereas the topic is global.", "The queue is regional, and the topic is not global."),
        ("A policy is not for storage but for compute.", None),
        ("A queue is not fast but cheap.", None),
    ],
)
def test_trap_19_contrast_is_not_left_half_turned(statement, false):
    assert set(false_texts(statement)) <= {false}


@pytest.mark.parametrize(
    "statement",
    [
        "When a disk fails, when a node stops, the pod moves.",
        "If a disk fails, or if a node stops, the pod moves.",
        "Provided a key is set, the bucket keeps it.",
        "Assuming 10 clients are connected, the server needs 5 threads.",
    ],
)
def test_trap_20_verb_of_a_condition_is_left_alone(statement):
    lead = statement.rpartition(",")[0]
    assert [text for text in false_texts(statement) if not text.startswith(lead)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "The service deletes a key that is idle for 60 days.",
        "When a key is idle for 60 days, the service deletes it.",
        "The cluster is available as long as 3 nodes run.",
        "The alarm measures the 5 seconds it takes to start a task.",
        "The service stops a task once it has run for 60 minutes.",
    ],
)
def test_trap_20_amount_in_a_condition_is_left_alone(statement):
    assert all_amounts(statement) == set()


@pytest.mark.parametrize(
    ("statement", "article"),
    [
        ("The service uses an 8-hour window by default.", "an"),
        ("The service uses a 4-hour window by default.", "a"),
        ("The default is an 80 GB disk.", "an"),
        ("The function has a 15-minute timeout.", "a"),
    ],
)
def test_trap_21_article_fits_every_amount(statement, article):
    starts_with_vowel = [re.match(r"8|1[18](?!\d)|eight|eleven", text) for text in all_amounts_alone(statement)]
    assert all(bool(match) == (article == "an") for match in starts_with_vowel)


def all_amounts_alone(statement: str) -> list[str]:
    """The other amounts, without the statement around them."""
    texts = [
        re.search(r"\b(?:a|an) (\S+)", false.text)[1] for false in sound_falses(statement) if "not" not in false.text
    ]
    return texts + [text for blank in sound_blanks(statement) for text in blank.distractors]


IDENTIFIERS = [
    *("The load balancer uses TLS 1.2 by default.", "The address is defined in RFC 1918."),
    *("A subnet uses a /26 range.",),
    *("The VPC has the range 10.0.0.0/16 by default.", "The server listens on port 443.", "A proxy works at layer 7."),
    *("The subnet uses IPv6 by default.", "Amazon S3 is the default.", "The desk answers calls 24/7 by default."),
    *("The account uses two-factor sign-in by default.", "The service uses the path api/v2 by default."),
    *("The service was launched in 2006.", "The default is m5.large."),
    *("The default is us-east-1.", "The default is SHA 256."),
    *("The default is version 2.", "The service runs PostgreSQL 16 by default.", "The default is 0.0.0.0/0."),
]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        *IDENTIFIERS,
        "The default port is 443.",
        "The default layer is 7.",
        "The default version is 2.",
        "The default prefix length is 26.",
        "The year is 2024 by default.",
        "The service was launched on 14 March 2006 with a console.",
        *cases(
            'The tag is "5 days".',
            'The default tag is "5 days".',
        ),
    ],
)
def test_identifiers_are_never_scaled(statement):
    assert all_amounts(statement) == set()


# Give-aways


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("The default timeout is 3 seconds.", "quantity"),
        ("Security groups are stateful.", "antonym"),
        ("The hook runs after the deployment.", "order"),
        ("The service keeps two copies.", "quantity"),
    ],
)
def test_trap_22_a_change_of_words_comes_before_a_negation(statement, rule):
    assert rules(statement) == {rule}


def test_trap_22_true_claims_have_negatives_too():
    """So that "not" does not tell: of facts that allow it the true claim is a denial, the false one is not."""
    bank = [make_fact(f"f{n}", f"The default timeout of queue {chr(97 + n)} is 3 seconds.") for n in range(20)]
    asked = [question for question in make_questions(bank, Kind.TRUE_FALSE) if question.sound]
    negative = Counter(question.options[0].correct for question in asked if re.search(r"\bnot\b", question.stem))
    assert negative[True] > negative[False]


def test_trap_22_odd_negations_are_no_options():
    """ "not only" and "do not have to" hardly occur in true facts, so options of several statements lack them."""
    bank = [
        *(make_fact(f"o{n}", f"Amazon S3 keys {chr(97 + n)} are available only from the console.") for n in range(6)),
        *(make_fact(f"m{n}", f"Amazon S3 keys of type {chr(107 + n)} must match a template.") for n in range(6)),
    ]  # fmt: skip
    sets = [question for question in make_questions(bank) if question.kind in (Kind.WHICH_TRUE, Kind.CHOOSE_TWO)]
    texts = [option.text for question in sets for option in question.options]
    assert [text for text in texts if re.search(r"not only|not have to|can never", text)] == []


@pytest.mark.parametrize("answer", ["5", "64 KB"])
def test_trap_24_key_has_every_rank_about_equally_often(answer):
    statement = f"A queue supports up to {answer} consumers."
    [blank] = sound_blanks(statement)
    ranks = Counter()
    for seed in range(400):
        options = fill_blank(make_fact(statement=statement), blank, blank.distractors, Random(seed)).options
        ordered = sorted(options, key=lambda option: quantity(option.text)[1])
        ranks[[option.correct for option in ordered].index(True)] += 1
    assert set(ranks) == {0, 1, 2, 3}
    assert min(ranks.values()) > 70


def test_trap_26_no_fact_beside_its_own_falsification():
    bank = [make_fact(f"f{n}", f"Amazon S3 keeps logs of type {chr(97 + n)} for {n + 2} days.") for n in range(12)]
    sets = [question for question in make_questions(bank) if question.kind in (Kind.WHICH_TRUE, Kind.WHICH_FALSE)]
    assert all(len({option.fact_id for option in question.options}) == len(question.options) for question in sets)


@pytest.mark.parametrize(
    ("statement", "other", "value"),
    [
        ("The default number of keys is 20.", "The maximum number of keys is 40.", "40"),
        ("A queue supports up to 20 consumers.", "A topic supports up to 40 consumers.", "40"),
        ("The default timeout is 30 seconds.", "The maximum timeout is 60 seconds.", "60 seconds"),
        ("The default timeout is 30 seconds.", "The maximum timeout is 1 minute.", "60 seconds"),
        ("The default timeout is 30 seconds.", "The timeout can be raised to one minute.", "60 seconds"),
        (
            "A queue retains messages for up to 4 days.",
            "A queue retains messages for 14 days in the archive.",
            "14 days",
        ),
    ],
)
def test_trap_27_what_another_fact_says_is_no_distractor(statement, other, value):
    def offered(*others: str) -> list[str]:
        blanks = [text for blank in sound_blanks(statement, *others) for text in blank.distractors]
        return blanks + false_texts(statement, *others)

    assert [text for text in offered() if value in text]
    assert [text for text in offered(other) if value in text] == []


@pytest.mark.parametrize(
    ("statement", "other", "value"),
    [
        ("The default number of keys is 20.", "A user can have 40 keys in number.", "40"),
    ],
)
def test_trap_27_value_of_another_fact_whatever_is_counted(statement, other, value):
    assert [text for text in false_texts(statement, other) if value in text] == []


# Unsound without a reviewer (section 5)


@pytest.mark.parametrize(
    "statement",
    [
        *("The service can be stateful.", "The service supports synchronous calls.", "A service may be asynchronous."),
        *(
            "The service provides a synchronous API.",
            "The service is not stateful.",
            "The API is both lossy and lossless.",
        ),
        *("Services allow synchronous calls.", "A function runs synchronously or asynchronously."),
    ],
)
def test_no_antonym_where_both_may_hold(statement):
    assert "antonym" not in rules(statement)


@pytest.mark.parametrize(
    "statement",
    cases(
        "Amazon S3 encrypts objects.",
        "AWS KMS decrypts data keys.",
        "Amazon EC2 Auto Scaling adds instances.",
        "Amazon EC2 Auto Scaling increases the number of instances.",
        "A service attaches volumes.",
        "The console enables keys.",
    ),
)
def test_no_opposite_verb_where_both_may_hold(statement):
    assert "verb" not in rules(statement)
    assert [text for text in true_texts(statement) if " not " in text] == []


@pytest.mark.parametrize(
    "statement",
    [
        "The service does not support Amazon SQS.",
        "Amazon S3 stores objects in buckets.",
        "Amazon EC2 runs on Amazon EBS volumes.",
    ],
)
def test_no_name_of_a_service_is_swapped_or_blanked(statement):
    assert all(change.relation is not Relation.SIBLING for change in transformations(read(statement)))
    assert sound_blanks(statement) == []


@pytest.mark.parametrize(
    "statement",
    cases(
        "The default is 5 days, not 7 days.",
        "A bucket never has five owners.",
        "A bucket cannot have five owners.",
        "The service does not retain data for 5 days.",
        "The default is not 5 days.",
        "No function supports up to 5 layers.",
        "The service does not delete the key before 60 days pass.",
    ),
)
def test_no_blank_in_what_is_denied(statement):
    denied = re.search(r"(?:not|never|cannot|No)\b.*", statement)[0]
    assert [blank.answer for blank in sound_blanks(statement) if blank.answer in denied] == []


# What denials call true


@pytest.mark.parametrize(
    "statement",
    cases(
        "The timeout is 3 seconds and the retry interval is 5 seconds.",
        "The default is 3, and the maximum is 5.",
        "The service is regional and the key expires after 12 hours.",
        "The server listens on port 443 and the proxy listens on port 80.",
    ),
)
def test_denial_denies_only_the_clause_of_the_change(statement):
    own = statement.partition(" and ")[2]
    assert [text for text in true_texts(statement) if " not " in text.partition(" and ")[0] and own not in text] == []


@pytest.mark.parametrize(
    "statement",
    cases(
        "A key must be rotated every 90 days.",
    ),
)
def test_denial_of_a_duty_denies_only_a_stricter_one(statement):
    assert [text for text in true_texts(statement) if "180 days" in text] == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        *cases(
            ("A volume can grow up to 64 TB.", r"grow \d"),
            ("A cluster can scale up to 128 nodes.", r"scale \d"),
            ("A contract can be extended up to 12 months.", r"extended \d"),
        ),
        *cases(
            ("A function can use up to 10 GB of memory, and up to 6 cores.", r"cannot .* up to"),
        ),
        *cases(
            ("A function always encrypts its variables.", r"always does not"),
        ),
    ],
)
def test_denial_is_a_sentence(statement, wrong):
    assert [text for text in true_texts(statement) if re.search(wrong, text)] == []


@pytest.mark.parametrize(
    ("statement", "true"),
    [
        ("The default timeout is 3 seconds.", "The default timeout is not 10 seconds."),
        ("A function can use up to 10 GB of memory.", "A function cannot use 20 GB of memory."),
        ("A function can use up to 10 GB of memory.", "A function can use 5 GB of memory."),
        ("Security groups are stateful.", "Security groups are not stateless."),
    ],
)
def test_denial_is_true(statement, true):
    assert true in true_texts(statement)


# Hostile input: refused with a reason, or nothing unsound


@pytest.mark.parametrize(
    "statement",
    [
        *("", " ", "\u200b", "Buckets", "Buckets are private.", "x" * 300_000, "Is a bucket private? Yes, it is."),
        *("A bucket is private. A key is public.", "<script>alert(1)</script> is a kind of script."),
        *("# A bucket is private",),
        *("**A bucket** is private here.", "=1+1 is a known formula."),
        *("+1 is a known number.", "@user is a known name."),
        *("A bucket \U0001f600 is private.", "\u05d3\u05dc\u05d9 is a private bucket."),
        *("A bucket \u202eis private here.",),
        *("A bucket\x00 is private here.", "A bucket is\r\nprivate here.", "A bucket ____ private here."),
        *("The key arn:aws:kms:eu-west-1:1:key/2 is shared.", "See https://example.org is a known page."),
        *("It is not true that a bucket cannot be public.", "However, a bucket is private."),
    ],
)  # fmt: skip
def test_hostile_input_is_refused_and_gives_nothing(statement):
    found = derived(statement)
    assert found.refusals
    assert all(reason.strip() for reason in found.refusals)
    assert found.fact == Fact("own", statement, found.fact.services)


@pytest.mark.parametrize(
    ("statement", "falses"),
    [
        ("The service encrypts 100 % of the data.", {"The service does not encrypt 100 % of the data."}),
        ("The service is not without limits.", {"The service is without limits."}),
        (
            "A service cannot run without a key unless it is public.",
            {"A service cannot run without a key if it is public."},
        ),
        ("A bucket is not only private but also encrypted.", set()),
        ("The service doesn\u2019t support file locks.", {"The service supports file locks."}),
        *cases(
            ("A bucket is private is a bucket.", set()),
            ("is is is is is is", set()),
        ),
        ("The the the the the the", set()),
        ("Amazon S3 Amazon S3 Amazon S3", set()),
        ("5 5 5 5 5 5 5", set()),
        ("A, b, c, d, e, f.", set()),
    ],
)
def test_hostile_input_gives_only_what_is_sound(statement, falses):
    assert set(false_texts(statement)) <= falses
    assert sound_blanks(statement) == []


# What a reading of the rules by hand found


@pytest.mark.parametrize(
    "statement",
    [
        "A queue supports up to 20 consumers or the limit is 5 nodes.",
        "The service keeps logs for 5 days or the bucket stores them for 7 days.",
        "A cluster has three nodes or it has five nodes.",
        "The service does not, by default, retain data for 5 days.",
        "A rack with 3 shelves of 4 disks has 12 disks.",
        "The tag is '5 days' by default.",
    ],
)
def test_no_other_amount_where_both_may_hold(statement):
    assert {text for text in all_amounts(statement) if re.search(r"\d", text)} == set()


@pytest.mark.parametrize("statement", ["A cluster has three nodes or it has five nodes.", "One option is the agent."])
def test_no_negation_of_one_of_several(statement):
    assert false_texts(statement) == []


def test_duty_is_only_made_stricter():
    """Who has to rotate a key every 90 days has to within every 180 days as well."""
    assert set(changes_of_amounts("A key must be rotated every 90 days.")) == {-1}


@pytest.mark.parametrize(
    "statement",
    [
        "A firewall blocks traffic.",
        "A load balancer accepts connections.",
        "A load balancer rejects connections from clients.",
        "An Auto Scaling group reduces the number of instances.",
    ],
)
def test_no_opposite_verb_of_what_does_the_one_and_the_other(statement):
    assert "verb" not in rules(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "A volume can hold data up to 16 TB.",
        "A volume can be extended online up to 64 TB.",
        "A function can run up to 15 minutes.",
    ],
)
def test_no_denial_without_its_up_to_where_that_says_how_far(statement):
    assert true_texts(statement) == []


def test_smaller_amount_is_not_called_possible_where_there_are_steps():
    texts = true_texts("A function can have up to 10 GB of memory in increments of 1 GB.")
    assert texts
    assert [text for text in texts if "cannot" not in text] == []
