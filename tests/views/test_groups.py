"""The pages of groups: for members, for the organiser, and what strangers see of them."""

import csv
import logging
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from facts.models import Membership, Player, Removal, StudyGroup, StudyPlan
from facts.services import groups as services
from facts.services.groups import remove_member, renew_link
from facts.services.players import make_guest
from facts.views import groups as views
from tests.factories import answer_quiz, make_facts, make_player, make_quiz, make_study_group, rate_player

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()
SIGNUP = {"display_name": "Dora", "email": "dora@example.org", "password1": "a long pass phrase"}
# What members may open, what the organiser may open, and what either may send; of group 1.
MEMBERS_PAGES = ["", "leave/"]
ORGANISERS_PAGES = ["settings/", "delete/", "members/{other}/remove/"]
POST_ONLY = ["link/", "exam-date/", "members/{other}/let-back/"]


def client_of(player):
    client = Client()
    client.force_login(player, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def group(alice, bob):
    """Alice looks after it, Bob is in it."""
    return make_study_group(alice, bob)


@pytest.fixture
def carol(db):
    """A stranger to the group."""
    return make_player("Carol")


@pytest.fixture
def carol_client(carol):
    return client_of(carol)


@pytest.fixture
def guest_client(db):
    return client_of(make_guest())


def at(group, path="", **values):
    return f"/groups/{group.pk}/{path.format(**values)}"


def link(group):
    return f"/groups/join/{group.token}/"


def members(group):
    return sorted(str(own.player) for own in Membership.objects.filter(group=group).select_related("player"))


def told(response):
    return [str(message) for message in response.context["messages"]]


# One's groups


def test_groups_of_a_member_are_listed(alice_client, group):
    response = alice_client.get("/groups/")
    assertContains(response, "Vienna evenings")
    assertContains(response, '<span class="badge">organiser</span>')


def test_groups_of_others_are_not_listed(carol_client, group):
    response = carol_client.get("/groups/")
    assertNotContains(response, "Vienna evenings")
    assertContains(response, "You are in no group.")


@pytest.mark.parametrize("who", ["stranger", "guest"])
def test_groups_tell_those_without_an_account_what_they_are(client, guest_client, who):
    response = (client if who == "stranger" else guest_client).get("/groups/")
    assertContains(response, 'href="/accounts/signup/?next=/groups/new/"')


def test_account_page_leads_to_the_groups(alice_client):
    assertContains(alice_client.get("/accounts/"), 'href="/groups/"')


# Making one


def test_group_is_made_and_shows_its_link(alice_client, alice):
    exam_on = TODAY + timedelta(days=30)
    response = alice_client.post("/groups/new/", {"name": "  Vienna  ", "exam_on": exam_on.isoformat()}, follow=True)
    made = StudyGroup.objects.get()
    assertRedirects(response, at(made))
    assert (made.name, made.exam_on, members(made)) == ("Vienna", exam_on, ["Alice"])
    assertContains(response, f'value="http://testserver{link(made)}"')


def test_group_sent_twice_is_made_once(alice_client):
    for _ in range(2):
        response = alice_client.post("/groups/new/", {"name": "Vienna"}, follow=True)
    assert StudyGroup.objects.count() == 1
    assertContains(response, "You look after a group of that name already.")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "Give the group a name."),
        ({"name": "ab"}, "A name has 3 to 50 characters; this one has 2."),
        ({"name": "a" * 51}, "A name has 3 to 50 characters; this one has 51."),
        ({"name": "me@example.org"}, "must not be an e-mail address"),
        ({"exam_on": "next spring"}, "That is not a date."),
        ({"exam_on": "2001-01-01"}, "That day has passed."),
        ({"exam_on": "2999-01-01"}, "more than two years ahead"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "changed"])
def test_group_that_cannot_be_meant_says_why_and_keeps_what_was_typed(alice_client, group, is_new, values, message):
    values = {"name": "Linz evenings", "exam_on": "2030-13-45"} | values
    response = alice_client.post("/groups/new/" if is_new else at(group, "settings/"), values)
    assertContains(response, message, status_code=422)
    for value in filter(None, values.values()):
        assertContains(response, f'value="{value}"', status_code=422)
    assert StudyGroup.objects.get().name == "Vienna evenings"


