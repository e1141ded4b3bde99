"""What the log tells of a request, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from examprep.logs import SECRET_PARTS, AddRequest, JsonFormatter, TextFormatter, access
from facts.views import errors
from tests.factories import make_fact

pytestmark = pytest.mark.django_db

# Parts of paths that stand in the log as they are: they open nothing.
HARMLESS_PARTS = {
    *("quiz_id", "position", "slug", "result_id", "group_id", "player_id"),
    "public_id",  # of a page that anybody may read
    *(
        "uidb36",
        "object_id",
        "app_label",
        "url",
        "content_type_id",
        "version_id",
        "pk",
        "question_id",
        "report_id",
        "decision_id",
        "id",
        "sort",
    ),
}


SAID = "duplicate key\nDETAIL:  Key (email)=(alice@example.org) already exists."


@pytest.fixture
def lines():
    """The lines of the log, as JSON says them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(AddRequest())
    handler.setFormatter(JsonFormatter())
    loggers = [access, logging.getLogger("django.request"), logging.getLogger("django.security")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.fixture
def broken_page(monkeypatch):
    """A page that fails with what the database says of somebody."""

    def fail(*args, **kwargs):
        raise ValueError(SAID)

    monkeypatch.setattr("facts.views.bank.render", fail)
    make_fact("broken")
    return "/facts/broken/"


def test_each_request_is_one_line_with_the_id_that_its_answer_has(client, lines):
    response = client.get("/facts/?q=secret&page=2")
    (line,) = lines()
    assert re.fullmatch("[0-9a-f]{16}", response["X-Request-ID"])
    ms = line.pop("ms")
    assert 0 < ms < 60_000
    assert (line.pop("at")[10], line) == (
        "T",
        {
            "level": "info",
            "logger": "examprep.access",
            "request": response["X-Request-ID"],
            "message": f"GET /facts/ 200 {ms} ms",
            "method": "GET",
            "path": "/facts/",
            "status": 200,
        },
    )
    assert client.get("/facts/")["X-Request-ID"] != response["X-Request-ID"]


def test_an_id_is_taken_from_a_proxy_only_and_only_if_it_can_be_one(client, settings):
    given = {"X-Request-ID": "proxy-0123456789"}
    assert client.get("/healthz", headers=given)["X-Request-ID"] != "proxy-0123456789"
    settings.TRUSTS_PROXY = True
    assert client.get("/healthz", headers=given)["X-Request-ID"] == "proxy-0123456789"
    for odd in ("short", "x" * 65, 'a"},{"b": 1', "line\nbreak"):
        assert client.get("/healthz", headers={"X-Request-ID": odd})["X-Request-ID"] != odd


def test_an_error_has_the_id_that_its_page_shows(lines, broken_page):
    response = Client(raise_request_exception=False).get(broken_page)
    line, _ = lines()
    assert (response.status_code, line["level"], line["logger"]) == (500, "error", "django.request")
    assert line["request"] == response["X-Request-ID"]
    assert f"<code>{line['request']}</code>" in response.content.decode()
    assert line["traceback"].startswith("Traceback")
    assert "ValueError: duplicate key" in line["traceback"]
    assert "alice" not in json.dumps(line)


def test_programs_that_ask_whether_all_is_well_leave_no_line(client, lines):
    assert client.get("/healthz").status_code == 200
    assert lines() == []


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/accounts/password/reset/key/1-c0ffee-5ecre7/", "/accounts/password/reset/key/1-…/"),
        ("/accounts/confirm-email/MQ:5ecre7/", "/accounts/confirm-email/…/"),
        ("/accounts/password/reset/key/1-5ecre7", "/accounts/…"),  # no page: the slash is missing
        ("/", "/"),
        ("/nowhere", "/nowhere"),
        ("/quiz/7/", "/quiz/7/"),
    ],
)
def test_nothing_that_opens_an_account_stands_in_the_log(client, lines, path, shown):
    client.get(path, {"q": "5ecre7"})
    assert {line["path"] for line in lines() if "path" in line} == {shown}
    assert "5ecre7" not in json.dumps(lines())


def test_an_error_on_a_secret_path_is_told_without_the_secret(lines, monkeypatch):
    monkeypatch.setattr("allauth.account.forms.UserTokenForm.is_valid", lambda form: 1 / 0)
    Client(raise_request_exception=False).get("/accounts/password/reset/key/1-c0ffee-5ecre7/")
    messages = [line["message"] for line in lines()]
    assert messages[0] == "Internal Server Error: /accounts/password/reset/key/1-…/"
    assert "5ecre7" not in json.dumps(lines())


def find_parts(patterns):
    for pattern in patterns:
        regex = pattern.pattern.regex
        yield from regex.groupindex
        if not isinstance(pattern, URLPattern):
            yield from find_parts(pattern.url_patterns)


def test_every_part_of_a_path_is_known_to_be_harmless_or_kept_out_of_the_log():
    unknown = set(find_parts(get_resolver().url_patterns)) - HARMLESS_PARTS - SECRET_PARTS
    assert not unknown, f"Add {unknown} to SECRET_PARTS in examprep/logs.py if they open something, else to this test."


def test_text_has_the_id_too(client):
    record = logging.LogRecord("facts", logging.WARNING, "", 0, "%s left", ("Nothing",), None)
    client.get("/")
    AddRequest().filter(record)
    assert re.search(r" WARNING facts \[[0-9a-f]{16}\]: Nothing left$", TextFormatter().format(record))


def test_page_of_an_error_needs_no_database(django_assert_num_queries, rf):
    with django_assert_num_queries(0):
        page = errors.server_error(rf.get("/")).content.decode()
    assert ("Something broke on our side." in page, "quote" in page) == (True, False)
