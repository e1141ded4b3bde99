"""A header that Django does not set by itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NONE_NEEDED = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that tells browsers to let no script ask for what no page needs."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = NONE_NEEDED
        return response

    return answer
