"""What the views share about requests."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from facts.backends import is_signed_in
from facts.models import Player, QuizQuestion
from facts.selectors.play import get_question, read_with_session
from facts.sessions import SessionStore

MOST_KNOWN = 10_000
# The player whom a session was last found to be of. A guess where to look, and no more: who is signed in is read and
# proved anew in each request.
_player_ids: dict[str, int] = {}


class HtmxHttpRequest(HttpRequest):
    """The request as it reaches a view."""

    htmx: HtmxDetails
    session: SessionStore


def get_player(request: HttpRequest) -> Player | None:
    """The player, member or guest; None for somebody who has not played yet."""
    return request.user if request.user.is_authenticated else None


def get_own_question(request: HtmxHttpRequest, quiz_id: int, position: int) -> QuizQuestion:
    """One question with its quiz, if it is the player's; 404 for everybody else.

    Every question and answer needs it, so session, player, question and quiz are read by one statement, for the player
    who had this session before. Where the session is not plainly theirs, Django finds out whose it is, and what to do
    about it.
    """
    session = request.session
    key = session.session_key or ""
    known = _player_ids.get(key)
    if known is not None and (found := read_with_session(key, known, quiz_id, position)):
        data, question = found
        session.hold(data)
        if is_signed_in(question.player, session):
            request.user = question.player
            return question
    question = get_question(get_player(request), quiz_id, position)
    if len(_player_ids) >= MOST_KNOWN:
        _player_ids.clear()
    _player_ids[key] = question.player_id
    return question


def wants_partial(request: HtmxHttpRequest) -> bool:
    """Does htmx want a part of the page? Not for boosted links and restored history: these need it whole."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render_part(
    request: HtmxHttpRequest, template: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or only the named part of it if htmx asks. Caches are told that the two differ."""
    name = f"{template}#{part}" if wants_partial(request) else template
    response = render(request, name, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def never_stored[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """No cache may keep the response. As Django's ``never_cache``, in fewer words on the wire and in less time."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return wrapper


def parse_choice(values: Iterable[str]) -> list[int]:
    """Posted values as indices of options; what is no number is no option."""
    return [int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1 for value in values]
