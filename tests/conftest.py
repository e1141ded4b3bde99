from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client

from facts.models import Player
from facts.services.editors import ensure_editor_group, ensure_reviewer_group
from tests.factories import make_player


@pytest.fixture(scope="session")
def make_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes empty databases for processes of their own, on the engine of the run; their URLs."""
    values = django_settings.DATABASES["default"]
    names: list[str] = []

    def make() -> str:
        names.append(f"apart_{uuid4().hex}")
        if not values["ENGINE"].endswith("postgresql"):
            return f"sqlite:///{tmp_path_factory.mktemp('database') / names[-1]}.sqlite3"
        execute(f'CREATE DATABASE "{names[-1]}"')
        return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{names[-1]}"

    def execute(statement: str) -> None:
        import psycopg

        login = {"user": values["USER"], "password": values["PASSWORD"], "host": values["HOST"], "port": values["PORT"]}
        with closing(psycopg.connect(**login, dbname="postgres", autocommit=True)) as connection:
            connection.execute(statement)

    yield make
    if values["ENGINE"].endswith("postgresql"):
        for name in names:
            execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def static_files() -> None:
    """What ``collectstatic`` makes, made once in a run, for servers in processes of their own."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    with (django_settings.VAR_DIR / "static.run").open("a+") as last:
        fcntl.flock(last, fcntl.LOCK_EX)  # workers of the same run wait for the one that makes them
        last.seek(0)
        if last.read() == run:
            return
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=django_settings.BASE_DIR, check=True)
        last.truncate(0)
        last.write(run)


@pytest.fixture
def alice(db: None) -> Player:
    return make_player("Alice")


@pytest.fixture
def bob(db: None) -> Player:
    """A stranger to Alice."""
    return make_player("Bob")


@pytest.fixture
def editor(db: None) -> Player:
    player = make_player("Erin", is_staff=True)
    player.groups.add(ensure_editor_group())
    return player


@pytest.fixture
def reviewer(db: None) -> Player:
    player = make_player("Rita", is_staff=True)
    player.groups.add(ensure_reviewer_group())
    return player


@pytest.fixture
def alice_client(alice: Player) -> Client:
    client = Client()
    client.force_login(alice, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def bob_client(bob: Player) -> Client:
    client = Client()
    client.force_login(bob, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def editor_client(editor: Player) -> Client:
    client = Client()
    client.force_login(editor, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def reviewer_client(reviewer: Player) -> Client:
    client = Client()
    client.force_login(reviewer, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def htmx() -> dict[str, str]:
    """Headers of a request that htmx makes for a part of the page."""
    return {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """A hash that costs nothing: no test is about its strength."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Names of static files without hashes, so that no test needs collectstatic first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
