"""The production server with two workers: restarted under load, stopped under load, and its figures."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import pytest
from django.conf import settings

TOKEN = "a token of twenty characters"


class Load:
    """Four clients who ask again and again, each time on a new connection, as a proxy that keeps none asks."""

    def __init__(self, port):
        self.port = port
        self.seen = Counter()
        self.stopped = threading.Event()
        self.clients = [threading.Thread(target=self.ask) for _ in range(4)]

    def ask(self):
        while not self.stopped.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.seen["refused"] += 1
                time.sleep(0.02)
                continue
            try:
                connection.request("GET", "/facts/")
                response = connection.getresponse()
                response.read()
                self.seen[response.status] += 1
            except ConnectionResetError:
                # By the system, of a connection that no worker had taken when the last one closed the door; of one
                # that was taken, the end would come as "closed connection without response".
                self.seen["reset"] += 1
            except (OSError, http.client.HTTPException) as error:
                self.seen[repr(error)] += 1
            finally:
                connection.close()

    def wait_for_more(self, count=60):
        until = sum(self.seen.values()) + count
        ends = time.monotonic() + 60
        while sum(self.seen.values()) < until:
            assert time.monotonic() < ends, self.seen
            time.sleep(0.02)

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *error):
        self.stopped.set()
        for client in self.clients:
            client.join(timeout=40)


@pytest.fixture
def server(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Debug mode needs no collected static files.
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/exam.sqlite3", "PORT": str(port), "WORKERS": "2", "DEBUG": "true"}
    environment = os.environ | own | {"METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path)}
    manage = [sys.executable, "manage.py"]
    program = tmp_path / "program"  # a copy, so that a test can put a new one there
    for name in ("examprep", "facts", "static", "templates"):
        shutil.copytree(settings.BASE_DIR / name, program / name)
    shutil.copy(settings.BASE_DIR / "manage.py", program)
    options = {"cwd": program, "env": environment}
    subprocess.run([*manage, "migrate", "--verbosity=0"], check=True, **options)
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([*manage, "serve"], stdout=log, stderr=log, **options)
    ends = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                break
        assert time.monotonic() < ends
        time.sleep(0.05)
    yield process, port
    process.kill()
    process.wait(timeout=20)


def read_figures(port, token=TOKEN):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    with closing(connection):
        return response.status, response.read().decode()


def change(program, path, before, after):
    """Put a new program in the place of the one that is served."""
    old = (program / path).read_text()
    assert before in old
    (program / path).write_text(old.replace(before, after))


def read_health(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().read()


def workers_of(process):
    found = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(process.pid)], text=True)
    return set(found.split())


def test_no_request_fails_while_workers_are_replaced_and_none_that_was_taken_when_all_stop(server, tmp_path):
    process, port = server
    assert read_health(port) == b"ok\n"
    with Load(port) as load:
        load.wait_for_more()
        before = workers_of(process)
        change(tmp_path / "program", "facts/views/errors.py", '"ok\\n"', '"new\\n"')
        process.send_signal(signal.SIGHUP)
        ends = time.monotonic() + 60
        while before & workers_of(process):
            assert time.monotonic() < ends
            time.sleep(0.05)
        load.wait_for_more()
        assert set(load.seen) == {200}
    answered = load.seen[200]
    assert read_health(port) == b"new\n"  # by the program that is there now

    # Two workers of now and two of before counted these; whoever is asked knows them all.
    for _ in range(4):
        status, figures = read_figures(port)
        counted = re.search(r'examprep_requests_total\{method="GET",status="200",view="facts"\} ([\d.]+)', figures)
        assert (status, float(counted[1])) == (200, answered)
    assert re.search(rf'examprep_request_seconds_count{{view="facts"}} {answered}\.0', figures)
    assert "examprep_queue_length 0\n" in figures
    assert read_figures(port, "a token that is not the one")[0] == 401

    with Load(port) as load:
        load.wait_for_more()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        load.wait_for_more(20)
    assert set(load.seen) - {"reset"} == {200, "refused"}
