"""The lab's function at CloudFront's origin request event, as it is uploaded: this file alone, for Python 3.13.

Whatever stands at module level is made once for each execution environment and stays as long as that lives, so later
requests to the same environment find it without asking a store in a Region. No other environment sees it, and nothing
tells when it ends: it is a cache, never the only copy.

Lambda@Edge has no environment variables, so the settings are constants here. The function writes two headers of its
own. It touches none that CloudFront keeps read-only or to itself, for then the viewer would get a 502.
"""

import json
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

SESSION_COOKIE = "session"
# A function at an origin event has 128 MB of memory unless it asks for more. Python and this file need about a third.
MAX_SESSIONS = 50_000
MAX_BYTES = 32 * 1024 * 1024
# What a session takes besides the characters of its name: a place in the table, and two small objects.
ENTRY_BYTES = 256


class SessionStore:
    """How often each session was seen, bounded by number and by bytes: those not seen for longest leave first."""

    __slots__ = ("_visits", "bytes", "max_bytes", "max_sessions")

    def __init__(self, max_sessions: int, max_bytes: int) -> None:
        self._visits: OrderedDict[str, int] = OrderedDict()
        self.bytes = 0
        self.max_sessions = max_sessions
        self.max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._visits)

    def __contains__(self, session: str) -> bool:
        return session in self._visits

    def count_visit(self, session: str) -> int:
        """The number of this visit, as far as it is remembered here."""
        visits = self._visits
        if session in visits:
            visits.move_to_end(session)
            visits[session] += 1
            return visits[session]
        visits[session] = 1
        self.bytes += size_of(session)
        while self.bytes > self.max_bytes or len(visits) > self.max_sessions:
            forgotten, _ = visits.popitem(last=False)
            self.bytes -= size_of(forgotten)
        return 1


def size_of(session: str) -> int:
    return ENTRY_BYTES + len(session) * (1 if session.isascii() else 4)


FIRST_RAN = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
# Made once, like the value in it: every request of this environment gets the same object.
CUSTOM_HEADER = [{"key": "custom_header", "value": FIRST_RAN}]
SESSIONS = SessionStore(MAX_SESSIONS, MAX_BYTES)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The request with this function's headers, or a 502 answer if the event is not an origin request."""
    try:
        record = event["Records"][0]["cf"]
        if record["config"]["eventType"] != "origin-request":
            return refuse(event)
        request: dict[str, Any] = record["request"]
        headers = request["headers"]
        cookies = headers.get("cookie")
        session = find_session(cookies) if cookies else ""
        # Assigned and not appended, so that a viewer who sends these headers cannot pass them on to the origin.
        headers["custom_header"] = CUSTOM_HEADER
        if session:
            visits = str(SESSIONS.count_visit(session))
            headers["session_visits"] = [{"key": "session_visits", "value": visits}]
        else:
            headers.pop("session_visits", None)
    except (AttributeError, IndexError, KeyError, TypeError):
        # Asking for forgiveness keeps the checks out of every sound request; the fault is looked for only here.
        return refuse(event)
    return request


def find_session(cookies: list[dict[str, str]]) -> str:
    """The value of the session cookie, or "" without one. A browser may send several headers and many cookies each."""
    for cookie in cookies:
        for pair in cookie["value"].split(";"):
            name, _, value = pair.partition("=")
            if name.strip() == SESSION_COOKIE:
                return value.strip()
    return ""


def refuse(event: object) -> dict[str, Any]:
    """Say in the log what is wrong with the event, and answer the viewer instead of the origin."""
    print(json.dumps({"level": "ERROR", "message": f"Not an origin request event of CloudFront: {find_fault(event)}"}))
    return {
        "status": "502",
        "statusDescription": "Bad Gateway",
        "headers": {
            "cache-control": [{"key": "Cache-Control", "value": "no-store"}],
            "content-type": [{"key": "Content-Type", "value": "text/plain; charset=utf-8"}],
        },
        "body": "This request could not be passed on to the origin.\n",
    }


def find_fault(event: object) -> str:
    """The first part of the event that is missing or of the wrong kind."""
    record, fault = follow(event, "event", ("Records", list), (0, dict), ("cf", dict))
    if not fault:
        event_type, fault = follow(record, "cf", ("config", dict), ("eventType", str))
    if not fault and event_type != "origin-request":
        fault = f"cf.config.eventType is {event_type[:40]!r}, not 'origin-request'"
    if not fault:
        _, fault = follow(record, "cf", ("request", dict), ("headers", dict))
    return fault or "cf.request.headers.cookie is not a list of keys and values"


def follow(part: Any, where: str, *steps: tuple[str | int, type]) -> tuple[Any, str]:
    """What is found at the end of the steps, and what stopped the search on the way, if anything did."""
    for key, kind in steps:
        try:
            part = part[key]
        except (IndexError, KeyError, TypeError):
            return None, f"{where}.{key} is missing"
        where = f"{where}.{key}"
        if not isinstance(part, kind):
            return None, f"{where} is not a {kind.__name__}"
    return part, ""
