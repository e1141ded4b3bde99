"""An editor works through the review queue without touching the mouse."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.test_journey import sign_in
from tests.serving import Server

pytestmark = pytest.mark.e2e

# Three questions that wait, the first of them asked most.
_WAIT = """
from facts.models import *
for number, question in enumerate(Question.objects.filter(kind="scenario", state="live").order_by("pk")[:3]):
    QuestionStatistics.objects.update_or_create(question=question, defaults={"asked": 90 - number})
    Question.objects.filter(pk=question.pk).update(state="review")
    print(question.stem)
"""
_BACK = """
from facts.models import *
Decision.objects.all().delete()
QuestionStatistics.objects.filter(question__kind="scenario").delete()
Question.objects.filter(kind="scenario").update(state="live", is_barred=False)
"""


@pytest.fixture
def waiting(server: Server) -> Iterator[list[str]]:
    """The stems of what waits, in order."""
    yield server.manage("shell", "--no-imports", "-c", _WAIT).strip().splitlines()
    server.manage("shell", "--no-imports", "-c", _BACK)


def test_queue_is_worked_through_by_keyboard(
    server: Server, waiting: list[str], make_context: Callable[..., BrowserContext]
) -> None:
    page = make_context(color_scheme="dark").new_page()
    page.goto(f"{server.url}/admin/facts/decision/queue/?sort=question")
    sign_in(page, *EDITOR)
    expect(page.locator(".queue > li > a").first).to_contain_text(waiting[0][:60])
    assert broken_rules(page) == []
    page.get_by_role("link", name="Work through").press("Enter")
    stem, why = page.locator(".version-statement"), page.get_by_label("Why")

    expect(stem).to_have_text(waiting[0])
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("undo the last decision")
    assert broken_rules(page) == []
    page.keyboard.press("a")
    expect(page.get_by_label("Approve")).to_be_checked()
    expect(why).to_be_focused()
    page.keyboard.type("as good as read")  # a letter that is typed is a letter
    page.keyboard.press("Enter")

    expect(stem).to_have_text(waiting[1])
    expect(page.locator(".messagelist")).to_contain_text("Approved")
    page.keyboard.press("s")
    expect(stem).to_have_text(waiting[2])
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("Say why in a few words.")
    expect(page.get_by_label("Retire")).to_be_checked()
    why.fill("Nobody needs it.")
    page.keyboard.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("Retired")
    page.keyboard.press("u") if "/queue/question/" in page.url else page.get_by_role("button", name="Undo").press(
        "Enter"
    )
    expect(stem).to_have_text(waiting[2])
    expect(page.locator(".messagelist")).to_contain_text("Undone")

    page.locator("#keys summary").press("Enter")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("a")
    expect(page.get_by_label("Approve")).not_to_be_checked()


@pytest.mark.usefixtures("waiting")
def test_queue_works_without_script_on_a_phone(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{server.url}/admin/facts/decision/queue/")
    sign_in(page, *EDITOR)
    page.get_by_role("link", name="Work through").click()
    page.get_by_label("Approve").check()
    page.get_by_label("Why").fill("Right.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".messagelist")).to_contain_text("Approved")


def broken_rules(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {node['html'][:150]}" for entry in found for node in entry["nodes"]]
