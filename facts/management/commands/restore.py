from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.services.backups import BackupError, restore


class Command(BaseCommand):
    help = "Put the database of a backup in the place of this one. Stop the server first, and migrate after."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="even if this database has players, who are lost")

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        try:
            restore(file=file, may_replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored. Run python manage.py migrate in case the backup is older than the program.")
