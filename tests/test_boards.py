"""Reading the leaderboard, and what others may see of a player."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from facts.models import Player, PlayerRating, RatingWeek, Standing
from facts.models.boards import period_start
from facts.selectors.boards import (
    BOARD_PAGE,
    NEIGHBOURS,
    board_scopes,
    days_left,
    find_ranks,
    get_board,
    get_public_player,
)
from facts.services.players import delete_player
from facts.services.standings import join_board, leave_board, save_player
from tests.factories import make_fact, make_guest_ranked, make_ranked, make_service, rate_player

pytestmark = pytest.mark.django_db


def board(player=None, **values):
    today = timezone.now().date()
    return get_board(**{"player": player, "period": "all", "scope": "", "today": today} | values)


def names(rows):
    return [str(row.standing.player) for row in rows]


def ranks(rows):
    return [row.rank for row in rows]


def make_crowd(count, first=1600):
    """So many members, each two points better than the next."""
    return [make_ranked(f"Member {number:03}", first - 2 * number) for number in range(count)]


def every_page(**values):
    """All rows of the board, page by page downwards."""
    shown = board(**values)
    pages = [shown]
    while shown.after:
        shown = board(after=shown.after, **values)
        pages.append(shown)
    return pages


# A page


def test_board_is_ordered_by_skill_and_not_by_volume():
    make_ranked("Bot", 1520, answered=10_000, deviation=40)
    make_ranked("Good", 1740, answered=200, deviation=60)
    shown = board()
    assert names(shown.rows) == ["Good", "Bot"]
    assert [row.standing.skill for row in shown.rows] == [1620, 1440]


def test_ties_share_a_rank():
    for name, value in (("Ann", 1700), ("Cid", 1600), ("Ben", 1700), ("Dan", 1500)):
        make_ranked(name, value)
    assert sorted(zip(ranks(board().rows), names(board().rows), strict=True)) == [
        *((1, "Ann"), (1, "Ben"), (3, "Cid"), (4, "Dan")),
    ]


def test_ties_share_a_rank_over_the_end_of_a_page():
    make_crowd(3, first=1900)
    for number in range(BOARD_PAGE):
        make_ranked(f"Equal {number}", 1500)
    first, second = every_page()
    assert ranks(first.rows) == [1, 2, 3, *[4] * (BOARD_PAGE - 3)]
    assert ranks(second.rows) == [4] * 3


def test_pages_show_everybody_once_in_both_directions():
    make_crowd(BOARD_PAGE * 2 + 3)
    down = every_page()
    assert [len(page.rows) for page in down] == [BOARD_PAGE, BOARD_PAGE, 3]
    assert ranks(row for page in down for row in page.rows) == list(range(1, BOARD_PAGE * 2 + 4))
    assert (down[0].before, down[-1].after) == (None, None)
    middle = board(before=down[2].before)
    assert names(middle.rows) == names(down[1].rows)
    top = board(before=middle.before)
    assert (names(top.rows), top.before) == (names(down[0].rows), None)


def test_next_page_goes_on_where_the_last_ended_while_others_move():
    members = make_crowd(BOARD_PAGE + 5)
    first = board()
    last = members[-1]
    PlayerRating.objects.filter(player=last).update(value=2000)  # overtakes everybody
    save_player(last)
    second = board(after=first.after)
    assert names(second.rows) == [f"Member {number:03}" for number in range(BOARD_PAGE, BOARD_PAGE + 4)]
    assert second.rows[0].rank == BOARD_PAGE + 2


def test_page_before_a_place_near_the_top_is_the_first_page():
    make_crowd(BOARD_PAGE + 5)
    third = board().rows[2].standing
    shown = board(before=(third.skill, third.player_id))
    assert (len(shown.rows), shown.rows[0].rank, shown.before) == (BOARD_PAGE, 1, None)


def test_page_below_everybody_is_empty():
    make_ranked("Only")
    shown = board(after=(-5000, 1))
    assert (shown.rows, shown.after, shown.own) == ([], None, None)


# One's own row


def test_own_row_and_five_neighbours_either_way_are_shown_wherever_it_is():
    members = make_crowd(BOARD_PAGE * 2 + 10)
    own = members[BOARD_PAGE + 10]
    shown = board(own)
    assert shown.own.rank == BOARD_PAGE + 11
    assert [row.rank for row in shown.around] == list(
        range(shown.own.rank - NEIGHBOURS, shown.own.rank + NEIGHBOURS + 1)
    )
    assert [row.is_own for row in shown.around] == [False] * 5 + [True] + [False] * 5
    on_page = board(own, after=shown.after)
    assert (on_page.around, on_page.own.rank) == ([], shown.own.rank)


def test_last_of_all_has_neighbours_above_only():
    last = make_crowd(BOARD_PAGE + 8)[-1]
    assert ranks(board(last).around) == list(range(BOARD_PAGE + 3, BOARD_PAGE + 9))


def test_distance_tells_answers_and_deviation(alice):
    assert (board(alice).distance.missing, board(alice).distance.deviation) == (30, 350)
    rate_player(alice, 1600, 140.2, answered=34)
    distance = board(alice).distance
    assert (distance.missing, distance.deviation, distance.is_too_wide, distance.is_ranked) == (0, 140, True, False)
    assert (distance.sure_by, distance.sure_needed) == (210, 240)


# Who is shown


def test_board_hides_guests_and_those_who_stay_off(alice):
    make_guest_ranked()
    for values in ({"on_board": False}, {"is_active": False}):
        hidden = make_ranked()
        for name, value in values.items():
            setattr(hidden, name, value)
        save_player(hidden)
    rate_player(alice)  # was not asked
    assert board(alice).rows == []


def test_leaving_joining_renaming_and_deleting_show_with_the_next_look():
    ann, ben = make_ranked("Ann"), make_ranked("Ben")
    leave_board(player=ann)
    assert (names(board().rows), board(ann).own) == (["Ben"], None)
    join_board(player=ann, name="Anna")
    assert set(names(board().rows)) == {"Anna", "Ben"}
    delete_player(ben)
    assert (names(board().rows), ranks(board().rows)) == (["Anna"], [1])


def test_boards_of_periods_and_scopes_are_apart():
    now = timezone.now()
    make_ranked("Now", scope="family:storage")
    make_ranked("Then", rated_at=now - timedelta(days=40))
    assert names(board(period="week", scope="family:storage").rows) == ["Now"]
    assert names(board(period="week").rows) == names(board(period="month").rows) == []
    assert names(board().rows) == ["Then"]


def test_everybody_is_off_the_board_of_the_week_when_it_is_over():
    make_ranked("Ann")
    today = timezone.now().date()
    assert names(board(period="week").rows) == ["Ann"]
    assert board(period="week", today=today + timedelta(days=7)).rows == []


# What it costs


@pytest.mark.parametrize("count", [1, 3])
def test_board_query_count_is_fixed(alice, count, django_assert_num_queries):
    rate_player(alice, 1500)
    join_board(player=alice, name="Alice")
    make_crowd(count)
    with django_assert_num_queries(4):  # the page, one's own row, the ranks, the distance
        names(board(alice).rows)


def test_board_with_neighbours_takes_two_queries_more(alice, django_assert_num_queries):
    rate_player(alice, 1500)
    join_board(player=alice, name="Alice")
    make_crowd(BOARD_PAGE + 1)
    with django_assert_num_queries(6):
        names(board(alice).around)


def explain(sql, parameters):
    """The steps that the database takes, on PostgreSQL as if the tables were too large to be read as a whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + sql, parameters)
            return [line[0] for line in cursor.fetchall()]
        cursor.execute("EXPLAIN QUERY PLAN " + sql, parameters)
        return [line[3] for line in cursor.fetchall()]


