"""What the commands that write files share."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from facts.models import Family, Service


def find_named(model: type[Service] | type[Family], slugs: list[str]) -> list[Any]:
    """The rows with these slugs; an unknown one ends the command."""
    rows = {row.slug: row for row in model.objects.filter(slug__in=slugs)}
    if unknown := [slug for slug in slugs if slug not in rows]:
        known = model.objects.order_by("slug").values_list("slug", flat=True)
        raise CommandError(f"{', '.join(unknown)}: no such {model._meta.verbose_name}; there are: {', '.join(known)}")
    return list(rows.values())


def write_whole(path: Path, content: bytes) -> None:
    """Write the file at once: under its name only when all of it is there."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(name).chmod(0o644)  # a temporary file is for its owner alone
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from error
