"""Granian, with Examprep loaded before the workers are forked: what is loaded is then in memory once for all of them.

Run as ``python -m examprep.server``, with granian's own arguments, as ``manage.py serve`` does.
"""

import gc
import multiprocessing
from typing import Any

from django.urls import reverse
from granian import cli


class Server(cli.Server):  # type: ignore[misc, valid-type]  # an alias of one of several, by the kind of Python
    """Granian's server, whose workers load the program anew after SIGHUP, as it is on the disk then."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.on_reload(load_anew)


def load() -> None:
    """Load the application with its URLs, and with these all views and the admin. Opens no connection and no thread."""
    import examprep.wsgi  # noqa: F401

    reverse("home")
    gc.collect()
    gc.freeze()  # else every collection of a worker would write to what is shared, and so make a copy of it


def load_anew() -> None:
    """From now on a worker shares nothing with this process, which has the old program, until all is started anew."""
    multiprocessing.set_start_method("spawn", force=True)


if __name__ == "__main__":
    load()
    cli.Server = Server  # granian's command has no option for what is done on SIGHUP
    cli.entrypoint()
