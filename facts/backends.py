"""Signing in."""

from __future__ import annotations

from django.contrib.auth import backends

from facts.models import Player


class PlayerBackend(backends.ModelBackend):
    """Signs in as Django's own does; reads the player of a request by SQL that need not be written anew for each."""

    def get_user(self, user_id: int) -> Player | None:
        for player in Player.objects.raw("SELECT * FROM facts_player WHERE id = %s", [user_id]):
            return player if self.user_can_authenticate(player) else None
        return None
