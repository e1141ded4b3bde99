"""An editor pastes fifty plain sentences, and a player is asked what was made of them, by keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import EDITOR
from tests.e2e.keyboard import press, tab_to
from tests.e2e.test_journey import choose_quiz, sign_in
from tests.serving import Server

pytestmark = pytest.mark.e2e

FAMILY, SERVICE = "Media of the test", "Amazon Test Tube"
PLAIN = [
    f"{SERVICE} keeps the {colour} sample of each {place} for {number} hours."
    for number, (colour, place) in enumerate(
        (
            (colour, place)
            for colour in ("red", "blue", "green", "brown", "black")
            for place in ("rack", "shelf", "room")
        ),
        20,
    )
]
MORE = [
    f"{SERVICE} {verb} every {thing} of an account."
    for verb in ("stores", "encrypts", "compresses", "replicates")
    for thing in ("diary", "ledger", "poster", "letter", "ticket", "recipe", "manual", "sketch")
]
DOUBTFUL = f"{SERVICE} buckets store changes in the log for 24 hours."
REFUSED = [
    "It keeps the log for a day. | test-tube",
    f"{SERVICE} keeps <b>each log</b> for a day. | test-tube",
]
LINES = [f"{text} | {SERVICE}" for text in [*PLAIN, *MORE, DOUBTFUL]] + REFUSED


@pytest.fixture
def service(server: Server, bank_as_shipped: None) -> Iterator[None]:
    """A service without facts; what was pasted about it is withdrawn in the end."""
    made = "from facts.models import *; "
    made += f"family, _ = Family.objects.get_or_create(slug='media-of-the-test', defaults={{'name': '{FAMILY}'}}); "
    made += f"Service.objects.get_or_create(slug='test-tube', defaults={{'name': '{SERVICE}', 'family': family}})"
    server.manage("shell", "-c", made)
    yield
    gone = "from facts.models import *; Fact.objects.filter(service__slug='test-tube').update(is_withdrawn=True)"
    server.manage("shell", "-c", gone)
    server.manage("remake_questions")


def stems_of_quiz(page: Page) -> list[str]:
    start, count = page.url.removesuffix("1/"), int(page.locator(".where").inner_text().split(" of ")[1].split()[0])
    stems = []
    for number in range(1, count + 1):
        page.goto(f"{start}{number}/")
        stems.append(page.locator("h1.stem").inner_text())
    return stems


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
@pytest.mark.usefixtures("service")
def test_editor_pastes_fifty_sentences_and_a_player_is_asked_them(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    assert len(LINES) == 50
    editor = make_context(java_script_enabled=has_script, color_scheme="light").new_page()
    editor.goto(f"{server.url}/admin/facts/fact/")
    sign_in(editor, *EDITOR)
    editor.wait_for_url("**/admin/facts/fact/")
    press(editor, editor.get_by_role("link", name="Paste facts"))

    # What each line gives, and why two are refused.
    tab_to(editor, editor.get_by_label("Sentences"))
    editor.get_by_label("Sentences").fill("\n".join(LINES))
    press(editor, editor.get_by_role("button", name="See what they give"))
    expect(editor.get_by_role("heading", name="48 fit, 2 refused, 1 to confirm")).to_be_visible()
    rows = editor.locator("table.paste tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.nth(0).locator("summary")).to_contain_text("2 × true or false, 1 × fill in the blank")
    press(editor, rows.nth(0).locator("summary"))
    expect(rows.nth(0).locator(".previews")).to_contain_text(PLAIN[0])
    expect(rows.nth(48)).to_contain_text("starts with a word that stands for something else: name the subject")
    expect(rows.nth(49)).to_contain_text("has HTML: write plain text")
    expect(rows.nth(49)).to_contain_text("<b>each log</b>")
    if has_script:
        editor.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        found = Axe().run(editor).response["violations"]
        assert [f"{entry['id']}: {node['html'][:150]}" for entry in found for node in entry["nodes"]] == []

    # The doubtful one: its verb is chosen, and it gives questions.
    doubtful = editor.get_by_role("row", name=DOUBTFUL)
    expect(doubtful).to_contain_text("in review until you have said yes")
    tab_to(editor, doubtful.get_by_label("The verb of this sentence is"))
    editor.keyboard.type("store")
    press(editor, editor.get_by_role("button", name="See what they give"))
    expect(doubtful.locator("summary")).to_contain_text("2 × true or false")
    expect(doubtful.locator("option:checked")).to_have_text("store")

    # Added; the refused ones stay in the box.
    press(editor, editor.get_by_role("button", name="Add 48 facts"))
    expect(editor.locator(".messagelist")).to_contain_text("48 facts added with")
    assert editor.get_by_label("Sentences").input_value().splitlines() == REFUSED

    # A player is asked, of each fact once, what stands there or what was made of it.
    page = make_context(java_script_enabled=has_script).new_page()
    page.goto(server.url)
    choose_quiz(page, {FAMILY: SERVICE}, 48, ["true_false"])
    stems = stems_of_quiz(page)
    assert len(stems) > 40
    assert all(SERVICE in stem for stem in stems)
    pasted = {*PLAIN, *MORE, DOUBTFUL}
    assert pasted & set(stems)
    assert set(stems) - pasted
