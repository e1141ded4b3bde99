import pytest

from facts.questions.amounts import usable_quantities
from facts.questions.articles import fits_article, takes_an
from facts.questions.falsify import RULE_NAMES, denials, transformations
from facts.questions.reading import read
from facts.questions.transformations import Relation, RuleName, Transformation

# Each rule: what it makes, and where it keeps silent


def changes(statement: str, rule: str = "") -> list[Transformation]:
    return [change for change in transformations(read(statement)) if rule in ("", change.rule.partition("/")[0])]


def texts(statement: str, rule: str) -> list[str]:
    return [change.text for change in changes(statement, rule)]


ONE = [
    ("bound", "A volume is attached to only one instance.", "A volume is attached to more than one instance."),
    ("bound", "A volume can have at most two owners.", "A volume can have more than two owners."),
    ("unless", "A request is denied unless a policy allows it.", "A request is denied if a policy allows it."),
    ("unless", "Unless a key is set, the bucket is public.", "If a key is set, the bucket is public."),
    ("antonym", "Security groups are stateful.", "Security groups are stateless."),
    ("antonym", "The function runs asynchronously.", "The function runs synchronously."),
    ("antonym", "Buckets are private by default.", "Buckets are public by default."),
    ("antonym", "A key is an asymmetric key.", "A key is a symmetric key."),
    ("superlative", "The maximum size is 5 TB.", "The minimum size is 5 TB."),
    ("order", "The hook runs after the deployment.", "The hook runs before the deployment."),
    ("order", "The policy is evaluated before the request.", "The policy is evaluated after the request."),
    ("no-longer", "The service no longer supports SSL.", "The service still supports SSL."),
    ("until", "A key cannot be used until a user enables it.", "A key can be used before a user enables it."),
    ("none", "A snapshot contains no checksum.", "A snapshot contains a checksum."),
    ("none", "A policy has no effect on users.", "A policy has an effect on users."),
    ("none", "A queue has no ordering by default.", "A queue has ordering by default."),
    ("none", "Queues have no owners.", "Queues have owners."),
    ("without", "The query reads files without loading them.", "The query reads files only after loading them."),
    ("name", "A proxy operates at layer 4.", "A proxy operates at layer 3."),
    ("verb", "The filter includes archived objects.", "The filter excludes archived objects."),
    ("always", "A function always keeps its name.", "A function never keeps its name."),
    ("swap", "The protocol runs over QUIC instead of TCP.", "The protocol runs over TCP instead of QUIC."),
    ("only", "The service accepts only HTTPS requests.", "The service does not accept HTTPS requests."),
    ("only", "Keys are visible only from the console.", "Keys are visible not only from the console."),
    ("last-verb", "The service stores data and encrypts logs.", "The service stores data and does not encrypt logs."),
    ("last-verb", "The service stores data and does not encrypt logs.", "The service stores data and encrypts logs."),
    ("last-verb", "The service stores data and never encrypts logs.", "The service stores data and encrypts logs."),
    ("last-verb", "The service stores data and can encrypt logs.", "The service stores data and cannot encrypt logs."),
    ("polarity", "A bucket is a container.", "A bucket is not a container."),
    ("polarity", "Buckets are containers.", "Buckets are not containers."),
    ("polarity", "A bucket has an owner.", "A bucket does not have an owner."),
    ("polarity", "Buckets have an owner.", "Buckets do not have an owner."),
    ("polarity", "A bucket has been deleted.", "A bucket has not been deleted."),
    ("polarity", "A gateway translates addresses.", "A gateway does not translate addresses."),
    ("polarity", "Gateways translate addresses.", "Gateways do not translate addresses."),
    ("polarity", "A subnet can span zones.", "A subnet cannot span zones."),
    ("polarity", "A key will expire at night.", "A key will not expire at night."),
    ("polarity", "A record must be signed.", "A record does not have to be signed."),
    ("polarity", "Records must be signed.", "Records do not have to be signed."),
    ("polarity", "A peering connection does not support tags.", "A peering connection supports tags."),
    ("polarity", "A bucket does not support any locks.", "A bucket supports locks."),
    ("polarity", "A record does not have to be signed.", "A record must be signed."),
    ("polarity", "A bucket is not a container.", "A bucket is a container."),
    ("polarity", "A subnet cannot span zones.", "A subnet can span zones."),
    ("polarity", "A key will not expire at night.", "A key will expire at night."),
    ("polarity", "Keys never leave the module.", "Keys leave the module."),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "statement", "false"), ONE)
def test_rule_makes(rule, statement, false):
    assert false in texts(statement, rule)


@pytest.mark.parametrize(("rule", "statement", "false"), [one for one in ONE if "accepts only" not in one[1]])
def test_change_is_where_it_says(rule, statement, false):
    change = next(change for change in changes(statement, rule) if change.text == false)
    assert statement[change.start : change.end] == change.before
    assert false == statement[: change.start] + change.after + statement[change.end :]


