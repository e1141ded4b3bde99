"""Which facts to ask in a session, and what is left to do until the exam.

Expectations are those of memory.py. The cards are never touched: a plan only looks ahead. What was tried and how it
fared is printed by ``python -m tests.benchmarks.learning``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import ceil, exp, floor, log
from random import Random
from typing import NamedTuple

from facts.learning.memory import (
    FIRST_RIGHT,
    FIRST_WRONG,
    KNOWN_BEFORE,
    gain_of_review,
    recall_after,
    stabilities_after,
)
from facts.learning.selection import FACTS_PER_QUESTION


class FactState(NamedTuple):
    """What planning knows of a fact. A tuple, since ten thousand are made for a session.

    ``stability``, ``difficulty``, ``days_since`` (the last review) and ``due_in`` (days; negative when overdue) are of
    the player's card, all None for a fact that was never asked. ``known`` is the chance that such a fact is known.
    """

    fact_id: int
    weight: float = 1.0  # of the fact in the exam, above 0; only ratios matter
    stability: float | None = None
    difficulty: float | None = None
    days_since: float | None = None
    due_in: float | None = None
    known: float = KNOWN_BEFORE


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts are of questions; recalls are the expected shares of all facts, weighed as in the exam."""

    due_now: int  # by the cards, whatever the date of the exam
    new_today: int
    questions_today: int  # what is left of today's
    minutes_today: int
    recall_now: float  # of what was asked today, tomorrow: by then it is seen whether it was learned or only read
    questions_a_day: int | None  # until the exam, today's that were answered included; None without a date
    recall_if_idle: float | None  # on the exam day, if nothing more is done; None without a date
    recall_if_followed: float | None  # on the exam day, if the plan is; None without a date


# What falls due within these days is due: who practises every evening must not miss by minutes what is due at eight.
DUE_WITHIN = 0.5
# The least time since the last review for which a recall is told: a minute after the answer was read all is recalled.
FRESH_DAYS = 1.0
# A fact asked within these days was asked today: asking again would tell nothing.
_JUST_ASKED = 0.5
# New facts are spread over the time until this many days before the exam, or half of the time left if that is less.
# All of them at once would be half forgotten when their second turn comes; the last days are for what was learned.
_REVIEW_DAYS = 5.0
# New facts get no more than the first share of a session before the exam, lest nothing be asked twice, and no less than
# the second without an exam: a heap of facts that are due and never stick would keep all others out.
_NEW_BEFORE_EXAM, _NEW_WITHOUT_EXAM = 0.5, 0.25
# Without an exam, what is learned should last for some weeks.
_HORIZON_DAYS = 30.0
# A review that is expected to lift the recall on the exam day by less is of no use.
_USEFUL = 0.005
_GOOD_ENOUGH = 0.9  # recall on the exam day that a plan wants for each fact
_MOST_REVIEWS = 5  # of one fact in a plan

_Ranked = list[tuple[float, float, int]]  # worth, a random number to decide between equals, fact


def known_share(right: int, answered: int, by_guess: float) -> float:
    """The share of the facts about a service that a player knew, from first answers to questions about some of them.

    Guesses, right with the chance ``by_guess``, are taken off, and few answers count little against KNOWN_BEFORE.
    """
    knew = (right - by_guess * answered) / (1 - by_guess)
    return min(max((knew + 4 * KNOWN_BEFORE) / (answered + 4), 0.02), 0.98)


def choose_facts(
    states: Sequence[FactState],
    *,
    length: int,
    days_to_exam: float | None,
    new_limit: int,
    rng: Random,
    due_within: float = DUE_WITHIN,
) -> list[int]:
    """Facts for a session of ``length`` questions, the session first, then what may stand in where questions clash.

    Each fact at most once, never more than ``new_limit`` that were not asked before; chance decides between equals.
    An exam in the past is no exam.

    With an exam ahead, so many new facts that all are met in time to be reviewed, and the reviews that lift the
    expected recall on that day most. Without one, what is due, by what it lifts the recall some weeks from now, beside
    a share of new facts, then what would be due next. New facts come by what they are worth: their weight in the exam
    times the chance that they are not known, so weak services first. Last comes what was asked today, or is of no use
    on the exam day.
    """
    exam = days_to_exam if days_to_exam is not None and days_to_exam >= 0 else None
    horizon = _HORIZON_DAYS if exam is None else exam
    chance = rng.random
    unseen: _Ranked = []
    due: _Ranked = []
    later: _Ranked = []
    useless: _Ranked = []
    for fact_id, weight, stability, difficulty, days_since, due_in, known in states:
        if stability is None or difficulty is None or days_since is None or due_in is None:
            unseen.append((weight * (1 - known), chance(), fact_id))
            continue
        gain = gain_of_review(stability, difficulty, max(days_since, 0.0), horizon)
        ranked = (gain * weight, chance(), fact_id)
        if days_since < _JUST_ASKED or (exam is not None and gain < _USEFUL):
            useless.append(ranked)
        elif exam is not None or due_in <= due_within:
            due.append(ranked)
        else:
            later.append(ranked)
    wanted = length * FACTS_PER_QUESTION
    new, reviews = _best(unseen, min(max(new_limit, 0), wanted)), _best(due, wanted)
    share = ceil(length * _NEW_WITHOUT_EXAM)
    if exam is not None:
        share = min(_new_a_day(len(unseen), exam), ceil(length * _NEW_BEFORE_EXAM))
    # What reviews leave free goes to new facts, and the other way round.
    share = min(max(share, length - len(reviews)), len(new))
    kept = max(length - share, 0)
    order = [*new[:share], *reviews[:kept], *reviews[kept:], *new[share:]]
    if len(order) < wanted:
        order += [*_best(later, wanted), *_best(useless, wanted)]
    return order[:wanted]


