"""Reading quizzes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Count
from django.http import Http404
from django.utils import timezone

from facts.models import Fact, Family, Player, Question, Quiz, QuizQuestion, Service
from facts.models.play import seconds_between
from facts.models.reading import OneRow


def unfinished_quizzes(player: Player, limit: int = 3) -> list[Quiz]:
    """The player's latest quizzes that wait to be gone on with."""
    return list(Quiz.objects.filter(player=player, finished_at=None).with_score().order_by("-started_at")[:limit])


_QUESTION = OneRow(
    "FROM facts_quizquestion JOIN facts_quiz ON facts_quiz.id = facts_quizquestion.quiz_id"
    " WHERE quiz_id = %s AND position = %s AND facts_quizquestion.player_id = %s",
    QuizQuestion,
    Quiz,
)


def get_question(player: Player | None, quiz_id: int, position: int) -> QuizQuestion:
    """One question with its quiz; 404 if that is not the player's or has no such question."""
    if player is None or max(quiz_id, position) > models.BigIntegerField.MAX_BIGINT:
        raise Http404
    found = _QUESTION.read([quiz_id, position, player.pk])
    if found is None:
        raise Http404
    question, quiz = found
    question.quiz = quiz
    quiz.player = player
    return question


_QUESTION_WITH_SESSION = OneRow(
    "FROM django_session CROSS JOIN facts_quizquestion"
    " JOIN facts_quiz ON facts_quiz.id = facts_quizquestion.quiz_id"
    " JOIN facts_player ON facts_player.id = facts_quizquestion.player_id"
    " WHERE session_key = %s AND expire_date > %s AND quiz_id = %s AND position = %s"
    " AND facts_quizquestion.player_id = %s",
    Session,
    QuizQuestion,
    Quiz,
    Player,
)


def read_with_session(session_key: str, player_id: int, quiz_id: int, position: int) -> tuple[str, QuizQuestion] | None:
    """The data of a session that has not expired, and one question of the player's with its quiz and the player.

    Whether that player is the one of the session is for the caller to find out, before anything else is done with it.
    """
    if max(quiz_id, position) > models.BigIntegerField.MAX_BIGINT:
        return None
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    found = _QUESTION_WITH_SESSION.read([session_key, now, quiz_id, position, player_id])
    if found is None:
        return None
    session, question, quiz, player = found
    question.quiz = quiz
    question.player = quiz.player = player
    return session.session_data, question


class Segment(NamedTuple):
    """A question's place in the quiz, for the row of segments on top of it."""

    position: int
    is_right: bool | None
    seconds: float = 0

    @property
    def css_class(self) -> str:
        return {None: "", True: "right", False: "wrong"}[self.is_right]


@dataclass(frozen=True)
class Course:
    """The quiz so far."""

    segments: list[Segment]

    @property
    def count(self) -> int:
        return len(self.segments)

    @property
    def answered(self) -> int:
        return sum(segment.is_right is not None for segment in self.segments)

    @property
    def right(self) -> int:
        return sum(segment.is_right is True for segment in self.segments)

    @property
    def seconds(self) -> int:
        return round(sum(segment.seconds for segment in self.segments))

    @property
    def open_positions(self) -> list[int]:
        return [segment.position for segment in self.segments if segment.is_right is None]

    def next_after(self, position: int) -> int | None:
        """The next unanswered question, from the start again if the rest is answered."""
        open_positions = self.open_positions
        return next((other for other in open_positions if other > position), next(iter(open_positions), None))


_COURSE = """
    SELECT position, is_right, shown_at, answered_at FROM facts_quizquestion
    WHERE quiz_id = %s AND player_id = %s ORDER BY position
"""


def get_course(quiz: Quiz) -> Course:
    """The course with the time that its questions have taken until now."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COURSE, [quiz.pk, quiz.player_id])
        return Course(
            [
                Segment(
                    position,
                    is_right,
                    seconds_between(_moment(shown_at), _moment(answered_at) or now),
                )
                for position, is_right, shown_at, answered_at in cursor.fetchall()
            ]
        )


def _moment(value: datetime | None) -> datetime | None:
    """A moment as a cursor hands it out: of SQLite without its time zone, which is UTC."""
    return value and value.replace(tzinfo=UTC)


LONG_RESULT = 15  # questions; beyond, the reasons stand on a page for each


@dataclass(frozen=True)
class ServiceResult:
    name: str
    right: int
    count: int


@dataclass(frozen=True)
class Result:
    """What came out of a quiz. Questions that were not answered are shown, and count as nothing."""

    questions: list[QuizQuestion]
    services: list[ServiceResult]  # the weakest first

    @property
    def course(self) -> Course:
        return Course([Segment(question.position, question.is_right, question.seconds) for question in self.questions])

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def right(self) -> int:
        return self.course.right

    @property
    def is_long(self) -> bool:
        return self.count > LONG_RESULT

    @property
    def answered(self) -> int:
        return self.course.answered

    @property
    def missed(self) -> int:
        """Answered wrong."""
        return self.answered - self.right

    @property
    def percent(self) -> int:
        """Of the answered ones; 0 if there are none."""
        return round(100 * self.right / self.answered) if self.answered else 0

    @property
    def seconds(self) -> int:
        return self.course.seconds

    @property
    def seconds_a_question(self) -> int:
        return round(self.seconds / self.answered) if self.answered else 0

    @property
    def sentence(self) -> str:
        """The result in words: how many, what sits and what does not."""
        if not self.answered:
            return "No question was answered."
        if self.right == self.count:
            return f"All {self.count} right. This is solid."
        opening = f"{self.right} of {self.answered} right."
        strong = [service for service in self.services if service.right == service.count > 1]
        weak = [service for service in self.services if service.right < service.count]
        parts = [opening]
        if strong:
            parts.append(f"{strong[-1].name} is solid.")
        if weak:
            most_missed = max(weak, key=lambda service: service.count - service.right)
            parts.append(f"{most_missed.name} needs another look.")
        return " ".join(parts)


def get_result(quiz: Quiz) -> Result:
    questions = list(quiz.questions.filter(is_repeat=False).order_by("position"))
    by_service: dict[str, list[QuizQuestion]] = defaultdict(list)
    for question in questions:
        if question.is_right is not None:
            by_service[question.service_name].append(question)
    services = [
        ServiceResult(name, sum(question.is_right is True for question in group), len(group))
        for name, group in by_service.items()
    ]
    services.sort(key=lambda service: (service.right / service.count, -service.count, service.name))
    return Result(questions, services)


def count_facts_by_service() -> list[tuple[Family, list[tuple[Service, int]]]]:
    """Every family with its services that have facts, and how many facts are tagged with each."""
    main = dict(Fact.objects.in_bank().order_by().values_list("service").annotate(Count("pk")))
    also = dict(
        Fact.other_services.through.objects.filter(fact__in=Fact.objects.in_bank())
        .order_by()
        .values_list("service")
        .annotate(Count("pk"))
    )
    families: dict[Family, list[tuple[Service, int]]] = {}
    for service in Service.objects.select_related("family").order_by("family__name", "name"):
        if count := main.get(service.pk, 0) + also.get(service.pk, 0):
            families.setdefault(service.family, []).append((service, count))
    return list(families.items())


def count_bank() -> tuple[int, int]:
    """How many facts there are to learn and how many questions to ask."""
    return Fact.objects.in_bank().count(), Question.objects.in_use().count()
