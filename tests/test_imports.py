"""Questions of other programs as drafts of facts, from files to files, as they are typed."""

from __future__ import annotations

import io
import tomllib

import pytest

from facts.exchange.records import BankFaults
from facts.models import Fact, Question
from facts.services.exports import export_questions
from facts.services.imports import MAX_BYTES, draft_questions, read_limited
from tests.commands import refusal, run
from tests.factories import make_fact, make_service

pytestmark = pytest.mark.django_db

GIFT = "Where does Amazon s3 keep logs?{=here # So. ~there # No. ~nowhere # No. ~elsewhere # No.}\n\nWrite!{}\n"
FILES = {
    "gift": "What?{=a ~b}",
    "aiken": "What?\nA. a\nB. b\nANSWER: A",
    "moodle": '<quiz><question type="multichoice"><questiontext><text>What?</text></questiontext>'
    '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question></quiz>',
}


@pytest.fixture
def quiz(tmp_path):
    make_service("s3")
    path = tmp_path / "quiz.gift"
    path.write_text(GIFT)
    return path


def test_import_writes_drafts_and_says_what_is_left_to_do(quiz, tmp_path):
    out = run("import_questions", "--format", "gift", quiz, tmp_path / "drafts.toml")
    assert out.splitlines() == [
        f"1 drafts written to {tmp_path / 'drafts.toml'}, 1 left out.",
        "Left out:",
        "  quiz.gift: question 2: asks for an essay, no choice between options",
        "To finish, besides reading each entry and approving it:",
        "  s3-where-does-keep-logs: statement is empty",
        "  s3-where-does-keep-logs: domain is '', must be one of organizational-complexity, new-solutions, "
        "continuous-improvement, migration-modernization",
    ]


def test_import_stores_nothing_and_its_file_is_refused_until_it_was_approved(quiz, tmp_path):
    path = tmp_path / "drafts.toml"
    run("import_questions", "--format", "gift", quiz, path)
    assert not Fact.objects.exists()
    finished = path.read_text().replace('statement = ""', 'statement = "Amazon s3 keeps each of its logs here."')
    path.write_text(finished.replace('domain = ""', 'domain = "new-solutions"'))
    assert "s3-where-does-keep-logs: draft: is no field of a fact" in refusal("load_facts", path)
    assert not Question.objects.exists()
    path.write_text(path.read_text().replace("\ndraft = true\n", "\n"))
    run("load_facts", path)
    assert Question.objects.askable().get(kind="scenario").stem == "Where does Amazon s3 keep logs?"


def test_import_with_dry_run_tells_the_same_and_writes_nothing(quiz, tmp_path):
    dry = run("import_questions", "--format", "gift", "--dry-run", quiz, tmp_path / "drafts.toml")
    assert dry.startswith("1 drafts, 1 left out; nothing was written.\nLeft out:\n")
    assert dry == run("import_questions", "--format", "gift", "--dry-run", quiz)
    assert [path.name for path in tmp_path.iterdir()] == ["quiz.gift"]


