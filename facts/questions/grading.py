"""Grading: the one place that decides whether an answer is right."""

from collections.abc import Collection, Sequence
from math import comb


class InvalidChoice(ValueError):
    """The choice cannot be graded; the message is a sentence for the player."""


def grade(correct: Sequence[bool], chosen: Collection[int]) -> bool:
    """Is the choice of these options (by index) right?

    All or nothing: every right option and no other. Raises InvalidChoice if the number of chosen options is not the
    number of right ones, or an index is none of the options.
    """
    keys = {index for index, is_key in enumerate(correct) if is_key}
    picked = set(chosen)
    if not picked <= set(range(len(correct))):
        raise InvalidChoice("That is not one of the options. Choose one that is shown here.")
    if not picked:
        raise InvalidChoice("Choose two options, then answer." if len(keys) == 2 else "Choose an option, then answer.")
    if len(picked) != len(keys):
        if len(keys) == 1:
            raise InvalidChoice("Choose one option only: one of them is right.")
        raise InvalidChoice(f"Choose two options: you have chosen {len(picked)}.")
    return picked == keys


def guess_floor(option_count: int, key_count: int = 1) -> float:
    """The chance to hit exactly the right options by guessing: 0.25 for one of four, 0.1 for two of five."""
    if not 0 < key_count <= option_count:
        raise ValueError(f"{key_count} right of {option_count} options")
    return 1 / comb(option_count, key_count)
