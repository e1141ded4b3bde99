"""preview_questions: what it prints. No test here has the database mark, so each fails if it touches one."""

from __future__ import annotations

import io
import json

from django.conf import settings as django_settings
from django.core.management import call_command

from facts.management.commands import preview_questions
from facts.models import Question
from facts.questions.content import Kind
from facts.questions.kinds import RULES
from tests.commands import entry, refusal, run, write


def preview(*paths, **options):
    return [json.loads(line) for line in run("preview_questions", *paths, **options).splitlines()]


def test_preview_prints_one_object_a_line_with_the_agreed_keys(tmp_path):
    lines = preview(write(tmp_path / "a.toml", entry("s3-a")))
    true, false = (line for line in lines if line["kind"] == "true_false")
    assert true == {
        "fact": "s3-a",
        "statement": "Amazon S3 keeps the log s3-a for 24 hours.",
        "kind": "true_false",
        "rule": RULES[Kind.TRUE_FALSE],
        "sound": True,
        "stem": "Amazon S3 keeps the log s3-a for 24 hours.",
        "options": true["options"],
        "lint": [],
    }
    assert false == true | {"stem": "Amazon S3 loses the log s3-a at once.", "options": false["options"]}
    assert [(option["text"], option["correct"]) for option in true["options"]] == [("True", True), ("False", False)]
    keys = {tuple(option) for line in lines for option in line["options"]}
    assert keys == {("text", "correct", "why", "fact")}
    assert all(option["why"] for line in lines for option in line["options"])


def test_preview_of_the_bank_has_six_kinds():
    lines = preview(django_settings.BASE_DIR / "facts" / "data")
    assert {line["kind"] for line in lines} == set(Question.Kind.values)


def test_preview_reads_plain_sentences_from_csv(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text('statement,services\n"Amazon S3 keeps logs, but for 24 hours at most.",Amazon S3; kms\n')
    lines = preview(path)
    assert {(line["fact"], line["statement"]) for line in lines} == {
        ("plain.csv:2", "Amazon S3 keeps logs, but for 24 hours at most.")
    }
    assert [line["stem"] for line in lines if line["kind"] == "true_false" and line["options"][0]["correct"]]


def test_preview_says_why_nothing_sound_can_be_made(tmp_path):
    path = tmp_path / "poor.csv"
    path.write_text(
        "statement,services\nIt keeps the log for a day.,s3\n"
        "Amazon S3 archived logs by the hour.,s3\n"
        "Amazon S3 buckets store changes in the log for 24 hours.,s3\n"
    )
    refused, bare, doubtful = ([line for line in preview(path) if line["fact"] == f"poor.csv:{n}"] for n in (2, 3, 4))
    assert [line["why"] for line in refused] == [
        "it starts with a word that stands for something else: name the subject"
    ]
    assert [(line["kind"], set(line)) for line in bare] == [(None, {"fact", "statement", "kind", "why"})]
    assert bare[0]["why"].startswith("it is in doubt how to read it: is “logs” the verb?")
    assert {line["sound"] for line in doubtful[:-1]} == {False}
    assert doubtful[-1]["kind"] is None
    assert doubtful[-1]["why"].startswith("it is in doubt how to read it: is “store” the verb?")


def test_preview_tells_what_gives_a_question_away(tmp_path):
    wrong = [{"text": text, "why": "No."} for text in ("Never", "Always", "None")]
    story = {"stem": "Where did the log go, and why?", "answer": "It expired " + "as logs of that sort do " * 6}
    text = entry("s3-a", scenario=[story | {"answer_why": "So.", "distractor": wrong}])
    (scenario,) = (line for line in preview(write(tmp_path / "a.toml", text)) if line["kind"] == "scenario")
    assert any("long" in clue for clue in scenario["lint"])


# Long files


def write_plain(path, count, keep=1):
    """Sentences of a hundred services; all but each ``keep``-th are unfit, which is quick to see."""
    rows = ["statement,services"]
    for number in range(count):
        name = "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")
        sentence = f"Thing {name} keeps the log of {name} for {number % 40 + 2} hours."
        rows.append(f"{f'Unfit {name}.' if number % keep else sentence},s{number % 100}")
    path.write_text("\n".join(rows))
    return path


def test_preview_works_through_a_long_file_in_parts(tmp_path, monkeypatch):
    parts = []
    real = preview_questions.Command.preview

    def preview_part(self, part, *rest):
        parts.append(len(part))
        return real(self, part, *rest)

    monkeypatch.setattr(preview_questions.Command, "preview", preview_part)
    lines = preview(write_plain(tmp_path / "long.csv", 4500, keep=25))
    assert parts == [2000, 2000, 500]
    assert {line["fact"] for line in lines} == {f"long.csv:{number}" for number in range(2, 4502)}
    assert len({line["fact"] for line in lines if line.get("sound")}) == 180
    assert len([line for line in lines if line["kind"] is None]) == 4320