def test_no_query_of_the_board_scans_it_and_pages_come_sorted(alice):
    make_crowd(3)
    rows = board().rows
    asked = []

    def note(execute, sql, parameters, many, context):
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        board(alice, after=(rows[0].standing.skill, rows[0].standing.player_id))
        board(alice, before=(rows[2].standing.skill, rows[2].standing.player_id))
    plans = [(sql, explain(sql, parameters)) for sql, parameters in asked]
    pages = [plan for sql, plan in plans if f"LIMIT {BOARD_PAGE + 1}" in sql]
    assert (len(plans), len(pages)) == (9, 3)  # the page before was too near the top
    for _, plan in plans:
        assert not [step for step in plan if "SCAN facts_" in step or "Seq Scan" in step], plan
    for plan in pages:
        assert any("standing_on_board" in step for step in plan), plan
        assert not [step for step in plan if "TEMP B-TREE" in step or "Sort" in step], plan


def test_ranks_are_one_more_than_those_above():
    for value in (1700, 1700, 1650, 1500, 1500, 1500):
        make_ranked(value=value)
    found = find_ranks("all", "", timezone.now().date(), {1600, 1550, 1400})
    assert found == {1600: 1, 1550: 3, 1400: 4}
    assert find_ranks("all", "", timezone.now().date(), ()) == {}


