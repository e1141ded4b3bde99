"""Demo members: what is made up, what is left alone, and what is refused."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from facts.models import (
    Card,
    ExamResult,
    Player,
    PlayerRating,
    QuestionRating,
    Quiz,
    QuizMode,
    QuizQuestion,
    Standing,
    StudyGroup,
    StudyPlan,
    Tally,
)
from facts.questions.grading import grade
from facts.selectors.history import get_streak
from facts.services.demo import DEMO_EMAIL, make_demo, remove_demo_members
from facts.services.progress import fold_answers, refold_answers
from tests.commands import refusal, run
from tests.factories import answer_quiz, make_fact, make_facts, make_player, make_quiz

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 15, tzinfo=UTC)
PASSWORD = "blue lantern seven"


def make(**values):
    values = {
        "now": NOW,
        "days": 28,
        "seed": 1,
        "others": 1,
        "password": PASSWORD,
        "progress": lambda *_: None,
    } | values
    return make_demo(**values)


def the_member():
    return Player.objects.get(email=DEMO_EMAIL)


@pytest.fixture
def bank():
    facts = make_facts(6)
    for domain in ("organizational-complexity", "continuous-improvement", "migration-modernization"):
        facts.append(make_fact(domain=domain, has_scenario=True))
    return facts


def snapshot(player):
    """Everything that was folded of a player; sums of floats as precise as their order allows."""
    tables = (
        Card.objects.filter(player=player).order_by("fact"),
        PlayerRating.objects.filter(player=player).order_by("scope"),
        Tally.objects.filter(player=player).order_by("period", "starts_on", "scope"),
    )
    return [
        [
            {
                name: round(value, 6) if isinstance(value, float) else value
                for name, value in row.items()
                if name != "id"
            }
            for row in rows.values()
        ]
        for rows in tables
    ]


def history():
    fields = ("player__username", "position", "question", "options", "shown_at", "answered_at", "chosen", "met_rating")
    quizzes = Quiz.objects.order_by("pk").values_list("player__username", "mode", "scope", "seed", "started_at")
    return list(quizzes), list(QuizQuestion.objects.order_by("pk").values_list(*fields))


# The shipped bank


def test_seed_demo_makes_what_every_page_needs():
    run("load_facts", "--verbosity", "0")
    out = run("seed_demo", "--days", "28", "--others", "2", "--password", PASSWORD)
    player, today = the_member(), datetime.now(UTC).date()
    answers = QuizQuestion.objects.filter(player=player, answered_at__isnull=False)
    assert out.startswith(f"{DEMO_EMAIL}: {answers.count():,} answers in ")
    assert (player.display_name, player.on_board, player.check_password(PASSWORD)) == ("Demo", True, True)

    modes = Counter(Quiz.objects.filter(player=player).values_list("mode", flat=True))
    assert set(modes) == set(QuizMode.values)
    exams = Quiz.objects.filter(player=player, mode=QuizMode.EXAM).with_score().order_by("started_at")
    assert [(exam.question_count, exam.finished_at < exam.deadline) for exam in exams] == [(20, True), (75, True)]
    assert answers.filter(ran_out=True).exists()
    assert answers.filter(is_repeat=True).exists()
    assert Quiz.objects.filter(player=player, finished_at=None).count() == 1

    rated = dict(PlayerRating.objects.filter(player=player).values_list("scope", "answered"))
    assert rated[""] >= 150
    assert min(count for scope, count in rated.items() if scope.startswith("domain:")) >= 20
    families = PlayerRating.objects.filter(player=player, scope__startswith="family:", answered__gte=10)
    assert families.latest("value").value - families.earliest("value").value > 100
    cards = Card.objects.filter(player=player)
    assert cards.filter(due__date__lte=today).exists()
    assert cards.filter(due__date__gt=today, due__date__lte=today + timedelta(days=7)).exists()

    plan = StudyPlan.objects.get(player=player)
    assert plan.exam_on > today
    assert get_streak(player, datetime.now(plan.zone).date()).frozen
    assert ExamResult.objects.filter(player=player, taken_on__lt=today).count() == 1
    assert QuestionRating.objects.count() > 150
    assert Tally.objects.filter(period="all", scope="", first_answered__gte=20).count() == 3
    assert Standing.objects.filter(period="all", scope="").count() == 3
    assert Standing.objects.filter(player=player, period="all", scope__startswith="family:").count() >= 3
    assert player.rating_weeks.count() == 5


# A handful of facts


def test_made_up_answers_are_as_the_app_would_have_taken_them(bank):
    make()
    answers = QuizQuestion.objects.filter(answered_at__isnull=False).select_related("quiz")
    for row in answers:
        assert row.quiz.started_at <= row.shown_at <= row.answered_at
        assert row.quiz.finished_at is None or row.answered_at <= row.quiz.finished_at < NOW
        assert row.ran_out or row.is_right == grade([option["correct"] for option in row.options], row.chosen)
        assert 5 <= row.seconds <= (90 if row.spent is None else 600)
    asked = QuizQuestion.objects.filter(is_repeat=False).values_list("quiz", "fact")
    assert max(Counter(asked).values()) == 1
    missed = answers.filter(quiz__mode=QuizMode.TODAY, is_right=False, is_repeat=False).count()
    assert answers.filter(quiz__mode=QuizMode.TODAY, is_repeat=True).count() == missed


def test_same_seed_and_day_make_the_same_history(bank):
    make()
    before = history()
    make(now=NOW + timedelta(hours=3))
    assert history() == before
    make(seed=2)
    assert history() != before


def test_member_looks_after_a_study_group_which_goes_with_them(bank):
    make(others=3)
    group = StudyGroup.objects.get()
    members = {str(one.player): one.is_organiser for one in group.memberships.select_related("player")}
    assert len(members) == 3
    assert members.pop("Demo") is True
    assert set(members.values()) == {False}
    remove_demo_members()
    assert not StudyGroup.objects.exists()


def test_running_again_replaces_the_members(bank):
    make(others=3)
    before = set(Player.objects.values_list("pk", flat=True))
    make(others=1)
    assert Player.objects.count() == 2
    assert not before & set(Player.objects.values_list("pk", flat=True))


def test_interrupted_run_leaves_whole_members_and_can_be_repeated(bank):
    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(others=3, progress=interrupt)
    assert Player.objects.count() == 2
    assert not QuizQuestion.objects.filter(answered_at__isnull=False, attempt=None).exists()
    make(others=3)
    assert Player.objects.count() == 4


def test_other_players_are_left_alone(bank):
    # The names that those get who sign up as demo-anna@... and call themselves Demo.
    anna = make_player("demo-anna")
    Player.objects.filter(pk=anna.pk).update(display_name="Demo", name_key="demo")
    answer_quiz(make_quiz(anna, length=5))
    refold_answers(anna)
    before = snapshot(anna)
    make()
    assert the_member().display_name == "Demo 2"
    remove_demo_members()
    assert Player.objects.get() == anna
    assert snapshot(anna) == before
    assert QuizQuestion.objects.filter(player=anna).count() == 5


def test_question_ratings_go_with_the_members_that_made_them(bank):
    alice = make_player("Alice")
    answer_quiz(make_quiz(alice, length=4, kinds=["scenario"]))
    refold_answers(alice)
    own = set(QuestionRating.objects.values_list("pk", flat=True))
    make()
    assert QuestionRating.objects.count() > len(own)
    remove_demo_members()
    assert set(QuestionRating.objects.values_list("pk", flat=True)) == own


def test_fold_and_refold_agree(bank):
    make()
    player, other = the_member(), make_player()
    before = snapshot(player)
    later = QuizQuestion.objects.filter(player=player, answered_at__gt=NOW - timedelta(days=9))
    later_ids = list(later.values_list("pk", flat=True))
    QuizQuestion.objects.filter(pk__in=later_ids).update(player=other, attempt=None)
    refold_answers(player)
    assert snapshot(player) != before
    QuizQuestion.objects.filter(pk__in=later_ids).update(player=player)
    player.refresh_from_db()
    assert fold_answers(player) == len(later_ids)
    assert snapshot(player) == before


def test_foreign_account_of_the_address_is_refused(bank):
    make_player("Owner")
    Player.objects.update(email=DEMO_EMAIL)
    error = refusal("seed_demo", "--password", PASSWORD)
    assert error == f"{DEMO_EMAIL} is the address of an account that this command did not make: Owner."
    assert Player.objects.count() == 1


def test_empty_bank_is_refused():
    assert refusal("seed_demo", "--password", PASSWORD).endswith("Load the bank first: manage.py load_facts")
    assert not Player.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--days", "27"], "--days must be 28 to 730, not 27."),
        (["--days", "-1"], "--days must be 28 to 730, not -1."),
        (["--days", "many"], "Error: argument --days: invalid int value: 'many'"),
        (["--others", "101"], "--others must be 0 to 100, not 101."),
        (["--password", "short"], "--password: This password is too short. It must contain at least 10 characters."),
        ([], "A password is made and printed on a terminal only. Here give one: --password"),
    ],
)
def test_nonsense_is_refused(arguments, error):
    assert refusal("seed_demo", *arguments) == error
    assert not Player.objects.exists()


def test_password_that_was_made_is_printed_on_a_terminal(bank):
    out = io.StringIO()
    out.isatty = lambda: True
    call_command("seed_demo", "--days", "28", "--others", "0", stdout=out)
    assert the_member().check_password(out.getvalue().split()[-1])
