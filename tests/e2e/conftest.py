"""A real server with the whole bank, and a real browser.

The server is the one that players get: its own process, its own database in a temporary folder, hashed static files,
the security policy on. Tests talk to it through the browser and through management commands only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
EDITOR = ("erin@example.org", "a long pass phrase")


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        own = {
            "DATABASE_URL": f"sqlite:///{folder / 'e2e.sqlite3'}",
            "PORT": str(self.port),
            "WORKERS": "2",
            "EMAIL_URL": "",
        }
        self.environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | own

    def manage(self, *arguments: str, text: str = "") -> str:
        """Run a management command; its output."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(tmp_path_factory.mktemp("e2e"))
    served.manage("migrate", "--verbosity", "0")
    served.manage("load_facts")
    served.manage("collectstatic", "--noinput", "--verbosity", "0")
    served.manage("make_editor", EDITOR[0], text=EDITOR[1] + "\n")
    process = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=served.environment)
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"{served.url}/healthz", timeout=5):
                    break
            except OSError:
                assert process.poll() is None, "the server stopped"
                time.sleep(0.2)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=15)


@pytest.fixture
def bank_as_shipped(server: Server) -> Iterator[None]:
    """For tests that change facts: whatever becomes of them, the tests after them meet the bank as it was."""
    yield
    server.manage("load_facts", "--overwrite")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=options)
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no Chromium for the browser tests: {str(error).splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def make_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes visitors, each with cookies of their own. At the end no page may have complained, of its security policy
    or of anything else, except of failed requests, which some tests cause."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def watch(page: Page) -> None:
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None,
        )

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))  # type: ignore[arg-type]
        context.on("page", watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert [
        text for text in complaints if "Failed to load resource" not in text and "Failed to fetch" not in text
    ] == []
