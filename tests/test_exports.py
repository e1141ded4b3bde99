"""Exports and dumps, from rows to files, as they are typed."""

from __future__ import annotations

import io
import sqlite3
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from facts.exchange.gift import read_gift
from facts.exchange.moodle import read_moodle
from facts.models import Confirmation, Fact, Question, Service, Verdict
from facts.services.exports import FORMATS, export_deck, export_questions, to_item
from facts.services.questions import remake_questions
from tests.commands import entry, refusal, run, write
from tests.content import DATA
from tests.factories import make_fact, make_facts, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    """A fact about Amazon s3, and one about Amazon ec2 that is about s3 as well."""
    s3, ec2 = make_service("s3"), make_service("ec2", family="Compute")
    first = make_fact("s3-a", service=s3, has_scenario=True, remake=False)
    second = make_fact("ec2-b", service=ec2, remake=False)
    second.other_services.add(s3)
    remake_questions()
    return first, second


def names(content):
    return {item.name for item in read_gift("x", content).items}


def guids(deck):
    """The ids of the deck's notes."""
    with zipfile.ZipFile(io.BytesIO(deck)) as archive:
        database = sqlite3.connect(":memory:")
        database.deserialize(archive.read("collection.anki2"))
    try:
        return {guid for (guid,) in database.execute("SELECT guid FROM notes")}
    finally:
        database.close()


# What a question takes along


def test_item_has_the_question_and_what_is_told_of_its_fact():
    values = {"status": "changed", "note": "It was a day.", "reference": "https://example.org/", "explanation": "So."}
    fact = make_fact("s3-a", service=make_service("s3"), has_scenario=True, checked_on="2026-11-23", **values)
    question = Question.objects.select_related("fact").get(fact=fact, kind="scenario")
    item = to_item(question)
    assert (item.id, item.name, item.stem) == (question.fingerprint, "s3-a: Scenario", question.stem)
    assert [(one.text, one.is_key, one.feedback) for one in item.choices] == [
        (option["text"], option["correct"], option["why"]) for option in question.options
    ]
    assert item.told == "So.\nChanged by AWS: It was a day.\nSource: https://example.org/ (read on 2026-11-23)"
    assert item.category == ("Examprep", "Storage", "Amazon s3")
    assert item.tags == (
        *("service::s3", "family::storage", "domain::new-solutions", "kind::scenario"),
        "status::changed",
    )


@pytest.mark.parametrize("format", FORMATS)
def test_export_has_every_live_question_in_every_format(bank, format):
    export = export_questions(format=format)
    assert export.count + len(export.left_out) == Question.objects.askable().filter(state="live").count() > 0


def test_export_leaves_out_what_may_not_be_asked(bank):
    first, second = bank
    for state, question in zip(("pilot", "review"), Question.objects.filter(fact=first), strict=False):
        Question.objects.filter(pk=question.pk).update(state=state)
    kept = set(Question.objects.filter(fact=first, state="live").exclude(grounds__fact=second))
    Fact.objects.filter(pk=second.pk).update(digest="of another wording")
    items = read_gift("x", export_questions(format="gift").content).items
    assert {item.id for item in items} == {question.fingerprint for question in kept} != set()


def test_export_of_a_service_or_family_has_the_questions_about_it_mainly_or_also(bank):
    first, second = bank
    s3, ec2 = first.service, second.service
    of_both, of_second = export_questions(format="gift", services=[s3]), export_questions(format="gift", services=[ec2])
    assert {name.split(":")[0] for name in names(of_both.content)} == {"s3-a", "ec2-b"}
    assert {name.split(":")[0] for name in names(of_second.content)} == {"ec2-b"}
    assert export_questions(format="gift", families=[ec2.family]).content == of_second.content


@pytest.mark.parametrize("count", [1, 3])
def test_export_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    make_facts(count)
    with django_assert_num_queries(2):
        export_questions(format="qti")


def test_export_changes_nothing(bank):
    with CaptureQueriesContext(connection) as queries:
        export_questions(format="moodle")
        export_deck()
    # A long list is read in parts, for which PostgreSQL declares a cursor.
    assert all(query["sql"].startswith(("SELECT", "DECLARE")) for query in queries)


