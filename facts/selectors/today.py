"""What today asks of a player."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from facts.learning.blueprint import DOMAINS
from facts.learning.memory import KNOWN_BEFORE, days_until_due
from facts.learning.planning import FactState, Plan, known_share, make_plan
from facts.learning.streak import Streak, count_streak
from facts.models import Card, Player, StudyPlan, Tally
from facts.models.progress import EPOCH, get_plan

_DAY = timedelta(days=1)
_EXAM_BEGINS = time(9)  # nobody says at what hour; exams are sat in the morning more often than not
_TYPICAL_FLOOR = 0.3  # the chance to guess a question of the bank, over its kinds
SECONDS_A_QUESTION = 30.0  # until the player's own answers tell


@dataclass(frozen=True)
class Today:
    """The plan as it stands on the player's own day."""

    plan: StudyPlan
    day: date
    numbers: Plan
    streak: Streak
    answered: int  # today
    states: list[FactState] = field(repr=False)  # what the choice of a session is made from
    new_left: int  # of facts not met before, for today
    due_within: float  # days until the day is over
    days_to_exam: float | None  # with fractions, until it begins

    @property
    def days_left(self) -> int | None:
        """Until the exam; None without a date, or when it has gone by."""
        exam_on = self.plan.exam_on
        return (exam_on - self.day).days if exam_on and exam_on >= self.day else None

    @property
    def session_count(self) -> int:
        """The questions of the next session."""
        return min(self.numbers.questions_today, self.plan.session_length)

    @property
    def session_minutes(self) -> int:
        questions = self.numbers.questions_today
        return max(round(self.numbers.minutes_today * self.session_count / questions), 1) if questions else 0

    @property
    def sentence(self) -> str:
        """What today asks, in words."""
        left = self.numbers.questions_today
        if not left:
            return "All done for today." if self.answered else "Nothing needs to be asked today."
        if self.days_left is not None:
            more = " more" if self.answered else ""
            return f"{_count(left, more + ' question')} today keep{'s' if left == 1 else ''} you on course."
        due, new = self.numbers.due_now, self.numbers.new_today
        parts = [f"{_count(due, ' fact')} due"] if due else []
        parts += [f"{new} new" if due else _count(new, " new fact")] if new else []
        return f"{' and '.join(parts)} today."

    @property
    def is_exam_over(self) -> bool:
        return self.plan.exam_on is not None and self.plan.exam_on < self.day


def get_today(player: Player) -> Today:
    """A fixed number of queries, whatever the number of facts, cards and answers."""
    now = timezone.now()
    plan = get_plan(player)
    day = now.astimezone(plan.zone).date()
    days = list(
        Tally.objects.filter(player=player, period=Tally.Period.DAY).values_list("starts_on", "answered", "seconds")
    )
    answered, seconds = sum(count for _, count, _ in days), sum(seconds for *_, seconds in days)
    states, days_to_exam = read_states(player, now), _days_to_exam(plan, now)
    new_left = max(plan.new_per_day - _count_new_today(player, plan, now), 0)
    due_within = (_midnight(plan, now, days=1) - now) / _DAY
    numbers = make_plan(
        states,
        days_to_exam=days_to_exam,
        new_per_day=plan.new_per_day,
        new_left=new_left,
        due_within=due_within,
        done_today=_count_asked_today(states, plan, now),
        seconds_a_question=seconds / answered if answered and seconds else SECONDS_A_QUESTION,
    )
    return Today(
        plan,
        day,
        numbers,
        count_streak([starts_on for starts_on, *_ in days], day),
        next((count for starts_on, count, _ in days if starts_on == day), 0),
        states,
        new_left,
        due_within,
        days_to_exam,
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,}{noun}{'s' if number != 1 else ''}"


def _days_to_exam(plan: StudyPlan, now: datetime) -> float | None:
    """From now to the exam, in days; None without a date, or when it has begun."""
    if plan.exam_on is None:
        return None
    days = (datetime.combine(plan.exam_on, _EXAM_BEGINS, plan.zone) - now) / _DAY
    return days if days > 0 else None


def _midnight(plan: StudyPlan, now: datetime, *, days: int = 0) -> datetime:
    """When the player's day began, or another one so many days later will."""
    return datetime.combine(now.astimezone(plan.zone).date() + timedelta(days=days), time(), plan.zone)


def _count_asked_today(states: list[FactState], plan: StudyPlan, now: datetime) -> int:
    begun = (now - _midnight(plan, now)) / _DAY
    return sum(state.days_since is not None and state.days_since <= begun for state in states)


def _count_new_today(player: Player, plan: StudyPlan, now: datetime) -> int:
    """How many facts the player has met for the first time since their day began."""
    return Card.objects.filter(player=player, first_review__gte=_midnight(plan, now)).count()


# Django would take longer to make ten thousand rows into objects than the choice among them takes.
_STATES = """
    SELECT fact.id, fact.domain, service.slug, card.stability, card.difficulty, card.last_review
    FROM facts_fact AS fact
    JOIN facts_service AS service ON service.id = fact.service_id
    LEFT JOIN facts_card AS card ON card.fact_id = fact.id AND card.player_id = %s
    WHERE NOT fact.is_withdrawn AND NOT fact.is_draft
    ORDER BY fact.id
"""


def read_states(player: Player, now: datetime) -> list[FactState]:
    """All facts of the bank as the choice sees them, with the player's memory of each. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [player.pk])
        rows = cursor.fetchall()
    in_domain = Counter(domain for _, domain, *_ in rows)
    weights = {domain: DOMAINS.get(domain, 0) / 100 / count for domain, count in in_domain.items()}
    known = {
        scope.removeprefix("service:"): known_share(right, answered, _TYPICAL_FLOOR)
        for scope, right, answered in Tally.objects.filter(
            player=player, period=Tally.Period.ALL, starts_on=EPOCH, scope__startswith="service:"
        ).values_list("scope", "first_right", "first_answered")
    }
    naive = now.astimezone(UTC).replace(tzinfo=None)
    states = []
    for fact_id, domain, service, stability, difficulty, last_review in rows:
        weight, chance = weights[domain], known.get(service, KNOWN_BEFORE)
        if last_review is None:
            states.append(FactState(fact_id, weight, known=chance))
        else:
            days = (naive - last_review.replace(tzinfo=None)) / _DAY
            due_in = days_until_due(stability) - days
            states.append(FactState(fact_id, weight, stability, difficulty, days, due_in, chance))
    return states
