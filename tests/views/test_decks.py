"""Decks that players take along, opened by Anki's own library."""

from datetime import timedelta

import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import Fact, Question, Quiz, Service
from facts.services.decks import MOST_DECKS
from facts.services.exam import hand_in
from tests.factories import answer_quiz, make_exam, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(alice):
    """A quiz of Alice about three of the bank's facts."""
    make_facts(6)
    quiz = make_quiz(alice, length=3)
    answer_quiz(quiz, right=1)
    return quiz


def path_of(quiz):
    return f"/quiz/{quiz.pk}/deck/"


class Anki:
    """A learner's collection, into which decks are imported."""

    def __init__(self, folder):
        self.folder = folder
        self.collection = Collection(str(folder / "collection.anki2"))

    def take(self, response):
        """Import the deck; how many of its notes are new, updated, and as they were."""
        assert response.status_code == 200
        path = self.folder / "deck.apkg"
        path.write_bytes(response.content)
        log = self.collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path))).log
        return len(log.new), len(log.updated), len(log.duplicate)

    def stems(self):
        return sorted(self.collection.get_note(one)["Stem"] for one in self.collection.find_notes(""))


@pytest.fixture
def anki(tmp_path):
    opened = Anki(tmp_path)
    yield opened
    opened.collection.close()


def stems(**about):
    return sorted(Question.objects.filter(state="live", **about).values_list("stem", flat=True))


# Of a quiz


def test_quiz_deck_has_the_live_questions_about_its_facts(alice_client, finished, anki):
    asked = Fact.objects.filter(pk__in=finished.questions.values("fact"))
    response = alice_client.get(path_of(finished))
    expected = stems(fact__in=asked)
    assert anki.take(response) == (len(expected), 0, 0)
    assert anki.stems() == expected != stems()
    assert response["Content-Disposition"] == f'attachment; filename="examprep-quiz-{finished.pk}.apkg"'
    assert "no-store" in response["Cache-Control"]


def test_deck_taken_twice_doubles_no_card(alice_client, finished, anki):
    anki.take(alice_client.get(path_of(finished)))
    count = anki.collection.card_count()
    service = Service.objects.get(facts=finished.questions.first().fact)
    new, _, _ = anki.take(alice_client.get(path_of(finished)))
    assert (new, anki.collection.card_count()) == (0, count)
    anki.take(alice_client.get(f"/decks/{service.slug}/"))
    assert anki.stems() == stems()


def test_quiz_deck_of_others_is_not_found(client, bob_client, finished):
    for stranger in (client, bob_client):
        assert stranger.get(path_of(finished)).status_code == 404


@pytest.mark.parametrize("quiz_id", [0, 999_999, 10**30])
def test_quiz_deck_of_no_quiz_is_not_found(alice_client, quiz_id):
    assert alice_client.get(f"/quiz/{quiz_id}/deck/").status_code == 404


def test_quiz_deck_of_a_quiz_that_runs_is_not_found(alice_client, alice):
    assert alice_client.get(path_of(make_quiz(alice))).status_code == 404


def test_quiz_deck_leaves_out_what_may_not_be_asked(alice_client, finished, anki):
    first, second, third = finished.questions.values_list("fact", flat=True)
    Fact.objects.filter(pk=first).update(is_withdrawn=True)
    Fact.objects.filter(pk=second).update(digest="of another wording")
    (held, *_) = Question.objects.filter(fact=third)
    Question.objects.filter(pk=held.pk).update(state="review")
    kept = Question.objects.filter(fact=third, state="live").exclude(grounds__fact=second)
    anki.take(alice_client.get(path_of(finished)))
    assert anki.stems() == sorted(question.stem for question in kept) != []


def test_deck_without_a_card_is_said_so(alice_client, finished):
    Question.objects.update(state="retired")
    for path, back in ((path_of(finished), f"/quiz/{finished.pk}/"), ("/decks/s3/", "/facts/?service=s3")):
        make_service("s3")
        assertRedirects(alice_client.get(path), back, fetch_redirect_response=False)
        assertContains(alice_client.get(back), "There is no question to put into a deck here yet.")


# Of a service


