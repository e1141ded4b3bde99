"""Groups: players who study together, with a board and an exam date of their own."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from facts.models.player import validate_shown_name

MAX_GROUP_NAME = 50


def validate_group_name(name: str) -> None:
    """Raise ValidationError unless the name can be shown to others as it is."""
    validate_shown_name(name, MAX_GROUP_NAME)


def new_token() -> str:
    """What makes an invitation link impossible to guess. Letters and digits only, so that no chat cuts the link."""
    return secrets.token_hex(16)


class StudyGroup(models.Model):
    """Players who study together. Whoever has its invitation link may join."""

    name = models.CharField(max_length=MAX_GROUP_NAME, validators=[validate_group_name])
    exam_on = models.DateField("exam date", null=True, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def shown(self) -> MembershipQuerySet:
        """Without those whose account an owner has closed. They take no place and are on no list."""
        return self.filter(player__is_active=True)


class Membership(models.Model):
    """A player in a group. One member looks after it: the organiser, who made it or was handed it."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="memberships")
    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_organiser = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "player"], name="once_in_a_group"),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(is_organiser=True), name="one_organiser_of_a_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} in {self.group_id}"


class Removal(models.Model):
    """A player whom the organiser removed, and who cannot join again by any link until let back in."""

    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="removals")
    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    removed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "player"], name="removed_once")]

    def __str__(self) -> str:
        return f"{self.player_id} out of {self.group_id}"
