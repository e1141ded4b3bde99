"""What commands that remake questions have in common: how many processes make them, and how such a run ends early."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager

from django.core.management.base import CommandError

USEFUL = 4  # the process that stores what the others make keeps no more than so many busy
INTERRUPTED = 130  # the exit code by which shells know it


def add_processes(parser: ArgumentParser) -> None:
    """Let a command take ``--processes``."""
    parser.add_argument(
        "--processes",
        type=_count,
        default=min(os.cpu_count() or 1, USEFUL),
        metavar="N",
        help="how many processes make the questions of a large bank (default: one for each processor, at most "
        f"{USEFUL}); 1 takes least memory",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ArgumentTypeError("must be a number from 1 to 64")
    return int(text)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Tell in a line why what runs in here, one transaction, was ended from outside."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandError("Interrupted; nothing was changed.", returncode=INTERRUPTED) from None
    except BrokenExecutor:
        raise CommandError(
            "A process that made questions was killed, perhaps for want of memory; nothing was changed. "
            "--processes 1 takes least."
        ) from None
