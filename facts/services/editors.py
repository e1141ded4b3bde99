"""Editors, who write facts and judge questions, and reviewers, who only judge: with which rights."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from facts.models import Player

EDITORS, REVIEWERS = "Editors", "Reviewers"
_EDITOR_RIGHTS = {
    "fact": ("view", "add", "change"),
    "falsestatement": ("view", "add", "change", "delete"),
    "blank": ("view", "add", "change", "delete"),
    "scenario": ("view", "add", "change", "delete"),
    "question": ("view", "change"),
    "service": ("view", "add", "change"),
    "family": ("view", "add", "change"),
}
_REVIEWER_RIGHTS = {
    "fact": ("view",),
    "falsestatement": ("view",),
    "blank": ("view",),
    "scenario": ("view",),
    "question": ("view", "change"),
    "service": ("view",),
    "family": ("view",),
}


@transaction.atomic
def ensure_editor_group() -> Group:
    """The group of editors with exactly the rights to mend facts and judge questions; players are not theirs."""
    return _ensure_group(EDITORS, _EDITOR_RIGHTS)


@transaction.atomic
def ensure_reviewer_group() -> Group:
    """The group of those who approve and retire questions and drafts and decide reports, and write no facts."""
    return _ensure_group(REVIEWERS, _REVIEWER_RIGHTS)


def _ensure_group(name: str, granted: Mapping[str, Collection[str]]) -> Group:
    group, _ = Group.objects.get_or_create(name=name)
    codenames = [f"{right}_{model}" for model, rights in granted.items() for right in rights]
    group.permissions.set(Permission.objects.filter(content_type__app_label="facts", codename__in=codenames))
    return group


@transaction.atomic
def make_editor(
    *, email: str, is_owner: bool = False, is_reviewer: bool = False, read_password: Callable[[Player], str]
) -> tuple[Player, bool]:
    """Make the player with this e-mail address an editor, or a reviewer instead; an owner has all rights.

    Returns the player and whether the account is new. Rights that the player has already stay.

    ``read_password`` is called for a new account only. Raises ValidationError for a password that is too weak.
    """
    email = email.lower()
    group = ensure_reviewer_group() if is_reviewer else ensure_editor_group()
    player = Player.objects.filter(email__iexact=email, is_guest=False).first()
    is_new = player is None
    if player is None:
        player = Player(username=f"editor-{secrets.token_hex(12)}", email=email)
        player.set_password(read_password(player))
    player.is_staff = True
    player.is_superuser = player.is_superuser or is_owner
    player.save()
    player.groups.add(group)
    return player, is_new
