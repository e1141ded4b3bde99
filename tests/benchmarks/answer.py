"""How long does an answer take, and how much of that is Examprep?

Two servers run side by side, both as ``manage.py serve`` runs one: the floor (a view that reads an indexed row and
inserts one, and one that only reads, see ``floor``) and Examprep on a fresh database with the shipped bank. Guests play
whole quizzes over HTTP/1.1 as a browser with htmx does. Question by question, rounds take turns, so that noise hits all
of them: requests to both views of the floor, the answers of all players, the next questions of all players. In a round
the given number of connections is always busy; a time runs from sending a request to the last byte of its response.
What else runs on the machine spoils p50 and p95 before it spoils p10. Afterwards every confirmed answer is looked up in
the database. All this is done on SQLite and, where PostgreSQL is installed, on a throw-away server of it. Last come two
other programs; see ``peers``.
"""

import argparse
import json
import random
import subprocess
import sys
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.client import Browser, Exchange, Reply, exchange
from tests.benchmarks.report import machine, milliseconds, percentile, print_table, progress
from tests.benchmarks.sitting import Sitting
from tests.benchmarks.workplace import ROOT, memory, serving, started, workplace
from tests.cluster import cluster, find_binaries

FLOOR = "tests.benchmarks.floor:application"
FLOOR_QUESTIONS = 2000


@dataclass
class Measured:
    replies: list[Reply] = field(default_factory=list)
    seconds: float = 0

    def add(self, exchanged: Exchange) -> list[Reply]:
        self.replies += exchanged.replies
        self.seconds += exchanged.seconds
        return exchanged.replies

    @property
    def times(self) -> list[float]:
        return [reply.seconds for reply in self.replies]

    @property
    def p50(self) -> float:
        return median(self.times)


@dataclass
class Run:
    """What was measured with one number of connections."""

    connections: int
    floor: Measured = field(default_factory=Measured)
    reading: Measured = field(default_factory=Measured)  # the floor under showing a question
    answers: Measured = field(default_factory=Measured)
    questions: Measured = field(default_factory=Measured)


def measure(floor_port: int, port: int, connections: int, players: int, length: int) -> tuple[Run, list[Sitting]]:
    rng = random.Random(connections)
    run = Run(connections)
    line = progress(f"{connections} connection{'s' if connections > 1 else ''}")
    steps = players + length + players
    sittings = [Sitting(Browser(port), rng) for _ in range(players)]
    for done, sitting in enumerate(sittings):
        line(done, steps)
        sitting.start(length)
    exchange(floor_port, floor_requests(floor_port, players, rng), connections)  # both are warm now
    for position in range(1, length + 1):
        line(players + position, steps)
        for reply in run.floor.add(exchange(floor_port, floor_requests(floor_port, players, rng), connections)):
            assert reply.status == 200
        for reply in run.reading.add(exchange(floor_port, reading_requests(floor_port, players, rng), connections)):
            assert reply.status == 200
        replies = run.answers.add(exchange(port, [sitting.answer() for sitting in sittings], connections))
        for sitting, reply in zip(sittings, replies, strict=True):
            sitting.see_answer(reply)
        if position < length:
            replies = run.questions.add(exchange(port, [sitting.go_on() for sitting in sittings], connections))
            for sitting, reply in zip(sittings, replies, strict=True):
                sitting.see_question(reply)
    for done, sitting in enumerate(sittings, 1):
        line(players + length + done, steps)
        assert sitting.see_result().status == 200
    line.close()
    return run, sittings


def floor_requests(port: int, count: int, rng: random.Random) -> list[bytes]:
    """Requests as a browser would send them, so that only the applications differ."""
    browser = Browser(port, {"csrftoken": "0" * 32, "sessionid": "0" * 32}, "0" * 64)
    paths = (f"/question-{rng.randrange(FLOOR_QUESTIONS)}/{rng.randrange(4)}/" for _ in range(count))
    return [browser.request("POST", path, {"choice": "1"}, htmx="form") for path in paths]


def reading_requests(port: int, count: int, rng: random.Random) -> list[bytes]:
    browser = Browser(port, {"csrftoken": "0" * 32, "sessionid": "0" * 32})
    return [browser.request("GET", f"/question-{rng.randrange(FLOOR_QUESTIONS)}/", htmx="a#next") for _ in range(count)]


