from typing import Any

from django.core.management.base import BaseCommand

from facts.management.progress import ProgressLine
from facts.services.standings import remake_standings


class Command(BaseCommand):
    help = (
        "Make the places on the leaderboard anew from the ratings of players. They are kept right without it: it is "
        "for ratings that were written by other means. Players may go on meanwhile."
    )

    def handle(self, **options: Any) -> None:
        line = ProgressLine(self.stdout, "Making boards")
        try:
            count = remake_standings(line)
        finally:
            line.close()
        self.stdout.write(f"Players: {count}.")
