"""While the database is away."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection
from django.test import Client

from facts.views.errors import Unavailable
from facts.views.outage import PAUSE, OutageGate
from tests.cluster import cluster, find_binaries
from tests.serving import Server

SOON = 20  # seconds; on an idle machine it is three
FRIENDLY = "Examprep will be back in a moment."


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def away(monkeypatch):
    """A database whose queries fail as if it had gone."""

    def fail(*arguments):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "cursor", fail)


@pytest.mark.django_db
def test_page_without_a_database_is_friendly_and_says_when_to_try_again(visitor, away):
    response = visitor.get("/")
    assert (response.status_code, FRIENDLY in response.text) == (503, True)
    assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")


@pytest.mark.django_db
def test_health_without_a_database_is_503(visitor, away):
    response = visitor.get("/healthz")
    assert (response.status_code, response.text) == (503, "The database does not answer.\n")


@pytest.mark.django_db
def test_another_fault_is_no_outage(visitor, monkeypatch):
    monkeypatch.setattr("facts.views.play.count_bank", lambda: 1 / 0)
    response = visitor.get("/")
    assert (response.status_code, "Something broke on our side." in response.text) == (500, True)


def test_after_a_vain_wait_nobody_waits_for_a_moment(monkeypatch, rf):
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    asked = []

    def respond(request):
        asked.append(now)
        return Unavailable(has_waited=True)

    gate = OutageGate(respond)
    for now in (100.0, 100.0 + PAUSE / 2, 100.0 + PAUSE * 1.01):  # noqa: B007
        assert gate(rf.get("/")).status_code == 503
    assert asked == [100.0, 100.0 + PAUSE * 1.01]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could be away")
def test_server_outlives_its_database(static_files):
    """Restarted between two pages, then gone while pages are asked for, then back: the app is never restarted."""
    with cluster(find_binaries()) as database:
        server = Server(database.create_database("examprep"))
        server.manage("migrate", "--verbosity", "0")
        with server:
            workers = server.workers()
            database.stop()
            database.start()
            assert [server.status("/")[0] for _ in range(4)] == [200] * 4, "a restart is healed before anybody notices"

            database.stop("immediate")
            started = time.monotonic()
            status, page = server.status("/")
            assert (status, FRIENDLY in page) == (503, True)
            assert server.status()[0] == 503
            assert time.monotonic() - started < SOON
            database.start()
            assert server.wait_for(200, SOON)
            assert [server.status("/")[0] for _ in range(4)] == [200] * 4
            assert server.workers() == workers