def find_wrong_records(sittings: list[Sitting]) -> list[str]:
    """What in the database differs from what the players saw confirmed; graded here once more, from the options."""
    from django.db.models import Sum

    from facts.models import QuizQuestion, Tally

    given = {path: answer for sitting in sittings for path, answer in sitting.given.items()}
    wrong = []
    recorded = {row.get_absolute_url(): row for row in QuizQuestion.objects.filter(answered_at__isnull=False)}
    for path in recorded.keys() ^ given.keys():
        wrong.append(f"{path}: {'confirmed but not recorded' if path in given else 'recorded but never confirmed'}")
    for path in recorded.keys() & given.keys():
        row, answer = recorded[path], given[path]
        key = [index for index, option in enumerate(row.options) if option["correct"]]
        if row.chosen != answer.chosen:
            wrong.append(f"{path}: chose {answer.chosen}, recorded {row.chosen}")
        if not (row.is_right == answer.is_right == (answer.chosen == key)):
            wrong.append(f"{path}: chose {answer.chosen} of {key}, told {answer.is_right}, recorded {row.is_right}")
    tallies = Tally.objects.filter(period=Tally.Period.ALL, scope="").aggregate(Sum("answered"), Sum("right"))
    expected = {"answered__sum": len(given), "right__sum": sum(answer.is_right for answer in given.values())}
    if tallies != expected:
        wrong.append(f"The tallies say {json.dumps(tallies)}, the players saw {json.dumps(expected)}")
    return wrong


def print_times(engine: str, runs: list[Run]) -> None:
    rows = []
    for run in runs:
        for name, measured, floor in (
            ("read and insert", run.floor, run.floor),
            ("answer", run.answers, run.floor),
            ("read", run.reading, run.reading),
            ("next question", run.questions, run.reading),
        ):
            rows.append(
                [
                    name,
                    run.connections,
                    len(measured.replies),
                    milliseconds(percentile(measured.times, 10)),
                    milliseconds(measured.p50),
                    milliseconds(percentile(measured.times, 95)),
                    f"{len(measured.replies) / measured.seconds:.0f}",
                    f"{measured.p50 / floor.p50:.2f}",
                ]
            )
    head = ["Round trip", "connections", "requests", "p10 ms", "p50 ms", "p95 ms", "requests/s", "p50 : floor's"]
    print_table(f"Answers over HTTP, {engine} ({machine()})", head, rows)


def print_sizes(runs: list[Run]) -> None:
    rows = []
    for name, replies in (
        ("answer", [reply for run in runs for reply in run.answers.replies]),
        ("next question", [reply for run in runs for reply in run.questions.replies]),
    ):
        assert all(reply.headers("content-encoding") == ["gzip"] for reply in replies)
        bodies = [len(reply.body) for reply in replies]
        heads = [len(reply.raw) - len(reply.body) for reply in replies]
        plain = [len(reply.text.encode()) for reply in replies]
        rows.append([name, f"{median(bodies):.0f}", max(bodies), f"{median(plain):.0f}", f"{median(heads):.0f}"])
    head = ["Response over htmx", "gzipped, p50 bytes", "largest", "unpacked, p50", "headers, p50"]
    print_table("Sizes", head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=80, help="players of each run (default: 80)")
    parser.add_argument("--length", type=int, default=20, help="questions of a quiz, 5 to 75 (default: 20)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 64], help="runs (default: 1 8 64)")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], help="only this one (default: both)")
    parser.add_argument("--no-peers", action="store_true", help="neither install nor measure the peers")
    arguments = parser.parse_args()
    binaries = find_binaries()
    if arguments.engine is None:  # Django can be set up once in a process
        for engine in ("sqlite", "postgresql") if binaries else ("sqlite",):
            command = [sys.executable, "-m", "tests.benchmarks.answer", *sys.argv[1:], "--engine", engine]
            subprocess.run(command, cwd=ROOT, check=True)
        if not binaries:
            print("\nPostgreSQL is not installed here, so nothing was measured on it.")
        if not arguments.no_peers:
            subprocess.run([sys.executable, "-m", "tests.benchmarks.peers"], cwd=ROOT, check=True)
    elif arguments.engine == "sqlite":
        compare(arguments)
    elif binaries:
        with cluster(binaries) as server:
            for name in ("examprep", "floor"):
                server.create_database(name)
            compare(arguments, server.url)
    else:
        parser.error("PostgreSQL is not installed here.")


def compare(arguments: argparse.Namespace, server: str = "") -> None:
    runs: list[Run] = []
    sittings: list[Sitting] = []
    with workplace(static=True, server=server):
        subprocess.run([sys.executable, "-m", "tests.benchmarks.floor"], cwd=ROOT, check=True)
        with serving(FLOOR) as floor_port, started() as (port, pid):
            for connections in arguments.connections:
                run, played = measure(floor_port, port, connections, arguments.players, arguments.length)
                runs.append(run)
                sittings += played
            of_workers, of_all = memory(pid)
        wrong = find_wrong_records(sittings)
    print_times(arguments.engine, runs)
    print_sizes(runs)
    print(f"\nMemory (PSS) after this: {of_workers:.0f} MB of the workers, {of_all:.0f} MB with their parent.")
    confirmed = sum(len(sitting.given) for sitting in sittings)
    right = sum(answer.is_right for sitting in sittings for answer in sitting.given.values())
    if wrong:
        sys.exit("\n".join(["", "Recorded otherwise than confirmed:", *wrong[:20]]))
    print(f"\n{confirmed} answers confirmed ({right} right); each is recorded once, as chosen, with the right verdict.")


if __name__ == "__main__":
    main()
