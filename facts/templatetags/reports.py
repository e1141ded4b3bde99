"""What a page tells a player of answers that were scored anew."""

from __future__ import annotations

from typing import Any

from django import template

from facts.services.reports import tell_rescored

register = template.Library()


@register.simple_tag(takes_context=True)
def rescored_news(context: template.Context) -> str:
    """A sentence, once. Costs no query where there is nothing to tell."""
    request: Any = context.get("request")
    user = getattr(request, "user", None)
    if user is None or request.method != "GET" or not getattr(user, "has_news", False):
        return ""
    return tell_rescored(user)