@pytest.mark.parametrize("statement", ["The service accepts only HTTPS requests.", "The node has six disks only."])
def test_change_of_only_is_where_it_says(statement):
    [change] = changes(statement, "only")
    assert change.text == statement[: change.start] + change.after + statement[change.end :]


SILENT = [
    ("bound", "A volume can have at most two owners unless it is shared."),
    ("bound", "A volume is attached to at most two instances."),
    ("unless", "A request is denied unless a policy allows it or a user signs it."),
    ("unless", "A request may be denied unless a policy allows it."),
    ("unless", "A request is denied unless no policy denies it."),
    ("antonym", "A service can be stateful."),
    ("antonym", "A service supports synchronous calls."),
    ("antonym", "A service is not stateful."),
    ("antonym", "A call runs synchronously or in a batch."),
    ("antonym", "The service provides tags asynchronously."),
    ("antonym", "A service is stateful or stateless."),
    ("antonym", "A service keeps stateful keys."),
    ("antonym", "A service runs if it is stateful."),
    ("superlative", "The maximum of both sizes, the minimum, is 5 TB."),
    ("superlative", "A maximum size is 5 TB."),
    ("order", "The hook runs 5 minutes after the deployment and before the test."),
    ("order", "The hook runs only after the deployment."),
    ("order", "The hook can run after the deployment."),
    ("order", "A bucket remains after the deployment."),
    ("no-longer", "A key is no longer than a name."),
    ("no-longer", "A key that is no longer used is deleted."),
    ("until", "A key cannot be used until only a user enables it."),
    ("until", "A key is not used until a user enables it."),
    ("none", "A snapshot contains no more than a name."),
    ("none", "A snapshot contains no name and no key."),
    ("without", "The query reads files without loading any of them."),
    ("without", "The query reads files without a key."),
    ("name", "A proxy listens on port 80 and 443."),
    ("name", "A proxy listens on port 80/443."),
    ("name", "A proxy does not listen on port 80."),
    ("name", "A proxy can listen on port 80."),
    ("verb", "The filter can include objects."),
    ("verb", "The filter includes both objects and keys."),
    ("verb", "The filter includes 5 objects."),
    ("verb", "The filter includes objects and lists keys."),
    ("always", "A key that is always on is kept."),
    ("always", "A function always keeps its name and never its key."),
    ("swap", "If it runs over QUIC instead of TCP, it is fast."),
    ("only", "A bucket is only one of many."),
    ("only", "The service runs only if a key is set."),
    ("only", "The service supports only up to five keys."),
    ("last-verb", "The service stores data and encrypts logs and keys."),
    ("last-verb", "The service may store data and encrypt logs."),
    ("last-verb", "The service stores data or encrypts logs."),
    ("polarity", "A bucket may be a container."),
    ("polarity", "A bucket is often a container."),
    ("polarity", "A bucket is also a container."),
    ("polarity", "A bucket is a container because it has keys."),
    ("polarity", "A bucket is either a container or a key."),
    ("polarity", "A bucket never is a container."),
    ("polarity", "A user must not share a key."),
    ("polarity", "A user should share a key."),
    ("polarity", "A bucket is not much of a container."),
    ("polarity", "A bucket is not only a container."),
    ("polarity", "A bucket does not hold keys and names."),
    ("polarity", "No bucket is a container."),
    ("polarity", "A bucket stores up to five keys."),
]


@pytest.mark.parametrize(("rule", "statement"), SILENT)
def test_rule_keeps_silent(rule, statement):
    assert texts(statement, rule) == []


def test_verb_rule_keeps_silent_before_an_amount_in_words():
    assert texts("The service retains data for two days.", "verb") == []


def test_quantity_rule_keeps_silent_beside_an_alternative():
    assert texts("A queue keeps 5 keys or 10 keys.", "quantity") == []


def test_must_with_a_time_waits_for_a_person():
    [change] = changes("A type must be chosen when the bucket is made.", "polarity")
    assert (change.text, change.is_sound) == ("A type does not have to be chosen when the bucket is made.", False)


def test_transformations_never_the_same_text_twice_nor_the_statement():
    for _, statement, _ in ONE:
        made = [change.text for change in changes(statement)]
        assert len(made) == len(set(made))
        assert statement not in made


def test_transformations_none_without_a_verb():
    assert list(transformations(read("Nothing at all here"))) == []


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (Relation.CONTRADICTION, "The opposite is true. It is so."),
        (Relation.CONTRARY, "It is \u201cone\u201d, not \u201ctwo\u201d. It is so."),
        (Relation.TIGHT_BOUND, "The limit is one, not two. It is so."),
        (Relation.FUNCTIONAL_VALUE, "The value is one, not two. It is so."),
        (Relation.SIBLING, "This holds of one, not of two. It is so."),
    ],
)
def test_why(relation, why):
    assert Transformation(RuleName.SWAP, 0, 3, "one", "two", "two is so.", relation).why("It is so.") == why


