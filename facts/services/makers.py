"""Questions about many facts, made by several processes at once.

That takes longest when a large bank is loaded, and needs nothing but what the rules read. So the processes load neither
Django nor settings, and none of them can reach the database.
"""

import os
import pickle
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Generator as Making
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import batched
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

from facts.questions.content import Question
from facts.questions.generate import Generator

Made = tuple[str, list[Question]]  # a fact's id, and the questions about it

_WORTH_IT = 400  # facts from which on more processes gain what it takes to start them
_FACTS_AT_A_TIME = 25
_PARTS_AHEAD = 12  # for each process: it goes on while what it made is stored, but not for ever, for want of memory


def make_questions(maker: Generator, fact_ids: Sequence[str], *, processes: int) -> Making[Made]:
    """The questions about each of these facts, in this order; the same ones whatever the number of processes.

    Whoever does not take them all closes it, which ends the processes.
    Raises UnsoundQuestion as ``maker`` does, and concurrent.futures.BrokenExecutor where a process was killed.
    """
    if processes < 2 or len(fact_ids) < _WORTH_IT:
        for fact_id in fact_ids:
            yield fact_id, maker.questions_about(fact_id)
        return
    with tempfile.TemporaryDirectory() as folder:
        # By way of a file: a process that is killed before it has read its arguments leaves the one that writes them
        # hanging if they are long.
        indexed = Path(folder) / "facts"
        indexed.write_bytes(pickle.dumps(maker))
        # "spawn": a fork would share this process's connection to the database.
        pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, (indexed,))
        try:
            waiting: deque[Future[list[Made]]] = deque()
            for part in batched(fact_ids, _FACTS_AT_A_TIME, strict=False):
                waiting.append(pool.submit(_make, part))
                if len(waiting) > processes * _PARTS_AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


# In the processes.

_makers: list[Generator] = []


def _start(indexed: Path) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl+C reaches all of a terminal; the one that stores tells the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _makers.append(pickle.loads(indexed.read_bytes()))


def _end_with_parent() -> None:
    """End at once if the process that stores was killed and can tell nobody."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _make(fact_ids: Sequence[str]) -> list[Made]:
    return [(fact_id, _makers[0].questions_about(fact_id)) for fact_id in fact_ids]
