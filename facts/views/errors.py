"""Error pages, and the answer to those who ask whether the app is alive."""

import sys
from collections.abc import Callable

from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from examprep.logs import ID


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open while somebody signed in or out in another tab, most of the time."""
    return render(request, "403_csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Most limits are by the minute."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def explain_wrong_method(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give a page to whoever reloads the address of a form that was refused, or opens it as a link: Django sends none,
    and browsers show an error of their own then."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET":
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return answer


class Unavailable(HttpResponse):
    """The page for a time without a database; making it asks for none."""

    def __init__(self, *, has_waited: bool = False) -> None:
        headers = {"Retry-After": "5", "Cache-Control": "no-store"}
        super().__init__(render_to_string("503.html"), status=503, headers=headers)
        self.has_waited = has_waited  # for a connection, in vain


def server_error(request: HttpRequest) -> HttpResponse:
    """A page for what broke, with the id under which the log tells more; made without the database, which may be what.

    When it was (away, full, too slow), the same request may succeed later.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return Unavailable(has_waited=connection.connection is None)
    page = render_to_string("500.html", {"request_id": request.META.get(ID, "")})
    return HttpResponse(page, status=500)


@cache_control(public=True, max_age=86400)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers and readers of the feed that ask for an icon without having seen a page; no database."""
    return HttpResponseRedirect(static("facts/icon.svg"))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process serves and the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
