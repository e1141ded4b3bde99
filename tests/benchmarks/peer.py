"""What the comparison asks of every program that takes part, and a place for those that come from a registry."""

import json
import os
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.benchmarks.client import Browser, Reply, exchange

_INSTALL_SECONDS = 900
_COMMAND_SECONDS = 300
_START_SECONDS = 120
_STOP_SECONDS = 20


class Unavailable(Exception):
    """A peer could not be installed, started or played, and why."""


class Program(ABC):
    """A server, and everybody who plays on it, all of them at the same question."""

    name: str
    version: str
    port: int
    pid: int
    confirmed = 0  # answers that the server said it took
    refused = 0

    @abstractmethod
    def begin(self, players: int, length: int) -> None:
        """Start a quiz for each of the players; the first question is then open."""

    @abstractmethod
    def answers(self) -> list[bytes]:
        """The requests with everybody's answer."""

    @abstractmethod
    def see_answers(self, replies: Sequence[Reply]) -> None:
        """Note what was confirmed."""

    def questions(self) -> list[bytes]:
        """The requests for everybody's next question; none where the first request of a quiz brought all of them."""
        return []

    def see_questions(self, replies: Sequence[Reply]) -> None:  # noqa: B027  (most of what a peer may leave out)
        """Open what came."""

    def end(self) -> None:  # noqa: B027
        """Do what a player does after the last answer."""

    @abstractmethod
    def find_wrong(self) -> list[str]:
        """What the program's own database says otherwise than the players were told. Asked when it no longer runs."""

    def count(self, replies: Sequence[Reply], is_confirmed: Sequence[bool]) -> None:
        assert len(replies) == len(is_confirmed)
        self.confirmed += sum(is_confirmed)
        self.refused += len(is_confirmed) - sum(is_confirmed)


class Client(Browser):
    """A browser whose page talks JSON with its server."""

    def message(self, method: str, path: str, payload: Any = None, headers: Mapping[str, str] | None = None) -> bytes:
        """The bytes to send, with the headers of ``Browser``."""
        head, _, _ = self.request(method, path).partition(b"\r\n\r\n")
        body = b"" if payload is None else json.dumps(payload, separators=(",", ":")).encode()
        lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
        if payload is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return b"\r\n".join([head, *(line.encode() for line in lines)]) + b"\r\n\r\n" + body

    def call(self, method: str, path: str, payload: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """What the server answers to one request, which must succeed."""
        [reply] = exchange(self.port, [self.message(method, path, payload, headers)]).replies
        self.keep(reply)
        if reply.status not in (200, 201):
            raise Unavailable(
                f"{method} {path} came back with status {reply.status}: {' '.join(reply.text.split())[:200]}"
            )
        return json.loads(reply.text)


def environment(folder: Path, name: str, pins: Sequence[str]) -> Path:
    """The programs of a virtual environment that holds these packages; made at the first call, then kept."""
    place = folder / name
    mark = place / "installed"
    wanted = "\n".join([sys.version, *pins])
    if not mark.exists() or mark.read_text() != wanted:
        print(f"Installing {', '.join(pins)} in {place}", file=sys.stderr)
        shutil.rmtree(place, ignore_errors=True)
        _succeed([sys.executable, "-m", "venv", str(place)], _INSTALL_SECONDS)
        pip = [str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        _succeed([*pip, *pins], _INSTALL_SECONDS)
        mark.write_text(wanted)
    return place / "bin"


def run(command: Sequence[str], home: Path, variables: Mapping[str, str]) -> None:
    """Run a command of a peer's own in its home, with these variables and no others."""
    _succeed(command, _COMMAND_SECONDS, home, _variables(home, variables))


@contextmanager
def launched(command: Sequence[str], home: Path, variables: Mapping[str, str], port: int, path: str) -> Iterator[int]:
    """Start a server of a peer's own, wait until it has answered at the path, and yield the id of its process."""
    log = home / "benchmark.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=home,
            env=_variables(home, variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(server, port, path, log)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _variables(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **variables}


def _wait_for(server: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    browser = Browser(port)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError, ValueError):
            [reply] = exchange(port, [browser.request("GET", path)]).replies
            if reply.status == 200:
                return
        time.sleep(0.1)
    raise Unavailable(f"did not start: {_last_line(log.read_text(errors='replace'))}")


def _succeed(
    command: Sequence[str], seconds: float, home: Path | None = None, variables: Mapping[str, str] | None = None
) -> None:
    """Run it, or say with the last line that it printed why that is not possible."""
    words = " ".join(Path(word).name if word.startswith("/") else word for word in command[:4])
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{words} did not run: {error}") from error
    if done.returncode:
        raise Unavailable(f"{words} failed: {_last_line(done.stdout)}")


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")
