from datetime import date

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from facts.models import Player, RatingWeek, Standing
from facts.selectors.boards import BOARD_PAGE
from facts.services.players import make_guest
from facts.services.standings import join_board, leave_board
from tests.factories import make_facts, make_ranked, rate_player

pytestmark = pytest.mark.django_db

JOIN = {"decision": "yes", "name": "Quiet Heron"}


def test_leaderboard_without_anybody_says_so(client):
    assertContains(client.get("/leaderboard/"), "Nobody is ranked here yet.")


def test_leaderboard_shows_members_and_never_addresses(client):
    grace = make_ranked("Grace", 1612.4, deviation=50.2)
    response = client.get("/leaderboard/")
    assertContains(response, f'<a href="/players/{grace.public_id}/">Grace</a>')
    assertContains(response, '<td class="number">1,512</td>')
    assertContains(response, "1,612")
    assertNotContains(response, "@example.org")


def test_leaderboard_tells_how_far_a_player_is_from_being_ranked(alice_client, alice):
    leave_board(player=alice)
    rate_player(alice, deviation=150.0, answered=12)
    response = alice_client.get("/leaderboard/")
    assertContains(response, "18 more first attempts")
    assertContains(response, "12 of 30")
    assertContains(response, "± 150 now")


def test_leaderboard_tells_who_is_ranked_but_was_not_here_this_week(alice_client, alice):
    join_board(player=alice, name="Alice")
    rate_player(alice, rated_at=timezone.make_aware(timezone.datetime(2026, 1, 5)))
    assertContains(alice_client.get("/leaderboard/"), "one rated answer brings you here")


def test_leaderboard_tells_a_guest_what_signing_up_gives(client):
    guest = make_guest()
    rate_player(guest, answered=7)
    client.force_login(guest, backend="facts.backends.PlayerBackend")
    response = client.get("/leaderboard/")
    assertContains(response, '<a href="/accounts/signup/">Sign up</a>, and your 7 rated answers count.')
    assertNotContains(response, '<form method="post"')


def test_leaderboard_by_period_and_scope_for_htmx(client, htmx):
    make_facts(1)
    make_ranked("Grace", scope="family:storage")
    with assertTemplateUsed("facts/leaderboard.html#board"):
        response = client.get("/leaderboard/?period=month&scope=family:storage", headers=htmx)
    assertContains(response, "Grace")
    assertContains(response, '<option value="family:storage" selected>')


@pytest.mark.parametrize(
    "query",
    [
        *("period=decade", "scope=none", "scope=family:", "after=-1", "after=x.y", "before=1.2.3", "period[]=1"),
        *("after=9999999.1", "before=1.99999999999999999999", "after=0.1&before=5.2", "after=%00", "after=१.१"),
        *("after=-999999.999999999999999999", "before=-999999.0"),
    ],
)
def test_leaderboard_with_nonsense_is_still_a_page(client, query):
    make_ranked("Grace")
    assert client.get(f"/leaderboard/?{query}").status_code == 200


def test_leaderboard_pages_keep_period_and_scope(client):
    make_facts(1)
    for number in range(BOARD_PAGE + 1):
        make_ranked(f"Member no {number}", 1600 - number, scope="family:storage")
    last = Standing.objects.filter(period="month").order_by("skill")[1]
    link = f"?period=month&amp;scope=family%3Astorage&amp;after={last.skill}.{last.player_id}"
    assertContains(client.get("/leaderboard/?period=month&scope=family:storage"), f'href="{link}"')
    below = client.get("/leaderboard/" + link.replace("&amp;", "&"))
    assertContains(below, "Member no 25")
    assertContains(below, 'rel="prev"')


def test_own_row_with_neighbours_is_below_a_page_without_it(alice_client, alice):
    rate_player(alice, 1400)
    join_board(player=alice, name="Alice")
    for number in range(BOARD_PAGE + 1):
        make_ranked(f"Member no {number}")
    response = alice_client.get("/leaderboard/")
    assertContains(response, "Around you")
    assertContains(response, "rank 27")
    assert response.content.count(b'<span class="badge">you</span>') == 1


@pytest.mark.parametrize("player_count", [1, 3])
def test_leaderboard_query_count_is_fixed(alice_client, alice, player_count, django_assert_num_queries):
    rate_player(alice)
    join_board(player=alice, name="Alice")
    for number in range(player_count):
        make_ranked(f"Other {number}")
    with django_assert_num_queries(9):
        alice_client.get("/leaderboard/")


# Joining and leaving


def test_member_is_asked_until_there_is_an_answer_and_never_again(alice_client, alice):
    assertContains(alice_client.get("/leaderboard/"), "May others see you on the leaderboard?")
    for decision in ("no", "yes"):
        alice_client.post("/leaderboard/join/", {"decision": decision, "name": "Alice"})
        assertNotContains(alice_client.get("/leaderboard/"), "May others see you")
        alice.refresh_from_db()
        assert alice.on_board is (decision == "yes")


def test_joining_by_a_pseudonym_shows_it_at_once_on_the_same_board(client, alice_client, alice):
    make_facts(1)
    rate_player(alice, scope="family:storage")
    where = {"period": "month", "scope": "family:storage"}
    response = alice_client.post("/leaderboard/join/", JOIN | where)
    assertRedirects(response, "/leaderboard/?period=month&scope=family%3Astorage")
    assertContains(client.get("/leaderboard/?period=month&scope=family:storage"), "Quiet Heron")


