import errno
import os
import socket
import sys
import tempfile
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from examprep.checks import TAG
from facts.models import Player
from facts.services.figures import FOLDER


class Command(BaseCommand):
    help = "Serve Examprep with the production server. HOST, PORT and WORKERS are read from the environment."
    requires_system_checks = [TAG]

    def handle(self, **options: Any) -> None:
        host = settings.HOST
        port = self.read_number("PORT", 8000, 1, 65535)
        workers = self.read_number("WORKERS", os.cpu_count() or 1, 1, 256)
        if not (settings.STATIC_ROOT / "staticfiles.json").exists() and not settings.DEBUG:
            raise CommandError("The static files are not collected yet: run python manage.py collectstatic first.")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                advice = f" Another port: PORT={port % 65535 + 1} make run" if error.errno == errno.EADDRINUSE else ""
                raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.{advice}") from error
        shown = f"[{host}]" if ":" in host else host
        try:
            has_editor = Player.objects.filter(is_staff=True).exists()
        except DatabaseError as error:
            raise CommandError(f"The database is not ready: {error}. Run python manage.py migrate first.") from error
        self.stdout.write(f"Examprep is at http://{shown}:{port}/ - Ctrl+C stops it.")
        if not has_editor:
            self.stdout.write("To mend facts in the admin: .venv/bin/python manage.py make_editor you@example.org")
        self.stdout.flush()
        # PostgreSQL's client library reads it: a page that takes longer is given up. Commands may take their time.
        environment = {"PGOPTIONS": "-c statement_timeout=15s"} | os.environ
        if settings.METRICS_TOKEN and not environment.get(FOLDER):
            environment[FOLDER] = tempfile.mkdtemp(prefix="examprep-metrics-")  # new, so that figures begin at nothing
        os.execve(
            sys.executable,
            [
                *(sys.executable, "-m", "examprep.server", "--interface", "wsgi", "--host", host, "--port", str(port)),
                *("--workers", str(workers), "--blocking-threads", "1", "--backpressure", "64"),
                *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
                *("--no-ws", "--log-level", "warning", "examprep.wsgi:application"),
            ],
            environment,
        )

    def read_number(self, name: str, default: int, least: int, most: int) -> int:
        text = os.environ.get(name, "") or str(default)
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise CommandError(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
        return int(text)
