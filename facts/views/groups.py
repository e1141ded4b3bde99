"""Groups that study together: their pages, the invitation, and what the organiser does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from facts.learning.skill import RANKED_FROM
from facts.models import Membership, Player, StudyGroup
from facts.models.boards import BoardFields
from facts.models.groups import MAX_GROUP_NAME, validate_group_name
from facts.models.progress import StudyPlan, get_plan
from facts.selectors.boards import board_scopes
from facts.selectors.groups import (
    MOST_MEMBERS,
    find_groups,
    find_invitation,
    find_members,
    find_membership,
    find_removals,
    get_group_board,
)
from facts.services import groups as services
from facts.services.catch_up import catch_up
from facts.services.groups import GroupRefused, NeedsSuccessor
from facts.views.boards import chosen_board
from facts.views.forms import refuse_exam_day
from facts.views.http import HtmxHttpRequest, get_player, render_part, wants_partial


class GroupForm(forms.Form):
    """What the organiser says about a group."""

    name = forms.CharField(
        label="Name of the group",
        validators=[validate_group_name],
        help_text="Members see it, and whoever has the invitation link.",
        widget=forms.TextInput(attrs={"maxlength": MAX_GROUP_NAME, "autocomplete": "off"}),
        error_messages={"required": "Give the group a name."},
    )
    exam_on = forms.DateField(
        label="Exam date, if there is one",
        required=False,
        help_text="Shown to the members, who may take it into their own plans.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "That is not a date. Write it as year-month-day, such as 2027-03-15."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_exam_on(self) -> date | None:
        exam_on: date | None = self.cleaned_data["exam_on"]
        if exam_on is not None and "exam_on" in self.changed_data:
            refuse_exam_day(exam_on, self.today)
        return exam_on


class HandOverForm(forms.Form):
    """Who looks after the group when its organiser has left."""

    successor = forms.TypedChoiceField(
        label="Hand the group over to",
        coerce=int,
        error_messages={
            "required": "Choose who looks after the group when you have left.",
            "invalid_choice": "That player is not a member, or not any more. Choose one from the list.",
        },
    )

    def __init__(self, *args: Any, others: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = [(str(other.player_id), str(other.player)) for other in others]
        self.fields["successor"].choices = [("", "Choose a member"), *members]  # type: ignore[attr-defined]


class TakenDateForm(forms.Form):
    """The group's exam date and that of one's own plan, as they were when the button was shown."""

    exam_on = forms.DateField()
    instead_of = forms.DateField(required=False)


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Calls the view with the player; leads strangers to signing in and guests to signing up, and then back."""

    @wraps(view)
    def wrapper(request: HtmxHttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        player = get_player(request)
        if player is not None and not player.is_guest:
            return view(request, player, *args, **kwargs)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("groups")
        page = reverse("account_signup" if player else "account_login", query={"next": back})
        return HttpResponseClientRedirect(page) if wants_partial(request) else redirect(page)

    return wrapper


@never_cache
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """One's own groups; for visitors and guests, what groups are."""
    player = get_player(request)
    is_member = player is not None and not player.is_guest
    context = {"memberships": find_groups(player) if player and is_member else [], "is_member": is_member}
    return render(request, "facts/groups.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def make(request: HttpRequest, player: Player) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST if request.method == "POST" else None, today=_today(get_plan(player)))
    if request.method == "POST" and form.is_valid():
        try:
            group, is_new = services.make_group(player=player, **form.cleaned_data)
        except GroupRefused as reason:
            form.add_error(None, str(reason))
        else:
            if is_new:
                messages.success(request, "Your group is made. Send the invitation link to whom you study with.")
            else:
                messages.info(request, "You look after a group of that name already. This is it.")
            return redirect("group", group.pk)
    return render(request, "facts/group_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
@members_only
def group(request: HtmxHttpRequest, player: Player, group_id: int) -> HttpResponse:
    """The group with its board. What is not understood shows the default."""
    own = _membership(player, group_id)
    catch_up(player)
    scopes = board_scopes()
    period, scope, scope_name = chosen_board(request.GET, scopes)
    members = list(find_members(own.group))
    plan = get_plan(player)
    exam_on, today = own.group.exam_on, _today(plan)
    context = {
        "group": own.group,
        "own": own,
        "member_count": len(members),
        "board": get_group_board(members, player=player, period=period, scope=scope, today=timezone.now().date()),
        "period": period,
        "periods": BoardFields.Period.choices,
        "scope": scope,
        "scope_name": scope_name,
        "scopes": scopes,
        "ranked_from": RANKED_FROM,
        "plan": plan,
        "days_left": (exam_on - today).days if exam_on else None,
    }
    if own.is_organiser:
        context["link"] = request.build_absolute_uri(reverse("invitation", args=[own.group.token]))
    return render_part(request, "facts/group.html", "board", context)


# The invitation


@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What a link invites to: the group's name and how many members it has, nothing more."""
    player = get_player(request)
    invited_to = find_invitation(token)
    if invited_to is None:
        return _no_invitation(request)
    if player is not None and find_membership(player, invited_to.pk):
        return redirect("group", invited_to.pk)
    trouble = ""
    if player is not None:
        try:
            services.refuse_removed(invited_to, player)
        except GroupRefused as reason:
            trouble = str(reason)
    return _show_invitation(request, invited_to, trouble)


@never_cache
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Join a group. The token comes in the body: what is refused here is logged with its path."""
    player = get_player(request)
    token = request.POST.get("token", "")
    invited_to = find_invitation(token) if "\0" not in token else None
    if invited_to is None:
        return _no_invitation(request)
    if player is None or player.is_guest:
        return redirect("invitation", invited_to.token)
    try:
        joined, is_new = services.join_group(player=player, token=token)
    except StudyGroup.DoesNotExist:
        return _no_invitation(request)
    except GroupRefused as reason:
        return _show_invitation(request, invited_to, str(reason), status=409)
    if is_new:
        messages.success(
            request, f"You are in “{joined.name}” now. You can leave at any time, at the foot of this page."
        )
    return redirect("group", joined.pk)


def _show_invitation(request: HttpRequest, invited_to: StudyGroup, trouble: str, status: int = 200) -> HttpResponse:
    is_full = invited_to.member_count >= MOST_MEMBERS  # type: ignore[attr-defined]
    context = {
        "group": invited_to,
        "is_full": is_full,
        "most_members": MOST_MEMBERS,
        "trouble": trouble,
        "here": reverse("invitation", args=[invited_to.token]),
    }
    response = render(request, "facts/group_invitation.html", context, status=status)
    return _keep_to_ourselves(response)


def _no_invitation(request: HttpRequest) -> HttpResponse:
    return _keep_to_ourselves(render(request, "facts/group_no_invitation.html", status=404))


def _keep_to_ourselves(response: HttpResponse) -> HttpResponse:
    """The address of an invitation is for those who were given it: no link followed from here tells it, not even to
    this server's own log, and no search engine lists it."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# What members do


@never_cache
@require_POST
@members_only
def take_date(request: HttpRequest, player: Player, group_id: int) -> HttpResponse:
    """Plan for the group's exam date, which replaces the one that the player saw in their own plan."""
    own = _membership(player, group_id)
    form = TakenDateForm(request.POST)
    try:
        if not form.is_valid():
            raise GroupRefused("That is not a date, so your plan stays as it is.")
        services.take_exam_date(player=player, group=own.group, today=_today(get_plan(player)), **form.cleaned_data)
    except GroupRefused as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, "Your plan is for the group’s exam date now.")
    return redirect("group", group_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def leave(request: HttpRequest, player: Player, group_id: int) -> HttpResponse:
    """Leave the group. Its organiser hands it over, or deletes it if nobody else is in it."""
    own = find_membership(player, group_id)
    if own is None:
        return _gone(request)
    others = [member for member in find_members(own.group) if member.pk != own.pk]
    form = None
    if own.is_organiser and others:
        form = HandOverForm(request.POST if request.method == "POST" else None, others=others)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            services.leave_group(
                player=player, group=own.group, successor_id=form.cleaned_data["successor"] if form else None
            )
        except NeedsSuccessor as reason:  # somebody has joined, left or handed over since the page was made
            form = form or HandOverForm(request.POST, others=[m for m in find_members(own.group) if m.pk != own.pk])
            form.add_error(None, str(reason))
        else:
            messages.success(request, f"You have left “{own.group.name}”. Nobody there sees your rating any more.")
            return redirect("groups")
    context = {"group": own.group, "own": own, "others": others, "form": form}
    return render(request, "facts/group_leave.html", context, status=422 if form and form.errors else 200)


# What the organiser does


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change(request: HttpRequest, player: Player, group_id: int) -> HttpResponse:
    """Name, exam date and members."""
    own = _organiser(player, group_id)
    initial = {"name": own.group.name, "exam_on": own.group.exam_on}
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, initial=initial, today=_today(get_plan(player)))
    if request.method == "POST" and form.is_valid():
        services.change_group(group=own.group, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("group", group_id)
    context = {
        "group": own.group,
        "form": form,
        "members": find_members(own.group),
        "removals": find_removals(own.group),
    }
    return render(request, "facts/group_settings.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@members_only
def renew(request: HttpRequest, player: Player, group_id: int) -> HttpResponse:
    """Make another invitation link."""
    services.renew_link(group=_organiser(player, group_id).group)
    messages.success(request, "The invitation link is a new one, and the one before works no longer.")
    return redirect("group", group_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def remove(request: HttpRequest, player: Player, group_id: int, player_id: int) -> HttpResponse:
    """Take a member out of the group."""
    own = _organiser(player, group_id)
    member = find_members(own.group).filter(player__pk=player_id).first()
    if member is None and find_removals(own.group).filter(player__pk=player_id).exists():
        return redirect("change_group", group_id)
    if member is None or member.is_organiser:
        raise Http404
    if request.method == "POST":
        if services.remove_member(group=own.group, player_id=player_id):
            messages.success(
                request,
                f"{member.player} is removed and cannot join again, unless you let them. "
                "An account is not a person: to shut out another account of theirs too, renew the invitation link.",
            )
        return redirect("change_group", group_id)
    return render(request, "facts/group_remove.html", {"group": own.group, "member": member})


@never_cache
@require_POST
@members_only
def let_back(request: HttpRequest, player: Player, group_id: int, player_id: int) -> HttpResponse:
    """Let somebody who was removed join again."""
    own = _organiser(player, group_id)
    removal = find_removals(own.group).filter(player__pk=player_id).first()
    if removal is not None:
        services.let_back_in(group=own.group, player_id=player_id)
        messages.success(request, f"{removal.player} can join again, by the invitation link.")
    return redirect("change_group", group_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def delete(request: HttpRequest, player: Player, group_id: int) -> HttpResponse:
    """Delete the group for all its members."""
    if request.method == "POST" and find_membership(player, group_id) is None:
        return _gone(request)
    own = _organiser(player, group_id)
    if request.method == "POST":
        services.delete_group(group=own.group)
        messages.success(request, f"“{own.group.name}” is deleted.")
        return redirect("groups")
    context = {"group": own.group, "others": find_members(own.group).exclude(pk=own.pk).count()}
    return render(request, "facts/group_delete.html", context)


def _membership(player: Player, group_id: int) -> Membership:
    """404 for whoever is not in the group, as for a group that is not."""
    own = find_membership(player, group_id)
    if own is None:
        raise Http404
    return own


def _organiser(player: Player, group_id: int) -> Membership:
    own = _membership(player, group_id)
    if not own.is_organiser:
        raise Http404
    return own


def _gone(request: HttpRequest) -> HttpResponse:
    """To whoever leaves or deletes what they are not in: a second click, most of the time. Others learn nothing."""
    if request.method != "POST":
        raise Http404
    messages.info(request, "You are not in that group, or not any more.")
    return redirect("groups")


def _today(plan: StudyPlan) -> date:
    """The player's own day."""
    return timezone.now().astimezone(plan.zone).date()
