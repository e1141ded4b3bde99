"""Anki decks that players take along: of which facts, when, and how often."""

from __future__ import annotations

from facts.models import Fact, Player, Quiz, Service
from facts.models.bank import FactQuerySet
from facts.selectors.exam import is_overdue, running_exam
from facts.services.exam import ExamRunning
from facts.services.exports import export_deck, find_live
from facts.services.limits import count_event

MOST_DECKS = 10  # of a player within WINDOW; each is some hundred cards, and work for the server
WINDOW = 600  # seconds


class NothingToTake(Exception):
    """No live question is about these facts."""


class TooManyDecks(Exception):
    """The player took as many decks as there may be within WINDOW."""


def take_quiz_deck(*, quiz: Quiz) -> bytes:
    """A deck of all that is asked about the facts of the player's finished quiz.

    Raises ExamRunning, NothingToTake or TooManyDecks.
    """
    facts = Fact.objects.in_bank().filter(pk__in=quiz.questions.values("fact"))
    _admit(quiz.player, facts)
    return export_deck(facts=facts)


def take_service_deck(*, service: Service, player: Player) -> bytes:
    """A deck of all that is asked about the service, mainly or also.

    Raises ExamRunning, NothingToTake or TooManyDecks.
    """
    _admit(player, Fact.objects.in_bank().tagged([service]))
    return export_deck(services=[service])


def _admit(player: Player, facts: FactQuerySet) -> None:
    """Refuse a deck that would tell the keys of an exam that runs, have no card, or be one too many."""
    exam = running_exam(player)
    if exam and not is_overdue(exam):
        raise ExamRunning(exam)
    if not find_live(facts).exists():
        raise NothingToTake
    if count_event(key=f"decks:{player.pk}", seconds=WINDOW) > MOST_DECKS:
        raise TooManyDecks
