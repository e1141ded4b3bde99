"""Rate limits, which all workers count together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

from facts.models import Player, RateCount
from facts.services.limits import count_event
from tests.factories import make_facts

START = {"all_kinds": "1", "length": "5"}


@pytest.fixture
def few_guests(settings, db):
    settings.GUESTS_PER_MINUTE = 2
    make_facts(5)


def test_counts_are_kept_in_the_database_where_every_worker_sees_them(db):
    assert isinstance(caches["default"], DatabaseCache)
    cache.set("count", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rate_limits")
        assert cursor.fetchone()[0] == 1
    assert (cache.add("count", 2), cache.get("count")) == (False, 1)


def test_events_are_counted_by_key_until_the_window_of_the_first_is_over(db, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert [count_event(key=key, seconds=60) for key in "aab"] == [1, 2, 1]
    RateCount.objects.filter(key="a").update(ends_at=timezone.now() - timedelta(seconds=1))
    assert [count_event(key="a", seconds=60) for _ in range(2)] == [1, 2]
    assert RateCount.objects.get(key="a").ends_at > timezone.now() + timedelta(seconds=50)


def test_no_event_is_lost_between_processes_that_count_at_once(tmp_path):
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/counts.sqlite3"}
    options = {"env": environment, "cwd": django_settings.BASE_DIR, "text": True, "stdout": subprocess.PIPE}
    make = "from django.db import connection; from facts.models import RateCount; "
    make += "editor = connection.schema_editor(); editor.__enter__(); editor.create_model(RateCount); "
    make += "editor.__exit__(None, None, None)"
    count = "import sys; from facts.services.limits import count_event; print('ready', flush=True); sys.stdin.read(); "
    count += "print(*[count_event(key='k', seconds=600) for _ in range(50)])"
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
    subprocess.run([*shell, make], check=True, **options)
    workers = [subprocess.Popen([*shell, count], stdin=subprocess.PIPE, **options) for _ in range(3)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.close()
    seen = [int(number) for worker in workers for number in worker.stdout.read().split()]
    for worker in workers:
        worker.stdout.close()
        assert worker.wait(timeout=60) == 0
    assert sorted(seen) == list(range(1, 151))


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


def forget_the_process():
    """Drop what this process holds of the cache, as if the next request came to another worker."""
    caches.close_all()
    for alias in caches:
        del caches[alias]


@pytest.mark.parametrize(
    ("path", "data", "most"),
    [
        ("/accounts/login/", {"login": "someone{}@example.org", "password": "wrong one"}, 10),
        ("/accounts/signup/", {"email": "no address {}", "display_name": "x", "password1": "short"}, 20),
        ("/accounts/password/reset/", {"email": "someone@example.org"}, 5),
    ],
    ids=["sign-in", "sign-up", "reset"],
)
def test_limits_of_accounts_hold_whichever_worker_is_asked(client, db, path, data, most):
    refused = re.compile("Too many failed login attempts|too many at once")
    for number in range(most + 1):
        forget_the_process()
        filled = {name: value.format(number) for name, value in data.items()}
        text = client.post(path, filled, REMOTE_ADDR="192.0.2.7").content.decode()
        assert bool(refused.search(text)) == (number == most), number
