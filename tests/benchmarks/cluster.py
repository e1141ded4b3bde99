"""A PostgreSQL server for the length of a benchmark, on 127.0.0.1, with its data in a temporary folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

OWNER = "postgres"  # the server refuses to run as root; then it runs as this user


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def cluster(binaries: Path, port: int) -> Iterator[str]:
    """Start a server with its own defaults, fsync among them, and yield the URL of it, without a database."""
    with TemporaryDirectory(prefix="examprep-postgresql-") as name:
        data = Path(name) / "data"
        if os.geteuid() == 0:
            shutil.chown(name, OWNER)
        _run(binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={name}"
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", Path(name) / "log", "-o", options, "start")
        try:
            for database in ("examprep", "floor"):
                _run(binaries / "createdb", "-h", "127.0.0.1", "-p", port, "-U", OWNER, database)
            yield f"postgres://{OWNER}@127.0.0.1:{port}"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "fast", "stop")


def _run(*command: object) -> None:
    user = OWNER if os.geteuid() == 0 else None
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    words = [str(word) for word in command]
    subprocess.run(words, check=True, user=user, cwd="/", env=environment, stdout=subprocess.DEVNULL)
