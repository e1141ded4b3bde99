"""A fact from its first word to its correction: an editor writes it, a player reports it, both see what came of it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.test_journey import sign_in
from tests.serving import Server

pytestmark = pytest.mark.e2e

SERVICE, SLUG = "AWS Test Journal", "test-journal-days"
WRONG = "AWS Test Journal holds the pages of a closed volume for 36 hours."
RIGHT = WRONG.replace("36", "24")

_MAKE = f"""
from facts.models import *
family = Family.objects.get(slug="storage")
Service.objects.get_or_create(slug="test-journal", defaults=dict(name="{SERVICE}", family=family))
"""
_GONE = """
from facts.models import *
from facts.services.questions import remake_questions
facts = list(Fact.objects.filter(service__slug="test-journal"))
Fact.objects.filter(service__slug="test-journal").update(is_withdrawn=True)
for fact in facts: fact.is_withdrawn = True
remake_questions(facts)
"""


@pytest.fixture
def service_of_its_own(server: Server) -> Iterator[None]:
    """So that a quiz about it asks nothing else."""
    server.manage("shell", "--no-imports", "-c", _MAKE)
    yield
    server.manage("shell", "--no-imports", "-c", _GONE)


def mark(page: Page, words: str) -> None:
    """Mark words of the statement as a mouse or Shift with the arrow keys does."""
    page.locator("#id_statement").evaluate(
        "(area, words) => { area.focus(); const at = area.value.indexOf(words);"
        " area.setSelectionRange(at, at + words.length); area.dispatchEvent(new Event('select')); }",
        words,
    )


def write_fact(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/admin/facts/fact/add/")
    sign_in(page, *EDITOR)
    page.get_by_label("Id:").fill(SLUG)
    page.get_by_label("Service:", exact=True).select_option(label=SERVICE)
    page.get_by_label("Domain").select_option("new-solutions")
    page.get_by_label("Statement:", exact=True).fill(WRONG)
    expect(page.locator("#preview").get_by_role("status")).to_contain_text("new, 0 kept")
    mark(page, "36 hours")
    page.get_by_role("button", name="Suggest distractors").click()
    boxes = page.locator("#suggestions input[name=take]")
    expect(boxes.nth(2)).to_be_visible()
    for value in ("24 hours", "48 hours"):
        page.locator(f"#suggestions input[value='{value}']").check()
    others = [box for box in boxes.all() if not box.is_checked()]
    for box in others[:2]:
        box.check()
    page.get_by_role("button", name="Add this blank").click()
    expect(page.locator("#id_blanks-0-answer")).to_have_value("36 hours")
    expect(page.locator("#preview")).to_contain_text("holds the pages of a closed volume for _")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("was added")


def answer_and_report(page: Page, server: Server) -> None:
    """A player chooses what is right, which counts as wrong, and says so."""
    page.goto(server.url)
    page.locator("details.choose > summary").click()
    for box in page.locator("input[name=kind]").all():
        box.set_checked(box.input_value() == "fill_blank")
    page.locator("details.family > summary", has_text="Storage").click()
    page.get_by_label(SERVICE).check()
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/quiz/*/1/")
    # Which three of the four distractors are shown is drawn by the fact's id.
    options = page.locator("label", has_text="24 hours")
    expect(options.first).to_be_visible()
    options.first.click()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#verdict")).to_contain_text("Not quite")
    page.get_by_role("link", name="Something is wrong?").click()
    page.get_by_label("The answer counted as right is wrong").check()
    page.get_by_role("textbox").fill("The guide says 24 hours.")
    page.get_by_role("button", name="Send it").click()
    page.goto(f"{server.url}/history/reports/")
    expect(page.locator("main")).to_contain_text("Open")


def accept_and_mend(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/admin/facts/decision/queue/?sort=report")
    page.get_by_role("link", name="holds the pages of a closed volume").click()
    expect(page.locator("#content-main")).to_contain_text("The guide says 24 hours.")
    page.get_by_role("link", name="Decide the report").click()
    page.get_by_label("Accept").check()
    page.get_by_label("The key was wrong").check()
    page.get_by_label("24 hours").check()
    page.get_by_role("textbox", name="Answer").fill("It is 24 hours since the start.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".messagelist")).to_contain_text("1 answer scored anew: 1 more right")
    page.goto(f"{server.url}/admin/facts/fact/?q={SLUG}")
    page.get_by_role("link", name=WRONG).click()
    page.get_by_label("Statement:", exact=True).fill(RIGHT)
    page.locator("#id_blanks-0-answer").fill("24 hours")
    wrong = page.locator("#id_blanks-0-distractors")
    wrong.fill(wrong.input_value().replace("24 hours", "36 hours"))
    page.get_by_label("Tell players").check()
    page.locator("#id_why").fill("The guide says 24 hours.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")


@pytest.mark.usefixtures("service_of_its_own")
def test_a_wrong_fact_is_reported_corrected_and_scored_anew(
    server: Server, make_context: Callable[..., BrowserContext]
) -> None:
    editor, player = make_context().new_page(), make_context().new_page()
    write_fact(editor, server)
    answer_and_report(player, server)
    accept_and_mend(editor, server)

    player.goto(server.url)
    expect(player.locator("main, .messages").first).to_be_visible()
    expect(player.locator("body")).to_contain_text("A question you answered was corrected: 1 more right.")
    player.goto(f"{server.url}/history/")
    expect(player.locator("body")).not_to_contain_text("was corrected: 1 more right")  # told once
    player.goto(f"{server.url}/history/reports/")
    expect(player.locator("main")).to_contain_text("It is 24 hours since the start.")
    expect(player.locator("main table tbody tr").first.get_by_role("cell").first).to_have_text("wrong")  # before
    expect(player.locator("main table tbody tr").first.get_by_role("cell").nth(1)).to_have_text("right")
    player.locator("main table tbody tr").first.get_by_role("link").click()
    expect(player.get_by_role("note")).to_contain_text("Re-scored: your answer was counted wrong before.")
    player.goto(f"{server.url}/corrections/")
    expect(player.locator("main")).to_contain_text(RIGHT)
    expect(player.locator("main del").first).to_have_text(WRONG)
