"""Signing in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, backends
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from facts.models import Player
from facts.models.reading import OneRow

_PLAYER = OneRow("FROM facts_player WHERE id = %s", Player)


class PlayerBackend(backends.ModelBackend):
    """Signs in as Django's own does; reads the player of a request by SQL that need not be written anew for each."""

    def get_user(self, user_id: int) -> Player | None:
        found = _PLAYER.read([user_id])
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def is_signed_in(player: Player, session: SessionBase) -> bool:
    """Is this the session of the player, who may still sign in and has the password of then?

    ``django.contrib.auth.get_user`` asks the same. It also knows what to do where the answer is no, so let it do that.
    """
    return (
        session.get(SESSION_KEY) == str(player.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and player.is_active
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), player.get_session_auth_hash())
    )
