"""How long does an answer take in programs that do the same for their players?

Two peers, each at a fixed version from the package registry, run beside Examprep and the floor (see ``answer``):

- Anki behind anki-connect-server: one person's collection over JSON; Anki grades itself and schedules the card.
- Kolibri: learners take a quiz that a coach has set, over the interface of its pages.

A step is what a player does with one question: send the answer, have it confirmed and stored, get the next question.
In every round all players of all programs do one step, one program after the other, the first being another one each
time; the given number of connections is always busy. The first round warms everything up, the last has no next
question, and neither counts. Afterwards every confirmed answer is looked up in the program's own database, SQLite in
all of them. All servers listen on 127.0.0.1, with the settings that they come with, except that nothing may call out.

The first run makes a virtual environment for each peer, which needs the registry and some minutes, and keeps it in the
folder. A peer that cannot be installed, started or played is named with the reason instead of its figures.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks import peer_anki, peer_kolibri
from tests.benchmarks.answer import FLOOR, find_wrong_records, floor_requests, reading_requests
from tests.benchmarks.client import Browser, Reply, exchange
from tests.benchmarks.peer import Program, Unavailable
from tests.benchmarks.report import machine, milliseconds, percentile, print_table, progress
from tests.benchmarks.sitting import Sitting
from tests.benchmarks.workplace import ROOT, server_memory, started, workplace

NOTES = 500  # questions of Examprep's own that become notes in Anki
FAIRNESS = """\
Compared are whole steps as each program's own client takes them; what the programs do in a step differs:
- Floor: a bare Django view. One request reads a row and inserts one, another reads one.
- Examprep: session, CSRF, grading by the server, feedback with reasons, and HTML that is ready to be shown.
- Anki: no session, no CSRF and no grading, since players grade themselves; it schedules the card anew and renders the
  next card's question and answer, in JSON. It is made for one person, so more connections wait for one another.
- Kolibri: session, CSRF and the right to take this quiz; the page grades, and the answer goes back as JSON. A page has
  loaded all questions before the first answer, so the next one costs no request here, and its loading is not measured.
  What the coach is told is worked out every 5 seconds in the background, whoever is being measured then.
