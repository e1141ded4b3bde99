"""How long a fact may be believed after it was read: figures age faster than the way a service works."""

import re
from calendar import monthrange
from datetime import date

from facts.questions.quantities import find_quantities

LONG, SHORT = 12, 6  # months
_MEASURES = {"time", "size", "rate", "percent"}
_QUOTA = re.compile(r"\bquotas?\b")
# Such a word makes a limit of a number that counts something; "two endpoints" alone is how a service is built.
_LIMIT = re.compile(r"\b(?:at most|up to|no more than|maximum|limits?|ceiling|baseline|largest)\b")
# "consolidated billing", "Cost Explorer" and "a discount" are no prices.
_PRICE = re.compile(r"\b(?:prices?|pricing|charges?|charged|fees?|bills|billed|free of|hourly|per GB)\b|[$€£]\s?\d")


def is_short_lived(statement: str) -> bool:
    """Is the statement about a quota, an amount or a price, which providers change without much ado?"""
    if _QUOTA.search(statement) or _PRICE.search(statement):
        return True
    amounts = list(find_quantities(statement))
    return any(amount.kind in _MEASURES for amount in amounts) or bool(amounts and _LIMIT.search(statement))


def review_day(statement: str, checked_on: date) -> date:
    """The day by which a fact that was read on ``checked_on`` is to be read again."""
    months = SHORT if is_short_lived(statement) else LONG
    year, month = divmod(checked_on.year * 12 + checked_on.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(checked_on.day, monthrange(year, month + 1)[1]))


def age_in_words(checked_on: date, today: date) -> str:
    """How long ago that was, as one says it: "3 months ago"."""
    days = (today - checked_on).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    months = (today.year - checked_on.year) * 12 + today.month - checked_on.month - (today.day < checked_on.day)
    if months >= 24:
        return f"{months // 12} years ago"
    if months >= 1:
        return f"{months} month{'s' if months > 1 else ''} ago"
    return f"{days // 7} weeks ago" if days >= 14 else f"{days} days ago"