def test_service_deck_has_the_live_questions_about_it(alice_client, anki):
    s3, ec2 = make_service("s3"), make_service("ec2", family="Compute")
    make_fact("s3-a", service=s3)
    also = make_fact("ec2-a", service=ec2, remake=False)
    also.other_services.add(s3)
    make_fact("ec2-b", service=ec2)
    response = alice_client.get("/decks/s3/")
    assert response["Content-Disposition"] == 'attachment; filename="examprep-s3.apkg"'
    anki.take(response)
    assert anki.stems() == stems(fact__slug__in=["s3-a", "ec2-a"]) != stems()


def test_service_deck_of_no_service_is_not_found(alice_client):
    assert alice_client.get("/decks/nothing/").status_code == 404


def test_service_deck_is_for_players(client, alice_client):
    make_fact(service=make_service("s3"))
    assertRedirects(client.get("/decks/s3/"), "/facts/?service=s3", fetch_redirect_response=False)
    assertContains(client.get("/facts/?service=s3"), "Decks are for players")
    assertNotContains(client.get("/facts/?service=s3"), "/decks/s3/")
    assertContains(alice_client.get("/facts/?service=s3"), 'action="/decks/s3/"')
    assertNotContains(alice_client.get("/facts/"), "/decks/")


def test_facts_for_htmx_bring_the_deck_of_the_service(alice_client, htmx):
    make_fact(service=make_service("s3"))
    assertContains(alice_client.get("/facts/?service=s3", headers=htmx), 'action="/decks/s3/"')


# While an exam runs, and after it


def test_no_deck_is_given_while_an_exam_of_the_player_runs(alice, alice_client, bob_client):
    exam, finished = make_exam(alice), make_quiz(alice)
    answer_quiz(finished)
    slug = Service.objects.filter(facts__in=exam.questions.values("fact")).first().slug
    for path, back in ((path_of(finished), f"/quiz/{finished.pk}/"), (f"/decks/{slug}/", f"/facts/?service={slug}")):
        assertRedirects(alice_client.get(path), back, fetch_redirect_response=False)
        assertContains(alice_client.get(back), "Your exam is still running")
    assert alice_client.get(path_of(exam)).status_code == 404
    assert bob_client.get(f"/decks/{slug}/").status_code == 200


def test_exam_that_was_handed_in_gives_a_deck(alice, alice_client, anki):
    exam = make_exam(alice)
    hand_in(quiz=exam)
    assertContains(alice_client.get(f"/quiz/{exam.pk}/"), f'action="{path_of(exam)}"')
    anki.take(alice_client.get(path_of(exam)))
    assert anki.stems() == stems(fact__in=exam.questions.values("fact"))


def test_exam_whose_time_is_over_keeps_no_deck_back(alice, alice_client):
    exam, finished = make_exam(alice), make_quiz(alice)
    answer_quiz(finished)
    Quiz.objects.filter(pk=exam.pk).update(deadline=timezone.now() - timedelta(minutes=1))
    assert alice_client.get(path_of(finished)).status_code == 200


# How often


def test_decks_are_refused_for_a_while_after_many(alice_client, bob_client, finished):
    make_fact(service=make_service("s3"))
    for _ in range(MOST_DECKS):
        assert alice_client.get("/decks/s3/").status_code == 200
    for path in ("/decks/s3/", path_of(finished)):
        response = alice_client.get(path)
        assertContains(response, f"more than {MOST_DECKS} decks within 10 minutes. Wait a few", status_code=429)
        assert response["Retry-After"] == "600"
    assert bob_client.get("/decks/s3/").status_code == 200


def test_deck_that_was_refused_is_not_counted(alice_client):
    make_service("s3")
    for _ in range(MOST_DECKS + 1):
        assert alice_client.get("/decks/s3/").status_code == 302


@pytest.mark.parametrize("count", [3, 6])
def test_quiz_deck_query_count_is_fixed(alice, alice_client, count, django_assert_num_queries):
    quiz = make_quiz(alice, length=count)
    answer_quiz(quiz)
    with django_assert_num_queries(9):  # one of them counts the deck
        alice_client.get(path_of(quiz))


def test_decks_refuse_posts(alice_client, finished):
    make_service("s3")
    for path in (path_of(finished), "/decks/s3/"):
        assert alice_client.post(path).status_code == 405
