"""Playing, progress and players. What loads the bank is tested with the commands."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from facts.models import Fact, Player, Question, Quiz, QuizQuestion, Tally
from facts.questions.grading import InvalidChoice
from facts.services.play import NothingToAsk, Scope, finish_quiz, mark_shown, missed_scope, start_quiz, submit_answer
from facts.services.players import delete_player, make_guest, merge_guest
from facts.services.progress import fold_answers, refold_answers
from tests.factories import answer_quiz, make_fact, make_facts, make_player, make_quiz, make_service

pytestmark = pytest.mark.django_db


def right_choice(question):
    return [index for index, option in enumerate(question.options) if option["correct"]]


def wrong_choice(question):
    return [index for index, option in enumerate(question.options) if not option["correct"]][
        : len(right_choice(question))
    ]


def asked(quiz):
    return list(quiz.questions.order_by("position").values_list("question", "options"))


# Starting


def test_start_quiz_with_the_same_seed_asks_the_same(alice, bob):
    make_facts(12)
    assert asked(make_quiz(alice, length=6, seed=3)) == asked(make_quiz(bob, length=6, seed=3))


def test_start_quiz_with_another_seed_asks_something_else(alice, bob):
    make_facts(12)
    assert asked(make_quiz(alice, length=6, seed=3)) != asked(make_quiz(bob, length=6, seed=4))


def test_start_quiz_asks_each_fact_once(alice):
    make_facts(9)
    quiz = make_quiz(alice, length=9)
    facts = list(quiz.questions.values_list("fact", flat=True))
    assert len(facts) == len(set(facts)) == 9


def test_start_quiz_prefers_facts_not_asked_yet(alice):
    make_facts(10)
    first = set(make_quiz(alice, length=5, kinds=["true_false"]).questions.values_list("fact", flat=True))
    second = set(make_quiz(alice, length=5, kinds=["true_false"]).questions.values_list("fact", flat=True))
    assert not first & second


def test_start_quiz_is_shorter_where_the_bank_has_less(alice):
    make_facts(3)
    assert make_quiz(alice, length=10).questions.count() == 3


def test_start_quiz_about_nothing_raises(alice):
    make_facts(3)
    with pytest.raises(NothingToAsk):
        start_quiz(player=alice, scope=Scope(services=[make_service("sqs")]), length=5)
    assert Quiz.objects.count() == 0


def test_start_quiz_keeps_to_services_domains_and_kinds(alice):
    s3, sqs = make_service("s3"), make_service("sqs")
    make_facts(4, service=s3, domain="continuous-improvement")
    make_facts(4, service=s3)
    make_facts(4, service=sqs)
    quiz = make_quiz(alice, length=9, services=[s3], domains=["continuous-improvement"], kinds=["true_false"])
    assert set(quiz.questions.values_list("service", "domain", "kind")) == {
        ("s3", "continuous-improvement", "true_false")
    }
    assert quiz.questions.count() == 4


@pytest.mark.parametrize("state", [Question.State.RETIRED, Question.State.REVIEW])
def test_start_quiz_never_asks_what_is_retired_or_in_review(alice, state):
    make_facts(3)
    Question.objects.update(state=state)
    with pytest.raises(NothingToAsk):
        make_quiz(alice)


def test_start_quiz_never_asks_withdrawn_facts(alice):
    facts = make_facts(3)
    Fact.objects.filter(pk=facts[0].pk).update(is_withdrawn=True)
    assert facts[0].pk not in make_quiz(alice, length=5).questions.values_list("fact", flat=True)


def test_true_and_false_claims_are_asked_about_equally_often(alice):
    for _ in range(40):
        make_fact(false_statements=[f"False {letter} {_}." for letter in "abc"], remake=False)
    make_facts(0)
    quiz = make_quiz(alice, length=40, kinds=["true_false"])
    true = sum(question.options[0]["correct"] for question in quiz.questions.all())
    assert 10 <= true <= 30  # three claims of four are false; 2e-3 chance of failing at one half


def test_what_was_asked_stays_when_the_fact_is_edited(alice):
    quiz = make_quiz(alice)
    before = list(quiz.questions.values("stem", "options", "told"))
    Fact.objects.update(statement="Something else is true today.", explanation="New.", note="Changed.")
    Question.objects.update(stem="Something else", options=[])
    assert list(quiz.questions.values("stem", "options", "told")) == before


def test_fact_that_was_asked_cannot_be_deleted(alice):
    quiz = make_quiz(alice)
    with pytest.raises(ProtectedError):
        Fact.objects.filter(pk=quiz.questions.first().fact_id).delete()


# Answering


def test_submit_answer_records_the_verdict(alice):
    question = make_quiz(alice).questions.get(position=1)
    assert submit_answer(question=question, chosen=right_choice(question)) is True
    question.refresh_from_db()
    assert (question.is_right, question.chosen) == (True, right_choice(question))


def test_submit_answer_twice_keeps_the_first(alice):
    question = make_quiz(alice).questions.get(position=1)
    stale = QuizQuestion.objects.get(pk=question.pk)  # as a second tab has it
    submit_answer(question=question, chosen=wrong_choice(question))
    assert submit_answer(question=stale, chosen=right_choice(question)) is False
    assert stale.is_right is False
    assert QuizQuestion.objects.get(pk=question.pk).chosen == wrong_choice(question)


@pytest.mark.parametrize("chosen", [[], [-1], [99], [0, 1]])
def test_submit_answer_that_cannot_be_graded_records_nothing(alice, chosen):
    question = make_quiz(alice, kinds=["true_false"]).questions.get(position=1)
    with pytest.raises(InvalidChoice):
        submit_answer(question=question, chosen=chosen)
    assert QuizQuestion.objects.get(pk=question.pk).answered_at is None


def test_mark_shown_keeps_the_first_time(alice):
    question = make_quiz(alice).questions.get(position=1)
    mark_shown(question)
    first = question.shown_at
    mark_shown(QuizQuestion.objects.get(pk=question.pk))
    assert QuizQuestion.objects.get(pk=question.pk).shown_at == first


def test_finish_quiz_twice_keeps_the_first_end(alice):
    quiz = make_quiz(alice)
    finish_quiz(quiz)
    first = quiz.finished_at
    finish_quiz(Quiz.objects.get(pk=quiz.pk))
    assert Quiz.objects.get(pk=quiz.pk).finished_at == first


def test_missed_scope_has_what_was_answered_wrong(alice):
    quiz = make_quiz(alice, length=5)
    for question in quiz.questions.filter(position__lte=3):
        chosen = right_choice(question) if question.position < 3 else wrong_choice(question)
        submit_answer(question=question, chosen=chosen)
    missed = set(quiz.questions.filter(position=3).values_list("fact", flat=True))
    assert set(missed_scope(quiz).facts) == missed


# Progress


def test_fold_counts_each_answer_once(alice):
    answer_quiz(make_quiz(alice, length=5), right=3)
    assert fold_answers(alice) == 5
    assert fold_answers(alice) == 0
    total = Tally.objects.get(player=alice, period="all", scope="")
    assert (total.answered, total.right, total.first_answered, total.first_right) == (5, 3, 5, 3)


def test_fold_counts_a_question_once_as_first(alice):
    quiz = make_quiz(alice, length=5)
    answer_quiz(quiz, right=0)
    fold_answers(alice)
    QuizQuestion.objects.filter(quiz=quiz).update(quiz=Quiz.objects.create(player=alice, scope="old", seed=0))
    for question in QuizQuestion.objects.filter(player=alice):
        question.pk = None
        question.quiz, question.attempt, question.is_right = quiz, None, True
        question.save()
    fold_answers(alice)
    total = Tally.objects.get(player=alice, period="all", scope="")
    assert (total.answered, total.right, total.first_answered, total.first_right) == (10, 5, 5, 0)


def test_fold_in_steps_equals_fold_at_once(alice):
    for seed in range(4):
        answer_quiz(make_quiz(alice, length=5, seed=seed), right=seed)
        fold_answers(alice)
    in_steps = list(
        Tally.objects.order_by("period", "starts_on", "scope").values_list(
            "period", "scope", "answered", "right", "first_answered", "first_right"
        )
    )
    assert refold_answers(alice) == 20
    at_once = list(
        Tally.objects.order_by("period", "starts_on", "scope").values_list(
            "period", "scope", "answered", "right", "first_answered", "first_right"
        )
    )
    assert in_steps == at_once


def test_fold_keeps_scopes_and_days_apart(alice):
    quiz = make_quiz(alice, length=5)
    answer_quiz(quiz)
    old = datetime(2025, 1, 1, 12, tzinfo=UTC)
    first = quiz.questions.get(position=1)
    QuizQuestion.objects.filter(pk=first.pk).update(answered_at=old)
    fold_answers(alice)
    assert Tally.objects.get(period="all", scope="service:s3").answered == 5
    assert sorted(Tally.objects.filter(period="day").values_list("answered", flat=True)) == [1, 4]


def test_fold_leaves_other_players_alone(alice, bob):
    answer_quiz(make_quiz(alice))
    answer_quiz(make_quiz(bob))
    fold_answers(alice)
    assert not Tally.objects.filter(player=bob).exists()


# Players


def test_merge_guest_brings_quizzes_and_counts_first_answers_once(alice):
    guest = make_guest()
    make_facts(5)
    for player in (guest, alice):
        answer_quiz(make_quiz(player, length=5, seed=1), right=2 if player is guest else 5)
        fold_answers(player)
    assert merge_guest(guest=guest, member=alice) == 1
    total = Tally.objects.get(player=alice, period="all", scope="")
    assert (total.answered, total.first_answered, total.first_right) == (10, 5, 2)  # the guest was first
    assert not Player.objects.filter(pk=guest.pk).exists()


def test_merge_guest_refuses_members(alice, bob):
    with pytest.raises(ValueError, match="Only a guest"):
        merge_guest(guest=bob, member=alice)
    assert Player.objects.filter(pk=bob.pk).exists()


def test_delete_player_removes_everything_of_theirs_and_nothing_else(alice, bob):
    answer_quiz(make_quiz(alice))
    answer_quiz(make_quiz(bob))
    fold_answers(alice)
    delete_player(alice)
    assert set(Quiz.objects.values_list("player", flat=True)) == {bob.pk}
    assert set(QuizQuestion.objects.values_list("player", flat=True)) == {bob.pk}
    assert not Tally.objects.exists()


def test_guest_has_no_way_to_sign_in():
    guest = make_guest()
    assert not guest.has_usable_password()
    assert (guest.email, guest.display_name, guest.on_board) == ("", "", None)


def test_unfinished_time_does_not_grow_with_absence(alice):
    from facts.selectors.play import get_course

    quiz = make_quiz(alice)
    quiz.questions.filter(position=1).update(shown_at=timezone.now() - timedelta(days=2))
    assert get_course(quiz).seconds == 600


def test_member_rows_are_unaffected_by_name_of_guests():
    make_guest()
    make_guest()
    assert Player.objects.filter(name_key=None).count() == 2
    assert make_player("Zoe").name_key == "zoe"


def test_start_quiz_prefers_facts_mainly_about_the_chosen_service(alice):
    s3, sqs = make_service("s3"), make_service("sqs")
    mainly = {fact.pk for fact in make_facts(5, service=s3)}
    for fact in make_facts(20, service=sqs):
        fact.other_services.add(s3)
    asked_about = set(
        make_quiz(alice, length=5, services=[s3], kinds=["true_false"]).questions.values_list("fact", flat=True)
    )
    assert asked_about == mainly
