"""What is counted for an operator, and for whom."""

from __future__ import annotations

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from facts.services import figures
from facts.services.exam import hand_in
from facts.services.play import submit_answer
from facts.services.progress import fold_answers
from facts.views.metrics import CountRequests
from tests.factories import answer_quiz, make_exam, make_quiz

pytestmark = pytest.mark.django_db

TOKEN = "a token of twenty characters"


@pytest.fixture
def counting(settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.delenv(figures.FOLDER, raising=False)
    figures.get_meters.cache_clear()
    yield
    figures.get_meters.cache_clear()


def read(client):
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return dict(line.rsplit(" ", 1) for line in response.text.splitlines() if not line.startswith("#"))


def test_answers_and_folds_are_counted_once_each(client, counting, alice):
    quiz = make_quiz(alice)
    answer_quiz(quiz, right=3)
    submit_answer(question=quiz.questions.first(), chosen=[0])  # answered already
    found = read(client)
    assert found['examprep_answers_total{verdict="right"}'] == "3.0"
    assert found['examprep_answers_total{verdict="wrong"}'] == "2.0"
    assert (found["examprep_unfolded_answers"], found["examprep_folds_total"]) == ("5", "0.0")
    for _ in range(2):  # the second finds nothing to fold
        fold_answers(alice)
    found = read(client)
    assert (found["examprep_unfolded_answers"], found["examprep_folds_total"]) == ("0", "1.0")
    assert found["examprep_folded_answers_total"] == "5.0"


def test_choices_of_an_exam_are_answers_when_it_is_handed_in(client, counting, alice):
    exam = make_exam(alice)
    exam.questions.filter(position=1).update(draft=[0])
    assert "examprep_answers_total" not in str(read(client))
    hand_in(quiz=exam)
    found = read(client)
    assert sum(float(value) for name, value in found.items() if name.startswith("examprep_answers_total")) == 1


def test_requests_are_counted_by_view_and_never_by_path(counting, client, rf):
    middleware = CountRequests(lambda request: HttpResponse())
    for number in range(3):
        middleware(rf.generic("BREW", f"/made-up/{number}/"))
    found = {name: value for name, value in read(client).items() if "requests_total" in name}
    assert found == {'examprep_requests_total{method="other",status="200",view="none"}': "3.0"}


def test_figures_are_for_those_with_the_token(counting, client):
    for given in ({}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN}, {"Authorization": "Bearer é"}):
        assert client.get("/metrics", headers=given).status_code == 401
    assert client.post("/metrics").status_code == 405


def test_figures_of_one_machine_are_there_past_the_proxy(counting, client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/").status_code == 301
    assert read(client)


def test_nothing_is_counted_and_nothing_loaded_without_a_token(client, alice, monkeypatch):
    monkeypatch.setattr(figures, "get_meters", lambda: pytest.fail("something was counted"))
    quiz = make_quiz(alice)
    answer_quiz(quiz)
    fold_answers(alice)
    assert client.get("/metrics").status_code == 404
    with pytest.raises(MiddlewareNotUsed):
        CountRequests(lambda request: None)
