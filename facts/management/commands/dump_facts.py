import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.management.outputs import find_named
from facts.models import Fact, Service
from facts.services.exports import dump_facts


class Command(BaseCommand):
    help = (
        "Write the bank as the TOML files that load_facts reads: one for each service, and services.toml. With "
        "services only the facts that are mainly about them. All files or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new or empty folder")
        parser.add_argument("--service", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument(
            "--replace", action="store_true", help="replace the fact files in the folder; other files stay"
        )

    def handle(self, *, folder: Path, service: list[str], replace: bool, **options: Any) -> None:
        dump = dump_facts(services=find_named(Service, service))
        try:
            stale = find_stale(folder, dump.files, replaces=replace, is_whole=not service)
            write_files(folder, dump.files, stale)
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
        count = len(dump.files)
        self.stdout.write(f"{dump.facts} facts and {dump.services} services written to {folder} in {count} files.")
        if stale:
            self.stdout.write(f"Removed, since no fact is in them now: {', '.join(path.name for path in stale)}")
        if dump.withdrawn:
            self.stdout.write(f"Not written, since files have no place for them: {dump.withdrawn} withdrawn facts.")
        if dump.drafts:
            self.stdout.write(f"Not written, since they are not approved yet: {dump.drafts} drafts.")
        if dump.words:
            self.stdout.write(
                f"Not written, since files have no place for them: {dump.words} words of editors on verbs and changes."
            )
        if service:
            self.stdout.write("Load these files by their names: load_facts takes a folder for the whole bank.")
        try:
            parse_bank(dump.files)
        except BankFaults as faults:
            self.stderr.write(f"load_facts would refuse what is stored now; mend it first:\n{faults}")


def find_stale(folder: Path, files: dict[str, bytes], *, replaces: bool, is_whole: bool) -> list[Path]:
    """Fact files in the folder that the dump has no more. Refuses a folder in which a file would be lost."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise CommandError(f"{folder}: is no folder")
    present = sorted(folder.iterdir())
    if present and not replaces:
        raise CommandError(f"{folder}: is not empty (--replace replaces the fact files in it)")
    others = [path for path in present if path.suffix == ".toml" and path.name not in files]
    # A file with another name may hold facts that are in the dump now, or the notes of somebody.
    known = {f"{slug}.toml" for slug in Service.objects.values_list("slug", flat=True)}
    known |= set(Fact.objects.exclude(source="").values_list("source", flat=True))
    if is_whole and (strange := [path.name for path in others if path.name not in known]):
        raise CommandError(f"{folder}: holds {', '.join(strange)}, which is no file of this bank: move it away first")
    return others if is_whole else []


def write_files(folder: Path, files: dict[str, bytes], stale: list[Path]) -> None:
    """All files are written in full before the first takes its place, so that a full disk changes nothing."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".dump-", dir=folder) as made:
            for name, content in files.items():
                (Path(made) / name).write_bytes(content)
            for name in files:
                (Path(made) / name).replace(folder / name)
    except BaseException:
        if is_new:
            folder.rmdir()
        raise
    for path in stale:
        path.unlink()
