"""Signing in, up and for a new password, as somebody tries it who means no good."""

from __future__ import annotations

import re
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from facts.models import Player
from tests.factories import make_facts

pytestmark = pytest.mark.django_db

SIGNUP = {"display_name": "Dora", "email": "dora@example.org", "password1": "a long pass phrase"}
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:///evil.example",
]


@pytest.fixture
def hashes(monkeypatch):
    """Each hash of a password that is made: what takes the time of a sign-in."""
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *values: made.append(1) or encode(self, *values))
    return made


@pytest.fixture
def guest_client(client):
    make_facts(5)
    client.post("/quiz/", {"all_kinds": "1", "length": "5"})
    assert Player.objects.get().is_guest
    return client


def page_for(path, data):
    """What a new visitor is answered, less what differs in each answer and what was typed."""
    response = Client().post(path, data)
    text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())
    return response.status_code, response.headers.get("Location"), text.replace(data.get("login", "~"), "")


def test_sign_in_tells_not_whether_an_account_exists(alice, hashes):
    answers, costs = [], []
    for address in (alice.email, "nobody@example.org"):
        hashes.clear()
        answers.append(page_for("/accounts/login/", {"login": address, "password": "wrong pass phrase"}))
        costs.append(len(hashes))
    assert answers[0] == answers[1]
    assert costs == [1, 1]


def test_reset_of_a_password_tells_not_whether_an_account_exists(alice):
    answers = [page_for("/accounts/password/reset/", {"email": who}) for who in (alice.email, "nobody@example.org")]
    assert answers[0] == answers[1] == (302, "/accounts/password/reset/done/", "")
    assert [message.to for message in mail.outbox] == [["alice@example.org"], ["nobody@example.org"]]  # one mail each


def test_session_known_before_signing_in_is_worth_nothing_after(client, alice):
    client.get("/accounts/login/?next=/plan/")
    session = client.session
    session["left"] = "by a stranger"
    session.save()
    fixed = session.session_key
    client.cookies["sessionid"] = fixed
    client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    assert client.session.session_key != fixed
    stranger = Client()
    stranger.cookies["sessionid"] = fixed
    assert stranger.get("/accounts/").status_code == 302


def test_session_of_a_guest_is_a_new_one_after_signing_up(guest_client):
    before = guest_client.session.session_key
    guest_client.post("/accounts/signup/", SIGNUP)
    assert not Player.objects.get().is_guest
    assert guest_client.session.session_key != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert stranger.get("/accounts/").status_code == 302


def test_new_password_ends_the_sessions_elsewhere(alice, alice_client):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    assert elsewhere.get("/accounts/").status_code == 200
    new = {"oldpassword": "correct horse", "password1": "battery staple 7", "password2": "battery staple 7"}
    alice_client.post("/accounts/password/change/", new)
    assert alice_client.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in_up_or_out(target, alice):
    data = {"login": alice.email, "password": "correct horse", "next": target}
    answers = [Client().post("/accounts/login/", data), Client().post("/accounts/signup/", SIGNUP | {"next": target})]
    client = Client()
    client.force_login(alice, backend="facts.backends.PlayerBackend")
    answers.append(client.post("/accounts/logout/", {"next": target}))
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/")] * 3


def test_cookies_are_for_this_site_and_of_sessions_no_script_reads_them(client, alice, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    response = client.post("/accounts/login/", {"login": alice.email, "password": "correct horse"})
    session, token = response.cookies["sessionid"], response.cookies["csrftoken"]
    assert (session["httponly"], session["secure"], session["samesite"]) == (True, True, "Lax")
    assert (token["secure"], token["samesite"]) == (True, "Lax")


def test_host_of_a_request_cannot_be_put_into_mails(client, alice, settings):
    settings.ALLOWED_HOSTS = ["exam.example.org"]
    path = reverse("account_reset_password")
    assert client.post(path, {"email": alice.email}, headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []
    good = {"host": "exam.example.org", "X-Forwarded-Host": "evil.example"}
    client.post(path, {"email": alice.email}, headers=good)
    (message,) = mail.outbox
    assert "http://exam.example.org/accounts/password/reset/key/" in message.body
    assert "evil" not in message.body


# Mails


@pytest.fixture
def no_mail_server(settings, monkeypatch):
    """A server is set up and refuses; it takes what there is to send, or nothing."""
    settings.EMAIL_IS_CONFIGURED, settings.ACCOUNT_EMAIL_VERIFICATION = True, "optional"

    def refuse(self, messages):
        raise SMTPRecipientsRefused({messages[0].to[0]: (450, b"later")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)


def test_sign_up_lets_in_although_the_mail_could_not_be_sent(client, no_mail_server, caplog):
    response = client.post("/accounts/signup/", SIGNUP, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assertContains(response, "The mail that confirms your address could not be sent just now.")
    assertNotContains(response, "Confirmation email sent")
    assertContains(client.get("/accounts/"), SIGNUP["email"])
    assert [record.getMessage() for record in caplog.records] == ["A mail could not be sent: SMTPRecipientsRefused"]


def test_change_of_the_address_says_that_the_mail_could_not_be_sent(alice_client, alice, no_mail_server):
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    data = {"email": "new@example.org", "action_add": ""}
    response = alice_client.post("/accounts/email/", data, follow=True)
    assertContains(response, "could not be sent just now")
    assertContains(response, "Send the link again")
    assertContains(response, "once in three minutes at most")  # a second click sends none and is told nothing


def test_reset_without_a_mail_server_says_so_of_every_address_and_keeps_what_was_typed(alice, no_mail_server):
    answers = [page_for("/accounts/password/reset/", {"email": who}) for who in (alice.email, "nobody@example.org")]
    for (status, _, page), who in zip(answers, (alice.email, "nobody@example.org"), strict=True):
        assert status == 503
        assert "The mail could not be sent just now." in page
        assert f'value="{who}"' in page
    assert answers[0][2].replace(alice.email, "") == answers[1][2].replace("nobody@example.org", "")


def test_reset_says_where_there_is_no_mail_server_at_all(client, settings):
    text = "no mail server set up: mails are printed to its log"
    assertContains(client.get("/accounts/password/reset/"), text)
    settings.EMAIL_IS_CONFIGURED = True
    assertNotContains(client.get("/accounts/password/reset/"), text)


def test_guest_is_not_told_to_be_signed_in_where_a_password_is_reset(guest_client):
    for path in ("", "done/"):
        assertNotContains(guest_client.get(f"/accounts/password/reset/{path}"), "logged in")


def test_reset_leads_on_from_each_of_its_pages(client, alice):
    client.post("/accounts/password/reset/", {"email": alice.email})
    (message,) = mail.outbox
    assert message.subject == "Examprep: Choose a new password"
    path = re.search(r"^http://testserver(/\S+)$", message.body, re.MULTILINE)[1]
    form = client.get(path, follow=True).redirect_chain[-1][0]
    new = {"password1": "battery staple 7", "password2": "battery staple 7"}
    assertContains(client.post(form, new, follow=True), 'href="/accounts/login/">Sign in</a></div>')
    assertContains(Client().get(path), 'href="/accounts/password/reset/">Ask for another one</a>')


def test_mail_to_confirm_an_address_tells_nothing_that_its_sender_chose(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    client.post("/accounts/signup/", SIGNUP | {"display_name": "Buy at evil.example"})
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Examprep: Confirm your address", [SIGNUP["email"]])
    assert "http://testserver/accounts/confirm-email/" in message.body
    assert "evil" not in message.body
