"""A player's memory of a fact: an FSRS card that answers change and time fades.

The cards and the forgetting curve are those of py-fsrs (Ye, Su, Cao, 2022; parameters of FSRS-6). Three things differ
from a flashcard: a right answer may have been guessed, a fact can be asked again within minutes, and answers can arrive
late or under a clock that was set back.
"""

from copy import copy
from datetime import datetime, timedelta
from math import exp

from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import STABILITY_MIN

# Stability is the days until recall has faded to this; a card is due then.
DUE_RECALL = 0.9
# AWS changes and so do facts: nothing waits longer than a year, however well it is known.
_LONGEST_DAYS = 365
_SCHEDULER = Scheduler(
    desired_retention=DUE_RECALL,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=_LONGEST_DAYS,
    enable_fuzzing=False,
)
_W = _SCHEDULER.parameters
_DECAY = -_W[20]
_FACTOR = DUE_RECALL ** (1 / _DECAY) - 1
_DAY = timedelta(days=1)
# An answer so soon after the last one is of the same day, whatever the date; it says little about lasting memory.
_SAME_SITTING = timedelta(hours=12)

# How likely a fact that was never asked is known: candidates come with some experience.
KNOWN_BEFORE = 0.35


def recall_after(days: float, stability: float) -> float:
    """The chance to recall after that many days, whole or not. Negative days count as none."""
    # The sum that py-fsrs does, which knows whole days only: there a fact would be as fresh 23 hours after it was
    # answered as at once, and all facts of a session would drop at the same moment.
    if days <= 0:
        return 1.0
    return float((1 + _FACTOR * days / stability) ** _DECAY)


def recall(card: Card, at: datetime) -> float:
    """The chance that the player recalls the fact then; KNOWN_BEFORE if it was never asked."""
    if card.stability is None or card.last_review is None:
        return KNOWN_BEFORE
    return recall_after((at - card.last_review) / _DAY, card.stability)


def knew(recall: float, floor: float) -> float:
    """The chance that a right answer was known, not guessed, by Bayes' rule: whoever recalls it answers right."""
    return recall / (recall + (1 - recall) * floor)


def review(card: Card | None, *, is_right: bool, floor: float, at: datetime, card_id: int = 0) -> Card:
    """The card after an answer at ``at`` (UTC) to a question that a guess would get right with the chance ``floor``.

    Wrong is "again". Right is between "good" and "again": the chance that it was known weighs their stabilities
    (geometrically, as stability grows by factors) and their difficulties. On the day of the last review, or within
    twelve hours of it, a right answer changes nothing, for what was read that day is easily told; a wrong one does
    count. A time before the last review is taken as that of the last review. ``card`` itself stays as it was.
    """
    if card is None or card.stability is None or card.last_review is None:
        card = Card(card_id=card_id if card is None else card.card_id, due=at)
        reviewed = at
    else:
        at = max(at, card.last_review)
        reviewed = _whole_days_later(card.last_review, at)
        if is_right and reviewed == card.last_review:
            return copy(card)
    again, _ = _SCHEDULER.review_card(card, Rating.Again, reviewed)
    after = again
    if is_right:
        after, _ = _SCHEDULER.review_card(card, Rating.Good, reviewed)
        _blend(after, again, knew(recall(card, at), floor))
    after.last_review = at
    after.due = at + _DAY * days_until_due(_stability(after))
    return after


def days_until_due(stability: float) -> int:
    """From a review to when recall has faded to DUE_RECALL, in whole days: at least one, at most a year."""
    return min(max(round(stability), 1), _LONGEST_DAYS)


def _whole_days_later(last: datetime, at: datetime) -> datetime:
    """The last review moved on by whole days, rounded: py-fsrs cuts 1.9 days to 1, and 23 hours to none."""
    if at.date() == last.date() or at - last < _SAME_SITTING:
        return last
    return last + _DAY * max(round((at - last) / _DAY), 1)


def _blend(good: Card, again: Card, share: float) -> None:
    """Make ``good`` what lies ``share`` of the way from ``again`` to it."""
    assert good.difficulty is not None
    assert again.difficulty is not None
    low = _stability(again)
    good.stability = max(_stability(good) ** share * low ** (1 - share), low)  # not even rounding goes below
    good.difficulty = share * good.difficulty + (1 - share) * again.difficulty


def _stability(card: Card) -> float:
    assert card.stability is not None
    return card.stability


# The scheduler's own sums on plain numbers, for a look ahead over thousands of cards. Tests hold them against it.


def _first(rating: Rating) -> tuple[float, float]:
    return _W[rating - 1], min(max(_W[4] - exp(_W[5] * (rating - 1)) + 1, 1.0), 10.0)


# Stability and difficulty after a first answer that was known, and one that was not.
FIRST_RIGHT, FIRST_WRONG = _first(Rating.Good), _first(Rating.Again)
_RISE, _RISE_BY_STABILITY, _RISE_BY_LAPSE = exp(_W[8]), -_W[9], _W[10]
_DROP, _DROP_BY_DIFFICULTY, _DROP_BY_STABILITY, _DROP_BY_LAPSE = _W[11], -_W[12], _W[13], _W[14]
_AT_MOST_LEFT = exp(-_W[17] * _W[18])


def stabilities_after(stability: float, difficulty: float, recall: float) -> tuple[float, float]:
    """The stability after an answer that was known, and after one that was not, at that chance to recall."""
    lapse = 1 - recall
    rise = _RISE * (11 - difficulty) * stability**_RISE_BY_STABILITY * (exp(_RISE_BY_LAPSE * lapse) - 1)
    left = _DROP * difficulty**_DROP_BY_DIFFICULTY * ((stability + 1) ** _DROP_BY_STABILITY - 1)
    left = min(left * exp(_DROP_BY_LAPSE * lapse), stability * _AT_MOST_LEFT)
    return stability * (1 + rise), max(left, STABILITY_MIN)


def gain_of_review(stability: float, difficulty: float, days_since: float, horizon: float) -> float:
    """How much an answer now is expected to lift the chance to recall the fact ``horizon`` days from now.

    Below zero where asking would do harm, in expectation: a lapse costs a strong memory more than a success adds.
    """
    # Written out: this runs for every card of a player whenever a quiz starts, and calls would double its time.
    aged = 1 + _FACTOR * days_since / stability
    recall = aged**_DECAY
    lapse = 1 - recall
    rise = _RISE * (11 - difficulty) * stability**_RISE_BY_STABILITY * (exp(_RISE_BY_LAPSE * lapse) - 1)
    left = _DROP * difficulty**_DROP_BY_DIFFICULTY * ((stability + 1) ** _DROP_BY_STABILITY - 1)
    left *= exp(_DROP_BY_LAPSE * lapse)
    if left > stability * _AT_MOST_LEFT:
        left = stability * _AT_MOST_LEFT
    ahead = _FACTOR * horizon
    return float(
        recall * (1 + ahead / (stability * (1 + rise))) ** _DECAY
        + lapse * (1 + ahead / max(left, STABILITY_MIN)) ** _DECAY
        - (aged + ahead / stability) ** _DECAY
    )