def test_preview_finds_what_is_true_in_another_part(tmp_path, monkeypatch):
    path = write(tmp_path / "a.toml", entry("s3-a", false_statements=["Amazon S3 forgets all about it."]))
    more = write(tmp_path / "b.toml", entry("s3-b", statement="Amazon S3 forgets all about it."), services="")
    monkeypatch.setattr(preview_questions, "TOGETHER", 1)
    lines = [line for line in preview(path, more) if line["fact"] == "s3-a"]
    assert "Amazon S3 forgets all about it." not in {line.get("stem") for line in lines}


def test_preview_prints_the_same_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(preview_questions, "TOGETHER", 20)
    path = write_plain(tmp_path / "a.csv", 50)
    assert run("preview_questions", path) == run("preview_questions", path)
    assert run("preview_questions", path, summary=True) == run("preview_questions", path, summary=True)


def test_summary_counts_what_is_printed_without_it(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text(
        "statement,services\nToo short.,s3\nAmazon S3 archived logs by the hour.,s3\n"
        "Amazon S3 buckets store changes in the log for 24 hours.,s3\nAmazon S3 keeps each log for 24 hours.,s3\n"
    )
    lines = preview(path)
    counts = {
        line[:48].strip(): int(line[48:].split()[0])
        for line in run("preview_questions", path, summary=True).splitlines()
    }
    sound = [line["kind"] for line in lines if line.get("sound")]
    assert {name.partition(": ")[2]: n for name, n in counts.items() if name.startswith("questions: ")} == {
        kind: sound.count(kind) for kind in set(sound)
    }
    assert counts["questions that wait for a person"] == sum(line.get("sound") is False for line in lines)
    shares = (
        "facts",
        "unfit",
        "with nothing",
        "with nothing sound, but something to confirm",
        "with a sound true/false pair",
    )
    assert [counts[name] for name in shares] == [4, 1, 1, 1, 1]


def test_preview_shows_its_progress_beside_what_it_prints(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    out, err = io.StringIO(), Terminal()
    call_command("preview_questions", str(write_plain(tmp_path / "a.csv", 5)), stdout=out, stderr=err)
    assert err.getvalue().rpartition("\r")[2].rstrip() == f"Facts [{'#' * 30}] 5/5"
    assert all(json.loads(line) for line in out.getvalue().splitlines())


def test_preview_of_a_folder_reads_toml_and_csv_together(tmp_path):
    write(tmp_path / "a.toml", *(entry(f"s3-{n}") for n in range(4)))
    (tmp_path / "b.csv").write_text("statement,services\nAmazon S3 keeps a log of its own.,s3\n")
    (tmp_path / "notes.txt").write_text("No facts here.")
    lines = preview(tmp_path)
    assert {line["fact"] for line in lines} == {"s3-0", "s3-1", "s3-2", "s3-3", "b.csv:2"}
    assert "Which statement about Amazon S3 is true?" in {line["stem"] for line in lines if line["fact"] == "b.csv:2"}


def test_preview_says_why_a_fact_cannot_be_asked(tmp_path):
    path = tmp_path / "poor.csv"
    path.write_text("statement,services\nToo short.,s3\nIs this a question of facts?,s3\n,s3\n")
    assert preview(path) == [
        {
            "fact": "poor.csv:2",
            "statement": "Too short.",
            "kind": None,
            "why": "statement is too short to be a statement: write one whole sentence",
        },
        {
            "fact": "poor.csv:3",
            "statement": "Is this a question of facts?",
            "kind": None,
            "why": "statement is a question: write what is true",
        },
        {"fact": "poor.csv:4", "statement": "", "kind": None, "why": "statement is empty"},
    ]


def test_preview_with_the_same_seed_prints_the_same_and_with_another_not(tmp_path):
    path = write(tmp_path / "a.toml", *(entry(f"s3-{n}") for n in range(9)))
    assert preview(path, seed=1) == preview(path, seed=1)
    assert preview(path, seed=1) != preview(path, seed=2)


def test_preview_of_a_path_that_is_missing(tmp_path):
    missing = tmp_path / "none.csv"
    assert refusal("preview_questions", missing) == f"{missing}: no such file or folder"


def test_preview_of_a_folder_without_facts(tmp_path):
    assert refusal("preview_questions", tmp_path) == f"{tmp_path}: holds no file that ends in .csv or .toml"