def test_deck_is_of_the_facts_or_services_that_were_asked_for(bank):
    first, second = bank
    prints = {question.fingerprint: question.fact_id for question in Question.objects.filter(state="live")}
    assert len(guids(export_deck())) == len(prints)
    assert len(guids(export_deck(facts=[first]))) == sum(fact == first.pk for fact in prints.values())
    assert guids(export_deck(services=[second.service])) == guids(export_deck(facts=[second]))
    assert guids(export_deck(facts=[])) == set()


def test_deck_knows_a_question_again_whose_reasons_were_mended(bank):
    before = guids(export_deck())
    for question in Question.objects.all():
        question.options = [option | {"why": "Otherwise."} for option in question.options]
        question.save()
    assert guids(export_deck()) == before


# export_questions


def test_export_command_writes_the_file_and_counts(bank, tmp_path):
    out = run("export_questions", "--format", "moodle", tmp_path / "quiz.xml")
    count = Question.objects.filter(state="live").count()
    assert out == f"{count} questions written to {tmp_path / 'quiz.xml'}, 0 left out.\n"
    assert len(read_moodle("quiz.xml", (tmp_path / "quiz.xml").read_bytes()).items) == count
    assert [path.name for path in tmp_path.iterdir()] == ["quiz.xml"]


def test_export_command_says_what_the_format_cannot_carry(tmp_path):
    make_fact("s3-a", has_scenario=True)
    options = [{"text": text, "correct": text != "c", "why": "So.", "fact": "s3-a"} for text in "abc"]
    Question.objects.filter(kind="scenario").update(kind="choose_two", options=options)
    out = run("export_questions", "--format", "aiken", tmp_path / "quiz.txt").splitlines()
    count = Question.objects.count() - 1
    assert out == [
        f"{count} questions written to {tmp_path / 'quiz.txt'}, 1 left out.",
        f"Aiken has no place for reasons of options: {count} questions had them.",
        f"Aiken has no place for explanations: {count} questions had them.",
        f"Aiken has no place for tags: {count} questions had them.",
        f"Aiken has no place for ids: {count} questions had them.",
        "Left out, 1: has 2 right answers, Aiken has one: s3-a: Choose two",
    ]


def test_export_command_takes_several_services_and_families(bank, tmp_path):
    run("export_questions", "--format", "gift", "--service", "s3", "--service", "ec2", tmp_path / "a.txt")
    run("export_questions", "--format", "gift", "--family", "compute", "--family", "storage", tmp_path / "b.txt")
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--service", "nosuch"], "nosuch: no such service; there are: ec2, s3"),
        (["--family", "nosuch"], "nosuch: no such family; there are: compute, storage"),
    ],
)
def test_export_command_names_what_it_does_not_know(bank, tmp_path, arguments, message):
    assert refusal("export_questions", "--format", "gift", *arguments, tmp_path / "quiz.txt") == message
    assert not list(tmp_path.iterdir())


def test_export_command_replaces_a_file_only_if_told_to(bank, tmp_path):
    path = tmp_path / "quiz.txt"
    path.write_text("mine")
    assert refusal("export_questions", "--format", "gift", path) == f"{path}: is there already (--replace replaces it)"
    assert path.read_text() == "mine"
    run("export_questions", "--format", "gift", "--replace", path)
    assert names(path.read_bytes())


def test_export_command_without_a_question_writes_nothing(tmp_path):
    message = "There is no live question to write."
    assert refusal("export_questions", "--format", "gift", tmp_path / "quiz.txt") == message
    assert not list(tmp_path.iterdir())


def test_export_command_into_no_folder_is_refused_in_words(bank, tmp_path):
    path = tmp_path / "nosuch" / "quiz.txt"
    message = f"{path}: cannot be written: No such file or directory"
    assert refusal("export_questions", "--format", "gift", path) == message


def test_export_command_that_cannot_put_the_file_into_its_place_leaves_nothing(bank, tmp_path):
    (tmp_path / "quiz.txt").mkdir()
    message = f"{tmp_path / 'quiz.txt'}: cannot be written: Is a directory"
    assert refusal("export_questions", "--format", "gift", "--replace", tmp_path / "quiz.txt") == message
    assert [path.name for path in tmp_path.iterdir()] == ["quiz.txt"]


# dump_facts


