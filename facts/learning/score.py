"""Scores that can be compared between players."""

from math import sqrt

Z_95 = 1.959963984540054  # two-sided 95 % quantile of the normal distribution


def accuracy_floor(right: int, answered: int) -> float:
    """Lower bound of the 95 % Wilson score interval of right / answered; 0.0 for no answers.

    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference". More answers at the
    same accuracy narrow the interval but never lift it over the accuracy itself, so volume alone cannot win.
    """
    if not 0 <= right <= answered:
        raise ValueError(f"{right} right of {answered}")
    if right == 0:
        return 0.0  # exactly: rounding would leave a trace above it
    share = right / answered
    spread = Z_95 * sqrt(share * (1 - share) / answered + Z_95**2 / (4 * answered**2))
    return max(0.0, (share + Z_95**2 / (2 * answered) - spread) / (1 + Z_95**2 / answered))
