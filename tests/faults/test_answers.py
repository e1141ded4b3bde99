"""Answers that come all at once, and processes that are killed while they are taken."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.db import connection

from tests.benchmarks.client import exchange
from tests.cluster import cluster, find_binaries
from tests.faults.hall import furnish
from tests.faults.players import Evening, players

PLAYERS = 8


@pytest.fixture(scope="module")
def hall(make_database, static_files):
    furnished = furnish(make_database(), workers=8)
    with furnished.server:
        yield furnished


def wait_for_answers(evening: Evening, count: int) -> None:
    """Until players were told of so many more."""
    deadline, goal = time.monotonic() + 60, len(evening.told) + count
    while len(evening.told) < goal:
        assert time.monotonic() < deadline, evening.troubles
        time.sleep(0.02)


def test_of_fifty_answers_to_one_question_at_once_one_counts(hall):
    sitting = hall.seat(1)
    path = sitting.browser.path
    replies = exchange(sitting.browser.port, [sitting.answer()] * 50, connections=50).replies
    assert [reply.status for reply in replies] == [200] * 50
    counted = [reply for reply in replies if "the first answer counts" not in reply.text]
    assert len(counted) == 1
    sitting.see_answer(counted[0])
    assert hall.on_record()[path] == (sitting.chosen, sitting.given[path].is_right)


def test_eight_writing_workers_fail_nobody(hall):
    with players(PLAYERS, hall.seat) as evening:
        wait_for_answers(evening, 150)
    assert evening.troubles == []
    assert evening.told.items() <= hall.on_record().items()


def test_killed_worker_loses_no_answer_and_is_replaced(hall):
    before = set(hall.server.workers())
    with players(PLAYERS, hall.seat) as evening:
        wait_for_answers(evening, 20)
        os.kill(min(before), signal.SIGKILL)
        wait_for_answers(evening, 60)
    assert evening.told.items() <= hall.on_record().items()
    deadline = time.monotonic() + 30
    while len(after := set(hall.server.workers())) < len(before):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert min(before) not in after


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no process of its own to kill")
def test_killed_database_loses_no_answer_that_was_confirmed(static_files):
    with cluster(find_binaries()) as database:
        hall = furnish(database.create_database("examprep"), workers=2)
        with hall.server:
            with players(PLAYERS, hall.seat) as evening:
                wait_for_answers(evening, 30)
                database.stop("immediate")
                time.sleep(1)
                database.start()
                wait_for_answers(evening, 30)
            assert evening.troubles
            assert evening.told.items() <= hall.on_record().items()
