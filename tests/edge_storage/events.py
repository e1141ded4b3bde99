"""Events in the shapes that AWS documents, and the functions that take them."""

import json
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

# Any JSON document, with the names that the events use among its keys.
NAMES = ["Records", "cf", "config", "eventType", "request", "headers", "cookie", "value", "multiValueHeaders", "body"]
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("origin-request"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def new_environment(function: str) -> ModuleType:
    """A new instance of a function's module, as a new execution environment has it."""
    spec = find_spec(f"facts.edge_storage.functions.{function}")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def header(name: str, *values: str) -> dict[str, list[dict[str, str]]]:
    return {name.lower(): [{"key": name, "value": value} for value in values]}


def origin_request(**headers: list[dict[str, str]]) -> dict[str, Any]:
    """The example of an origin request in "Lambda@Edge event structure", with these headers besides its own."""
    return {
        "Records": [
            {
                "cf": {
                    "config": {
                        "distributionDomainName": "d111111abcdef8.cloudfront.net",
                        "distributionId": "EDFDVBD6EXAMPLE",
                        "eventType": "origin-request",
                        "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
                    },
                    "request": {
                        "clientIp": "203.0.113.178",
                        "headers": {
                            **header("X-Forwarded-For", "203.0.113.178"),
                            **header("User-Agent", "Amazon CloudFront"),
                            **header("Via", "2.0 2afae0d44e2540f472c0635ab62c232b.cloudfront.net (CloudFront)"),
                            **header("Host", "example.org"),
                            **header("Cache-Control", "no-cache"),
                            **headers,
                        },
                        "method": "GET",
                        "origin": {
                            "custom": {
                                "customHeaders": {},
                                "domainName": "example.org",
                                "keepaliveTimeout": 5,
                                "path": "",
                                "port": 443,
                                "protocol": "https",
                                "readTimeout": 30,
                                "sslProtocols": ["TLSv1", "TLSv1.1", "TLSv1.2"],
                            }
                        },
                        "querystring": "",
                        "uri": "/",
                    },
                }
            }
        ]
    }


def viewer_request() -> dict[str, Any]:
    """The example of a viewer request: it has no origin yet, and names its event."""
    event = origin_request()
    event["Records"][0]["cf"]["config"]["eventType"] = "viewer-request"
    del event["Records"][0]["cf"]["request"]["origin"]
    return event


def request_of(event: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = event["Records"][0]["cf"]["request"]
    return request


TARGET_GROUP = "arn:aws:elasticloadbalancing:region:123456789012:targetgroup/my-target-group/6d0ecf831eec9f09"
ELB = {"elb": {"targetGroupArn": TARGET_GROUP}}


def balancer_request(**fields: Any) -> dict[str, Any]:
    """The example event in "Lambda functions as targets", with the edge's header."""
    return {
        "requestContext": ELB,
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {
            "accept": "text/html,application/xhtml+xml",
            "accept-language": "en-US,en;q=0.8",
            "content-type": "text/plain",
            "cookie": "session=alice",
            "custom_header": "2026-01-05T09:00:00.123Z",
            "host": "lambda-846800462-us-east-2.elb.amazonaws.com",
            "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_6)",
            "x-amzn-trace-id": "Root=1-5bdb40ca-556d8b0c50dc66f0511bf520",
            "x-forwarded-for": "72.21.198.66",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "isBase64Encoded": False,
        "body": "request_body",
        **fields,
    }


def multi_value_request(**fields: Any) -> dict[str, Any]:
    """The same from a target group with multi-value headers: no field holds a single value."""
    event = balancer_request(**fields)
    del event["queryStringParameters"]
    lists = {name: [value] for name, value in event.pop("headers").items()}
    lists["cookie"] = ["name1=value1", "name2=value2"]
    return event | {"multiValueHeaders": lists, "multiValueQueryStringParameters": {"myKey": ["val1", "val2"]}}


def health_check() -> dict[str, Any]:
    """The example event in "Enable health checks"."""
    return {
        "requestContext": ELB,
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {"user-agent": "ELB-HealthChecker/2.0"},
        "body": "",
        "isBase64Encoded": False,
    }


def read_lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]
