"""Granian, with Examprep loaded before the workers are forked: what is loaded is then in memory once for all of them.

Run as ``python -m examprep.server``, with granian's own arguments, as ``manage.py serve`` does.
"""

import gc

from django.urls import reverse
from granian.cli import entrypoint


def load() -> None:
    """Load the application with its URLs, and with these all views and the admin. Opens no connection and no thread."""
    import examprep.wsgi  # noqa: F401

    reverse("home")
    gc.collect()
    gc.freeze()  # else every collection of a worker would write to what is shared, and so make a copy of it


if __name__ == "__main__":
    load()
    entrypoint()
