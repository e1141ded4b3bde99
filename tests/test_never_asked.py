"""What may not be asked is asked on no path: no way to start a quiz, no deck, no file."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from functools import partial

import pytest

from facts.learning.blueprint import form_of
from facts.models import Domain, Fact, Ground, Question, Quiz, QuizMode, QuizQuestion, Service
from facts.services.decks import take_quiz_deck, take_service_deck
from facts.services.exam import start_exam
from facts.services.exports import FORMATS, export_questions
from facts.services.play import Scope, start_quiz, start_sprint
from facts.services.questions import remake_questions
from facts.services.sessions import start_session
from facts.views.lab import KEY_POINT
from tests.factories import answer_quiz, make_fact, make_service, to_letters

pytestmark = pytest.mark.django_db

BAD, GOOD = "quarantined", "dependable"  # every text of a fact has one of the words


def set_state(facts, **values):
    Question.objects.filter(pk__in=Ground.objects.filter(fact__in=facts).values("question")).update(**values)


def let_wait(facts):
    set_state(facts, state=Question.State.REVIEW)


def bar(facts):
    set_state(facts, state=Question.State.RETIRED, is_barred=True)
    remake_questions()
    # Others of another wording may be made in their place; they are not what was barred.
    set_state(facts, state=Question.State.RETIRED)


def reword_unseen(facts):
    """As an update beside the app would: the questions are stale until they are remade."""
    Fact.objects.filter(pk__in=facts).update(digest="of another wording")


def make_drafts(facts):
    Fact.objects.filter(pk__in=facts).update(is_draft=True)
    remake_questions()


def withdraw(facts):
    Fact.objects.filter(pk__in=facts).update(is_withdrawn=True)
    remake_questions()


def withdraw_only(facts):
    """The fact is out, and its own questions have not been retired yet."""
    Fact.objects.filter(pk__in=facts).update(is_withdrawn=True)
    rest = Ground.objects.filter(fact__in=facts).exclude(question__fact__in=facts)
    Question.objects.filter(pk__in=rest.values("question")).update(state=Question.State.RETIRED)


# Of each domain one fact is spoilt in each way; what makes questions anew comes first.
WAYS = (make_drafts, withdraw, bar, let_wait, reword_unseen, withdraw_only)


def spoil(facts):
    for number, way in enumerate(WAYS):
        way([fact.pk for fact in facts if fact.slug.endswith(f"-{number}")])


@pytest.fixture
def facts():
    """Of each domain some facts to be spoilt, and three that stay."""
    made = []
    for domain in Domain.values:
        service = make_service(f"{domain[:3]}")
        for number in range(len(WAYS) + 3):
            word = BAD if number < len(WAYS) else GOOD
            case = f"{word} {domain[:3]}{to_letters(number)}"
            made.append(
                make_fact(
                    f"{domain[:3]}-{number}",
                    statement=f"{service.name} keeps the {case} record as it came.",
                    false_statements=[f"{service.name} loses whatever {case} things had sent there."],
                    explanation=f"The {case} case is why.",
                    blanks=[(case, ["red one", "dry one", "wet one"])],
                    service=service,
                    domain=domain,
                    key_point=KEY_POINT,
                    has_scenario=True,
                    remake=False,
                )
            )
    remake_questions()
    Question.objects.update(state=Question.State.LIVE)
    return made


@pytest.fixture
def missed(alice, facts):
    """A quiz of most facts, all of them missed."""
    quiz = start_quiz(player=alice, scope=Scope(), length=20, seed=1)
    answer_quiz(quiz, right=0)
    return quiz


def posted(client, path):
    assert client.post(path).status_code == 302
    return Quiz.objects.latest("pk")


def practise_all(player, mode):
    return start_quiz(player=player, scope=Scope(), length=75, mode=mode, seed=2)


QUIZZES = {
    "practice": lambda client, quiz: practise_all(quiz.player, QuizMode.PRACTICE),
    "cram": lambda client, quiz: practise_all(quiz.player, QuizMode.CRAM),
    "today": lambda client, quiz: start_session(player=quiz.player, wants_more=True),
    "sprint": lambda client, quiz: start_sprint(player=quiz.player, pace=100, seed=2),
    "exam": lambda client, quiz: start_exam(player=quiz.player, form=form_of(8), seed=2),
    "missed": lambda client, quiz: posted(client, f"/quiz/{quiz.pk}/again/"),
    "weakest": lambda client, quiz: posted(client, "/history/memory/weakest/"),
    "lab": lambda client, quiz: posted(client, "/lab/edge-storage/quiz/"),
}


def text_of(content):
    """All that a file says, also one in an archive or in the database of a deck."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if data.startswith(b"SQLite format 3"):
                database = sqlite3.connect(":memory:")
                database.deserialize(data)
                found += [fields for (fields,) in database.execute("SELECT flds FROM notes")]
                database.close()
            else:
                found.append(data.decode())
    return "\n".join(found)


def _export(name, quiz):
    return export_questions(format=name).content


FILES = {
    "deck of a quiz": lambda quiz: take_quiz_deck(quiz=quiz),
    "deck of a service": lambda quiz: take_service_deck(service=Service.objects.get(slug="new"), player=quiz.player),
    **{name: partial(_export, name) for name in FORMATS},
}


@pytest.mark.parametrize("start", QUIZZES.values(), ids=QUIZZES)
def test_no_quiz_asks_what_may_not_be_asked(alice_client, missed, facts, start):
    spoil(facts)
    quiz = start(alice_client, missed)
    assert quiz.pk != missed.pk
    asked = QuizQuestion.objects.filter(quiz=quiz)
    assert asked.exists()
    bad = [fact.pk for fact in facts if BAD in fact.statement]
    assert not asked.filter(question__grounds__fact__in=bad).exists()
    assert BAD not in str(list(asked.values_list("stem", "options")))


@pytest.mark.parametrize("take", FILES.values(), ids=FILES)
def test_no_file_has_what_may_not_be_asked(missed, facts, take):
    assert BAD in text_of(take(missed))
    spoil(facts)
    text = text_of(take(missed))
    assert GOOD in text
    assert BAD not in text
