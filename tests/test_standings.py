"""Places on the leaderboard: moved with ratings and choices, and the same when they are remade."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.learning.skill import skill
from facts.models import MetQuestion, Player, PlayerRating, QuestionRating, QuizQuestion, RatingWeek, Rung, Standing
from facts.services.own_data import delete_learning_data
from facts.services.play import finish_quiz
from facts.services.players import delete_player, make_guest, merge_guest
from facts.services.progress import fold_answers, refold_answers
from facts.services.standings import join_board, leave_board, remake_standings, save_player
from tests.commands import run
from tests.factories import answer_quiz, make_facts, make_player, make_quiz, rate_player

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 9, tzinfo=UTC)  # a Sunday
CHOICE = ["which_true", "which_false", "fill_blank", "scenario", "choose_two"]


def boards(player=None):
    """All places, or one player's, without what a row happens to be called."""
    rows = Standing.objects.filter(player=player) if player else Standing.objects.all()
    names = ("player", "period", "starts_on", "scope", "skill", "value", "deviation", "answered")
    return sorted(rows.values_list(*names))


def rungs():
    return sorted(Rung.objects.values_list("scope", "period", "starts_on", "skill", "players"))


def counted():
    found = Counter(Standing.objects.values_list("scope", "period", "starts_on", "skill"))
    return sorted((*key, count) for key, count in found.items())


def assert_remade_the_same():
    before = boards(), rungs()
    assert rungs() == counted()
    remake_standings(lambda done, total: None)
    assert (boards(), rungs()) == before


def play(player, when=START, *, right=None, length=3, seed=1, seconds=20.0, **scope):
    """A quiz answered at that time, a minute a question."""
    quiz = make_quiz(player, length=length, seed=seed, **scope)
    answer_quiz(quiz, right=right)
    for question in quiz.questions.all():
        moment = when + timedelta(minutes=question.position)
        shown_at = moment - timedelta(seconds=seconds)
        quiz.questions.filter(pk=question.pk).update(shown_at=shown_at, answered_at=moment)
    return quiz


@pytest.fixture
def easily_ranked(monkeypatch):
    """As few as three answers are enough, so that tests need not play thirty."""
    monkeypatch.setattr("facts.learning.skill.RANKED_FROM", 3)
    monkeypatch.setattr("facts.learning.skill.MOST_DEVIATION", 400.0)


# Who stands where


def test_member_who_wants_it_and_is_ranked_stands_on_three_boards(alice):
    rate_player(alice, 1600, 50, rated_at=START)
    join_board(player=alice, name="Alice")
    starts = {(row.period, row.starts_on) for row in Standing.objects.filter(player=alice, scope="", skill=1500)}
    assert starts == {("week", date(2026, 2, 23)), ("month", date(2026, 3, 1)), ("all", date(1970, 1, 1))}


@pytest.mark.parametrize("values", [{"answered": 29}, {"deviation": 110.5}])
def test_member_who_has_not_shown_enough_stands_nowhere(alice, values):
    rate_player(alice, **values)
    join_board(player=alice, name="Alice")
    assert not Standing.objects.exists()


@pytest.mark.parametrize("values", [{"is_guest": True}, {"is_active": False}, {"on_board": False}, {"on_board": None}])
def test_who_does_not_take_part_stands_nowhere(alice, values):
    rate_player(alice)
    for name, value in ({"on_board": True} | values).items():
        setattr(alice, name, value)
    save_player(alice)
    assert not Standing.objects.exists()
    assert not Rung.objects.exists()


def test_fold_puts_a_player_on_the_boards_of_the_answers(alice, easily_ranked):
    make_facts(4, has_scenario=True)
    join_board(player=alice, name="Alice")
    play(alice, length=4, kinds=["scenario"])
    fold_answers(alice)
    scopes = set(Standing.objects.filter(player=alice).values_list("scope", flat=True))
    assert scopes == {"", "domain:new-solutions", "family:storage"}
    own = PlayerRating.objects.get(player=alice, scope="")
    assert Standing.objects.get(scope="", period="all").skill == skill(own.rating)
    assert_remade_the_same()


def test_answer_in_another_week_leaves_the_board_of_the_last(alice, easily_ranked):
    make_facts(8, has_scenario=True)
    join_board(player=alice, name="Alice")
    for days in (0, 1):
        play(alice, START + timedelta(days=days), length=4, kinds=["scenario"], seed=days)
        fold_answers(alice)
    assert [row.starts_on for row in Standing.objects.filter(scope="", period="week")] == [date(2026, 3, 2)]
    assert_remade_the_same()


def test_ties_stand_on_one_rung(alice, bob):
    for player in (alice, bob):
        rate_player(player, 1600, 50)
        join_board(player=player, name=player.display_name)
    assert set(Rung.objects.values_list("skill", "players")) == {(1500, 2)}
    leave_board(player=bob)
    assert set(Rung.objects.values_list("skill", "players")) == {(1500, 1)}
    delete_player(alice)
    assert not Rung.objects.exists()


# Joining and leaving


