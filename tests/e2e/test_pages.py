"""Every page: nothing for axe to find in light and dark, nothing to scroll sideways on the narrowest phone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.conftest import EDITOR
from tests.serving import ROOT, Server

pytestmark = pytest.mark.e2e

PAGES = [
    "/lab/edge-storage/",
    *("/", "/facts/", "/facts/?q=lambda&status=changed", "/facts/alb-mutual-tls-verify/", "/history/", "/leaderboard/"),
    *("/history/memory/", "/history/quizzes/", "/history/reports/", "/corrections/"),
    *("/groups/", "/groups/join/none/"),
    *(
        "/leaderboard/?period=all",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/leaderboard/join/",
        "/no-such-page/",
    ),
]
MEMBER_PAGES = [
    "/accounts/",
    "/leaderboard/?period=month",
    "/groups/new/",
    "/plan/",
    "/plan/result/",
    "/readiness/",
    "/quiz/sprint/",
    "/accounts/delete/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/history/memory/?days=30",
    "/history/delete/",
    "/facts/?service=s3",
]

# Others in the group of the member who walks the pages: one ranked, one not, one removed.
COMPANY = """
from django.utils import timezone
from facts.models import Player, PlayerRating, StudyGroup
from facts.services.groups import join_group, remove_member
group = StudyGroup.objects.get(pk={group})
for number, name in enumerate(["Bea of axe", "Cleo, who has one of the longest", "Dan of axe"]):
    player = Player.objects.create(username=f"axe-{{number}}", display_name=name[:30])
    join_group(player=player, token=group.token)
    if not number:
        values = dict(value=1612, deviation=62, volatility=0.06, answered=212, right=150, rated_at=timezone.now())
        PlayerRating.objects.create(player=player, scope="", **values)
