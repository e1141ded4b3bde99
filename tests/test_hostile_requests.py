"""Every URL of the app, asked by those who may not, without a token, and with what no browser sends."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

LARGE = "9" * 30
VALUES = {"int": ["0", LARGE], "slug": ["none", "a" * 3000], "str": ["none", LARGE, "%00", "%FF%FE"], "path": ["%00x"]}
VALUES["uuid"] = ["00000000-0000-0000-0000-000000000000", "none"]
QUERIES = [
    "",
    "?page=%00&q=%00&sort=%FF",
    f"?page={LARGE}&o={LARGE}&id__exact={LARGE}&service=%ED%A0%80",
    "?period=%00&scope=%00&after=%00&before=0.0",
]
# Names that forms of the app, allauth and the admin read.
FIELDS = """choice kind length service domain mode email login password password1 display_name text reason when score
 size pace action next decision exam_on minutes key page q _selected_action index csrf
 name token successor instead_of period scope""".split()


def find_routes(patterns, before=""):
    """The whole route of each URL pattern, and the pattern."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from find_routes(pattern.url_patterns, route)


def fill(route, value_of):
    """The path of a route such as quiz/<int:quiz_id>/, regular expressions of allauth and the admin included."""
    path = re.sub(r"\(\?P<\w+>[^)]*\)", value_of("str"), route)
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: value_of(found[1] or "str"), path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


ROUTES = sorted({route for route, _ in find_routes(get_resolver().url_patterns)})


def test_the_walk_sees_all_rooms():
    rooms = ("quiz/<int:quiz_id>/", "admin/facts/fact/", "accounts/login/", "history/export/")
    assert len(ROUTES) > 60
    assert all(any(route.startswith(room) for route in ROUTES) for room in rooms)


@pytest.fixture
def clients(alice_client, editor_client, db):
    made = [Client(), alice_client, editor_client]
    for client in made:
        client.raise_request_exception = False
    return made


@pytest.mark.parametrize("route", ROUTES)
def test_odd_values_never_break_a_page(route, clients):
    for number in range(2):
        path = fill(route, lambda kind, number=number: VALUES.get(kind, VALUES["str"])[number % len(VALUES[kind])])
        for client in clients:
            for query in QUERIES:
                assert client.get(path + query).status_code < 500, path + query
            for value in ("\0", LARGE, "{"):
                data = dict.fromkeys(FIELDS, value)
                assert client.post(path, data).status_code < 500, (path, value)


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_taken_by_post_without_a_token(route, editor):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(editor, backend="facts.backends.PlayerBackend")
    path = fill(route, lambda kind: "1" if kind == "int" else "none")
    assert client.post(path, {"choice": "1"}).status_code in {301, 302, 403, 404, 405}, path
    assert not editor.quizzes.exists()