def test_import_names_every_fault_by_its_question_and_writes_nothing(quiz, tmp_path):
    quiz.write_text("A?{=a ~b}\n\nB?{~a ~b}\n\nC?{=a ~a}")
    assert refusal("import_questions", "--format", "gift", quiz, tmp_path / "drafts.toml") == (
        "quiz.gift: question 2: has no right answer\n"
        "quiz.gift: question 3: has the option “a” twice\n"
        "2 faults found; nothing was changed."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["quiz.gift"]


@pytest.mark.parametrize("format", FILES)
def test_import_reads_every_format(quiz, format):
    quiz.write_text(FILES[format])
    assert run("import_questions", "--format", format, "--dry-run", quiz).startswith("1 drafts, 0 left out")


def test_import_asks_for_a_place_to_write_to_that_is_new(quiz, tmp_path):
    command = ("import_questions", "--format", "gift", quiz)
    assert refusal(*command) == "Name the fact file to write, or add --dry-run."
    assert refusal(*command, quiz) == f"{quiz}: is there already; drafts are written to a new file only"
    assert quiz.read_text() == GIFT


def test_import_of_no_file_is_refused_in_words(tmp_path):
    path = tmp_path / "nosuch.gift"
    message = f"{path}: cannot be read: No such file or directory"
    assert refusal("import_questions", "--format", "gift", "--dry-run", path) == message
    assert "Is a directory" in refusal("import_questions", "--format", "gift", "--dry-run", tmp_path)


def test_import_shows_the_first_of_many_things_to_do(quiz):
    quiz.write_text("\n\n".join(f"What is {number}?{{=a ~b}}" for number in range(30)))
    command = ("import_questions", "--format", "gift", "--dry-run", quiz)
    assert " more (-v 2 shows them)\n" in run(*command)
    assert len(run(*command).splitlines()) < 30 < len(run(*command, verbosity=2).splitlines())


def test_import_of_questions_of_which_none_can_be_a_fact_writes_no_file(quiz, tmp_path):
    quiz.write_text("Which?{~%50%a ~%50%b ~c}")
    assert run("import_questions", "--format", "gift", quiz, tmp_path / "drafts.toml") == (
        "0 drafts, 1 left out; nothing was written.\n"
        "Left out:\n"
        "  “Which?”: has 2 right answers, a fact is asked with one\n"
    )
    assert not (tmp_path / "drafts.toml").exists()


def test_drafts_have_ids_of_their_own():
    make_fact("what-is-it", service=make_service("s3"))
    drafted = draft_questions(format="gift", file="quiz", content=b"What is it?{=a ~b}\n\nWhat is it?{=c ~d}")
    assert [record.fact.id for record in drafted.records] == ["what-is-it-2", "what-is-it-3"]


def test_draft_of_what_is_stored_already_is_told():
    make_fact("s3-log", statement="Amazon s3 keeps each log for a day.")
    drafted = draft_questions(format="gift", file="quiz", content=b"The Amazon s3 keeps each log for a day.{T}")
    assert ("statement", "says the same as that of s3-log, which is stored already") in [
        (fault.field, fault.message) for fault in drafted.to_finish
    ]


@pytest.mark.parametrize("format", ["gift", "moodle"])
def test_exported_questions_come_back_as_what_the_fact_said(format):
    fact = make_fact("s3-a", blanks=[("record", ["copy", "trace", "index"])], has_scenario=True)
    content = export_questions(format=format).content
    drafted = draft_questions(format=format, file="quiz", content=content)
    assert drafted.left_out == ()
    facts = [record.fact for record in drafted.records]
    statements = {one.statement for one in facts if one.statement}
    assert statements == {fact.statement}
    assert {one.text for draft in facts for one in draft.false_statements} == {fact.false_statements.get().text}
    assert {one.answer for draft in facts for one in draft.blanks} == {"record"}
    assert [one.stem for draft in facts for one in draft.scenarios if "Story" in one.stem] == [
        fact.scenarios.get().stem
    ]
    assert {tuple(one.slug for one in draft.services) for draft in facts} == {("s3",)}
    assert len(tomllib.loads(drafted.content.decode())["fact"]) == len(facts)


# Files that are too large


class Endless(io.RawIOBase):
    """A stream that would never end; it counts what was read."""

    taken = 0

    def read(self, size=-1):
        assert 0 <= size <= MAX_BYTES + 1
        self.taken += size
        return b"x" * size


def test_large_file_is_refused_before_it_is_read():
    stream = Endless()
    with pytest.raises(BankFaults) as refused:
        read_limited("quiz", stream, 200_000_000)
    assert str(refused.value) == "quiz: has more than 10 MB: split it, or leave its pictures out"
    assert stream.taken == 0


def test_file_that_is_larger_than_its_sender_says_is_refused():
    for size in (None, 5):
        with pytest.raises(BankFaults):
            read_limited("quiz", Endless(), size)


def test_file_of_just_the_limit_is_read():
    assert len(read_limited("quiz", io.BytesIO(b"x" * MAX_BYTES), MAX_BYTES)) == MAX_BYTES


def test_large_file_is_refused_by_the_command(tmp_path):
    path = tmp_path / "quiz.gift"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    message = refusal("import_questions", "--format", "gift", "--dry-run", path)
    assert message.startswith("quiz.gift: has more than 10 MB: split it, or leave its pictures out\n")
