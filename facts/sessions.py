"""Sessions in the database, read by SQL that need not be written anew for every request."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

_SESSION = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> AbstractBaseSession | None:
        for session in self.model.objects.raw(_SESSION, [self.session_key, timezone.now()]):
            return session
        self._session_key = None
        return None
