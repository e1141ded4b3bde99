"""Taking a deck along, as a download of the browser."""

import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.serving import Server

pytestmark = pytest.mark.e2e


def end_a_quiz(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Ask me 10 questions").click()
    page.wait_for_url("**/quiz/*/1/")
    page.locator("label.option").first.click()
    page.get_by_role("button", name="End the quiz here").click()


def take_deck(page: Page) -> tuple[str, list[str]]:
    """The name of the file, and what is in it."""
    with page.expect_download() as started:
        page.get_by_role("button", name="Take the deck").click()
    return started.value.suggested_filename, zipfile.ZipFile(started.value.path()).namelist()


@pytest.mark.parametrize("has_script", [True, False], ids=["htmx", "no script"])
def test_guest_takes_the_deck_of_a_quiz_and_of_a_service(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = make_context(java_script_enabled=has_script, accept_downloads=True).new_page()
    end_a_quiz(page, server)
    number = page.url.rstrip("/").rpartition("/")[2]
    assert take_deck(page) == (f"examprep-quiz-{number}.apkg", ["collection.anki2", "media"])
    page.goto(f"{server.url}/facts/")
    expect(page.get_by_role("button", name="Take the deck")).to_have_count(0)
    page.get_by_label("Service").select_option("s3")
    if not has_script:
        page.get_by_role("button", name="Search").click()
    assert take_deck(page) == ("examprep-s3.apkg", ["collection.anki2", "media"])
