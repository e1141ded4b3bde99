"""The commands, as they are typed: what they print, refuse and change."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client

from facts.models import Blank, Claim, Fact, FalseStatement, Family, Player, Question, Scenario, Service
from facts.questions.generate import Generator
from facts.services import questions
from tests.commands import S3, entry, refusal, run, write
from tests.factories import make_fact, make_player

MANAGE = [sys.executable, str(django_settings.BASE_DIR / "manage.py")]


def bank_rows():
    """Everything that the bank's tables hold."""
    models = (Family, Service, Fact, FalseStatement, Blank, Scenario, Question)
    claims = sorted(Claim.objects.values_list("fact", "key", "is_true"))
    return {model: list(model.objects.order_by("pk").values()) for model in models} | {Claim: claims}


# load_facts: the whole bank


@pytest.mark.django_db
def test_load_facts_loads_the_whole_bank_and_makes_questions_of_six_kinds():
    out = run("load_facts")
    facts, questions = Fact.objects.count(), Question.objects.count()
    assert out == (
        f"Facts: {facts} added, 0 changed, 0 unchanged, 0 withdrawn. Questions: {questions} made, 0 kept, 0 retired.\n"
    )
    assert facts > 250
    assert min(Counter(Question.objects.values_list("kind", flat=True)).values()) > 100
    assert set(Question.objects.values_list("kind", flat=True)) == set(Question.Kind.values)
    assert not Fact.objects.filter(questions=None).exists()
    assert set(Question.objects.values_list("state", flat=True)) == {"live"}


@pytest.mark.django_db
def test_load_facts_of_the_whole_bank_again_changes_nothing():
    run("load_facts")
    before = bank_rows()
    out = run("load_facts")
    assert out == (
        f"Facts: 0 added, 0 changed, {Fact.objects.count()} unchanged, 0 withdrawn. "
        "Questions: 0 made, 0 kept, 0 retired.\n"
    )
    assert bank_rows() == before
    count = Question.objects.count()
    assert run("remake_questions") == f"Questions: 0 made, {count} kept, 0 retired.\n"
    assert bank_rows() == before


# load_facts: what it takes from a file


@pytest.mark.django_db
def test_load_facts_takes_every_field_of_an_entry(tmp_path):
    wrong = [{"text": f"Cause {n}.", "why": f"Not {n}."} for n in range(3)]
    full = entry(
        status="changed",
        note="It was 12 hours until May 2026.",
        explanation="A log is kept for a day.",
        reference="https://docs.example.org/log",
        evidence="Guide, chapter 2",
        key_point=43,
        false_statements=["Amazon S3 keeps no log.", {"text": "Amazon S3 sells the log.", "why": "It is private."}],
        blank=[{"answer": "24 hours", "distractors": ["1 hour", "2 days", "3 weeks"]}],
        scenario=[{"stem": "Gone. Why?", "answer": "It expired.", "answer_why": "A day.", "distractor": wrong}],
        services=["s3", "ebs"],
    )
    full += "checked_on = 2026-11-23\nverified = true\n"
    run("load_facts", write(tmp_path / "a.toml", full, services=S3 + S3.replace("s3", "ebs").replace("S3", "EBS")))
    fact = Fact.objects.with_content().get()
    assert (fact.status, fact.note, fact.explanation) == (
        "changed",
        "It was 12 hours until May 2026.",
        "A log is kept for a day.",
    )
    assert (fact.reference, fact.evidence, fact.key_point) == ("https://docs.example.org/log", "Guide, chapter 2", "43")
    assert (str(fact.checked_on), fact.source, fact.domain) == ("2026-11-23", "a.toml", "new-solutions")
    assert (fact.service.name, [str(also) for also in fact.other_services.all()]) == ("Amazon S3", ["Amazon EBS"])
    falses = [(false.text, false.why) for false in fact.false_statements.all()]
    assert falses == [("Amazon S3 keeps no log.", ""), ("Amazon S3 sells the log.", "It is private.")]
    assert [(blank.answer, blank.distractors) for blank in fact.blanks.all()] == [
        ("24 hours", ["1 hour", "2 days", "3 weeks"])
    ]
    assert [(story.answer, story.distractors) for story in fact.scenarios.all()] == [("It expired.", wrong)]


