from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.exchange.records import DOMAINS, STATUSES, Bank, BankFaults
from facts.exchange.toml import parse_bank
from facts.questions.content import Blank, Distractor, FalseStatement, Scenario, Service
from tests.content import DATA, S3

SERVICES = '[services.s3]\nname = "Amazon S3"\nfamily = "Storage"\n'
FIELDS = {
    "id": '"a"',
    "statement": '"Amazon S3 keeps the log for 24 hours."',
    "services": '["s3"]',
    "domain": '"new-solutions"',
    "status": '"current"',
}
BLANK = '[[fact.blank]]\nanswer = "24 hours"\ndistractors = ["1 hour", "7 days", "30 days"]\n'
SCENARIO = (
    '[[fact.scenario]]\nstem = "Why?"\nanswer = "It expired"\nanswer_why = "A day is over."\n'
    '[[fact.scenario.distractor]]\ntext = "A quota"\nwhy = "It has none."\n'
    '[[fact.scenario.distractor]]\ntext = "A key"\nwhy = "It is there."\n'
    '[[fact.scenario.distractor]]\ntext = "A role"\nwhy = "It is right."\n'
)


def entry(tables: str = "", **changes: str | None) -> str:
    """A [[fact]]: its fields as they are written in a file (None leaves one out), then its tables."""
    fields = FIELDS | changes
    lines = [f"{key} = {value}" for key, value in fields.items() if value is not None]
    return "\n".join(["[[fact]]", *lines, tables, ""])


def parse(text: str | bytes) -> Bank:
    content = text if isinstance(text, bytes) else text.encode()
    return parse_bank({"bank.toml": content}, known_services={"s3": S3})


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(BankFaults) as refused:
        parse(text)
    assert str(refused.value) == "\n".join(map(str, refused.value.faults))
    return list(map(str, refused.value.faults))


# Good files


def test_parse_bank_reads_every_field():
    text = entry(
        key_point="43",
        note='"Was 12 hours."',
        explanation='"It is a log."',
        reference='"https://docs.aws.amazon.com/log"',
        verified="true",
        checked_on="2026-11-23",
        evidence='"User guide"',
        false_statements='["No log.", { text = "No day.", why = "A day." }]',
        tables=BLANK + SCENARIO,
    )
    [record] = parse(text).facts
    told = (record.source, record.domain, record.status, record.note, record.evidence, record.key_point)
    assert told == ("bank.toml", "new-solutions", "current", "Was 12 hours.", "User guide", "43")
    assert (record.checked_on, record.reference) == (date(2026, 11, 23), "https://docs.aws.amazon.com/log")
    assert (record.fact.id, record.fact.services, record.fact.explanation) == ("a", (S3,), "It is a log.")
    assert record.fact.false_statements == (FalseStatement("No log."), FalseStatement("No day.", "A day."))
    assert record.fact.blanks == (Blank("24 hours", ("1 hour", "7 days", "30 days")),)
    distractors = (
        Distractor("A quota", "It has none."),
        Distractor("A key", "It is there."),
        Distractor("A role", "It is right."),
    )
    assert record.fact.scenarios == (Scenario("Why?", "It expired", "A day is over.", distractors),)


def test_parse_bank_needs_five_fields_only():
    [record] = parse(entry()).facts
    assert (record.note, record.reference, record.evidence, record.key_point) == ("", "", "", "")
    assert (record.checked_on, record.fact.explanation) == (None, "")
    assert (record.fact.false_statements, record.fact.blanks, record.fact.scenarios) == ((), (), ())


def test_parse_bank_empty_file_holds_nothing():
    assert parse_bank({"bank.toml": b""}) == Bank({}, ())


def test_parse_bank_strips_space_around_texts():
    [record] = parse(entry(statement='"  Amazon S3 keeps a log. "', false_statements='[" No log. "]')).facts
    assert record.fact.statement == "Amazon S3 keeps a log."
    assert record.fact.false_statements == (FalseStatement("No log."),)


def test_parse_bank_keeps_the_order_of_files_and_facts():
    files = {
        "b.toml": (entry(id='"b2"') + entry(id='"b1"', statement='"Amazon S3 is the second one."')).encode(),
        "a.toml": entry(id='"a1"', statement='"Amazon S3 is the third one."').encode(),
    }
    records = parse_bank(files, known_services={"s3": S3}).facts
    assert [(record.source, record.fact.id) for record in records] == [
        ("b.toml", "b2"),
        ("b.toml", "b1"),
        ("a.toml", "a1"),
    ]


