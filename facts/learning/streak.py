"""Days in a row: an encouragement, never a score. One missed day a week is forgiven."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

FREEZE_DAYS = 7  # in any so many days at most one is frozen
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Streak:
    """``length`` and ``longest`` count days with practice; frozen days hold a streak together and add nothing."""

    length: int
    longest: int  # ever, the present one included
    is_today_done: bool
    has_freeze: bool  # would a miss today be forgiven?
    frozen: tuple[date, ...]  # of all time, oldest first


def count_streak(days: Iterable[date], today: date) -> Streak:
    """The streak that the days with practice make, in any order, as it stands on ``today``.

    A missed day is frozen if the day before it and the day after it were practised and none of the six days before it
    is frozen; this is decided from the oldest day on. Today counts as practised for the day before it: it is not over
    yet. A missed day that is not frozen ends the streak, and so do two in a row. Days after today are left out: a clock
    was wrong or a time zone has changed, and they will count when they come.
    """
    practised = sorted({day for day in days if day <= today})
    frozen: list[date] = []
    length = longest = 0
    for before, day in zip([None, *practised], practised, strict=False):
        length = length + 1 if before is not None and _holds(before, day, frozen) else 1
        longest = max(longest, length)
    is_today_done = bool(practised) and practised[-1] == today
    if practised and not _holds(practised[-1], today, frozen):
        length = 0
    has_freeze = not frozen or (today - frozen[-1]).days >= FREEZE_DAYS
    return Streak(length, longest, is_today_done, has_freeze, tuple(frozen))


def _holds(before: date, day: date, frozen: list[date]) -> bool:
    """Does the streak hold from one day to a later one? Freezes the day between them if that is what it takes."""
    gap = (day - before).days
    if gap <= 1:
        return True
    missed = before + _DAY
    if gap > 2 or (frozen and (missed - frozen[-1]).days < FREEZE_DAYS):
        return False
    frozen.append(missed)
    return True
