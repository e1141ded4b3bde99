"""Rows read by a fixed statement are what Django would have read."""

import pytest

from facts.models import Player, Quiz, QuizQuestion
from facts.models.reading import OneRow
from tests.factories import make_quiz

pytestmark = pytest.mark.django_db


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_joined_rows_are_as_django_reads_them(alice):
    question = make_quiz(alice, length=5).questions.get(position=1)
    statement = OneRow(
        "FROM facts_quizquestion JOIN facts_quiz ON facts_quiz.id = quiz_id WHERE facts_quizquestion.id = %s",
        *(QuizQuestion, Quiz),
    )
    found, quiz = statement.read([question.pk])
    assert values(found) == values(QuizQuestion.objects.get(pk=question.pk))
    assert values(quiz) == values(Quiz.objects.get(pk=question.quiz_id))


def test_missing_row_is_none():
    assert OneRow("FROM facts_player WHERE id = %s", Player).read([0]) is None
