"""Signing up, in and out, and what guests keep."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import Player, Quiz
from tests.factories import answer_quiz, make_facts, make_player, make_quiz

pytestmark = pytest.mark.django_db

SIGNUP = {"display_name": "Dora", "email": "dora@example.org", "password1": "a long pass phrase", "on_board": "yes"}


@pytest.fixture
def guest_client(client):
    """A visitor who has taken a quiz."""
    make_facts(5)
    client.post("/quiz/", {"all_kinds": "1", "length": "5"})
    answer_quiz(Quiz.objects.get(), right=3)
    return client


def test_signup_makes_a_member(client):
    assertRedirects(client.post("/accounts/signup/", SIGNUP), "/")
    player = Player.objects.get()
    assert (player.display_name, player.email, player.is_guest, player.on_board) == (
        "Dora",
        "dora@example.org",
        False,
        True,
    )
    assert player.check_password("a long pass phrase")


def test_signup_of_a_guest_keeps_everything(guest_client):
    guest = Player.objects.get()
    guest_client.post("/accounts/signup/", SIGNUP)
    member = Player.objects.get()
    assert (member.pk, member.is_guest) == (guest.pk, False)
    assertContains(guest_client.get("/history/"), "3 of 5")


@pytest.mark.parametrize(("choice", "on_board"), [({}, None), ({"on_board": ""}, None), ({"on_board": "no"}, False)])
def test_signup_puts_nobody_on_the_board_who_did_not_say_so(client, choice, on_board):
    client.post("/accounts/signup/", {key: value for key, value in SIGNUP.items() if key != "on_board"} | choice)
    assert Player.objects.get().on_board is on_board


def test_signup_form_chooses_nothing_by_itself(client):
    assertNotContains(client.get("/accounts/signup/"), "checked")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"display_name": "Al1ce"}, "too much like “Alice”"),
        ({"display_name": "x"}, "A name has 3 to 30 characters; this one has 1."),
        ({"display_name": "dora@example.org"}, "it must not be an e-mail address"),
        ({"email": "nonsense"}, "valid email"),
        ({"password1": "short"}, "too short"),
    ],
)
def test_signup_that_cannot_be_says_why_and_keeps_what_was_typed(client, alice, change, message):
    response = client.post("/accounts/signup/", SIGNUP | change)
    assertContains(response, message)
    assertContains(response, f'value="{(SIGNUP | change)["display_name"]}"')
    assert Player.objects.count() == 1


def test_failed_signup_leaves_the_guest_a_guest(guest_client):
    guest_client.post("/accounts/signup/", SIGNUP | {"password1": "short"})
    assert Player.objects.get().is_guest


def test_signin_to_an_account_offers_the_guests_quizzes(guest_client, alice):
    response = guest_client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    assertRedirects(response, "/accounts/guest/")
    assertContains(guest_client.get("/accounts/guest/"), "you took 1 quiz on this browser")


def test_guests_quizzes_can_be_brought_along(guest_client, alice):
    guest_client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    guest_client.post("/accounts/guest/", {"decision": "bring"})
    assert list(Quiz.objects.values_list("player", flat=True)) == [alice.pk]
    assertContains(guest_client.get("/history/"), "3 of 5")


def test_guests_quizzes_can_be_left_behind(guest_client, alice):
    guest_client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    guest_client.post("/accounts/guest/", {"decision": "leave"})
    assert not Quiz.objects.exists()
    assert list(Player.objects.all()) == [alice]


def test_nobody_can_take_the_quizzes_of_a_guest_they_were_not(alice_client, guest_client):
    guest = Player.objects.get(is_guest=True)
    alice_client.post("/accounts/guest/", {"decision": "bring", "guest": guest.pk})
    assert Quiz.objects.get().player == guest


def test_signin_of_a_guest_without_quizzes_goes_home(client, alice):
    assertRedirects(client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"}), "/")


def test_signout_ends_the_session(alice_client):
    alice_client.post("/accounts/logout/")
    assertRedirects(alice_client.get("/accounts/"), "/accounts/login/?next=/accounts/")


def test_password_can_be_changed(alice_client, alice):
    new = {"oldpassword": "correct horse", "password1": "battery staple 7", "password2": "battery staple 7"}
    alice_client.post("/accounts/password/change/", new)
    alice.refresh_from_db()
    assert alice.check_password("battery staple 7")


def test_password_can_be_reset_by_mail(client, alice):
    client.post("/accounts/password/reset/", {"email": alice.email})
    path = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "battery staple 7", "password2": "battery staple 7"})
    alice.refresh_from_db()
    assert alice.check_password("battery staple 7")


def test_profile_changes_name_and_place_on_the_board(alice_client, alice):
    for choice, on_board in (({}, None), ({"on_board": "yes"}, True), ({"on_board": "no"}, False), ({}, False)):
        assertRedirects(alice_client.post("/accounts/", {"display_name": "Alicia"} | choice), "/accounts/")
        alice.refresh_from_db()
        assert (alice.display_name, alice.name_key, alice.on_board) == ("Alicia", "aiicia", on_board)


def test_profile_refuses_a_name_like_anothers(alice_client, alice, bob):
    assertContains(alice_client.post("/accounts/", {"display_name": "B0B"}), "too much like “Bob”", status_code=422)
    alice.refresh_from_db()
    assert alice.display_name == "Alice"


def test_profile_accepts_ones_own_name_again(alice_client):
    assert alice_client.post("/accounts/", {"display_name": "ALICE"}).status_code == 302


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/delete/", "/accounts/guest/"])
def test_account_pages_ask_strangers_to_sign_in(client, path):
    assertRedirects(client.get(path), f"/accounts/login/?next={path}")


def test_guest_is_led_from_the_profile_to_signing_up(guest_client):
    assertRedirects(guest_client.get("/accounts/"), "/accounts/signup/")


def test_delete_needs_the_password(alice_client, alice):
    response = alice_client.post("/accounts/delete/", {"password": "wrong"})
    assertContains(response, "That is not your password. Nothing was deleted.", status_code=422)
    assert Player.objects.filter(pk=alice.pk).exists()


def test_delete_removes_the_player_and_signs_out(alice_client, alice):
    make_quiz(alice)
    response = alice_client.post("/accounts/delete/", {"password": "correct horse"}, follow=True)
    assertContains(response, "Your account and everything in it is deleted.")
    assert not Player.objects.exists()
    assert not Quiz.objects.exists()


def test_email_is_shown_to_its_owner_only(alice_client, bob_client):
    assertContains(alice_client.get("/accounts/"), "alice@example.org")
    for path in ("/", "/history/", "/leaderboard/", "/facts/", "/accounts/"):
        assert b"alice@example.org" not in bob_client.get(path).content


def test_two_players_may_have_no_name(client):
    make_player("Xena")
    assert Player.objects.filter(display_name="").count() == 0


def test_session_is_a_new_one_after_signing_in(guest_client, alice):
    before = guest_client.session.session_key
    guest_client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    assert guest_client.session.session_key != before


@pytest.mark.parametrize("path", ["", "delete/", "logout/", "email/", "password/change/", "password/set/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_guest_is_led_from_pages_for_members_to_signing_up(guest_client, path, method):
    assertRedirects(getattr(guest_client, method)(f"/accounts/{path}"), "/accounts/signup/")
    assert Player.objects.get().is_guest


@pytest.mark.parametrize("path", ["login/", "signup/"])
def test_member_is_led_from_signing_in_to_the_account(alice_client, path):
    assertRedirects(alice_client.get(f"/accounts/{path}"), "/accounts/")


def test_address_cannot_be_changed_where_no_mail_can_confirm_it(alice_client, alice):
    response = alice_client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, follow=True)
    assertContains(response, "this site has no mail server set up")
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_change_of_the_address_is_offered_where_a_mail_can_confirm_it(alice_client, settings):
    assertNotContains(alice_client.get("/accounts/"), "Change the e-mail address")
    settings.EMAIL_IS_CONFIGURED = True
    assertContains(alice_client.get("/accounts/"), "Change the e-mail address")


def test_address_stays_until_the_new_one_is_confirmed(alice_client, alice, settings):
    settings.EMAIL_IS_CONFIGURED, settings.ACCOUNT_EMAIL_VERIFICATION = True, "optional"
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    alice_client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    assert mail.outbox[-1].to == ["new@example.org"]


def test_address_that_was_never_confirmed_is_not_given_up(alice_client, alice, settings):
    settings.EMAIL_IS_CONFIGURED, settings.ACCOUNT_EMAIL_VERIFICATION = True, "optional"
    EmailAddress.objects.create(user=alice, email=alice.email, verified=False, primary=True)
    response = alice_client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, follow=True)
    assertContains(response, "Confirm your present address first")
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_home_reminds_of_a_guests_quizzes(guest_client, alice):
    guest_client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    assertContains(guest_client.get("/"), "Bring them along")


def test_form_open_in_another_tab_still_works_after_a_guest_was_made(client):
    make_facts(5)
    strict = Client(enforce_csrf_checks=True)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', strict.get("/").content.decode())[1]
    for _ in range(2):
        response = strict.post("/quiz/", {"all_kinds": "1", "length": "5", "csrfmiddlewaretoken": token})
        assert response.status_code == 302