def _best(ranked: _Ranked, count: int) -> list[int]:
    return [fact_id for _, _, fact_id in nlargest(count, ranked)]


def _new_a_day(unseen: int, days_to_exam: float) -> int:
    """How many new facts a day it takes to have met all of them in time."""
    return ceil(unseen / max(days_to_exam - min(_REVIEW_DAYS, days_to_exam / 2), 1.0))


def make_plan(
    states: Sequence[FactState],
    *,
    days_to_exam: float | None,
    new_per_day: int,
    new_left: int,
    seconds_a_question: float,
    done_today: int = 0,
    due_within: float = DUE_WITHIN,
) -> Plan:
    """What there is to do today. An exam in the past is no exam.

    ``new_per_day`` facts may be met for the first time each day, ``new_left`` of them are left for today.
    ``done_today`` facts were asked since the day began; with an exam ahead they count for today's share. What is due
    in ``due_within`` days is due.

    A plan wants each fact recalled on the exam day with a chance of 0.9, and counts the reviews that this is expected
    to take; a fact for which five do not suffice gets five. Cards much alike count as if they were equal.
    """
    exam = days_to_exam if days_to_exam is not None and days_to_exam >= 0 else None
    days = 0.0 if exam is None else exam
    due_now = unseen = askable = 0
    total = now = idle = 0.0
    cells: dict[tuple[int, int], list[float]] = {}  # cards much alike: count, weight, and the first of them
    unseen_cells: dict[int, list[float]] = {}  # tenths of the chance to be known: count, weight
    for _, weight, stability, difficulty, days_since, due_in, known in states:
        total += weight
        if stability is None or difficulty is None or days_since is None or due_in is None:
            unseen += 1
            now += weight * known
            idle += weight * known
            cell = unseen_cells.setdefault(round(10 * known), [0, 0.0])
        else:
            due_now += due_in <= due_within
            askable += days_since >= _JUST_ASKED
            days_since = max(days_since, 0.0)
            recall = recall_after(days_since, stability)
            now += weight * recall_after(max(days_since, FRESH_DAYS), stability)
            idle += weight * recall_after(max(days_since + days, FRESH_DAYS), stability)
            cell = cells.setdefault(
                (floor(4 * log(stability)), floor(20 * recall)), [0, 0.0, stability, difficulty, days_since]
            )
        cell[0] += 1
        cell[1] += weight
    total = total or 1.0
    if exam is None:
        new_today = min(unseen, max(new_left, 0))
        questions = due_now + new_today
        minutes = _minutes(questions, seconds_a_question)
        return Plan(due_now, new_today, questions, minutes, now / total, None, None, None)
    sessions = max(ceil(exam), 1)
    needed = followed = 0.0
    for count, weight, stability, difficulty, days_since in cells.values():
        reviews, recall = _reviews_needed(stability, difficulty, days_since, exam)
        needed += count * reviews
        followed += weight * recall
    may_meet = max(new_left, 0) + max(new_per_day, 0) * (sessions - 1)
    met = min(may_meet / unseen, 1.0) if unseen else 0.0
    for tenths, (count, weight) in unseen_cells.items():
        known = tenths / 10
        # Between what a right and a wrong first answer would make of it. On average it is met a third of the way on.
        reviews, recall = _reviews_needed(_between(0, known), _between(1, known), 0.0, exam * 2 / 3)
        needed += met * count * (1 + reviews)
        followed += weight * (met * recall + (1 - met) * known)
    a_day = ceil((needed + done_today) / sessions)
    # Early on there may be less to ask than will be needed on an average day.
    questions = min(max(a_day - done_today, 0), askable + min(unseen, max(new_left, 0)))
    return Plan(
        due_now=due_now,
        new_today=min(unseen, max(new_left, 0), max(_new_a_day(unseen, exam), questions - askable), questions),
        questions_today=questions,
        minutes_today=_minutes(questions, seconds_a_question),
        recall_now=now / total,
        questions_a_day=a_day,
        recall_if_idle=idle / total,
        recall_if_followed=max(followed, idle) / total,
    )


def _minutes(questions: int, seconds_a_question: float) -> int:
    return ceil(questions * seconds_a_question / 60)


def _between(part: int, known: float) -> float:
    """Stability (part 0) or difficulty (part 1) after a first answer that was right with the chance ``known``."""
    return float(FIRST_RIGHT[part] ** known * FIRST_WRONG[part] ** (1 - known))


def _reviews_needed(stability: float, difficulty: float, days_since: float, days: float) -> tuple[int, float]:
    """How many reviews, evenly spread over the days, make a fact good enough at their end; and its recall then."""
    recall = recall_after(days_since + days, stability)
    count = 0
    while recall < _GOOD_ENOUGH and count < min(_MOST_REVIEWS, max(ceil(days), 1)):
        count += 1
        gap = days / (count + 1)
        reached, elapsed = stability, days_since + gap
        for _ in range(count):
            chance = recall_after(elapsed, reached)
            if_known, if_not = stabilities_after(reached, difficulty, chance)
            reached, elapsed = exp(chance * log(if_known) + (1 - chance) * log(if_not)), gap
        recall = max(recall, recall_after(gap, reached))
    return count, recall


def forecast(dues_in_days: Iterable[float], days: int, days_to_exam: float | None = None) -> list[int]:
    """How many cards fall due on each of the next ``days`` days; what is overdue counts on the first.

    A day is 24 hours from now. What falls due after the exam is not counted.
    """
    end = days if days_to_exam is None or days_to_exam < 0 else min(days_to_exam, days)
    per_day = Counter(max(floor(due), 0) for due in dues_in_days if due < end)
    return [per_day[day] for day in range(days)]
