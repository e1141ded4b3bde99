"""A group from its making to its end, by two who study together; and many who join at once."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Server

pytestmark = [pytest.mark.e2e, pytest.mark.both_engines]

RATE = """
from django.utils import timezone
from facts.models import Player, PlayerRating
for name, value in (("Olive of the group", 1500), ("Paul of the group", 1600)):
    PlayerRating.objects.create(
        player=Player.objects.get(display_name=name), scope="", value=value, deviation=80, volatility=0.06,
        answered=40, right=30, rated_at=timezone.now(),
    )
"""


def sign_up(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(f"{name.split()[0].lower()}@group.example.org")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign up").click()


def test_two_study_together(server: Server, make_context: Callable[..., BrowserContext]) -> None:
    context = make_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    olive = context.new_page()
    paul = make_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()

    # Olive makes a group and copies its link.
    olive.goto(f"{server.url}/groups/")
    olive.get_by_role("link", name="Sign up to make a group").click()
    sign_up(olive, "Olive of the group")
    olive.wait_for_url("**/groups/new/")
    olive.get_by_label("Name of the group").fill("Evenings with Olive")
    olive.get_by_label("Exam date").fill((date.today() + timedelta(days=40)).isoformat())
    olive.get_by_role("button", name="Make the group").click()
    olive.get_by_role("button", name="Copy the link").click()
    expect(olive.locator("#copied")).to_have_text("Copied.")
    group, invitation = olive.url, olive.evaluate("navigator.clipboard.readText()")
    assert invitation.startswith(f"{server.url}/groups/join/")

    # Paul follows it, signs up, comes back to it, and joins.
    paul.goto(invitation)
    expect(paul.get_by_role("heading", level=1)).to_have_text("Evenings with Olive")
    expect(paul.get_by_text("The group has 1 member.")).to_be_visible()
    assert "Olive of the group" not in paul.content()
    paul.get_by_role("link", name="Sign up").click()
    sign_up(paul, "Paul of the group")
    paul.wait_for_url(invitation)
    expect(paul.get_by_text("Members of this group will see your name and your rating")).to_be_visible()
    paul.get_by_role("button", name="Join the group").click()
    paul.wait_for_url(group)
    expect(paul.get_by_role("row", name="Olive of the group")).to_contain_text("0 of 30 answers")
    paul.get_by_role("button", name="Plan for that day").click()
    expect(paul.get_by_text("Your own plan is for that day too.")).to_be_visible()

    # Both are on the board, by period and scope.
    server.manage("shell", "--no-imports", "-c", RATE)
    paul.goto(group)
    assert paul.locator("table.board tbody th").all_inner_texts() == ["Paul of the group you", "Olive of the group"]
    olive.goto(group)
    expect(olive.get_by_text("You stand at rank 2 of 2")).to_be_visible()
    olive.get_by_label("About").select_option("family:storage")
    expect(olive.get_by_text("You are not ranked yet: 30 more rated answers about Storage.")).to_be_visible()
    assert olive.url.endswith("?period=week&scope=family%3Astorage")

    # The link is renewed, and the one before is dead.
    olive.get_by_role("button", name="Renew the link").click()
    expect(olive.get_by_text("the one before works no longer.", exact=False).first).to_be_visible()
    renewed = olive.get_by_label("The invitation link").input_value()
    stranger = make_context().new_page()
    stranger.goto(invitation)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("This invitation does not work")

    # Paul is removed, let back in, joins again and leaves.
    olive.goto(f"{group}settings/")
    olive.get_by_role("link", name="Remove Paul of the group").click()
    olive.get_by_role("button", name="Remove", exact=True).click()
    expect(olive.get_by_role("heading", name="Removed")).to_be_visible()
    assert paul.goto(group).status == 404
    paul.goto(renewed)
    expect(paul.get_by_text("You were removed from this group.")).to_be_visible()
    olive.get_by_role("button", name="Let back in Paul of the group").click()
    expect(olive.get_by_text("Paul of the group can join again")).to_be_visible()
    paul.goto(renewed)
    paul.get_by_role("button", name="Join the group").click()
    paul.get_by_role("link", name="Leave the group").click()
    paul.get_by_role("button", name="Leave", exact=True).click()
    expect(paul.get_by_text("You are in no group.")).to_be_visible()

    # Olive, alone again, ends it.
    olive.goto(group)
    expect(olive.get_by_text("1 member.")).to_be_visible()
    olive.get_by_role("link", name="Leave the group").click()
    olive.get_by_role("button", name="Leave and delete the group").click()
    expect(olive.get_by_text("You are in no group.")).to_be_visible()
    assert olive.goto(group).status == 404


CROWD, FREE = 12, 4
NEARLY_FULL = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from facts.models import Membership, Player
from facts.selectors.groups import MOST_MEMBERS
from facts.services.groups import make_group
from facts.sessions import SessionStore

make = lambda what, count: Player.objects.bulk_create(Player(username=f"{{what}}-{{n}}") for n in range(count))
organiser, *members = make("settled", MOST_MEMBERS - {free})
group, _ = make_group(player=organiser, name="Nearly full", exam_on=None)
Membership.objects.bulk_create(Membership(group=group, player=player) for player in members)
print(group.pk, group.token)
for player in make("late", {crowd}):
    session = SessionStore()
    session[SESSION_KEY] = str(player.pk)
    session[BACKEND_SESSION_KEY] = "facts.backends.PlayerBackend"
    session[HASH_SESSION_KEY] = player.get_session_auth_hash()
    session.save()
    print(session.session_key)
"""


def test_crowd_that_joins_at_once_takes_the_free_places_only(server: Server) -> None:
    printed = server.manage("shell", "--no-imports", "-c", NEARLY_FULL.format(free=FREE, crowd=CROWD))
    (group, token, *sessions) = printed.split()
    csrf = "a" * 32

    headers = {"X-CSRFToken": csrf, "Content-Type": "application/x-www-form-urlencoded"}

    def join(session: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            cookies = {"Cookie": f"sessionid={session}; csrftoken={csrf}"}
            connection.request("POST", "/groups/join/", urlencode({"token": token}), headers | cookies)
            return connection.getresponse().status

    # Each twice, as by a double click: whoever got in is led to the group again, whoever did not is told again.
    with ThreadPoolExecutor(2 * CROWD) as pool:
        statuses = Counter(pool.map(join, sessions * 2))
    assert statuses == {302: 2 * FREE, 409: 2 * (CROWD - FREE)}
    count = f"from facts.models import Membership; print(Membership.objects.filter(group={group}).count())"
    assert server.manage("shell", "--no-imports", "-c", count).strip() == "200"
