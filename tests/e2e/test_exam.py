"""An exam in the browser: by keyboard, over a closed browser, without a network, without JavaScript, out of time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.keyboard import press, tab_to
from tests.e2e.test_pages import find_violations
from tests.serving import Server

pytestmark = pytest.mark.e2e


def start_short_exam(page: Page, server: Server) -> str:
    """Start an exam of 20 questions by keyboard; the address under which its questions are."""
    page.goto(f"{server.url}/quiz/exam/")
    tab_to(page, page.locator("input[name=questions]:checked"))
    page.keyboard.press("ArrowRight")
    press(page, page.get_by_role("button", name="Start the exam"))
    page.wait_for_url("**/quiz/*/1/")
    expect(page.locator(".where")).to_contain_text("Question 1 of 20")
    return page.url.removesuffix("1/")


def choose(page: Page) -> None:
    """Choose the first option, or two, by keys; it is saved at once."""
    is_two = page.locator("input[name=choice]").first.get_attribute("type") == "checkbox"
    page.keyboard.press("a")
    if is_two:
        page.keyboard.press("2")
    expect(page.locator("#saved")).to_have_text("✓ Saved", use_inner_text=True)


def expect_question(page: Page, number: int) -> None:
    expect(page.locator(".where")).to_contain_text(f"Question {number} of 20")


def test_exam_by_keyboard_over_a_closed_browser(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    context = make_context()
    page = context.new_page()
    base = start_short_exam(page, server)
    for number in range(1, 11):
        choose(page)
        if number in (3, 7):
            page.keyboard.press("f")
            expect(page.locator(".where")).to_contain_text("flagged")
        page.keyboard.press("Enter")
        expect_question(page, number + 1)
    assert page.url == f"{base}11/"
    page.keyboard.press("p")
    expect_question(page, 10)
    expect(page.locator("input[name=choice]").first).to_be_checked()

    # The browser is closed in the middle, and opened again.
    state = context.storage_state()
    context.close()
    page = make_context(storage_state=state).new_page()
    page.goto(base)
    expect_question(page, 10)
    expect(page.locator("#tally")).to_have_text("10 of 20 answered, 2 flagged")
    page.keyboard.press("n")
    expect_question(page, 11)
    for number in range(11, 20):
        choose(page)
        page.keyboard.press("n")
        expect_question(page, number + 1)

    # The last one stays open; the review says so, and leads back to it and to what was flagged.
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="19 of 20 questions are answered.")).to_be_focused()
    assert page.url == f"{base}review/"
    page.keyboard.press("Enter")
    expect_question(page, 20)
    choose(page)
    press(page, page.locator("#place-3"))
    expect_question(page, 3)
    press(page, page.get_by_role("button", name="Take the flag off"))
    expect(page.get_by_role("button", name="Flag for review")).to_be_focused()
    press(page, page.get_by_role("button", name="Review and hand in"))
    expect(page.get_by_role("heading", name="All 20 questions are answered.")).to_be_visible()
    expect(page.get_by_role("heading", name="Flagged: 1")).to_be_visible()
    press(page, page.get_by_role("button", name="Hand in now"))
    page.wait_for_url(base)
    expect(page.locator("h1")).to_contain_text("assed")
    expect(page.get_by_role("heading", name="By domain")).to_be_visible()
    expect(page.get_by_text("pilot, did not count")).to_have_count(3)
    press(page, page.get_by_role("link", name="Reasons for question 1", exact=True))
    expect_question(page, 1)
    expect(page.locator(".option.is-key").first).to_be_visible()
    page.keyboard.press("Enter")
    expect_question(page, 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_narrowest_phone(
    server: Server, make_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = make_context(color_scheme=scheme, viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{server.url}/quiz/exam/")
    found, wide = [], []

    def look() -> None:
        found.extend(find_violations(page))
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(page.url)

    look()
    page.get_by_role("button", name="Start the exam").click()  # all 75
    page.wait_for_url("**/quiz/*/1/")
    base = page.url.removesuffix("1/")
    choose(page)
    page.locator("#flag").click()
    expect(page.locator(".where")).to_contain_text("flagged")
    look()
    page.goto(f"{base}review/")
    look()
    page.goto(f"{server.url}/quiz/exam/")
    look()
    page.goto(f"{base}review/")
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(base)
    look()
    for number in (1, 2):
        page.goto(f"{base}{number}/")
        look()
    page.set_viewport_size({"width": 1280, "height": 800})
    found.extend(find_violations(page))
    assert (found, wide) == ([], [])


def test_exam_without_script(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context(java_script_enabled=False).new_page()
    base = start_short_exam(page, server)
    expect(page.locator(".countdown")).to_contain_text("left when this page came")
    press(page, page.locator("input[name=choice]").first, "Space")
    page.keyboard.press("Enter")  # the form's own way
    expect_question(page, 2)
    press(page, page.locator("input[name=choice]").first, "Space")
    press(page, page.get_by_role("button", name="Flag for review"))
    expect(page.locator("input[name=choice]").first).to_be_checked()
    press(page, page.get_by_role("button", name="Clear the choice"))
    expect(page.locator("input[name=choice]").first).not_to_be_checked()
    press(page, page.locator("#place-1"))
    expect(page.locator("input[name=choice]").first).to_be_checked()
    press(page, page.get_by_role("button", name="Review and hand in"))
    page.wait_for_url(f"{base}review/")
    press(page, page.get_by_role("button", name="Hand in now"))
    page.wait_for_url(base)
    expect(page.get_by_text("19 questions were left open")).to_be_visible()


def test_choice_without_a_network_is_sent_until_it_gets_through(
    server: Server, make_context: Callable[..., BrowserContext]
) -> None:
    page = make_context().new_page()
    start_short_exam(page, server)
    page.context.set_offline(True)
    page.keyboard.press("b")
    expect(page.locator("#trouble")).to_contain_text("sent again until it gets through")
    expect(page.locator("input[name=choice]").nth(1)).to_be_checked()
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#trouble")).to_be_hidden()
    page.reload()
    expect(page.locator("input[name=choice]").nth(1)).to_be_checked()


def test_quick_changes_and_a_slow_network_save_the_last_choice(
    server: Server, make_context: Callable[..., BrowserContext]
) -> None:
    page = make_context().new_page()
    base = start_short_exam(page, server)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    page.keyboard.press("a")
    page.wait_for_timeout(300)  # under way
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect_question(page, 2)
    network.send("Network.emulateNetworkConditions", slow | {"latency": 0})
    page.goto(f"{base}1/")
    expect(page.locator("input[name=choice]").nth(2)).to_be_checked()


def test_double_click_goes_on_by_one(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context().new_page()
    start_short_exam(page, server)
    choose(page)
    page.locator("#next").dblclick()
    expect_question(page, 2)
    page.wait_for_timeout(300)
    expect_question(page, 2)
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#tally")).to_have_text("1 of 20 answered")


def test_two_devices_at_once(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    context = make_context()
    phone, laptop = context.new_page(), context.new_page()
    base = start_short_exam(phone, server)
    laptop.goto(f"{base}1/")
    phone.keyboard.press("a")
    expect(phone.locator("#saved")).to_contain_text("Saved")
    laptop.keyboard.press("b")
    expect(laptop.locator("#error")).to_contain_text("the choice was changed to A.")
    expect(laptop.locator("input[name=choice]").nth(1)).to_be_checked()
    laptop.keyboard.press("Enter")
    expect_question(laptop, 2)
    # In the same moment: one is saved, the other hears of it.
    statuses = laptop.evaluate(
        """async () => {
            const send = (choice) => {
                const body = new URLSearchParams(new FormData(document.querySelector("form.exam-form")));
                body.set("choice", choice);
                return fetch(location.pathname, {method: "POST", body, headers: {"HX-Request": "true"}});
            };
            return (await Promise.all(["0", "1", "2"].map(send))).map((response) => response.status);
        }"""
    )
    assert sorted(statuses) == [200, 422, 422]
    ends = laptop.evaluate(
        """async () => {
            const body = new URLSearchParams(new FormData(document.querySelector("form.exam-form")));
            const send = () => fetch("../hand-in/", {method: "POST", body});
            return (await Promise.all([send(), send(), send()])).map((response) => response.status);
        }"""
    )
    assert ends == [200, 200, 200]
    laptop.goto(base)
    expect(laptop.get_by_text("18 questions were left open")).to_be_visible()


def test_time_runs_out_and_leads_to_the_report(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context().new_page()
    base = start_short_exam(page, server)
    choose(page)
    number = base.rstrip("/").rpartition("/")[2]
    server.manage(
        "shell",
        "-v0",
        "-c",
        "from datetime import timedelta; from django.utils import timezone; from facts.models import Quiz; "
        f"Quiz.objects.filter(pk={number}).update(deadline=timezone.now() + timedelta(seconds=4))",
    )
    page.reload()
    expect(page.locator("#time-news")).to_contain_text("Less than a minute is left.")
    page.wait_for_url(base)
    expect(page.get_by_text("The time was over: your exam was handed in")).to_be_visible()
    expect(page.get_by_text("19 questions were left open")).to_be_visible()
