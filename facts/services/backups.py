"""The whole database into one file and back: SQLite by its online backup, PostgreSQL by its own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from django.db import connection

from facts.models import Player

MARK = "django_migrations"  # a table that every database of ours has


class BackupError(Exception):
    """A backup or a restore that was not done; nothing was changed."""


def back_up(*, file: Path) -> int:
    """Write the database as it is now, while players go on, and return the size of the file in bytes.

    The file appears whole or not at all, and only its owner may read it: it holds addresses and hashed passwords.
    """
    if file.exists():
        raise BackupError(f"{file} exists already.")
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    except OSError as error:
        raise BackupError(f"Cannot write to {file.parent}: {error.strerror}.") from error
    os.close(handle)
    part = Path(name)
    try:
        if connection.vendor == "sqlite":
            _copy_from_sqlite(part)
        else:
            _run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        os.link(part, file)  # unlike a rename, fails if somebody made the file meanwhile
    except FileExistsError as error:
        raise BackupError(f"{file} exists already.") from error
    finally:
        part.unlink()
    return file.stat().st_size


def restore(*, file: Path, may_replace: bool) -> None:
    """Put the database of a backup in the place of this one: all or nothing.

    Refuses a database that has players, unless told to replace it.
    """
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    if not may_replace and _has_players():
        raise BackupError("This database has players, whose history would be lost. --replace restores all the same.")
    if connection.vendor == "sqlite":
        _copy_to_sqlite(file)
    else:
        _restore_to_postgresql(file)


def _has_players() -> bool:
    return Player._meta.db_table in connection.introspection.table_names() and Player.objects.exists()


def _copy_from_sqlite(part: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(part)) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        _check_sqlite(target, "The copy")


def _copy_to_sqlite(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source:
        try:
            _check_sqlite(source, str(file))
            connection.ensure_connection()
            source.backup(connection.connection)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{file} could not be restored: {error}.") from error
    connection.close()


def _check_sqlite(database: sqlite3.Connection, name: str) -> None:
    if (found := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        raise BackupError(f"{name} is damaged: {found}.")
    if not database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [MARK]).fetchone():
        raise BackupError(f"{name} is not a backup of Examprep.")


def _restore_to_postgresql(file: Path) -> None:
    """Drop what is there and load the backup in one transaction, so that a bad file changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        load = Path(folder, "load.sql")
        _run_tool("pg_restore", "--no-owner", "--no-privileges", f"--file={load}", str(file), connects=False)
        if f".{MARK} (" not in load.read_text():
            raise BackupError(f"{file} is not a backup of Examprep.")
        quote = connection.ops.quote_name
        drop = Path(folder, "drop.sql")
        drop.write_text(
            "".join(f"DROP TABLE {quote(name)} CASCADE;\n" for name in connection.introspection.table_names())
        )
        connection.close()  # its locks would keep the tables from being dropped
        _run_tool(
            *("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *(f"--file={drop}", f"--file={load}"),
        )


def _run_tool(name: str, *arguments: str, connects: bool = True) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, where other users do not see it."""
    values = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    login = {variable: str(values[key]) for variable, key in names.items() if values[key]} if connects else {}
    done = subprocess.run(
        [_find_tool(name), *arguments],
        env=os.environ | login,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()}")


def _find_tool(name: str) -> str:
    """On the PATH, or where Debian keeps those of several versions: the newest."""
    if found := shutil.which(name):
        return found
    kept = [path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}") if path.parts[-3].isdigit()]
    if not kept:
        raise BackupError(f"{name} is not installed. It comes with PostgreSQL's client programs (postgresql-client).")
    return str(max(kept, key=lambda path: int(path.parts[-3])))
