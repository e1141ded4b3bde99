"""A disk without room, which SQLite meets as a limit of its pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from facts.models import QuizQuestion
from tests.factories import make_player, make_quiz

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's disk is not ours to fill"),
]


def set_limit(pages: int | None) -> None:
    """Of the database's size; None: as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = pages or cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def fill_disk():
    yield lambda: set_limit(None)
    set_limit(2**30)


def answers_on_record() -> dict[int, list[int]]:
    return dict(QuizQuestion.objects.exclude(answered_at=None).values_list("position", "chosen"))


def test_full_disk_keeps_what_was_confirmed_and_takes_the_rest_later(fill_disk: Callable[[], None]) -> None:
    alice = make_player("Alice")
    quiz = make_quiz(alice, length=75)
    visitor = Client(raise_request_exception=False)
    visitor.force_login(alice, backend="facts.backends.PlayerBackend")
    fill_disk()
    replies = {
        question.position: visitor.post(question.get_absolute_url(), {"choice": "1"})
        for question in quiz.questions.all()
    }
    refused = [position for position, reply in replies.items() if reply.status_code == 503]
    confirmed = [position for position, reply in replies.items() if reply.status_code == 302]
    assert refused
    assert len(refused) + len(confirmed) == 75
    assert "Examprep will be back in a moment." in replies[refused[0]].text
    assert answers_on_record() == {position: [1] for position in confirmed}

    set_limit(2**30)
    for position in refused:
        assert (
            visitor.post(quiz.questions.get(position=position).get_absolute_url(), {"choice": "1"}).status_code == 302
        )
    assert answers_on_record() == {position: [1] for position in replies}
