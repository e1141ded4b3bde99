"""An editor types a fact, sees what it would ask, and saves it: that is what is asked."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.test_journey import sign_in
from tests.serving import Server

pytestmark = pytest.mark.e2e

SLUG, STATEMENT = "sqs-test-journal", "Amazon SQS keeps the test journal of a queue for 36 hours."


@pytest.fixture
def bank_without_it(server: Server, bank_as_shipped: None) -> Iterator[None]:
    yield
    gone = f"from facts.models import *; Fact.objects.filter(slug__startswith='{SLUG}').update(is_withdrawn=True)"
    server.manage("shell", "-c", gone)
    server.manage("remake_questions")


def shown_stems(page: Page) -> list[str]:
    return sorted(page.locator("#preview .preview-list .stem").all_inner_texts())


@pytest.mark.usefixtures("bank_without_it")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_editor_sees_what_a_new_fact_will_ask(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    context = make_context(java_script_enabled=has_script, color_scheme="light")
    page = context.new_page()
    page.goto(f"{server.url}/admin/facts/fact/add/")
    sign_in(page, *EDITOR)
    page.wait_for_url("**/admin/facts/fact/add/")
    slug = SLUG if has_script else f"{SLUG}-plain"
    statement = STATEMENT if has_script else STATEMENT.replace("test", "plain")
    preview, button = page.locator("#preview"), page.get_by_role("button", name="Preview")
    page.get_by_label("Id:").fill(slug)
    if has_script:
        expect(preview).to_contain_text("Type a statement")
    page.get_by_label("Service:", exact=True).select_option(label="Amazon SQS")
    page.get_by_label("Statement:", exact=True).press_sequentially(statement)
    page.get_by_label("Domain").select_option("new-solutions")
    if not has_script:
        button.click()
    expect(preview.get_by_role("status")).to_contain_text("new, 0 kept, 0 retired")
    expect(preview).to_contain_text(statement)
    expect(page.get_by_label("Statement:", exact=True)).to_have_value(statement)
    stems = shown_stems(page)
    assert len(stems) > 2
    if has_script:
        found = Axe().run(page).response["violations"]
        assert [f"{entry['id']}: {node['html'][:150]}" for entry in found for node in entry["nodes"]] == []

    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.locator(".messagelist")).to_contain_text("was added")
    if not has_script:
        button.click()
    expect(preview.get_by_role("status")).to_contain_text(f"{len(stems)} questions: 0 new, {len(stems)} kept")
    assert shown_stems(page) == stems

    if has_script:  # who has been signed out meanwhile is told, and loses nothing
        context.clear_cookies(name="sessionid")
        page.get_by_label("Explanation").press_sequentially("Because.")
        expect(page.locator("#preview-trouble")).to_contain_text("You have been signed out")
        assert shown_stems(page) == stems
