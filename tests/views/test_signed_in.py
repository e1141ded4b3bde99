"""Whose session it is, on the page that reads session, player and question by one statement.

It does so for sessions that it has seen before, so the first question was opened once in each of these tests.
"""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from facts.models import Player
from facts.sessions import SessionStore
from facts.views import http
from tests.factories import make_quiz, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(alice, alice_client):
    make_service()
    quiz = make_quiz(alice, length=5, kinds=["true_false"])
    url = f"/quiz/{quiz.pk}/1/"
    assert alice_client.get(url).status_code == 200
    return url


def refuses(client, url):
    """Is the question neither shown nor its answer taken? The player's other pages take the client for a stranger."""
    shown, answered = client.get(url), client.post(url, {"choice": "0"})
    assert "_auth_user_id" not in client.session
    return (shown.status_code, answered.status_code) == (404, 404)


def test_question_is_the_players(alice_client, url):
    assert alice_client.get(url).status_code == 200


def test_player_is_the_one_that_django_finds(alice_client, alice, url):
    with patch("django.contrib.auth.get_user") as get_user:
        response = alice_client.get(url)
    assert not get_user.called
    assert response.wsgi_request.user == alice


def test_question_is_the_players_in_a_session_that_was_not_seen_before(alice, url):
    client = Client()
    client.force_login(alice)
    assert client.get(url).status_code == 200


def test_session_that_became_somebody_elses_shows_no_question_of_before(alice_client, bob_client, bob, url):
    theirs = Session.objects.get(pk=bob_client.cookies["sessionid"].value)
    Session.objects.filter(pk=alice_client.cookies["sessionid"].value).update(session_data=theirs.session_data)
    assert alice_client.get(url).status_code == 404
    assert alice_client.post(url, {"choice": "0"}).status_code == 404
    assert alice_client.session["_auth_user_id"] == str(bob.pk)


def test_sessions_are_forgotten_before_they_are_too_many(alice_client, url):
    with patch.object(http, "MOST_KNOWN", 1):
        for _ in range(3):
            client = Client()
            client.force_login(Player.objects.get())
            assert client.get(url).status_code == 200
            assert list(http._player_ids) == [client.session.session_key]


def test_question_of_somebody_else_is_not_shown_and_the_stranger_stays_signed_in(bob_client, bob, url):
    assert bob_client.get(url).status_code == 404
    assert bob_client.post(url, {"choice": "0"}).status_code == 404
    assert bob_client.session["_auth_user_id"] == str(bob.pk)


def test_player_who_signed_out_has_no_question(alice_client, url):
    cookie = alice_client.cookies["sessionid"].value
    alice_client.logout()
    replay = Client()
    replay.cookies["sessionid"] = cookie
    assert refuses(replay, url)


def test_session_that_expired_shows_no_question(alice_client, url):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert refuses(alice_client, url)


def test_session_with_the_password_of_before_shows_no_question(alice_client, alice, url):
    alice.set_password("another password")
    alice.save()
    assert refuses(alice_client, url)


def test_player_who_was_deactivated_has_no_question(alice_client, alice, url):
    Player.objects.filter(pk=alice.pk).update(is_active=False)
    assert alice_client.get(url).status_code == 404
    assert alice_client.post(url, {"choice": "0"}).status_code == 404


def test_session_by_a_backend_that_is_none_shows_no_question(alice_client, url, settings):
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    assert alice_client.get(url).status_code == 404


@pytest.mark.parametrize("data", ["", "nonsense", "e30:1u2:xyz"])
def test_session_whose_data_are_not_signed_shows_no_question(alice_client, url, data):
    Session.objects.update(session_data=data)
    assert refuses(alice_client, url)


@pytest.mark.parametrize("values", [{}, {"_auth_user_id": "1"}, {"_auth_user_hash": "é"}])
def test_session_without_all_of_a_sign_in_shows_no_question(url, values):
    session = SessionStore()
    session.update({"other": "data"} | values)
    session.save()
    client = Client()
    client.cookies["sessionid"] = session.session_key
    assert client.get(url).status_code == 404
    assert client.session["other"] == "data"


def test_secret_that_was_replaced_still_signs_in_while_it_is_kept(alice_client, url, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret, and quite long enough to be one"
    assert alice_client.get(url).status_code == 200
    assert alice_client.get(url).status_code == 200


@pytest.mark.parametrize("key", ["", "short", "x" * 5000, "é" * 20])
def test_session_key_that_is_none_shows_no_question(url, key):
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get(url).status_code == 404
