from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

import pytest

from facts.exchange.toml import parse_bank
from facts.questions.content import Distractor, Scenario
from facts.questions.generate import Generator, UnsoundQuestion
from facts.services import makers
from facts.services.makers import make_questions
from tests.content import make_fact, make_facts

BANK = Path(__file__).parent.parent / "facts" / "data"


@pytest.fixture
def facts(monkeypatch):
    """So many that it is worth more processes, in parts of a few."""
    monkeypatch.setattr(makers, "_WORTH_IT", 10)
    monkeypatch.setattr(makers, "_FACTS_AT_A_TIME", 4)
    bank = parse_bank({path.name: path.read_bytes() for path in (BANK / "services.toml", BANK / "s3.toml")})
    return [record.fact for record in bank.facts]


def ids_of(facts):
    return [fact.id for fact in facts]


def test_questions_are_the_same_and_in_the_same_order_whatever_the_number_of_processes(facts):
    alone = list(make_questions(Generator(facts), ids_of(facts), processes=1))
    assert [fact_id for fact_id, _ in alone] == ids_of(facts)
    assert sum(len(questions) for _, questions in alone) > 2 * len(facts)
    assert list(make_questions(Generator(facts), ids_of(facts), processes=2)) == alone


def test_no_process_is_started_for_a_few_facts():
    facts = make_facts(5)
    list(islice(make_questions(Generator(facts), ids_of(facts), processes=2), 1))
    assert active_children() == []


def test_processes_end_when_no_more_questions_are_wanted(facts):
    making = make_questions(Generator(facts), ids_of(facts), processes=2)
    next(making)
    assert active_children()
    making.close()
    assert active_children() == []


def test_unsound_question_made_by_another_process_is_refused_here(facts):
    same = Scenario("What keeps it?", "Amazon S3", "It does.", (Distractor("the amazon S3", "It does not."),))
    facts.append(make_fact("unsound", scenarios=(same,)))
    with pytest.raises(UnsoundQuestion, match="^unsound: scenario has two options that read alike$"):
        list(make_questions(Generator(facts), ids_of(facts), processes=2))
    assert active_children() == []


def test_killed_process_ends_the_making_with_an_error(facts):
    making = make_questions(Generator(facts), ids_of(facts), processes=2)
    next(making)
    for process in active_children():
        os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(BrokenExecutor):
        list(making)


MAKE_FOR_EVER = """
import time
from multiprocessing import active_children
from facts.questions.generate import Generator
from facts.services.makers import make_questions
from tests.content import make_facts
facts = make_facts(1000)
making = make_questions(Generator(facts), [fact.id for fact in facts], processes=2)
next(making)
print(*(process.pid for process in active_children()), flush=True)
time.sleep(60)
"""


def test_processes_end_with_the_one_that_stores():
    with subprocess.Popen([sys.executable, "-c", MAKE_FOR_EVER], stdout=subprocess.PIPE, text=True) as storing:
        pids = [int(word) for word in storing.stdout.readline().split()]
        storing.kill()
    assert len(pids) == 2
    give_up = time.monotonic() + 20
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # who waits for nobody's parent stays as a zombie
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
