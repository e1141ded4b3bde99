"""Groups: making one, joining and leaving it, and what its organiser may do.

Whatever changes who is in a group takes its turn by the group's row, so that no group has more members than it may
have, and always one organiser. Where a player's row is locked too, it is locked first.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from facts.models import Membership, Player, Removal, StudyGroup
from facts.models.groups import new_token
from facts.models.progress import get_plan
from facts.selectors.groups import MOST_MEMBERS
from facts.services.plans import save_plan

MOST_LOOKED_AFTER = 10
MOST_MEMBERSHIPS = 20


class GroupRefused(Exception):
    """What was asked for cannot be done; the message is a sentence for the player."""


class NeedsSuccessor(GroupRefused):
    """The organiser of a group with other members cannot leave it without handing it over."""


@transaction.atomic
def make_group(*, player: Player, name: str, exam_on: date | None) -> tuple[StudyGroup, bool]:
    """A new group with the player as its organiser, and True; or the one of that name that they look after already.

    Raises GroupRefused for guests and for players in too many groups.
    """
    _lock_member(player)
    own = Membership.objects.filter(player=player)
    earlier = own.filter(is_organiser=True, group__name=name).select_related("group").first()
    if earlier is not None:
        return earlier.group, False
    if own.filter(is_organiser=True).count() >= MOST_LOOKED_AFTER:
        raise GroupRefused(f"You look after {MOST_LOOKED_AFTER} groups, as many as one player can. Delete one first.")
    _refuse_one_more(player)
    group = StudyGroup.objects.create(name=name, exam_on=exam_on)
    Membership.objects.create(group=group, player=player, is_organiser=True)
    return group, True


@transaction.atomic
def change_group(*, group: StudyGroup, name: str, exam_on: date | None) -> None:
    """Other plans keep the date that they have."""
    StudyGroup.objects.filter(pk=group.pk).update(name=name, exam_on=exam_on)


@transaction.atomic
def renew_link(*, group: StudyGroup) -> None:
    """Make another invitation link; the one before works no longer."""
    StudyGroup.objects.filter(pk=group.pk).update(token=new_token())


@transaction.atomic
def join_group(*, player: Player, token: str) -> tuple[StudyGroup, bool]:
    """The group that the link invites to, and whether the player is new in it.

    Raises StudyGroup.DoesNotExist if the link is not one, or no longer, and GroupRefused.
    """
    _lock_member(player)
    group = StudyGroup.objects.select_for_update().get(token=token)
    if Membership.objects.filter(group=group, player=player).exists():
        return group, False
    refuse_removed(group, player)
    if Membership.objects.shown().filter(group=group).count() >= MOST_MEMBERS:
        raise GroupRefused(f"The group is full: it has {MOST_MEMBERS} members, as many as a group can have.")
    _refuse_one_more(player)
    Membership.objects.create(group=group, player=player)
    return group, True


def refuse_removed(group: StudyGroup, player: Player) -> None:
    """Raise GroupRefused for a player whom the organiser removed."""
    if Removal.objects.filter(group=group, player=player).exists():
        raise GroupRefused("You were removed from this group. Only its organiser can let you back in.")


@transaction.atomic
def remove_member(*, group: StudyGroup, player_id: int) -> bool:
    """Take a member out, who cannot join again until let back in; False if there is no such member.

    The organiser cannot be removed.
    """
    _lock(group)
    count, _ = Membership.objects.filter(group=group, player=player_id, is_organiser=False).delete()
    if count:
        Removal.objects.create(group=group, player_id=player_id)
    return bool(count)


@transaction.atomic
def let_back_in(*, group: StudyGroup, player_id: int) -> None:
    """The player may join again, by the link."""
    Removal.objects.filter(group=group, player=player_id).delete()


@transaction.atomic
def leave_group(*, player: Player, group: StudyGroup, successor_id: int | None = None) -> None:
    """Take the player out, who can come back by the link. Leaving twice is leaving once.

    An organiser hands the group over to the successor, or deletes it if nobody else is left. Raises NeedsSuccessor if
    there are other members and the successor is none of them, and then nothing has changed.
    """
    _lock(group)
    own = Membership.objects.filter(group=group, player=player).first()
    if own is None:
        return
    if not own.is_organiser:
        own.delete()
        return
    others = Membership.objects.shown().filter(group=group).exclude(pk=own.pk)
    successor = others.filter(player=successor_id).first()
    if successor is not None:
        own.delete()
        successor.is_organiser = True
        successor.save(update_fields=["is_organiser"])
    elif others.exists():
        raise NeedsSuccessor("Choose who looks after the group when you have left.")
    else:
        group.delete()


@transaction.atomic
def leave_all_groups(player: Player) -> None:
    """For a player who goes for good: the groups that they look after go to whoever has been in each longest."""
    Player.objects.select_for_update().get(pk=player.pk)
    for own in Membership.objects.filter(player=player).select_related("group").order_by("group_id"):
        _lock(own.group)
        others = Membership.objects.shown().filter(group=own.group_id).exclude(pk=own.pk)
        successor = others.order_by("joined_at", "pk").first()
        leave_group(player=player, group=own.group, successor_id=successor.player_id if successor else None)


@transaction.atomic
def delete_group(*, group: StudyGroup) -> None:
    """Delete it for all its members; what they did and their ratings are theirs and stay."""
    StudyGroup.objects.filter(pk=group.pk).delete()


@transaction.atomic
def take_exam_date(*, player: Player, group: StudyGroup, exam_on: date, instead_of: date | None, today: date) -> None:
    """Put the group's exam date into the player's plan, in place of the date that they saw there.

    Raises GroupRefused if either date is another one by now, or has passed.
    """
    Player.objects.select_for_update().get(pk=player.pk)
    plan = get_plan(player)
    if plan.exam_on == exam_on:
        return
    if not StudyGroup.objects.filter(pk=group.pk, exam_on=exam_on).exists():
        raise GroupRefused("The group’s exam date was changed meanwhile, so your plan stays as it is. Look again.")
    if plan.exam_on != instead_of:
        raise GroupRefused("Your plan was changed meanwhile, so it stays as it is. Look again.")
    if exam_on < today:
        raise GroupRefused("That day has passed, so your plan stays as it is.")
    plan.exam_on = exam_on
    save_plan(plan=plan)


def _lock_member(player: Player) -> None:
    """One new membership of a player at a time. Raises GroupRefused for guests, who have no name to show."""
    if Player.objects.select_for_update().get(pk=player.pk).is_guest:
        raise GroupRefused("Groups are for members. Sign up first; what you did as a guest stays yours.")


def _refuse_one_more(player: Player) -> None:
    if Membership.objects.filter(player=player).count() >= MOST_MEMBERSHIPS:
        raise GroupRefused(f"You are in {MOST_MEMBERSHIPS} groups, as many as one player can be in. Leave one first.")


def _lock(group: StudyGroup) -> None:
    StudyGroup.objects.select_for_update().filter(pk=group.pk).first()