remove_member(group=group, player_id=player.pk)
print(group.token, Player.objects.get(username="axe-0").pk)
"""


def play(page: Page, server: Server) -> list[str]:
    """Take a quiz as a guest, half of it answered; the addresses of its pages."""
    page.goto(server.url)
    page.get_by_role("button", name="Ask me 10 questions").click()
    page.wait_for_url("**/quiz/*/1/")
    quiz = page.url.removesuffix("1/")
    for number in range(1, 6):
        page.goto(f"{quiz}{number}/")
        boxes = page.locator("label.option")
        boxes.nth(0).click()
        if page.locator("input[type=checkbox]").count():
            boxes.nth(1).click()
        page.get_by_role("button", name="Answer").click()
        page.locator("#verdict").wait_for()
    return [*(f"{quiz}{number}/" for number in range(1, 11))]


@pytest.fixture(scope="module")
def signed_up(server: Server, browser: Browser) -> dict:
    """The cookies of a member who has played, and the pages of their quizzes."""
    context = browser.new_context()
    page = context.new_page()
    paths = play(page, server)
    page.goto(paths[-1])
    page.get_by_role("button", name="End the quiz here").click()
    result = page.url
    running = play(page, server)
    page.goto(f"{server.url}/accounts/signup/")
    page.get_by_label("Name").fill("Ada of axe")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url(f"{server.url}/")
    group, invitation = make_group(page, server)
    state = context.storage_state()
    context.close()
    return {"state": state, "paths": [result, *running, *group], "invitation": invitation}


def make_group(page: Page, server: Server) -> tuple[list[str], str]:
    """The pages of a group with some others in it, and its invitation."""
    page.goto(f"{server.url}/groups/new/")
    page.get_by_label("Name of the group").fill("Axe and friends, evenings of spring")
    page.get_by_label("Exam date").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Make the group").click()
    page.get_by_role("button", name="Copy the link").wait_for()
    group = page.url
    number = group.rstrip("/").rsplit("/", 1)[1]
    token, other = server.manage("shell", "--no-imports", "-c", COMPANY.format(group=number)).split()
    paths = ["", "?period=all&scope=family:storage", "settings/", "leave/", "delete/", f"members/{other}/remove/"]
    return [group + path for path in paths], f"/groups/join/{token}/"


def find_violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {entry['id']}: {node['html'][:150]}" for entry in found for node in entry["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_as_a_stranger(
    server: Server, make_context: Callable[..., BrowserContext], signed_up: dict, scheme: str
) -> None:
    page = make_context(color_scheme=scheme, viewport={"width": 360, "height": 740}).new_page()
    found = []
    for path in [*PAGES, signed_up["invitation"]]:
        page.goto(server.url + path)
        found += find_violations(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_as_a_member(
    server: Server, make_context: Callable[..., BrowserContext], signed_up: dict, scheme: str
) -> None:
    page = make_context(color_scheme=scheme, storage_state=signed_up["state"]).new_page()
    found = []
    for path in [*signed_up["paths"], *(server.url + path for path in [*PAGES, *MEMBER_PAGES])]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        found += find_violations(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_of_errors(
    server: Server, make_context: Callable[..., BrowserContext], rf: RequestFactory, scheme: str
) -> None:
    page = make_context(color_scheme=scheme, viewport={"width": 320, "height": 640}).new_page()
    request = rf.get("/")
    request.user = AnonymousUser()
    names = sorted(path.name for path in (ROOT / "templates").glob("[45]*.html"))
    assert {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"} <= set(names)
    found, wide = [], []
    for name in names:
        body = render_to_string(name, {"request_id": "0123456789abcdef"}, request)
        address = f"{server.url}/{name}"
        page.route(address, lambda route, _, body=body: route.fulfill(body=body, content_type="text/html"))
        page.goto(address)
        found += find_violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert (found, wide) == ([], [])


def test_nothing_is_wider_than_the_narrowest_phone(
    server: Server, make_context: Callable[..., BrowserContext], signed_up: dict
) -> None:
    page = make_context(viewport={"width": 320, "height": 640}, storage_state=signed_up["state"]).new_page()
    wide = []
    for path in [*signed_up["paths"], *(server.url + path for path in [*PAGES, *MEMBER_PAGES])]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []


def test_admin_works_under_the_security_policy(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    page = make_context().new_page()
    page.goto(f"{server.url}/admin/")
    page.get_by_label("Email").fill(EDITOR[0])
    page.get_by_label("Password").fill(EDITOR[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("rowheader", name="Facts").get_by_role("link").click()
    page.wait_for_url("**/admin/facts/fact/")
    found = find_violations(page)
    page.get_by_role("link", name="Amazon SQS").first.click()
    page.wait_for_url("**/admin/facts/fact/**")
    for path in ("/admin/facts/fact/add/", "/admin/facts/fact/1/change/", "/admin/facts/question/"):
        page.goto(server.url + path)
        found += find_violations(page)
    assert found == []


# What reaches out of its row, or has to be scrolled sideways.
CUT_OFF = """() => [...document.querySelectorAll(".form-row :is(input, textarea, select, #id_other_services)")]
  .filter((part) => part.getBoundingClientRect().right > part.closest(".form-row").getBoundingClientRect().right + 1
    || (part.matches("div") && part.scrollWidth > part.clientWidth + 1))
  .map((part) => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [360, 1280])
def test_form_of_a_fact_is_cut_off_nowhere(
    server: Server, make_context: Callable[..., BrowserContext], width: int
) -> None:
    page = make_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{server.url}/admin/facts/fact/1/change/")
    page.get_by_label("Email").fill(EDITOR[0])
    page.get_by_label("Password").fill(EDITOR[1])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/facts/fact/1/change/")
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("has_script", [True, False], ids=["htmx", "no script"])
def test_lab_shows_what_happens_at_the_edge(
    server: Server, make_context: Callable[..., BrowserContext], has_script: bool
) -> None:
    page = make_context(java_script_enabled=has_script, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{server.url}/lab/edge-storage/")
    page.get_by_role("button", name="Send one request").click()
    page.get_by_text("A new value came").wait_for()
    page.get_by_label("The value of before, reused").check()
    page.get_by_role("button", name="Send one request").click()
    page.get_by_text("As you expected.").wait_for()
    page.get_by_role("button", name="requests at once").click()
    page.get_by_text("5 requests met 5 environments.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    if has_script:
        page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        assert find_violations(page) == []
