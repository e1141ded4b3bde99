from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.management.progress import ProgressLine
from facts.models import Player, QuestionStatistics, Quiz
from facts.services.progress import fold_answers
from facts.services.statistics import forget_statistics


class Command(BaseCommand):
    help = (
        "Make the statistics of questions anew from all answers of finished quizzes. Answers of deleted accounts are "
        "gone, and so is then what they had added. Can be interrupted: --resume goes on where it stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", action="store_true", help="throw nothing away, count what is not counted yet")

    def handle(self, **options: Any) -> None:
        if not options["resume"]:
            forget_statistics()
        quizzes = Quiz.objects.filter(finished_at__isnull=False, is_counted=False)
        keys = list(Player.objects.filter(pk__in=quizzes.values("player")).order_by("pk").values_list("pk", flat=True))
        line = ProgressLine(self.stdout, "Counting answers")
        try:
            for done, key in enumerate(keys, 1):
                # A player may have been deleted since.
                for player in Player.objects.filter(pk=key):
                    fold_answers(player)
                line(done, len(keys))
        finally:
            line.close()
        answers = sum(QuestionStatistics.objects.values_list("first_answered", flat=True))
        self.stdout.write(f"Players: {len(keys)}. First answers: {answers}.")
