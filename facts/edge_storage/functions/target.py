"""The lab's function behind the load balancer, as it is uploaded: this file alone, for Python 3.13.

It logs one line for each request, with the time and the headers: there one sees the time move on while custom_header
stays as it was, until the environment at the edge is recycled.
"""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

HEALTH_CHECKER = "ELB-HealthChecker/2.0"
CONTENT_TYPE = "text/plain; charset=utf-8"
REASONS = {200: "200 OK", 500: "500 Internal Server Error"}
# Who may read a log should not be able to act for the people in it.
SECRETS = ("authorization", "cookie")
HIDDEN = "(hidden)"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A greeting in the form in which the load balancer asked, or a 500 answer if the event is not one of its own."""
    try:
        headers = read_headers(event)
        if headers.get("user-agent") == HEALTH_CHECKER:
            # Health checks come all day long and would drown the requests in the log.
            return answer(event, 200, "Healthy.\n")
        now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
        line: dict[str, Any] = {"time": now, "headers": hide_secrets(headers)}
        if event.get("body"):
            line["body_bytes"] = len(read_body(event))
    except (AttributeError, KeyError, TypeError, ValueError):
        print(json.dumps({"level": "ERROR", "message": f"Not a load balancer's request event: {find_fault(event)}"}))
        return answer(event, 500, "This request could not be understood.\n")
    print(json.dumps(line))
    first_ran = headers.get("custom_header", "unknown")
    return answer(event, 200, f"Hello! It is {now}.\nThe environment at the edge first ran at {first_ran}.\n")


def read_headers(event: dict[str, Any]) -> dict[str, str]:
    """One value for each header; repeated ones are joined as HTTP allows it."""
    if "multiValueHeaders" in event:
        return {name: ", ".join(values) for name, values in event["multiValueHeaders"].items()}
    headers: dict[str, str] = event["headers"]
    return headers


def hide_secrets(headers: dict[str, str]) -> dict[str, str]:
    for name in SECRETS:
        if name in headers:
            headers = headers | {name: HIDDEN}
    return headers


def read_body(event: dict[str, Any]) -> bytes:
    """The bytes that the viewer sent. The load balancer encodes all but text, JSON, JavaScript and XML."""
    body: str = event["body"]
    return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()


def answer(event: object, status: int, body: str) -> dict[str, Any]:
    """An answer as the load balancer demands it: with lists of header values if it sent such lists, and only then."""
    answered: dict[str, Any] = {
        "isBase64Encoded": False,
        "statusCode": status,
        "statusDescription": REASONS[status],
        "body": body,
    }
    if isinstance(event, dict) and "multiValueHeaders" in event:
        answered["multiValueHeaders"] = {"Content-Type": [CONTENT_TYPE]}
    else:
        answered["headers"] = {"Content-Type": CONTENT_TYPE}
    return answered


def find_fault(event: object) -> str:
    """The first part of the event that is missing or of the wrong kind."""
    if not isinstance(event, dict):
        return "it is not an object"
    field = "multiValueHeaders" if "multiValueHeaders" in event else "headers"
    if field not in event:
        return "it has neither headers nor multiValueHeaders"
    if not isinstance(event[field], dict):
        return f"{field} is not an object"
    if field == "multiValueHeaders" and not all(is_list_of_text(values) for values in event[field].values()):
        return "multiValueHeaders has a value that is not a list of text"
    return "its body is not base64, as isBase64Encoded says" if event.get("isBase64Encoded") else "its body is not text"


def is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)
