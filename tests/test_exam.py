"""Exams as services: starting, saving, handing in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from facts.learning.blueprint import Form, form_of, split
from facts.models import Fact, FalseStatement, Ground, Question, Quiz, QuizMode, QuizQuestion
from facts.models.play import MAX_SECONDS
from facts.questions.grading import InvalidChoice
from facts.selectors.exam import find_examinable, get_places, get_report, last_position, running_exam, seconds_left
from facts.selectors.play import get_question
from facts.services.exam import (
    ChangedElsewhere,
    ExamEnded,
    ExamRunning,
    TooFewQuestions,
    hand_in,
    hand_in_overdue,
    mark_open,
    open_question,
    save_draft,
    start_exam,
)
from facts.services.play import missed_scope
from facts.services.questions import remake_questions
from tests.factories import CHOOSE_TWO_AT, make_exam, make_exam_bank

pytestmark = pytest.mark.django_db

FORM = form_of(8)


@pytest.fixture
def bank():
    make_exam_bank(3)


@pytest.fixture
def exam(alice, bank):
    return make_exam(alice)


@pytest.fixture
def clock(monkeypatch):
    """The server's clock, to be set."""

    class Clock:
        now = timezone.now()

        def forward(self, **amount):
            self.now += timedelta(**amount)

    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


def load(exam, position=1):
    """A question as a page has it."""
    return get_question(exam.player, exam.pk, position)


def keys_of(question):
    return [index for index, option in enumerate(question.options) if option["correct"]]


def wrong_of(question):
    return [index for index, option in enumerate(question.options) if not option["correct"]][: len(keys_of(question))]


def save(question, chosen, version=None, **values):
    save_draft(question=question, chosen=chosen, version=question.saves if version is None else version, **values)


def stored(exam, position=1):
    return QuizQuestion.objects.get(quiz=exam, position=position)


def find(exam, is_choose_two):
    return load(exam, CHOOSE_TWO_AT if is_choose_two else 1)


# Starting


def test_start_exam_has_the_form_asked_for(exam):
    questions = list(exam.questions.all())
    assert (exam.mode, exam.scope) == (QuizMode.EXAM, "Exam of 8 questions")
    assert [question.position for question in questions] == list(range(1, 9))
    scored = [question.domain for question in questions if question.is_scored]
    assert {domain: scored.count(domain) for domain in set(scored)} == split(7)
    assert exam.deadline - exam.started_at == pytest.approx(timedelta(minutes=19), abs=timedelta(seconds=5))
    assert all((one.answered_at, one.chosen, one.is_right, one.draft) == (None,) * 4 for one in questions)


def test_start_exam_gives_extra_time_in_proportion(alice, bank):
    exam = start_exam(player=alice, form=FORM, has_extra_time=True)
    assert seconds_left(exam) == pytest.approx(22 * 60, abs=5)


def test_start_exam_asks_no_claims_to_judge(alice):
    make_exam_bank(4, false_statements=None)
    asked = {kind for seed in range(3) for kind in _kinds_of(alice, seed)}
    assert asked <= {"scenario", "which_true", "fill_blank", "choose_two"}
    assert "scenario" in asked


def _kinds_of(player, seed):
    exam = start_exam(player=player, form=FORM, seed=seed)
    hand_in(quiz=exam)
    return exam.questions.values_list("kind", flat=True)


def test_start_exam_asks_nothing_of_what_has_ended_or_was_withdrawn(alice, bank):
    ended, withdrawn = Fact.objects.filter(domain="new-solutions")[:2]
    extra = make_exam_bank(2)
    Fact.objects.filter(pk=ended.pk).update(status="retired")
    Fact.objects.filter(pk=withdrawn.pk).update(is_withdrawn=True)
    for seed in range(5):
        exam = start_exam(player=alice, form=FORM, seed=seed)
        hand_in(quiz=exam)
        assert not exam.questions.filter(fact__in=[ended, withdrawn]).exists()
    assert extra


def test_start_exam_never_scores_a_pilot(alice, bank):
    slugs = [Fact.objects.filter(domain=domain).first().pk for domain in split(1)]
    Question.objects.filter(fact__in=slugs).update(state="pilot")
    exam = start_exam(player=alice, form=FORM)
    assert not exam.questions.filter(question__state="pilot", is_scored=True).exists()
    assert exam.questions.filter(question__state="pilot", is_scored=False).count() == 1


def test_start_exam_asks_and_shows_no_fact_twice(alice):
    make_exam_bank(8, false_statements=None)
    for seed in range(3):
        exam = start_exam(player=alice, form=form_of(20), seed=seed)
        shown = list(Ground.objects.filter(question__asked__quiz=exam).values_list("fact", flat=True))
        assert len(shown) == len(set(shown)) >= 20
        hand_in(quiz=exam)