Floor and Examprep have a worker for each core, the peers one process. The peers let SQLite wait for the disk at every
commit (synchronous=FULL, their default), Examprep and the floor at checkpoints (NORMAL), as each is delivered."""


class Floor(Program):
    name = "Floor"
    version = "this copy"

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid
        self._rng = random.Random(1)

    def begin(self, players: int, length: int) -> None:
        self._players = players

    def answers(self) -> list[bytes]:
        return floor_requests(self.port, self._players, self._rng)

    def see_answers(self, replies: Sequence[Reply]) -> None:
        self.count(replies, [reply.status == 200 for reply in replies])

    def questions(self) -> list[bytes]:
        return reading_requests(self.port, self._players, self._rng)

    def see_questions(self, replies: Sequence[Reply]) -> None:
        assert all(reply.status == 200 for reply in replies)

    def find_wrong(self) -> list[str]:
        return []


class Examprep(Program):
    name = "Examprep"
    version = "this copy"

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid
        self._rng = random.Random(1)
        self._played: list[Sitting] = []

    def begin(self, players: int, length: int) -> None:
        self._sittings = [Sitting(Browser(self.port), self._rng) for _ in range(players)]
        self._played += self._sittings
        for sitting in self._sittings:
            sitting.start(length)

    def answers(self) -> list[bytes]:
        return [sitting.answer() for sitting in self._sittings]

    def see_answers(self, replies: Sequence[Reply]) -> None:
        for sitting, reply in zip(self._sittings, replies, strict=True):
            sitting.see_answer(reply)
        self.count(replies, [True] * len(replies))

    def questions(self) -> list[bytes]:
        return [sitting.go_on() for sitting in self._sittings]

    def see_questions(self, replies: Sequence[Reply]) -> None:
        for sitting, reply in zip(self._sittings, replies, strict=True):
            sitting.see_question(reply)

    def end(self) -> None:
        for sitting in self._sittings:
            assert sitting.see_result().status == 200

    def find_wrong(self) -> list[str]:
        return find_wrong_records(self._played)


@dataclass
class Steps:
    """What was measured of one program with one number of connections."""

    answers: list[float] = field(default_factory=list)
    questions: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    seconds: float = 0

    @property
    def requests(self) -> int:
        return 2 if self.questions else 1

    @property
    def p50(self) -> float:
        return median(self.whole)


@dataclass
class Comparison:
    """Programs that take part, those that do not and why, and what was measured so far."""

    programs: list[Program] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    steps: dict[tuple[str, int], Steps] = field(default_factory=dict)

    @contextmanager
    def excused(self, name: str) -> Iterator[None]:
        """Note the reason where a peer fails. Examprep and the floor must not fail."""
        try:
            yield
        except (Unavailable, OSError, ValueError, KeyError, AssertionError, subprocess.SubprocessError) as error:
            if name in (Floor.name, Examprep.name):
                raise
            self.missing[name] = str(error) if isinstance(error, Unavailable) else repr(error)
            self.programs = [program for program in self.programs if program.name != name]

    def measure(self, connections: int, players: int, length: int) -> None:
        line = progress(f"{connections} connection{'s' if connections > 1 else ''}")
        for program in list(self.programs):
            with self.excused(program.name):
                program.begin(players, length)
        for position in range(1, length + 1):
            turn = position % len(self.programs)
            for program in self.programs[turn:] + self.programs[:turn]:
                with self.excused(program.name):
                    is_counted = 1 < position < length
                    steps = self.steps.setdefault((program.name, connections), Steps()) if is_counted else Steps()
                    take_step(program, connections, steps, is_last=position == length)
            line(position, length)
        for program in list(self.programs):
            with self.excused(program.name):
                program.end()
        line.close()


def take_step(program: Program, connections: int, steps: Steps, *, is_last: bool) -> None:
    """One step of all players of a program."""
    answered = exchange(program.port, program.answers(), connections)
    program.see_answers(answered.replies)
    answers = [reply.seconds for reply in answered.replies]
    requests = [] if is_last else program.questions()
    questions: list[float] = []
    if requests:
        shown = exchange(program.port, requests, connections)
        program.see_questions(shown.replies)
        questions = [reply.seconds for reply in shown.replies]
        steps.seconds += shown.seconds
    steps.seconds += answered.seconds
    steps.answers += answers
    steps.questions += questions
    steps.whole += map(sum, zip(answers, questions, strict=True)) if questions else answers


Starting = Callable[[], AbstractContextManager[Program]]


def install(folder: Path, comparison: Comparison) -> dict[str, Path]:
    """The programs of each peer. Done in the caller's own environment, which may say where the registry is."""
    found = {}
    for peer in (peer_anki, peer_kolibri):
        with comparison.excused(peer.NAME):
            found[peer.NAME] = peer.install(folder)
    return found


def start(stack: ExitStack, comparison: Comparison, found: dict[str, Path], home: Path, players: int) -> None:
    """Start all programs; the peers that do not start are noted."""
    comparison.programs += [
        Floor(*stack.enter_context(started(FLOOR))),
        Examprep(*stack.enter_context(started())),
    ]
    starting: dict[str, Starting] = {
        peer_anki.NAME: lambda: peer_anki.serving(found[peer_anki.NAME], home / "anki", find_notes()),
        peer_kolibri.NAME: lambda: peer_kolibri.serving(found[peer_kolibri.NAME], home / "kolibri", players),
    }
    for name in found:
        with comparison.excused(name):
            comparison.programs.append(stack.enter_context(starting[name]()))


