from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.exchange.csv import read_plain_facts
from facts.exchange.records import BankFaults
from facts.questions.content import Fact, Service
from tests.content import EC2, S3

LONG = "a" * 140_000
SERVICES = {"s3": S3, "ec2": EC2}


def read(content: str | bytes) -> list[Fact]:
    return list(read_plain_facts("plain.csv", content if isinstance(content, bytes) else content.encode(), SERVICES))


def fault(content: str | bytes) -> str:
    with pytest.raises(BankFaults) as refused:
        read(content)
    return str(refused.value)


def test_read_plain_facts_gives_a_fact_for_each_row():
    assert read("statement,services\nAmazon S3 keeps objects.,s3\nAn instance has a disk.,ec2\n") == [
        Fact("plain.csv:2", "Amazon S3 keeps objects.", (S3,)),
        Fact("plain.csv:3", "An instance has a disk.", (EC2,)),
    ]


@pytest.mark.parametrize(
    ("cell", "services"),
    [
        ("s3;ec2", (S3, EC2)),
        (" ec2 ; s3 ;", (EC2, S3)),
        ('"s3,ec2"', (S3, EC2)),
        ("Amazon S3", (S3,)),
        ("amazon ec2", (EC2,)),
        ("Braket", (Service("Braket", "Braket", "Braket"),)),
    ],
)
def test_read_plain_facts_services(cell, services):
    assert read(f"statement,services\nSome statement.,{cell}\n")[0].services == services


@pytest.mark.parametrize("cell", ["s3;s3", "s3;Amazon S3"])
def test_read_plain_facts_service_named_twice_counts_once(cell):
    assert read(f"statement,services\nSome statement.,{cell}\n")[0].services == (S3,)


@pytest.mark.parametrize(
    "content",
    [
        "services,statement\ns3,It is so.\n",
        "id,statement,services,more\n7,It is so.,s3,x\n",
        "statement,services\r\nIt is so.,s3\r\n",
        "\ufeffstatement,services\nIt is so.,s3\n",
        'statement,services\n"It is so.","s3"',
        "statement,services\n  It is so. ,s3,left over\n",
        "statement,services\nIt \0is so.,s3\n",
    ],
    ids=["other order", "more columns", "crlf", "bom", "quoted", "spaces and left over", "nul"],
)
def test_read_plain_facts_other_ways_to_write_it(content):
    assert [(fact.statement, fact.services) for fact in read(content)] == [("It is so.", (S3,))]


def test_read_plain_facts_keeps_commas_and_line_breaks_of_a_quoted_cell():
    assert read('statement,services\n"One, ""two""\nand three.",s3\n')[0].statement == 'One, "two"\nand three.'


def test_read_plain_facts_header_alone_gives_none():
    assert read("statement,services\n") == []


def test_read_plain_facts_leaves_an_empty_statement_to_the_check():
    assert read("statement,services\n,s3\n") == [Fact("plain.csv:2", "", (S3,))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"statement,services\n\xff,s3", "is not text in UTF-8 (byte 19)"),
        ("", "has no column services and statement in its first row"),
        ("Amazon S3 keeps objects.,s3\n", "has no column services and statement in its first row"),
        ("statement;services\nIt is so.;s3\n", "has no column services and statement in its first row"),
        ("statement,tags\nIt is so.,s3\n", "has no column services in its first row"),
        ("fact,services\nIt is so.,s3\n", "has no column statement in its first row"),
        ("statement,services\nIt is so.,\n", "row 2: services: is empty: name at least one"),
        ("statement,services\nIt is so.,s3\nIt is so.\n", "row 3: services: is empty: name at least one"),
        ("statement,services\nIt is so., ; \n", "row 2: services: is empty: name at least one"),
        ('statement,services\n"It is so,s3\n', "row 2: is not valid CSV: unexpected end of data"),
        ('statement,services\n"It" is so,s3\n', "row 2: is not valid CSV: ',' expected after '\"'"),
        (f"statement,services\n{LONG},s3\n", "row 2: is not valid CSV: field larger than field limit (131072)"),
    ],
)  # fmt: skip
def test_read_plain_facts_refused(content, message):
    assert fault(content) == f"plain.csv: {message}"


def test_read_plain_facts_line_ends_of_old_macs_refused():
    message = "new-line character seen in unquoted field - do you need to open the file with newline=''?"
    assert fault("statement,services\rIt is so.,s3\r") == f"plain.csv: row 1: is not valid CSV: {message}"


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_read_plain_facts_random_bytes_raise_only_bank_faults(content):
    for start in (b"", b"statement,services\n"):
        with suppress(BankFaults):
            assert all(fact.services for fact in read(start + content))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20).map(str.strip), max_size=5)
)
def test_read_plain_facts_gives_back_every_statement(statements):
    rows = ['"{}",s3\n'.format(statement.replace('"', '""')) for statement in statements]
    assert [fact.statement for fact in read("statement,services\n" + "".join(rows))] == statements