@pytest.mark.django_db
def test_load_facts_takes_a_changed_entry_and_only_that(tmp_path):
    path = write(tmp_path / "a.toml", entry("s3-a"), entry("s3-b"))
    run("load_facts", path)
    untouched = Fact.objects.get(slug="s3-b").updated_at
    write(path, entry("s3-a", statement="Amazon S3 keeps the log for 48 hours now."), entry("s3-b"))
    out = run("load_facts", path)
    # Of the other fact one question is another one now: its blank must not offer what became true here.
    assert out == ("Facts: 0 added, 1 changed, 1 unchanged, 0 withdrawn. Questions: 2 made, 3 kept, 3 retired.\n")
    assert Fact.objects.get(slug="s3-a").statement == "Amazon S3 keeps the log for 48 hours now."
    assert Fact.objects.get(slug="s3-b").updated_at == untouched


@pytest.mark.django_db
def test_load_facts_of_a_file_uses_services_that_are_stored(tmp_path):
    run("load_facts", write(tmp_path / "services.toml"))
    run("load_facts", write(tmp_path / "a.toml", entry(), services=""))
    assert Fact.objects.get().service.name == "Amazon S3"


@pytest.mark.django_db
def test_load_facts_shows_no_progress_where_nobody_looks(tmp_path):
    out = run("load_facts", write(tmp_path / "a.toml", entry()))
    assert out == "Facts: 1 added, 0 changed, 0 unchanged, 0 withdrawn. Questions: 3 made, 0 kept, 0 retired.\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["load_facts", "remake_questions"])
def test_progress_on_a_terminal_ends_before_the_counts(tmp_path, command):
    path = write(tmp_path / "a.toml", entry("s3-a"), entry("s3-b"))
    out = Terminal()
    if command == "remake_questions":
        run("load_facts", path)
        call_command(command, stdout=out)
    else:
        call_command(command, str(path), stdout=out)
    progress, counts = out.getvalue().splitlines()[-2:]
    assert progress.rpartition("\r")[2] == f"Making questions [{'#' * 30}] 2/2"
    assert counts.endswith("kept, 0 retired.")


@pytest.mark.django_db
def test_load_facts_has_a_line_of_progress_for_each_part_of_the_work(tmp_path):
    out = Terminal()
    call_command("load_facts", str(write(tmp_path / "a.toml", entry("s3-a"), entry("s3-b"))), stdout=out)
    parts = [line.rpartition("\r")[2] for line in out.getvalue().split("\n")[:-2]]
    full = f"[{'#' * 30}]"
    assert parts == [
        f"Reading files {full} 1/1",
        f"Storing facts {full} 2/2",
        f"Making questions {full} 2/2",
    ]


@pytest.mark.django_db
def test_load_facts_remakes_what_a_former_version_of_a_rule_made(tmp_path):
    path = write(tmp_path / "a.toml", entry("s3-a"), entry("s3-b"))
    run("load_facts", path)
    Question.objects.filter(fact__slug="s3-a").update(rule="statement/0", fingerprint=Concat(Value("old "), "pk"))
    assert run("load_facts", path).endswith("Questions: 3 made, 3 kept, 3 retired.\n")
    assert set(Question.objects.filter(state="retired").values_list("rule", flat=True)) == {"statement/0"}
    assert run("load_facts", path).endswith("Questions: 0 made, 0 kept, 0 retired.\n")


# load_facts: all or nothing


@pytest.mark.django_db
def test_load_facts_interrupted_while_it_stores_questions_changes_nothing_and_runs_again(tmp_path, monkeypatch):
    path = write(tmp_path / "a.toml", entry("s3-a"), entry("s3-b"))
    make = Generator.questions_about

    def make_until_interrupted(generator, fact_id):
        if fact_id == "s3-b":
            assert Question.objects.filter(fact__slug="s3-a").exists()
            raise KeyboardInterrupt  # as Ctrl+C does; a signal may come where nobody hears of what it raises
        return make(generator, fact_id)

    with monkeypatch.context() as patch:
        patch.setattr(questions, "_FACTS_AT_A_TIME", 1)
        patch.setattr(Generator, "questions_about", make_until_interrupted)
        with pytest.raises(CommandError, match="^Interrupted; nothing was changed.$") as refused:
            run("load_facts", path)
    assert refused.value.returncode == 130
    assert (Fact.objects.count(), Question.objects.count(), Claim.objects.count()) == (0, 0, 0)
    assert run("load_facts", path).startswith("Facts: 2 added, 0 changed")