def test_parse_bank_takes_services_of_any_file():
    bank = parse_bank({"a.toml": entry().encode(), "services.toml": SERVICES.encode()})
    assert bank.services == {"s3": Service("s3", "Amazon S3", "Storage")}
    assert bank.facts[0].fact.service == bank.services["s3"]


def test_parse_bank_file_defines_a_known_service_anew():
    known = {"s3": replace(S3, name="S3 of old")}
    assert parse_bank({"services.toml": SERVICES.encode()}, known_services=known).services == {"s3": S3}
    assert known["s3"].name == "S3 of old"


@pytest.mark.parametrize("domain", DOMAINS)
def test_parse_bank_domain(domain):
    assert parse(entry(domain=f'"{domain}"')).facts[0].domain == domain


@pytest.mark.parametrize("status", STATUSES)
def test_parse_bank_status_with_note(status):
    assert parse(entry(status=f'"{status}"', note='"Since 2023."')).facts[0].status == status


@pytest.mark.parametrize(("written", "read"), [("43", "43"), ('"exam-guide"', "exam-guide"), (None, "")])
def test_parse_bank_key_point(written, read):
    assert parse(entry(key_point=written)).facts[0].key_point == read


def test_parse_bank_reads_when_to_read_again():
    record = parse(entry(checked_on="2026-11-23", review_by="2027-01-31")).facts[0]
    assert record.review_by == date(2027, 1, 31)


def test_parse_bank_checked_on_alone_means_verified():
    assert parse(entry(checked_on="2026-11-23")).facts[0].checked_on == date(2026, 11, 23)
    assert parse(entry(verified="false")).facts[0].checked_on is None


def test_parse_bank_digest_changes_with_the_entry_only():
    digest = parse(entry()).facts[0].digest
    turned = "[[fact]]\n" + "\n".join(f"{key} = {FIELDS[key]}  # same" for key in reversed(FIELDS))
    assert parse(turned).facts[0].digest == digest
    assert parse(entry(id='"b"', statement='"Amazon S3 is another one."') + entry()).facts[1].digest == digest
    assert parse(entry(explanation='"New."')).facts[0].digest != digest


def test_parse_bank_reads_the_shipped_files():
    files = {path.name: path.read_bytes() for path in DATA.glob("*.toml")}
    bank = parse_bank(files)
    assert {record.source for record in bank.facts} == files.keys() - {"services.toml"}
    assert {service for record in bank.facts for service in record.fact.services} <= set(bank.services.values())


# Bad files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"statement = ", "is not valid TOML: Invalid value (at end of document)"),
        (b"[[fact]]\nid = a", "is not valid TOML: Invalid value (at line 2, column 6)"),
        (b"a,b", "is not valid TOML: Expected '=' after a key in a key/value pair (at line 1, column 2)"),
        (b"checked_on = 2026-02-30", "is not valid TOML: Invalid date or datetime (at line 1, column 14)"),
        (b'a = "\x00"', "is not valid TOML: Illegal character '\\x00' (at line 1, column 6)"),
        (b"\xff\xfe\x00\x01", "is not text in UTF-8 (byte 0): is it a TOML file?"),
        (b'a = "caf\xe9"', "is not text in UTF-8 (byte 8): is it a TOML file?"),
        (b"a = " + b"[" * 5000, "is nested too deeply to be a fact file"),
        (b"[[facts]]\n", "facts: is not known here: a file has [services.*] and [[fact]]"),
        (b"[fact]\n", "fact: must be written as [[fact]], one after another"),
        (b'services = ["s3"]', "services: must be written as [services.<slug>]"),
        (b'[services.S3]\nname = "S3"\nfamily = "F"', "services.S3: must be lower-case words joined by hyphens"),
        (b'[services."a b"]\nname = "S3"\nfamily = "F"', "services.a b: must be lower-case words joined by hyphens"),
    ],
)  # fmt: skip
def test_parse_bank_file_refused(content, message):
    assert faults(content) == [f"bank.toml: {message}"]


@pytest.mark.parametrize("name", [None, '" "', "5", f'"{"n" * 101}"', '"N\\u0007"'])
def test_parse_bank_service_name_refused(name):
    text = '[services.x]\nfamily = "F"\n' + (f"name = {name}" if name else "")
    assert faults(text) == ["bank.toml: services.x.name: must be a text of 1 to 100 characters"]


