"""From a first visit to a mended fact, by keyboard alone, with JavaScript and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.keyboard import press, tab_to, type_into
from tests.serving import Server

pytestmark = [pytest.mark.e2e, pytest.mark.both_engines]

SERVICES = {"Application integration": "Amazon SQS", "Database": "Amazon DynamoDB"}


def choose_quiz(page: Page, services: dict[str, str], length: int, kinds: list[str]) -> None:
    """Open the form on the home page and start a quiz from it."""
    press(page, page.locator("details.choose > summary"))
    tab_to(page, page.locator("#length"))
    page.keyboard.press("Control+A")
    page.keyboard.type(str(length))
    for box in page.locator("input[name=kind]").all():
        if kinds and box.input_value() not in kinds:
            press(page, box, "Space")
    for family, service in services.items():
        press(page, page.locator("details.family > summary", has_text=family))
        press(page, page.get_by_label(service), "Space")
    press(page, page.get_by_role("button", name="Start the quiz"))
    page.wait_for_url("**/quiz/*/1/")


def answer(page: Page, has_script: bool) -> None:
    """Choose the first option (or two) and answer."""
    boxes = page.locator("input[name=choice]")
    count = 2 if boxes.first.get_attribute("type") == "checkbox" else 1
    if has_script:
        for key in "ab"[:count]:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    else:
        for index in range(count):
            press(page, boxes.nth(index), "Space")
        press(page, page.get_by_role("button", name="Answer"))
    expect(page.locator("#verdict")).to_be_visible()


def go_on(page: Page, has_script: bool) -> None:
    if has_script:
        page.keyboard.press("Enter")
    else:
        press(page, page.locator("#next"))


def sign_in(page: Page, email: str, password: str) -> None:
    type_into(page, "Email", email)
    type_into(page, "Password", password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("has_script", [True, False], ids=["htmx", "no script"])
@pytest.mark.usefixtures("bank_as_shipped")
def test_guest_plays_signs_up_and_an_editor_mends_a_fact(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = make_context(java_script_enabled=has_script).new_page()
    page.goto(server.url)

    # A guest takes a quiz of ten questions over two services.
    choose_quiz(page, SERVICES, 10, [])
    for number in range(1, 11):
        expect(page.get_by_text(f"Question {number} of 10", exact=True)).to_be_visible()
        answer(page, has_script)
        go_on(page, has_script)
    expect(page.get_by_role("heading", name="By service")).to_be_visible()
    result = page.url
    told = page.locator(".answers").text_content()
    names = page.locator("table tbody th").all_inner_texts()
    assert names
    fact_path = page.locator(".answer p.soft a", has_text="Open the fact").first.get_attribute("href")
    assert fact_path
    page.goto(server.url + fact_path)
    old = page.locator("h1").inner_text()
    service = page.locator(".kind a").first.inner_text()
    family = page.locator("dl.about a[href*=family]").inner_text()

    # The guest signs up and keeps everything.
    page.goto(result)
    press(page, page.get_by_role("link", name="Sign up"))
    page.wait_for_url("**/signup/")
    name = "Keyboard player" if has_script else "Plain player"
    type_into(page, "Name", name)
    type_into(page, "Email", f"{name.split()[0].lower()}@example.org")
    type_into(page, "Password", "a long pass phrase")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")
    press(page, page.get_by_role("link", name="History", exact=True))
    press(page, page.get_by_role("link", name="Quizzes", exact=True))
    expect(page.get_by_role("cell", name="Amazon DynamoDB, Amazon SQS")).to_be_visible()
    press(page, page.get_by_role("link", name="Board"))
    expect(page.get_by_text("more first attempts at questions with several options")).to_be_visible()

    # An editor changes the statement of a fact that was asked.
    new = old.removesuffix(".") + ", as of today."
    editor = make_context().new_page()
    editor.goto(server.url + fact_path)
    editor.goto(f"{server.url}/admin/")
    sign_in(editor, *EDITOR)
    editor.wait_for_url("**/admin/")
    editor.goto(server.url + fact_path)
    press(editor, editor.get_by_role("link", name="Mend this fact"))
    tab_to(editor, editor.locator("#id_statement"))
    editor.keyboard.press("Control+A")
    editor.keyboard.type(new)
    tab_to(editor, editor.locator("#id_why"))
    editor.keyboard.type("AWS has said so since this morning.")
    press(editor, editor.locator("input[name=_save]").first)
    expect(editor.locator(".messagelist")).to_contain_text("Questions:")
    expect(editor.locator(".messagelist")).to_contain_text("as of today")

    # The next quiz asks the new wording; the old result still shows the old one.
    page.goto(server.url)
    choose_quiz(page, {family: service}, 75, ["fill_blank"])
    start, count = page.url.removesuffix("1/"), int(page.locator(".where").inner_text().split(" of ")[1].split()[0])
    stems = []
    for number in range(1, count + 1):
        page.goto(f"{start}{number}/")
        stems.append(page.locator("h1.stem").inner_text())
    assert sum("as of today" in stem for stem in stems) == 1
    page.goto(result)
    assert page.locator(".answers").text_content() == told
