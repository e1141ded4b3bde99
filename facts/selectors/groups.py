"""Reading groups. A group is small, so its board is read whole and ranked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.db.models import Count, Q, QuerySet

from facts.learning.skill import RANKED_FROM, is_ranked, skill
from facts.models import Membership, Player, PlayerRating, Removal, StudyGroup
from facts.models.boards import BoardFields, period_start
from facts.models.player import public_name

MOST_MEMBERS = 200


@dataclass(frozen=True)
class RankedMember:
    rank: int
    membership: Membership
    rating: PlayerRating
    is_own: bool

    @property
    def points(self) -> int:
        return skill(self.rating.rating)


@dataclass(frozen=True)
class WaitingMember:
    """A member who is not ranked, and how far they are."""

    membership: Membership
    answered: int
    is_idle: bool  # ranked, had they answered in this period
    is_own: bool

    @property
    def missing(self) -> int:
        """How many more rated answers it takes at least."""
        return max(RANKED_FROM - self.answered, 0)


@dataclass(frozen=True)
class GroupBoard:
    ranked: list[RankedMember] = field(default_factory=list)
    waiting: list[WaitingMember] = field(default_factory=list)

    @property
    def own(self) -> RankedMember | None:
        return next((row for row in self.ranked if row.is_own), None)

    @property
    def own_waiting(self) -> WaitingMember | None:
        return next((row for row in self.waiting if row.is_own), None)


def find_groups(player: Player) -> QuerySet[Membership]:
    """The player's memberships in the order of the groups' names, each with its group's ``member_count``. One query."""
    counted = Count("group__memberships", filter=Q(group__memberships__player__is_active=True))
    return (
        Membership.objects.filter(player=player)
        .select_related("group")
        .annotate(member_count=counted)
        .order_by("group__name", "group_id")
    )


def find_membership(player: Player, group_id: int) -> Membership | None:
    """The player's membership with its group, or None for everybody else."""
    # By its key, since Django looks at the size of a number there: one from an address may be too large for the column.
    return Membership.objects.select_related("group").filter(player=player, group__pk=group_id).first()


def find_members(group: StudyGroup) -> QuerySet[Membership]:
    """All members with their players, by name. One query."""
    found = Membership.objects.shown().filter(group=group)
    return found.select_related("player").order_by("player__display_name", "player_id")


def find_removals(group: StudyGroup) -> QuerySet[Removal]:
    """Who was removed and has not been let back in. One query."""
    found = Removal.objects.filter(group=group, player__is_active=True)
    return found.select_related("player").order_by("player__display_name", "player_id")


def find_invitation(token: str) -> StudyGroup | None:
    """The group that the link invites to, with its ``member_count``; None if the link is not, or no longer, one."""
    counted = Count("memberships", filter=Q(memberships__player__is_active=True))
    return StudyGroup.objects.filter(token=token).annotate(member_count=counted).first()


def active_since(period: str, today: date) -> datetime | None:
    """When the period of that day began (UTC); None for all time."""
    if period == BoardFields.Period.ALL:
        return None
    return datetime.combine(period_start(period, today), time(), UTC)


def get_group_board(
    members: Sequence[Membership], *, player: Player, period: str, scope: str, today: date
) -> GroupBoard:
    """The members by skill, best first, ties sharing a rank in the order of names; below them who is not ranked. One
    query. Whether a member is on the public leaderboard has no part in it.
    """
    rows = PlayerRating.objects.filter(scope=scope, player__in=[member.player_id for member in members])
    ratings = {row.player_id: row for row in rows}
    since = active_since(period, today)
    board = GroupBoard()
    able: list[tuple[int, Membership, PlayerRating]] = []
    for member in members:
        row = ratings.get(member.player_id)
        may_rank = row is not None and is_ranked(row.rating, row.answered)
        if row is not None and may_rank and (since is None or row.rated_at >= since):
            able.append((skill(row.rating), member, row))
        else:
            is_own = member.player_id == player.pk
            board.waiting.append(WaitingMember(member, row.answered if row else 0, may_rank, is_own))
    able.sort(key=lambda found: (-found[0], _sort_name(found[1])))
    for place, (points, member, row) in enumerate(able, 1):
        rank = board.ranked[-1].rank if board.ranked and board.ranked[-1].points == points else place
        board.ranked.append(RankedMember(rank, member, row, member.player_id == player.pk))
    board.waiting.sort(key=lambda row: (not row.is_idle, -row.answered, _sort_name(row.membership)))
    return board


def _sort_name(member: Membership) -> str:
    return public_name(member.player).casefold()
