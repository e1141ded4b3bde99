"""A temporary folder in which Examprep is set up, and servers that run on it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
EXAMPREP = "examprep.wsgi:application"
# Of the shell's environment only these: no variable of Examprep's or granian's may change what is measured.
_KEPT = {"PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR"}
_START_SECONDS = 30


@contextmanager
def workplace(*, bank: bool = True, static: bool = False, server: str = "") -> Iterator[Path]:
    """Set Django up in this process on a fresh database in a temporary folder, and yield the folder.

    With ``bank`` the shipped facts are loaded, with ``static`` the static files are collected. ``server`` is the URL of
    a database server, else the database is a file of SQLite. Models can be imported
    from here on only, hence the imports inside functions in the benchmarks.
    """
    with TemporaryDirectory(prefix="examprep-benchmark-") as name:
        for variable in set(os.environ) - _KEPT:
            del os.environ[variable]
        os.environ |= {
            "BENCHMARK_FOLDER": name,
            "DATABASE_URL": f"{server}/examprep" if server else f"sqlite:///{name}/examprep.sqlite3",
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "SECRET_KEY": "only for the length of a benchmark, and on 127.0.0.1 only",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        if static:
            call_command("collectstatic", interactive=False, verbosity=0)
        if bank:
            call_command("load_facts", stdout=StringIO())
        try:
            yield Path(name)
        finally:
            django.db.connections.close_all()


@contextmanager
def serving(application: str = EXAMPREP) -> Iterator[int]:
    """Serve the WSGI application as ``manage.py serve`` serves Examprep, and yield the port."""
    with started(application) as (port, _):
        yield port


@contextmanager
def started(application: str = EXAMPREP) -> Iterator[tuple[int, int]]:
    """As ``serving``, with the process id too."""
    port = free_port()
    server = subprocess.Popen(_serve_command(application, port), cwd=ROOT, start_new_session=True)
    try:
        _wait_until_up(server, port)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _serve_command(application: str, port: int) -> list[str]:
    """The command line that ``manage.py serve`` would turn into, for another application."""
    with patch("os.execve") as execute, patch.dict(os.environ, PORT=str(port)):
        call_command("serve", stdout=StringIO())
    _, arguments, _ = execute.call_args.args
    assert arguments[-1] == EXAMPREP
    if application != EXAMPREP:
        arguments = ["granian" if word == "examprep.server" else word for word in arguments]  # which loads Examprep
    return [sys.executable, *arguments[1:-1], application]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def memory(server: int) -> tuple[float, float]:
    """Proportional set size in MB, of the workers of this server, and of them with the process that started them.

    What several processes share counts once. Of what the workers share with the process that started them, a share is
    in the second figure only.
    """
    of_workers = sum(map(_memory, _children(server)))
    return of_workers, of_workers + _memory(server)


def server_memory(server: int) -> float:
    """Proportional set size of the server's own process and of all under it, in MB."""
    return _memory(server) + sum(map(server_memory, _children(server)))


def _children(pid: int) -> list[int]:
    """Of all threads: a worker can have been started by any of them."""
    return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _wait_until_up(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"The server on port {port} did not come up.")