def test_joining_by_another_name_renames(alice):
    join_board(player=alice, name="Quiet Heron")
    alice.refresh_from_db()
    assert (alice.display_name, alice.name_key, alice.on_board) == ("Quiet Heron", "quietheron", True)


@pytest.mark.parametrize("name", ["B0b", "x", "me@example.org"])
def test_joining_by_a_name_that_cannot_be_shown_changes_nothing(alice, bob, name):
    with pytest.raises(ValidationError):
        join_board(player=alice, name=name)
    alice.refresh_from_db()
    assert (alice.display_name, alice.on_board) == ("Alice", None)


def test_deleting_the_history_leaves_all_boards(alice):
    rate_player(alice)
    join_board(player=alice, name="Alice")
    delete_learning_data(alice)
    assert (boards(), rungs()) == ([], [])


def test_refold_without_answers_leaves_all_boards(alice):
    rate_player(alice)  # by nothing
    join_board(player=alice, name="Alice")
    refold_answers(alice)
    assert (boards(), rungs()) == ([], [])


@pytest.mark.parametrize("count", [1, 40])
def test_moving_on_all_boards_takes_six_queries(alice, count, django_assert_num_queries):
    for number in range(count):
        rate_player(alice, scope=f"family:{number}" if number else "")
    join_board(player=alice, name="Alice")
    PlayerRating.objects.update(value=1700)
    PlayerRating.objects.filter(scope="").update(answered=0)
    PlayerRating.objects.create(
        player=alice, scope="domain:x", value=1500, deviation=50, volatility=0.06, answered=40, rated_at=START
    )
    with django_assert_num_queries(10):  # lock and save the player, in a savepoint; then two to read and four to write
        join_board(player=alice, name="Alice")


# Remade


def test_command_remakes_what_was_lost(alice, bob):
    for player, value in ((alice, 1600), (bob, 1500)):
        rate_player(player, value)
        join_board(player=player, name=player.display_name)
    before = boards(), rungs()
    Standing.objects.filter(player=alice).delete()
    Rung.objects.update(players=77)
    assert "Players: 2." in run("remake_boards")
    assert (boards(), rungs()) == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer", "answer", "answer", "join", "leave", "rename", "forget", "refold", "delete", "guest"]
        ),
        st.integers(0, 2),  # who
        st.integers(0, 10**6),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_moved_step_by_step_and_remade_agree(steps, easily_ranked, transactional_savepoint):
    with transactional_savepoint():
        make_facts(8, has_scenario=True)
        players: list[Player | None] = [make_player(f"Hare {number}", on_board=True) for number in range(3)]
        for number, (what, who, draw) in enumerate(steps):
            player = players[who]
            if player is None:
                continue
            rng = Random(draw)
            when = START + timedelta(days=rng.randrange(20))  # so answers come late, too
            match what:
                case "answer":
                    play(player, when, length=rng.randint(1, 6), right=rng.randint(0, 6), seed=draw)
                    fold_answers(player)
                case "join":
                    join_board(player=player, name=player.display_name)
                case "leave":
                    leave_board(player=player)
                case "rename":
                    join_board(player=player, name=f"Fox {number}")
                case "forget":
                    delete_learning_data(player)
                    player.refresh_from_db()
                case "refold":
                    refold_answers(player)
                case "guest":
                    guest = make_guest()
                    play(guest, when, length=3, seed=draw)
                    merge_guest(guest=guest, member=player)
                case "delete":
                    delete_player(player)
                    players[who] = None
        assert_remade_the_same()
        for player in filter(None, players):
            before = boards(player)
            refold_answers(player)
            assert boards(player) == before