@pytest.mark.django_db
def test_load_facts_with_one_bad_file_changes_nothing_and_names_every_fault(tmp_path):
    folder = tmp_path / "bank"
    write(folder / "good.toml", entry("s3-good"))
    run("load_facts", folder)
    before = bank_rows()
    write(folder / "good.toml", entry("s3-good", explanation="Better."), entry("s3-new"))
    write(
        folder / "poor.toml",
        entry("s3-poor", domain="elsewhere", status="old", reference="ftp://x", services=["s3", "s4"]),
        entry("s3-good"),
        entry(None, colour="red"),
        entry("s3-blank", blank=[{"answer": "24 hours", "distractors": ["1 day", "60 minutes", "1 hour"]}]),
        entry("s3-told", status="changed"),
        services="",
    )
    assert refusal("load_facts", folder).splitlines() == [
        "poor.toml: s3-poor: services: 's4' is not a known service (services.toml lists them)",
        "poor.toml: s3-poor: domain: is 'elsewhere', must be one of "
        "organizational-complexity, new-solutions, continuous-improvement, migration-modernization",
        "poor.toml: s3-poor: status: is 'old', must be one of current, changed, corrected, retired",
        "poor.toml: s3-poor: reference: 'ftp://x' is not a web address",
        "poor.toml: s3-good: id: is used by another fact, in good.toml",
        "poor.toml: fact number 3: colour: is no field of a fact",
        "poor.toml: fact number 3: id: is missing",
        "poor.toml: s3-blank: blank[1].distractors[1]: '1 day' means the same as another option",
        "poor.toml: s3-blank: blank[1].distractors[3]: '1 hour' means the same as another option",
        "poor.toml: s3-told: note: is missing: a fact that is changed tells what changed and since when",
        "10 faults found; nothing was changed.",
    ]
    assert bank_rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[[fact]\n", "is not valid TOML: Expected ']]' at the end of an array declaration (at line 1, column 7)"),
        (b"\x89PNG\r\n\x1a\n\x00", "is not text in UTF-8 (byte 0): is it a TOML file?"),
        (b"a = " + b"[" * 5000, "is nested too deeply to be a fact file"),
        (b"colour = 1", "colour: is not known here: a file has [services.*] and [[fact]]"),
        (b"[fact]\nid = 1", "fact: must be written as [[fact]], one after another"),
        (b"[services.s3]\nname = 'S3'", "services.s3.family: must be a text of 1 to 100 characters"),
    ],
    ids=["broken", "binary", "deep", "unknown", "table", "service"],
)
def test_load_facts_says_what_is_wrong_with_a_file(tmp_path, content, fault):
    (tmp_path / "odd.toml").write_bytes(content)
    write(tmp_path / "good.toml", entry())
    assert refusal("load_facts", tmp_path) == f"odd.toml: {fault}\n1 fault found; nothing was changed."
    assert not Fact.objects.exists()


@pytest.mark.django_db
def test_load_facts_from_a_path_that_is_missing(tmp_path):
    good = write(tmp_path / "good.toml", entry())
    missing = tmp_path / "none.toml"
    assert refusal("load_facts", good, missing) == f"{missing}: no such file or folder"
    assert not Fact.objects.exists()


@pytest.mark.django_db
def test_load_facts_from_a_folder_without_files_withdraws_nothing(tmp_path):
    make_fact(source="a.toml")
    (tmp_path / "notes.txt").write_text("Nothing here.")
    assert refusal("load_facts", tmp_path) == f"{tmp_path}: holds no file that ends in .toml"
    assert Fact.objects.in_bank().count() == 1


