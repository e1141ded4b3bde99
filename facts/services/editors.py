"""Editors: who may mend the bank, and with which rights."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from facts.models import Player

EDITORS = "Editors"
_EDITOR_RIGHTS = {
    "fact": ("view", "add", "change"),
    "falsestatement": ("view", "add", "change", "delete"),
    "blank": ("view", "add", "change", "delete"),
    "scenario": ("view", "add", "change", "delete"),
    "question": ("view", "change"),
    "service": ("view", "add", "change"),
    "family": ("view", "add", "change"),
}


@transaction.atomic
def ensure_editor_group() -> Group:
    """The group of editors with exactly the rights to mend facts and judge questions; players are not theirs."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    codenames = [f"{right}_{model}" for model, rights in _EDITOR_RIGHTS.items() for right in rights]
    group.permissions.set(Permission.objects.filter(content_type__app_label="facts", codename__in=codenames))
    return group


@transaction.atomic
def make_editor(*, email: str, is_owner: bool, read_password: Callable[[Player], str]) -> tuple[Player, bool]:
    """Make the player with this e-mail address an editor; returns the player and whether the account is new.

    ``read_password`` is called for a new account only. Raises ValidationError for a password that is too weak.
    """
    email = email.lower()
    group = ensure_editor_group()
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