# Amounts


@pytest.mark.parametrize(
    ("statement", "relation"),
    [
        ("A queue supports up to 5 keys.", Relation.TIGHT_BOUND),
        ("A policy cannot exceed 20 KB.", Relation.TIGHT_BOUND),
        ("The default timeout is 3 seconds.", Relation.FUNCTIONAL_VALUE),
        ("Keys are rotated every 90 days.", Relation.FUNCTIONAL_VALUE),
        ("The block is 16 KB long.", Relation.FUNCTIONAL_VALUE),
        ("The address consists of four octets.", Relation.CONTRARY),
        ("The service keeps two copies.", Relation.CONTRARY),
        ("The queue retains messages for 4 days.", Relation.TIGHT_BOUND),
    ],
)
def test_quantity_rule_relation(statement, relation):
    assert {change.relation for change in changes(statement, "quantity")} == {relation}


@pytest.mark.parametrize(
    ("statement", "amounts"),
    [
        ("A queue supports up to 5 keys.", ["5"]),
        ("The service keeps two copies for 30 days.", ["two", "30 days"]),
        ("The service keeps two copies of the 5 files.", ["two"]),
        ("A queue supports 5 to 10 keys.", []),
        ("A queue supports between 5 and 10 keys.", []),
        ("A queue lasts 5 days (a week).", []),
        ("A queue lasts about 5 days.", []),
        ("A queue keeps keys if it is 5 days old.", []),
        ("A queue has both 5 keys and 5 names.", []),
        ("A queue keeps 0 keys.", []),
        ("A queue keeps 5 times more keys.", []),
        ("A queue runs 5 keys per 10 names.", ["5"]),
    ],
)
def test_usable_quantities(statement, amounts):
    assert [statement[found.start : found.end] for found in usable_quantities(read(statement))] == amounts


@pytest.mark.parametrize(
    ("number", "vowel"),
    [("8", True), ("80", True), ("11", True), ("18", True), ("800,000", True), ("11,000", True), ("eight", True)]
    + [("eleven", True), ("1", False), ("4", False), ("110", False), ("1,100", False), ("180", False), ("one", False)]
    + [("two", False), ("", False), ("-", False), ("85-minute", True)],
)
def test_takes_an(number, vowel):
    assert takes_an(number) is vowel


@pytest.mark.parametrize(
    ("before", "text", "fits"),
    [
        ("It is an ", "8-hour window", True),
        ("It is an ", "4-hour window", False),
        ("An ", "hour", False),
        ("An ", "S3 bucket", True),
        ("A ", "SAML token", True),
        ("A ", "unique key", True),
        ("the ", "8-hour window", True),
        ("", "8-hour window", True),
        ("Schema ", "8-hour window", True),
    ],
)
def test_fits_article(before, text, fits):
    assert fits_article(before, text) is fits


def test_rule_names_have_a_version():
    assert all(name.partition("/")[2].isdigit() for name in RULE_NAMES)


# Denials


@pytest.mark.parametrize(
    ("statement", "true", "false", "is_denied"),
    [
        ("A key can use up to 10 GB.", "A key cannot use 20 GB.", "A key can use 20 GB.", True),
        ("A key can use up to 10 GB.", "A key can use 5 GB.", "A key cannot use 5 GB.", False),
        ("The default is 3 days.", "The default is not 10 days.", "The default is 10 days.", True),
        ("Groups are stateful.", "Groups are not stateful.", None, True),
        ("All groups are stateful.", None, None, True),
        ("A filter includes new keys.", "A filter does not exclude new keys.", "A filter excludes new keys.", True),
        ("Filters include new objects.", "Filters do not exclude new objects.", "Filters exclude new objects.", True),
        ("A proxy works at layer 7.", "A proxy does not work at layer 4.", "A proxy works at layer 4.", True),
    ],
)  # fmt: skip
def test_denials(statement, true, false, is_denied):
    found = [(denial.true, denial.false.text, denial.is_denied) for denial in denials(read(statement))]
    assert ((true, false, is_denied) in found) is (false is not None)


@pytest.mark.parametrize(
    "statement",
    [
        "Every key lasts 3 days by default.",  # "Every key does not last" may be true of some
        "The default is limited to 10 keys.",  # and so is it to 20
        "A queue is fast, whereas a topic is limited to 3 days.",
        "A queue stores keys and deletes them after 3 days.",
        "A queue is not larger than 5 GB.",
        "Nothing at all here",
    ],
)
def test_denials_none(statement):
    assert list(denials(read(statement))) == []