def test_start_exam_prefers_what_was_met_least(alice, bank, exam):
    hand_in(quiz=exam)
    make_exam_bank(6)
    again = start_exam(player=alice, form=FORM)
    assert not set(again.questions.values_list("fact")) & set(exam.questions.values_list("fact"))


def test_start_exam_same_seed_same_exam(alice, bob, bank):
    one, other = (start_exam(player=player, form=FORM, seed=5) for player in (alice, bob))
    values = ("position", "question", "options", "is_scored")
    assert list(one.questions.values_list(*values)) == list(other.questions.values_list(*values))


def test_start_exam_while_one_runs_names_that_one(alice, exam):
    with pytest.raises(ExamRunning) as refused:
        start_exam(player=alice, form=FORM)
    assert refused.value.quiz == exam
    assert Quiz.objects.count() == 1


def test_start_exam_hands_in_one_that_is_overdue(alice, bank, clock):
    exam = start_exam(player=alice, form=FORM)
    clock.forward(minutes=21)
    other = start_exam(player=alice, form=FORM)
    exam.refresh_from_db()
    assert exam.finished_at == exam.deadline
    assert running_exam(alice) == other


def test_start_exam_without_enough_says_what_is_missing_and_the_largest_form(alice, bank):
    with pytest.raises(TooFewQuestions) as refused:
        start_exam(player=alice, form=Form(75, 65, 180))
    assert refused.value.shortages["migration-modernization"] == (15, 3)
    assert refused.value.largest.questions == 9
    assert not Quiz.objects.exists()


# Saving


def test_save_draft_is_no_answer_yet(exam):
    question = load(exam)
    save(question, keys_of(question))
    row = stored(exam)
    assert row.draft == question.draft == keys_of(question)
    assert (row.saves, row.answered_at, row.chosen, row.is_right) == (1, None, None, None)


def test_save_draft_again_replaces_and_clears(exam):
    question = load(exam)
    save(question, keys_of(question))
    save(question, wrong_of(question))
    assert stored(exam).draft == wrong_of(question)
    save(question, [])
    assert stored(exam).draft is None
    assert stored(exam).saves == 3


def test_save_draft_takes_one_of_two(exam):
    question = find(exam, True)
    save(question, [2])
    assert stored(exam, question.position).draft == [2]
    assert get_places(exam).places[question.position - 1].state == "half"


@pytest.mark.parametrize("chosen", [[7], [-1], [0, 1, 2]])
@pytest.mark.parametrize("is_choose_two", [True, False])
def test_save_draft_refuses_what_is_no_choice(exam, chosen, is_choose_two):
    question = find(exam, is_choose_two)
    with pytest.raises(InvalidChoice):
        save(question, chosen)
    assert (stored(exam, question.position).draft, stored(exam, question.position).saves) == (None, 0)


def test_save_draft_of_two_devices_the_second_hears_of_the_first(exam):
    phone, laptop = load(exam), load(exam)
    save(phone, [0])
    with pytest.raises(ChangedElsewhere):
        save(laptop, [1])
    assert stored(exam).draft == [0]
    assert (laptop.draft, laptop.saves) == ([0], 1)  # what the page tells, and the version it carries from now on
    save(laptop, [1])
    assert stored(exam).draft == [1]


def test_save_draft_of_an_old_page_hears_of_the_change_though_its_row_is_new(exam):
    save(load(exam), [0])
    with pytest.raises(ChangedElsewhere):
        save(load(exam), [1], version=0)


def test_save_draft_of_two_devices_with_the_same_choice_is_no_fuss(exam):
    phone, laptop = load(exam), load(exam)
    save(phone, [0])
    save(laptop, [0], is_flagged=True)
    assert (stored(exam).draft, stored(exam).saves, stored(exam).is_flagged) == ([0], 1, True)


def test_save_draft_without_a_change_leaves_the_version_alone(exam):
    phone, laptop = load(exam), load(exam)
    save(phone, [])
    save(phone, [], is_flagged=True)
    save(laptop, [1])
    assert (stored(exam).draft, stored(exam).is_flagged) == ([1], True)


def test_save_draft_after_the_deadline_hands_in(exam, clock):
    save(load(exam), [0])
    question = load(exam)
    clock.now = exam.deadline
    with pytest.raises(ExamEnded):
        save(question, [1])
    exam.refresh_from_db()
    assert exam.finished_at == exam.deadline
    assert stored(exam).chosen == [0]


def test_save_draft_that_the_deadline_overtakes_is_refused_by_the_update(exam, clock, monkeypatch):
    """The clock passes the deadline after the page was read and before the row is written."""
    question = load(exam)
    monkeypatch.setattr("facts.services.exam.is_overdue", lambda quiz: False)
    clock.now = exam.deadline + timedelta(seconds=1)
    Quiz.objects.filter(pk=exam.pk).update(finished_at=exam.deadline)
    with pytest.raises(ExamEnded):
        save(question, [1])
    assert stored(exam).draft is None


