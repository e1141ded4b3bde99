"""Kolibri: a class takes a quiz that its coach has set, over the interface that its own pages use."""

import csv
import json
import random
import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.client import Reply
from tests.benchmarks.peer import Client, Program, environment, launched, run
from tests.benchmarks.workplace import free_port

PINS = ("kolibri==0.19.5",)
NAME = "Kolibri"
MOST_QUESTIONS = 25  # of one section of a quiz
_ADMIN, _PASSWORD, _CLASS = "admin", "benchmark", "Benchmark"
_COLUMNS = ("UUID USERNAME PASSWORD FULL_NAME USER_TYPE IDENTIFIER BIRTH_YEAR GENDER ENROLLED_IN ASSIGNED_TO").split()
_QUIET = {"KOLIBRI_DISABLE_PING": "true", "KOLIBRI_ZEROCONF_ENABLED": "false", "KOLIBRI_LISTEN_ADDRESS": "127.0.0.1"}
_CHOICES = 4


@dataclass
class Learner:
    client: Client
    id: str
    session: str = ""  # of the quiz that is open
    chosen: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"X-CSRFToken": self.client.cookies["kolibri_csrftoken"], "Accept": "application/json"}


@dataclass(frozen=True)
class Attempt:
    """An answer as the learner saw it confirmed, and as it should be in the table of attempts."""

    learner: str
    item: str
    answer: str
    correct: float


