"""Bringing what a page shows of a player up to date."""

from __future__ import annotations

from facts.models import Player
from facts.services.exam import hand_in_overdue
from facts.services.progress import fold_answers


def catch_up(player: Player) -> None:
    """Hand in exams whose time is over and fold all answers; two queries if there is nothing to do."""
    hand_in_overdue(player)
    fold_answers(player)
