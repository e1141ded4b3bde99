import json
import time
import tracemalloc
from collections import OrderedDict
from copy import deepcopy
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.edge_storage.functions.edge import ENTRY_BYTES, MAX_BYTES, MAX_SESSIONS, SessionStore, size_of
from facts.edge_storage.messages import DISALLOWED_HEADERS, LARGEST_GENERATED, READ_ONLY_HEADERS, find_refusal
from tests.edge_storage.events import (
    documents,
    header,
    new_environment,
    origin_request,
    read_lines,
    request_of,
    viewer_request,
)


@pytest.fixture
def edge():
    """One execution environment."""
    return new_environment("edge")


def send(edge, **headers):
    """The headers that the origin gets."""
    return edge.handler(origin_request(**headers), None)["headers"]


def visits(edge, cookie):
    sent = send(edge, cookie=[{"key": "Cookie", "value": cookie}])
    return sent["session_visits"][0]["value"] if "session_visits" in sent else None


def test_handler_adds_its_header_and_changes_nothing_else(edge):
    event = origin_request()
    before = deepcopy(request_of(event))
    request = edge.handler(event, None)
    assert request["headers"].pop("custom_header") == [{"key": "custom_header", "value": edge.FIRST_RAN}]
    assert request == before


def test_handler_gives_the_time_at_which_the_environment_first_ran(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_767_603_600.123)
    edge = new_environment("edge")
    monkeypatch.setattr(time, "time", lambda: 1_767_690_000.0)
    assert send(edge)["custom_header"][0]["value"] == "2026-01-05T09:00:00.123Z"
    assert send(new_environment("edge"))["custom_header"][0]["value"] == "2026-01-06T09:00:00.000Z"


def test_handler_leaves_a_body_alone(edge):
    event = origin_request()
    body = {"inputTruncated": False, "action": "read-only", "encoding": "base64", "data": "aGVsbG8="}
    request_of(event)["body"] = dict(body)
    assert edge.handler(event, None)["body"] == body


def test_handler_replaces_headers_of_its_own_names_that_a_viewer_sends(edge):
    sent = send(edge, **header("custom_header", "forged"), **header("session_visits", "99"))
    assert sent["custom_header"] == edge.CUSTOM_HEADER
    assert "session_visits" not in sent


def test_handler_touches_no_read_only_header(edge):
    before = {name: [{"key": name.title(), "value": "as it came"}] for name in READ_ONLY_HEADERS}
    sent = send(edge, **deepcopy(before))
    assert {name: sent[name] for name in READ_ONLY_HEADERS} == before
    assert READ_ONLY_HEADERS & send(edge).keys() == {"via"}  # none is added that did not come


def test_handler_returns_what_cloudfront_accepts(edge):
    event = origin_request(**header("Cookie", "session=alice"))
    before = deepcopy(request_of(event)["headers"])
    request = edge.handler(event, None)
    assert find_refusal(request, before) == ""
    assert request["headers"].keys() - before.keys() == {"custom_header", "session_visits"}
    assert not DISALLOWED_HEADERS & request["headers"].keys()
    json.dumps(request)


def test_visits_are_counted_for_each_session(edge):
    counted = [visits(edge, f"session={name}") for name in ("alice", "bob", "alice", "alice", "bob")]
    assert counted == ["1", "1", "2", "3", "2"]


def test_visits_are_counted_for_each_environment(edge):
    assert [visits(edge, "session=alice"), visits(edge, "session=alice")] == ["1", "2"]
    assert visits(new_environment("edge"), "session=alice") == "1"


@pytest.mark.parametrize(
    "cookie", ["theme=dark; session=alice", "session=alice;theme=dark", "a; b=c=d; session=alice "]
)
def test_session_is_found_among_other_cookies(edge, cookie):
    assert (visits(edge, "session=alice"), visits(edge, cookie)) == ("1", "2")


def test_session_is_found_in_a_second_cookie_header(edge):
    sent = send(edge, **header("Cookie", "theme=dark", "session=alice"))
    assert sent["session_visits"][0]["value"] == "1"


@pytest.mark.parametrize("cookie", ["", "theme=dark", "session=", "mysession=alice", "session"])
def test_no_session_no_visits(edge, cookie):
    assert visits(edge, cookie) is None
    assert len(edge.SESSIONS) == 0


def spoil(*path, **change):
    """The documented event with one part changed or, without ``to``, left out."""
    event = origin_request()
    part = event
    for key in path[:-1]:
        part = part[key]
    if "to" in change:
        part[path[-1]] = change["to"]
    else:
        del part[path[-1]]
    return event