def files_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_dump_of_the_loaded_bank_is_the_shipped_files_byte_for_byte(tmp_path):
    run("load_facts")
    out = run("dump_facts", tmp_path / "bank")
    shipped = {path.name: path.read_bytes() for path in DATA.glob("*.toml")}
    assert files_in(tmp_path / "bank") == shipped
    count = Fact.objects.count()
    written = f"{count} facts and {Service.objects.count()} services written"
    assert out == f"{written} to {tmp_path / 'bank'} in {len(shipped)} files.\n"
    assert run("load_facts", tmp_path / "bank").startswith(
        f"Facts: 0 added, 0 changed, {count} unchanged, 0 withdrawn."
    )


def test_dump_loaded_and_dumped_again_is_the_same(tmp_path):
    write(tmp_path / "mine.toml", entry("s3-b", note=""), entry("s3-a", key_point="x", evidence="Read it."))
    run("load_facts", tmp_path / "mine.toml")
    run("dump_facts", tmp_path / "one")
    run("load_facts", tmp_path / "one")
    run("dump_facts", tmp_path / "two")
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")
    assert sorted(files_in(tmp_path / "one")) == ["s3.toml", "services.toml"]


def test_dump_of_a_service_has_its_facts_and_says_how_to_load_them(bank, tmp_path):
    out = run("dump_facts", "--service", "ec2", tmp_path / "bank")
    assert sorted(files_in(tmp_path / "bank")) == ["ec2.toml", "services.toml"]
    assert "1 facts and 2 services written" in out
    assert "Load these files by their names: load_facts takes a folder for the whole bank.\n" in out
    assert refusal("dump_facts", "--service", "x", tmp_path / "x") == "x: no such service; there are: ec2, s3"


def test_dump_says_what_files_have_no_place_for(bank, tmp_path):
    first, second = bank
    Fact.objects.filter(pk=first.pk).update(is_withdrawn=True)
    Confirmation.objects.create(fact=second, digest=second.digest, verb_start=8)
    Verdict.objects.create(fact=second, digest=second.digest, rule="negate/1", change="x", is_yes=True)
    out = run("dump_facts", tmp_path / "bank")
    assert "Not written, since files have no place for them: 1 withdrawn facts.\n" in out
    assert "Not written, since files have no place for them: 2 words of editors on verbs and changes.\n" in out


def test_dump_says_if_the_loader_would_refuse_it(tmp_path):
    make_fact("s3-a", statement="Too short.", remake=False)
    err = io.StringIO()
    run("dump_facts", tmp_path / "bank", stderr=err)
    assert "s3.toml: s3-a: statement: is too short" in err.getvalue()


def test_dump_refuses_a_folder_that_holds_something(bank, tmp_path):
    (tmp_path / "mine.toml").write_text("mine")
    message = f"{tmp_path}: is not empty (--replace replaces the fact files in it)"
    assert refusal("dump_facts", tmp_path) == message
    assert refusal("dump_facts", tmp_path / "mine.toml") == f"{tmp_path / 'mine.toml'}: is no folder"
    assert files_in(tmp_path) == {"mine.toml": b"mine"}


def test_dump_replaces_its_own_files_and_keeps_others(bank, tmp_path):
    first, second = bank
    run("dump_facts", tmp_path)
    (tmp_path / "README.md").write_text("mine")
    Fact.objects.filter(pk=second.pk).update(is_withdrawn=True)
    out = run("dump_facts", "--replace", tmp_path)
    assert sorted(files_in(tmp_path)) == ["README.md", "s3.toml", "services.toml"]
    assert "Removed, since no fact is in them now: ec2.toml\n" in out


def test_dump_never_removes_a_file_that_it_does_not_know(bank, tmp_path):
    run("dump_facts", tmp_path)
    (tmp_path / "notes.toml").write_text("mine")
    before = files_in(tmp_path)
    message = f"{tmp_path}: holds notes.toml, which is no file of this bank: move it away first"
    assert refusal("dump_facts", "--replace", tmp_path) == message
    assert files_in(tmp_path) == before


def test_dump_that_fails_in_the_middle_changes_nothing(bank, tmp_path, monkeypatch):
    folder = tmp_path / "bank"
    run("dump_facts", folder)
    before = files_in(folder)
    Fact.objects.update(explanation="Otherwise.")
    written = []

    def fail(path, content):
        written.append(path.name)
        if len(written) % 2 == 0:
            raise OSError(28, "No space left on device")
        return len(content)

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    assert "cannot be written: No space left on device" in refusal("dump_facts", "--replace", folder)
    assert files_in(folder) == before
    assert "cannot be written: No space left on device" in refusal("dump_facts", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["bank"]