@pytest.fixture
def transactional_savepoint():
    """Each example of hypothesis begins with an empty database."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def savepoint():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return savepoint


# Rating over time


def test_rating_of_each_week_is_kept(alice):
    make_facts(9, has_scenario=True)
    for days in (0, 1, 9):
        play(alice, START + timedelta(days=days), length=3, kinds=["scenario"], seed=days)
        fold_answers(alice)
    weeks = list(RatingWeek.objects.order_by("starts_on").values_list("starts_on", "answered"))
    assert weeks == [(date(2026, 2, 23), 3), (date(2026, 3, 2), 6), (date(2026, 3, 9), 9)]
    before = list(RatingWeek.objects.order_by("starts_on").values_list("starts_on", "value", "deviation"))
    assert before[-1][1] == PlayerRating.objects.get(scope="").value
    refold_answers(alice)
    assert list(RatingWeek.objects.order_by("starts_on").values_list("starts_on", "value", "deviation")) == before


# What must not move anybody


def test_replaying_a_question_a_thousand_times_changes_nothing(alice):
    make_facts(1, has_scenario=True)
    quiz = play(alice, length=1, kinds=["scenario"])
    fold_answers(alice)
    before = PlayerRating.objects.filter(player=alice).order_by("scope").values_list(), QuestionRating.objects.values()
    before = [list(rows) for rows in before]
    row = quiz.questions.get()
    copies = []
    for number in range(1000):
        row.pk, row.attempt, row.position = None, None, number + 2
        row.met_rating = row.met_deviation = None
        row.answered_at = START + timedelta(hours=1, minutes=number)
        row.shown_at = row.answered_at - timedelta(seconds=20)
        copies.append(
            QuizQuestion(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
        )
    QuizQuestion.objects.bulk_create(copies, batch_size=200)
    assert fold_answers(alice) == 1000
    after = PlayerRating.objects.filter(player=alice).order_by("scope").values_list(), QuestionRating.objects.values()
    assert [list(rows) for rows in after] == before


def test_true_or_false_moves_nobody(alice, easily_ranked):
    make_facts(4)
    join_board(player=alice, name="Alice")
    play(alice, length=4, kinds=["true_false"])
    fold_answers(alice)
    assert not PlayerRating.objects.exists()
    assert not Standing.objects.exists()


@pytest.mark.parametrize(("seconds", "is_rated"), [(0.0, False), (0.39, False), (0.4, True)])
def test_answer_before_anybody_can_have_read_is_not_rated(alice, seconds, is_rated):
    make_facts(1, has_scenario=True)
    quiz = play(alice, length=1, kinds=["scenario"], seconds=seconds)
    quiz.questions.update(stem="A stem of more than eight words, that is nine.")
    fold_answers(alice)
    assert PlayerRating.objects.exists() is QuestionRating.objects.exists() is is_rated
    assert quiz.questions.get().attempt == 1  # so that reading it now and answering again does not help
    assert alice.cards.count() == 1  # it was asked and answered, and is remembered or not


def test_quick_answer_to_a_short_stem_is_rated(alice):
    make_facts(1, has_scenario=True)
    quiz = play(alice, length=1, kinds=["scenario"], seconds=0.1)
    quiz.questions.update(stem="Which one?")
    fold_answers(alice)
    assert PlayerRating.objects.exists()


def test_answer_without_ever_having_been_shown_is_not_rated(alice):
    make_facts(1, has_scenario=True)
    quiz = make_quiz(alice, length=1, kinds=["scenario"])
    quiz.questions.update(stem="A stem of more than eight words, that is nine.")
    answer_quiz(quiz)
    fold_answers(alice)
    assert not PlayerRating.objects.exists()


def test_deleting_the_history_gives_no_second_first_attempt(alice):
    make_facts(3, has_scenario=True)
    for seed in (1, 2):
        play(alice, START + timedelta(days=seed), length=3, kinds=["scenario"], seed=seed)
        fold_answers(alice)
        delete_learning_data(alice)
        alice.refresh_from_db()
    assert MetQuestion.objects.filter(player=alice).count() == 3
    play(alice, START + timedelta(days=5), length=3, kinds=["scenario"])
    fold_answers(alice)
    assert not PlayerRating.objects.exists()
    assert set(QuizQuestion.objects.values_list("attempt", flat=True)) == {2}


def test_what_a_guest_has_met_is_met_by_the_member_who_brings_it_along(alice):
    make_facts(1, has_scenario=True)
    guest = make_guest()
    play(guest, length=1, kinds=["scenario"])
    fold_answers(guest)
    delete_learning_data(guest)
    merge_guest(guest=guest, member=alice)
    play(alice, START + timedelta(days=1), length=1, kinds=["scenario"])
    fold_answers(alice)
    assert not PlayerRating.objects.filter(player=alice).exists()


def test_question_both_a_guest_and_the_member_answered_is_rated_once(alice):
    make_facts(1, has_scenario=True)
    guest = make_guest()
    play(guest, length=1, kinds=["scenario"], right=0)
    play(alice, START + timedelta(days=1), length=1, kinds=["scenario"])
    for player in (guest, alice):
        fold_answers(player)
    merge_guest(guest=guest, member=alice)
    rating = PlayerRating.objects.get(player=alice, scope="")
    assert (rating.answered, rating.right) == (1, 0)


def test_ending_a_quiz_to_see_the_keys_gives_no_first_attempt(alice):
    make_facts(2, has_scenario=True)
    peeked = make_quiz(alice, length=2, kinds=["scenario"])
    finish_quiz(peeked)
    peeked.finished_at = START
    peeked.save()
    play(alice, START + timedelta(hours=1), length=2, kinds=["scenario"], seed=2)
    fold_answers(alice)
    assert not PlayerRating.objects.exists()


def test_leaving_a_question_open_later_takes_no_first_attempt_away(alice):
    make_facts(1, has_scenario=True)
    play(alice, START, length=1, kinds=["scenario"])
    later = make_quiz(alice, length=1, kinds=["scenario"], seed=2)
    later.finished_at = START + timedelta(days=1)
    later.save()
    refold_answers(alice)
    assert PlayerRating.objects.get(scope="").answered == 1


def test_rescored_answer_moves_the_place_with_the_next_fold(alice, easily_ranked):
    make_facts(4, has_scenario=True)
    join_board(player=alice, name="Alice")
    quiz = play(alice, length=4, right=2, kinds=["scenario"])
    fold_answers(alice)
    before = Standing.objects.get(scope="", period="all").skill
    quiz.questions.update(is_right=True)
    Player.objects.update(fold_version=0)
    alice.refresh_from_db()
    fold_answers(alice)
    assert Standing.objects.get(scope="", period="all").skill > before
    assert_remade_the_same()
