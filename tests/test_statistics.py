"""Statistics of questions as answers are folded: each first answer once, whatever happens; and pilots."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from datetime import timedelta
from random import Random
from statistics import correlation, mean

import pytest
from django.db.models import Q

from facts.learning.statistics import SHOWN_FROM
from facts.models import PilotVerdict, Player, Question, QuestionStatistics, Quiz, QuizMode, QuizQuestion, StudyPlan
from facts.services.demo import remove_demo_members
from facts.services.own_data import delete_learning_data
from facts.services.plans import save_plan
from facts.services.play import ask_again, finish_quiz, submit_answer
from facts.services.players import delete_player, make_guest, merge_guest
from facts.services.progress import _fold, fold_answers, refold_answers
from facts.services.questions import remake_questions
from facts.services.statistics import (
    COLUMNS,
    forget_statistics,
    judge_pilots,
    settle_pilots,
    withdraw_answers,
    write_statistics,
)
from tests.commands import run
from tests.factories import make_facts, make_player, make_quiz

pytestmark = pytest.mark.django_db


def answer(quiz, results, *, seconds=8):
    """Answer the first questions right or wrong; the rest stays open, and so does the quiz."""
    for question, is_right in zip(quiz.questions.order_by("position"), results, strict=False):
        keys = {index for index, option in enumerate(question.options) if option["correct"]}
        others = sorted(set(range(len(question.options))) - keys)
        submit_answer(question=question, chosen=keys if is_right else others[: len(keys)])
        question.shown_at = question.answered_at - timedelta(seconds=seconds)
        question.save()


def play(player, results, *, seed=1, mode=QuizMode.PRACTICE, **scope):
    quiz = make_quiz(player, length=5, seed=seed, **scope)
    quiz.mode = mode
    quiz.save()
    answer(quiz, results)
    finish_quiz(quiz)
    return quiz


def statistics():
    """All of it, by question."""
    return {row["question_id"]: row for row in QuestionStatistics.objects.values()}


def totals():
    rows = QuestionStatistics.objects.all()
    return sum(row.asked for row in rows), sum(row.first_answered for row in rows), sum(row.first_right for row in rows)


def make_statistics(state=Question.State.LIVE, *, answered=100, right=60, flags="", **values):
    """The figures of a question of the bank that has none yet."""
    question = Question.objects.filter(statistics=None).first()
    Question.objects.filter(pk=question.pk).update(state=state)
    values = {"facility": right / answered, "discrimination": 0.3, "median_seconds": 20.0} | values
    return QuestionStatistics.objects.create(
        question=question, asked=answered, first_answered=answered, first_right=right, flags=flags, **values
    )


# What counts


def test_finished_quiz_adds_its_first_answers(alice):
    quiz = play(alice, [True, True, True, False, False])
    fold_answers(alice)
    right, *_, wrong = (QuestionStatistics.objects.get(question=row.question) for row in quiz.questions.all())
    assert (right.asked, right.first_answered, right.first_right, right.rest, right.rest_right) == (1, 1, 1, 5000, 5000)
    assert (wrong.first_answered, wrong.first_right, wrong.rest, wrong.rest_right) == (1, 0, 7500, 0)
    assert right.times == {"24": 1}  # 8 seconds, three octaves above one
    taken = quiz.questions.get(position=5)
    assert wrong.chosen == {taken.options[taken.chosen[0]]["text"]: 1}


def test_figures_wait_for_enough_answers(alice):
    quiz = play(alice, [True] * 5)
    fold_answers(alice)
    row = QuestionStatistics.objects.get(question=quiz.questions.first().question)
    assert (row.facility, row.discrimination, row.median_seconds, row.flags) == (None, None, None, "")


def test_open_quiz_waits_for_its_end(alice):
    quiz = make_quiz(alice)
    answer(quiz, [True] * 5)
    fold_answers(alice)
    assert not QuestionStatistics.objects.exists()
    finish_quiz(quiz)
    fold_answers(alice)  # though there is nothing else to fold
    assert totals() == (5, 5, 5)


@pytest.mark.parametrize(("answered", "expected"), [(0, (0, 0, 0)), (3, (3, 0, 0)), (4, (4, 4, 4))])
def test_quiz_ended_early_counts_if_three_others_were_answered(alice, answered, expected):
    play(alice, [True] * answered)
    fold_answers(alice)
    assert totals() == expected
    assert not Quiz.objects.filter(is_counted=False).exists()


@pytest.mark.parametrize("mode", QuizMode)
def test_second_attempt_is_asked_but_not_first_in_any_mode(alice, mode):
    for seed in range(4):
        play(alice, [True] * 5, seed=seed, mode=mode)
    fold_answers(alice)
    asked, first_answered, _ = totals()
    assert asked == QuizQuestion.objects.filter(is_repeat=False).count() > first_answered
    assert first_answered == QuizQuestion.objects.filter(attempt=1).count()
    assert set(QuestionStatistics.objects.values_list("first_answered", flat=True)) == {1}


def test_repeat_in_the_quiz_and_what_ran_out_of_time_are_left_out(alice):
    quiz = make_quiz(alice, length=6)
    answer(quiz, [True] * 6)
    late = quiz.questions.get(position=2)
    QuizQuestion.objects.filter(pk=late.pk).update(ran_out=True, is_right=False, chosen=[])
    again = ask_again(quiz.questions.get(position=1))
    submit_answer(question=again, chosen=[0])
    finish_quiz(quiz)
    fold_answers(alice)
    assert totals() == (6, 5, 5)
    assert set(QuestionStatistics.objects.filter(first_answered=1).values_list("rest", flat=True)) == {10_000}
    assert QuestionStatistics.objects.get(question=late.question).first_answered == 0


# Once


def test_fold_on_two_devices_counts_once(alice):
    play(alice, [True] * 5)
    other = Player.objects.get(pk=alice.pk)
    _fold(alice, anew=False)
    before = statistics()
    _fold(other, anew=False)
    assert statistics() == before


def test_fold_anew_counts_nothing_twice(alice):
    for seed in range(4):
        play(alice, [True, False, True, False, True], seed=seed)
        fold_answers(alice)
    before = statistics()
    refold_answers(alice)
    save_plan(plan=StudyPlan(player=alice, time_zone="Pacific/Auckland"))
    Player.objects.filter(pk=alice.pk).update(fold_version=0)
    fold_answers(Player.objects.get(pk=alice.pk))
    assert statistics() == before


def test_merged_guest_has_one_first_answer_with_the_member(alice):
    guest = make_guest()
    early = play(guest, [True] * 5)
    fold_answers(guest)
    play(alice, [False] * 5)
    fold_answers(alice)
    assert totals() == (10, 10, 5)
    assert set(early.questions.values_list("question", flat=True)) == set(statistics())
    merge_guest(guest=guest, member=alice)
    assert totals() == (10, 5, 5)  # the guest was first


def test_answer_that_comes_late_takes_the_place_of_the_first(alice):
    early, late = make_quiz(alice), make_quiz(alice)
    answer(early, [True] * 5)
    QuizQuestion.objects.filter(quiz=early).update(attempt=0)  # not visible yet
    answer(late, [False] * 5)
    finish_quiz(late)
    fold_answers(alice)
    assert totals() == (5, 5, 0)
    QuizQuestion.objects.filter(quiz=early).update(attempt=None)
    finish_quiz(early)
    fold_answers(alice)
    assert totals() == (10, 5, 5)


@pytest.mark.parametrize("delete", [delete_player, delete_learning_data])
def test_what_a_deleted_player_added_stays(alice, delete):
    play(alice, [True] * 5)
    fold_answers(alice)
    before = statistics()
    delete(alice)
    assert statistics() == before


def test_what_was_made_up_is_taken_away_again(alice, bob):
    play(alice, [True, False, True, True, False])
    fold_answers(alice)
    before = statistics()
    demo = make_player()
    Player.objects.filter(pk=demo.pk).update(username="demo-1@examprep")
    play(demo, [False, False, True, True, False])
    fold_answers(demo)
    remove_demo_members()
    assert statistics() == before
    withdraw_answers(alice)
    assert totals() == (0, 0, 0)
    fold_answers(alice)
    assert statistics() == before


def test_answer_that_was_changed_by_hand_does_not_stop_the_fold(alice):
    quiz = play(alice, [False] * 5)
    fold_answers(alice)
    quiz.questions.update(is_right=True)
    withdraw_answers(alice)  # more right ones than there ever were
    refold_answers(alice)
    assert totals() == (5, 5, 5)


# Anew from all answers, and by the textbook


@pytest.fixture
def history():
    """Players of drawn ability, who all met the same few questions; some quizzes left, some ended early."""
    make_facts(5)
    rng = Random(3)
    for number in range(60):
        player, ability = make_player(), rng.random()
        for seed in range(rng.randint(1, 3)):
            quiz = make_quiz(player, length=5, seed=rng.randint(1, 4))
            answered = rng.choice([5, 5, 5, 4, 2])
            answer(quiz, [rng.random() < ability for _ in range(answered)], seconds=rng.randint(5, 90))
            if number + seed != 20:
                finish_quiz(quiz)
            fold_answers(player)


def test_recount_from_all_answers_equals_what_was_kept_step_by_step(history):
    step_by_step = statistics()
    QuestionStatistics.objects.update(first_answered=999, rest=3)
    told = run("recount_statistics")
    assert statistics() == step_by_step
    assert told.endswith(f". First answers: {totals()[1]}.\n")


def test_recount_that_was_interrupted_goes_on(history):
    step_by_step = statistics()
    forget_statistics()
    for player in Player.objects.order_by("pk")[:7]:
        fold_answers(player)
    run("recount_statistics", "--resume")
    assert statistics() == step_by_step


def test_kept_figures_equal_those_computed_from_the_answers(history):
    scores, others, chosen = defaultdict(list), defaultdict(list), defaultdict(Counter)
    for quiz in Quiz.objects.filter(finished_at__isnull=False):
        rows = list(quiz.questions.filter(answered_at__isnull=False))
        for row in rows if len(rows) > 3 else ():
            earlier = QuizQuestion.objects.filter(player=row.player, question=row.question).filter(
                Q(answered_at__lt=row.answered_at)
                | Q(answered_at=None, quiz__finished_at__lt=row.answered_at)  # the key was shown
            )
            if not earlier.exists():
                scores[row.question_id].append(float(row.is_right))
                others[row.question_id].append(mean(float(other.is_right) for other in rows if other != row))
                chosen[row.question_id].update(row.options[index]["text"] for index in row.chosen)
    shown = QuestionStatistics.objects.shown()
    assert shown.count() >= 3
    for row in shown:
        pk = row.pk
        assert (row.first_answered, row.facility) == (len(scores[pk]), pytest.approx(mean(scores[pk])))
        assert row.discrimination == pytest.approx(correlation(scores[pk], others[pk]), abs=1e-3)
        assert row.chosen == chosen[pk]


@pytest.mark.parametrize("quizzes", [1, 4])
def test_counting_takes_a_fixed_number_of_queries(alice, quizzes, django_assert_num_queries):
    make_facts(9)
    for seed in range(quizzes):
        play(alice, [True, False, True, True, True], seed=seed)
    with django_assert_num_queries(28):
        fold_answers(alice)
    with django_assert_num_queries(1):
        fold_answers(alice)


# Pilots

PILOT, LIVE, REVIEW = Question.State.PILOT, Question.State.LIVE, Question.State.REVIEW


@pytest.fixture
def pilots():
    """One that is good, one that is not, and such as are not to be judged."""
    make_facts(4)
    good = make_statistics(PILOT)
    bad = make_statistics(PILOT, discrimination=-0.2, flags=" suspect unchosen ")
    make_statistics(PILOT, answered=99, right=50)
    make_statistics(LIVE, flags=" easy ")
    make_statistics(PILOT, discrimination=None)
    return good.question, bad.question


def test_pilots_are_judged_by_their_figures(pilots):
    good, bad = pilots
    assert [(verdict.question, verdict.state, verdict.reason) for verdict in judge_pilots()] == [
        (good, LIVE, "No flag: 100 first answers, facility 60 %, discrimination 0.30."),
        (bad, REVIEW, "Suspect key, Idle distractor: 100 first answers, facility 60 %, discrimination -0.20."),
    ]
    assert not PilotVerdict.objects.exists()


def test_settling_pilots_moves_them_once_and_keeps_why(pilots, editor):
    good, bad = pilots
    others = dict(Question.objects.exclude(pk__in=[good.pk, bad.pk]).values_list("pk", "state"))
    assert len(settle_pilots(by=editor)) == 2
    assert settle_pilots(by=editor) == []
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (LIVE, REVIEW)
    assert dict(Question.objects.exclude(pk__in=[good.pk, bad.pk]).values_list("pk", "state")) == others
    kept = PilotVerdict.objects.get(question=bad)
    assert (kept.state, kept.by, kept.reason[:11]) == (REVIEW, editor, "Suspect key")


def test_remaking_questions_leaves_settled_pilots_where_they_are(pilots):
    settle_pilots()
    before = dict(Question.objects.values_list("pk", "state"))
    remade = remake_questions()
    assert (remade.made, remade.retired) == ([], [])
    assert dict(Question.objects.values_list("pk", "state")) == before


def test_command_tells_of_pilots_and_moves_them(pilots):
    good, bad = pilots
    assert "Pilots would be: 1 live, 1 to review." in run("judge_pilots", "--dry-run")
    assert Question.objects.get(pk=good.pk).state == PILOT
    told = run("judge_pilots")
    assert f"{bad.pk} In review: Suspect key, Idle distractor: 100" in told
    assert told.endswith("Pilots: 1 live, 1 to review.\n")
    assert Question.objects.get(pk=good.pk).state == LIVE


# Export


def test_export_has_a_line_for_each_question_with_enough_answers():
    make_facts(2)
    shown = make_statistics(answered=SHOWN_FROM, right=20, flags=" easy ", chosen={})
    make_statistics(answered=SHOWN_FROM - 1, right=20)
    question = shown.question
    QuestionStatistics.objects.filter(pk=shown.pk).update(chosen={question.options[0]["text"]: 7})
    Question.objects.filter(pk=question.pk).update(stem='=HYPERLINK("x")')
    data = b"".join(write_statistics(QuestionStatistics.objects.all())).decode("utf-8-sig")
    line, *others = csv.DictReader(io.StringIO(data))
    assert others == []
    assert tuple(line) == COLUMNS
    assert (line["stem"], line["facility"], line["flags"]) == ('\'=HYPERLINK("x")', "0.667", "Too easy")
    assert (line["option_a"], line["chosen_a"], line["chosen_b"]) == (question.options[0]["text"], "7", "0")