def test_parse_bank_service_without_family_refused():
    message = "services.x.family: must be a text of 1 to 100 characters"
    assert faults('[services.x]\nname = "X"') == [f"bank.toml: {message}"]


NAMED_S3 = '[services.x]\nname = "Amazon S3"\nfamily = "Storage"\n'


def test_parse_bank_name_of_another_service_refused():
    assert faults(NAMED_S3) == ["bank.toml: services.x.name: is the name of s3 already"]


def test_parse_bank_name_that_a_service_has_no_more_is_free():
    files = {"a.toml": SERVICES.replace("Amazon", "Plain").encode(), "b.toml": NAMED_S3.encode()}
    services = parse_bank(files, known_services={"s3": S3}).services
    assert {slug: service.name for slug, service in services.items()} == {"s3": "Plain S3", "x": "Amazon S3"}


def test_parse_bank_tells_how_many_files_are_read():
    told = []
    files = {"a.toml": entry().encode(), "services.toml": SERVICES.encode()}
    parse_bank(files, progress=lambda *state: told.append(state))
    assert told == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("entry", ["x = 5", 'x = "Amazon X"'])
def test_parse_bank_service_that_is_no_table_refused(entry):
    message = "must be a text of 1 to 100 characters"
    assert faults(f"[services]\n{entry}") == [f"bank.toml: services.x.{key}: {message}" for key in ("name", "family")]


def test_parse_bank_service_slug_too_long_refused():
    slug = "s" * 81
    text = f'[services.{slug}]\nname = "S"\nfamily = "F"'
    assert faults(text) == [f"bank.toml: services.{slug}: must be lower-case words joined by hyphens"]