CF = ("Records", 0, "cf")
MALFORMED = [
    (None, "event.Records is missing"),
    ([], "event.Records is missing"),
    ("event", "event.Records is missing"),
    ({}, "event.Records is missing"),
    ({"Records": {}}, "event.Records is not a list"),
    ({"Records": []}, "event.Records.0 is missing"),
    ({"Records": [None]}, "event.Records.0 is not a dict"),
    (spoil(*CF), "event.Records.0.cf is missing"),
    (spoil(*CF, "config"), "cf.config is missing"),
    (spoil(*CF, "config", "eventType", to=7), "cf.config.eventType is not a str"),
    (spoil(*CF, "request"), "cf.request is missing"),
    (spoil(*CF, "request", "headers"), "cf.request.headers is missing"),
    (spoil(*CF, "request", "headers", to=[]), "cf.request.headers is not a dict"),
    (spoil(*CF, "request", "headers", "cookie", to="session=alice"), "cookie is not a list of keys and values"),
    (spoil(*CF, "request", "headers", "cookie", to=[{"key": "Cookie"}]), "cookie is not a list of keys and values"),
    (viewer_request(), "cf.config.eventType is 'viewer-request', not 'origin-request'"),
]


@pytest.mark.parametrize(("event", "fault"), MALFORMED)
def test_malformed_event_is_logged_and_answered_with_502(edge, capsys, event, fault):
    response = edge.handler(event, None)
    (line,) = read_lines(capsys.readouterr().out)
    assert line["level"] == "ERROR"
    assert line["message"].startswith("Not an origin request event of CloudFront: ")
    assert fault in line["message"]
    assert (response["status"], response["statusDescription"]) == ("502", "Bad Gateway")
    assert response["headers"]["cache-control"][0]["value"] == "no-store"


def test_generated_answer_is_one_that_cloudfront_accepts(edge, capsys):
    response = edge.handler({}, None)
    assert find_refusal(response, {}) == ""
    assert len(json.dumps(response)) < LARGEST_GENERATED / 1000


@given(documents)
def test_no_document_raises(event):
    answered = new_environment("edge").handler(event, None)
    assert answered["status"] == "502" or answered["headers"]["custom_header"]


@given(st.data())
def test_no_spoilt_event_raises_nor_gets_past_cloudfront(data):
    part = event = origin_request(**header("Cookie", "session=alice"))
    while isinstance(part, dict | list) and part and data.draw(st.booleans(), label="deeper"):
        inside, key = part, data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else [0]))
        part = inside[key]
        if data.draw(st.booleans(), label="spoil"):
            inside[key] = data.draw(documents)
            break
    answered = new_environment("edge").handler(event, None)
    assert answered.get("status") == "502" or answered["headers"]["custom_header"]


# The store


def test_store_forgets_what_was_not_seen_for_longest():
    store = SessionStore(max_sessions=2, max_bytes=10_000)
    assert [store.count_visit(name) for name in ("a", "b", "a", "c", "a", "b")] == [1, 1, 2, 1, 3, 1]
    assert ("a" in store, "b" in store, "c" in store) == (True, True, False)


def test_store_keeps_nothing_that_is_larger_than_all_of_it():
    store = SessionStore(max_sessions=9, max_bytes=1000)
    assert [store.count_visit("x" * 5000), store.count_visit("x" * 5000)] == [1, 1]
    assert (len(store), store.bytes) == (0, 0)


@given(st.lists(st.text(max_size=3)), st.integers(0, 5), st.integers(0, 5 * ENTRY_BYTES))
def test_store_is_a_least_recently_used_cache_within_both_bounds(sessions, max_sessions, max_bytes):
    store = SessionStore(max_sessions, max_bytes)
    model: OrderedDict[str, int] = OrderedDict()
    for session in sessions:
        model[session] = model.pop(session, 0) + 1
        assert store.count_visit(session) == model[session]
        while len(model) > max_sessions or sum(map(size_of, model)) > max_bytes:
            model.popitem(last=False)
        assert (len(store), store.bytes) == (len(model), sum(map(size_of, model)))


def test_store_stays_within_its_bounds_under_a_million_sessions(edge):
    rng = Random(1)
    names = [f"{rng.getrandbits(128):032x}" for _ in range(1000)]
    store = edge.SESSIONS
    for number in range(1_000_000):
        store.count_visit(f"{names[number % 1000]}{number}")
        if not number % 100_000:
            assert store.bytes <= MAX_BYTES
    assert len(store) == MAX_SESSIONS
    assert store.bytes <= MAX_BYTES


def test_store_takes_no_more_memory_than_it_counts():
    """With names as long as cookies get, and with those that cost most to keep."""
    for name in ("s", "é" * 30, "界" * 30, "🎓" * 30, "x" * 4000):
        tracemalloc.start()
        store = SessionStore(max_sessions=2000, max_bytes=1_000_000)
        for number in range(5000):
            store.count_visit(f"{number}{name}")
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert taken < 1.1 * store.bytes
