import pytest

from facts.selectors.bank import find_facts
from facts.selectors.play import Course, Segment, get_result, unfinished_quizzes
from tests.factories import answer_quiz, make_fact, make_facts, make_quiz, make_service

pytestmark = pytest.mark.django_db

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
