"""Reports of wrong questions, and what becomes of answers when a key is corrected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facts.models import (
    Card,
    Player,
    PlayerRating,
    Question,
    QuestionStatistics,
    Quiz,
    QuizQuestion,
    Report,
    Rescore,
    Tally,
)
from facts.services.corrections import record_changes
from facts.services.exam import hand_in
from facts.services.own_data import delete_learning_data
from facts.services.play import ask_again, finish_quiz, submit_answer
from facts.services.players import delete_player, make_guest, merge_guest
from facts.services.progress import FOLD_VERSION, fold_answers, refold_answers
from facts.services.questions import remake_questions
from facts.services.reports import (
    DAILY_LIMIT,
    AlreadyDecided,
    NotAnswered,
    TooManyReports,
    WrongKey,
    accept_report,
    refuse_report,
    report_question,
    tell_rescored,
)
from facts.services.review import OwnWork
from facts.services.statistics import forget_statistics
from tests.factories import answer_quiz, make_exam, make_fact, make_facts, make_player, make_quiz

pytestmark = pytest.mark.django_db

TEXT = "The guide says 15 minutes."


@pytest.fixture
def asked():
    """A question with four options."""
    make_facts(5)
    make_fact(has_scenario=True)
    return Question.objects.get(kind="scenario")


def keys_of(row):
    return {index for index, option in enumerate(row.options) if option["correct"]}


def play(player, question, text=None, *, seed=1, ends=True):
    """A quiz of five, all answered right but this question, which is answered with ``text`` (None: right)."""
    quiz = make_quiz(player, length=5, seed=seed)
    row = quiz.questions.filter(question=question).first()
    if row is None:  # the choice of questions is not what is tested
        row = quiz.questions.get(position=3)
        row.question, row.fact, row.kind, row.stem = question, question.fact, question.kind, question.stem
        row.options = question.options[::-1]
        row.save()
    for one in quiz.questions.all():
        texts = [option["text"] for option in one.options]
        submit_answer(question=one, chosen=[texts.index(text)] if text and one.pk == row.pk else keys_of(one))
    if ends:
        finish_quiz(quiz)
    return quiz.questions.get(pk=row.pk)


def texts(question, is_key):
    return [option["text"] for option in question.options if option["correct"] is is_key]


def report(row, kind="wrong_key", text=TEXT):
    row = QuizQuestion.objects.select_related("quiz").get(pk=row.pk)
    return report_question(asked=row, kind=kind, text=text)[0]


def snapshot(player):
    """What is folded of a player, with the figures of all questions."""
    own = [
        list(model.objects.filter(player=player).order_by(order).values_list(*names))
        for model, order, names in (
            (Tally, "pk", ("period", "starts_on", "scope", "answered", "right", "first_right")),
            (Card, "fact", ("fact", "stability", "due", "answered", "right")),
            (PlayerRating, "scope", ("scope", "value", "answered", "right")),
        )
    ]
    own[0].sort(key=str)
    return own


def figures():
    return {row["question_id"]: row for row in QuestionStatistics.objects.filter(asked__gt=0).values()}


# Reporting


def test_report_keeps_the_question_as_it_was_asked(alice, asked):
    row = play(alice, asked)
    made = report(row)
    assert (made.player, made.question, made.state) == (alice, asked, "open")
    assert (made.stem, made.options) == (row.stem, row.options)


def test_second_report_of_a_question_changes_the_first(alice, asked):
    report(play(alice, asked))
    report(play(alice, asked, seed=2), "typo", "A letter is missing.")
    assert list(Report.objects.values_list("kind", "text")) == [("typo", "A letter is missing.")]


def test_decided_report_makes_room_for_another(alice, asked, editor):
    row = play(alice, asked)
    refuse_report(report=report(row), answer="It is right.", by=editor)
    report(row)
    assert Report.objects.count() == 2


def test_day_has_so_many_reports_and_the_next_one_too(alice, asked):
    row = play(alice, asked)
    others = Question.objects.exclude(pk=asked.pk)[:DAILY_LIMIT]
    for question in others:
        Report.objects.create(player=alice, question=question, kind="typo", text=TEXT, stem="", options=[])
    with pytest.raises(TooManyReports, match="10 reports"):
        report(row)
    Report.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    report(row)


def test_question_is_not_reported_before_its_key_is_shown(alice):
    quiz = make_quiz(alice)
    with pytest.raises(NotAnswered):
        report(quiz.questions.first())
    finish_quiz(quiz)
    report(quiz.questions.first())


def test_running_exam_is_not_reported(alice):
    with pytest.raises(NotAnswered):
        report(make_exam(alice).questions.first())


def test_report_outlives_the_history_but_not_the_account(alice, asked):
    made = report(play(alice, asked))
    delete_learning_data(alice)
    made.refresh_from_db()
    assert (made.quiz_question, made.stem) == (None, asked.stem)
    delete_player(alice)
    assert not Report.objects.exists()


def test_reports_of_a_guest_come_along(alice, asked):
    guest = make_guest()
    report(play(guest, asked))
    merge_guest(guest=guest, member=alice)
    assert Report.objects.get().player == alice


# Deciding


def test_refused_report_changes_no_answer(alice, asked, editor):
    row = play(alice, asked, texts(asked, False)[0])
    made = report(row)
    refuse_report(report=made, answer="The guide says so.", by=editor)
    made.refresh_from_db()
    assert (made.state, made.answer, made.decided_by) == ("refused", "The guide says so.", editor)
    assert not Rescore.objects.exists()
    assert Question.objects.askable().filter(pk=asked.pk).exists()


def test_report_accepted_without_correction_leaves_answers_and_question(alice, asked, editor):
    row = play(alice, asked)
    accept_report(report=report(row), answer="Thank you, mended.", by=editor)
    assert not Rescore.objects.exists()
    assert Question.objects.askable().filter(pk=asked.pk).exists()


def test_of_two_editors_one_decides(alice, asked, editor):
    made = report(play(alice, asked))
    again = Report.objects.get(pk=made.pk)
    refuse_report(report=made, answer="No.", by=editor)
    with pytest.raises(AlreadyDecided):
        accept_report(report=again, answer="Yes.", by=editor, is_void=True)
    assert Report.objects.get().state == "refused"
    assert not Rescore.objects.exists()


def test_other_reports_of_the_question_are_decided_alike_if_wanted(alice, bob, asked, editor):
    made, other = report(play(alice, asked)), report(play(bob, asked))
    assert refuse_report(report=made, answer="No.", by=editor, with_others=True) == 2
    other.refresh_from_db()
    assert (other.state, other.answer) == ("refused", "No.")


@pytest.mark.parametrize("count", [0, 2])
def test_key_has_as_many_options_as_were_asked_for(alice, asked, editor, count):
    made = report(play(alice, asked))
    key = [*texts(asked, False)[:count]] or ["no option of it"]
    with pytest.raises(WrongKey):
        accept_report(report=made, answer="Yes.", by=editor, key=key)
    assert Report.objects.get().state == "open"


def test_key_as_it_is_is_no_correction(alice, asked, editor):
    with pytest.raises(WrongKey, match="as it is"):
        accept_report(report=report(play(alice, asked)), answer="Yes.", by=editor, key=texts(asked, True))


# Scoring anew


def correct(row, editor, key, answer="The guide changed."):
    return accept_report(report=report(row), answer=answer, by=editor, key=[key])


def test_changed_key_scores_answers_anew_both_ways(alice, bob, asked, editor):
    good, was_key = texts(asked, False)[0], texts(asked, True)[0]
    wrong_before, right_before = play(alice, asked, good), play(bob, asked, was_key)
    third = play(make_player(), asked, texts(asked, False)[1])
    done = correct(wrong_before, editor, good)
    rows = QuizQuestion.objects.in_bulk([wrong_before.pk, right_before.pk, third.pk])
    assert [rows[row.pk].is_right for row in (wrong_before, right_before, third)] == [True, False, False]
    assert (done.answers, done.more_right, done.more_wrong, done.players) == (3, 1, 1, {alice.pk, bob.pk})
    for row in rows.values():
        assert [option["text"] for option in row.options if option["correct"]] == [good]


def test_old_verdict_and_old_key_are_kept(alice, asked, editor):
    row = play(alice, asked, texts(asked, False)[0])
    correct(row, editor, texts(asked, False)[0])
    rescore = Rescore.objects.get()
    assert (rescore.quiz_question, rescore.was_right, rescore.is_right) == (row, False, True)
    assert rescore.was_options == row.options
    row.refresh_from_db()
    told = row.told["rescored"]
    assert (told["was_right"], told["is_void"], told["why"]) == (False, False, "The guide changed.")
    assert told["on"] == timezone.now().date().isoformat()
    whys = {option["text"]: option["why"] for option in row.options}
    assert whys[texts(asked, True)[0]] == "Counted as right until the key was corrected."


def test_void_question_counts_as_right_for_all(alice, bob, asked, editor):
    row, other = play(alice, asked, texts(asked, False)[0]), play(bob, asked)
    done = accept_report(report=report(row), answer="Two are right.", by=editor, is_void=True)
    assert (done.answers, done.more_right, done.more_wrong, done.players) == (2, 1, 0, {alice.pk})
    other.refresh_from_db()
    assert other.is_right
    assert other.told["rescored"]["is_void"]
    assert other.options == row.options  # the key stays as it was told


def test_time_that_ran_out_stays_wrong_under_another_key(alice, asked, editor):
    row = play(alice, asked, texts(asked, False)[0])
    QuizQuestion.objects.filter(pk=row.pk).update(ran_out=True)
    assert correct(row, editor, texts(asked, False)[0]).more_right == 0


def test_question_still_open_in_a_quiz_is_graded_by_the_new_key(alice, bob, asked, editor):
    good = texts(asked, False)[0]
    still_open = ask_again(play(bob, asked, ends=False))
    correct(play(alice, asked, good), editor, good)
    still_open.refresh_from_db()
    submit_answer(question=still_open, chosen=keys_of(still_open))
    assert still_open.is_right
    assert still_open.options[keys_of(still_open).pop()]["text"] == good


def test_question_still_open_counts_as_right_once_it_is_void(alice, bob, asked, editor):
    still_open = ask_again(play(bob, asked, ends=False))
    accept_report(report=report(play(alice, asked)), answer="Two are right.", by=editor, is_void=True)
    still_open.refresh_from_db()
    wrong = next(index for index in range(4) if index not in keys_of(still_open))
    submit_answer(question=still_open, chosen=[wrong])
    assert still_open.is_right


def test_exam_that_runs_counts_what_is_void_as_right(alice, bob, editor):
    done, running = make_exam(bob), make_exam(alice)
    hand_in(quiz=done)
    for row in running.questions.all():
        other = done.questions.filter(question=row.question_id).first()
        if other:
            break
    wrong = next(index for index in range(len(row.options)) if index not in keys_of(row))
    QuizQuestion.objects.filter(pk=row.pk).update(draft=[wrong])
    accept_report(report=report(other), answer="Two are right.", by=editor, is_void=True)
    hand_in(quiz=running)
    row.refresh_from_db()
    assert row.is_right


def test_what_was_asked_with_other_options_is_left_alone(alice, bob, asked, editor):
    good = texts(asked, False)[0]
    row, other = play(alice, asked, good), play(bob, asked)
    other.options[0]["text"] = "Something else"
    other.save()
    correct(row, editor, good)
    before = other.options
    other.refresh_from_db()
    assert (other.options, other.is_right, "rescored" in other.told) == (before, True, False)


def test_corrected_question_is_not_asked_again_even_if_remade(alice, asked, editor):
    correct(play(alice, asked), editor, texts(asked, False)[0])
    remake_questions()
    assert not Question.objects.askable().filter(pk=asked.pk).exists()


def test_what_a_rule_made_is_refused_for_good(alice, editor):
    make_facts(5)
    make_fact(statement="A message in Amazon s3 is kept for at most 14 days by default.", false_statements=[])
    made = Question.objects.exclude(change="").first()
    row = play(alice, made)
    accept_report(report=report(row), answer="It is true.", by=editor, is_void=True)
    remake_questions()
    assert not Question.objects.askable().filter(pk=made.pk).exists()


def test_second_correction_goes_on_from_the_first(alice, asked, editor):
    first, second = texts(asked, False)[:2]
    row = play(alice, asked, second)
    correct(row, editor, first)
    row.refresh_from_db()
    correct(row, editor, second)
    row.refresh_from_db()
    assert row.is_right
    assert [option["text"] for option in row.options if option["correct"]] == [second]
    assert Rescore.objects.count() == 2


# What follows


def test_fold_after_a_correction_agrees_with_one_from_scratch(alice, bob, asked, editor):
    good = texts(asked, False)[0]
    row = play(alice, asked, good)
    play(bob, asked, seed=3)
    fold_answers(alice)
    fold_answers(bob)
    before = snapshot(alice)
    correct(row, editor, good)
    for player in Player.objects.filter(pk__in=[alice.pk, bob.pk]):
        assert player.fold_version == 0
        fold_answers(player)
        assert player.fold_version == FOLD_VERSION
    once, figures_once = (snapshot(alice), snapshot(bob)), figures()
    assert once[0] != before
    forget_statistics()
    for player in (alice, bob):
        refold_answers(player)
    assert (snapshot(alice), snapshot(bob)) == once
    assert figures() == figures_once
    assert figures_once[asked.pk]["first_right"] == 1


def test_players_whose_verdict_stays_are_not_folded_anew(alice, bob, asked, editor):
    good, other = texts(asked, False)[:2]
    play(bob, asked, other)
    correct(play(alice, asked, good), editor, good)
    bob.refresh_from_db()
    assert (bob.fold_version, bob.has_news) == (FOLD_VERSION, False)


def test_correction_of_an_exam_counts_in_its_figures(alice, editor):
    exam = make_exam(alice)
    answer_quiz(exam, right=0)
    row = exam.questions.get(position=1)
    fold_answers(alice)
    accept_report(report=report(row), answer="Two are right.", by=editor, is_void=True)
    fold_answers(Player.objects.get(pk=alice.pk))
    assert Quiz.objects.with_score().get(pk=exam.pk).right_count == 1
    assert QuestionStatistics.objects.get(pk=row.question_id).first_right == 1


def test_player_is_told_once(alice, bob, asked, editor):
    good = texts(asked, False)[0]
    row = play(alice, asked, good)
    play(bob, asked)
    correct(row, editor, good)
    sentences = [tell_rescored(Player.objects.get(pk=player.pk)) for player in (alice, bob)]
    assert sentences == [
        "A question you answered was corrected: 1 more right.",
        "A question you answered was corrected: 1 more wrong.",
    ]
    assert tell_rescored(Player.objects.get(pk=alice.pk)) == ""
    assert not Rescore.objects.filter(told_at=None).exists()


def test_two_tabs_tell_once(alice, asked, editor):
    good = texts(asked, False)[0]
    correct(play(alice, asked, good), editor, good)
    tabs = [Player.objects.get(pk=alice.pk) for _ in range(2)]
    assert [bool(tell_rescored(tab)) for tab in tabs] == [True, False]


def test_nothing_to_tell_costs_no_query(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tell_rescored(alice) == ""


def test_scoring_anew_costs_the_same_for_one_player_and_five(asked, editor):
    good, counts = texts(asked, False)[0], []
    for players in (1, 5):
        Report.objects.all().delete()
        rows = [play(make_player(), asked, good, seed=players) for _ in range(players)]
        for row in rows:
            fold_answers(row.player)
        made = report(rows[0])
        with CaptureQueriesContext(connection) as queries:
            accept_report(report=made, answer="Two are right.", by=editor, is_void=True)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_batches_cover_every_answer(asked, editor, monkeypatch):
    monkeypatch.setattr("facts.services.reports._BATCH", 2)
    good = texts(asked, False)[0]
    rows = [play(make_player(), asked, good) for _ in range(5)]
    assert correct(rows[0], editor, good).more_right == 5


def test_nobody_refuses_a_report_of_their_own_fact_where_the_site_says_so(settings, alice, editor, asked):
    settings.REVIEW_OWN = False
    made = report(play(alice, asked))
    record_changes(facts=[asked.fact], why="added", by=editor)
    with pytest.raises(OwnWork):
        refuse_report(report=made, answer="It is right.", by=editor)
    made.refresh_from_db()
    assert made.state == Report.State.OPEN