LONG_ID = "a" * 81
NOT_CLAIMS = "must be a list of texts, or of tables with text and why"
TRUE = "says the same as the statement, which is true"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": '"T"'}, "a: title: is no field of a fact"),
        ({"id": None}, "fact number 1: id: is missing"),
        ({"id": '""'}, "fact number 1: id: is empty"),
        ({"id": "5"}, "fact number 1: id: must be a text, not 5"),
        ({"id": '"A b"'}, "A b: id: must be lower-case words joined by hyphens"),
        ({"id": '"a--b"'}, "a--b: id: must be lower-case words joined by hyphens"),
        ({"id": f'"{LONG_ID}"'}, f"{LONG_ID}: id: has 81 characters, at most 80 are allowed"),
        ({"statement": None}, "a: statement: is missing"),
        ({"statement": '"  "'}, "a: statement: is empty"),
        ({"statement": "true"}, "a: statement: must be a text, not True"),
        ({"statement": f'"{"a b c " * 60}"'}, "a: statement: has 359 characters, at most 300 can be asked"),
        ({"statement": f'"{"a" * 2001}"'}, "a: statement: has 2001 characters, at most 2000 are allowed"),
        ({"statement": '"A bell \\u0007 rings here."'}, "a: statement: contains a control character"),
        ({"statement": '"A bell \\u007f rings here."'}, "a: statement: contains a control character"),
        ({"statement": '"One line\\nand another line."'}, "a: statement: has a line break, or a control or invisible character"),  # noqa: E501
        ({"statement": '"It is."'}, "a: statement: is too short to be a statement: write one whole sentence"),
        ({"services": None}, "a: services: is missing: name at least one"),
        ({"services": "[]"}, "a: services: is empty: name at least one"),
        ({"services": '["s4"]'}, "a: services: 's4' is not a known service (services.toml lists them)"),
        ({"services": '["s3", ""]'}, "a: services: '' is not a known service (services.toml lists them)"),
        ({"services": '["s3", "s3"]'}, "a: services: names a service twice"),
        ({"domain": None}, f"a: domain: is '', must be one of {', '.join(DOMAINS)}"),
        ({"domain": '"storage"'}, f"a: domain: is 'storage', must be one of {', '.join(DOMAINS)}"),
        ({"status": None}, "a: status: is '', must be one of current, changed, corrected, retired"),
        ({"status": '"old"'}, "a: status: is 'old', must be one of current, changed, corrected, retired"),
        ({"note": "5"}, "a: note: must be a text, not 5"),
        ({"explanation": '["It"]'}, "a: explanation: must be a text, not ['It']"),
        ({"explanation": '"It \\u001b rings."'}, "a: explanation: contains a control character"),
        ({"evidence": f'"{"e" * 2001}"'}, "a: evidence: has 2001 characters, at most 2000 are allowed"),
        ({"reference": "1.5"}, "a: reference: must be a text, not 1.5"),
        ({"reference": '"docs.aws.amazon.com"'}, "a: reference: 'docs.aws.amazon.com' is not a web address"),
        ({"reference": '"javascript:alert(1)"'}, "a: reference: 'javascript:alert(1)' is not a web address"),
        ({"reference": '"https://a b"'}, "a: reference: 'https://a b' is not a web address"),
        ({"reference": f'"https://{"a" * 493}"'}, "a: reference: has 501 characters, at most 500 are allowed"),
        ({"verified": '"yes"'}, "a: verified: must be true or false"),
        ({"verified": "true"}, "a: checked_on: is missing: a verified fact says on which day it was read"),
        ({"verified": "false", "checked_on": "2026-11-23"}, "a: verified: is false, so checked_on must be left out"),
        ({"checked_on": '"2026-11-23"'}, "a: checked_on: must be a date such as 2026-11-23"),
        ({"checked_on": "2026-11-23T10:00:00"}, "a: checked_on: must be a date such as 2026-11-23"),
        ({"checked_on": "2026-11-23", "review_by": "2027"}, "a: review_by: must be a date such as 2027-11-23"),
        (
            {"review_by": "2027-11-23"},
            "a: review_by: is given, but checked_on is missing: only what was read can be read again",
        ),
        ({"checked_on": "2026-11-23", "review_by": "2026-11-23"}, "a: review_by: must be later than checked_on"),
        ({"key_point": "true"}, "a: key_point: must be a number or a short word"),
        ({"key_point": "[43]"}, "a: key_point: must be a number or a short word"),
        ({"key_point": f'"{"k" * 21}"'}, "a: key_point: must be a number or a short word"),
        ({"false_statements": '"No."'}, f"a: false_statements: {NOT_CLAIMS}"),
        ({"false_statements": "[5]"}, f"a: false_statements: {NOT_CLAIMS}"),
        ({"false_statements": '["A", { text = "B", so = "C" }]'}, "a: false_statements[2].so: is no field of it"),
        ({"false_statements": "[{ text = 5 }]"}, "a: false_statements[1].text: must be a text, not 5"),
        ({"false_statements": "[{}]"}, "a: false_statements[1]: is empty"),
        ({"false_statements": f"[{FIELDS['statement']}]"}, f"a: false_statements[1]: {TRUE}"),
        ({"blank": '["24 hours"]'}, "a: blank: must be written as [[fact.blank]]"),
        ({"blank": '{ answer = "24 hours" }'}, "a: blank: must be written as [[fact.blank]]"),
        ({"scenario": '"Why?"'}, "a: scenario: must be written as [[fact.scenario]]"),
    ],
)  # fmt: skip
def test_parse_bank_field_refused(changes, message):
    assert faults(entry(**changes)) == [f"bank.toml: {message}"]


@pytest.mark.parametrize("note", [None, '""', '" "'])
@pytest.mark.parametrize("status", ["changed", "corrected", "retired"])
def test_parse_bank_status_without_note_refused(status, note):
    message = f"is missing: a fact that is {status} tells what changed and since when"
    assert faults(entry(status=f'"{status}"', note=note)) == [f"bank.toml: a: note: {message}"]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('"24 hours"', '"7 weeks"', "blank[1].answer: '7 weeks' does not stand in the statement, letter for letter"),
        ('"24 hours"', "24", "blank[1].answer: must be a text, not 24"),
        ('answer = "24 hours"', "", "blank[1].answer: is empty"),
        (', "30 days"', "", "blank[1].distractors: has 2 entries, needs 3 or more"),
        ('["1 hour", "7 days", "30 days"]', '"1 hour"', "blank[1].distractors: must be a list of texts"),
        ('"1 hour"', "1", "blank[1].distractors: must be a list of texts"),
        ('"1 hour"', '"\\u0000"', "blank[1].distractors[1]: contains a control character"),
        ('"1 hour"', '"1 day"', "blank[1].distractors[1]: '1 day' means the same as another option"),
        ("distractors", "distractor", "blank[1].distractor: is no field of it"),
        ("answer_why =", "answer_reason =", "scenario[1].answer_reason: is no field of it"),
        ('stem = "Why?"', "", "scenario[1].stem: is empty"),
        ('"It expired"', "false", "scenario[1].answer: must be a text, not False"),
        ('"A day is over."', '""', "scenario[1].answer_why: is empty: say why the answer is right"),
        ('text = "A key"', 'texts = "A key"', "scenario[1].distractor[2].texts: is no field of it"),
        ('"It is there."', '""', "scenario[1].distractor[2].why: is empty: say why it is wrong"),
        ('"A quota"', '"A role."', "scenario[1].distractor[3].text: 'A role' means the same as another option"),
    ],
)
def test_parse_bank_table_refused(written, instead, message):
    tables = BLANK + SCENARIO
    assert tables.count(written) == 1
    assert faults(entry(tables.replace(written, instead))) == [f"bank.toml: a: {message}"]


