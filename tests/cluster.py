"""A PostgreSQL server for the length of a test run or a benchmark, on 127.0.0.1, with its data in a temporary folder.

    python -m tests.cluster COMMAND...    runs the command with DATABASE_URL set to a fresh database

Nothing needs to be started before it or tidied up after it, however the run ends: a keeper, a process of its own, stops
the server and removes the folder when the pipe from the run to it closes, and the kernel closes that even after a
``kill -9``.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
OWNER = "postgres"  # the server refuses to run as root; then it runs as this user
# For data that nobody will miss, and of which no statistics come by themselves at whatever time.
LOOSE = "-c fsync=off -c full_page_writes=off -c autovacuum=off"


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@dataclass(frozen=True)
class Cluster:
    """A server that runs, or that a test has stopped."""

    binaries: str
    folder: str
    port: int
    password: str
    options: str

    @property
    def url(self) -> str:
        """Where databases are, without a name of one."""
        return f"postgres://{OWNER}:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        where = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._control("-w", "-l", f"{self.folder}/log", "-o", f"{where} {self.options}", "start")

    def stop(self, mode: str = "fast") -> None:
        """``immediate`` is as good as a kill of every process: nothing is written any more."""
        self._control("-w", "-m", mode, "stop")

    def create_database(self, name: str) -> str:
        """The URL of a new database."""
        _run(
            *(f"{self.binaries}/createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, name),
            PGPASSWORD=self.password,
        )
        return f"{self.url}/{name}"

    def _control(self, *arguments: str) -> None:
        _run(f"{self.binaries}/pg_ctl", "-D", f"{self.folder}/data", *arguments)


@contextmanager
def cluster(binaries: Path, *, durable: bool = True) -> Iterator[Cluster]:
    """Start a server with its own defaults; not ``durable``: quicker, for data that need not outlive the machine."""
    command = [sys.executable, "-m", "tests.cluster", "--keep", str(binaries), *([] if durable else ["--loose"])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    # In a session of its own Ctrl+C does not reach the keeper.
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes) as keeper:  # type: ignore[call-overload]
        line = keeper.stdout.readline()
        if not line:
            raise RuntimeError("PostgreSQL did not start.")
        yield Cluster(**json.loads(line))
        # Leaving closes the pipe and waits for the keeper.


def keep(binaries: Path, options: str) -> None:
    """Run a server until standard input ends, then leave nothing of it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with TemporaryDirectory(prefix="examprep-postgresql-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        kept = Cluster(str(binaries), folder, _free_port(), secrets.token_hex(16), options)
        secret = Path(folder, "password")
        secret.write_text(kept.password)
        if os.geteuid() == 0:
            shutil.chown(secret, OWNER)
        _run(
            *(f"{binaries}/initdb", "-D", f"{folder}/data", "-U", OWNER, "-A", "password", f"--pwfile={secret}"),
            *("-E", "UTF8", "--no-sync"),
        )
        kept.start()
        try:
            print(json.dumps(asdict(kept)), flush=True)
            sys.stdin.read()
        finally:
            with suppress(subprocess.CalledProcessError):  # a test has stopped it
                kept.stop("immediate")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*command: str, **variables: str) -> None:
    user = OWNER if os.geteuid() == 0 else None
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **variables}
    subprocess.run(command, check=True, user=user, cwd="/", env=environment, stdout=subprocess.DEVNULL)


def install() -> Path | None:
    """Debian's PostgreSQL, where that can be had without asking anybody."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or as_root and not shutil.which("sudo"):
        return None
    print("Installing PostgreSQL for the tests", flush=True)
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "postgresql"]):
        words = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *command]
        subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return find_binaries()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--or-skip", action="store_true", help="without PostgreSQL run nothing, except in CI")
    parser.add_argument("--keep", type=Path, metavar="BINARIES", help=argparse.SUPPRESS)
    parser.add_argument("--loose", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.keep:
        keep(arguments.keep, LOOSE if arguments.loose else "")
        return 0
    binaries = find_binaries() or install()
    if not binaries:
        may_skip = arguments.or_skip and not os.environ.get("CI")
        done = "Skipped" if may_skip else "Failed"
        print(f"{done} on PostgreSQL: it is not installed here (Debian: apt-get install postgresql).", file=sys.stderr)
        return 0 if may_skip else 1
    with cluster(binaries, durable=False) as server:
        environment = os.environ | {"DATABASE_URL": server.create_database("examprep")}
        with subprocess.Popen(arguments.command, env=environment) as process:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:
                    continue  # the command got it too, and ends in its own way


if __name__ == "__main__":
    sys.exit(main())
