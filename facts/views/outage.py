"""While the database is away, pages say so at once instead of waiting for it one after the other."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from facts.views.errors import Unavailable

PAUSE = 1.0  # seconds after a connection was waited for in vain


class OutageGate:
    """A worker has one thread, and a request that waits for a connection keeps all those behind it waiting.

    So those that come in the second after a vain wait are answered without one, and the next tries again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.closed_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if time.monotonic() < self.closed_until:
            return Unavailable()
        response = self.get_response(request)
        if isinstance(response, Unavailable) and response.has_waited:
            self.closed_until = time.monotonic() + PAUSE
        return response
