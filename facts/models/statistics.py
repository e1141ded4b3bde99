"""How questions fare: the sums of their first answers, and what was decided by them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.learning.statistics import JUDGED_FROM, SHOWN_FROM, Flag, Sums, in_order
from facts.models.bank import Question


class FlagName(models.TextChoices):
    """The flags as they are named on pages."""

    SUSPECT = Flag.SUSPECT.value, _("Suspect key")
    GUESSED = Flag.GUESSED.value, _("Guessed")
    WEAK = Flag.WEAK.value, _("Weak")
    EASY = Flag.EASY.value, _("Too easy")
    UNCHOSEN = Flag.UNCHOSEN.value, _("Idle distractor")


class StatisticsQuerySet(models.QuerySet["QuestionStatistics"]):
    def shown(self) -> StatisticsQuerySet:
        """Those with enough first answers for figures."""
        return self.filter(first_answered__gte=SHOWN_FROM)

    def flagged(self, flag: Flag) -> StatisticsQuerySet:
        return self.filter(flags__contains=f" {flag} ")


class QuestionStatistics(models.Model):
    """The sums of ``learning.statistics`` for a question, and the figures that follow from them.

    Whoever deletes an account takes the answers along, but what these added stays: sums tell nothing of a person.
    """

    question = models.OneToOneField(Question, on_delete=models.CASCADE, primary_key=True, related_name="statistics")
    asked = models.PositiveIntegerField(default=0)  # times answered in quizzes that have ended, first or not
    first_answered = models.PositiveIntegerField(default=0)
    first_right = models.PositiveIntegerField(default=0)
    rest = models.BigIntegerField(default=0)
    rest_squared = models.BigIntegerField(default=0)
    rest_right = models.BigIntegerField(default=0)
    times = models.JSONField(default=dict)
    chosen = models.JSONField(default=dict)
    # What follows from the sums, to sort and filter by: null and without flags while there are too few answers.
    facility = models.FloatField(null=True)
    discrimination = models.FloatField(null=True)
    median_seconds = models.FloatField(null=True)
    flags = models.CharField(max_length=60, blank=True)  # each between spaces

    objects = StatisticsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "question statistics"

    def __str__(self) -> str:
        return f"{self.question_id}: {self.first_right} of {self.first_answered} right at first"

    @property
    def sums(self) -> Sums:
        return Sums(
            self.first_answered,
            self.first_right,
            self.rest,
            self.rest_squared,
            self.rest_right,
            dict(self.times),
            dict(self.chosen),
        )

    @property
    def is_shown(self) -> bool:
        return self.first_answered >= SHOWN_FROM

    @property
    def is_judged(self) -> bool:
        return self.first_answered >= JUDGED_FROM

    @property
    def flag_names(self) -> list[FlagName]:
        return [FlagName(flag.value) for flag in in_order(self.flags.split())]


class PilotVerdict(models.Model):
    """Why a pilot went live or to review: its figures at that time."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="pilot_verdicts")
    state = models.CharField(max_length=8, choices=Question.State)  # that it came to
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.question_id} {self.state}: {self.reason}"
