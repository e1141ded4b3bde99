"""What CloudFront and the load balancer send to functions, and which of the answers they accept."""

from typing import Any

from facts.edge_storage.locations import Location

type Headers = dict[str, list[dict[str, str]]]

# From "Restrictions on all edge functions" in the CloudFront developer guide. A function that adds or changes one of
# these in an origin request gets the viewer a 502.
READ_ONLY_HEADERS = {
    "accept-encoding",
    "content-length",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "transfer-encoding",
    "via",
}
DISALLOWED_HEADERS = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "upgrade",
    "x-accel-buffering",
    "x-accel-charset",
    "x-accel-limit-rate",
    "x-accel-redirect",
    "x-amzn-auth",
    "x-amzn-cf-billing",
    "x-amzn-cf-id",
    "x-amzn-cf-xff",
    "x-amzn-errortype",
    "x-amzn-fle-profile",
    "x-amzn-header-count",
    "x-amzn-header-order",
    "x-amzn-lambda-integration-tag",
    "x-amzn-requestid",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
}
DISALLOWED_STARTS = ("x-amz-cf-", "x-edge-")
LARGEST_GENERATED = 1024 * 1024  # bytes of an answer that a function generates at an origin event, with its headers
LARGEST_ANSWER = 1024 * 1024  # bytes of the JSON that a load balancer takes from a target
VIEWER_IP = "203.0.113.178"
FORWARDED_FOR = f"{VIEWER_IP}, 198.51.100.24"
DISTRIBUTION = "d111111abcdef8.cloudfront.net"
ORIGIN_DOMAIN = "lab-1234567890.us-east-1.elb.amazonaws.com"
TARGET_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lab/6d0ecf831eec9f09"
# Parts that all events share, to make fewer objects for each: the lab's functions only read them.
ORIGIN = {
    "custom": {
        "customHeaders": {},
        "domainName": ORIGIN_DOMAIN,
        "keepaliveTimeout": 5,
        "path": "",
        "port": 80,
        "protocol": "http",
        "readTimeout": 30,
        "sslProtocols": ["TLSv1.2"],
    }
}
BALANCER_CONTEXT = {"elb": {"targetGroupArn": TARGET_GROUP}}


def sent_headers(location: Location) -> Headers:
    """The headers of an origin request without cookies, as CloudFront sends them from this location."""
    via = f"2.0 {location.code.lower()}50.{DISTRIBUTION} (CloudFront)"
    named = {
        "Host": ORIGIN_DOMAIN,
        "User-Agent": "Amazon CloudFront",
        "X-Forwarded-For": VIEWER_IP,
        "Via": via,
        "CloudFront-Viewer-Country": location.country,
    }
    return {name.lower(): [{"key": name, "value": value}] for name, value in named.items()}


def origin_request_event(headers: Headers, path: str, request_id: str) -> dict[str, Any]:
    uri, _, querystring = path.partition("?")
    return {
        "Records": [
            {
                "cf": {
                    "config": {
                        "distributionDomainName": DISTRIBUTION,
                        "distributionId": "EDFDVBD6EXAMPLE",
                        "eventType": "origin-request",
                        "requestId": request_id,
                    },
                    "request": {
                        "clientIp": VIEWER_IP,
                        "headers": headers,
                        "method": "GET",
                        "origin": ORIGIN,
                        "querystring": querystring,
                        "uri": uri,
                    },
                }
            }
        ]
    }


