from datetime import date

import pytest

from facts.models import Tally
from facts.models.progress import EPOCH
from facts.selectors.bank import find_facts
from facts.selectors.play import Course, Segment, get_result, unfinished_quizzes
from facts.selectors.progress import RANKED_FROM, days_left, get_board
from facts.services.players import make_guest
from tests.factories import answer_quiz, make_fact, make_facts, make_player, make_quiz, make_service

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def make_tally(player, right, answered, scope="", period="all", starts_on=EPOCH):
    from facts.learning.score import accuracy_floor

    score = round(accuracy_floor(right, answered), 3)
    return Tally.objects.create(
        player=player, period=period, starts_on=starts_on, scope=scope, answered=answered, right=right,
        first_answered=answered, first_right=right, score=score,
    )  # fmt: skip


def board(player=None, **values):
    return get_board(**{"player": player, "period": "all", "scope": "", "today": TODAY} | values)


# Board


def test_board_is_not_won_by_volume():
    make_tally(make_player("Bot"), right=6000, answered=10000)
    make_tally(make_player("Good"), right=170, answered=200)
    assert [str(row.tally.player) for row in board().rows] == ["Good", "Bot"]


def test_board_gives_ties_the_same_rank():
    for name, right in (("Ann", 30), ("Cid", 20), ("Ben", 30)):
        make_tally(make_player(name), right=right, answered=40)
    assert [(row.rank, str(row.tally.player)) for row in board().rows] == [(1, "Ann"), (1, "Ben"), (3, "Cid")]


def test_board_needs_enough_first_answers(alice):
    make_tally(alice, right=19, answered=RANKED_FROM - 1)
    shown = board(alice)
    assert (shown.rows, shown.own, shown.missing) == ([], None, 1)


def test_board_hides_guests_and_those_who_stay_off():
    make_tally(make_guest(), right=30, answered=30)
    make_tally(make_player("Shy", on_board=False), right=30, answered=30)
    make_tally(make_player("Gone", is_active=False), right=30, answered=30)
    assert board().rows == []


def test_board_shows_the_own_row_wherever_it_stands(alice):
    for number in range(30):
        make_tally(make_player(f"Better {number}"), right=30, answered=30)
    make_tally(alice, right=20, answered=30)
    shown = board(alice)
    assert shown.shows_own is False
    assert shown.own.rank == 31
    assert board(alice, page="2").shows_own is True


def test_board_keeps_periods_and_services_apart(alice):
    make_tally(alice, right=30, answered=30, scope="service:s3", period="week", starts_on=date(2026, 11, 23))
    assert len(board(scope="service:s3", period="week").rows) == 1
    assert board(scope="service:s3", period="month").rows == board(period="week").rows == []


@pytest.mark.parametrize("player_count", [1, 3, 30])
def test_board_query_count_is_fixed(alice, player_count, django_assert_num_queries):
    make_tally(alice, right=25, answered=30)
    for number in range(player_count):
        make_tally(make_player(f"Other {number}"), right=30, answered=30)
    with django_assert_num_queries(4):  # how many, the page, one's own row, one's own rank
        [str(row.tally.player) for row in board(alice).rows]


@pytest.mark.parametrize(
    ("period", "today", "left"),
    [
        ("week", date(2026, 11, 23), 7),
        ("week", date(2026, 11, 29), 1),
        ("month", date(2026, 11, 30), 1),
        ("all", TODAY, None),
    ],
)
def test_days_left(period, today, left):
    assert days_left(period, today) == left


# Quizzes


def test_unfinished_quizzes_are_those_without_an_end(alice, bob):
    waiting = make_quiz(alice)
    answer_quiz(make_quiz(alice))
    make_quiz(bob)
    assert unfinished_quizzes(alice) == [waiting]


# Results


def test_result_does_not_count_what_was_not_answered(alice):
    quiz = make_quiz(alice, length=5)
    result = get_result(quiz)
    assert (result.count, result.right, result.missed, result.percent) == (5, 0, 0, 0)
    assert result.sentence == "No question was answered."


def test_result_sentence_names_what_sits_and_what_does_not(alice):
    make_facts(2, service=make_service("s3"))
    make_facts(2, service=make_service("sqs"))
    quiz = make_quiz(alice, length=4)
    from facts.services.play import submit_answer

    for question in quiz.questions.all():
        is_key = [option["correct"] for option in question.options]
        keys = [index for index, correct in enumerate(is_key) if correct]
        others = [index for index, correct in enumerate(is_key) if not correct]
        submit_answer(question=question, chosen=keys if question.service == "s3" else others[: len(keys)])
    assert get_result(quiz).sentence == "2 of 4 right. Amazon s3 is solid. Amazon sqs needs another look."


@pytest.mark.parametrize(
    ("answers", "position", "expected"),
    [([None, None], 1, 2), ([True, None], 1, 2), ([None, True], 2, 1), ([True, False], 2, None)],
)
def test_next_question_is_the_next_unanswered(answers, position, expected):
    course = Course([Segment(number, is_right) for number, is_right in enumerate(answers, 1)])
    assert course.next_after(position) == expected


# Bank


@pytest.mark.parametrize("fact_count", [1, 3])
def test_facts_query_count_is_fixed(fact_count, django_assert_num_queries):
    make_facts(fact_count)
    with django_assert_num_queries(2):
        assert len([fact.service.name for fact in find_facts()]) == fact_count


def test_find_facts_needs_every_word_in_any_field():
    found = make_fact(statement="Amazon s3 keeps eleven nines of durability.", explanation="Copies in three zones.")
    make_fact(statement="Amazon s3 keeps objects in buckets of one Region.")
    assert list(find_facts(text="durability THREE zones")) == [found]


def test_find_facts_leaves_out_withdrawn_ones():
    make_fact(is_withdrawn=True)
    assert list(find_facts()) == []
