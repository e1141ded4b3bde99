from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from facts.exchange.dump import dump_bank
from facts.exchange.records import DOMAINS, STATUSES, FactRecord
from facts.exchange.toml import parse_bank
from facts.questions.check import find_faults
from facts.questions.content import Distractor, FalseStatement, Service
from tests.content import DATA, EC2, S3, make_blank, make_fact, make_scenario, shipped_bank
from tests.exchange.items import letters


def make_record(**values):
    fact = make_fact(
        false_statements=["Amazon S3 keeps the log for 7 days.", FalseStatement("Amazon S3 keeps no log.", "It does.")],
        blanks=(make_blank(),),
        scenarios=(make_scenario(),),
        explanation="It is a log.",
    )
    plain = FactRecord(fact, "s3.toml", "", DOMAINS[0], "current", "", "", "", None, "")
    return replace(plain, **values)


def read(files, services=(S3,)):
    return parse_bank(files, known_services={service.slug: service for service in services})


def test_dump_of_the_shipped_bank_is_the_shipped_files_byte_for_byte():
    bank = shipped_bank()
    files = dump_bank(bank.services, bank.facts)
    assert files == {path.name: path.read_bytes() for path in DATA.glob("*.toml")}


def test_dump_of_the_shipped_bank_read_again_is_every_fact():
    bank = shipped_bank()
    again = parse_bank(dump_bank(bank.services, bank.facts))
    assert again.services == bank.services
    assert sorted(again.facts, key=lambda record: record.fact.id) == sorted(
        bank.facts, key=lambda record: record.fact.id
    )
    assert len(again.facts) == len(bank.facts) > 250


def test_dump_writes_an_entry_in_the_form_of_the_shipped_files():
    record = make_record(key_point="43", status="changed", note="Was 12 hours.", checked_on=date(2026, 11, 23))
    record = replace(record, fact=replace(record.fact, scenarios=(make_scenario(distractors=["A quota"]),)))
    assert dump_bank({"s3": S3}, [record])["s3.toml"].decode() == (
        "# Facts mainly about Amazon S3.\n"
        "\n"
        "[[fact]]\n"
        'id = "s3-hours"\n'
        "key_point = 43\n"
        'statement = "Amazon S3 keeps the log for 24 hours."\n'
        'services = ["s3"]\n'
        'domain = "organizational-complexity"\n'
        'status = "changed"\n'
        'note = "Was 12 hours."\n'
        'explanation = "It is a log."\n'
        "verified = true\n"
        "checked_on = 2026-11-23\n"
        "false_statements = [\n"
        '  "Amazon S3 keeps the log for 7 days.",\n'
        '  { text = "Amazon S3 keeps no log.", why = "It does." },\n'
        "]\n"
        "\n"
        "[[fact.blank]]\n"
        'answer = "24 hours"\n'
        'distractors = ["1 hour", "7 days", "30 days"]\n'
        "\n"
        "[[fact.scenario]]\n"
        'stem = "Entries vanish from the log. Why?"\n'
        'answer = "They expired"\n'
        'answer_why = "The log keeps a day."\n'
        "\n"
        "[[fact.scenario.distractor]]\n"
        'text = "A quota"\n'
        'why = "Not: A quota."\n'
    )


def test_dump_puts_each_fact_into_the_file_of_its_main_service():
    facts = [
        replace(make_record().fact, id=slug, services=services)
        for slug, services in (("a", (EC2, S3)), ("b", (S3,)), ("c", (EC2,)))
    ]
    files = dump_bank({"s3": S3, "ec2": EC2}, [make_record(fact=fact) for fact in facts])
    assert list(files) == ["services.toml", "ec2.toml", "s3.toml"]
    assert files["ec2.toml"].count(b"[[fact]]") == 2


def test_dump_names_services_without_facts_too():
    files = dump_bank({"s3": S3, "ec2": EC2}, [])
    assert parse_bank(files).services == {"s3": S3, "ec2": EC2}


def test_dump_of_a_key_point_that_only_looks_like_a_number_keeps_its_form():
    for key_point in ("007", "43", "edge-post", "٣", "1e5", "0"):
        files = dump_bank({"s3": S3}, [make_record(key_point=key_point)])
        assert read(files).facts[0].key_point == key_point


texts = st.text(st.one_of(letters, st.sampled_from("\n\t\"\\'#[]={}")), max_size=30).map(str.strip)


@given(
    texts, texts, texts, st.sampled_from(DOMAINS), st.sampled_from(STATUSES), st.none() | st.dates(date(1900, 1, 1)),
    st.text(letters, min_size=1, max_size=20).map(str.strip).filter(bool),
)  # fmt: skip
def test_dump_read_again_is_the_same_fact_whatever_its_texts(note, explanation, why, domain, status, day, name):
    service = Service("s3", name, name)
    why = why or "So."
    scenario = make_scenario(distractors=())
    distractors = tuple(Distractor(text, why) for text in ("A quota", "A key", "A role"))
    fact = replace(
        make_record().fact,
        services=(service,),
        explanation=explanation,
        scenarios=(replace(scenario, answer_why=why, distractors=distractors),),
    )
    assert not find_faults(fact)
    record = make_record(
        fact=fact, note=note or "Changed.", domain=domain, status=status, checked_on=day, evidence=explanation
    )
    (again,) = parse_bank(dump_bank({"s3": service}, [record])).facts
    assert replace(again, digest="", source="s3.toml") == record
