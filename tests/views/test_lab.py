"""The lab's page over HTTP."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from facts.models import Quiz
from facts.views.lab import KEY, MAX_ACTIONS, MAX_REQUESTS
from tests.factories import make_fact

pytestmark = pytest.mark.django_db

URL = "/lab/edge-storage/"
SEND = {"do": "send", "location": "FRA", "ttl": "0"}


def do(client, **changes):
    return client.post(URL, SEND | changes, follow=True)


def test_lab_shows_the_path_before_anything_was_done(client):
    response = client.get(URL)
    assertContains(response, "Nothing has been asked yet.")
    assertContains(response, "<svg")


def test_request_without_script_redirects_and_is_kept(client):
    assertRedirects(client.post(URL, SEND), URL)
    assertContains(client.get(URL), "You sent one request from Frankfurt.")


def test_request_over_htmx_answers_in_place(client, htmx):
    with assertTemplateUsed("facts/edge_storage.html#lab"):
        response = client.post(URL, SEND, headers=htmx)
    assertNotContains(response, "<html")


def test_value_stays_for_requests_one_after_another(client):
    do(client)
    assertContains(do(client, expect="same"), "As you expected.")


def test_burst_shows_several_values(client):
    assertContains(do(client, do="burst", count="4", expect="several"), "4 requests met 4 environments.")


def test_environment_counts_the_visits_of_each_session(client):
    do(client, session="ann")
    do(client, session="ben")
    assertContains(do(client, session="ann"), "this was visit 2 of the session")


def test_value_is_new_after_a_deployment(client):
    do(client)
    do(client, do="deploy")
    assertContains(do(client, expect="same"), "You expected: the value of before, reused.")


def test_cache_with_a_ttl_leaves_no_line_in_the_log(client):
    do(client, ttl="60")
    response = do(client, ttl="60", expect="none")
    assertContains(response, "the answer came from a cache")
    assert response.content.decode().count("<tr><td>09:00") == 1


def test_waiting_shows_no_outcome(client):
    do(client)
    assertContains(do(client, do="wait", seconds="1200"), "You let 20 minutes pass.")


def test_assumed_time_of_a_table_counts(client):
    do(client)
    assertContains(do(client, table_ms="500"), "at 500 ms a time")


def test_start_afresh_forgets_everything(client):
    do(client)
    assertContains(client.post(URL, {"reset": "1"}, follow=True), "Nothing has been asked yet.")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"do": "explode"}, "“explode” is nothing that the lab can do."),
        ({"do": ""}, "Choose what to do."),
        ({"location": "MARS"}, "There is no edge location “MARS” in the lab."),
        ({"ttl": "7"}, "The lab has no TTL of “7”"),
        ({"do": "burst", "count": "-3"}, "A burst has at least 2 requests."),
        ({"do": "burst", "count": "1000000"}, "A burst has at most 200 requests here."),
        ({"do": "burst", "count": "x"}, "A burst has a whole number of requests"),
        ({"do": "burst"}, "Say how many requests, from 2 to 200."),
        ({"do": "wait"}, "Say how long to wait."),
        ({"do": "wait", "seconds": "-1"}, "The lab does not wait for “-1”"),
        ({"session": "carl"}, "The lab knows no session “carl”"),
        ({"expect": "rain"}, "“rain” is no expectation"),
        ({"table_ms": "-1"}, "Asking a table takes 0 ms or more."),
    ],
)
def test_what_cannot_be_meant_says_why_and_costs_nothing(client, changes, message):
    do(client)
    before = client.session[KEY]
    assertContains(client.post(URL, SEND | changes), message, status_code=422)
    assert client.session[KEY] == before


def test_full_notebook_says_so_and_keeps_what_is_there(client):
    session = client.session
    session[KEY] = {"seed": 1, "actions": [{"do": "send", "location": "FRA"}] * MAX_ACTIONS, "before": 0, "expect": ""}
    session.save()
    assertContains(client.post(URL, SEND), "The notebook of this lab is full", status_code=422)
    assert len(client.session[KEY]["actions"]) == MAX_ACTIONS


def test_too_many_requests_in_all_say_so(client):
    session = client.session
    burst = {"do": "burst", "count": 200, "location": "FRA"}
    session[KEY] = {"seed": 1, "actions": [burst] * (MAX_REQUESTS // 200), "before": 0, "expect": ""}
    session.save()
    assertContains(client.post(URL, SEND), "2,000 requests", status_code=422)


def test_labs_of_two_visitors_are_apart(client, alice_client):
    do(client)
    assertContains(alice_client.get(URL), "Nothing has been asked yet.")


def test_facts_of_the_experiment_link_to_the_lab_and_back(client):
    fact = make_fact(key_point="edge-post")
    make_fact()
    assertContains(client.get(fact.get_absolute_url()), f'href="{URL}"')
    assertContains(client.get(URL), f'href="{fact.get_absolute_url()}"', count=1)


def test_lab_ends_in_a_quiz_on_exactly_its_facts(client):
    facts = {make_fact(key_point="edge-post").pk for _ in range(3)}
    make_fact()
    client.post(f"{URL}quiz/")
    quiz = Quiz.objects.get()
    assert (set(quiz.questions.values_list("fact", flat=True)), quiz.scope) == (facts, "Keeping data at the edge")


def test_lab_quiz_without_facts_says_so(client):
    assertContains(client.post(f"{URL}quiz/", follow=True), "No question fits this choice.")