# Periods and scopes


@pytest.mark.parametrize(
    ("period", "today", "left"),
    [
        ("week", date(2026, 11, 23), 7),
        ("week", date(2026, 11, 29), 1),
        ("month", date(2026, 11, 30), 1),
        ("all", date(2026, 11, 23), None),
    ],
)
def test_days_left(period, today, left):
    assert days_left(period, today) == left


@pytest.mark.parametrize(
    ("period", "start"),
    [("week", date(2026, 11, 23)), ("month", date(2026, 11, 1)), ("all", date(1970, 1, 1))],
)
def test_period_start(period, start):
    assert period_start(period, date(2026, 11, 26)) == start


def test_scopes_are_the_domains_and_the_families_of_the_bank():
    make_fact(service=make_service("s3"))
    make_service("ec2", family="Compute")
    (_, domains), (_, families) = board_scopes()
    assert len(domains) == 4
    assert families == [("family:storage", "Storage")]


# A player as others see them


def test_public_player_has_rank_families_and_weeks(django_assert_num_queries):
    make_service("s3")
    make_ranked("Better", 1700)
    ann = make_ranked("Ann")
    rate_player(ann, 1650, scope="family:storage")
    rate_player(ann, 1400, scope="family:gone")
    save_player(ann)
    RatingWeek.objects.create(player=ann, starts_on=date(2026, 3, 2), value=1600, deviation=50, answered=40)
    with django_assert_num_queries(5):
        shown = get_public_player(ann.public_id, timezone.now().date())
    assert (shown.player, shown.rank, shown.overall.skill) == (ann, 2, 1500)
    assert [(name, standing.skill) for name, standing in shown.families] == [("Storage", 1550)]
    assert [week.answered for week in shown.weeks] == [40]


def test_public_player_is_there_only_while_on_a_board(alice):
    today = timezone.now().date()
    ann, guest = make_ranked("Ann"), make_guest_ranked()
    leave_board(player=ann)
    rate_player(alice)
    for public_id in (ann.public_id, guest.public_id, alice.public_id, uuid.uuid4()):
        with pytest.raises(Http404):
            get_public_player(public_id, today)


def test_player_ranked_in_a_family_alone_has_a_public_page():
    ann = make_ranked("Ann", scope="family:storage")
    shown = get_public_player(ann.public_id, timezone.now().date())
    assert (shown.overall, shown.rank) == (None, None)
    assert Standing.objects.filter(player=ann, scope="").count() == 0


def test_public_address_tells_nothing_of_the_player():
    ann, ben = make_ranked("Ann"), make_ranked("Ben")
    assert ann.public_id != ben.public_id
    assert ann.public_id.version == 4
    before = ann.public_id
    join_board(player=ann, name="Anna")
    assert Player.objects.get(pk=ann.pk).public_id == before
