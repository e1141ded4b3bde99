"""The leaderboard: who stands where. Made from the ratings, and remade from them at any time."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.models.bank import Question
from facts.models.progress import EPOCH


class BoardFields(models.Model):
    """Which board: a scope as in ``PlayerRating``, over a period in UTC."""

    class Period(models.TextChoices):
        WEEK = "week", _("This week")  # from Monday
        MONTH = "month", _("This month")
        ALL = "all", _("All time")

    period = models.CharField(max_length=5, choices=Period)
    starts_on = models.DateField()  # the first day of the period; EPOCH for ALL
    scope = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True


class Standing(BoardFields):
    """A player on a board. There is one for each board that the player stands on, and none for anybody else.

    It is a function of the player's rating in the scope and of the player's choice: the period is that of the last
    rated answer. So of weeks and months a player has one each, and who does not come back stays in that one.
    """

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    skill = models.IntegerField()  # learning.skill.skill of the rating
    value = models.FloatField()
    deviation = models.FloatField()
    answered = models.PositiveIntegerField()  # rated first attempts

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "period", "scope"], name="one_standing_on_a_board")]
        indexes = [
            # A page of a board, read backwards. Both fields run the same way, so that one comparison of rows finds
            # where a page goes on.
            models.Index(fields=["scope", "period", "starts_on", "skill", "player"], name="standing_on_board"),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.period} {self.starts_on} {self.scope or 'everything'}: {self.skill}"


class Rung(BoardFields):
    """How many players of a board have the same skill, so that a rank is a sum of few rows."""

    skill = models.IntegerField()
    players = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "period", "starts_on", "skill"], name="one_rung")]

    def __str__(self) -> str:
        return f"{self.period} {self.starts_on} {self.scope or 'everything'}: {self.players} at {self.skill}"


class RatingWeek(models.Model):
    """A player's rating for the whole exam after the last rated answer of a week. Made by the fold, with the rating."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rating_weeks", db_index=False
    )
    starts_on = models.DateField()  # Monday, UTC
    value = models.FloatField()
    deviation = models.FloatField()
    answered = models.PositiveIntegerField()  # rated first attempts until then

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "starts_on"], name="one_rating_a_week")]

    def __str__(self) -> str:
        return f"{self.player_id} {self.starts_on}: {self.value:.0f} ± {self.deviation:.0f}"


class MetQuestion(models.Model):
    """A question whose key the player has seen before deleting the history: another answer is no first attempt.

    All that is kept of a history that was deleted, and no part of what the answers add up to.
    """

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "question"], name="met_once")]

    def __str__(self) -> str:
        return f"{self.player_id} has met {self.question_id}"


def period_start(period: str, day: date) -> date:
    """The first day of the board's period that ``day`` (UTC) lies in; weeks begin on Monday."""
    match BoardFields.Period(period):
        case BoardFields.Period.WEEK:
            return day - timedelta(days=day.weekday())
        case BoardFields.Period.MONTH:
            return day.replace(day=1)
        case BoardFields.Period.ALL:
            return EPOCH
