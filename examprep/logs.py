"""The log: one line for each request, and in every line the id of the request that it belongs to.

Nobody is named in it: no address, no player, no query string, and of a path no part that opens something.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

access = logging.getLogger("examprep.access")

ID = "examprep.request_id"  # in request.META
SECRET_PARTS = {
    "key",
    "token",
}  # names of parts of a path that whoever has them may use, such as a link to a new password
QUIET = {"/healthz", "/metrics"}  # asked every few seconds by programs
# Those of one thread are served one after the other, so the id holds until the next request sets its own; it is still
# right while an answer is streamed, after the middleware.
_current = ContextVar("request_id", default="")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestLog:
    """Give each request an id, tell it in the answer's ``X-Request-ID``, and log one line when it is answered.

    A proxy's own id is taken over if ``settings.TRUSTS_PROXY``. This must be the first of all middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTS_PROXY else ""
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        _current.set(request_id)
        request.META[ID] = request_id
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        if access.isEnabledFor(logging.INFO) and request.path not in QUIET:
            path = shown_path(request)
            fields = {
                "method": request.method,
                "path": path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000, 1),
            }
            access.info("%(method)s %(path)s %(status)d %(ms).1f ms", fields, extra={"fields": fields})
        return response


def shown_path(request: HttpRequest) -> str:
    """The path without what is secret in it; of one that leads nowhere, only the first part is known to be harmless."""
    path = request.path
    match = request.resolver_match
    if match is None:
        first, slash, rest = path[1:].partition("/")
        return f"/{first[:40]}{slash}{'…' if rest else ''}"
    for name, value in match.kwargs.items():
        if name in SECRET_PARTS:
            path = path.replace(str(value), "…")
    return path


class AddRequest(logging.Filter):
    """Adds ``request_id`` to a record, and takes secrets out of the paths that Django logs with errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            shown = shown_path(request)
            whole = request.path.encode("unicode_escape").decode("ascii")  # as Django writes it
            record.args = tuple(shown if argument in (request.path, whole) else argument for argument in record.args)
        return True


def format_traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback, less what PostgreSQL adds to an error: there stand values of rows, e-mail addresses among them."""
    text = formatter.formatException(record.exc_info) if record.exc_info else ""
    return "\n".join(line for line in text.splitlines() if not line.startswith("DETAIL:"))


class TextFormatter(logging.Formatter):
    """For reading on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).isoformat(" ", "milliseconds")
        request_id = getattr(record, "request_id", "")
        line = f"{at} {record.levelname} {record.name}{f' [{request_id}]' if request_id else ''}: {record.getMessage()}"
        trace = format_traceback(self, record)
        return f"{line}\n{trace}" if trace else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(record, "request_id", ""),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if trace := format_traceback(self, record):
            entry["traceback"] = trace
        return json.dumps(entry, ensure_ascii=False, default=str)
