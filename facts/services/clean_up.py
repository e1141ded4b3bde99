"""Deleting what nobody comes back for: in small transactions, while players go on, and it may be stopped anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from facts.models import Player, Quiz, QuizQuestion, RateCount, Report
from facts.services.players import delete_player
from facts.services.progress import fold_answers

_BATCH = 500


def find_old_guests(*, before: datetime) -> QuerySet[Player]:
    """Guests who did nothing since that moment, and none of whose reports waits for an editor."""
    own = {"player": OuterRef("pk")}
    return Player.objects.filter(is_guest=True, date_joined__lt=before).exclude(
        Exists(Quiz.objects.filter(**own, started_at__gte=before))
        | Exists(QuizQuestion.objects.filter(**own, answered_at__gte=before))
        | Exists(Report.objects.filter(**own, state=Report.State.OPEN))
    )


def delete_old_guests(*, before: datetime) -> Iterator[int]:
    """Delete them one by one, with their answers; yields 1 for each, 0 for one who has come back meanwhile.

    The statistics of questions keep what these answers added, and what was not counted yet is counted first.
    """
    for key in list(find_old_guests(before=before).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            guest = Player.objects.select_for_update().filter(pk=key).first()
            is_old = guest is not None and find_old_guests(before=before).filter(pk=key).exists()
            if guest is not None and is_old:
                fold_answers(guest)
                delete_player(guest)
        yield int(is_old)


def find_over_sessions(*, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def find_over_counts(*, now: datetime) -> QuerySet[RateCount]:
    return RateCount.objects.filter(ends_at__lt=now)


def delete_rows(rows: QuerySet[Session] | QuerySet[RateCount]) -> Iterator[int]:
    """Delete the rows, some at a time; yields how many those were. For rows on which nothing depends."""
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        deleted, _ = rows.filter(pk__in=keys).delete()  # what was prolonged meanwhile stays
        yield deleted


def count_cached(*, now: datetime, delete: bool) -> int:
    """How many of django-allauth's counts are over, where the database keeps them; ``delete`` deletes these."""
    if not isinstance(caches["default"], DatabaseCache):
        return 0  # its server forgets them by itself
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    verb = "DELETE" if delete else "SELECT count(*)"
    with connection.cursor() as cursor:
        cursor.execute(f"{verb} FROM {table} WHERE expires < %s", [connection.ops.adapt_datetimefield_value(now)])
        return cursor.rowcount if delete else int(cursor.fetchone()[0])
