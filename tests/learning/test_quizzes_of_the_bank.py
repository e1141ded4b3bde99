"""Quizzes over the shipped bank, as ``choose_questions`` puts them together."""

from random import Random

import pytest

from facts.learning.selection import Candidate, choose_questions
from facts.questions.content import Kind
from facts.questions.lint import find_overlaps
from tests.content import shipped_questions


@pytest.fixture(scope="module")
def questions():
    return shipped_questions()


@pytest.fixture(scope="module")
def candidates(questions):
    numbers = {fact_id: number for number, fact_id in enumerate(sorted({one.fact_id for one in questions}))}
    return [
        Candidate(
            id=index,
            fact_id=numbers[one.fact_id],
            kind=one.kind,
            key=str(one.options[0].correct) if one.kind is Kind.TRUE_FALSE else "",
            shown_fact_ids=frozenset(numbers[fact_id] for fact_id in one.fact_ids),
        )
        for index, one in enumerate(questions)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_no_question_of_a_quiz_tells_the_answer_of_another(questions, candidates, seed):
    rng = Random(seed)
    order = sorted({candidate.fact_id for candidate in candidates})
    rng.shuffle(order)
    chosen = choose_questions(candidates, order, 20, rng)
    assert len(chosen) == 20
    assert find_overlaps([questions[candidate.id] for candidate in chosen]) == []


def test_true_and_false_claims_are_asked_alike_often(questions, candidates):
    of_kind = [candidate for candidate in candidates if candidate.kind is Kind.TRUE_FALSE]
    order = sorted({candidate.fact_id for candidate in of_kind})
    asked = [candidate.key for seed in range(20) for candidate in choose_questions(of_kind, order, 50, Random(seed))]
    assert 0.45 < asked.count("True") / len(asked) < 0.55
