from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.management.files import BANK_FOLDER, faults_error, find_files, read_files
from facts.management.processes import add_processes, all_or_nothing
from facts.management.progress import ProgressLine
from facts.models import Service
from facts.services.bank import load_bank, note_size_of_bank


class Command(BaseCommand):
    help = (
        "Load facts from TOML files or folders of them (default: facts/data), all or nothing, and make their "
        "questions. A folder stands for the whole bank: facts of files that are not in it are withdrawn. A file stands "
        "for itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH")
        parser.add_argument("--keep", action="store_true", help="withdraw no fact that is missing from the files")
        parser.add_argument("--overwrite", action="store_true", help="replace facts that were edited in the admin, too")
        add_processes(parser)

    def handle(self, *, paths: list[str], keep: bool, overwrite: bool, processes: int, **options: Any) -> None:
        paths = paths or [str(BANK_FOLDER)]
        files = dict(read_files(find_files(paths, {".toml"})))
        known = {service.slug: service.to_content() for service in Service.objects.select_related("family")}
        line = ProgressLine(self.stdout, "Making questions")
        try:
            with all_or_nothing():
                bank = parse_bank(files, known_services=known, progress=partial(line, part="Reading files"))
                loaded = load_bank(
                    bank,
                    files=set() if keep else set(files),
                    replaces_all=not keep and any(Path(path).is_dir() for path in paths),
                    overwrite=overwrite,
                    progress=line,
                    processes=processes,
                )
        except BankFaults as faults:
            raise faults_error(faults) from faults
        finally:
            line.close()
        note_size_of_bank()
        remade = loaded.remade
        self.stdout.write(
            f"Facts: {len(loaded.added)} added, {len(loaded.changed)} changed, {len(loaded.unchanged)} unchanged, "
            f"{len(loaded.withdrawn)} withdrawn. "
            f"Questions: {len(remade.made)} made, {len(remade.kept)} kept, {len(remade.retired)} retired."
        )
        if loaded.kept:
            kept = ", ".join(loaded.kept)
            self.stdout.write(f"Kept as edited here, though their files changed (--overwrite takes the files): {kept}")