def test_save_draft_of_a_page_from_before_the_end_is_refused(exam):
    question = load(exam)
    hand_in(quiz=exam)
    with pytest.raises(ExamEnded) as refused:
        save(question, [1])
    assert refused.value.quiz.finished_at is not None
    assert stored(exam).draft is None


def test_save_draft_is_one_statement(exam, django_assert_num_queries):
    question = load(exam)
    with django_assert_num_queries(1):
        save(question, [0])


# The time a question takes


def test_spent_runs_from_showing_to_saving_and_adds_up(exam, clock):
    mark_open(load(exam))
    clock.forward(seconds=30)
    save(load(exam), [0])
    clock.forward(seconds=12)
    save(load(exam), [1])
    assert stored(exam).spent == pytest.approx(42)
    clock.forward(minutes=5)  # elsewhere
    open_question(quiz=exam, position=1)
    clock.forward(seconds=3)
    save(load(exam), [1])
    assert stored(exam).spent == pytest.approx(45)
    assert stored(exam).seconds == pytest.approx(45)


def test_spent_is_capped_and_never_negative(exam, clock):
    mark_open(load(exam))
    clock.forward(minutes=11)
    save(load(exam), [0])
    assert stored(exam).spent == MAX_SECONDS
    clock.forward(hours=-2)  # the clock was set back
    save(load(exam), [1])
    assert (stored(exam).spent, stored(exam).draft) == (MAX_SECONDS, [1])


def test_open_question_reads_and_starts_its_time(exam, clock, django_assert_num_queries):
    with django_assert_num_queries(1):
        question = open_question(quiz=exam, position=3)
    assert question.options == stored(exam, 3).options
    assert stored(exam, 3).shown_at == clock.now
    assert last_position(exam) == 3
    with pytest.raises(LookupError):
        open_question(quiz=exam, position=9)


# Handing in


def test_hand_in_makes_drafts_answers(exam, clock):
    two, one = find(exam, True), find(exam, False)
    save(two, keys_of(two))
    save(one, wrong_of(one))
    clock.forward(minutes=3)
    assert hand_in(quiz=exam)
    exam.refresh_from_db()
    assert exam.finished_at == clock.now
    right, wrong = stored(exam, two.position), stored(exam, one.position)
    assert (right.chosen, right.is_right, right.answered_at) == (keys_of(two), True, clock.now)
    assert (wrong.chosen, wrong.is_right, wrong.answered_at) == (wrong_of(one), False, clock.now)
    assert exam.questions.filter(answered_at=None, chosen__isnull=True, is_right=None).count() == 6


def test_hand_in_of_one_of_two_is_wrong_and_kept(exam):
    question = find(exam, True)
    save(question, keys_of(question)[:1])
    hand_in(quiz=exam)
    row = stored(exam, question.position)
    assert (row.chosen, row.is_right) == (keys_of(question)[:1], False)


def test_hand_in_of_nothing_leaves_all_blank(exam):
    assert hand_in(quiz=exam)
    assert not exam.questions.exclude(answered_at=None).exists()
    assert get_report(exam).score == 100


def test_hand_in_twice_changes_nothing(exam, clock):
    save(load(exam), [0])
    assert hand_in(quiz=exam)
    before = list(exam.questions.values())
    clock.forward(minutes=1)
    assert not hand_in(quiz=exam)
    assert not hand_in(quiz=Quiz.objects.get(pk=exam.pk))
    assert list(exam.questions.values()) == before
    assert exam.finished_at == clock.now - timedelta(minutes=1)


def test_hand_in_at_the_same_time_happens_once(exam):
    other = Quiz.objects.get(pk=exam.pk)
    assert [hand_in(quiz=exam), hand_in(quiz=other)] == [True, False]
    assert other.finished_at == exam.finished_at


def test_hand_in_after_the_deadline_is_of_the_deadline(exam, clock):
    save(load(exam), [0])
    clock.forward(hours=5)
    hand_in(quiz=exam)
    assert exam.finished_at == exam.deadline == stored(exam).answered_at


def test_hand_in_when_the_clock_was_set_back_is_not_before_the_start(exam, clock):
    clock.now = exam.started_at - timedelta(hours=1)
    hand_in(quiz=exam)
    assert exam.finished_at == exam.started_at


def test_hand_in_refuses_a_save_that_waited_for_it(exam):
    """On PostgreSQL a save that waits for the row sees the quiz as it was; the version tells it that it is late."""
    question = load(exam)
    hand_in(quiz=exam)
    Quiz.objects.filter(pk=exam.pk).update(finished_at=None)
    with pytest.raises(ChangedElsewhere):
        save(question, [0])
    assert stored(exam).draft is None


