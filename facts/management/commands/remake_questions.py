from typing import Any

from django.core.management.base import BaseCommand

from facts.management.progress import ProgressLine
from facts.services.questions import remake_questions


class Command(BaseCommand):
    help = "Make the questions of all facts anew; what comes out unchanged is kept. Needed when the rules changed."

    def handle(self, **options: Any) -> None:
        line = ProgressLine(self.stdout, "Making questions")
        try:
            remade = remake_questions(progress=line)
        finally:
            line.close()
        self.stdout.write(
            f"Questions: {len(remade.made)} made, {len(remade.kept)} kept, {len(remade.retired)} retired."
        )