def test_one_group_too_many_says_so_and_keeps_what_was_typed(alice_client, group, monkeypatch):
    monkeypatch.setattr(services, "MOST_LOOKED_AFTER", 1)
    response = alice_client.post("/groups/new/", {"name": "Linz evenings"})
    assertContains(response, "You look after 1 groups", status_code=422)
    assertContains(response, 'value="Linz evenings"', status_code=422)


# The group's page


def test_group_shows_its_board(bob_client, group, alice, bob):
    rate_player(alice, 1600)
    rate_player(bob, 1500, answered=12)
    response = bob_client.get(at(group))
    assertContains(response, "2 members.")
    assertContains(response, '<td class="number">1,500</td>')
    assertContains(response, "12 of 30 answers")
    assertContains(response, "<strong>18 more rated answers</strong>")
    assertNotContains(response, "@example.org")


def test_link_is_shown_to_the_organiser_alone(alice_client, bob_client, group):
    assertContains(alice_client.get(at(group)), group.token)
    assertNotContains(bob_client.get(at(group)), group.token)


def test_board_by_period_and_scope_for_htmx(bob_client, group, alice, htmx):
    make_facts(1)
    rate_player(alice, 1600, scope="family:storage", rated_at=timezone.now() - timedelta(days=60))
    with assertTemplateUsed("facts/group.html#board"):
        response = bob_client.get(at(group) + "?period=all&scope=family:storage", headers=htmx)
    assertContains(response, '<td class="number">1,500</td>')
    assertContains(response, "?period=month&amp;scope=family%3Astorage")
    assertNotContains(response, "<h1")
    assertContains(bob_client.get(at(group) + "?scope=family:storage"), "no rated answer this week")


@pytest.mark.parametrize("query", ["period=decade", "scope=none", "scope=%00", "scope=family:", "period[]=1"])
def test_board_with_nonsense_is_still_a_page(alice_client, group, query):
    assertContains(alice_client.get(f"{at(group)}?{query}"), "The whole exam")


def test_own_answers_count_on_the_board_at_once(alice_client, group, alice):
    answer_quiz(make_quiz(alice, length=5))
    alice_client.get(at(group))
    alice.refresh_from_db()
    assert alice.folded_until is not None


@pytest.mark.parametrize("member_count", [1, 3])
def test_group_query_count_is_fixed(alice_client, alice, member_count, django_assert_num_queries):
    make_facts(1)
    others = [make_player(f"Member {number}") for number in range(member_count)]
    group = make_study_group(alice, *others)
    for player in [alice, *others]:
        rate_player(player)
    with django_assert_num_queries(9):
        alice_client.get(at(group))


@pytest.mark.parametrize("member_count", [1, 3])
def test_query_count_of_lists_is_fixed(alice_client, alice, member_count, django_assert_num_queries):
    for number in range(member_count):
        gone, stays = make_player(f"Gone {number}"), make_player(f"Stays {number}")
        group = make_study_group(alice, gone, stays, name=f"Group {number}")
        remove_member(group=group, player_id=gone.pk)
    with django_assert_num_queries(3):
        alice_client.get("/groups/")
    with django_assert_num_queries(6):
        alice_client.get(at(group, "settings/"))


# Who may open what


@pytest.mark.parametrize("path", [*MEMBERS_PAGES, *ORGANISERS_PAGES])
def test_page_opens_for_those_it_is_for(alice_client, bob_client, carol_client, group, bob, path):
    address = at(group, path, other=bob.pk)
    statuses = [client.get(address).status_code for client in (alice_client, bob_client, carol_client)]
    assert statuses == ([200, 200, 404] if path in MEMBERS_PAGES else [200, 404, 404])


@pytest.mark.parametrize(
    "path", ["settings/", "delete/", "members/{other}/remove/", "link/", "members/{other}/let-back/"]
)
def test_members_cannot_do_what_the_organiser_does(bob_client, carol_client, group, alice, bob, path):
    before = StudyGroup.objects.values().get()
    for client in (bob_client, carol_client):
        response = client.post(at(group, path, other=bob.pk), {"name": "Taken over"})
        assert response.status_code == 404 or (response.status_code, response.url) == (302, "/groups/")
    assert (StudyGroup.objects.values().get(), members(group)) == (before, ["Alice", "Bob"])


