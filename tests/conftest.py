from __future__ import annotations

import pytest
from django.test import Client

from facts.models import Player
from facts.services.editors import ensure_editor_group, ensure_reviewer_group
from tests.factories import make_player


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
