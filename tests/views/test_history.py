from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import Card, Quiz, QuizMode, QuizQuestion, StudyPlan, Tally
from facts.services.players import make_guest
from facts.services.progress import fold_answers
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db
PAGES = ["/history/", "/history/memory/", "/history/quizzes/"]
DOWNLOADS = ["/history/export/", "/history/export/memory/"]


def make_card(player, fact, stability=5.0):
    now = timezone.now()
    return Card.objects.create(
        player=player, fact=fact, state=2, stability=stability, difficulty=5, answered=3, right=1,
        due=now, last_review=now - timedelta(days=1), first_review=now - timedelta(days=1),
    )  # fmt: skip


@pytest.fixture
def caught_up(monkeypatch):
    """Without what the fold asks, which is counted where the fold is tested."""
    monkeypatch.setattr("facts.views.history.catch_up", lambda player: None)


def guest_client():
    guest, client = make_guest(), Client()
    client.force_login(guest, backend="facts.backends.PlayerBackend")
    return guest, client


# Every page


@pytest.mark.parametrize(
    ("path", "words"),
    list(zip(PAGES, ["begins with the first answer", "will show here", "will be listed here"], strict=True)),
)
def test_history_of_a_stranger_says_what_will_be_here(client, alice_client, path, words):
    assertContains(client.get(path), words)
    assertContains(alice_client.get(path), words)


@pytest.mark.parametrize("path", [*PAGES, *DOWNLOADS])
def test_history_is_read_only(alice_client, path):
    assert alice_client.post(path).status_code == 405


@pytest.mark.parametrize("path", [*PAGES, *DOWNLOADS, "/history/delete/"])
def test_history_shows_nothing_of_others(alice, bob_client, path):
    fact = make_fact(statement="Amazon s3 keeps the secrets of Alice as they came.")
    answer_quiz(make_quiz(alice, label="Secrets of Alice"))
    fold_answers(alice)
    Card.objects.all().delete()
    make_card(alice, fact)
    response = bob_client.get(path)
    content = b"".join(response) if response.streaming else response.content
    assert b"ecrets of Alice" not in content


@pytest.mark.parametrize(
    "query", ["page=nonsense", "page=-1", "page=99999999999999999999", "days=nonsense", "days=31", "page=2026-13-45"]
)
@pytest.mark.parametrize("path", PAGES)
def test_history_with_nonsense_is_still_a_page(alice_client, alice, path, query):
    answer_quiz(make_quiz(alice))
    assert alice_client.get(f"{path}?{query}").status_code == 200


# Days


def test_history_of_a_new_player_offers_to_go_on(alice_client, alice):
    quiz = make_quiz(alice)
    assertContains(alice_client.get("/history/"), f'href="/quiz/{quiz.pk}/"')


def test_history_of_the_first_day_says_what_a_second_one_adds(alice_client, alice):
    answer_quiz(make_quiz(alice), right=3)
    response = alice_client.get("/history/")
    for text in ("60 %", "One day so far: 60 % right", "facts of an earlier day", "1 day</strong>", "3 of 5", "<svg"):
        assertContains(response, text)


def test_history_draws_accuracy_and_retention(alice_client, alice):
    answer_quiz(make_quiz(alice))
    fold_answers(alice)
    yesterday = timezone.now().date() - timedelta(days=1)
    Tally.objects.create(
        player=alice, period="day", starts_on=yesterday, answered=8, right=6, reviewed=5, reviewed_right=1
    )
    response = alice_client.get("/history/")
    for text in ('<polyline class="accuracy"', '<rect class="retention"', "20 % of 5", "2 days in a row"):
        assertContains(response, text)


def test_history_draws_no_point_for_a_handful_of_answers(alice_client, alice):
    answer_quiz(make_quiz(alice))
    fold_answers(alice)
    today = timezone.now().date()
    for days_ago, answered in ((1, 4), (2, 5)):
        starts_on = today - timedelta(days=days_ago)
        Tally.objects.create(player=alice, period="day", starts_on=starts_on, answered=answered, right=0)
    response = alice_client.get("/history/")
    assertContains(response, '<circle class="accuracy" cx="', 2 + 1)  # two days, and the sample below the chart
    assertContains(response, "Days with fewer than 5 answers are in the list only.")


def test_history_folds_what_was_answered_in_an_unfinished_quiz(alice_client, alice):
    quiz = make_quiz(alice, kinds=["true_false"])
    alice_client.post(f"/quiz/{quiz.pk}/1/", {"choice": "0"})
    alice_client.get("/history/")
    assert Tally.objects.get(player=alice, period="all", scope="").answered == 1


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", "23 Nov 2026"), ("", "23 Nov 2026")])
def test_history_at_half_past_eleven_at_night_is_of_that_day(alice_client, alice, zone, day, monkeypatch):
    StudyPlan.objects.create(player=alice, time_zone=zone)
    hour = 10 if zone else 23  # 23:30 there
    now = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    answer_quiz(make_quiz(alice))
    assertContains(alice_client.get("/history/"), f'<th scope="row">{day}</th>')
    assertContains(alice_client.get("/history/quizzes/"), "23 Nov 2026, <span>23:30</span>")


