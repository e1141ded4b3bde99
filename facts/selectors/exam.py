"""Reading exams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from facts.learning.blueprint import PASSING_SCORE, is_pass, right_to_pass, scaled_score
from facts.learning.exam import WEIGHTS
from facts.models import Domain, Fact, Ground, Player, Question, Quiz, QuizMode, QuizQuestion

SLOWEST = 5


def find_examinable() -> QuerySet[Question]:
    """Questions that an exam may ask: of its kinds, resting on no fact that is overdue or of an ended service."""
    facts = Fact.objects.in_bank().fresh(timezone.now().date()).exclude(status=Fact.Status.RETIRED)
    unfit = Ground.objects.filter(question=OuterRef("pk")).exclude(fact__in=facts)
    return Question.objects.askable().filter(~Exists(unfit), kind__in=list(WEIGHTS)).order_by()


def count_available() -> dict[str, int]:
    """How many facts of each domain an exam can ask in a question that counts."""
    live = find_examinable().filter(state=Question.State.LIVE)
    return dict(live.values_list("fact__domain").annotate(Count("fact", distinct=True)))


def running_exam(player: Player) -> Quiz | None:
    """The player's exam that is not handed in."""
    return Quiz.objects.filter(player=player, finished_at=None, deadline__isnull=False, mode=QuizMode.EXAM).first()


def is_overdue(quiz: Quiz) -> bool:
    """Is the time over, though nobody has handed the exam in?"""
    return quiz.finished_at is None and quiz.deadline is not None and quiz.deadline <= timezone.now()


def seconds_left(quiz: Quiz) -> int:
    """Until the deadline, by the server's clock; 0 once it has passed."""
    return max(int((quiz.deadline - timezone.now()).total_seconds()), 0) if quiz.deadline else 0


@dataclass(frozen=True, slots=True)
class Place:
    """A question's place in a running exam: what the player may know of it before the end."""

    position: int
    is_flagged: bool
    chosen: int  # options
    wanted: int  # options: one or two

    @property
    def state(self) -> str:
        if not self.chosen:
            return "open"
        return "half" if self.chosen < self.wanted else "answered"

    @property
    def in_words(self) -> str:
        words = {"open": "open", "half": "one of two chosen", "answered": "answered"}[self.state]
        return f"{words}, flagged" if self.is_flagged else words


@dataclass(frozen=True)
class Places:
    """All places of a running exam."""

    places: list[Place]

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places)

    @property
    def count(self) -> int:
        return len(self.places)

    @cached_property
    def answered(self) -> list[Place]:
        return [place for place in self.places if place.state == "answered"]

    @cached_property
    def half(self) -> list[Place]:
        return [place for place in self.places if place.state == "half"]

    @cached_property
    def open(self) -> list[Place]:
        return [place for place in self.places if place.state == "open"]

    @cached_property
    def flagged(self) -> list[Place]:
        return [place for place in self.places if place.is_flagged]


def get_places(quiz: Quiz) -> Places:
    rows = QuizQuestion.objects.filter(quiz=quiz).order_by("position")
    return Places(
        [
            Place(position, is_flagged, len(draft or ()), 2 if kind == Question.Kind.CHOOSE_TWO else 1)
            for position, is_flagged, draft, kind in rows.values_list("position", "is_flagged", "draft", "kind")
        ]
    )


def last_position(quiz: Quiz) -> int:
    """The question that was before the player last, the first if none was."""
    shown = QuizQuestion.objects.filter(quiz=quiz, shown_at__isnull=False)
    return shown.order_by(F("shown_at").desc(), "position").values_list("position", flat=True).first() or 1


@dataclass(frozen=True)
class Share:
    """How many of the questions of a domain or service were right."""

    name: str
    right: int
    count: int

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.count)


@dataclass(frozen=True)
class Report:
    """What came out of an exam. What was left blank counts as wrong."""

    quiz: Quiz
    questions: list[QuizQuestion]

    @property
    def count(self) -> int:
        return len(self.questions)

    @cached_property
    def scored(self) -> list[QuizQuestion]:
        return [question for question in self.questions if question.is_scored]

    @cached_property
    def pilots(self) -> list[QuizQuestion]:
        return [question for question in self.questions if not question.is_scored]

    @property
    def right(self) -> int:
        """Of those that count."""
        return _count_right(self.scored)

    @property
    def pilots_right(self) -> int:
        return _count_right(self.pilots)

    @property
    def missed(self) -> int:
        """Wrong or blank, whether it counts or not."""
        return self.count - _count_right(self.questions)

    @cached_property
    def blank(self) -> list[QuizQuestion]:
        return [question for question in self.questions if question.answered_at is None]

    @property
    def score(self) -> int:
        return scaled_score(self.right, len(self.scored))

    @property
    def passing_score(self) -> int:
        return PASSING_SCORE

    @property
    def right_to_pass(self) -> int:
        return right_to_pass(len(self.scored))

    @property
    def is_passed(self) -> bool:
        return is_pass(self.right, len(self.scored))

    @property
    def ran_out(self) -> bool:
        """Was the exam ended by its deadline?"""
        quiz = self.quiz
        return quiz.finished_at is not None and quiz.deadline is not None and quiz.finished_at >= quiz.deadline

    @property
    def seconds(self) -> float:
        """From the start to the end."""
        return (self.quiz.finished_at - self.quiz.started_at).total_seconds() if self.quiz.finished_at else 0.0

    @property
    def seconds_allowed(self) -> float:
        return (self.quiz.deadline - self.quiz.started_at).total_seconds() if self.quiz.deadline else 0.0

    @property
    def seconds_a_question(self) -> int:
        return round(self.seconds / self.count)

    @cached_property
    def slowest(self) -> list[QuizQuestion]:
        """Those that were open longest."""
        opened = [question for question in self.questions if question.spent]
        return sorted(opened, key=lambda question: -(question.spent or 0))[:SLOWEST]

    @cached_property
    def domains(self) -> list[Share]:
        """Of what counts, in the order of the exam guide."""
        return [
            Share(str(label), _count_right(group), len(group))
            for value, label in Domain.choices
            if (group := [question for question in self.scored if question.domain == value])
        ]

    @cached_property
    def services(self) -> list[Share]:
        """Of all questions, the weakest first."""
        groups: dict[str, list[QuizQuestion]] = defaultdict(list)
        for question in self.questions:
            groups[question.service_name].append(question)
        shares = [Share(name, _count_right(group), len(group)) for name, group in groups.items()]
        return sorted(shares, key=lambda share: (share.right / share.count, -share.count, share.name))

    @property
    def weak_services(self) -> list[Share]:
        return [share for share in self.services if share.right < share.count]

    @property
    def solid_services(self) -> list[str]:
        return sorted(share.name for share in self.services if share.right == share.count)


def _count_right(questions: Iterable[QuizQuestion]) -> int:
    return sum(question.is_right is True for question in questions)


def get_report(quiz: Quiz) -> Report:
    return Report(quiz, list(quiz.questions.order_by("position")))