def test_load_facts_with_a_fault_ends_with_exit_code_1(make_database, tmp_path):
    (tmp_path / "odd.toml").write_text("[[fact]\n")
    environment = os.environ | {"DATABASE_URL": make_database()}
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment, check=True, timeout=60)
    done = subprocess.run(
        [*MANAGE, "load_facts", str(tmp_path)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "CommandError: odd.toml: is not valid TOML: "
        "Expected ']]' at the end of an array declaration (at line 1, column 7)",
        "1 fault found; nothing was changed.",
    ]


# load_facts: facts that leave and come back


@pytest.fixture
def two_files(db, tmp_path):
    """A folder with two loaded files: a.toml with s3-a1 and s3-a2, b.toml with s3-b."""
    folder = tmp_path / "bank"
    write(folder / "a.toml", entry("s3-a1"), entry("s3-a2"))
    write(folder / "b.toml", entry("s3-b"))
    run("load_facts", folder)
    return folder


def withdrawn():
    return list(Fact.objects.filter(is_withdrawn=True).values_list("slug", flat=True))


@pytest.mark.django_db
def test_load_facts_withdraws_a_fact_that_left_and_deletes_nothing(two_files):
    questions = Question.objects.filter(fact__slug="s3-a2")
    live = set(questions.values_list("pk", flat=True))
    write(two_files / "a.toml", entry("s3-a1"))
    out = run("load_facts", two_files)
    assert out == "Facts: 0 added, 0 changed, 2 unchanged, 1 withdrawn. Questions: 0 made, 6 kept, 3 retired.\n"
    assert withdrawn() == ["s3-a2"]
    assert set(questions.filter(state="retired").values_list("pk", flat=True)) == live
    assert not Question.objects.exclude(state="retired").filter(facts__slug="s3-a2").exists()
    assert not Claim.objects.filter(fact__slug="s3-a2").exists()


@pytest.mark.django_db
def test_load_facts_withdraws_the_facts_of_a_file_that_left_the_folder(two_files):
    (two_files / "b.toml").unlink()
    run("load_facts", two_files)
    assert withdrawn() == ["s3-b"]


@pytest.mark.django_db
def test_load_facts_of_one_file_withdraws_only_facts_of_that_file(two_files):
    write(two_files / "b.toml", entry("s3-b2"))
    run("load_facts", two_files / "b.toml")
    assert withdrawn() == ["s3-b"]


@pytest.mark.django_db
def test_load_facts_with_keep_withdraws_nothing(two_files):
    write(two_files / "b.toml", entry("s3-b2"))
    out = run("load_facts", two_files, keep=True)
    assert out.startswith("Facts: 1 added, 0 changed, 2 unchanged, 0 withdrawn.")
    assert withdrawn() == []


@pytest.mark.django_db
def test_load_facts_brings_a_fact_back_with_the_same_questions(two_files):
    before = list(Question.objects.order_by("pk").values())
    write(two_files / "a.toml", entry("s3-a1"))
    run("load_facts", two_files)
    write(two_files / "a.toml", entry("s3-a1"), entry("s3-a2"))
    out = run("load_facts", two_files)
    assert out == "Facts: 0 added, 1 changed, 2 unchanged, 0 withdrawn. Questions: 3 made, 6 kept, 0 retired.\n"
    assert list(Question.objects.order_by("pk").values()) == before
    assert withdrawn() == []


# load_facts: facts that were edited in the admin


def edit_in_admin(client, fact, **changes):
    """Save the fact's page in the admin, with these fields changed."""
    form = client.get(f"/admin/facts/fact/{fact.pk}/change/").context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items() if value is not False}
    for rows in ("false_statements", "blanks", "scenarios"):
        data |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
    response = client.post(f"/admin/facts/fact/{fact.pk}/change/", data | changes)
    assert response.status_code == 302, response.context["errors"]


def test_load_facts_keeps_what_was_edited_in_the_admin(two_files, editor_client):
    fact = Fact.objects.get(slug="s3-b")
    edit_in_admin(editor_client, fact, explanation="Mended by hand.")
    assert run("load_facts", two_files).startswith("Facts: 0 added, 0 changed, 3 unchanged, 0 withdrawn.")
    write(two_files / "b.toml", entry("s3-b", explanation="From the file."))
    facts, kept = run("load_facts", two_files).splitlines()
    assert facts.startswith("Facts: 0 added, 0 changed, 2 unchanged, 0 withdrawn.")
    assert kept == "Kept as edited here, though their files changed (--overwrite takes the files): s3-b"
    fact.refresh_from_db()
    assert fact.explanation == "Mended by hand."


def test_load_facts_with_overwrite_takes_the_file(two_files, editor_client):
    fact = Fact.objects.get(slug="s3-b")
    edit_in_admin(editor_client, fact, explanation="Mended by hand.")
    out = run("load_facts", two_files, overwrite=True)
    assert out.startswith("Facts: 0 added, 1 changed, 2 unchanged, 0 withdrawn.")
    fact.refresh_from_db()
    assert (fact.explanation, fact.is_edited) == ("", False)