@pytest.mark.parametrize("path", ["", "settings/", "delete/", "leave/", "members/1/remove/"])
def test_group_that_is_not_is_as_one_of_others(carol_client, group, path):
    assert carol_client.get(f"/groups/{group.pk}/{path}").status_code == 404
    for number in (group.pk + 1, "9" * 30):
        assert carol_client.get(f"/groups/{number}/{path}").status_code == 404


def test_stranger_cannot_take_the_exam_date(carol_client, carol, alice):
    day = TODAY + timedelta(days=9)
    group = make_study_group(alice, exam_on=day)
    assert carol_client.post(at(group, "exam-date/"), {"exam_on": day.isoformat()}).status_code == 404
    assert not StudyPlan.objects.exists()


@pytest.mark.parametrize("path", [*MEMBERS_PAGES, *ORGANISERS_PAGES])
def test_page_asks_those_without_an_account_to_sign_in_and_comes_back(client, guest_client, group, bob, path):
    address = at(group, path, other=bob.pk)
    assertRedirects(client.get(address), f"/accounts/login/?next={address}")
    assertRedirects(guest_client.get(address), f"/accounts/signup/?next={address}")


@pytest.mark.parametrize("path", ["new/", "1/leave/", "1/delete/", "1/link/", "1/exam-date/", "1/members/1/remove/"])
def test_post_of_a_stranger_changes_nothing(client, group, path):
    assertRedirects(client.post(f"/groups/{path}", {"name": "Mine"}), "/accounts/login/?next=/groups/")
    assert (StudyGroup.objects.get().name, members(group)) == ("Vienna evenings", ["Alice", "Bob"])


def test_board_of_a_session_that_is_over_leads_the_whole_page_to_signing_in(client, group, htmx):
    response = client.get(at(group), headers=htmx)
    assert unquote(response.headers["HX-Redirect"]) == f"/accounts/login/?next={at(group)}"


@pytest.mark.parametrize("path", POST_ONLY)
def test_what_changes_something_is_not_done_by_get(alice_client, group, bob, path):
    assert alice_client.get(at(group, path, other=bob.pk)).status_code == 405


@pytest.mark.parametrize("path", ["/groups/", "/groups/{group}/", "/groups/join/{token}/"])
def test_page_that_only_shows_takes_no_post(alice_client, group, path):
    assert alice_client.post(path.format(group=group.pk, token=group.token)).status_code == 405


@pytest.mark.parametrize("path", ["new/", "{group}/settings/", "{group}/leave/", "{group}/delete/"])
def test_form_takes_get_and_post_only(alice_client, group, path):
    assert alice_client.put("/groups/" + path.format(group=group.pk)).status_code == 405


def test_join_takes_post_only(alice_client):
    response = alice_client.get("/groups/join/")
    assertContains(response, "This address only takes what a form sends.", status_code=405)
    assert response["Allow"] == "POST"


# The invitation


@pytest.mark.parametrize("who", ["stranger", "guest", "member"])
def test_invitation_tells_name_and_number_and_nobodys_name(client, guest_client, carol_client, group, who):
    response = {"stranger": client, "guest": guest_client, "member": carol_client}[who].get(link(group))
    assertContains(response, "Vienna evenings")
    assertContains(response, "The group has 2 members.")
    assertContains(response, "Members of this group will see your name and your rating")
    for name in (b"Alice", b"Bob", b"Exam date"):
        assert name not in response.content
    assertContains(response, "Join the group" if who == "member" else f"/accounts/signup/?next={link(group)}")


def test_member_joins_by_the_invitation(carol_client, group):
    response = carol_client.post("/groups/join/", {"token": group.token}, follow=True)
    assertRedirects(response, at(group))
    assert members(group) == ["Alice", "Bob", "Carol"]
    assertContains(response, "You can leave at any time")


def test_joining_twice_is_harmless(carol_client, group):
    for _ in range(2):
        assertRedirects(carol_client.post("/groups/join/", {"token": group.token}), at(group))
    assert members(group) == ["Alice", "Bob", "Carol"]


def test_invitation_leads_members_of_the_group_to_it(bob_client, group):
    assertRedirects(bob_client.get(link(group)), at(group))


