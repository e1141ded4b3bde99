"""What editors decided on what waited for them, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.models.bank import Fact, Question


class Decision(models.Model):
    """A person's word on a question or a fact, with the reason; reports keep their own."""

    class What(models.TextChoices):
        APPROVED = "approved", _("Approved")
        RETIRED = "retired", _("Retired")
        CHECKED = "checked", _("Read again")

    what = models.CharField(max_length=8, choices=What)
    # Of a word on a question, the fact is the one that it is about.
    question = models.ForeignKey(Question, null=True, on_delete=models.CASCADE, related_name="decisions")
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="decisions")
    digest = models.CharField(max_length=32)  # of the fact's wording, which was judged
    was_state = models.CharField(max_length=8, choices=Question.State, blank=True)  # of the question
    needed_word = models.BooleanField(default=False)  # so did the question
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.question or self.fact}"
