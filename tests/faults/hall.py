"""Examprep with a small bank, served by several workers, and what it has on record."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from tests.benchmarks.client import Browser
from tests.benchmarks.sitting import Sitting
from tests.serving import Server

MAKE_BANK = "from tests.factories import make_fact; [make_fact(f'fact-{number}') for number in range(8)]"
READ_ANSWERS = (
    "import json; from facts.models import QuizQuestion; print(json.dumps([[question.get_absolute_url(), "
    "question.chosen, question.is_right] for question in QuizQuestion.objects.exclude(answered_at=None)]))"
)


@dataclass
class Hall:
    """A server in which guests sit quizzes."""

    server: Server

    def seat(self, seed: int, length: int = 5) -> Sitting:
        """A guest before the first question of a quiz."""
        sitting = Sitting(Browser(self.server.port), random.Random(seed))
        sitting.start(length)
        return sitting

    def on_record(self) -> dict[str, tuple[list[int], bool]]:
        """The answers in the database, by the path of their question; a question with two would be an error."""
        rows = json.loads(self.server.manage("shell", "--no-imports", "-c", READ_ANSWERS))
        record = {path: (chosen, is_right) for path, chosen, is_right in rows}
        assert len(record) == len(rows)
        return record


def furnish(database: str, workers: int) -> Hall:
    server = Server(database, WORKERS=str(workers))
    server.manage("migrate", "--verbosity", "0")
    server.manage("shell", "--no-imports", "-c", MAKE_BANK)
    return Hall(server)
