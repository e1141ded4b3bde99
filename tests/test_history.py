"""History: what selectors read, what is exported and deleted."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from facts.models import Card, ExamResult, Player, PlayerRating, Quiz, QuizQuestion, StudyPlan, Tally
from facts.models.progress import EPOCH, get_plan
from facts.selectors.history import (
    find_weakest,
    get_memory,
    get_overview,
    get_past_quizzes,
    get_streak,
)
from facts.services.own_data import delete_learning_data, write_answers, write_cards
from facts.services.progress import fold_answers
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def make_day(player, days_ago=0, answered=10, right=7, reviewed=0, reviewed_right=0):
    return Tally.objects.create(
        player=player, period="day", starts_on=TODAY - timedelta(days=days_ago), answered=answered, right=right,
        reviewed=reviewed, reviewed_right=reviewed_right,
    )  # fmt: skip


def make_total(player, answered=10, right=7, scope=""):
    return Tally.objects.create(
        player=player, period="all", starts_on=EPOCH, scope=scope, answered=answered, right=right
    )


def make_card(player, fact, *, stability=10.0, days_ago=0.0, due_in=1.0, **values):
    seen = NOW - timedelta(days=days_ago)
    values = {"state": 2, "difficulty": 5.0, "last_review": seen, "first_review": seen, "answered": 2} | values
    return Card.objects.create(
        player=player, fact=fact, stability=stability, due=NOW + timedelta(days=due_in), **values
    )


def memory_of(player, **values):
    return get_memory(player, get_plan(player), NOW, **values)


# Days


@pytest.mark.parametrize("day_count", [1, 3, 200])
def test_overview_query_count_is_fixed(alice, day_count, django_assert_num_queries):
    make_total(alice)
    for number in range(day_count):
        make_day(alice, number)
    with django_assert_num_queries(3):  # names of services, totals, days
        overview = get_overview(alice, TODAY)
    assert overview.streak.length == day_count


def test_overview_of_a_new_player_has_the_quiz_that_waits(alice):
    quiz = make_quiz(alice)
    overview = get_overview(alice, TODAY)
    assert (overview.total, overview.days, overview.trend, overview.waiting) == (None, [], [], quiz)


def test_overview_puts_the_weakest_first_and_few_answers_weigh_less(alice):
    for slug, answered, right in (("s3", 20, 10), ("sqs", 2, 0), ("sns", 5, 5)):
        make_service(slug)
        make_total(alice, answered, right, scope=f"service:{slug}")
    overview = get_overview(alice, TODAY)
    assert [(row.name, row.percent) for row in overview.services] == [
        ("Amazon sqs", 0),
        ("Amazon s3", 50),
        ("Amazon sns", 100),
    ]
    assert [row.name for row in overview.weakest_services] == ["Amazon s3", "Amazon sqs", "Amazon sns"]


def test_overview_shows_only_the_players_own(alice, bob):
    make_total(bob)
    make_day(bob)
    overview = get_overview(alice, TODAY)
    assert (overview.total, overview.days, overview.waiting) == (None, [], None)


def test_overview_tells_retention_of_answers_about_facts_of_earlier_days(alice):
    make_total(alice)
    make_day(alice, 1)
    make_day(alice, reviewed=4, reviewed_right=3)
    assert [day.retention for day in get_overview(alice, TODAY).days] == [None, 75]


def test_trend_goes_by_day_at_first_and_by_week_later(alice):
    make_total(alice)
    for days_ago in (0, 1, 7):  # a Tuesday, its Monday, the Tuesday before
        make_day(alice, days_ago, reviewed=2, reviewed_right=1)
    assert len(get_overview(alice, TODAY).trend) == 3
    make_day(alice, 40)
    weeks = get_overview(alice, TODAY).trend
    assert [(week.starts_on.day, week.answered, week.reviewed) for week in weeks] == [
        (12, 10, 0),
        (16, 10, 2),
        (23, 20, 4),
    ]


def test_overview_leaves_out_days_that_are_not_yet_or_too_long_ago(alice):
    make_total(alice)
    for days_ago in (-3, 0, 400):
        make_day(alice, days_ago)
    overview = get_overview(alice, TODAY)
    assert [day.starts_on for day in overview.days] == [TODAY]
    assert overview.streak.length == 1


def test_streak_reads_days_of_the_player_alone(alice, bob, django_assert_num_queries):
    make_day(alice)
    make_day(bob, 1)
    with django_assert_num_queries(1):
        assert get_streak(alice, TODAY).length == 1


# Memory


@pytest.mark.parametrize("card_count", [1, 3, 30])
def test_memory_query_count_is_fixed(alice, card_count, django_assert_num_queries):
    for number in range(card_count):
        make_card(alice, make_fact(remake=False, service=make_service(f"service-{number}", family=f"Family {number}")))
    plan = get_plan(alice)
    with django_assert_num_queries(4):  # cards, facts of each service, services, the weakest
        memory = get_memory(alice, plan, NOW)
    assert (memory.total.met, len(memory.families)) == (card_count, card_count)


def test_map_counts_facts_met_and_expects_their_recall(alice, bob):
    storage = [make_fact(remake=False) for _ in range(3)]
    make_fact(remake=False, service=make_service("sqs", family="Messages"))
    make_card(alice, storage[0], stability=10, days_ago=10)  # recall is 90 % by definition of stability
    make_card(alice, storage[1], stability=10)  # of today: judged by tomorrow
    make_card(bob, storage[2])
    memory = memory_of(alice)
    assert [(family.name, family.facts, family.met, family.percent) for family in memory.families] == [
        ("Storage", 3, 2, 94),
        ("Messages", 1, 0, None),
    ]
    assert (memory.total.facts, memory.total.met, memory.total.percent) == (4, 2, 94)


def test_weakest_are_the_facts_that_will_be_forgotten_tomorrow(alice, bob):
    facts = make_facts(12)
    for number, fact in enumerate(facts):
        make_card(alice, fact, stability=0.1 + number)
        make_card(bob, fact, stability=20 - number)
    weakest = memory_of(alice).weakest
    assert [weak.fact for weak in weakest] == facts[:10]
    assert find_weakest(alice, NOW) == [fact.pk for fact in facts[:10]]
    assert weakest[0].percent < 90  # although it was read just now


def test_withdrawn_facts_are_out_of_memory(alice):
    make_card(alice, make_fact(remake=False, is_withdrawn=True))
    memory = memory_of(alice)
    assert (memory.total.facts, memory.total.met, memory.weakest, sum(memory.forecast)) == (0, 0, [], 0)


def test_forecast_puts_overdue_reviews_on_today(alice):
    for due_in in (-30, 0.1, 1, 13, 14):
        make_card(alice, make_fact(remake=False), due_in=due_in)
    memory = memory_of(alice)
    assert (memory.forecast[0], memory.forecast[1], memory.forecast[13], memory.due_now) == (2, 1, 1, 2)
    assert len(memory_of(alice, days=30).forecast) == 30


@pytest.mark.parametrize(("exam_in", "counted"), [(0, 1), (3, 2), (20, 3)])
def test_forecast_ends_with_the_day_of_the_exam(alice, exam_in, counted):
    StudyPlan.objects.create(player=alice, exam_on=TODAY + timedelta(days=exam_in))
    for due_in in (-1, 3, 13):
        make_card(alice, make_fact(remake=False), due_in=due_in)
    assert sum(memory_of(alice).forecast) == counted


def test_forecast_goes_by_the_players_own_days(alice):
    StudyPlan.objects.create(player=alice, time_zone="Pacific/Auckland")
    make_card(alice, make_fact(remake=False), due_in=-0.5)  # 00:00 UTC: 13:00 in Auckland, where it is the 25th now
    make_card(alice, make_fact(remake=False), due_in=0.4)  # 21:36 UTC of the 24th: the 25th there, too
    memory = memory_of(alice)
    assert (memory.today, memory.forecast[0]) == (date(2026, 11, 25), 2)


@pytest.mark.parametrize(("days", "exam_in"), [(9, 9), (0, 0), (-1, None)])
def test_memory_knows_an_exam_that_is_still_to_come(alice, days, exam_in):
    StudyPlan.objects.create(player=alice, exam_on=TODAY + timedelta(days=days))
    assert memory_of(alice).exam_in == exam_in


# Quizzes


@pytest.mark.parametrize("quiz_count", [1, 3])
def test_past_quizzes_query_count_is_fixed(alice, bob, quiz_count, django_assert_num_queries):
    for seed in range(quiz_count):
        answer_quiz(make_quiz(alice, seed=seed), right=2)
    answer_quiz(make_quiz(bob))
    with django_assert_num_queries(3):  # how many, the page, their answers
        _, past = get_past_quizzes(alice)
    assert [(quiz.right, quiz.answered, quiz.count) for quiz in past] == [(2, 5, 5)] * quiz_count


# Export


def read(lines):
    return list(csv.DictReader(io.StringIO(b"".join(lines).decode("utf-8-sig"), newline="")))


def test_answers_are_written_with_what_was_asked_and_given(alice):
    answer_quiz(make_quiz(alice, length=5), right=4)
    first, *_, last = read(write_answers(alice, ZONE))
    asked = QuizQuestion.objects.get(player=alice, position=1)
    assert first["stem"] == asked.stem
    assert first["option_a"] == asked.options[0]["text"]
    assert (first["right"], last["right"], first["mode"], first["service"]) == ("yes", "no", "Practice", "Amazon s3")
    assert first["chosen"] == first["key"]
    assert last["chosen"] != last["key"]


def test_answers_are_written_in_the_players_time(alice):
    answer_quiz(make_quiz(alice))
    late = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    QuizQuestion.objects.filter(player=alice).update(answered_at=late, shown_at=late)
    assert read(write_answers(alice, ZoneInfo("Pacific/Auckland")))[0]["answered_at"] == "2026-11-23 23:30:00+13:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(alice, start):
    answer_quiz(make_quiz(alice))
    QuizQuestion.objects.filter(player=alice).update(stem=f"{start}HYPERLINK()")
    assert read(write_answers(alice, ZONE))[0]["stem"] == f"'{start}HYPERLINK()"


@pytest.mark.parametrize("text", ["<b>&amp;\"'</b>", "שלום ‮abc", "👩‍🚀, naïve; 漢字", "two\nlines"])
def test_export_keeps_every_script_as_it_is(alice, text):
    answer_quiz(make_quiz(alice))
    QuizQuestion.objects.filter(player=alice).update(stem=text)
    assert read(write_answers(alice, ZONE))[0]["stem"] == text


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it stores neither of these characters")
def test_export_goes_on_over_what_no_file_can_hold(alice):
    answer_quiz(make_quiz(alice))
    asked = QuizQuestion.objects.filter(player=alice).first()
    asked.options[0]["text"], asked.options[1]["text"] = "a\0b", "half \ud83d a pair"
    asked.save()
    row = read(write_answers(alice, ZONE))[0]
    assert (row["option_a"], row["option_b"]) == ("ab", "half ? a pair")


def test_export_has_the_players_own_answers_only(alice, bob):
    make_facts(5)
    answer_quiz(make_quiz(bob))
    make_quiz(alice)  # not answered
    assert read(write_answers(alice, ZONE)) == []


def test_export_reads_a_few_quizzes_at_a_time(alice, django_assert_num_queries):
    make_facts(5)
    for seed in range(25):
        answer_quiz(make_quiz(alice, seed=seed))
    parts = write_answers(alice, ZONE)
    next(parts)
    with django_assert_num_queries(2):
        first = next(parts)
    assert first.count(b"\r\n") == 50
    Quiz.objects.filter(player=alice).last().delete()  # a running export does not mind
    assert b"".join(parts).count(b"\r\n") == 70


def test_cards_are_written_with_the_recall_expected_now(alice, bob):
    fact = make_fact("s3-fact", remake=False)
    make_card(alice, fact, stability=10, days_ago=10, answered=3, right=2)
    make_card(bob, fact)
    rows = read(write_cards(alice, ZONE, NOW))
    assert [(row["fact"], row["expected_recall"], row["answered"], row["right"]) for row in rows] == [
        ("s3-fact", "0.9", "3", "2")
    ]


# Deletion


def fill(player):
    answer_quiz(make_quiz(player))
    fold_answers(player)
    Card.objects.get_or_create(
        player=player,
        fact=QuizQuestion.objects.filter(player=player).first().fact,
        defaults={"state": 2, "stability": 1, "difficulty": 5, "due": NOW, "last_review": NOW, "first_review": NOW},
    )
    PlayerRating.objects.get_or_create(
        player=player, scope="", defaults={"value": 1500, "deviation": 350, "volatility": 0.06, "rated_at": NOW}
    )
    ExamResult.objects.create(player=player, taken_on=TODAY, is_passed=True)
    StudyPlan.objects.get_or_create(player=player)


def count_rows(player):
    models = (Quiz, QuizQuestion, Card, Tally, PlayerRating, ExamResult)
    return [model.objects.filter(player=player).count() for model in models]


def test_deleting_learning_data_leaves_account_plan_and_everybody_else(alice, bob):
    fill(alice)
    fill(bob)
    kept = count_rows(bob)
    delete_learning_data(alice)
    assert count_rows(alice) == [0] * 6
    assert count_rows(bob) == kept
    assert StudyPlan.objects.filter(player=alice).exists()
    assert Player.objects.get(pk=alice.pk).check_password("correct horse")


def test_answers_after_a_deletion_are_no_first_attempts_at_what_was_met(alice):
    fill(alice)
    delete_learning_data(alice)
    alice.refresh_from_db()
    answer_quiz(make_quiz(alice))
    fold_answers(alice)
    assert Tally.objects.get(player=alice, period="all", scope="").first_answered == 0
