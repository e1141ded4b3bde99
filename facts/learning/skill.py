"""Who is ranked, and by what: the skill that a player has shown for sure."""

from facts.learning.rating import Rating

RANKED_FROM = 30  # rated first attempts in the scope
# 30 answers of somebody who gets 3 of 4 right leave 80 to 100 points; questions far from the player teach less.
MOST_DEVIATION = 110.0
# Nobody reads more than eight words, and the options, in less. Whoever is that quick is a script, or presses blindly.
QUICKEST = 0.4  # seconds
SHORT_STEM = 8  # words


def skill(rating: Rating) -> int:
    """The value less twice its deviation: a player is better than this in 39 of 40 cases. Whole points, so that equal
    as shown is equal in rank.
    """
    return round(rating.value - 2 * rating.deviation)


def is_ranked(rating: Rating, answered: int) -> bool:
    """Has the player shown enough in ``answered`` rated first attempts to stand on a board?"""
    return answered >= RANKED_FROM and rating.deviation <= MOST_DEVIATION


def is_read(stem: str, seconds: float) -> bool:
    """Can a person have read the stem in that time? Of an answer that comes quicker nothing is learnt of anybody."""
    return seconds >= QUICKEST or len(stem.split()) <= SHORT_STEM
