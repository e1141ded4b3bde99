from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.services.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Write the whole database into one new file, while players go on. It holds e-mail addresses: keep it safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            size = back_up(file=file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {size:,} bytes.")
