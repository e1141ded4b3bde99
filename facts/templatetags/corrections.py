"""What the admin's front page says of facts."""

from __future__ import annotations

from django import template
from django.utils import timezone

from facts.selectors.corrections import Due, count_due

register = template.Library()


@register.simple_tag
def due_facts() -> Due:
    """How many facts are to be read again."""
    return count_due(timezone.now().date())
