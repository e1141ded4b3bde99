"""Reports of players that a question is wrong, and the answers that were scored anew because of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from facts.models.bank import Question
from facts.models.play import QuizQuestion


class Report(models.Model):
    """What a player says is wrong with a question, and what an editor answered.

    It keeps the question as it was asked, so that it can be judged when the player's history is deleted.
    """

    class Kind(models.TextChoices):
        WRONG_KEY = "wrong_key", _("The answer counted as right is wrong")
        TWO_RIGHT = "two_right", _("Two answers are right")
        OUT_OF_DATE = "out_of_date", _("It is out of date")
        UNCLEAR = "unclear", _("It is unclear what is asked")
        TYPO = "typo", _("A slip of the pen")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    class Correction(models.TextChoices):
        NONE = "", _("No answer changes")
        KEY = "key", _("The key was wrong")
        VOID = "void", _("Counts for nobody")

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="reports")
    quiz_question = models.ForeignKey(QuizQuestion, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField()
    stem = models.TextField()
    options = models.JSONField()  # as they were asked, like ``QuizQuestion.options``
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    correction = models.CharField(max_length=4, choices=Correction, blank=True)
    key = models.JSONField(default=list)  # the options (by their texts) that count as right since, where it changed
    # Answers that were scored anew; null where none was to be, or where another report of the question tells.
    rescored = models.PositiveIntegerField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["player", "question"], condition=Q(state="open"), name="one_open_report_of_a_question"
            )
        ]
        indexes = [models.Index(fields=["question"], condition=Q(state="open"), name="report_open")]

    def __str__(self) -> str:
        return self.stem


class Rescore(models.Model):
    """An answer whose question was corrected afterwards: how it was scored before, and how since."""

    quiz_question = models.ForeignKey(QuizQuestion, on_delete=models.CASCADE, related_name="rescores")
    report = models.ForeignKey(Report, null=True, on_delete=models.SET_NULL, related_name="rescores")
    was_right = models.BooleanField()
    is_right = models.BooleanField()
    was_options = models.JSONField()  # with the key of before
    is_void = models.BooleanField(default=False)  # counted right whatever was chosen
    made_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)  # to the player

    def __str__(self) -> str:
        return f"{self.quiz_question_id}: {self.was_right} to {self.is_right}"
