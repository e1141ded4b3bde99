from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.exchange.records import BankFaults
from facts.management.files import faults_error
from facts.management.outputs import write_whole
from facts.services.imports import READERS, draft_questions, read_path

SHOWN = 20  # lines of a list


class Command(BaseCommand):
    help = (
        "Make drafts of facts from questions of another program: a fact file to finish by hand and to load with "
        "load_facts, which refuses it until each entry was approved. Stores nothing. All or nothing: faults are named "
        "by question, and no draft is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="questions of choice")
        parser.add_argument("out", metavar="OUT", type=Path, nargs="?", help="the fact file to write, a new one")
        parser.add_argument("--format", required=True, choices=READERS)
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only tell")

    def handle(self, *, file: Path, out: Path | None, format: str, dry_run: bool, **options: Any) -> None:
        if out is None and not dry_run:
            raise CommandError("Name the fact file to write, or add --dry-run.")
        if out is not None and out.exists():
            raise CommandError(f"{out}: is there already; drafts are written to a new file only")
        try:
            content = read_path(file)
            drafted = draft_questions(format=format, file=file.name, content=content)
        except OSError as error:
            raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
        except BankFaults as faults:
            raise faults_error(faults) from faults
        if out is not None and not dry_run and drafted.records:
            write_whole(out, drafted.content)
            self.stdout.write(f"{len(drafted.records)} drafts written to {out}, {len(drafted.left_out)} left out.")
        else:
            self.stdout.write(f"{len(drafted.records)} drafts, {len(drafted.left_out)} left out; nothing was written.")
        verbosity = options["verbosity"]
        self.write_list("Left out:", list(map(str, drafted.left_out)), verbosity)
        self.write_list(
            "To finish, besides reading each entry and approving it:",
            [f"{fault.fact}: {fault.field} {fault.message}" for fault in drafted.to_finish],
            verbosity,
        )

    def write_list(self, head: str, lines: list[str], verbosity: int) -> None:
        if not lines:
            return
        self.stdout.write(head)
        shown = lines if verbosity > 1 else lines[:SHOWN]
        for line in shown:
            self.stdout.write(f"  {line}")
        if len(lines) > len(shown):
            self.stdout.write(f"  and {len(lines) - len(shown)} more (-v 2 shows them)")
