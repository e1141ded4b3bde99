"""Guests who play on whatever happens: what was not confirmed they send again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.benchmarks.client import Reply, exchange
from tests.benchmarks.sitting import Sitting

PATIENCE = 60  # seconds until a player gives up


@dataclass
class Evening:
    """What players were told, by the path of the question: their choice and whether it was right."""

    told: dict[str, tuple[list[int], bool]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def play(sitting: Sitting, evening: Evening) -> None:
    """Play a quiz to its last question."""
    while True:
        sitting.see_answer(_insist(sitting, sitting.answer, evening))
        path = sitting.browser.path
        evening.told[path] = (sitting.given[path].chosen, sitting.given[path].is_right)
        if sitting.next_path.count("/") < path.count("/"):  # to the result
            return
        sitting.see_question(_insist(sitting, sitting.go_on, evening))


def _insist(sitting: Sitting, request: Callable[[], bytes], evening: Evening) -> Reply:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            [reply] = exchange(sitting.browser.port, [request()]).replies
            if reply.status < 500:
                return reply
            trouble = str(reply.status)
        except OSError as error:
            trouble = type(error).__name__
        evening.troubles.append(trouble)
        assert time.monotonic() < deadline, evening.troubles
        time.sleep(0.1)


@contextmanager
def players(count: int, seat: Callable[[int], Sitting]) -> Iterator[Evening]:
    """So many players at once, who sit one quiz after another until the block ends."""
    evening, is_over = Evening(), threading.Event()

    def play_on(number: int) -> None:
        seed = number
        while not is_over.is_set():
            seed += count
            try:
                sitting = seat(seed)
            except (OSError, RuntimeError) as error:  # no quiz was begun, so nothing of it can be lost
                evening.troubles.append(str(error))
                time.sleep(0.1)
                continue
            play(sitting, evening)

    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(play_on, number) for number in range(count)]
        try:
            yield evening
        finally:
            is_over.set()
        for one in running:
            one.result()
