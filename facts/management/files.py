"""Fact files on disk, for the commands that read them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from facts.exchange.records import BankFaults

BANK_FOLDER = settings.BASE_DIR / "facts" / "data"
MAX_BYTES = 50_000_000


def find_files(paths: Sequence[str], suffixes: set[str]) -> list[Path]:
    """The files that the paths name: a file itself, or those of a folder with one of the suffixes."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(entry for entry in path.iterdir() if entry.suffix in suffixes and entry.is_file())
            if not inside:
                raise CommandError(f"{path}: holds no file that ends in {' or '.join(sorted(suffixes))}")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise CommandError(f"{path}: no such file or folder")
    return found


def read_files(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file; the name is as short as it can be and tell the files apart."""
    names = [path.name for path in paths]
    for path in paths:
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"{path}: has more than {MAX_BYTES // 1_000_000} MB, so it is no fact file")
        try:
            yield (path.name if names.count(path.name) == 1 else str(path)), path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}") from error


def faults_error(faults: BankFaults) -> CommandError:
    """The faults as the error of a command, a line each and their number last."""
    count = len(faults.faults)
    return CommandError(f"{faults}\n{count} fault{'s' if count > 1 else ''} found; nothing was changed.")
