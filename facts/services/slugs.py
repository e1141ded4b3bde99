"""Slugs that nothing else has."""

from collections.abc import Collection
from itertools import count


def free_slug(base: str, taken: Collection[str]) -> str:
    """``base`` or, if that is taken, the first of base-2, base-3 and so on that is not."""
    slug = base
    for number in count(2):
        if slug not in taken:
            break
        slug = f"{base}-{number}"
    return slug
