"""Figures for Prometheus, for whoever has the token."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facts.selectors.figures import count_unfolded
from facts.selectors.review import count_waiting
from facts.services.figures import count_request, write_figures

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class CountRequests:
    """Middleware that counts and times what is answered; none at all where no figures are asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        count_request(
            view=(match.view_name if match else "")
            or "none",  # never the path: anybody can make up as many as they like
            method=request.method if request.method in METHODS else "other",
            status=response.status_code,
            seconds=time.perf_counter() - start,
        )
        return response


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures of all workers; 404 where there are none, 401 without the token."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    figures = write_figures(waiting=count_waiting(timezone.now().date()), unfolded=count_unfolded())
    return HttpResponse(figures, content_type="text/plain; version=0.0.4; charset=utf-8")
