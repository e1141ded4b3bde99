"""Reading progress: history and leaderboard. Both read sums, never the answers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Rank

from facts.models import Domain, Player, Quiz, QuizQuestion, Service, Tally
from facts.models.play import seconds_between
from facts.models.progress import EPOCH, period_start

RANKED_FROM = 20  # first answers
BOARD_PAGE = 25
HISTORY_PAGE = 20
CHART_DAYS = 30


@dataclass(frozen=True)
class Accuracy:
    name: str
    answered: int
    right: int

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.answered)


@dataclass(frozen=True)
class Day:
    day: date
    answered: int
    right: int

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.answered)


@dataclass
class PastQuiz:
    quiz: Quiz
    count: int = 0
    answered: int = 0
    right: int = 0
    seconds: float = 0


@dataclass(frozen=True)
class History:
    """A player's past; services and domains with the weakest first, days with answers only, oldest first."""

    total: Accuracy | None
    first: Accuracy | None
    services: list[Accuracy]
    domains: list[Accuracy]
    days: list[Day]
    page: Page
    quizzes: list[PastQuiz]  # those of the page


def get_history(player: Player, page: str | int = 1) -> History:
    """Fixed number of queries, whatever the number of quizzes."""
    names = {f"service:{slug}": name for slug, name in Service.objects.values_list("slug", "name")}
    names |= {f"domain:{value}": str(label) for value, label in Domain.choices}
    total = first = None
    services: list[Accuracy] = []
    domains: list[Accuracy] = []
    for tally in Tally.objects.filter(player=player, period=Tally.Period.ALL, starts_on=EPOCH):
        accuracy = Accuracy(names.get(tally.scope, tally.scope.partition(":")[2]), tally.answered, tally.right)
        if tally.scope == "":
            total = accuracy
            first = Accuracy("", tally.first_answered, tally.first_right)
        else:
            (services if tally.scope.startswith("service:") else domains).append(accuracy)
    for group in (services, domains):
        group.sort(key=lambda accuracy: (accuracy.right / accuracy.answered, accuracy.name))
    latest = Tally.objects.filter(player=player, period=Tally.Period.DAY).order_by("-starts_on")[:CHART_DAYS]
    days = [Day(tally.starts_on, tally.answered, tally.right) for tally in reversed(latest)]
    quizzes = Paginator(Quiz.objects.filter(player=player).order_by("-started_at"), HISTORY_PAGE).get_page(page)
    return History(total, first, services, domains, days, quizzes, _sum_up(list(quizzes)))


def _sum_up(quizzes: list[Quiz]) -> list[PastQuiz]:
    past = {quiz.pk: PastQuiz(quiz) for quiz in quizzes}
    rows = QuizQuestion.objects.filter(quiz__in=quizzes).order_by()
    for quiz_id, is_right, shown_at, answered_at in rows.values_list("quiz", "is_right", "shown_at", "answered_at"):
        entry = past[quiz_id]
        entry.count += 1
        entry.answered += answered_at is not None
        entry.right += is_right is True
        entry.seconds += seconds_between(shown_at, answered_at)
    return list(past.values())


@dataclass(frozen=True)
class BoardRow:
    rank: int
    tally: Tally
    is_own: bool

    @property
    def percent(self) -> int:
        return round(100 * self.tally.first_right / self.tally.first_answered)

    @property
    def points(self) -> str:
        """The score as it is ranked: equal as shown is equal in rank."""
        return f"{100 * self.tally.score:.1f}"


@dataclass(frozen=True)
class Board:
    rows: list[BoardRow]
    page: Page
    own: BoardRow | None  # the player's own row, if ranked
    own_answered: int  # first answers of the player in this period and scope

    @property
    def missing(self) -> int:
        """How many more first answers the player needs to be ranked."""
        return max(0, RANKED_FROM - self.own_answered)

    @property
    def shows_own(self) -> bool:
        return any(row.is_own for row in self.rows)


def get_board(*, player: Player | None, period: str, scope: str, today: date, page: str | int = 1) -> Board:
    """One page of the board, and the player's own row wherever it stands. Fixed number of queries.

    Members only, who want to be shown and have enough first answers; best score first, ties share a rank and stand in
    the order of their names.
    """
    tallies = Tally.objects.filter(scope=scope, period=period, starts_on=period_start(period, today))
    ranked = tallies.filter(
        first_answered__gte=RANKED_FROM, player__is_guest=False, player__on_board=True, player__is_active=True
    ).select_related("player")
    ordered = ranked.annotate(rank=Window(Rank(), order_by=F("score").desc())).order_by(
        "-score", "player__display_name", "player_id"
    )
    shown = Paginator(ordered, BOARD_PAGE).get_page(page)
    own_tally = tallies.select_related("player").filter(player=player).first() if player else None
    own = None
    if own_tally and player and own_tally.first_answered >= RANKED_FROM and player.on_board and not player.is_guest:
        own = BoardRow(_rank(ranked, own_tally), own_tally, True)
    rows = [BoardRow(tally.rank, tally, bool(player and tally.player_id == player.pk)) for tally in shown]  # type: ignore[attr-defined]
    return Board(rows, shown, own, own_tally.first_answered if own_tally else 0)


def _rank(ranked: QuerySet[Tally], tally: Tally) -> int:
    return ranked.filter(Q(score__gt=tally.score)).count() + 1


def days_left(period: str, today: date) -> int | None:
    """Days until the period starts anew, today included; None for all time."""
    match Tally.Period(period):
        case Tally.Period.WEEK:
            return 7 - today.weekday()
        case Tally.Period.MONTH:
            return ((today.replace(day=28) + timedelta(days=4)).replace(day=1) - today).days
    return None