@pytest.mark.django_db
def test_load_facts_never_withdraws_a_fact_made_in_the_admin(two_files):
    make_fact("s3-own", is_edited=True)
    run("load_facts", two_files)
    run("load_facts", two_files / "a.toml", overwrite=True)
    assert withdrawn() == []


# make_editor


@pytest.fixture
def pipe(monkeypatch):
    """Give it what is piped into the command."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.django_db
def test_make_editor_makes_an_account_that_can_sign_in_to_the_admin(pipe):
    pipe("correct horse battery\n")
    out = run("make_editor", "Erin@example.org")
    assert out == "erin@example.org is an editor now (new account). Sign in at /accounts/login/\n"
    client = Client()
    response = client.post("/accounts/login/", {"login": "erin@example.org", "password": "correct horse battery"})
    assert response.status_code == 302
    assert client.get("/admin/facts/fact/").status_code == 200


@pytest.mark.django_db
def test_make_editor_gives_exactly_the_rights_of_an_editor(pipe):
    pipe("correct horse battery\n")
    run("make_editor", "erin@example.org")
    erin = Player.objects.get()
    assert (erin.is_staff, erin.is_superuser, erin.is_guest) == (True, False, False)
    parts = {f"{right}_{part}" for right in ("view", "add", "change", "delete") for part in _PARTS}
    rows = {f"{right}_{row}" for right in ("view", "add", "change") for row in ("fact", "service", "family")}
    rights = {f"facts.{name}" for name in parts | rows | {"view_question", "change_question"}}
    assert erin.get_all_permissions() == rights


_PARTS = ("falsestatement", "blank", "scenario")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "This password is too short. It must contain at least 10 characters."),
        ("1234567890", "This password is too common."),
        ("", "This password is too short. It must contain at least 10 characters."),
    ],
)
def test_make_editor_refuses_a_weak_password_and_makes_nothing(pipe, password, message):
    pipe(f"{password}\n")
    assert refusal("make_editor", "erin@example.org") == message
    assert not Player.objects.exists()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_make_editor_refuses_what_is_no_address(pipe):
    pipe("correct horse battery\n")
    assert refusal("make_editor", "erin") == "Enter a valid email address."
    assert not Player.objects.exists()


def test_make_editor_with_reviewer_gives_the_right_to_judge_and_none_to_write(alice):
    assert run("make_editor", alice.email, reviewer=True).startswith("alice@example.org is a reviewer now.")
    rights = Player.objects.get().get_all_permissions()
    assert "facts.change_question" in rights
    assert {right for right in rights if ".view_" not in right} == {"facts.change_question"}


def test_make_editor_of_a_member_keeps_the_password_and_asks_for_none(alice, pipe):
    pipe("another password\n")
    out = run("make_editor", "ALICE@example.org")
    assert out == "alice@example.org is an editor now. Sign in at /accounts/login/\n"
    assert sys.stdin.read() == "another password\n"
    editor = Player.objects.get()
    assert (editor.pk, editor.is_staff, editor.check_password("correct horse")) == (alice.pk, True, True)


def test_make_editor_with_owner_gives_all_rights_and_without_takes_none(alice):
    assert run("make_editor", alice.email, owner=True).startswith("alice@example.org is an owner now.")
    run("make_editor", alice.email)
    assert Player.objects.get().is_superuser


@pytest.mark.django_db
def test_make_editor_leaves_guests_alone(pipe):
    guest = make_player("guest", is_guest=True)
    pipe("correct horse battery\n")
    run("make_editor", guest.email)
    guest.refresh_from_db()
    assert (guest.is_staff, Player.objects.count()) == (False, 2)


# serve


@pytest.fixture
def taken_port():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield busy.getsockname()[1]


@pytest.fixture
def started(monkeypatch):
    """The commands that would have taken this process's place."""
    commands = []
    monkeypatch.setattr(os, "execve", lambda program, arguments, environment: commands.append(arguments))
    return commands


def test_serve_on_a_port_in_use_says_so_in_one_line(taken_port):
    environment = os.environ | {"PORT": str(taken_port), "HOST": "127.0.0.1", "DEBUG": "true"}
    done = subprocess.run([*MANAGE, "serve"], env=environment, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"CommandError: Cannot listen on 127.0.0.1:{taken_port}: Address already in use. "
        f"Another port: PORT={taken_port + 1} make run\n"
    )


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "٨٠", " 80"])
def test_serve_refuses_what_is_no_port(monkeypatch, settings, started, port):
    settings.DEBUG = True
    monkeypatch.setenv("PORT", port)
    assert refusal("serve") == f"PORT must be a whole number from 1 to 65535, not {port!r}."
    assert started == []


