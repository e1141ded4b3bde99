"""Groups: who is in one, who looks after it, and how its board ranks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from facts.models import Membership, Player, Removal, StudyGroup, StudyPlan
from facts.models.boards import BoardFields
from facts.models.groups import validate_group_name
from facts.selectors.boards import board_scopes
from facts.selectors.groups import active_since, find_groups, find_members, get_group_board
from facts.services import groups as services
from facts.services.groups import (
    GroupRefused,
    NeedsSuccessor,
    join_group,
    leave_group,
    let_back_in,
    make_group,
    remove_member,
    renew_link,
    take_exam_date,
)
from facts.services.players import delete_player, make_guest
from tests.factories import make_facts, make_player, make_study_group, rate_player

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 14)  # a Thursday
NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)


def names(group):
    return [str(member.player) for member in find_members(group)]


def organiser(group):
    return Membership.objects.get(group=group, is_organiser=True).player


# Making one


def test_whoever_makes_a_group_looks_after_it(alice):
    group, is_new = make_group(player=alice, name="Vienna evenings", exam_on=TODAY)
    assert (group.name, group.exam_on, is_new, organiser(group)) == ("Vienna evenings", TODAY, True, alice)


def test_making_a_group_twice_is_making_it_once(alice):
    first, _ = make_group(player=alice, name="Vienna evenings", exam_on=None)
    assert make_group(player=alice, name="Vienna evenings", exam_on=TODAY) == (first, False)
    assert StudyGroup.objects.count() == 1


def test_groups_of_two_players_may_share_a_name(alice, bob):
    assert make_study_group(alice) != make_study_group(bob)


def test_guest_can_make_and_join_none(alice):
    group, guest = make_study_group(alice), make_guest()
    for attempt in (
        lambda: make_group(player=guest, name="Some name", exam_on=None),
        lambda: join_group(player=guest, token=group.token),
    ):
        with pytest.raises(GroupRefused, match="Sign up first"):
            attempt()
    assert Membership.objects.count() == 1


def test_player_looks_after_so_many_groups_at_most(alice, monkeypatch):
    monkeypatch.setattr(services, "MOST_LOOKED_AFTER", 2)
    make_study_group(alice, name="First"), make_study_group(alice, name="Second")
    with pytest.raises(GroupRefused, match="You look after 2 groups"):
        make_study_group(alice, name="Third")
    assert StudyGroup.objects.count() == 2


def test_player_is_in_so_many_groups_at_most(alice, bob, monkeypatch):
    monkeypatch.setattr(services, "MOST_MEMBERSHIPS", 1)
    group = make_study_group(bob)
    make_study_group(alice)
    with pytest.raises(GroupRefused, match="You are in 1 groups"):
        join_group(player=alice, token=group.token)
    with pytest.raises(GroupRefused, match="You are in 1 groups"):
        make_study_group(alice, name="Another")
    assert names(group) == ["Bob"]


@pytest.mark.parametrize(
    "name", ["x", "a" * 51, "me@example.org", "Exam\0group", "Right\u202eleft", "....", "Examprep support"]
)
def test_group_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(ValidationError):
        validate_group_name(name)


@pytest.mark.parametrize("name", ["SAP-C02 Vienna, evenings of spring 2027", "Αθήνα 2027", "東京の学習会"])
def test_group_name_that_can_be_shown_is_taken(name):
    validate_group_name(name)


def test_token_is_long_and_of_letters_and_digits_only(alice):
    group = make_study_group(alice)
    assert len(group.token) == 32
    assert group.token.isalnum()
    assert make_study_group(alice, name="Another").token != group.token


# Joining


def test_joining_twice_is_joining_once(alice, bob):
    group = make_study_group(alice)
    assert join_group(player=bob, token=group.token) == (group, True)
    assert join_group(player=bob, token=group.token) == (group, False)
    assert names(group) == ["Alice", "Bob"]


def test_organiser_who_follows_the_link_stays_the_organiser(alice):
    group = make_study_group(alice)
    assert join_group(player=alice, token=group.token) == (group, False)
    assert organiser(group) == alice


def test_full_group_takes_nobody(alice, bob, monkeypatch):
    monkeypatch.setattr(services, "MOST_MEMBERS", 2)
    group = make_study_group(alice, bob)
    with pytest.raises(GroupRefused, match="The group is full: it has 2 members"):
        join_group(player=make_player("Carol"), token=group.token)
    assert join_group(player=bob, token=group.token) == (group, False)


def test_closed_account_takes_no_place(alice, bob, monkeypatch):
    monkeypatch.setattr(services, "MOST_MEMBERS", 2)
    group = make_study_group(alice, bob)
    Player.objects.filter(pk=bob.pk).update(is_active=False)
    join_group(player=make_player("Carol"), token=group.token)
    assert names(group) == ["Alice", "Carol"]


def test_renewed_link_replaces_the_one_before(alice, bob):
    group = make_study_group(alice)
    before = group.token
    renew_link(group=group)
    with pytest.raises(StudyGroup.DoesNotExist):
        join_group(player=bob, token=before)
    group.refresh_from_db()
    assert join_group(player=bob, token=group.token) == (group, True)


# Removing


def test_removed_member_comes_back_by_no_link_until_let_in(alice, bob):
    group = make_study_group(alice, bob)
    assert remove_member(group=group, player_id=bob.pk) is True
    renew_link(group=group)
    group.refresh_from_db()
    with pytest.raises(GroupRefused, match="You were removed"):
        join_group(player=bob, token=group.token)
    let_back_in(group=group, player_id=bob.pk)
    assert join_group(player=bob, token=group.token) == (group, True)


def test_removing_twice_is_removing_once(alice, bob):
    group = make_study_group(alice, bob)
    assert [remove_member(group=group, player_id=bob.pk) for _ in range(2)] == [True, False]
    assert Removal.objects.count() == 1


def test_organiser_and_strangers_cannot_be_removed(alice, bob):
    group = make_study_group(alice)
    assert [remove_member(group=group, player_id=player.pk) for player in (alice, bob)] == [False, False]
    assert (names(group), Removal.objects.count()) == (["Alice"], 0)


# Leaving


def test_member_leaves_and_may_come_back(alice, bob):
    group = make_study_group(alice, bob)
    leave_group(player=bob, group=group)
    leave_group(player=bob, group=group)
    assert names(group) == ["Alice"]
    assert join_group(player=bob, token=group.token) == (group, True)


def test_organiser_hands_the_group_over_when_leaving(alice, bob):
    group = make_study_group(alice, bob)
    leave_group(player=alice, group=group, successor_id=bob.pk)
    assert (names(group), organiser(group)) == (["Bob"], bob)


@pytest.mark.parametrize("who", ["nobody", "a stranger", "themselves", "somebody closed"])
def test_organiser_must_name_a_member_to_leave(alice, bob, who):
    group = make_study_group(alice, bob, closed := make_player("Carol"))
    Player.objects.filter(pk=closed.pk).update(is_active=False)
    stranger = make_player("Dora")
    successor = {"nobody": None, "a stranger": stranger.pk, "themselves": alice.pk, "somebody closed": closed.pk}[who]
    with pytest.raises(NeedsSuccessor):
        leave_group(player=alice, group=group, successor_id=successor)
    assert organiser(group) == alice


def test_last_member_takes_the_group_along(alice):
    leave_group(player=alice, group=make_study_group(alice))
    assert not StudyGroup.objects.exists()


def test_deleted_organiser_leaves_the_group_to_who_was_in_it_longest(alice, bob):
    group = make_study_group(alice, make_player("Carol"), bob)
    alone = make_study_group(alice, name="Alone")
    Membership.objects.filter(player=bob).update(joined_at=NOW - timedelta(days=9999))
    delete_player(alice)
    assert (names(group), organiser(group)) == (["Bob", "Carol"], bob)
    assert not StudyGroup.objects.filter(pk=alone.pk).exists()


def test_deleted_member_leaves_nothing_behind(alice, bob):
    group = make_study_group(alice, bob, carol := make_player("Carol"))
    remove_member(group=group, player_id=carol.pk)
    delete_player(bob)
    delete_player(carol)
    assert (names(group), Removal.objects.count()) == (["Alice"], 0)


def test_group_has_one_organiser_whatever_happens(alice, bob):
    group = make_study_group(alice, bob)
    with pytest.raises(IntegrityError):
        Membership.objects.filter(group=group).update(is_organiser=True)


# The board


def board_of(group, player, *, period="all", scope="", today=TODAY):
    return get_group_board(list(find_members(group)), player=player, period=period, scope=scope, today=today)


def ranks(board):
    return [(row.rank, str(row.membership.player)) for row in board.ranked]


def waiting(board):
    return [(str(row.membership.player), row.answered, row.is_idle) for row in board.waiting]


def test_board_ranks_by_what_was_shown_for_sure_and_ties_share_a_rank(alice, bob):
    group = make_study_group(alice, bob, carol := make_player("Carol"), dora := make_player("Dora"))
    rate_player(alice, 1600, deviation=100)
    rate_player(bob, 1560, deviation=80)
    rate_player(carol, 1700, deviation=100)
    rate_player(dora, 1390, deviation=30)
    board = board_of(group, bob)
    assert ranks(board) == [(1, "Carol"), (2, "Alice"), (2, "Bob"), (4, "Dora")]
    assert (board.own.rank, board.own.points, board.waiting) == (2, 1400, [])


def test_board_lists_who_is_not_ranked_and_how_far_they_are(alice, bob):
    group = make_study_group(alice, bob, carol := make_player("Carol"), make_player("Dora"))
    rate_player(alice, 1600, answered=29)
    rate_player(bob, 1600, answered=30)
    rate_player(carol, 1900, answered=40, deviation=111)
    board = board_of(group, alice)
    assert ranks(board) == [(1, "Bob")]
    assert waiting(board) == [("Carol", 40, False), ("Alice", 29, False), ("Dora", 0, False)]
    assert (board.own, board.own_waiting.missing) == (None, 1)


def test_board_is_of_its_scope(alice, bob):
    group = make_study_group(alice, bob)
    rate_player(alice, 1600)
    rate_player(bob, 1500, scope="family:storage")
    assert ranks(board_of(group, alice)) == [(1, "Alice")]
    assert ranks(board_of(group, alice, scope="family:storage")) == [(1, "Bob")]


@pytest.mark.parametrize(
    ("rated_at", "periods"),
    [
        (datetime(2026, 5, 11, 0, 0, tzinfo=UTC), ["week", "month", "all"]),
        (datetime(2026, 5, 10, 23, 59, tzinfo=UTC), ["month", "all"]),
        (datetime(2026, 5, 1, 0, 0, tzinfo=UTC), ["month", "all"]),
        (datetime(2026, 4, 30, 23, 59, tzinfo=UTC), ["all"]),
    ],
)
def test_board_ranks_those_active_in_the_period(alice, rated_at, periods):
    group = make_study_group(alice)
    rate_player(alice, rated_at=rated_at)
    boards = {period: board_of(group, alice, period=period) for period in BoardFields.Period.values}
    assert [period for period, board in boards.items() if board.ranked] == periods
    assert [period for period, board in boards.items() if waiting(board) == [("Alice", 40, True)]] == [
        period for period in BoardFields.Period.values if period not in periods
    ]


def test_week_begins_on_monday_also_in_another_month():
    assert active_since("week", date(2026, 12, 2)) == datetime(2026, 11, 30, tzinfo=UTC)
    assert active_since("month", date(2026, 12, 2)) == datetime(2026, 12, 1, tzinfo=UTC)


def test_board_has_no_part_in_the_public_one(alice, bob):
    group = make_study_group(alice, bob)
    alice.on_board = False
    alice.save()
    rate_player(alice)
    assert ranks(board_of(group, bob)) == [(1, "Alice")]


def test_board_leaves_out_strangers_and_closed_accounts(alice, bob):
    group = make_study_group(alice, bob)
    for player in (alice, bob, make_player("Stranger")):
        rate_player(player)
    Player.objects.filter(pk=bob.pk).update(is_active=False)
    board = board_of(group, alice)
    assert (ranks(board), board.waiting) == ([(1, "Alice")], [])


@pytest.mark.parametrize("member_count", [1, 3])
def test_queries_of_groups_are_fixed(alice, member_count, django_assert_num_queries):
    make_facts(1)
    others = [make_player(f"Member {number}") for number in range(member_count)]
    for number in range(member_count):
        group = make_study_group(alice, *others, name=f"Group {number}")
    for player in others:
        rate_player(player)
    with django_assert_num_queries(2):
        board = board_of(group, alice)
        assert len([str(row.membership.player) for row in (*board.ranked, *board.waiting)]) == member_count + 1
    with django_assert_num_queries(1):
        counts = [(own.group.name, own.member_count) for own in find_groups(alice)]
    assert counts == [(f"Group {number}", member_count + 1) for number in range(member_count)]
    with django_assert_num_queries(1):
        assert ("family:storage", "Storage") in board_scopes()[1][1]


# The exam date

DAY, OTHER_DAY = date(2027, 3, 15), date(2027, 4, 3)


def plan_of(player):
    return StudyPlan.objects.filter(player=player).values_list("exam_on", flat=True).first()


def take(player, group, exam_on=DAY, instead_of=None, today=TODAY):
    take_exam_date(player=player, group=group, exam_on=exam_on, instead_of=instead_of, today=today)


def test_member_without_a_plan_takes_the_groups_date(alice, bob):
    group = make_study_group(alice, bob, exam_on=DAY)
    assert plan_of(bob) is None
    take(bob, group)
    assert (plan_of(bob), plan_of(alice)) == (DAY, None)


def test_only_the_date_of_a_plan_is_replaced(alice):
    StudyPlan.objects.create(player=alice, exam_on=OTHER_DAY, session_length=33, time_zone="Europe/Vienna")
    take(alice, make_study_group(alice, exam_on=DAY), instead_of=OTHER_DAY)
    plan = StudyPlan.objects.get(player=alice)
    assert (plan.exam_on, plan.session_length, plan.time_zone) == (DAY, 33, "Europe/Vienna")


def test_date_that_the_player_did_not_see_is_not_replaced(alice):
    StudyPlan.objects.create(player=alice, exam_on=OTHER_DAY)
    with pytest.raises(GroupRefused, match="Your plan was changed meanwhile"):
        take(alice, make_study_group(alice, exam_on=DAY), instead_of=None)
    assert plan_of(alice) == OTHER_DAY


def test_date_that_the_group_has_no_more_is_not_taken(alice):
    with pytest.raises(GroupRefused, match="changed meanwhile"):
        take(alice, make_study_group(alice, exam_on=OTHER_DAY))
    assert plan_of(alice) is None


def test_date_that_has_passed_is_not_taken(alice):
    with pytest.raises(GroupRefused, match="has passed"):
        take(alice, make_study_group(alice, exam_on=DAY), today=DAY + timedelta(days=1))


def test_taking_a_date_twice_is_taking_it_once(alice):
    group = make_study_group(alice, exam_on=DAY)
    take(alice, group)
    take(alice, group)
    assert plan_of(alice) == DAY