def find_refusal(result: object, sent: Headers) -> str:
    """Why CloudFront does not accept what a function returned for a request with these headers, or "" if it does."""
    if not isinstance(result, dict):
        return "the function returned neither a request nor a response"
    if "status" in result:
        return _find_refusal_of_response(result)
    headers = result.get("headers")
    if not isinstance(headers, dict) or not all(map(_is_header, headers.values())):
        return "the headers are not lists of keys and values"
    if not all(isinstance(result.get(field), str) for field in ("method", "uri", "querystring")):
        return "the request has lost its method, path or query string"
    for name in sorted(headers.keys() | sent.keys()):
        if name != name.lower():
            return f"the header name {name} is not in lower case"
        if headers.get(name) != sent.get(name):
            if name in READ_ONLY_HEADERS:
                return f"the header {name} is read-only"
            if name in DISALLOWED_HEADERS or name.startswith(DISALLOWED_STARTS):
                return f"the header {name} is not allowed"
    return ""


def _find_refusal_of_response(response: dict[str, Any]) -> str:
    status, headers, body = response["status"], response.get("headers", {}), response.get("body", "")
    if not isinstance(status, str) or not status.isdecimal() or not 200 <= int(status) <= 599:
        return "the status is not a text from 200 to 599"
    if not isinstance(headers, dict) or not all(map(_is_header, headers.values())):
        return "the headers are not lists of keys and values"
    if not isinstance(body, str):
        return "the body is not text"
    size = len(body.encode()) + sum(
        len(name) + len(value["value"]) for name, values in headers.items() for value in values
    )
    return "the response is larger than 1 MB" if size > LARGEST_GENERATED else ""


def _is_header(values: object) -> bool:
    return (
        isinstance(values, list)
        and values != []
        and all(isinstance(value, dict) and isinstance(value.get("value"), str) for value in values)
    )


def balancer_event(request: dict[str, Any], request_id: str, trace_id: str, *, is_multi_value: bool) -> dict[str, Any]:
    """What the load balancer sends to its target for a request that CloudFront made."""
    added = {
        "x-amz-cf-id": request_id,
        "x-amzn-trace-id": trace_id,
        "x-forwarded-for": FORWARDED_FOR,
        "x-forwarded-port": "80",
        "x-forwarded-proto": "http",
    }
    received, querystring = request["headers"].items(), request["querystring"]
    parameters = _read_querystring(querystring) if querystring else {}
    event: dict[str, Any] = {
        "requestContext": BALANCER_CONTEXT,
        "httpMethod": request["method"],
        "path": request["uri"],
        "body": "",
        "isBase64Encoded": False,
    }
    if is_multi_value:
        lists = {name: [value["value"] for value in values] for name, values in received}
        event["multiValueHeaders"] = lists | {name: [value] for name, value in added.items()}
        event["multiValueQueryStringParameters"] = parameters
    else:
        # Of a name that comes more than once, the load balancer passes on the last value.
        headers = {name: values[-1]["value"] for name, values in received}
        headers.update(added)
        event["headers"] = headers
        event["queryStringParameters"] = parameters and {name: values[-1] for name, values in parameters.items()}
    return event


def _read_querystring(querystring: str) -> dict[str, list[str]]:
    """The load balancer decodes neither names nor values."""
    parameters: dict[str, list[str]] = {}
    for pair in querystring.split("&"):
        name, _, value = pair.partition("=")
        parameters.setdefault(name, []).append(value)
    return parameters


def find_bad_answer(answer: Any, *, is_multi_value: bool) -> str:
    """Why the load balancer cannot pass an answer of its target on, or "" if it can."""
    if not isinstance(answer, dict) or not isinstance(answer.get("statusCode"), int):
        return "The target gave no status code."
    field = "multiValueHeaders" if is_multi_value else "headers"
    if not isinstance(answer.get(field), dict):
        return f"The target gave no {field}."
    status, description, body = answer["statusCode"], answer.get("statusDescription"), answer.get("body", "")
    if not isinstance(description, str) or not description.startswith(str(status)):
        return "The target's status description does not begin with its status code."
    if not isinstance(body, str) or answer.get("isBase64Encoded") is not False:
        return "The target gave no plain text, which is all that the lab shows."
    return "The target gave more than 1 MB." if len(body) > LARGEST_ANSWER else ""
