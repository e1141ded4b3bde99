"""Which account pages are for whom (allauth knows members and strangers only; guests are neither), and how much may
be sent to a page."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve

from facts.models import Player
from facts.views.http import get_player

FOR_STRANGERS = {"account_login", "account_signup"}
# A guest has no address and no password to change, and would lose everything by signing out.
FOR_MEMBERS = {
    *("account_logout", "account_email", "account_change_password", "account_set_password", "account_reauthenticate"),
    *("profile", "delete_account"),
}
MAX_BODY = 4_000_000  # bytes of a request to a page that takes no files; forms with the longest texts have less


class UploadGate:
    """Refuse what is too large by what its sender says of its size, before anything of it is read.

    A view takes more by an attribute ``max_upload``. It must stand before what reads forms, such as the CSRF check.
    What comes without a size is not read at all, and no more than the size is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        most = getattr(view, "max_upload", MAX_BODY)
        size = request.META.get("CONTENT_LENGTH") or "0"
        if not size.isdecimal() or int(size) <= most:
            return None
        return render(request, "413.html", {"most": most // 1_000_000, "back": request.path}, status=413)


class AccountGate:
    """Lead guests from pages for members to signing up, and members from signing in to their account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/accounts/") and (turned := self.turn(request)):
            return turned
        return self.get_response(request)

    def turn(self, request: HttpRequest) -> HttpResponse | None:
        name = resolve(request.path_info).url_name
        if name == "account_reset_password" and request.method == "GET" and not settings.EMAIL_IS_CONFIGURED:
            messages.info(request, "This site has no mail server set up: mails are printed to its log.")
        player = get_player(request)
        if player is None:
            return None
        if player.is_guest:
            return redirect("account_signup") if name in FOR_MEMBERS else None
        if name in FOR_STRANGERS:
            return redirect("profile")
        return self.refuse_change(request, player) if name == "account_email" else None

    def refuse_change(self, request: HttpRequest, player: Player) -> HttpResponse | None:
        """A new address must be confirmed by a mail before it may replace the one that signs in."""
        if not settings.EMAIL_IS_CONFIGURED:
            messages.info(request, "The address cannot be changed here, since this site has no mail server set up.")
            return redirect("profile")
        # allauth would drop an address that was never confirmed at once, and with it the way to sign in.
        if "action_add" in request.POST and not EmailAddress.objects.filter(user=player, verified=True).exists():
            messages.info(
                request, "Confirm your present address first: follow the link in the mail that was sent to it."
            )
            return redirect("account_email")
        return None
