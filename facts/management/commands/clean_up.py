from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from facts.management.progress import ProgressLine
from facts.services.clean_up import (
    count_cached,
    delete_old_guests,
    delete_rows,
    find_old_guests,
    find_over_counts,
    find_over_sessions,
)

# By then the session that a guest is known by has ended too.
DEFAULT_DAYS = settings.SESSION_COOKIE_AGE // (24 * 60 * 60)


class Command(BaseCommand):
    help = (
        "Delete guests who have answered nothing for long, with their answers, and sessions and counts of limits that "
        "are over. Members and the statistics of questions stay as they are. May be interrupted and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=DEFAULT_DAYS, help=f"without an answer, for guests (default: {DEFAULT_DAYS})"
        )
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be deleted")

    def handle(self, **options: Any) -> None:
        if not 1 <= options["days"] <= 36_500:
            raise CommandError("--days must be from 1 to 36500.")
        now = timezone.now()
        before = now - timedelta(days=options["days"])
        is_dry = options["dry_run"]
        sessions, counts = find_over_sessions(now=now), find_over_counts(now=now)
        kinds = [
            ("guests", find_old_guests(before=before), delete_old_guests(before=before)),
            ("sessions", sessions, delete_rows(sessions)),
            ("counts of limits", counts, delete_rows(counts)),
        ]
        for name, rows, steps in kinds:
            done = total = rows.count()
            if not is_dry:
                line, done = ProgressLine(self.stdout, f"Deleting {name}"), 0
                try:
                    for deleted in steps:
                        done += deleted
                        line(done, total)
                finally:
                    line.close()
            if name == "counts of limits":
                done += count_cached(now=now, delete=not is_dry)
            self.stdout.write(f"{'Would delete' if is_dry else 'Deleted'} {name}: {done}.")
