"""Do a player's pages cost more when others have answered much?

    python -m tests.benchmarks.crowd [--few N] [--many N] [--rounds N]

Two SQLite files with the same member, whose four months of history ``seed_demo`` makes. Around that member others have
answered: a thousand questions in all in one file, a million in the other, with cards, tallies and ratings to match.
Django's test client asks for each page in this process, the two files taking turns. Every page is asked for with one
answer still to be folded in the rows marked so, else with none.
"""

import argparse
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.report import machine, milliseconds, print_table, progress
from tests.benchmarks.workplace import workplace

# Models can be imported only when the workplace has set Django up, so the functions here import what they need.

ANSWERS_OF_ONE = 1000
PAGES = ("/", "/history/", "/history/memory/", "/history/quizzes/", "/readiness/", "/leaderboard/?period=all")


class Case:
    """One database file, and the times of pages on it."""

    def __init__(self, path: Path) -> None:
        from django.db import connections

        self.connection = connections.create_connection("default")
        self.connection.settings_dict = self.connection.settings_dict | {"NAME": str(path)}
        self.times: dict[str, list[float]] = {}

    def use(self) -> None:
        from django.db import connections

        connections["default"] = self.connection

    def fill(self, answers: int, line: Callable[[int, int], None]) -> None:
        """The member, then others with so many answers."""
        from django.core.management import call_command
        from django.test import Client

        from facts.models import Player

        self.use()
        call_command("migrate", verbosity=0)
        call_command("load_facts", stdout=StringIO())
        call_command("seed_demo", others=0, password="only for a benchmark", stdout=StringIO())
        self.player = Player.objects.get(email="demo@example.org")
        make_crowd(self.connection, self.player, answers, line)
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.player, backend="facts.backends.PlayerBackend")

    def measure(self) -> None:
        """Every page once."""
        self.use()
        for page in PAGES:
            self.take(page, lambda page=page: self.client.get(page))  # type: ignore[misc]
        quiz = self.start()
        question = quiz.questions.get(position=1)
        path = question.get_absolute_url()
        htmx = {"HX-Request": "true"}
        self.take("a question", lambda: self.client.get(path, headers=htmx))
        self.take("an answer", lambda: self.client.post(path, {"choice": ["0", "1"][: keys(question)]}, headers=htmx))
        self.take("/history/, an answer to fold", lambda: self.client.get("/history/"))
        quiz.delete()

    def start(self) -> Any:
        from facts.models import Quiz

        self.take("start today’s session", lambda: self.client.post("/quiz/today/", {"more": "1"}))
        return Quiz.objects.filter(player=self.player).latest("pk")

    def take(self, name: str, page: Callable[[], Any]) -> None:
        started = time.perf_counter()
        response = page()
        self.times.setdefault(name, []).append(time.perf_counter() - started)
        assert response.status_code in (200, 302), (name, response.status_code)


def keys(question: Any) -> int:
    return sum(option["correct"] for option in question.options)


def make_crowd(connection: Any, model: Any, answers: int, line: Callable[[int, int], None]) -> None:
    """Other players with copies of the member's rows, ANSWERS_OF_ONE answers each, copied by the database itself."""
    from facts.models import Card, Player, PlayerRating, Quiz, QuizQuestion, Tally

    count = max(answers // ANSWERS_OF_ONE, 1)
    rows = QuizQuestion.objects.filter(player=model, attempt__isnull=False).order_by("pk")
    picked = list(rows.values_list("pk", flat=True)[: min(answers, ANSWERS_OF_ONE)])
    members = Player.objects.bulk_create(
        Player(username=f"crowd-{number}", display_name=f"Crowd {number}", fold_version=model.fold_version)
        for number in range(count)
    )
    for done, member in enumerate(members, 1):
        quiz = Quiz.objects.create(player=member, scope="Everything", seed=done)
        copy_rows(connection, QuizQuestion, {"player_id": member.pk, "quiz_id": quiz.pk, "position": None}, picked)
        for table in (Card, Tally, PlayerRating):
            own = list(table._default_manager.filter(player=model).values_list("pk", flat=True))
            copy_rows(connection, table, {"player_id": member.pk}, own)
        line(done, count)


def copy_rows(connection: Any, model: Any, values: dict[str, int | None], picked: list[int]) -> None:
    """INSERT ... SELECT of some rows with other values; a value of None becomes a number of its own for each row."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    chosen = [
        str(values[column])
        if values.get(column) is not None
        else ("row_number() OVER ()" if column in values else f'"{column}"')
        for column in columns
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(map(str, picked))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) '
            f'SELECT {", ".join(chosen)} FROM "{model._meta.db_table}" WHERE id IN ({marks})'
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=1000, help="answers of others in the one file")
    parser.add_argument("--many", type=int, default=1_000_000, help="answers of others in the other file")
    parser.add_argument("--rounds", type=int, default=20, help="how often each time is taken")
    arguments = parser.parse_args()
    with workplace(bank=False, static=True) as folder:
        cases = []
        for name, answers in (("few", arguments.few), ("many", arguments.many)):
            case = Case(folder / f"{name}.sqlite3")
            line = progress(f"{answers:,} answers")
            case.fill(answers, line)
            line.close()
            cases.append(case)
        line = progress("Asking for pages")
        for done in range(1, arguments.rounds + 1):
            for case in cases if done % 2 else reversed(cases):
                case.measure()
            line(done, arguments.rounds)
        line.close()
        few, many = cases
        rows = [
            [name, milliseconds(median(times)), milliseconds(median(many.times[name]))]
            + [f"{median(many.times[name]) / median(times):.2f}"]
            for name, times in few.times.items()
        ]
        head = ["Request", f"median ms, {arguments.few:,}", f"{arguments.many:,}", "ratio"]
        print_table(f"Answers of others in the database ({machine()})", head, rows)
        for case in cases:
            case.connection.close()


if __name__ == "__main__":
    main()
