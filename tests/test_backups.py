"""Backup and restore, by the commands that an operator types, on the engine of the run."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

MAKE_HISTORY = (
    "from tests.factories import answer_quiz, make_player, make_quiz; "
    "answer_quiz(make_quiz(make_player('Alice'), length=5), right=3)"
)
READ_HISTORY = (
    "from facts.models import QuizQuestion; "
    "print(*QuizQuestion.objects.order_by('pk').values_list('player__display_name', 'stem', 'options', 'is_right'))"
)


def manage(url, *arguments):
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "examprep.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
    )


def run(url, *arguments):
    done = manage(url, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_history(url):
    return run(url, "shell", "--no-imports", "-c", READ_HISTORY)


@pytest.fixture
def urls(make_database):
    """The URLs of two empty databases."""
    return [make_database(), make_database()]


def test_history_is_all_there_after_a_restore_and_players_are_replaced_only_when_told(urls, tmp_path):
    first, second = urls
    file = tmp_path / "backup"
    run(first, "migrate", "--verbosity=0")
    run(first, "shell", "--no-imports", "-c", MAKE_HISTORY)
    history = read_history(first)
    assert history.count("'Alice'") == 5

    run(first, "back_up", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "exists already" in manage(first, "back_up", file).stderr
    run(second, "restore", file)  # into a database without a table
    assert read_history(second) == history

    run(first, "shell", "--no-imports", "-c", MAKE_HISTORY.replace("Alice", "Bob"))
    refused = manage(first, "restore", file)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    assert "'Bob'" in read_history(first)
    noise = tmp_path / "noise"
    noise.write_bytes(b"no database " * 1000)
    refused = manage(first, "restore", "--replace", noise)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "'Bob'" in read_history(first)

    run(first, "restore", "--replace", file)
    assert read_history(first) == history
    run(first, "migrate", "--check")
