"""Limits counted by a real Valkey or Redis server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="neither valkey-server nor redis-server is installed")
GUESS_THREE_TIMES = """
from django.test import Client
for _ in range(3):
    data = {"login": "alice@example.org", "password": "wrong"}
    page = Client(headers={"host": "localhost"}).post("/accounts/login/", data).content.decode()
    print("Too many failed login attempts" in page)
"""


@pytest.fixture
def cache_url(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [SERVER, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                break
        time.sleep(0.05)
    yield f"valkey://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=20)


def test_guesses_are_counted_over_processes_by_the_server_that_cache_url_names(cache_url, tmp_path):
    # Debug mode needs no collected static files.
    own = {"CACHE_URL": cache_url, "DATABASE_URL": f"sqlite:///{tmp_path}/exam.sqlite3", "DEBUG": "true"}
    environment = os.environ | own

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    manage("migrate", "--verbosity=0")
    guesses = [manage("shell", "--no-imports", "-c", GUESS_THREE_TIMES).split() for _ in range(2)]
    assert guesses == [["False"] * 3, ["False", "False", "True"]]
    rows = "from django.db import connection; cursor = connection.cursor(); "
    rows += "cursor.execute('SELECT count(*) FROM rate_limits'); print(cursor.fetchone()[0])"
    assert manage("shell", "--no-imports", "-c", rows) == "0"
