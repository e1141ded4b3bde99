"""Do pages cost more when there is more in the database?

Two SQLite files with the same player: a small one (the shipped bank, quizzes of 5 questions, a few old quizzes and
other players) and a large one (10,000 facts, quizzes of 75 questions, 1,000 old quizzes of the player, 2,000 other
players with ratings). Django's test client asks for each page in this process, as htmx would where it does, over a
connection to the file that stays open. Queries are counted in a round of their own; times are medians over rounds in
which the two files take turns. The whole request is measured: middleware, session, player, transactions, template.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from facts.exchange.records import Bank
from tests.benchmarks.report import machine, milliseconds, print_table, progress
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import workplace

# Models can be imported only when the workplace has set Django up, so the functions here import what they need.

HTMX = {"HX-Request": "true"}
OLD_LENGTH = 10  # questions of an old quiz
FEW_OLD_QUIZZES, FEW_OTHERS = 3, 30
SCOPES = ["", "family:storage", "family:compute", "domain:new-solutions"]

Page = Callable[[], Any]  # asks for it and gives the response


@dataclass
class Case:
    """One database file: what is put into it, and what was measured on it."""

    name: str
    path: Path
    bank: Bank
    length: int  # of the running quizzes
    old_quizzes: int
    others: int
    connection: Any = None
    client: Any = None
    old_quiz: str = ""  # path
    open_questions: Iterator[tuple[str, list[int]]] = iter(())  # path and right options
    shown: tuple[str, list[int]] = ("", [])
    queries: dict[str, int] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)

    def use(self) -> None:
        """From here on this process works on this file."""
        from django.db import connections

        if self.connection is None:
            self.connection = connections.create_connection("default")
            self.connection.settings_dict = self.connection.settings_dict | {"NAME": str(self.path)}
        connections["default"] = self.connection

    def fill(self, samples: int) -> None:
        """Make the file and everything in it, with that many questions to answer."""
        from django.core.management import call_command
        from django.test import Client

        from facts.models import Player
        from facts.services.bank import load_bank
        from facts.services.play import Scope, start_quiz
        from facts.services.progress import fold_answers

        self.use()
        call_command("migrate", verbosity=0)
        line = progress(f"The {self.name} file: making questions")
        load_bank(self.bank, files=(), replaces_all=True, progress=line)
        line.close()
        player = Player.objects.create(username="player", display_name="A player")
        self.old_quiz = make_old_quizzes(player, self.old_quizzes)
        fold_answers(player)
        make_others(self.others)
        # The last question of a quiz stays open: answering it ends the quiz, too.
        rows: list[Any] = []
        for seed in count():
            if seed >= 3 and len(rows) >= samples:  # three running quizzes are what the home page shows
                break
            quiz = start_quiz(player=player, scope=Scope(), length=self.length, seed=seed)
            rows += list(quiz.questions.order_by("position"))[:-1]
        self.open_questions = iter([(row.get_absolute_url(), find_key(row)) for row in rows])
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(player, backend="facts.backends.PlayerBackend")

    def pages(self) -> dict[str, Page]:
        """What is asked for, in turn; the answer is to the question that was shown just before."""
        get, post = self.client.get, self.client.post
        return {
            "next question": lambda: get(self.shown[0], headers=HTMX),
            "answer": lambda: post(self.shown[0], {"choice": self.shown[1]}, headers=HTMX),
            "home": lambda: get("/"),
            "history, an answer to fold": lambda: get("/history/"),
            "history": lambda: get("/history/"),
            "leaderboard": lambda: get("/leaderboard/?period=all"),
            "leaderboard, last page": lambda: get("/leaderboard/?period=all&page=9999"),
            "facts list": lambda: get("/facts/"),
            "facts list, last page": lambda: get("/facts/?page=9999"),
            "facts with a word": lambda: get("/facts/?q=encryption"),
            "result of an old quiz": lambda: get(self.old_quiz),
            "start of a quiz of 10": lambda: post("/quiz/", {"all_kinds": "1", "length": "10"}),
        }

    def ask(self, measure: Callable[[str, Page], None]) -> None:
        """Measure every page once."""
        self.use()
        self.shown = next(self.open_questions)
        for name, page in self.pages().items():
            measure(name, page)

    def count_queries(self, name: str, page: Page) -> None:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(self.connection) as queries:
            response = page()
        assert response.status_code in (200, 302), f"{name}: status {response.status_code}"
        self.queries[name] = len(queries)

    def take_time(self, name: str, page: Page) -> None:
        started = time.perf_counter()
        page()
        self.times.setdefault(name, []).append(time.perf_counter() - started)


def find_key(row: Any) -> list[int]:
    return [index for index, option in enumerate(row.options) if option["correct"]]


def make_old_quizzes(player: Any, number: int) -> str:
    """Quizzes that were answered, one every eight hours; returns the path of the latest.

    Their rows are copies of real ones, which are drawn from a few quizzes that are thrown away afterwards.
    """
    from django.utils import timezone

    from facts.models import Quiz, QuizQuestion
    from facts.services.play import MAX_LENGTH, Scope, start_quiz

    rng = random.Random(number)
    models = [start_quiz(player=player, scope=Scope(), length=MAX_LENGTH, seed=seed) for seed in range(20)]
    originals = list(QuizQuestion.objects.filter(quiz__in=models))
    quizzes = Quiz.objects.bulk_create(Quiz(player=player, scope="Everything", seed=seed) for seed in range(number))
    now = timezone.now()
    rows = []
    for age, quiz in enumerate(reversed(quizzes), 1):
        quiz.started_at = now - timedelta(hours=8 * age)
        quiz.finished_at = quiz.started_at + timedelta(minutes=10)
        for position, original in enumerate(rng.sample(originals, OLD_LENGTH), 1):
            row = copy(original)
            row.pk, row.quiz_id, row.position = None, quiz.pk, position
            row.shown_at = quiz.started_at + timedelta(seconds=40 * position)
            row.answered_at = row.shown_at + timedelta(seconds=rng.randrange(5, 40))
            row.is_right = rng.random() < 0.7
            row.chosen = find_key(row) if row.is_right else [0]
            rows.append(row)
    Quiz.objects.bulk_update(quizzes, ["started_at", "finished_at"], batch_size=500)
    QuizQuestion.objects.bulk_create(rows, batch_size=500)
    Quiz.objects.filter(pk__in=[quiz.pk for quiz in models]).delete()
    return str(quizzes[-1].get_absolute_url())


def make_others(number: int) -> None:
    """Members on the leaderboard, of every period and in a few scopes."""
    from django.utils import timezone

    from facts.models import Player, PlayerRating
    from facts.services.standings import remake_standings

    rng = random.Random(number)
    now = timezone.now()
    members = Player.objects.bulk_create(
        Player(username=f"member-{index}", display_name=f"Member {index}", on_board=True) for index in range(number)
    )
    PlayerRating.objects.bulk_create(
        (
            PlayerRating(
                player=member,
                scope=scope,
                value=rng.gauss(1500, 150),
                deviation=rng.uniform(40, 100),
                volatility=0.06,
                answered=rng.randrange(30, 500),
                rated_at=now,
            )
            for member in members
            for scope in SCOPES
        ),
        batch_size=500,
    )
    remake_standings(lambda done, total: None)


def print_cases(small: Case, large: Case) -> None:
    rows = []
    for name in small.queries:
        few, many = median(small.times[name]), median(large.times[name])
        queries = [small.queries[name], large.queries[name]]
        rows.append([name, *queries, milliseconds(few), milliseconds(many), f"{many / few:.2f}"])
    head = ["Request", "queries, small", "large", "median ms, small", "large", "large : small"]
    print_table(f"Little and much in the database ({machine()})", head, rows)
    for case in (small, large):
        print(
            f"\n{case.name.capitalize()}: {len(case.bank.facts):,} facts, quizzes of {case.length} questions, "
            f"{case.old_quizzes:,} old quizzes, {case.others:,} other players."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=int, default=10_000, help="in the large file (default: 10000)")
    parser.add_argument("--old-quizzes", type=int, default=1000, help="of the player, in the large file")
    parser.add_argument("--others", type=int, default=2000, help="other players, in the large file")
    parser.add_argument("--rounds", type=int, default=30, help="how often each time is taken (default: 30)")
    arguments = parser.parse_args()
    bank = shipped_bank()
    with workplace(bank=False, static=True) as folder:
        small = Case("small", folder / "small.sqlite3", bank, 5, FEW_OLD_QUIZZES, FEW_OTHERS)
        varied = vary(bank, arguments.facts, new_services=False)
        large = Case("large", folder / "large.sqlite3", varied, 75, arguments.old_quizzes, arguments.others)
        for case in (small, large):
            case.fill(arguments.rounds + 1)
            case.ask(case.count_queries)
        line = progress("Asking for pages")
        for done in range(1, arguments.rounds + 1):
            for case in (small, large):
                case.ask(case.take_time)
            line(done, arguments.rounds)
        line.close()
        for case in (small, large):
            case.connection.close()
    print_cases(small, large)


if __name__ == "__main__":
    main()
