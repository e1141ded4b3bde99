"""How good a player is and how hard a question: Glicko-2 ratings, moved by first attempts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from facts.learning.rating import Rating, first_rating, idle, rate_answer
from facts.learning.skill import is_read
from facts.models import Player, PlayerRating, Question, QuestionRating, QuizQuestion, RatingWeek
from facts.models.boards import BoardFields, period_start
from facts.questions.content import Kind

_MOVED = ("value", "deviation", "volatility", "answered", "right")
_SECONDS_A_DAY = 86_400


def is_rated_kind(kind: str) -> bool:
    """Are first attempts at such questions rated? A coin answers true or false too often."""
    return kind != Question.Kind.TRUE_FALSE


class Ratings:
    """The player's ratings and those of the questions met: ``rate`` each first attempt, then ``save``."""

    def __init__(self, player: Player, answers: Collection[QuizQuestion]) -> None:
        self.player = player
        self.own = {rating.scope: rating for rating in PlayerRating.objects.filter(player=player)}
        # In the order of their keys, so that two folds that meet the same questions wait for each other, not in a knot.
        met = QuestionRating.objects.select_for_update().filter(
            question__in={answer.question_id for answer in answers if is_rated_kind(answer.kind)}
        )
        self.questions = {rating.question_id: rating for rating in met.order_by("pk")}
        self.moved_questions: dict[int, QuestionRating] = {}
        self.moved_scopes: set[str] = set()
        self.weeks: dict[date, RatingWeek] = {}

    def rate(self, answer: QuizQuestion, family: str) -> None:
        """Rate the player in all scopes of the answer, and the question, if it is a first attempt and was read.

        An answer keeps the question's rating that it met. Folded again it meets the same, so the player comes to the
        same ratings whatever became of the question since, and the question, moved once, is not moved again.
        """
        if answer.attempt != 1 or not is_rated_kind(answer.kind) or not is_read(answer.stem, answer.seconds):
            return
        is_right = bool(answer.is_right)
        question = self.questions.get(answer.question_id)
        if answer.met_rating is not None and answer.met_deviation is not None:
            met, was_met = Rating(answer.met_rating, answer.met_deviation), True
        else:
            was_met = False
            met = question.rating if question else first_rating(Kind(answer.kind))
            answer.met_rating, answer.met_deviation = met.value, met.deviation
        for scope in ("", f"domain:{answer.domain}", f"family:{family}"):
            moved = self._rate_player(scope, answer, met, is_right)
            if scope == "" and not was_met:
                question = question or QuestionRating(question_id=answer.question_id)
                question.add(moved, is_right)
                self.questions[answer.question_id] = self.moved_questions[answer.question_id] = question

    def _rate_player(self, scope: str, answer: QuizQuestion, met: Rating, is_right: bool) -> Rating:
        """Moves the player's rating in the scope; returns what the question's would be then."""
        assert answer.answered_at is not None
        own = self.own.get(scope)
        if own is None:
            own, before = PlayerRating(player=self.player, scope=scope), Rating()
        else:
            days = max((answer.answered_at - own.rated_at).total_seconds(), 0) / _SECONDS_A_DAY
            before = idle(own.rating, days)
        player, question = rate_answer(before, met, is_right, answer.guess_floor)
        own.add(player, is_right)
        own.rated_at = answer.answered_at
        self.own[scope] = own
        self.moved_scopes.add(scope)
        if scope == "":
            starts_on = period_start(BoardFields.Period.WEEK, own.rated_at.date())
            self.weeks[starts_on] = RatingWeek(
                player=self.player,
                starts_on=starts_on,
                value=own.value,
                deviation=own.deviation,
                answered=own.answered,
            )
        return question

    def save(self) -> None:
        """Store what has moved, in three queries."""
        QuestionRating.objects.bulk_create(
            self.moved_questions.values(), update_conflicts=True, unique_fields=["question"], update_fields=_MOVED
        )
        PlayerRating.objects.bulk_create(
            (self.own[scope] for scope in sorted(self.moved_scopes)),
            update_conflicts=True,
            unique_fields=["player", "scope"],
            update_fields=[*_MOVED, "rated_at"],
        )
        RatingWeek.objects.bulk_create(
            self.weeks.values(),
            update_conflicts=True,
            unique_fields=["player", "starts_on"],
            update_fields=["value", "deviation", "answered"],
        )
