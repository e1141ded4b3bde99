import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertTemplateUsed

from facts.models import Tally
from facts.models.progress import period_start
from facts.services.players import make_guest
from tests.factories import answer_quiz, make_facts, make_player, make_quiz

pytestmark = pytest.mark.django_db


def rank(player, right=18, answered=20, scope="", period="week"):
    sums = {"answered": answered, "right": right, "first_answered": answered, "first_right": right}
    starts_on = period_start(period, timezone.now().date())
    return Tally.objects.create(
        player=player, period=period, starts_on=starts_on, scope=scope, score=right / answered, **sums
    )


def test_leaderboard_without_anybody_says_so(client):
    assertContains(client.get("/leaderboard/"), "Nobody is ranked here yet.")


def test_leaderboard_shows_members_and_never_addresses(client):
    rank(make_player("Grace"))
    response = client.get("/leaderboard/")
    assertContains(response, "Grace")
    assertNotContains(response, "@example.org")


def test_leaderboard_tells_what_is_missing(alice_client, alice):
    answer_quiz(make_quiz(alice, length=5))
    assertContains(alice_client.get("/leaderboard/"), "15 more first answers")


def test_leaderboard_tells_a_guest_what_signing_up_gives(client):
    guest = make_guest()
    rank(guest, answered=7, right=7)
    client.force_login(guest, backend="facts.backends.PlayerBackend")
    assertContains(client.get("/leaderboard/"), "You have 7 already")


def test_leaderboard_tells_those_who_stay_off(alice_client, alice):
    alice.on_board = False
    alice.save()
    rank(alice)
    response = alice_client.get("/leaderboard/")
    assertContains(response, "You have chosen to stay off the board.")
    assertNotContains(response, "<td")


def test_leaderboard_by_period_and_service_for_htmx(client, htmx):
    make_facts(1)
    rank(make_player("Grace"), scope="service:s3", period="month")
    with assertTemplateUsed("facts/leaderboard.html#board"):
        response = client.get("/leaderboard/?period=month&service=s3", headers=htmx)
    assertContains(response, "Grace")


@pytest.mark.parametrize("query", ["period=decade", "service=none", "page=-1", "page=x", "period[]=1"])
def test_leaderboard_with_nonsense_is_still_a_page(client, query):
    assert client.get(f"/leaderboard/?{query}").status_code == 200


def test_leaderboard_pages_keep_period_and_service(client):
    make_facts(1)
    for number in range(26):
        rank(make_player(f"Player no {number}"), scope="service:s3", period="month")
    assertContains(
        client.get("/leaderboard/?period=month&service=s3"), 'href="?period=month&amp;service=s3&amp;page=2"'
    )


@pytest.mark.parametrize("player_count", [1, 3])
def test_leaderboard_query_count_is_fixed(alice_client, alice, player_count, django_assert_num_queries):
    rank(alice)
    for number in range(player_count):
        rank(make_player(f"Other {number}"))
    with django_assert_num_queries(9):
        alice_client.get("/leaderboard/")


def test_deleted_player_is_off_the_board_at_once(client, alice_client, alice):
    rank(alice)
    alice_client.post("/accounts/delete/", {"password": "correct horse"})
    assertNotContains(client.get("/leaderboard/"), "Alice")


def test_healthz_answers_without_secrets(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_leaderboard_tells_those_who_stay_off_also_before_they_could_be_ranked(alice_client, alice):
    alice.on_board = False
    alice.save()
    assertContains(alice_client.get("/leaderboard/"), "You have chosen to stay off the board.")
