"""The throw-away PostgreSQL of a test run goes away with the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection

from tests.cluster import ROOT


@pytest.fixture
def folder():
    """For temporary files, where the server's own user may go too."""
    with TemporaryDirectory(prefix="examprep-cluster-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL may not be installed")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_nothing_is_left_of_a_run_that_was_ended(folder, number):
    waits = "import os, sys; print(os.environ['DATABASE_URL'], flush=True); sys.stdin.read()"
    command = [sys.executable, "-m", "tests.cluster", sys.executable, "-c", waits]
    environment = os.environ | {"TMPDIR": str(folder)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **pipes) as run:
        assert run.stdout.readline().startswith("postgres://")
        assert len(list(folder.iterdir())) == 1
        os.killpg(run.pid, number)  # as a terminal does it, to the run and its command
    deadline = time.monotonic() + 60
    while list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