def test_parse_bank_scenario_with_too_few_distractors_refused():
    text = entry(SCENARIO.rpartition("[[fact.scenario.distractor]]")[0])
    assert faults(text) == ["bank.toml: a: scenario[1].distractor: has 2 entries, needs 3 or more"]


@pytest.mark.parametrize(
    ("field", "written", "message"),
    [
        ("services", '"s3"', "must be a list of texts"),
        ("services", "[3]", "must be a list of texts"),
        ("explanation", "5", "must be a text, not 5"),
        ("note", "[]", "must be a text, not []"),
    ],
)
def test_parse_bank_type_refused(field, written, message):
    assert f"bank.toml: a: {field}: {message}" in faults(entry(**{field: written}))


@pytest.mark.parametrize("written", ["[5]", '["text"]'])
def test_parse_bank_fact_that_is_no_table_refused(written):
    assert "bank.toml: fact number 1: id: is missing" in faults(f"fact = {written}")


def test_parse_bank_long_value_of_wrong_type_is_cut_short():
    [fault] = faults(entry(note=f'["{"n" * 500}"]'))
    assert fault == f"bank.toml: a: note: must be a text, not ['{'n' * 58}"


def test_parse_bank_id_used_twice_in_a_file_refused():
    assert faults(entry() + entry()) == ["bank.toml: a: id: is used by another fact, in bank.toml"]


def test_parse_bank_id_used_in_two_files_refused():
    files = {"one.toml": entry().encode(), "two.toml": entry().encode()}
    with pytest.raises(BankFaults) as refused:
        parse_bank(files, known_services={"s3": S3})
    assert str(refused.value) == "two.toml: a: id: is used by another fact, in one.toml"


def test_parse_bank_names_every_fault_of_every_file():
    files = {
        "one.toml": b"fact =",
        "two.toml": (entry(status='"old"', note="5") + entry(id='"b"', services='["s4"]')).encode(),
    }
    with pytest.raises(BankFaults) as refused:
        parse_bank(files, known_services={"s3": S3})
    assert [(fault.file, fault.fact, fault.field) for fault in refused.value.faults] == [
        ("one.toml", "", ""),
        ("two.toml", "a", "status"),
        ("two.toml", "a", "note"),
        ("two.toml", "b", "services"),
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [("key_point", "1" * 5000), ("key_point", "0x" + "f" * 5000)],
    ids=["decimal number", "hexadecimal number"],
)
def test_parse_bank_beyond_the_limits_of_python_refused(key, value):
    assert faults(entry(**{key: value}))


# Any file


@given(st.binary(max_size=300))
def test_parse_bank_random_bytes_raise_only_bank_faults(content):
    with suppress(BankFaults):
        parse_bank({"bank.toml": content})


@given(st.binary(max_size=4), st.integers(0, 1200), st.integers(0, 20))
def test_parse_bank_damaged_file_raises_only_bank_faults(damage, start, length):
    good = (SERVICES + entry(BLANK + SCENARIO)).encode()
    with suppress(BankFaults):
        parse_bank({"bank.toml": good[:start] + damage + good[start + length :]})


values = st.sampled_from(
    ['""', '"text"', "0", "-1.5", "nan", "true", "2026-11-23", "07:00:00", "[]", "[[]]", "{}", "[{}]"]
)


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "note", "blank", "scenario", "checked_on", "review_by", "false_statements"]), values
    )
)
def test_parse_bank_any_value_raises_only_bank_faults(changes):
    with suppress(BankFaults):
        parse(entry(**changes))
