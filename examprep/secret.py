"""The secret key of a machine that serves only itself."""

import contextlib
import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def local_secret_key(path: Path, *, keep: bool) -> str:
    """The key kept in ``path``; made there, readable by its owner only, if it is not.

    With ``keep`` false nothing is read or written, and the key is good for this process alone.
    """
    if not keep:
        return get_random_secret_key()
    path.parent.mkdir(exist_ok=True)
    # Written aside and linked: of several processes that start at once the first wins, and none reads half a key.
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