@pytest.mark.parametrize("count", [8, 20])
def test_hand_in_takes_a_fixed_number_of_queries(alice, count, django_assert_num_queries):
    make_exam_bank(8)
    exam = start_exam(player=alice, form=Form(count, count - 2, 30))
    for position in range(1, count):
        save(load(exam, position), [0])
    with django_assert_num_queries(7):  # begin, quiz, its end, questions, answers, versions, commit
        hand_in(quiz=exam)


def test_hand_in_overdue_hands_in_what_is_overdue_only(alice, bob, bank, clock, django_assert_num_queries):
    exam = start_exam(player=alice, form=FORM)
    other = start_exam(player=bob, form=FORM)
    with django_assert_num_queries(1):
        assert hand_in_overdue(alice) == []
    clock.forward(minutes=20)
    assert hand_in_overdue(alice) == [exam]
    assert hand_in_overdue(alice) == []
    assert Quiz.objects.get(pk=exam.pk).finished_at == exam.deadline
    assert Quiz.objects.get(pk=other.pk).finished_at is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is read as SQLite writes it")
def test_hand_in_overdue_looks_into_its_index(alice):
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM facts_quiz WHERE player_id = 1 AND finished_at IS NULL"
            " AND deadline IS NOT NULL AND deadline <= '2026-01-01' AND mode = 'exam'"
        )
        assert "quiz_against_time" in str(cursor.fetchall())


# What changes in the bank changes nothing in an exam


def test_exam_stays_as_it_was_when_a_fact_is_retired_and_its_questions_remade(exam):
    question = load(exam)
    fact = Fact.objects.get(pk=question.fact_id)
    fact.status, fact.statement = "retired", "Amazon s3 does something else altogether these days."
    fact.save()
    FalseStatement.objects.filter(fact=fact).delete()
    remake_questions([fact])
    assert load(exam).options == question.options
    save(load(exam), keys_of(question))
    hand_in(quiz=exam)
    assert stored(exam).is_right


# Afterwards


def test_report_counts_blanks_as_wrong_and_pilots_not_at_all(exam):
    scored = [question.position for question in exam.questions.filter(is_scored=True)]
    for position in scored[:3]:
        question = load(exam, position)
        save(question, keys_of(question))
    pilot = load(exam, exam.questions.filter(is_scored=False).first().position)
    save(pilot, keys_of(pilot))
    hand_in(quiz=exam)
    report = get_report(exam)
    assert (report.right, len(report.scored), report.score, report.is_passed) == (3, 7, 485, False)
    assert (report.pilots_right, len(report.pilots), len(report.blank), report.missed) == (1, 1, 4, 4)
    assert sum(domain.count for domain in report.domains) == 7
    assert sum(domain.right for domain in report.domains) == 3
    assert sum(service.count for service in report.services) == 8


def test_report_of_all_right_is_passed(exam):
    for position in range(1, 9):
        question = load(exam, position)
        save(question, keys_of(question))
    hand_in(quiz=exam)
    report = get_report(exam)
    assert (report.score, report.is_passed, report.missed, report.weak_services) == (1000, True, 0, [])
    assert not report.ran_out


def test_report_names_the_slowest_and_says_if_the_time_ran_out(exam, clock):
    for position, seconds in ((1, 10), (2, 50), (3, 20)):
        mark_open(load(exam, position))
        clock.forward(seconds=seconds)
        save(load(exam, position), [0])
    clock.forward(hours=1)
    hand_in(quiz=exam)
    report = get_report(exam)
    assert [question.position for question in report.slowest] == [2, 3, 1]
    assert report.ran_out
    assert report.seconds == report.seconds_allowed == pytest.approx(19 * 60, abs=1)


def test_missed_of_an_exam_are_the_wrong_and_the_blank_once_it_has_ended(exam):
    right, wrong = load(exam, 1), load(exam, 2)
    save(right, keys_of(right))
    save(wrong, wrong_of(wrong))
    assert missed_scope(exam).facts == []
    hand_in(quiz=exam)
    missed = set(missed_scope(exam).facts)
    assert len(missed) == 7
    assert right.fact_id not in missed


def test_no_exam_rests_on_a_fact_past_its_date(alice):
    make_exam_bank(2)
    yesterday = timezone.now().date() - timedelta(days=1)
    overdue = Fact.objects.first()
    Fact.objects.filter(pk=overdue.pk).update(review_by=yesterday)
    assert find_examinable().exists()
    assert not find_examinable().filter(grounds__fact=overdue).exists()
    Fact.objects.update(review_by=yesterday)
    assert not find_examinable().exists()
