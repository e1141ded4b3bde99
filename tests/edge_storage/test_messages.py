from copy import deepcopy

import pytest

from facts.edge_storage.locations import LOCATIONS
from facts.edge_storage.messages import (
    balancer_event,
    find_bad_answer,
    find_refusal,
    origin_request_event,
    sent_headers,
)
from tests.edge_storage.events import balancer_request, header, multi_value_request, origin_request, request_of


def keys_of(document):
    """The names in a document, and in what it holds."""
    if not isinstance(document, dict):
        return None
    return {name: keys_of(value) for name, value in document.items() if name not in ("headers", "multiValueHeaders")}


def lab_event(path="/"):
    return origin_request_event(sent_headers(LOCATIONS["FRA"]), path, "id==")


def test_origin_request_event_has_the_documented_shape():
    made, documented = lab_event()["Records"][0]["cf"], origin_request()["Records"][0]["cf"]
    assert keys_of(made) == keys_of(documented)
    assert made["request"]["headers"]["host"][0].keys() == {"key", "value"}


def test_origin_request_event_parts_path_and_query_string():
    request = request_of(lab_event("/images/cat.jpg?size=large"))
    assert (request["uri"], request["querystring"]) == ("/images/cat.jpg", "size=large")


@pytest.mark.parametrize("is_multi_value", [False, True])
def test_balancer_event_has_the_documented_shape(is_multi_value):
    made = balancer_event(request_of(lab_event()), "id==", "Root=1-2-3", is_multi_value=is_multi_value)
    documented = multi_value_request() if is_multi_value else balancer_request()
    assert made.keys() == documented.keys()
    field = "multiValueHeaders" if is_multi_value else "headers"
    added = {"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
    assert added <= made[field].keys()
    assert {type(value) for value in made[field].values()} == {list if is_multi_value else str}


def test_balancer_event_takes_the_last_of_several_values_or_all():
    request = request_of(origin_request(**header("Cookie", "name1=value1", "name2=value2")))
    request["querystring"] = "myKey=val1&myKey=val2"
    single = balancer_event(request, "id==", "Root=1-2-3", is_multi_value=False)
    assert (single["headers"]["cookie"], single["queryStringParameters"]) == ("name2=value2", {"myKey": "val2"})
    multi = balancer_event(request, "id==", "Root=1-2-3", is_multi_value=True)
    assert multi["multiValueHeaders"]["cookie"] == ["name1=value1", "name2=value2"]
    assert multi["multiValueQueryStringParameters"] == {"myKey": ["val1", "val2"]}


def change(**headers):
    """A request as a function might return it, with these headers changed; None takes one away."""
    request = deepcopy(request_of(origin_request()))
    for name, value in headers.items():
        request["headers"].pop(name)
        if value is not None:
            request["headers"] |= header(name, value)
    return request


@pytest.mark.parametrize(
    ("result", "refusal"),
    [
        (request_of(origin_request()), ""),
        (request_of(origin_request(**header("X-Mine", "1"))), ""),
        (change(host="other.example.org"), ""),
        (change(via="mine"), "the header via is read-only"),
        (change(via=None), "the header via is read-only"),
        (request_of(origin_request(**header("If-None-Match", "1"))), "the header if-none-match is read-only"),
        (request_of(origin_request(**header("Connection", "close"))), "the header connection is not allowed"),
        (request_of(origin_request(**header("X-Edge-Mine", "1"))), "the header x-edge-mine is not allowed"),
        (request_of(origin_request(**header("X-Amz-Cf-Id", "1"))), "the header x-amz-cf-id is not allowed"),
        (request_of(origin_request(**header("X-Amzn-RequestId", "1"))), "the header x-amzn-requestid is not allowed"),
        (request_of(origin_request(**{"X-Mine": [{"key": "X-Mine", "value": "1"}]})), "is not in lower case"),
        (request_of(origin_request(**{"x-mine": "1"})), "the headers are not lists of keys and values"),
        (request_of(origin_request(**{"x-mine": [{"value": 1}]})), "the headers are not lists of keys and values"),
        ({"headers": request_of(origin_request())["headers"]}, "has lost its method, path or query string"),
        (None, "neither a request nor a response"),
        ({"status": "302"}, ""),
        ({"status": "200", "headers": header("Content-Type", "text/html"), "body": "x"}, ""),
        ({"status": 200}, "the status is not a text from 200 to 599"),
        ({"status": "99"}, "the status is not a text from 200 to 599"),
        ({"status": "200", "headers": []}, "the headers are not lists of keys and values"),
        ({"status": "200", "body": b"x"}, "the body is not text"),
        ({"status": "200", "body": "x" * 1024 * 1024, "headers": header("a", "b")}, "larger than 1 MB"),
    ],
)
def test_find_refusal_knows_the_rules_of_cloudfront(result, refusal):
    found = find_refusal(result, request_of(origin_request())["headers"])
    assert refusal in found
    assert bool(refusal) == bool(found)


ANSWER = {"isBase64Encoded": False, "statusCode": 200, "statusDescription": "200 OK", "headers": {}, "body": ""}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (ANSWER, ""),
        (None, "no status code"),
        (ANSWER | {"statusCode": "200"}, "no status code"),
        (ANSWER | {"headers": None}, "no headers"),
        (ANSWER | {"statusDescription": "OK"}, "does not begin with its status code"),
        (ANSWER | {"body": b""}, "no plain text"),
        (ANSWER | {"body": "x" * 1024 * 1025}, "more than 1 MB"),
    ],
)
def test_find_bad_answer_knows_the_rules_of_the_load_balancer(answer, fault):
    found = find_bad_answer(answer, is_multi_value=False)
    assert fault in found
    assert bool(fault) == bool(found)


def test_find_bad_answer_wants_lists_where_it_sent_lists():
    assert find_bad_answer(ANSWER, is_multi_value=True) == "The target gave no multiValueHeaders."
