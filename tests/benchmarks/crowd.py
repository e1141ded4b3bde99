"""Do a player's pages cost more when there are more players, who have answered more?

    python -m tests.benchmarks.crowd [--engine postgresql] [--sizes PLAYERS:ANSWERS ...] [--rounds N]

Databases that differ in the others only (see ``population``), beside a member whose four months of history
``seed_demo`` makes. Django's test client asks for each page in this process, the databases taking turns. Every page is
asked for with one answer still to be folded in the rows marked so, else with none. The last column is the largest
database against the smallest. PostgreSQL is a throw-away server that does not wait for the disk.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.report import machine, milliseconds, print_table, progress
from tests.benchmarks.workplace import workplace
from tests.cluster import Cluster, cluster, find_binaries

# Models can be imported only when the workplace has set Django up, so the functions here import what they need.

SIZES = {"sqlite": ["1000:10000", "100000:1000000"], "postgresql": ["1000:10000", "100000:1000000", "1000000:10000000"]}
PAGES = (
    *("/", "/history/", "/history/memory/", "/history/quizzes/", "/readiness/"),
    *("/leaderboard/?period=all", "/leaderboard/?period=week"),
)


class Case:
    """One database, and the times of pages on it."""

    def __init__(self, name: str, players: int, answers: int) -> None:
        from django.db import connections

        self.players, self.answers = players, answers
        self.connection = connections.create_connection("default")
        options = {key: value for key, value in self.connection.settings_dict["OPTIONS"].items() if key != "pool"}
        self.connection.settings_dict = self.connection.settings_dict | {
            **{"NAME": name, "OPTIONS": options, "CONN_MAX_AGE": None}
        }
        self.times: dict[str, list[float]] = {}

    def use(self) -> None:
        from django.db import connections

        connections["default"] = self.connection

    def fill(self) -> None:
        """The member, then the others."""
        from django.core.management import call_command
        from django.test import Client

        from facts.models import Player
        from tests.benchmarks.population import Population

        self.use()
        call_command("migrate", verbosity=0)
        call_command("load_facts", stdout=StringIO())
        call_command("seed_demo", others=0, password="only for a benchmark", stdout=StringIO())
        self.player = Player.objects.get(email="demo@example.org")
        line = progress(f"{self.players:,} players with {self.answers:,} answers")
        started = time.perf_counter()
        Population(self.players, self.answers).fill(line)
        line.close()
        print(
            f"{self.players:,} players: written in {time.perf_counter() - started:.0f} s, {self.describe()}", flush=True
        )
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE" if self.connection.vendor == "sqlite" else "VACUUM ANALYZE")
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.player, backend="facts.backends.PlayerBackend")

    def describe(self) -> str:
        """How much there really is: how much somebody answers is drawn at random."""
        from facts.models import QuizQuestion, Standing

        rows = {"answers": QuizQuestion, "standings": Standing}
        return ", ".join(f"{model._default_manager.count():,} {name}" for name, model in rows.items())

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
        self.take("own rank, the query alone", self.find_rank)
        quiz.delete()

    def start(self) -> Any:
        from facts.models import Quiz

        self.take("start today’s session", lambda: self.client.post("/quiz/today/", {"more": "1"}))
        return Quiz.objects.filter(player=self.player).latest("started_at")

    def find_rank(self) -> None:
        from django.utils import timezone

        from facts.models import Standing
        from facts.selectors.boards import find_ranks

        own = Standing.objects.get(player=self.player, period="all", scope="")
        assert find_ranks("all", "", timezone.now().date(), {own.skill})

    def take(self, name: str, page: Callable[[], Any]) -> None:
        started = time.perf_counter()
        response = page()
        self.times.setdefault(name, []).append(time.perf_counter() - started)
        assert response is None or response.status_code in (200, 302), (name, response.status_code)


def keys(question: Any) -> int:
    return sum(option["correct"] for option in question.options)


@contextmanager
def server(engine: str) -> Iterator[Cluster | None]:
    """A throw-away PostgreSQL, or nothing."""
    if engine == "sqlite":
        yield None
        return
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    with cluster(binaries, durable=False) as started:
        yield started


def make_cases(folder: Path, started: Cluster | None, sizes: list[str]) -> list[Case]:
    cases = []
    for size in sizes:
        players, answers = map(int, size.split(":"))
        if started is not None:
            name = f"players_{players}"
            started.create_database(name)
        else:
            name = str(folder / f"{players}.sqlite3")
        case = Case(name, players, answers)
        case.fill()
        cases.append(case)
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=SIZES, default="sqlite")
    parser.add_argument("--sizes", nargs="+", help="players:answers, the smallest first")
    parser.add_argument("--rounds", type=int, default=20, help="how often each time is taken")
    arguments = parser.parse_args()
    with server(arguments.engine) as started:
        if started is not None:
            started.create_database("examprep")
        with workplace(bank=False, static=True, server=started.url if started else "") as folder:
            cases = make_cases(folder, started, arguments.sizes or SIZES[arguments.engine])
            line = progress("Asking for pages")
            for done in range(1, arguments.rounds + 1):
                for case in cases if done % 2 else reversed(cases):
                    case.measure()
                line(done, arguments.rounds)
            line.close()
            print_times(arguments.engine, cases)
            for case in cases:
                case.connection.close()


def print_times(engine: str, cases: list[Case]) -> None:
    rows = []
    for name in cases[0].times:
        medians = [median(case.times[name]) for case in cases]
        rows.append([name, *map(milliseconds, medians), f"{medians[-1] / medians[0]:.2f}"])
    sizes = [f"{case.players:,} players, {case.answers:,} answers" for case in cases]
    head = ["Request, median ms", *sizes, "ratio"]
    print_table(f"The same player among few and many, {engine} ({machine()})", head, rows)


if __name__ == "__main__":
    main()
