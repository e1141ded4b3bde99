"""A real server with the whole bank, and a real browser.

The server is the one that players get: its own process, its own database in a temporary folder, hashed static files,
the security policy on. Tests talk to it through the browser and through management commands only.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.serving import Server

PATIENCE = 60_000  # ms: a small machine that runs all tests at once is slow now and then
EDITOR = ("erin@example.org", "a long pass phrase")


@pytest.fixture(scope="session")
def server(make_database: Callable[[], str], static_files: None) -> Iterator[Server]:
    served = Server(make_database())
    served.manage("migrate", "--verbosity", "0")
    served.manage("load_facts")
    served.manage("make_editor", EDITOR[0], text=EDITOR[1] + "\n")
    with served:
        yield served


@pytest.fixture
def bank_as_shipped(server: Server) -> Iterator[None]:
    """For tests that change facts: whatever becomes of them, the tests after them meet the bank as it was."""
    yield
    server.manage("load_facts", "--overwrite")


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for the tests of this folder, and no longer: while Playwright is there, its event loop counts as running in
    this thread, and Django refuses a database to whatever other test the same process goes on with."""
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
        page.set_default_timeout(PATIENCE)
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
