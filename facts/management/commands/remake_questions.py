from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.management.processes import add_processes, all_or_nothing
from facts.management.progress import ProgressLine
from facts.services.questions import remake_questions


class Command(BaseCommand):
    help = "Make the questions of all facts anew; what comes out unchanged is kept. Needed when the rules changed."

    def add_arguments(self, parser: CommandParser) -> None:
        add_processes(parser)

    def handle(self, *, processes: int, **options: Any) -> None:
        line = ProgressLine(self.stdout, "Making questions")
        try:
            with all_or_nothing():
                remade = remake_questions(progress=line, processes=processes)
        finally:
            line.close()
        self.stdout.write(
            f"Questions: {len(remade.made)} made, {len(remade.kept)} kept, {len(remade.retired)} retired."
        )