def find_notes() -> list[tuple[str, str]]:
    """Front and back of notes: the stems and the right options of questions that Examprep asks."""
    from facts.models import Question

    rows = Question.objects.values_list("stem", "options")[:NOTES]
    return [(stem, ", ".join(option["text"] for option in options if option["correct"])) for stem, options in rows]


def print_steps(comparison: Comparison, connections: Sequence[int]) -> None:
    rows = []
    for count in connections:
        floor = comparison.steps[Floor.name, count]
        for program in comparison.programs:
            steps = comparison.steps[program.name, count]
            rows.append(
                [
                    program.name,
                    count,
                    len(steps.whole),
                    steps.requests,
                    milliseconds(median(steps.answers)),
                    milliseconds(median(steps.questions)) if steps.questions else "none",
                    milliseconds(steps.p50),
                    milliseconds(percentile(steps.whole, 95)),
                    f"{len(steps.whole) / steps.seconds:.0f}",
                    f"{steps.p50 / floor.p50:.1f}",
                ]
            )
    head = ["Program", "connections", "steps", "requests a step", "answer p50 ms", "next question p50 ms"]
    head += ["step p50 ms", "p95 ms", "answers/s", "p50 : floor's"]
    print_table(f"A step of a player, SQLite ({machine()})", head, rows)


def print_programs(comparison: Comparison, memory: dict[str, float], wrong: dict[str, list[str]]) -> None:
    rows: list[list[object]] = [
        [
            program.name,
            program.version,
            f"{memory[program.name]:.0f}",
            program.confirmed,
            program.refused,
            "not looked up" if program.name == Floor.name else len(wrong[program.name]),
        ]
        for program in comparison.programs
    ]
    rows += [[name, "not measured", *[""] * 4] for name in comparison.missing]
    head = ["Program", "version", "memory MB (PSS)", "answers confirmed", "refused", "recorded otherwise"]
    print_table("The programs after this", head, rows)
    for name, reason in comparison.missing.items():
        print(f"\n{name} could not be measured: {reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(tempfile.gettempdir()) / "examprep-peers"
    parser.add_argument("--peers", type=Path, default=default, help=f"keeps what is installed (default: {default})")
    parser.add_argument("--players", type=int, default=30, help="players of each program (default: 30)")
    parser.add_argument(
        "--length", type=int, default=12, help=f"questions of a quiz, 5 to {peer_kolibri.MOST_QUESTIONS} (default: 12)"
    )
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8], help="runs (default: 1 8)")
    arguments = parser.parse_args()
    if not 5 <= arguments.length <= peer_kolibri.MOST_QUESTIONS:
        parser.error(f"--length must be 5 to {peer_kolibri.MOST_QUESTIONS}.")
    arguments.peers.mkdir(mode=0o700, parents=True, exist_ok=True)
    if arguments.peers.stat().st_uid != os.geteuid():  # what lies there is run
        parser.error(f"{arguments.peers} belongs to somebody else; name another folder with --peers.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # so that the servers stop too
    comparison = Comparison()
    found = install(arguments.peers.resolve(), comparison)
    with workplace(static=True) as home:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.floor"], cwd=ROOT, check=True)
        with ExitStack() as stack:
            start(stack, comparison, found, home, arguments.players)
            for connections in arguments.connections:
                comparison.measure(connections, arguments.players, arguments.length)
            memory = {program.name: server_memory(program.pid) for program in comparison.programs}
        wrong = {program.name: program.find_wrong() for program in comparison.programs}
    print_steps(comparison, arguments.connections)
    print_programs(comparison, memory, wrong)
    print(f"\n{FAIRNESS}")
    if faults := [f"{name}: {fault}" for name, found_wrong in wrong.items() for fault in found_wrong[:20]]:
        sys.exit("\n".join(["", "Recorded otherwise than confirmed:", *faults]))
    print("\nEvery confirmed answer is recorded once, as it was given.")


if __name__ == "__main__":
    main()
