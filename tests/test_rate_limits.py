"""Rate limits, which all workers count together."""

from __future__ import annotations

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from facts.models import Player
from tests.factories import make_facts

START = {"all_kinds": "1", "length": "5"}


@pytest.fixture
def few_guests(settings, db):
    settings.ACCOUNT_RATE_LIMITS = {"make_guest": "2/m/ip"}
    make_facts(5)


def test_counts_are_kept_in_the_database_where_every_worker_sees_them(db):
    assert isinstance(caches["default"], DatabaseCache)
    cache.set("count", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rate_limits")
        assert cursor.fetchone()[0] == 1
    assert (cache.add("count", 2), cache.get("count")) == (False, 1)


def start(client_class, address="192.0.2.1", **headers):
    return client_class().post("/quiz/", START, REMOTE_ADDR=address, headers=headers)


def test_guests_from_one_address_are_limited_and_told_when_to_come_back(few_guests, client):
    responses = [start(type(client)) for _ in range(3)]
    assert [response.status_code for response in responses] == [302, 302, 429]
    assert responses[2]["Retry-After"] == "60"
    assert "too many" in responses[2].content.decode()
    assert Player.objects.count() == 2
    assert start(type(client), "192.0.2.2").status_code == 302


def test_who_is_a_player_already_is_not_limited(few_guests, alice_client):
    assert {alice_client.post("/quiz/", START).status_code for _ in range(4)} == {302}


def test_forwarded_addresses_are_believed_only_behind_a_proxy(few_guests, client, settings):
    forged = [start(type(client), **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(3)]
    assert [response.status_code for response in forged] == [302, 302, 429]

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = [start(type(client), **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}) for number in range(3)]
    assert [response.status_code for response in seen] == [302, 302, 429]  # the last is what the proxy saw


def test_guessing_passwords_of_one_account_ends_after_five(client, alice):
    answers = [
        client.post("/accounts/login/", {"login": "nobody@example.org", "password": f"wrong-{number}"})
        for number in range(6)
    ]
    assert "Too many failed login attempts" in answers[5].content.decode()
    assert "Too many failed login attempts" not in answers[4].content.decode()
