"""Sprint and today's session, as pages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import Player, Quiz, QuizMode, QuizQuestion, StudyPlan
from facts.services.play import start_sprint
from facts.templatetags.questions import chance
from tests.factories import answer_quiz, make_facts, make_quiz

pytestmark = pytest.mark.django_db


def key(question):
    return [str(index) for index, option in enumerate(question.options) if option["correct"]]


# Sprint


def test_sprint_is_begun_with_the_pace_of_the_plan(alice_client, alice):
    StudyPlan.objects.create(player=alice, sprint_pace=200)
    assertContains(alice_client.get("/quiz/sprint/"), 'value="200" checked')


def test_sprint_starts(alice_client):
    make_facts(3)
    response = alice_client.post("/quiz/sprint/", {"pace": "150"})
    quiz = Quiz.objects.get()
    assertRedirects(response, f"/quiz/{quiz.pk}/", fetch_redirect_response=False)
    assert set(quiz.questions.values_list("seconds_allowed", flat=True)) == {45}


def test_sprint_of_a_visitor_makes_a_guest(client):
    make_facts(3)
    assert client.get("/quiz/sprint/").status_code == 200
    assert not Player.objects.exists()
    client.post("/quiz/sprint/", {"pace": "0"})
    assert Player.objects.get().is_guest


@pytest.mark.parametrize("pace", ["", "7", "fast", "-100"])
def test_sprint_at_a_pace_that_is_none_says_so(alice_client, pace):
    make_facts(3)
    response = alice_client.post("/quiz/sprint/", {"pace": pace})
    assert response.status_code == 422
    assertContains(response, 'role="alert"', status_code=422)
    assert not Quiz.objects.exists()


def test_sprint_of_an_empty_bank_says_so(alice_client):
    assertContains(alice_client.post("/quiz/sprint/", {"pace": "100"}), "No question fits", status_code=422)


def test_question_of_a_sprint_shows_the_time_left(alice_client, alice):
    make_facts(1)
    quiz = start_sprint(player=alice, pace=100)
    quiz.questions.update(shown_at=timezone.now() - timedelta(seconds=10))
    assertContains(alice_client.get(f"/quiz/{quiz.pk}/1/"), 'data-left="20"')


def test_late_answer_is_told_as_such_and_comes_again(alice_client, alice, htmx):
    make_facts(1)
    quiz = start_sprint(player=alice, pace=100)
    quiz.questions.update(shown_at=timezone.now() - timedelta(seconds=60))
    response = alice_client.post(f"/quiz/{quiz.pk}/1/", {"choice": key(quiz.questions.get())}, headers=htmx)
    assertContains(response, "The time was over.")
    assertContains(response, "It comes once more at the end.")
    assertContains(alice_client.get(f"/quiz/{quiz.pk}/2/"), "once more")


def test_question_left_open_is_closed_by_looking_at_it(alice_client, alice):
    make_facts(1)
    quiz = start_sprint(player=alice, pace=100)
    quiz.questions.update(shown_at=timezone.now() - timedelta(hours=1))
    assertContains(alice_client.get(f"/quiz/{quiz.pk}/1/"), "The time was over.")
    assert QuizQuestion.objects.get(quiz=quiz, position=1).ran_out


# Today


def test_home_of_a_player_says_what_is_due_and_starts_it(alice_client, alice):
    make_facts(4)
    assertContains(alice_client.get("/"), "4 new facts today.")
    response = alice_client.post("/quiz/today/")
    quiz = Quiz.objects.get(player=alice, mode=QuizMode.TODAY)
    assertRedirects(response, f"/quiz/{quiz.pk}/", fetch_redirect_response=False)
    answer_quiz(quiz)
    assertContains(alice_client.get("/"), "All done for today.")


def test_today_with_nothing_due_says_so(alice_client, alice):
    make_facts(2)
    StudyPlan.objects.create(player=alice, new_per_day=0)
    response = alice_client.post("/quiz/today/", follow=True)
    assertContains(response, "Today’s work is done.")


def test_another_session_is_begun_all_the_same(alice_client, alice):
    make_facts(2)
    StudyPlan.objects.create(player=alice, new_per_day=5)
    answer_quiz(make_quiz(alice, length=2))
    assertContains(alice_client.get("/"), "Another session all the same")
    alice_client.post("/quiz/today/", {"more": "1"})
    assert Quiz.objects.get(player=alice, mode=QuizMode.TODAY).questions.count() == 2


def test_today_is_started_by_post_alone(alice_client):
    assert alice_client.get("/quiz/today/").status_code == 405


def test_home_counts_the_days_to_the_exam(alice_client, alice):
    make_facts(2)
    StudyPlan.objects.create(player=alice, exam_on=timezone.now().date() + timedelta(days=9))
    assertContains(alice_client.get("/"), "9 days to your exam")


def test_home_of_a_visitor_shows_no_plan(client):
    make_facts(2)
    assertNotContains(client.get("/"), "day in a row")


@pytest.mark.parametrize("fact_count", [2, 8])
def test_home_takes_a_fixed_number_of_queries(alice_client, alice, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    make_quiz(alice, length=2)
    alice_client.get("/")
    with django_assert_num_queries(15):
        alice_client.get("/")


def test_cramming_is_chosen_with_a_box(alice_client):
    make_facts(5)
    alice_client.post("/quiz/", {"all_kinds": "1", "length": "5", "cram": "1"})
    assert Quiz.objects.get().mode == QuizMode.CRAM


# Readiness


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "under 1 %"), (0.012, "1 %"), (0.5, "50 %"), (0.994, "over 99 %"), (None, "")]
)
def test_no_chance_is_told_as_certain(share, words):
    assert chance(share) == words


def test_readiness_says_what_is_missing(alice_client, htmx):
    response = alice_client.get("/readiness/")
    assertContains(response, "It is too early to say.")
    assertContains(response, "150 more will do")
    summary = alice_client.get("/readiness/", headers=htmx)
    assertContains(summary, "150 more")
    assertNotContains(summary, "<html")


def test_readiness_of_a_stranger_says_what_it_is(client):
    assertContains(client.get("/readiness/"), "How ready are you?")
