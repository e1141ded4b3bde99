"""What happens to an answer when fingers slip and lines break."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.serving import Server

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(server: Server, make_context: Callable[..., BrowserContext]) -> Page:
    """A guest before the first question of a quiz of true/false questions."""
    page = make_context().new_page()
    page.goto(server.url)
    page.locator("details.choose > summary").click()
    for box in page.locator("input[name=kind]").all()[1:]:
        box.uncheck()
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/quiz/*/1/")
    return page


def count_answered(page: Page) -> str:
    page.goto(page.url)
    return page.locator(".segments").get_attribute("aria-label") or ""


def test_double_click_counts_once(page: Page) -> None:
    page.keyboard.press("a")
    page.get_by_role("button", name="Answer").dblclick()
    expect(page.locator("#verdict")).to_be_visible()
    assert count_answered(page).startswith("1 of 10 answered")


def test_second_tab_cannot_answer_again(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    first = page.locator(".option .verdict", has_text="your answer").inner_text()
    other.keyboard.press("b")
    other.keyboard.press("Enter")
    expect(other.locator("#verdict")).to_contain_text("the first answer counts")
    assert other.locator(".option .verdict", has_text="your answer").inner_text() == first


def test_reload_after_the_answer_shows_the_same(page: Page) -> None:
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    verdict = page.locator("#verdict").inner_text()
    page.reload()
    assert page.locator("#verdict").inner_text() == verdict


def test_back_button_shows_the_answered_question(page: Page) -> None:
    first = page.url
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Question 2 of 10", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Question 1 of 10", exact=True)).to_be_visible()
    assert page.url == first
    expect(page.locator("#verdict")).to_be_visible()


def test_lost_connection_keeps_the_choice_and_the_answer_can_be_sent_again(page: Page) -> None:
    page.keyboard.press("b")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    expect(page.locator("input[name=choice]").nth(1)).to_be_checked()
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    assert count_answered(page).startswith("1 of 10 answered")


def test_keys_before_the_first_timers_of_the_page_lose_no_answer(page: Page) -> None:
    """A busy browser runs timers late, and htmx begins with one."""
    page.context.add_init_script(
        "const soon = window.setTimeout;"
        "window.setTimeout = (task, delay, ...rest) => soon(task, delay || 3_600_000, ...rest);"
    )
    page.reload()
    page.context.set_offline(True)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    expect(page.locator("input[name=choice]").nth(1)).to_be_checked()


def test_nothing_chosen_says_so_and_keys_still_work(page: Page) -> None:
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose an option, then answer.")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()


def test_unfinished_quiz_is_offered_on_the_home_page(page: Page, server: Server) -> None:
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    page.goto(server.url)
    expect(page.get_by_text("1 of 10 answered")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("Question 2 of 10", exact=True)).to_be_visible()


def test_search_shows_facts_as_one_types(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context().new_page()
    page.goto(f"{server.url}/facts/")
    page.get_by_label("Search").press_sequentially("blockchain")
    expect(page.locator("#found [role=status]")).to_contain_text("facts")
    expect(page.locator("mark").first).to_be_visible()
    assert page.url.split("?")[1].startswith("q=blockchain")
