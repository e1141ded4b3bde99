"""Progress: what the answers add up to. Everything here can be thrown away and remade from the answers."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models

EPOCH = date(1970, 1, 1)


class Tally(models.Model):
    """The sums of one player, over one period, in one scope.

    ``scope`` is "" for everything, "service:<slug>" or "domain:<slug>". Days are kept for everything only.
    """

    class Period(models.TextChoices):
        DAY = "day"
        WEEK = "week"  # from Monday, UTC
        MONTH = "month"
        ALL = "all"

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tallies")
    period = models.CharField(max_length=5, choices=Period)
    starts_on = models.DateField()  # the first day of the period; EPOCH for ALL
    scope = models.CharField(max_length=100, blank=True)
    answered = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    first_answered = models.PositiveIntegerField(default=0)
    first_right = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0)  # learning.score.accuracy_floor of the first answers

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["player", "period", "starts_on", "scope"], name="tally_once"),
        ]
        indexes = [
            # The board reads a page of one scope and period in order of score.
            models.Index(fields=["scope", "period", "starts_on", "-score", "player"], name="tally_board"),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.period} {self.starts_on} {self.scope or 'everything'}: {self.right}"


def period_start(period: str, day: date) -> date:
    """The first day of the period that ``day`` (UTC) lies in; weeks begin on Monday."""
    match Tally.Period(period):
        case Tally.Period.DAY:
            return day
        case Tally.Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Tally.Period.MONTH:
            return day.replace(day=1)
        case Tally.Period.ALL:
            return EPOCH