@pytest.mark.parametrize("quiz_count", [1, 3])
def test_history_query_count_is_fixed(alice_client, alice, quiz_count, caught_up, django_assert_num_queries):
    for seed in range(quiz_count):
        answer_quiz(make_quiz(alice, seed=seed))
    fold_answers(alice)
    # session, player, plan; names of services, totals, days
    with django_assert_num_queries(6):
        alice_client.get("/history/")


# Memory


def test_memory_shows_weak_facts_the_forecast_and_every_family(alice_client, alice):
    fact = make_fact()
    make_fact(service=make_service("sqs", family="Messages"))
    make_card(alice, fact, stability=0.2)
    StudyPlan.objects.create(player=alice, exam_on=timezone.now().date() + timedelta(days=3))
    response = alice_client.get("/history/memory/")
    for text in (fact.statement, "1 of 3 right", "Practise it", "in 3 days", "1 of 1 fact met", "0 of 1 fact met"):
        assertContains(response, text)
    assertContains(alice_client.get("/history/memory/?days=30"), "next 30 days")


@pytest.mark.parametrize("card_count", [1, 30])
def test_memory_query_count_is_fixed(alice_client, alice, card_count, caught_up, django_assert_num_queries):
    for number in range(card_count):
        make_card(alice, make_fact(remake=False, service=make_service(f"service-{number}")))
    # session, player, plan; cards, facts of each service, services, the weakest
    with django_assert_num_queries(7):
        alice_client.get("/history/memory/")


def test_weakest_facts_become_a_quiz(alice_client, alice):
    facts = make_facts(12)
    for number, fact in enumerate(facts):
        make_card(alice, fact, stability=0.5 + number)
    response = alice_client.post("/history/memory/weakest/")
    quiz = Quiz.objects.get(player=alice)
    assertRedirects(response, f"/quiz/{quiz.pk}/", fetch_redirect_response=False)
    assert quiz.scope == "Weakest facts"
    assert {question.fact for question in quiz.questions.all()} <= set(facts[:10])


def test_weakest_facts_of_nobody_lead_back(client, alice_client):
    make_facts(3)
    assertRedirects(client.post("/history/memory/weakest/"), "/history/memory/")
    assertContains(alice_client.post("/history/memory/weakest/", follow=True), "nothing to practise")
    assert alice_client.get("/history/memory/weakest/").status_code == 405
    assert not Quiz.objects.exists()


# Quizzes


@pytest.mark.parametrize("mode", QuizMode)
def test_quizzes_are_listed_with_their_mode(alice_client, alice, mode):
    answer_quiz(make_quiz(alice), right=3)
    Quiz.objects.update(mode=mode)
    response = alice_client.get("/history/quizzes/")
    assertContains(response, "3 of 5")
    assertContains(response, f'<span class="soft">{mode.label}</span>')


def test_quizzes_have_pages(alice_client, alice):
    make_facts(5)
    for seed in range(21):
        make_quiz(alice, seed=seed)
    assertContains(alice_client.get("/history/quizzes/"), "Page 1 of 2")


@pytest.mark.parametrize("quiz_count", [1, 3])
def test_quizzes_query_count_is_fixed(alice_client, alice, quiz_count, caught_up, django_assert_num_queries):
    for seed in range(quiz_count):
        answer_quiz(make_quiz(alice, seed=seed))
    fold_answers(alice)
    # session, player; how many, the page, their answers; plan
    with django_assert_num_queries(6):
        alice_client.get("/history/quizzes/")


# Export and deletion


def test_export_is_a_file_of_the_players_own(alice_client, alice):
    answer_quiz(make_quiz(alice, length=5))
    response = alice_client.get("/history/export/")
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="examprep-answers.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(response).count(b"\r\n") == 6


def test_export_of_memory_is_a_file_of_the_players_own(alice_client, alice):
    make_card(alice, make_fact("s3-fact"))
    assert b"\r\ns3-fact," in b"".join(alice_client.get("/history/export/memory/"))


@pytest.mark.parametrize("path", [*DOWNLOADS, "/history/delete/"])
def test_stranger_has_nothing_to_take_along_or_delete(client, path):
    assertRedirects(client.get(path), "/history/")


def test_deletion_asks_for_the_password(alice_client, alice):
    answer_quiz(make_quiz(alice))
    assertContains(alice_client.get("/history/delete/"), "1 quiz with 5 answers")
    response = alice_client.post("/history/delete/", {"password": "wrong"})
    assertContains(response, "Nothing was deleted.", status_code=422)
    assert QuizQuestion.objects.filter(player=alice).count() == 5


def test_deletion_keeps_the_account(alice_client, alice):
    answer_quiz(make_quiz(alice))
    response = alice_client.post("/history/delete/", {"password": "correct horse"}, follow=True)
    assertContains(response, "Your history is deleted.")
    assertContains(response, "begins with the first answer")
    assertContains(response, "Account")
    assert not Quiz.objects.filter(player=alice).exists()


def test_guest_deletes_without_a_password(bob):
    guest, client = guest_client()
    answer_quiz(make_quiz(guest))
    answer_quiz(make_quiz(bob))
    page = client.get("/history/delete/")
    for what in ("password", "Your account", "your groups", "on the leaderboard"):  # a guest has none of them
        assertNotContains(page, what)
    client.post("/history/delete/")
    assert not Quiz.objects.filter(player=guest).exists()
    assert Quiz.objects.filter(player=bob).exists()
