"""The fold of answers into memory and ratings; into tallies it is tested in test_services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from facts.models import (
    Card,
    Player,
    PlayerRating,
    QuestionRating,
    QuizMode,
    QuizQuestion,
    RatingWeek,
    StudyPlan,
    Tally,
)
from facts.services.plans import save_plan
from facts.services.play import ask_again
from facts.services.players import make_guest, merge_guest
from facts.services.progress import _fold, fold_answers, refold_answers
from tests.commands import run
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHOICE = ["which_true", "which_false", "fill_blank", "scenario", "choose_two"]


def play(player, when=START, *, right=None, length=3, seed=1, mode=QuizMode.PRACTICE, **scope):
    """A quiz answered at that time, a minute a question."""
    quiz = make_quiz(player, length=length, seed=seed, **scope)
    quiz.mode = mode
    quiz.save()
    answer_quiz(quiz, right=right)
    for question in quiz.questions.all():
        moment = when + timedelta(minutes=question.position)
        quiz.questions.filter(pk=question.pk).update(shown_at=moment - timedelta(seconds=20), answered_at=moment)
    return quiz


def snapshot(player):
    """Everything that was folded of a player, to compare."""
    cards = Card.objects.filter(player=player).order_by("fact").values()
    ratings = PlayerRating.objects.filter(player=player).order_by("scope").values()
    tallies = Tally.objects.filter(player=player).order_by("period", "starts_on", "scope").values()
    weeks = RatingWeek.objects.filter(player=player).order_by("starts_on").values()
    questions = QuestionRating.objects.order_by("pk").values()
    return [[{**row, "id": 0} for row in rows] for rows in (cards, ratings, weeks, tallies, questions)]


def test_first_answer_makes_a_card(alice):
    make_fact(has_scenario=True)
    play(alice, length=1, kinds=["scenario"])
    fold_answers(alice)
    card = Card.objects.get(player=alice)
    assert card.last_review == card.first_review == START + timedelta(minutes=1)
    assert card.due > card.last_review
    assert (card.answered, card.right, card.last_question.kind) == (1, 1, "scenario")


def test_wrong_answer_is_due_sooner_than_a_right_one(alice):
    make_facts(2)
    play(alice, length=2, right=1)
    fold_answers(alice)
    right, wrong = Card.objects.order_by("last_review")
    assert wrong.stability < right.stability
    assert wrong.due - wrong.last_review <= right.due - right.last_review


def test_right_answer_that_may_be_guessed_is_weaker(alice, bob):
    make_fact(has_scenario=True)
    play(alice, length=1, kinds=["true_false"])
    play(bob, length=1, kinds=["scenario"])
    fold_answers(alice)
    fold_answers(bob)
    assert Card.objects.get(player=alice).stability < Card.objects.get(player=bob).stability


def test_cramming_leaves_the_schedule_alone(alice):
    play(alice, mode=QuizMode.CRAM)
    fold_answers(alice)
    assert not Card.objects.exists()
    assert Tally.objects.get(period="all", scope="").answered == 3


def test_asking_again_in_the_same_quiz_leaves_the_card_alone(alice):
    make_facts(1)
    quiz = play(alice, length=1, right=0)
    fold_answers(alice)
    before = Card.objects.values().get()
    again = ask_again(quiz.questions.get())
    keys = [index for index, option in enumerate(again.options) if option["correct"]]
    QuizQuestion.objects.filter(pk=again.pk).update(
        answered_at=START + timedelta(minutes=5), chosen=keys, is_right=True
    )
    fold_answers(alice)
    assert Card.objects.values().get() == before
    assert Tally.objects.get(period="all", scope="").answered == 2


def test_review_on_a_later_day_counts_for_retention(alice):
    make_facts(1)
    for day, right in ((0, 1), (3, 1), (9, 0)):
        play(alice, START + timedelta(days=day), length=1, right=right, seed=day)
    fold_answers(alice)
    days = Tally.objects.filter(period="day").order_by("starts_on").values_list("reviewed", "reviewed_right")
    assert list(days) == [(0, 0), (1, 1), (1, 0)]


def test_seconds_of_a_day_are_counted(alice):
    play(alice, length=3)
    fold_answers(alice)
    assert Tally.objects.get(period="day").seconds == pytest.approx(60)


@pytest.mark.parametrize(("zone", "day"), [("", "2026-03-01"), ("Pacific/Auckland", "2026-03-02")])
def test_days_are_those_of_the_players_time_zone(alice, zone, day):
    StudyPlan.objects.create(player=alice, time_zone=zone)
    play(alice, datetime(2026, 3, 1, 11, 30, tzinfo=UTC))
    fold_answers(alice)
    assert str(Tally.objects.get(period="day").starts_on) == day


def test_changing_the_time_zone_sorts_the_days_anew(alice):
    play(alice, datetime(2026, 3, 1, 11, 30, tzinfo=UTC))
    fold_answers(alice)
    save_plan(plan=StudyPlan(player=alice, time_zone="Pacific/Auckland"))
    assert str(Tally.objects.get(period="day").starts_on) == "2026-03-02"
    assert Tally.objects.get(period="all", scope="").answered == 3


# Ratings


def test_true_or_false_and_repeats_are_not_rated(alice):
    make_fact(has_scenario=True)
    play(alice, length=1, kinds=["true_false"])
    fold_answers(alice)
    assert not PlayerRating.objects.exists()
    for seed in (1, 2):
        play(alice, START + timedelta(days=seed), length=1, seed=seed, kinds=["scenario"])
    fold_answers(alice)
    assert PlayerRating.objects.get(scope="").answered == 1
    assert QuestionRating.objects.get().answered == 1


def test_rating_in_all_scopes_moves_with_first_attempts(alice, bob):
    make_fact(has_scenario=True)
    play(alice, length=1, kinds=["scenario"], right=1)
    play(bob, length=1, kinds=["scenario"], right=0)
    fold_answers(alice)
    fold_answers(bob)
    for scope in ("", "domain:new-solutions", "family:storage"):
        good, poor = (PlayerRating.objects.get(player=player, scope=scope) for player in (alice, bob))
        assert good.value > 1500 > poor.value
        assert good.deviation < 350


def test_answer_keeps_the_rating_that_it_met(alice, bob):
    make_fact(has_scenario=True)
    for player in (alice, bob):
        play(player, length=1, kinds=["scenario"])
        fold_answers(player)
    met = QuizQuestion.objects.order_by("pk").values_list("met_rating", flat=True)
    assert met[1] < met[0]  # Alice was right, so the question had become easier


def test_folding_anew_leaves_the_questions_as_they_are(alice, bob):
    make_fact(has_scenario=True)
    for player in (alice, bob):
        play(player, length=1, kinds=["scenario"])
        fold_answers(player)
    before = snapshot(alice)
    refold_answers(alice)
    assert snapshot(alice) == before


# Order, time, and several devices


def test_fold_in_steps_equals_fold_at_once_in_everything(alice):
    make_facts(6, has_scenario=True)
    for day in range(6):
        play(alice, START + timedelta(days=day * day), length=4, right=day % 5, seed=day)
        fold_answers(alice)
    in_steps = snapshot(alice)
    assert refold_answers(alice) == 24
    assert snapshot(alice) == in_steps


def test_answer_that_comes_late_is_folded_where_it_belongs(alice):
    make_facts(4, has_scenario=True)
    early = play(alice, START, length=3, right=1, seed=1)
    play(alice, START + timedelta(days=4), length=3, right=2, seed=2)
    QuizQuestion.objects.filter(quiz=early).update(attempt=0)  # not visible yet
    fold_answers(alice)
    QuizQuestion.objects.filter(quiz=early).update(attempt=None)
    fold_answers(alice)
    in_two_steps = snapshot(alice)
    refold_answers(alice)
    assert snapshot(alice) == in_two_steps
    assert {card.first_review.date() for card in Card.objects.filter(answered=2)} == {START.date()}


def test_clock_that_jumped_backwards_breaks_nothing(alice):
    make_facts(1)
    play(alice, START, length=1, seed=1)
    fold_answers(alice)
    quiz = play(alice, START - timedelta(hours=5), length=1, seed=2)
    quiz.questions.update(shown_at=F("answered_at") + timedelta(hours=1))
    fold_answers(alice)
    card = Card.objects.get()
    assert (card.answered, card.last_review) == (2, START - timedelta(hours=5, minutes=-1))
    assert Tally.objects.get(period="all", scope="").seconds == pytest.approx(20)


def test_player_folded_by_an_older_edition_is_folded_anew(alice):
    play(alice)
    fold_answers(alice)
    before = snapshot(alice)
    Card.objects.all().delete()
    Tally.objects.update(answered=99)
    alice.fold_version = 0
    alice.save()
    fold_answers(alice)
    assert snapshot(alice) == before


def test_merging_a_guest_folds_both_in_the_order_of_time(alice):
    make_facts(3, has_scenario=True)
    guest = make_guest()
    StudyPlan.objects.create(player=guest, time_zone="Europe/Vienna")
    play(guest, START, length=3, right=0)
    play(alice, START + timedelta(days=2), length=3)
    fold_answers(guest)
    fold_answers(alice)
    merge_guest(guest=guest, member=alice)
    assert set(Card.objects.values_list("player", "answered", "right")) == {(alice.pk, 2, 1)}
    assert alice.plan.time_zone == "Europe/Vienna"


@pytest.mark.parametrize("length", [1, 6])
def test_fold_takes_a_fixed_number_of_queries(alice, length, django_assert_num_queries):
    make_facts(6, has_scenario=True)
    play(alice, length=length, kinds=["scenario"])
    with django_assert_num_queries(28):
        fold_answers(alice)


def test_second_fold_of_what_both_found_open_adds_nothing(alice):
    """Two devices: both saw that there is something to fold, and one after the other got its turn."""
    make_facts(4, has_scenario=True)
    play(alice, length=4)
    other = Player.objects.get(pk=alice.pk)
    assert _fold(alice, anew=False) == 4
    before = snapshot(alice)
    assert _fold(other, anew=False) == 0
    assert snapshot(alice) == before


# The command


def test_command_folds_those_of_an_older_edition_anew(alice, bob):
    make_facts(3)
    for player in (alice, bob):
        play(player)
        fold_answers(player)
    Player.objects.filter(pk=alice.pk).update(fold_version=0)
    Card.objects.all().delete()
    assert "Players: 1. Answers: 3." in run("refold_progress")
    assert set(Card.objects.values_list("player", flat=True)) == {alice.pk}
    assert "Players: 0." in run("refold_progress")


def test_command_folds_everybody_anew(alice, bob):
    make_facts(3)
    for player in (alice, bob):
        play(player)
        fold_answers(player)
    before = snapshot(alice), snapshot(bob)
    Tally.objects.update(answered=77)
    assert "Players: 2. Answers: 6." in run("refold_progress", "--all")
    assert (snapshot(alice), snapshot(bob)) == before
