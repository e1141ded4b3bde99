from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.management.progress import ProgressLine
from facts.models import Player, QuizQuestion
from facts.services.progress import FOLD_VERSION, refold_answers


class Command(BaseCommand):
    help = (
        "Make the progress of players (history, memory, ratings) anew from their answers. Without --all only of those "
        "whose progress is of an older edition, which their next visit would do too; so it can be interrupted and run "
        "again. Ratings of questions stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="everybody, whatever the edition")

    def handle(self, **options: Any) -> None:
        players = Player.objects.filter(pk__in=QuizQuestion.objects.filter(answered_at__isnull=False).values("player"))
        if not options["all"]:
            players = players.exclude(fold_version=FOLD_VERSION)
        keys = list(players.order_by("pk").values_list("pk", flat=True))
        line = ProgressLine(self.stdout, "Folding answers")
        answers = 0
        try:
            for done, key in enumerate(keys, 1):
                # A player may have been deleted since.
                for player in Player.objects.filter(pk=key):
                    answers += refold_answers(player)
                line(done, len(keys))
        finally:
            line.close()
        self.stdout.write(f"Players: {len(keys)}. Answers: {answers}.")