def test_serve_refuses_a_number_of_workers_that_cannot_be(monkeypatch, settings, started):
    settings.DEBUG = True
    monkeypatch.setenv("WORKERS", "0")
    assert refusal("serve") == "WORKERS must be a whole number from 1 to 256, not '0'."
    assert started == []


def test_serve_without_static_files_says_how_to_collect_them(settings, tmp_path, started):
    settings.STATIC_ROOT = tmp_path
    assert refusal("serve") == ("The static files are not collected yet: run python manage.py collectstatic first.")
    assert started == []


@pytest.fixture
def server(make_database):
    """A server as `make run` starts it, on a database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": make_database(), "DEBUG": "true"}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1"}
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment, check=True, timeout=60)
    options = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen([*MANAGE, "serve"], env=environment, **options) as process:
        yield process, f"http://127.0.0.1:{port}"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(address):
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.status
        except OSError:
            time.sleep(0.1)
    return None


def test_serve_answers_says_where_and_stops_when_told(server):
    process, address = server
    assert wait_for(f"{address}/healthz") == 200
    assert process.stdout.readline() == f"Examprep is at {address}/ - Ctrl+C stops it.\n"
    assert "make_editor you@example.org" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=15) == 0


def test_load_facts_remakes_what_an_older_rule_made(two_files):
    """As after an update of Examprep: the files are the same, the rules are not."""
    old = Question.objects.filter(state=Question.State.LIVE).first()
    Question.objects.filter(pk=old.pk).update(rule="old/1", fingerprint="old")
    run("load_facts", two_files)
    assert not Question.objects.filter(rule="old/1").exclude(state=Question.State.RETIRED).exists()
    assert Question.objects.filter(stem=old.stem, kind=old.kind, state=Question.State.LIVE).exists()


def test_load_facts_takes_the_new_name_of_a_service_into_its_questions(two_files):
    for path in two_files.iterdir():
        path.write_text(path.read_text().replace('name = "', 'name = "Renamed '))
    run("load_facts", two_files)
    assert run("remake_questions") == "Questions: 0 made, 9 kept, 0 retired.\n"


@pytest.mark.django_db
def test_load_facts_gives_families_that_look_alike_slugs_of_their_own(tmp_path):
    families = {"s1": "New Storage", "s2": "new storage", "s3": "!!!", "s4": "???"}
    tables = [f'[services.{slug}]\nname = "Service {slug}"\nfamily = "{family}"\n' for slug, family in families.items()]
    (tmp_path / "services.toml").write_text("\n".join(tables))
    run("load_facts", tmp_path)
    slugs = set(Family.objects.values_list("slug", flat=True))
    assert slugs == {"new-storage", "new-storage-2", "family", "family-2"}


def test_load_facts_brings_an_edited_fact_back_with_its_edit(two_files, editor_client):
    fact = Fact.objects.filter(source="b.toml").first()
    edit_in_admin(editor_client, fact, explanation="Edited here.")
    text = (two_files / "b.toml").read_text()
    (two_files / "b.toml").unlink()
    run("load_facts", two_files)
    (two_files / "b.toml").write_text(text)
    run("load_facts", two_files)
    fact.refresh_from_db()
    assert (fact.is_withdrawn, fact.explanation) == (False, "Edited here.")


def test_load_facts_follows_an_entry_into_another_file(two_files):
    moved = (two_files / "b.toml").read_text()
    (two_files / "c.toml").write_text(moved)
    (two_files / "b.toml").unlink()
    run("load_facts", two_files)
    run("load_facts", two_files / "a.toml")
    assert withdrawn() == set() or withdrawn() == []


def test_load_facts_refuses_what_a_stored_fact_says_already(two_files, tmp_path):
    fact = Fact.objects.filter(source="a.toml").first()
    path = tmp_path / "twin.toml"
    write(path, entry("s3-twin", statement=fact.statement))
    assert f"says the same as that of {fact.slug}, which is stored already" in refusal("load_facts", path)
    assert not Fact.objects.filter(slug="s3-twin").exists()
