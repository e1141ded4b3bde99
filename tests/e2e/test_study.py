"""Studying for a date: the plan, today's session, a sprint whose time runs out."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.serving import Server

pytestmark = pytest.mark.e2e

# What the first option of a question is worth is chance; a wrong answer is made sure of in the database.
KEYS = """
import json
from facts.models import QuizQuestion
row = QuizQuestion.objects.get(quiz={quiz}, position={position})
print(json.dumps([option["correct"] for option in row.options]))
"""


def choose(page: Page, server: Server, *, right: bool) -> None:
    """Answer the question that is shown."""
    quiz, position = page.url.rstrip("/").split("/")[-2:]
    printed = server.manage("shell", "--no-imports", "-c", KEYS.format(quiz=quiz, position=position))
    options = json.loads(printed)
    keys = [index for index, is_key in enumerate(options) if is_key]
    others = [index for index, is_key in enumerate(options) if not is_key]
    for index in keys if right else others[: len(keys)]:
        page.locator(f"input[name=choice][value='{index}']").check(force=True)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#verdict")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["htmx", "no script"])
def test_plan_asks_for_a_session_and_brings_back_what_was_missed(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = make_context(java_script_enabled=has_script, timezone_id="Europe/Vienna").new_page()
    page.goto(f"{server.url}/plan/")
    if has_script:
        expect(page.get_by_label("Time zone")).to_have_value("Europe/Vienna")
    page.get_by_label("Exam date").fill("2001-01-01")
    page.get_by_label("Questions in a session").fill("5")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("That day has passed.")).to_be_visible()
    expect(page.get_by_label("Questions in a session")).to_have_value("5")
    page.get_by_label("Exam date").fill((date.today() + timedelta(days=21)).isoformat())
    page.get_by_role("button", name="Save the plan").click()
    page.wait_for_url(f"{server.url}/")
    expect(page.get_by_text("days to your exam")).to_be_visible()
    if has_script:
        expect(page.get_by_text("Too early to tell")).to_be_visible()
    page.get_by_role("button", name="Start today’s session").click()
    page.wait_for_url("**/quiz/*/1/")
    stem = page.locator("h1.stem").inner_text()  # before the answer, which fills the gap of a blank
    choose(page, server, right=False)
    expect(page.locator("#verdict")).to_contain_text("It comes once more at the end.")
    for number in range(2, 6):
        page.locator("#next").click()
        expect(page.get_by_text(f"Question {number} of 6")).to_be_visible()
        choose(page, server, right=True)
    page.locator("#next").click()
    expect(page.get_by_text("once more")).to_be_visible()
    assert page.locator("h1.stem").inner_text() == stem
    choose(page, server, right=True)
    page.get_by_role("link", name="See the result").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 of 5 right.")
    page.goto(f"{server.url}/history/memory/")
    expect(page.get_by_role("button", name="Practise these 5")).to_be_visible()


def test_time_of_a_sprints_question_runs_out_by_itself(
    server: Server, make_context: Callable[..., BrowserContext]
) -> None:
    page = make_context().new_page()
    page.goto(f"{server.url}/quiz/sprint/")
    page.get_by_role("button", name="Start the sprint").click()
    page.wait_for_url("**/quiz/*/1/")
    quiz = page.url.rstrip("/").split("/")[-2]
    # As if the page had been open for all but a second of its time.
    server.manage(
        "shell",
        "--no-imports",
        "-c",
        "from datetime import timedelta; from facts.models import QuizQuestion as Q; "
        f"row = Q.objects.get(quiz={quiz}, position=1); "
        "row.shown_at -= timedelta(seconds=row.seconds_allowed - 1); row.save()",
    )
    page.reload()
    expect(page.locator("#verdict")).to_contain_text("The time was over.")
    expect(page.locator("#verdict")).to_contain_text("It comes once more at the end.")
    expect(page.get_by_text("Question 1 of 21")).to_be_visible()
