"""Files of facts to load, and management commands run as they are typed."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

S3 = '[services.s3]\nname = "Amazon S3"\nfamily = "Storage"\n'


def to_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {to_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def entry(slug="s3-log", **values):
    """One [[fact]] of a file; a value of None leaves the field out."""
    values = {
        "id": slug,
        "statement": f"Amazon S3 keeps the log {slug} for 24 hours.",
        "services": ["s3"],
        "domain": "new-solutions",
        "status": "current",
        "false_statements": [f"Amazon S3 loses the log {slug} at once."],
    } | values
    return "\n[[fact]]\n" + "".join(f"{key} = {to_toml(value)}\n" for key, value in values.items() if value is not None)


def write(path, *entries, services=S3):
    path.parent.mkdir(exist_ok=True)
    path.write_text(services + "".join(entries))
    return path


def run(command, *arguments, **options):
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def refusal(command, *arguments, **options):
    """The error that the command ends with."""
    with pytest.raises(CommandError) as caught:
        run(command, *arguments, **options)
    return str(caught.value)
