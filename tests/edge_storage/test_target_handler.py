import base64
import json
import time
from copy import deepcopy

import pytest
from hypothesis import given

from facts.edge_storage.functions.target import HIDDEN
from facts.edge_storage.messages import find_bad_answer
from tests.edge_storage.events import (
    balancer_request,
    documents,
    health_check,
    multi_value_request,
    new_environment,
    read_lines,
)

CONTENT_TYPE = "text/plain; charset=utf-8"


@pytest.fixture
def target(monkeypatch):
    """An environment whose clock stands still."""
    monkeypatch.setattr(time, "time", lambda: 1_767_603_661.5)
    return new_environment("target")


def test_handler_greets_as_the_load_balancer_demands(target):
    assert target.handler(balancer_request(), None) == {
        "isBase64Encoded": False,
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"Content-Type": CONTENT_TYPE},
        "body": (
            "Hello! It is 2026-01-05T09:01:01.500Z.\n"
            "The environment at the edge first ran at 2026-01-05T09:00:00.123Z.\n"
        ),
    }


def test_handler_answers_in_lists_if_it_was_asked_in_lists(target):
    answer = target.handler(multi_value_request(), None)
    assert answer["multiValueHeaders"] == {"Content-Type": [CONTENT_TYPE]}
    assert "headers" not in answer
    assert answer["body"].endswith("first ran at 2026-01-05T09:00:00.123Z.\n")


def test_handler_logs_one_line_with_the_time_and_the_headers(target, capsys):
    event = balancer_request()
    target.handler(event, None)
    (line,) = read_lines(capsys.readouterr().out)
    assert line["time"] == "2026-01-05T09:01:01.500Z"
    assert line["headers"] == event["headers"] | {"cookie": HIDDEN}


def test_handler_logs_repeated_headers_together(target, capsys):
    event = multi_value_request()
    event["multiValueHeaders"]["accept-language"] = ["en", "de"]
    target.handler(event, None)
    (line,) = read_lines(capsys.readouterr().out)
    assert line["headers"]["accept-language"] == "en, de"


@pytest.mark.parametrize("make_event", [balancer_request, multi_value_request])
def test_handler_logs_no_secret_and_leaves_the_event_alone(target, capsys, make_event):
    event = make_event()
    secret = "Bearer 1234"
    event.get("headers", {})["authorization"] = secret
    event.get("multiValueHeaders", {})["authorization"] = [secret]
    before = deepcopy(event)
    target.handler(event, None)
    printed = capsys.readouterr().out
    assert secret not in printed
    assert "alice" not in printed
    assert "name1" not in printed
    assert event == before


def test_handler_without_the_edge_says_so(target):
    event = balancer_request(headers={"user-agent": "curl/8.5.0"})
    assert target.handler(event, None)["body"].endswith("first ran at unknown.\n")


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"body": base64.b64encode(bytes(range(256))).decode(), "isBase64Encoded": True}, 256),
        ({"body": "grüße", "isBase64Encoded": False}, 7),
        ({"body": "", "isBase64Encoded": False}, None),
        ({"body": "", "isBase64Encoded": True}, None),
        ({"body": None, "isBase64Encoded": False}, None),
    ],
)
def test_handler_decodes_the_body_to_log_its_size(target, capsys, fields, size):
    assert target.handler(balancer_request(**fields), None)["statusCode"] == 200
    (line,) = read_lines(capsys.readouterr().out)
    assert line.get("body_bytes") == size


def test_handler_answers_a_health_check_and_logs_nothing(target, capsys):
    answer = target.handler(health_check(), None)
    assert (answer["statusCode"], answer["headers"]) == (200, {"Content-Type": CONTENT_TYPE})
    assert capsys.readouterr().out == ""


def test_handler_answers_a_health_check_with_lists(target, capsys):
    event = health_check()
    event["multiValueHeaders"] = {"user-agent": [event.pop("headers")["user-agent"]]}
    answer = target.handler(event, None)
    assert (answer["statusCode"], answer["multiValueHeaders"]) == (200, {"Content-Type": [CONTENT_TYPE]})
    assert capsys.readouterr().out == ""


MALFORMED = [
    (None, "it is not an object"),
    ("event", "it is not an object"),
    ([], "it is not an object"),
    ({}, "it has neither headers nor multiValueHeaders"),
    (balancer_request(headers=None), "headers is not an object"),
    (balancer_request(headers=["user-agent"]), "headers is not an object"),
    (balancer_request(body="no base64!", isBase64Encoded=True), "its body is not base64"),
    (balancer_request(body={"a": 1}), "its body is not text"),
    (multi_value_request() | {"multiValueHeaders": "accept"}, "multiValueHeaders is not an object"),
    (multi_value_request() | {"multiValueHeaders": {"accept": None}}, "a value that is not a list of text"),
    (multi_value_request() | {"multiValueHeaders": {"accept": [1]}}, "a value that is not a list of text"),
]


@pytest.mark.parametrize(("event", "fault"), MALFORMED)
def test_malformed_event_is_logged_and_answered_with_500(target, capsys, event, fault):
    answer = target.handler(event, None)
    (line,) = read_lines(capsys.readouterr().out)
    assert line["level"] == "ERROR"
    assert line["message"].startswith("Not a load balancer's request event: ")
    assert fault in line["message"]
    assert (answer["statusCode"], answer["statusDescription"]) == (500, "500 Internal Server Error")
    is_multi_value = isinstance(event, dict) and "multiValueHeaders" in event
    assert find_bad_answer(answer, is_multi_value=is_multi_value) == ""


@given(documents)
def test_no_document_raises(event):
    answer = new_environment("target").handler(event, None)
    assert answer["statusCode"] in (200, 500)
    json.dumps(answer)


@given(documents, documents, documents)
def test_no_spoilt_event_raises(headers, body, is_encoded):
    for event in (balancer_request(headers=headers), multi_value_request() | {"multiValueHeaders": headers}):
        answer = new_environment("target").handler(event | {"body": body, "isBase64Encoded": is_encoded}, None)
        assert find_bad_answer(answer, is_multi_value="multiValueHeaders" in event) == ""
