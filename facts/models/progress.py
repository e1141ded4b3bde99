"""Progress: what the answers add up to. Everything here can be thrown away and remade from the answers."""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.learning.rating import Rating
from facts.models.bank import Fact, Question
from facts.models.player import Player

EPOCH = date(1970, 1, 1)


@cache
def time_zones() -> list[str]:
    """The names of all time zones, those of regions first and UTC before all."""
    named = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return ["UTC", *sorted(named)]


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless it is the name of a time zone, such as Europe/Vienna."""
    if name not in time_zones():
        raise ValidationError(f"“{name}” is not a time zone. Choose one from the list, such as Europe/Vienna.")


class StudyPlan(models.Model):
    """What a player says about their study. Whoever has said nothing has the defaults, see ``get_plan``."""

    class Pace(models.IntegerChoices):
        """Percent of the time that a sprint allows for a question."""

        QUICK = 100, _("30 s for a statement, 75 s for a scenario")
        CALM = 150, _("half as much again")
        DOUBLE = 200, _("twice as much")
        UNTIMED = 0, _("no time limit")

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="plan"
    )
    exam_on = models.DateField("exam date", null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])  # "" is UTC
    session_length = models.PositiveSmallIntegerField(
        "questions in a session", default=20, validators=[MinValueValidator(5), MaxValueValidator(75)]
    )
    new_per_day = models.PositiveSmallIntegerField("new facts a day", default=15, validators=[MaxValueValidator(100)])
    has_extra_time = models.BooleanField("30 minutes more for non-native speakers of English", default=False)
    sprint_pace = models.PositiveSmallIntegerField("time in a sprint", choices=Pace, default=Pace.QUICK)

    def __str__(self) -> str:
        return f"Plan of {self.player_id}"

    @property
    def zone(self) -> ZoneInfo:
        """The player's time zone; UTC if none is set, or if it has gone from the list since."""
        try:
            return ZoneInfo(self.time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


def get_plan(player: Player) -> StudyPlan:
    """The player's plan; an unsaved one with the defaults if there is none."""
    return StudyPlan.objects.filter(player=player).first() or StudyPlan(player_id=player.pk)


class Card(models.Model):
    """A player's memory of one fact: the fields of ``fsrs.Card``, and what choosing questions needs beside them."""

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="+")
    state = models.PositiveSmallIntegerField()  # fsrs.State
    step = models.PositiveSmallIntegerField(null=True)
    stability = models.FloatField()  # days until the chance to recall it has fallen to 90 %
    difficulty = models.FloatField()  # 1 to 10
    due = models.DateTimeField()
    last_review = models.DateTimeField()
    first_review = models.DateTimeField()
    answered = models.PositiveIntegerField(default=0)  # the answers that moved it
    right = models.PositiveIntegerField(default=0)
    # The question that asked it last, so that the next one is another.
    last_question = models.ForeignKey(Question, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "fact"], name="one_card_of_a_fact")]

    def __str__(self) -> str:
        return f"{self.player_id} on {self.fact_id}: {self.stability:.1f} d"


class RatingFields(models.Model):
    """A Glicko-2 rating, see ``learning.rating``."""

    value = models.FloatField()
    deviation = models.FloatField()
    volatility = models.FloatField()
    answered = models.PositiveIntegerField(default=0)  # the first attempts it is made of
    right = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def rating(self) -> Rating:
        return Rating(self.value, self.deviation, self.volatility)

    def add(self, rating: Rating, is_right: bool) -> None:
        """Take over what an answer made of the rating; does not save."""
        self.value, self.deviation, self.volatility = rating.value, rating.deviation, rating.volatility
        self.answered += 1
        self.right += is_right


class PlayerRating(RatingFields):
    """The skill of a player in one scope: "" for the whole exam, "domain:<slug>" or "family:<slug>"."""

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings")
    scope = models.CharField(max_length=100, blank=True)
    rated_at = models.DateTimeField()  # the latest answer in it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "scope"], name="one_rating_in_a_scope")]

    def __str__(self) -> str:
        return f"{self.player_id} {self.scope or 'everything'}: {self.value:.0f} ± {self.deviation:.0f}"


class QuestionRating(RatingFields):
    """The difficulty of a question, as the players' first attempts show it."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, primary_key=True, related_name="rating")

    def __str__(self) -> str:
        return f"{self.question_id}: {self.value:.0f} ± {self.deviation:.0f}"


class ExamResult(models.Model):
    """What came of the real exam, as the player tells it, with what was foretold on that day."""

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exam_results")
    taken_on = models.DateField()
    is_passed = models.BooleanField()
    score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(100), MaxValueValidator(1000)]
    )
    # The readiness when the result was entered; null if it was too early to say.
    chance = models.FloatField(null=True, editable=False)
    low = models.FloatField(null=True, editable=False)
    high = models.FloatField(null=True, editable=False)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-taken_on", "-pk")
        constraints = [models.UniqueConstraint(fields=["player", "taken_on"], name="one_exam_a_day")]

    def __str__(self) -> str:
        return f"{self.player_id} on {self.taken_on}: {'passed' if self.is_passed else 'not passed'}"


class Tally(models.Model):
    """The sums of one player, over a day or all time, in one scope.

    ``scope`` is "" for everything, "service:<slug>" or "domain:<slug>". Days are the player's own, in their time zone,
    and kept for everything only.
    """

    class Period(models.TextChoices):
        DAY = "day"
        ALL = "all"

    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tallies")
    period = models.CharField(max_length=5, choices=Period)
    starts_on = models.DateField()  # the day; EPOCH for ALL
    scope = models.CharField(max_length=100, blank=True)
    answered = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    first_answered = models.PositiveIntegerField(default=0)
    first_right = models.PositiveIntegerField(default=0)
    reviewed = models.PositiveIntegerField(default=0)  # answers about facts that were last asked on an earlier day
    reviewed_right = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)  # that the answers took

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["player", "period", "starts_on", "scope"], name="tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.period} {self.starts_on} {self.scope or 'everything'}: {self.right}"
