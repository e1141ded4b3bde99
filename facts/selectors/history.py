"""Reading a player's history: what was answered day by day, what is remembered now, which quizzes were taken.

Each page has a fixed number of queries and reads sums, memory and its own page of quizzes, of this player only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import nsmallest

from django.core.paginator import Page, Paginator
from django.db.models import Count

from facts.learning.blueprint import scaled_score
from facts.learning.memory import recall_after
from facts.learning.planning import FRESH_DAYS, forecast
from facts.learning.streak import Streak, count_streak
from facts.models import Card, Domain, Fact, Player, Quiz, QuizMode, QuizQuestion, Service, Tally
from facts.models.play import seconds_between
from facts.models.progress import EPOCH, StudyPlan

QUIZ_PAGE = 20
WEEKS = 26  # that the calendar and the trend look back
DAILY_UP_TO = 35  # days; a longer past is shown week by week
WEAKEST = 10
HORIZONS = (14, 30)  # days that the forecast can look ahead
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Accuracy:
    name: str
    answered: int
    right: int

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.answered)


@dataclass(frozen=True)
class Sums:
    """What was answered in a day or a week."""

    starts_on: date
    answered: int
    right: int
    reviewed: int  # answers about facts last asked on an earlier day
    reviewed_right: int
    seconds: float

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.answered) if self.answered else None

    @property
    def retention(self) -> int | None:
        """Percent of the facts from earlier days that were still known."""
        return round(100 * self.reviewed_right / self.reviewed) if self.reviewed else None


_SUMS = ("starts_on", "answered", "right", "reviewed", "reviewed_right", "seconds")


@dataclass(frozen=True)
class Overview:
    """A player's past in sums; services and domains with the weakest first, days with answers only, oldest first."""

    today: date
    total: Sums | None
    first: Accuracy | None  # first attempts only
    services: list[Accuracy]
    domains: list[Accuracy]
    days: list[Sums]  # of the last WEEKS, this one included
    streak: Streak
    waiting: Quiz | None = None  # of somebody who has not answered anything yet

    @property
    def weakest_services(self) -> list[Accuracy]:
        """The five services with the smallest share of right answers, few answers weighing less."""
        return nsmallest(5, self.services, key=lambda service: (service.right + 8) / (service.answered + 12))

    @property
    def is_daily(self) -> bool:
        return bool(self.days) and (self.today - self.days[0].starts_on).days < DAILY_UP_TO

    @property
    def trend(self) -> list[Sums]:
        """Day by day while the past is short, then week by week; those with answers, oldest first."""
        return self.days if self.is_daily else _by_week(self.days)


def get_overview(player: Player, today: date) -> Overview:
    """Four queries at most. ``today`` is the player's own."""
    total = first = None
    scopes: dict[str, list[Accuracy]] = {"service": [], "domain": []}
    names = {f"service:{slug}": name for slug, name in Service.objects.order_by().values_list("slug", "name")}
    names |= {f"domain:{value}": str(label) for value, label in Domain.choices}
    for tally in Tally.objects.filter(player=player, period=Tally.Period.ALL, starts_on=EPOCH):
        topic, _, slug = tally.scope.partition(":")
        if tally.scope == "":
            total = Sums(*(getattr(tally, name) for name in _SUMS))
            first = Accuracy("", tally.first_answered, tally.first_right)
        elif topic in scopes:
            scopes[topic].append(Accuracy(names.get(tally.scope, slug), tally.answered, tally.right))
    for group in scopes.values():
        group.sort(key=lambda accuracy: (accuracy.right / accuracy.answered, accuracy.name))
    waiting = None if total else Quiz.objects.filter(player=player).order_by("-started_at").first()
    rows = Tally.objects.filter(player=player, period=Tally.Period.DAY, scope="").order_by("starts_on")
    days = [Sums(*row) for row in rows.values_list(*_SUMS)] if total else []
    streak = count_streak((day.starts_on for day in days), today)
    shown = [day for day in days if calendar_start(today) <= day.starts_on <= today]
    return Overview(today, total, first, scopes["service"], scopes["domain"], shown, streak, waiting)


def get_streak(player: Player, today: date) -> Streak:
    """The player's days in a row; one query. ``today`` is the player's own."""
    days = Tally.objects.filter(player=player, period=Tally.Period.DAY, scope="")
    return count_streak(days.values_list("starts_on", flat=True), today)


def calendar_start(today: date) -> date:
    """The Monday with which the calendar begins."""
    return monday(today) - (WEEKS - 1) * 7 * _DAY


def monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _by_week(days: Iterable[Sums]) -> list[Sums]:
    weeks: dict[date, Sums] = {}
    for day in days:
        starts_on = monday(day.starts_on)
        week = weeks.get(starts_on, Sums(starts_on, 0, 0, 0, 0, 0))
        sums = (getattr(week, name) + getattr(day, name) for name in _SUMS[1:])
        weeks[starts_on] = Sums(starts_on, *sums)
    return list(weeks.values())


# Memory


@dataclass
class Recall:
    """How well facts are remembered: of a service, a family or the whole bank."""

    name: str
    slug: str = ""
    facts: int = 0  # in the bank
    met: int = 0  # of them asked at least once
    sum: float = 0  # of the chances to recall those that were met

    @property
    def share(self) -> float | None:
        return self.sum / self.met if self.met else None

    @property
    def percent(self) -> int | None:
        return round(100 * self.sum / self.met) if self.met else None

    def add(self, other: Recall) -> None:
        self.facts += other.facts
        self.met += other.met
        self.sum += other.sum


@dataclass
class FamilyRecall(Recall):
    services: list[Recall] = field(default_factory=list)  # in the order of their names


