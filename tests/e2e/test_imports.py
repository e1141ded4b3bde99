"""An editor brings in facts as a table and questions of another program; every page of it passes axe."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.test_journey import sign_in
from tests.serving import Server

pytestmark = pytest.mark.e2e

TABLE = (
    "id,statement,services,domain,state\n"
    "s3-of-a-table,Amazon S3 keeps the crate of a table for 41 days.,s3,new-solutions,draft\n"
)
GIFT = "Which of these keeps the crate of a file? {=Amazon S3 ~Amazon EC2 ~AWS Lambda ~Amazon VPC}\n"


def choose_file(page: Page, label: str, name: str, text: str) -> None:
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})


def axe_complaints(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {node['html'][:150]}" for entry in found for node in entry["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("bank_as_shipped")
def test_editor_brings_in_a_table_and_a_file_of_questions(
    server: Server, make_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = make_context(color_scheme=scheme, viewport={"width": 390, "height": 800}).new_page()
    page.goto(f"{server.url}/admin/facts/fact/import/")
    sign_in(page, *EDITOR)
    expect(page.get_by_role("heading", name="Import facts")).to_be_visible()
    assert axe_complaints(page) == []

    # A fault is named by its place, and nothing can be confirmed.
    choose_file(page, "Table", "crates.csv", TABLE.replace("new-solutions", "old-solutions"))
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator("#content")).to_contain_text("domain")
    expect(page.get_by_role("button", name="Change 1 fact")).to_have_count(0)
    assert axe_complaints(page) == []

    # The right table is shown before it is done.
    choose_file(page, "Table", "crates.csv", TABLE)
    page.get_by_role("button", name="See what it would change").click()
    expect(page.get_by_role("heading", name="crates.csv: 1 new, 0 changed, 0 unchanged")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("Amazon S3 keeps the crate of a table for 41 days.")
    assert axe_complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{server.url}/admin/facts/fact/import-questions/")
    assert axe_complaints(page) == []
    choose_file(page, "Questions", "crates.gift.txt", GIFT)
    page.get_by_role("button", name="See what it gives").click()
    expect(page.get_by_role("button", name="Keep 1 draft")).to_be_visible()
    assert axe_complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{server.url}/admin/facts/fact/export/")
    assert axe_complaints(page) == []