@pytest.mark.parametrize(
    ("name", "message"),
    [("B0b", "too much like “Bob”"), ("", "Say by which name"), ("x", "3 to 30"), ("me@example.org", "e-mail address")],
)
def test_name_that_cannot_be_shown_is_asked_again_and_kept(alice_client, alice, bob, name, message):
    response = alice_client.post("/leaderboard/join/", {"decision": "yes", "name": name})
    assertContains(response, message, status_code=422)
    assertContains(response, f'value="{name}"' if name else "Say by", status_code=422)
    alice.refresh_from_db()
    assert (alice.on_board, alice.display_name) == (None, "Alice")


def test_saying_no_needs_no_name(alice_client, alice):
    alice_client.post("/leaderboard/join/", {"decision": "no", "name": ""})
    assertContains(alice_client.get("/leaderboard/"), "You have chosen to stay off the board.")


def test_nobody_but_members_can_join(client):
    assertRedirects(client.post("/leaderboard/join/", JOIN), "/accounts/signup/")
    guest = make_guest()
    client.force_login(guest, backend="facts.backends.PlayerBackend")
    assertRedirects(client.post("/leaderboard/join/", JOIN), "/accounts/signup/")
    guest.refresh_from_db()
    assert guest.on_board is None
    assertContains(client.get("/leaderboard/join/"), "This address only takes what a form sends.", status_code=405)


def test_leaving_by_the_account_page_shows_with_the_next_page(client, alice_client, alice):
    rate_player(alice)
    join_board(player=alice, name="Alice")
    own_page = f"/players/{alice.public_id}/"
    assertContains(alice_client.get("/accounts/"), own_page)
    alice_client.post("/accounts/", {"display_name": "Alice", "on_board": "no"})
    assertNotContains(client.get("/leaderboard/"), "Alice")
    assert client.get(own_page).status_code == 404
    assertNotContains(alice_client.get("/accounts/"), own_page)


def test_deleted_player_is_off_the_board_at_once(client, alice_client, alice):
    rate_player(alice)
    join_board(player=alice, name="Alice")
    assertContains(client.get("/leaderboard/"), "Alice")
    alice_client.post("/accounts/delete/", {"password": "correct horse"})
    assertNotContains(client.get("/leaderboard/"), "Alice")


def test_guest_who_signs_up_with_enough_answers_is_ranked_at_once(client):
    guest = make_guest()
    rate_player(guest)
    client.force_login(guest, backend="facts.backends.PlayerBackend")
    signup = {"display_name": "Dora", "email": "dora@example.org", "password1": "a long pass phrase", "on_board": "yes"}
    client.post("/accounts/signup/", signup)
    assert Standing.objects.filter(player=guest, period="week").exists()


# A player's page


def test_public_page_shows_name_rating_and_its_course(client):
    grace = make_ranked("Grace")
    for day, value in ((2, 1520), (9, 1588)):
        RatingWeek.objects.create(
            player=grace, starts_on=date(2026, 3, day), value=value, deviation=80, answered=20 * day
        )
    response = client.get(f"/players/{grace.public_id}/")
    assertContains(response, "Grace")
    assertContains(response, "Rating week by week, from 1,520 to 1,588")
    assertContains(response, "Week from")
    assertContains(response, "1,588 ± 80")
    assertNotContains(response, "@example.org")
    assertNotContains(response, "What others see")


def test_public_page_of_one_week_has_no_line(client):
    grace = make_ranked("Grace")
    RatingWeek.objects.create(player=grace, starts_on=date(2026, 3, 2), value=1520, deviation=80, answered=20)
    assertContains(client.get(f"/players/{grace.public_id}/"), "One week so far: 1,520 ± 80.")


@pytest.mark.parametrize("address", ["1", "alice", "x" * 36, "5f0c1d1e-0000-4000-8000-000000000000"])
def test_public_page_of_nobody_is_not_found(client, alice, address):
    assert client.get(f"/players/{address}/").status_code == 404


def test_public_page_refuses_other_methods(client):
    grace = make_ranked("Grace")
    assert client.post(f"/players/{grace.public_id}/").status_code == 405


# Owners


def test_owner_who_locks_or_deletes_a_player_takes_them_off_the_board(admin_client):
    grace, heidi = make_ranked("Grace"), make_ranked("Heidi")
    url = f"/admin/facts/player/{grace.pk}/change/"
    form = admin_client.get(url).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None and name != "password"}
    moments = {
        f"{name}_{part}": moment.strftime(form)
        for name, moment in ((key, data.pop(key)) for key in ("last_login", "date_joined") if key in data)
        for part, form in ((0, "%Y-%m-%d"), (1, "%H:%M:%S"))
    }
    response = admin_client.post(url, data | moments | {"is_active": "", "groups": []})
    assert response.status_code == 302
    assert set(Standing.objects.values_list("player", flat=True)) == {heidi.pk}
    chosen = {"action": "delete_selected", "_selected_action": [heidi.pk], "post": "yes"}
    admin_client.post("/admin/facts/player/", chosen)
    assert not Player.objects.filter(pk=heidi.pk).exists()
    assert not Standing.objects.exists()


def test_healthz_answers_without_secrets(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
