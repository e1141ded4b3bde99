"""Anki decks to take along."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facts.models import Quiz, Service
from facts.services.decks import MOST_DECKS, WINDOW, NothingToTake, TooManyDecks, take_quiz_deck, take_service_deck
from facts.services.exam import ExamRunning
from facts.services.exports import FORMATS
from facts.views.http import get_player


@never_cache
@require_safe
def quiz_deck(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """The facts of one's own finished quiz; 404 for every other quiz."""
    quiz = get_object_or_404(
        Quiz.objects.select_related("player"), player=get_player(request), finished_at__isnull=False, pk=quiz_id
    )
    return _download(request, f"quiz-{quiz.pk}", lambda: take_quiz_deck(quiz=quiz), quiz.get_absolute_url())


@never_cache
@require_safe
def service_deck(request: HttpRequest, slug: str) -> HttpResponse:
    """The facts about a service, for whoever has played."""
    service = get_object_or_404(Service, slug=slug)
    back = reverse("facts", query={"service": slug})
    player = get_player(request)
    if player is None:
        messages.info(request, "Decks are for players: take a first quiz, or sign in.")
        return redirect(back)
    return _download(request, slug, lambda: take_service_deck(service=service, player=player), back)


def _download(request: HttpRequest, name: str, take: Callable[[], bytes], back: str) -> HttpResponse:
    """The deck as a file; or ``back`` with the reason why there is none."""
    try:
        deck = take()
    except ExamRunning:
        messages.info(request, "Your exam is still running, and a deck tells answers. Hand it in, then take the deck.")
        return redirect(back)
    except NothingToTake:
        messages.info(request, "There is no question to put into a deck here yet.")
        return redirect(back)
    except TooManyDecks:
        said = f"That is more than {MOST_DECKS} decks within {WINDOW // 60} minutes."
        response = render(request, "429.html", {"said": said}, status=429)
        response.headers["Retry-After"] = str(WINDOW)
        return response
    anki = FORMATS["anki"]
    headers = {"Content-Disposition": f'attachment; filename="examprep-{name}{anki.suffix}"'}
    return HttpResponse(deck, content_type=anki.content_type, headers=headers)