def test_looking_at_an_invitation_joins_nothing(carol_client, group):
    carol_client.get(link(group))
    assert members(group) == ["Alice", "Bob"]


@pytest.mark.parametrize("who", ["stranger", "guest"])
def test_those_without_an_account_join_nothing(client, guest_client, group, who):
    response = (client if who == "stranger" else guest_client).post("/groups/join/", {"token": group.token})
    assertRedirects(response, link(group))
    assert members(group) == ["Alice", "Bob"]


def test_stranger_signs_up_and_comes_back_to_the_invitation(client, group):
    page = client.get(f"/accounts/signup/?next={link(group)}")
    assertContains(page, f'<input type="hidden" name="next" value="{link(group)}">', html=True)
    failed = client.post("/accounts/signup/", SIGNUP | {"password1": "short", "next": link(group)})
    assertContains(failed, f'<input type="hidden" name="next" value="{link(group)}">', html=True)
    assertRedirects(client.post("/accounts/signup/", SIGNUP | {"next": link(group)}), link(group))
    assert members(group) == ["Alice", "Bob"]


def test_guest_who_signs_in_comes_back_to_the_invitation_by_way_of_their_quizzes(client, group, carol):
    make_facts(5)
    client.post("/quiz/", {"all_kinds": "1", "length": "5"})
    values = {"login": carol.email, "password": "correct horse", "next": link(group)}
    response = client.post("/accounts/login/", values)
    assertRedirects(response, f"/accounts/guest/?next={link(group)}")
    assertRedirects(client.post(response.url, {"decision": "leave"}), link(group))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_nobody_is_led_to_another_site(client, carol, elsewhere):
    make_facts(5)
    assert client.post("/accounts/signup/", SIGNUP | {"next": elsewhere}).url == "/"
    guest = Client()
    guest.post("/quiz/", {"all_kinds": "1", "length": "5"})
    values = {"login": carol.email, "password": "correct horse", "next": elsewhere}
    assert guest.post("/accounts/login/", values).url == "/accounts/guest/"
    response = guest.post(reverse("guest_quizzes", query={"next": elsewhere}), {"decision": "leave"})
    assert response.url == "/"


@pytest.mark.parametrize("token", ["none", "", "\0", "a" * 32, "9" * 3000])
def test_invitation_that_is_none_says_so(carol_client, group, token):
    assertContains(carol_client.post("/groups/join/", {"token": token}), "does not work", status_code=404)
    if token.isalnum():
        assertContains(carol_client.get(f"/groups/join/{token}/"), "does not work", status_code=404)


def test_renewing_kills_the_link_before(alice_client, carol_client, group):
    before = group.token
    response = alice_client.post(at(group, "link/"), follow=True)
    group.refresh_from_db()
    assertContains(response, group.token)
    assert carol_client.get(f"/groups/join/{before}/").status_code == 404
    assert carol_client.post("/groups/join/", {"token": before}).status_code == 404
    assert carol_client.get(link(group)).status_code == 200


def test_link_renewed_while_somebody_joins_is_told(carol_client, group, monkeypatch):
    before, find = group.token, views.find_invitation

    def find_then_renew(token):
        found = find(token)
        renew_link(group=group)
        return found

    monkeypatch.setattr(views, "find_invitation", find_then_renew)
    assertContains(carol_client.post("/groups/join/", {"token": before}), "does not work", status_code=404)
    assert members(group) == ["Alice", "Bob"]


def test_full_group_says_so(carol_client, group, monkeypatch):
    for module in (views, services):
        monkeypatch.setattr(module, "MOST_MEMBERS", 2)
    response = carol_client.get(link(group))
    assertContains(response, "The group is full: it has 2 members")
    assertNotContains(response, "Join the group")
    response = carol_client.post("/groups/join/", {"token": group.token})
    assertContains(response, "The group is full", status_code=409)
    assert members(group) == ["Alice", "Bob"]


def test_removed_member_is_told_so(bob_client, group, bob):
    remove_member(group=group, player_id=bob.pk)
    response = bob_client.get(link(group))
    assertContains(response, "You were removed from this group.")
    assertNotContains(response, "Join the group")
    assertContains(bob_client.post("/groups/join/", {"token": group.token}), "You were removed", status_code=409)
    assert bob_client.get(at(group)).status_code == 404


