"""Files that editors send: kept between seeing what they give and saying yes to it, for a day at most."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing

from facts.models import Player

_SALT = "facts.uploads"
_DAY = 60 * 60 * 24


@dataclass(frozen=True, slots=True)
class Upload:
    name: str  # as its sender called it
    content: bytes
    token: str


def keep_upload(*, name: str, content: bytes, by: Player) -> Upload:
    """Keep a file for the player who sent it. Those that were left behind are removed."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - _DAY:
            path.unlink(missing_ok=True)
    key = secrets.token_hex(16)
    (folder / key).write_bytes(content)
    return Upload(name, content, signing.dumps({"key": key, "name": name, "by": by.pk}, salt=_SALT))


def find_upload(*, token: str, by: Player) -> Upload | None:
    """The file, if it is still there and this player sent it."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=_DAY)
        if said["by"] != by.pk:
            return None
        return Upload(said["name"], (_folder() / said["key"]).read_bytes(), token)
    except (signing.BadSignature, OSError):
        return None


def drop_upload(upload: Upload) -> None:
    (_folder() / signing.loads(upload.token, salt=_SALT)["key"]).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "uploads"
