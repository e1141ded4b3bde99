"""Anki, behind anki-connect-server: one collection of one person, over JSON."""

import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.client import Reply
from tests.benchmarks.peer import Client, Program, Unavailable, environment, launched
from tests.benchmarks.workplace import free_port

# The server imports httpx and does not ask for it.
PINS = ("anki-connect-server==0.5.0", "anki==26.9.3", "httpx==0.28.1")
NAME = "Anki (anki-connect-server)"
DECK = "Benchmark"
_EASES = (1, 2, 3, 4)  # again, hard, good, easy


class Anki(Program):
    """The players are connections to one collection, each with cards of its own.

    The server has no action that takes the next card from Anki's queue. So a player gets the list of cards at the
    start, and a step is ``answerCards``, then ``cardsInfo`` of the next card: its rendered question and answer.
    """

    name = NAME
    version = "26.9.3 (0.5.0)"

    def __init__(self, port: int, pid: int, collection: Path, notes: Sequence[tuple[str, str]]) -> None:
        self.port = port
        self.pid = pid
        self._client = Client(port)
        self._collection = collection
        self._notes = notes
        self._rng = random.Random(1)
        self._given: dict[int, list[int]] = defaultdict(list)  # the eases that were confirmed, by card

    def begin(self, players: int, length: int) -> None:
        found = self._call("findCards", query=f"deck:{DECK}")
        if not found:
            self._add_notes(players * length)
            found = self._call("findCards", query=f"deck:{DECK}")
        assert len(found) == players * length
        self._cards = [found[player * length : (player + 1) * length] for player in range(players)]
        self._at = 0
        self._show(self._call("cardsInfo", cards=[cards[0]]) for cards in self._cards)

    def answers(self) -> list[bytes]:
        self._eases = [self._rng.choice(_EASES) for _ in self._cards]
        return [
            self._message("answerCards", answers=[{"cardId": cards[self._at], "ease": ease}])
            for cards, ease in zip(self._cards, self._eases, strict=True)
        ]

    def see_answers(self, replies: Sequence[Reply]) -> None:
        confirmed = [reply.status == 200 and json.loads(reply.text)["result"] == [True] for reply in replies]
        for cards, ease, is_confirmed in zip(self._cards, self._eases, confirmed, strict=True):
            if is_confirmed:
                self._given[cards[self._at]].append(ease)
        self.count(replies, confirmed)

    def questions(self) -> list[bytes]:
        self._at += 1
        return [self._message("cardsInfo", cards=[cards[self._at]]) for cards in self._cards]

    def see_questions(self, replies: Sequence[Reply]) -> None:
        self._show(json.loads(reply.text)["result"] for reply in replies)

    def find_wrong(self) -> list[str]:
        recorded: dict[int, list[int]] = defaultdict(list)
        with closing(sqlite3.connect(f"file:{self._collection}?mode=ro", uri=True)) as connection:
            for card, ease in connection.execute("SELECT cid, ease FROM revlog ORDER BY id"):
                recorded[card].append(ease)
        return [
            f"Card {card}: confirmed {self._given[card]}, recorded {recorded[card]}"
            for card in sorted(recorded.keys() | self._given.keys())
            if recorded[card] != self._given[card]
        ]

    def _show(self, answered: Iterator[Any]) -> None:
        for (info,), cards in zip(answered, self._cards, strict=True):
            if info["cardId"] != cards[self._at] or not info["question"]:
                raise Unavailable(f"card {cards[self._at]} was not shown")

    def _add_notes(self, count: int) -> None:
        self._call("createDeck", deck=DECK)
        notes = [
            {
                "deckName": DECK,
                "modelName": "Basic",
                "fields": dict(zip(("Front", "Back"), self._notes[number % len(self._notes)], strict=True)),
                "tags": ["benchmark"],
            }
            for number in range(count)
        ]
        for start in range(0, count, 100):
            self._call("addNotes", notes=notes[start : start + 100])

    def _message(self, action: str, **params: Any) -> bytes:
        return self._client.message("POST", "/api", {"action": action, "version": 6, "params": params})

    def _call(self, action: str, **params: Any) -> Any:
        answered = self._client.call("POST", "/api", {"action": action, "version": 6, "params": params})
        if answered["error"]:
            raise Unavailable(f"{action}: {answered['error']}")
        return answered["result"]


def install(folder: Path) -> Path:
    return environment(folder, "anki-connect-server", PINS)


@contextmanager
def serving(programs: Path, home: Path, notes: Sequence[tuple[str, str]]) -> Iterator[Anki]:
    """Serve a fresh collection. Without the name of an account nothing is ever sent to AnkiWeb."""
    home.mkdir()
    collection = home / "collection.anki2"
    port = free_port()
    variables = {"ANKICONNECT_COLLECTION_PATH": str(collection), "ANKICONNECT_PORT": str(port)}
    variables["ANKICONNECT_BIND"] = "127.0.0.1"
    with launched([str(programs / "anki-connect-server"), "api"], home, variables, port, "/health") as pid:
        yield Anki(port, pid, collection, notes)