def test_invitation_keeps_its_address_to_itself(carol_client, group):
    response = carol_client.get(link(group))
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]


def test_nothing_that_is_refused_writes_a_living_token_to_the_log(group, bob, caplog):
    remove_member(group=group, player_id=bob.pk)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob, backend="facts.backends.PlayerBackend")
    with caplog.at_level(logging.DEBUG, logger="django.request"), caplog.at_level(logging.DEBUG, "django.security"):
        assert strict.post("/groups/join/", {"token": group.token}).status_code == 403
        assert strict.get(link(group)).status_code == 200
        assert client_of(bob).post("/groups/join/", {"token": group.token}).status_code == 409
    assert "/groups/join/" in caplog.text
    assert group.token not in caplog.text


# The exam date


def give_date(group, days):
    day = TODAY + timedelta(days=days)
    StudyGroup.objects.filter(pk=group.pk).update(exam_on=day)
    return day


@pytest.mark.parametrize(
    ("days", "text"),
    [(-1, "exam was on"), (0, "</strong>: today"), (1, "</strong>: 1 day to go"), (30, "</strong>: 30 days to go")],
)
def test_group_shows_the_days_to_its_exam(bob_client, group, days, text):
    give_date(group, days)
    assertContains(bob_client.get(at(group)), text)


def test_member_without_a_date_takes_the_groups(bob_client, group, bob):
    day = give_date(group, 30)
    assertContains(bob_client.get(at(group)), "Plan for that day")
    response = bob_client.post(at(group, "exam-date/"), {"exam_on": day.isoformat(), "instead_of": ""}, follow=True)
    assertContains(response, "Your own plan is for that day too.")
    assert StudyPlan.objects.get(player=bob).exam_on == day


def test_own_date_is_replaced_only_when_it_was_shown(bob_client, group, bob):
    day, own = give_date(group, 30), TODAY + timedelta(days=50)
    StudyPlan.objects.create(player=bob, exam_on=own)
    assertContains(bob_client.get(at(group)), "Change my plan to the group’s day")
    response = bob_client.post(at(group, "exam-date/"), {"exam_on": day.isoformat(), "instead_of": ""}, follow=True)
    assertContains(response, "Your plan was changed meanwhile")
    assert StudyPlan.objects.get().exam_on == own
    bob_client.post(at(group, "exam-date/"), {"exam_on": day.isoformat(), "instead_of": own.isoformat()})
    assert StudyPlan.objects.get().exam_on == day


@pytest.mark.parametrize("values", [{}, {"exam_on": "soon"}, {"exam_on": "2027-01-01", "instead_of": "x"}])
def test_date_that_is_none_leaves_the_plan_alone(bob_client, group, values):
    give_date(group, 30)
    response = bob_client.post(at(group, "exam-date/"), values, follow=True)
    assertContains(response, "That is not a date, so your plan stays as it is.")
    assert not StudyPlan.objects.exists()


def test_exam_that_has_gone_by_does_not_stop_a_new_name(alice_client, group):
    StudyGroup.objects.update(exam_on=date(2025, 1, 1))
    alice_client.post(at(group, "settings/"), {"name": "Linz evenings", "exam_on": "2025-01-01"})
    assert StudyGroup.objects.get().name == "Linz evenings"


# Removing


def test_organiser_removes_a_member_and_lets_them_back_in(alice_client, bob_client, group, bob):
    address = at(group, "members/{other}/remove/", other=bob.pk)
    assertContains(alice_client.get(address), "cannot join again by any link")
    response = alice_client.post(address, follow=True)
    assertContains(response, "renew the invitation link")
    assert members(group) == ["Alice"]
    for method in (alice_client.get, alice_client.post):  # a second click
        assertRedirects(method(address), at(group, "settings/"))
    assertContains(alice_client.get(at(group, "settings/")), "Let back in")
    for other in ("9" * 30, bob.pk, bob.pk):
        alice_client.post(at(group, "members/{other}/let-back/", other=other))
    assert not Removal.objects.exists()
    bob_client.post("/groups/join/", {"token": group.token})
    assert members(group) == ["Alice", "Bob"]


def test_organiser_cannot_remove_themselves_or_strangers(alice_client, group, alice, carol):
    for other in (alice.pk, carol.pk, "9" * 30):
        assert alice_client.post(at(group, "members/{other}/remove/", other=other)).status_code == 404
    assert (members(group), Removal.objects.count()) == (["Alice", "Bob"], 0)


