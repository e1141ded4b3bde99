"""What the admin's front page says of facts."""

from __future__ import annotations

from django import template
from django.utils import timezone

from facts.selectors.corrections import Due, count_due
from facts.selectors.review import count_waiting

register = template.Library()


@register.simple_tag
def due_facts() -> Due:
    """How many facts are to be read again."""
    return count_due(timezone.now().date())


@register.simple_tag
def waiting_count() -> int:
    """How many things wait in the review queue."""
    return count_waiting(timezone.now().date())
