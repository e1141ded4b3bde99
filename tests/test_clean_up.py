"""What the clean-up deletes, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from facts.models import Card, Player, QuestionRating, QuestionStatistics, Quiz, QuizQuestion, RateCount, Report
from facts.services import clean_up
from facts.services.limits import count_event
from facts.services.players import make_guest
from facts.services.progress import fold_answers
from facts.services.statistics import forget_statistics
from tests.commands import run
from tests.factories import answer_quiz, make_facts, make_quiz

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=200)


def make_old_guest(*, ago=LONG_AGO, fold=True):
    """A guest who came and took a quiz so long ago."""
    guest = make_guest()
    quiz = make_quiz(guest)
    answer_quiz(quiz, right=3)
    if fold:
        fold_answers(guest)
    then = timezone.now() - ago
    Player.objects.filter(pk=guest.pk).update(date_joined=then)
    Quiz.objects.filter(pk=quiz.pk).update(started_at=then)
    quiz.questions.update(answered_at=then)
    return guest


def statistics():
    return list(QuestionStatistics.objects.order_by("pk").values())


def test_guests_who_stay_away_are_deleted_with_all_that_was_theirs_and_others_stay(alice):
    answer_quiz(make_quiz(alice))
    fold_answers(alice)
    Player.objects.filter(pk=alice.pk).update(date_joined=timezone.now() - LONG_AGO)
    Quiz.objects.update(started_at=timezone.now() - LONG_AGO)
    QuizQuestion.objects.update(answered_at=timezone.now() - LONG_AGO)
    old, young = make_old_guest(), make_old_guest(ago=timedelta(days=179))
    came_back = make_old_guest()
    came_back.quizzes.get().questions.filter(position=1).update(answered_at=timezone.now())
    assert run("clean_up") == "Deleted guests: 1.\nDeleted sessions: 0.\nDeleted counts of limits: 0.\n"
    assert set(Player.objects.all()) == {alice, young, came_back}
    assert not Card.objects.filter(player=old.pk).exists()
    assert QuizQuestion.objects.count() == 15


@pytest.mark.parametrize("fold", [True, False], ids=["folded", "not folded yet"])
def test_statistics_and_ratings_of_questions_keep_what_a_deleted_guest_answered(fold):
    guest = make_old_guest()
    expected = statistics()
    ratings = set(QuestionRating.objects.values_list("question"))
    if not fold:
        forget_statistics()
        assert statistics() == []
        Quiz.objects.update(is_counted=False)
    run("clean_up")
    assert not Player.objects.filter(pk=guest.pk).exists()
    assert sum(row["first_answered"] for row in expected) == 5
    assert statistics() == expected
    assert set(QuestionRating.objects.values_list("question")) == ratings


def test_guest_whose_report_waits_for_an_editor_stays():
    guest = make_old_guest()
    asked = guest.quizzes.get().questions.first()
    report = Report.objects.create(
        player=guest, question=asked.question, quiz_question=asked, kind="typo", text="x", stem="s", options=[]
    )
    assert "guests: 0." in run("clean_up")
    Report.objects.filter(pk=report.pk).update(state=Report.State.REFUSED)
    assert "guests: 1." in run("clean_up")


def test_sessions_and_counts_go_when_they_are_over_only(client):
    now = timezone.now()
    for name, ends_at in (("over", now - timedelta(minutes=1)), ("open", now + timedelta(minutes=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=ends_at)
        count_event(key=name, seconds=60)
        RateCount.objects.filter(key=name).update(ends_at=ends_at)
        cache.set(name, 1, timeout=60)
    with connection.cursor() as cursor:
        then = connection.ops.adapt_datetimefield_value(now - timedelta(minutes=1))
        cursor.execute("UPDATE rate_limits SET expires = %s WHERE cache_key LIKE %s", [then, "%over"])
    told = "guests: 0.\n{0} sessions: 1.\n{0} counts of limits: 2.\n"
    assert run("clean_up", "--dry-run") == "Would delete " + told.format("Would delete")
    assert run("clean_up") == "Deleted " + told.format("Deleted")
    assert [Session.objects.get().pk, RateCount.objects.get().pk, cache.get("open")] == ["open", "open", 1]


def test_dry_run_deletes_nothing_and_says_as_much_as_would_go():
    make_old_guest()
    assert run("clean_up", "--dry-run").startswith("Would delete guests: 1.\n")
    assert run("clean_up", "--dry-run", "--days=201").startswith("Would delete guests: 0.\n")
    assert Player.objects.count() == 1


def test_stopped_clean_up_goes_on_where_it_was(monkeypatch):
    make_facts(5)
    for _ in range(3):
        make_old_guest()
    steps = clean_up.delete_old_guests(before=timezone.now())
    assert next(steps) == 1
    steps.close()
    assert Player.objects.count() == 2
    assert "guests: 2." in run("clean_up")


def test_guest_who_comes_back_while_others_are_deleted_stays():
    make_old_guest()
    second = make_old_guest()
    steps = clean_up.delete_old_guests(before=timezone.now() - timedelta(days=100))
    assert next(steps) == 1
    second.quizzes.get().questions.filter(position=1).update(answered_at=timezone.now())
    assert next(steps) == 0
    assert list(Player.objects.all()) == [second]


@pytest.mark.parametrize("days", ["0", "-3", "99999999"])
def test_days_out_of_range_are_refused(days):
    with pytest.raises(CommandError, match="--days must be from 1 to 36500"):
        run("clean_up", f"--days={days}")