class Kolibri(Program):
    """Questions are named in the quiz and have no content here: a learner's page loads that before the first one.

    So a step is one request, the ``PUT`` with an interaction. The page, not the server, says whether it is right.
    """

    name = NAME
    version = "0.19.5"

    def __init__(self, port: int, pid: int, home: Path) -> None:
        self.port = port
        self.pid = pid
        self._home = home
        self._rng = random.Random(1)
        self._learners: list[Learner] = []
        self._given: list[Attempt] = []

    def begin(self, players: int, length: int) -> None:
        if not self._learners:
            self._coach = self._sign_in(_ADMIN)
            self._learners = [self._sign_in(f"learner{number}") for number in range(players)]
        self._items = [(uuid.uuid4().hex, uuid.uuid4().hex) for _ in range(length)]
        self._at = 0
        quiz = self._set_quiz()
        for learner in self._learners:
            started = learner.client.call("POST", "/api/logger/trackprogress/", {"quiz_id": quiz}, learner.headers)
            learner.session = started["session_id"]

    def answers(self) -> list[bytes]:
        for learner in self._learners:
            learner.chosen = self._rng.randrange(_CHOICES)
        return [
            learner.client.message(
                "PUT", f"/api/logger/trackprogress/{learner.session}/", self._interaction(learner), learner.headers
            )
            for learner in self._learners
        ]

    def see_answers(self, replies: Sequence[Reply]) -> None:
        confirmed = []
        for learner, reply in zip(self._learners, replies, strict=True):
            attempts = json.loads(reply.text).get("attempts", []) if reply.status == 200 else []
            confirmed.append([attempt["item"] for attempt in attempts] == [self._item])
            if confirmed[-1]:
                attempt = Attempt(learner.id, self._item, _state(learner.chosen), float(learner.chosen == 0))
                self._given.append(attempt)
        self.count(replies, confirmed)
        self._at += 1

    def end(self) -> None:
        """Hand the quizzes in."""
        for learner in self._learners:
            path = f"/api/logger/trackprogress/{learner.session}/"
            assert learner.client.call("PUT", path, {"progress": 1.0}, learner.headers)["complete"]

    def find_wrong(self) -> list[str]:
        query = "SELECT user_id, item, answer, correct FROM logger_attemptlog"
        with closing(sqlite3.connect(f"file:{self._home / 'db.sqlite3'}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query).fetchall()
        recorded = [Attempt(user, item, _packed(json.loads(answer)), correct) for user, item, answer, correct in rows]
        wrong = [f"{attempt}: confirmed but not recorded" for attempt in set(self._given) - set(recorded)]
        wrong += [f"{attempt}: recorded but never confirmed" for attempt in set(recorded) - set(self._given)]
        if len(recorded) != len(set(recorded)):
            wrong.append(f"{len(recorded) - len(set(recorded))} attempts are recorded twice")
        return wrong

    @property
    def _item(self) -> str:
        return ":".join(self._items[self._at])

    def _interaction(self, learner: Learner) -> dict[str, Any]:
        """What the page of a quiz sends when an option was chosen."""
        interaction = {
            "item": self._item,
            "correct": int(learner.chosen == 0),
            "complete": True,
            "time_spent": 5.0,
            "answer": json.loads(_state(learner.chosen)),
            "simple_answer": f"Option {learner.chosen + 1}",
            "replace": True,
        }
        return {"interactions": [interaction], "time_spent_delta": 5.0}

    def _sign_in(self, username: str) -> Learner:
        client = Client(self.port)
        [facility] = client.call("GET", "/api/public/v1/facility/")
        credentials = {"username": username, "password": _PASSWORD, "facility": facility["id"]}
        session = client.call("POST", "/api/auth/session/", credentials)
        return Learner(client, session["user_id"])

    def _set_quiz(self) -> str:
        coach = self._coach
        [group] = coach.client.call("GET", "/api/auth/classroom/")
        questions = [
            {"exercise_id": exercise, "question_id": question, "title": "Question", "counter_in_exercise": number}
            for number, (exercise, question) in enumerate(self._items, 1)
        ]
        quiz = {
            "title": f"Quiz {self._items[0][0]}",
            "collection": group["id"],
            "assignments": [group["id"]],
            "question_sources": [{"section_title": "", "learners_see_fixed_order": True, "questions": questions}],
            "draft": False,
            "active": True,
        }
        return str(coach.client.call("POST", "/api/exams/exam/", quiz, coach.headers)["id"])


def _state(chosen: int) -> str:
    """The state of a question with options, as the page keeps it."""
    states = [{"selected": option == chosen, "crossedOut": False} for option in range(_CHOICES)]
    return _packed({"question": {"radio 1": {"choiceStates": states, "numCorrect": 1}}, "hints": []})


def _packed(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def install(folder: Path) -> Path:
    """With a device that is set up, since Kolibri takes its time for that; every run starts from a copy of it."""
    programs = environment(folder, "kolibri", PINS)
    ready = programs.parent / "home"
    if not ready.exists():
        home = programs.parent / "unfinished"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        command = f"manage provisiondevice --facility {_CLASS} --preset formal --superusername {_ADMIN}"
        command += f" --superuserpassword {_PASSWORD} --language_id en --noinput"
        run([str(programs / "kolibri"), *command.split()], home, _variables(home))
        home.rename(ready)
    return programs


@contextmanager
def serving(programs: Path, home: Path, players: int) -> Iterator[Kolibri]:
    """Serve a class of so many learners, without Kolibri's reports to its makers and its calls into the network."""
    shutil.copytree(programs.parent / "home", home)
    learners = home / "learners.csv"
    with learners.open("w", newline="") as file:
        table = csv.DictWriter(file, _COLUMNS, restval="")
        table.writeheader()
        for number in range(players):
            row = {"USERNAME": f"learner{number}", "PASSWORD": _PASSWORD, "FULL_NAME": f"Learner {number}"}
            table.writerow({**row, "USER_TYPE": "LEARNER", "ENROLLED_IN": _CLASS})
    kolibri = str(programs / "kolibri")
    run([kolibri, "manage", "bulkimportusers", str(learners)], home, _variables(home))
    port, content_port = free_port(), free_port()
    command = [kolibri, "start", "--foreground", "--port", str(port), "--zip-port", str(content_port)]
    with launched(command, home, _variables(home), port, "/api/public/info/") as pid:
        yield Kolibri(port, pid, home)


def _variables(home: Path) -> dict[str, str]:
    return {**_QUIET, "KOLIBRI_HOME": str(home)}
