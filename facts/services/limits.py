"""Counting what only so many may do in a while, by all workers on all machines together.

django-allauth counts sign-ins, sign-ups and password resets by itself, in Django's cache.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

# One statement, so that of two workers that count at once neither loses the other's event.
_COUNT = """
INSERT INTO facts_ratecount (key, count, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN facts_ratecount.ends_at > %s THEN facts_ratecount.count + 1 ELSE 1 END,
    ends_at = CASE WHEN facts_ratecount.ends_at > %s THEN facts_ratecount.ends_at ELSE excluded.ends_at END
RETURNING count
"""


def count_event(*, key: str, seconds: int) -> int:
    """How many events of this key that makes in its window of so many seconds, which its first event opened."""
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now + timedelta(seconds=seconds), now)]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, moments[0], moments[1], moments[1]])
        return int(cursor.fetchone()[0])
