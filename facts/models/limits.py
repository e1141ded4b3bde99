"""How often somebody did what only so many may do in a while."""

from __future__ import annotations

from django.db import models


class RateCount(models.Model):
    """What was counted under a key within the window that is open, or that was the last; see ``services.limits``."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)  # of the window; the next event opens another

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