@dataclass(frozen=True)
class WeakFact:
    fact: Fact
    percent: int  # expected recall tomorrow
    answered: int
    right: int


@dataclass(frozen=True)
class Memory:
    total: Recall
    families: list[FamilyRecall]  # the one with the most facts first
    weakest: list[WeakFact]
    due_now: int
    # Reviews that come due today, tomorrow and so on until the exam; those overdue count for today.
    forecast: list[int]
    today: date
    exam_on: date | None  # if it is still to come

    @property
    def exam_in(self) -> int | None:
        return (self.exam_on - self.today).days if self.exam_on else None

    @property
    def most_facts(self) -> int:
        return max((family.facts for family in self.families), default=0)


@dataclass(frozen=True, slots=True)
class _Card:
    fact_id: int
    service_id: int
    stability: float
    last_review: datetime
    due: datetime
    answered: int
    right: int

    def recall(self, at: datetime) -> float:
        return recall_after((at - self.last_review) / _DAY, self.stability)


def _get_cards(player: Player) -> list[_Card]:
    cards = Card.objects.filter(player=player, fact__in=Fact.objects.in_bank())
    names = ("fact_id", "fact__service_id", "stability", "last_review", "due", "answered", "right")
    return [_Card(*row) for row in cards.values_list(*names)]


def _weakest(cards: Iterable[_Card], now: datetime) -> list[_Card]:
    # Tomorrow, since whatever was read today is known today, a mistake of an hour ago before all.
    return nsmallest(WEAKEST, cards, key=lambda card: (card.recall(now + _DAY), card.fact_id))


def find_weakest(player: Player, now: datetime) -> list[int]:
    """Keys of the facts that the player is least likely to recall tomorrow. One query."""
    return [card.fact_id for card in _weakest(_get_cards(player), now)]


def get_memory(player: Player, plan: StudyPlan, now: datetime, days: int = HORIZONS[0]) -> Memory:
    """Four queries: cards, services, facts of each, the statements of the weakest."""
    today = now.astimezone(plan.zone).date()
    cards = _get_cards(player)
    exam_on = plan.exam_on if plan.exam_on and plan.exam_on >= today else None
    due_in = [(card.due.astimezone(plan.zone).date() - today).days for card in cards]
    total, families = _map_services(cards, now)
    weakest = _weakest(cards, now)
    facts = Fact.objects.select_related("service").in_bulk([card.fact_id for card in weakest])
    return Memory(
        total=total,
        families=families,
        weakest=[
            WeakFact(facts[card.fact_id], round(100 * card.recall(now + _DAY)), card.answered, card.right)
            for card in weakest
            if card.fact_id in facts
        ],
        due_now=sum(days <= 0 for days in due_in),
        # In whole days of the player's own; that of the exam counts.
        forecast=forecast(due_in, days, (exam_on - today).days + 1 if exam_on else None),
        today=today,
        exam_on=exam_on,
    )


def _map_services(cards: Iterable[_Card], now: datetime) -> tuple[Recall, list[FamilyRecall]]:
    counts = dict(Fact.objects.in_bank().order_by().values_list("service").annotate(Count("pk")))
    services: dict[int, Recall] = {}
    families: dict[int, FamilyRecall] = {}
    for service in Service.objects.select_related("family").filter(pk__in=counts).order_by("name"):
        recall = services[service.pk] = Recall(service.name, service.slug, counts[service.pk])
        family = families.setdefault(service.family_id, FamilyRecall(service.family.name, service.family.slug))
        family.services.append(recall)
    for card in cards:
        if service_recall := services.get(card.service_id):
            service_recall.met += 1
            # A minute after the answer was read all is recalled: what is of today is judged by tomorrow.
            service_recall.sum += card.recall(max(now, card.last_review + FRESH_DAYS * _DAY))
    total = Recall("Everything")
    for family in families.values():
        for recall in family.services:
            family.add(recall)
        total.add(family)
    return total, sorted(families.values(), key=lambda family: (-family.facts, family.name))


# Quizzes


@dataclass
class PastQuiz:
    """A quiz in sums; what was asked again is not counted, nor are the pilots of an exam."""

    quiz: Quiz
    count: int = 0
    answered: int = 0  # chosen, in an exam that runs
    right: int = 0
    seconds: float = 0

    @property
    def score(self) -> int | None:
        """The scaled score of an exam that is over."""
        is_over = self.quiz.mode == QuizMode.EXAM and self.quiz.finished_at and self.count
        return scaled_score(self.right, self.count) if is_over else None


def get_past_quizzes(player: Player, page: str | int = 1) -> tuple[Page, list[PastQuiz]]:
    """A page of the player's quizzes, the latest first. Three queries."""
    quizzes = Paginator(Quiz.objects.filter(player=player).order_by("-started_at", "-pk"), QUIZ_PAGE).get_page(page)
    past = {quiz.pk: PastQuiz(quiz) for quiz in quizzes}
    rows = QuizQuestion.objects.filter(quiz__in=list(past), is_repeat=False).order_by()
    for quiz_id, is_right, shown_at, answered_at, spent, draft, is_scored in rows.values_list(
        "quiz", "is_right", "shown_at", "answered_at", "spent", "draft", "is_scored"
    ):
        entry = past[quiz_id]
        entry.seconds += seconds_between(shown_at, answered_at) if spent is None else spent
        if not is_scored and entry.quiz.finished_at:
            continue  # while an exam runs, nothing tells the pilots apart
        entry.count += 1
        entry.answered += answered_at is not None or draft is not None
        entry.right += is_right is True
    return quizzes, list(past.values())
