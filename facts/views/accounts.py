"""Accounts: how guests become members, and what members say about themselves. The rest is allauth's."""

from __future__ import annotations

import logging
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from facts.models import Player
from facts.selectors.boards import is_on_a_board
from facts.services.limits import count_event
from facts.services.players import delete_player, make_guest, merge_guest
from facts.services.standings import save_player
from facts.views.errors import too_many_requests
from facts.views.forms import DeleteAccountForm, ProfileForm
from facts.views.http import get_player

log = logging.getLogger("examprep.mail")

GUEST_KEY = "guest_to_merge"  # in the session of a member who played as a guest before signing in
MAIL_FAILED = "examprep.mail_failed"  # in the request


def ensure_player(request: HttpRequest) -> Player:
    """The player; a visitor becomes a guest, signed in by the session, unless too many come from one place at once."""
    player = get_player(request)
    if player is None:
        most = settings.GUESTS_PER_MINUTE
        if most and count_event(key=f"guests:{get_ip(request)}", seconds=60) > most:
            raise ImmediateHttpResponse(too_many_requests(request))
        player = make_guest()
        token = request.META.get("CSRF_COOKIE")
        login(request, player, backend="facts.backends.PlayerBackend")
        # Signing in makes a new token, and a form in another tab would be refused. A guest who has just come about has
        # nothing yet that somebody who knew the old one could want.
        if token:
            request.META.update(CSRF_COOKIE=token, CSRF_COOKIE_NEEDS_UPDATE=False)
    return player


class PlayerAdapter(DefaultAccountAdapter):
    """Where allauth meets players."""

    def new_user(self, request: HttpRequest) -> Player:
        """A guest who signs up keeps the row, and with it everything they did."""
        if request.user.is_authenticated and request.user.is_guest:
            return Player.objects.get(pk=request.user.pk)
        return Player()

    def save_user(self, request: HttpRequest, user: Player, form: Any, commit: bool = True) -> Player:
        user.is_guest = False
        user.display_name = form.cleaned_data["display_name"]
        user.on_board = form.cleaned_data["on_board"]
        saved = cast(Player, super().save_user(request, user, form, commit=False))
        if commit:
            save_player(saved)  # a guest may have shown enough to be ranked at once
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Without the mail server no new password can be had, but whoever signs up is let in all the same."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # what smtplib raises, too
            log.error("A mail could not be sent: %s", type(error).__name__)  # the rest may name the address
            self.request.META[MAIL_FAILED] = True
            if template_prefix in {"account/email/password_reset_key", "account/email/unknown_account"}:
                raise ImmediateHttpResponse(_reset_failed(self.request)) from error

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say of a mail that could not be sent nothing else than that."""
        if message_template == "account/messages/email_confirmation_sent.txt" and request.META.pop(MAIL_FAILED, False):
            messages.error(
                request,
                "The mail that confirms your address could not be sent just now. "
                "You can have it sent later: on your account page, under “Change the e-mail address”.",
            )
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def pre_login(self, request: HttpRequest, user: Player, **kwargs: Any) -> HttpResponse | None:
        """Remember the guest, whose session ends with the sign-in of somebody else."""
        current = request.user
        is_guest = current.is_authenticated and current.is_guest
        request.META["examprep.guest"] = current.pk if is_guest and current.pk != user.pk else None
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def post_login(self, request: HttpRequest, user: Player, **kwargs: Any) -> HttpResponse:
        guest_pk = request.META.get("examprep.guest")
        response = super().post_login(request, user, **kwargs)
        if guest_pk and Player.objects.filter(pk=guest_pk, is_guest=True, quizzes__isnull=False).exists():
            request.session[GUEST_KEY] = guest_pk
            asked_for = get_next_redirect_url(request)  # None unless it is a page of this site
            return redirect(reverse("guest_quizzes", query={"next": asked_for} if asked_for else None))
        return cast(HttpResponse, response)


def _reset_failed(request: HttpRequest) -> HttpResponse:
    """The form again, as it was; the same whether an account exists or not."""
    form = ResetPasswordForm(request.POST)
    form.add_error(None, "The mail could not be sent just now. Try again in a few minutes.")
    return render(request, "account/password_reset.html", {"form": form}, status=503)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_quizzes(request: HttpRequest) -> HttpResponse:
    """Offer a member the quizzes they took as a guest just before signing in."""
    guest = Player.objects.filter(pk=request.session.get(GUEST_KEY, 0), is_guest=True).first()
    asked_for = get_next_redirect_url(request)
    if guest is None:
        return _go_on(asked_for, "home")
    if request.method == "POST":
        del request.session[GUEST_KEY]
        if request.POST.get("decision") == "bring":
            count = merge_guest(guest=guest, member=cast(Player, request.user))
            messages.success(request, f"{count} quiz{'zes' if count != 1 else ''} brought along.")
            return _go_on(asked_for, "history")
        delete_player(guest)
        messages.info(request, "The guest's quizzes were left behind and deleted.")
        return _go_on(asked_for, "home")
    return render(request, "facts/guest_quizzes.html", {"count": guest.quizzes.count()})


def _go_on(asked_for: str | None, name: str) -> HttpResponse:
    """To the address that was asked for, as it is: it is never the name of a URL, however much it looks like one."""
    return HttpResponseRedirect(asked_for) if asked_for else redirect(name)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, place on the board, and the ways to change e-mail address and password."""
    player = cast(Player, request.user)
    form = ProfileForm(request.POST or None, instance=Player.objects.get(pk=player.pk))
    if request.method == "POST" and form.is_valid():
        save_player(form.save(commit=False), form.changed_data)
        messages.success(request, "Saved.")
        return redirect("profile")
    context = {"form": form, "is_on_a_board": is_on_a_board(player), "has_mail": settings.EMAIL_IS_CONFIGURED}
    return render(request, "facts/profile.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Delete the account with everything in it."""
    player = cast(Player, request.user)
    form = DeleteAccountForm(request.POST if request.method == "POST" else None, player=player)
    if request.method == "POST" and form.is_valid():
        logout(request)
        delete_player(player)
        messages.success(request, "Your account and everything in it is deleted.")
        return redirect("home")
    return render(request, "facts/delete_account.html", {"form": form}, status=422 if form.errors else 200)
