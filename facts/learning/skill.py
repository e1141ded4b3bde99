"""Who is ranked, and by what: the skill that a player has shown for sure."""

from facts.learning.rating import Rating

RANKED_FROM = 30  # rated first attempts in the scope
# 30 answers of somebody who gets 3 of 4 right leave 80 to 100 points; questions far from the player teach less.
MOST_DEVIATION = 110.0


def skill(rating: Rating) -> int:
    """The value less twice its deviation: a player is better than this in 39 of 40 cases. Whole points, so that equal
    as shown is equal in rank.
    """
    return round(rating.value - 2 * rating.deviation)


def is_ranked(rating: Rating, answered: int) -> bool:
    """Has the player shown enough in ``answered`` rated first attempts to stand on a board?"""
    return answered >= RANKED_FROM and rating.deviation <= MOST_DEVIATION
