from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.streak import Streak, count_streak

TODAY = date(2026, 11, 24)


def on(*days_ago):
    return [TODAY - timedelta(days=number) for number in days_ago]


def test_nobody_begins_with_a_streak():
    assert count_streak([], TODAY) == Streak(0, 0, False, True, ())


@pytest.mark.parametrize(
    ("days_ago", "length", "longest"),
    [
        ([0], 1, 1),
        ([1], 1, 1),  # today is not over yet
        ([0, 1, 2], 3, 3),
        ([2, 1, 0, 1, 0], 3, 3),  # order and repeats do not matter
        ([0, 2, 3], 3, 3),  # a missed day is bridged and adds nothing
        ([2, 3], 2, 2),  # yesterday was missed, and today can still save it
        ([3, 4], 0, 2),  # two missed days end it
        ([0, 3, 4], 1, 2),
        ([0, 2, 4], 1, 2),  # the second freeze within a week is not given
        ([0, 2, 3, 4, 5, 6, 7, 8, 10], 9, 9),  # eight days apart
        ([0, 2, 3, 4, 5, 6, 7, 9], 8, 8),  # seven days apart
        ([0, 2, 3, 4, 5, 6, 8], 1, 6),  # six days apart
    ],
)
def test_streak_counts_days_with_practice(days_ago, length, longest):
    streak = count_streak(on(*days_ago), TODAY)
    assert (streak.length, streak.longest, streak.is_today_done) == (length, longest, 0 in days_ago)


def test_freeze_is_back_after_seven_days():
    frozen_on = count_streak(on(0, 1, 2, 3, 4, 5, 7), TODAY)
    assert (frozen_on.frozen, frozen_on.has_freeze) == (tuple(on(6)), False)
    assert count_streak(on(0, 1, 2, 3, 4, 5, 6, 8), TODAY).has_freeze


def test_freeze_that_could_not_save_a_streak_is_not_used_up():
    broken = count_streak(on(0, 3, 4), TODAY)
    assert (broken.frozen, broken.has_freeze) == ((), True)


def test_days_in_the_future_wait_until_they_come():
    assert count_streak(on(0, 1, -1, -400), TODAY) == count_streak(on(0, 1), TODAY)


def test_first_and_last_days_of_the_calendar_are_days_too():
    assert count_streak([date.min], date.max).length == 0
    assert count_streak([date.max], date.max).length == 1
    assert count_streak([date.min], date.min).length == 1


def walk(days, today):
    """The definition, day by day."""
    past = {day for day in days if day <= today}
    frozen, length, longest = [], 0, 0
    day = min(past, default=today)
    while day <= today:
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        last_six = {day - timedelta(days=number) for number in range(1, 7)}
        if day in past:
            length += 1
        elif day == today:
            pass
        elif before in past and (after in past or after == today) and not last_six & set(frozen):
            frozen.append(day)
        else:
            length = 0
        longest = max(longest, length)
        day = after
    has_freeze = not {today - timedelta(days=number) for number in range(7)} & set(frozen)
    return Streak(length, longest, today in past, has_freeze, tuple(frozen))


days = st.builds(lambda number: TODAY - timedelta(days=number), st.integers(-3, 40))


@given(st.lists(days, max_size=45))
def test_streak_is_what_its_definition_says(practised):
    assert count_streak(practised, TODAY) == walk(practised, TODAY)


@given(st.sets(st.integers(0, 60), max_size=6))
def test_streak_with_few_missed_days_is_what_its_definition_says(missed):
    practised = on(*(set(range(61)) - missed))
    streak = count_streak(practised, TODAY)
    assert streak == walk(practised, TODAY)
    assert all((later - earlier).days >= 7 for earlier, later in zip(streak.frozen, streak.frozen[1:], strict=False))


@given(st.lists(days, max_size=45))
def test_practising_today_always_adds_a_day(practised):
    earlier = [day for day in practised if day < TODAY]
    assert count_streak([*earlier, TODAY], TODAY).length == count_streak(earlier, TODAY).length + 1