# Leaving and deleting


def test_member_leaves(bob_client, group):
    response = bob_client.post(at(group, "leave/"), follow=True)
    assertContains(response, "You have left “Vienna evenings”.")
    assert members(group) == ["Alice"]
    again = bob_client.post(at(group, "leave/"), follow=True)
    assert told(again) == ["You are not in that group, or not any more."]


def test_organiser_hands_over_to_leave(alice_client, bob_client, group, bob):
    assertContains(alice_client.get(at(group, "leave/")), "Hand over and leave")
    alice_client.post(at(group, "leave/"), {"successor": bob.pk})
    assert (members(group), Membership.objects.get().is_organiser) == (["Bob"], True)
    assert bob_client.get(at(group, "settings/")).status_code == 200


@pytest.mark.parametrize(
    ("successor", "message"), [("", "Choose who looks after"), ("999", "not a member"), ("x", "not a member")]
)
def test_organiser_who_names_nobody_stays(alice_client, group, successor, message):
    response = alice_client.post(at(group, "leave/"), {"successor": successor})
    assertContains(response, message, status_code=422)
    assert members(group) == ["Alice", "Bob"]


def test_organiser_whom_somebody_joins_while_leaving_stays(alice_client, alice, carol, monkeypatch):
    group, find = make_study_group(alice), views.find_members
    joined = []

    def find_then_join(own_group):
        found = list(find(own_group))
        if not joined:
            joined.append(services.join_group(player=carol, token=group.token))
        return found

    monkeypatch.setattr(views, "find_members", find_then_join)
    response = alice_client.post(at(group, "leave/"))
    assertContains(response, "Choose who looks after", status_code=422)
    assertContains(response, "Carol", status_code=422)
    assert members(group) == ["Alice", "Carol"]


def test_only_member_deletes_the_group_by_leaving(alice_client, alice):
    group = make_study_group(alice)
    assertContains(alice_client.get(at(group, "leave/")), "the group is deleted when you leave")
    alice_client.post(at(group, "leave/"))
    assert not StudyGroup.objects.exists()


def test_organiser_deletes_the_group(alice_client, group):
    assertContains(alice_client.get(at(group, "delete/")), "1 other member loses")
    response = alice_client.post(at(group, "delete/"), follow=True)
    assert told(response) == ["“Vienna evenings” is deleted."]
    assert not StudyGroup.objects.exists()
    assert told(alice_client.post(at(group, "delete/"), follow=True)) == ["You are not in that group, or not any more."]


# What belongs to a player


def test_own_data_lists_groups(bob_client, group, bob, carol):
    left = make_study_group(carol, bob, name="=SUM(Linz)", exam_on=date(2027, 3, 15))
    remove_member(group=group, player_id=bob.pk)
    response = bob_client.get("/history/export/groups/")
    rows = list(csv.DictReader(response.getvalue().decode("utf-8-sig").splitlines()))
    assert [(row["group"], row["state"], row["exam_date"]) for row in rows] == [
        (f"'{left.name}", "member", "2027-03-15"),
        ("Vienna evenings", "removed", ""),
    ]
    assert response.headers["Content-Disposition"] == 'attachment; filename="examprep-groups.csv"'


def test_own_data_of_a_stranger_leads_to_the_history(client):
    assertRedirects(client.get("/history/export/groups/"), "/history/")


def test_deleted_account_is_out_of_the_group_with_the_next_page(alice_client, bob_client, group, alice):
    rate_player(alice)
    assertContains(bob_client.get(at(group)), "Alice")
    alice_client.post("/accounts/delete/", {"password": "correct horse"})
    response = bob_client.get(at(group))
    assertNotContains(response, "Alice")
    assertContains(response, "You look after the group")


def test_markup_in_names_is_escaped(alice_client, alice, client):
    Player.objects.filter(pk=alice.pk).update(display_name="<i>Al</i>")
    group = make_study_group(alice, name="<script>x</script> evenings")
    for page in (alice_client.get(at(group)), alice_client.get("/groups/"), client.get(link(group))):
        assertNotContains(page, "<script>x")
        assertNotContains(page, "<i>Al")
