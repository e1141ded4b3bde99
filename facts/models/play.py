"""Play: quizzes and their questions as they were asked. An answered row is the record of an answer."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from facts.models.bank import Domain, Fact, Question
from facts.questions.grading import guess_floor

MAX_SECONDS = 600  # longer than that nobody thinks about one question: the player was away


def seconds_between(shown_at: datetime | None, answered_at: datetime | None) -> float:
    """The time that counts for a question: at most MAX_SECONDS, 0 if a moment is missing or clocks disagree."""
    if shown_at is None or answered_at is None:
        return 0.0
    return min(max((answered_at - shown_at).total_seconds(), 0.0), MAX_SECONDS)


class QuizMode(models.TextChoices):
    """What a quiz is for, which decides what its answers count for."""

    PRACTICE = "practice", _("Practice")  # what the player chose
    TODAY = "today", _("Today")  # what the plan chose
    CRAM = "cram", _("Cram")  # anything, without touching the schedule
    SPRINT = "sprint", _("Sprint")  # against the clock
    EXAM = "exam", _("Exam")  # as AWS holds it: no feedback before the end


class QuizQuerySet(models.QuerySet["Quiz"]):
    def with_score(self) -> QuizQuerySet:
        """Adds ``question_count``, ``answered_count``, ``right_count``; what was asked again is not counted.

        In an exam that runs, a choice that can still be changed counts as answered.
        """
        asked = Q(questions__is_repeat=False)
        chosen = Q(questions__answered_at__isnull=False) | Q(questions__draft__isnull=False)
        return self.annotate(
            question_count=models.Count("questions", filter=asked),
            answered_count=models.Count("questions", filter=asked & chosen),
            right_count=models.Count("questions", filter=asked & Q(questions__is_right=True)),
        )


class Quiz(models.Model):
    """One sitting of one player."""

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quizzes")
    mode = models.CharField(max_length=8, choices=QuizMode, default=QuizMode.PRACTICE)
    scope = models.CharField(max_length=200)  # what it is about, in words
    seed = models.BigIntegerField()  # of the choice of questions and the order of options
    started_at = models.DateTimeField(auto_now_add=True)
    deadline = models.DateTimeField(null=True, blank=True)  # of an exam; nothing is taken after it
    finished_at = models.DateTimeField(null=True, blank=True)
    is_counted = models.BooleanField(default=False, editable=False)  # in the statistics of its questions

    objects = QuizQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "quizzes"
        indexes = [
            models.Index(fields=["player", "-started_at"], name="quiz_by_player"),
            models.Index(fields=["player"], condition=Q(finished_at=None), name="quiz_unfinished"),
            models.Index(
                fields=["player"], condition=Q(finished_at=None, deadline__isnull=False), name="quiz_against_time"
            ),
            models.Index(
                fields=["player"], condition=Q(finished_at__isnull=False, is_counted=False), name="quiz_to_count"
            ),
        ]

    def __str__(self) -> str:
        return f"Quiz {self.pk}: {self.scope}"

    def get_absolute_url(self) -> str:
        return reverse("quiz", args=[self.pk])


class QuizQuestion(models.Model):
    """A question as it was asked, and the answer given. What was asked never changes afterwards, but for a wrong key.

    ``options`` is a list of {"text", "correct", "why", "fact"} in the order shown; ``told`` is what is told of the fact
    after the answer: {"statement", "explanation", "note", "status", "reference", "checked_on", "slug"}.
    Where the key was corrected later, ``options`` have the new one and ``told`` says so, by ``services.reports``.
    """

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="asked")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Question.Kind)
    service = models.CharField(max_length=80)  # slug, as it was then
    service_name = models.CharField(max_length=100)
    domain = models.CharField(max_length=40, choices=Domain)
    stem = models.TextField()
    options = models.JSONField()
    told = models.JSONField()
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    chosen = models.JSONField(null=True, blank=True)  # indices into options
    is_right = models.BooleanField(null=True, blank=True)
    is_repeat = models.BooleanField(default=False)  # asked again in the same quiz, since it was missed in it
    seconds_allowed = models.PositiveSmallIntegerField(null=True, blank=True)  # in a sprint
    ran_out = models.BooleanField(default=False)  # the time allowed was over, whatever was chosen then
    # In an exam choices stay open until it is handed in; only then do they become answers.
    draft = models.JSONField(null=True, blank=True)  # indices into options
    saves = models.PositiveSmallIntegerField(default=0)  # how often the draft was saved: tells two devices apart
    is_flagged = models.BooleanField(default=False)  # by the player, to look at again
    is_scored = models.BooleanField(default=True)  # false for the pilots among an exam's questions
    spent = models.FloatField(null=True, blank=True)  # seconds that the question was open, where it is opened often
    # Which attempt of the player at this question it was, 1 for the first. Set by the fold into progress, which is how
    # the fold knows what it has done.
    attempt = models.PositiveIntegerField(null=True, blank=True)
    is_counted = models.BooleanField(default=False, editable=False)  # as a first answer, in the question's statistics
    # The question's rating when this answer was rated against it; null for answers that are not rated.
    met_rating = models.FloatField(null=True, blank=True)
    met_deviation = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ("quiz", "position")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "position"], name="quiz_question_position"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, chosen__isnull=True, is_right__isnull=True)
                | Q(answered_at__isnull=False, chosen__isnull=False, is_right__isnull=False),
                name="quiz_question_answered_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["player"], condition=Q(answered_at__isnull=False, attempt=None), name="quiz_question_to_fold"
            ),
            models.Index(
                fields=["player", "question"], condition=Q(attempt__isnull=False), name="quiz_question_attempts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}/{self.position}: {self.stem}"

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.quiz_id, self.position])

    @property
    def guess_floor(self) -> float:
        """The chance to answer it right without knowing anything."""
        return guess_floor(len(self.options), sum(option["correct"] for option in self.options))

    @property
    def is_void(self) -> bool:
        """Was it found to be wrong, so that any answer counts as right?"""
        return bool(self.told.get("rescored", {}).get("is_void"))

    @property
    def seconds(self) -> float:
        """From showing to answering, by the server's clock; 0 while unanswered."""
        return seconds_between(self.shown_at, self.answered_at) if self.spent is None else self.spent
