"""The command edge_lab: what it prints, and what it refuses."""

import io
import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


def run(*arguments):
    out = io.StringIO()
    call_command("edge_lab", *map(str, arguments), stdout=out)
    return out.getvalue()


def document(*arguments):
    return json.loads(run("--json", *arguments))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_edge_lab_prints_the_log_and_the_summary():
    head, *lines = run("--requests", 12, "--concurrency", 4, "--seed", 7).splitlines()
    assert head.split() == ["time", "custom_header", "environment", "start", "version", "location", "cache", "visits"]
    assert [line.split()[3] for line in lines[:12]] == ["cold"] * 4 + ["warm"] * 8
    assert {line.split()[5] for line in lines[:12]} == {"FRA"}
    assert lines[12] == ""
    assert lines[13].startswith("Requests: 12 in ")
    assert lines[14] == "Environments: 4 at the edge, 4 of the target; 4 requests waited for a cold start."
    assert lines[15].startswith("Reuse: 8 requests found a value that was kept, for up to ")
    assert lines[16].startswith("Asking a table in a Region, 95 ms a time, would have taken 0.8 s.")
    assert lines[17].startswith("Latency: up to ")


def test_edge_lab_prints_one_document_for_scripts():
    printed = document("--requests", 1000, "--concurrency", 5, "--idle", 30, "--seed", 7)
    assert printed.keys() == {"seed", "settings", "log", "summary"}
    assert len(printed["log"]) == 1000
    assert printed["log"][0]["custom_header"] < printed["log"][0]["time"]
    summary = printed["summary"]
    assert (summary["requests"], summary["reused"]) == (1000, 1000 - summary["environments"])
    assert summary["seconds"] > 199 * 30


def test_edge_lab_same_seed_same_output():
    arguments = ("--requests", 50, "--concurrency", 3, "--idle", 500, "--sessions", 4)
    assert run(*arguments, "--seed", 7) == run(*arguments, "--seed", 7) != run(*arguments, "--seed", 8)


def test_edge_lab_sends_the_last_requests_too_if_they_are_fewer():
    assert document("--requests", 7, "--concurrency", 3)["summary"]["requests"] == 7


def test_edge_lab_idle_time_recycles_environments():
    log = document("--requests", 3, "--idle", 1200)["log"]
    assert [line["is_cold"] for line in log] == [True, True, True]
    assert len({line["custom_header"] for line in log}) == 3


def test_edge_lab_ttl_keeps_the_log_short():
    printed = document("--requests", 20, "--ttl", 3600, "--location", "nrt")
    assert (len(printed["log"]), printed["summary"]["cache_hits"]) == (1, 19)
    assert printed["log"][0]["location"] == "NRT"


def test_edge_lab_sessions_take_turns():
    log = document("--requests", 6, "--sessions", 2)["log"]
    assert [line["session_visits"] for line in log] == ["1", "1", "2", "2", "3", "3"]


def test_edge_lab_says_that_the_log_is_not_whole():
    assert "Only the lines of the last 1,000 requests are shown." in run("--requests", 1001, "--concurrency", 1000)


def test_edge_lab_shows_progress_on_a_terminal():
    terminal = Terminal()
    call_command("edge_lab", "--requests=30", "--concurrency=10", stdout=terminal)
    assert "\rSending requests [##########" in terminal.getvalue()
    assert "30/30" in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--requests", "0"], "The lab is sent from 1 to 10,000,000 requests, not 0."),
        (["--requests", "-3"], "The lab is sent from 1 to 10,000,000 requests, not -3."),
        (["--requests", "1000000000"], "The lab is sent from 1 to 10,000,000 requests, not 1,000,000,000."),
        (["--concurrency", "0"], "From 1 to 1,000 requests are in flight at once, not 0."),
        (["--concurrency", "1000000"], "From 1 to 1,000 requests are in flight at once, not 1,000,000."),
        (["--idle", "-1"], "From 0 to 604,800 seconds, a week, pass between requests, not -1.0."),
        (["--idle", "nan"], "From 0 to 604,800 seconds, a week, pass between requests, not nan."),
        (["--location", "XYZ"], "There is no edge location 'XYZ' in the lab; choose one of BOM, DUB, FRA,"),
        (["--ttl", "-1"], "A TTL is a whole number of seconds from 0 to 31,536,000, a year, not -1."),
        (["--sessions", "-1"], "There are from 0 to 1,000,000 sessions, not -1."),
        (["--seed", "-1"], "A seed is a whole number from 0 to"),
        (["--requests", "many"], "Error: argument --requests: invalid int value: 'many'"),
    ],
)
def test_edge_lab_refuses_what_cannot_be_meant_in_one_line(arguments, message):
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_edge_lab_needs_no_database(tmp_path):
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "edge_lab", "--requests", "2", "--json"]
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/none/here.sqlite3", "DEBUG": "1"}
    ran = subprocess.run(manage, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(json.loads(ran.stdout)["log"]) == 2
