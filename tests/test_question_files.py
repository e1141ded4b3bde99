"""Questions of other programs in the admin, as drafts; and who may bring in and take out."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facts.models import Fact, FactVersion, Question
from facts.services.approval import approve_draft
from facts.services.exports import FORMATS, export_questions
from facts.services.imports import READERS
from facts.services.questions import remake_questions
from tests.factories import make_fact, make_service

pytestmark = pytest.mark.django_db

PAGE = "/admin/facts/fact/import-questions/"
ALL = (PAGE, "/admin/facts/fact/import/", "/admin/facts/fact/export/")
GIFT = b"Where does Amazon s3 keep logs?{=here # So. ~there # No. ~nowhere # No. ~elsewhere # No.}\n\nWrite!{}\n"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    make_service("s3")


def send(client, content, name="quiz.txt", format=""):
    return client.post(PAGE, {"questions": SimpleUploadedFile(name, content), "format": format})


def keep(client, response):
    context = response.context
    return client.post(PAGE, {"upload": context["upload"].token, "format": context["format"]}, follow=True)


def test_questions_are_shown_then_kept_as_drafts(editor_client, editor):
    response = send(editor_client, GIFT)
    page = response.content.decode()
    assert "GIFT: 1 draft, 1 left out" in page
    assert "it asks for an essay, no choice between options" in page
    assert "To finish: statement is empty" in page
    assert not Fact.objects.exists()
    page = keep(editor_client, response).content.decode()
    assert "1 draft stored, 1 left out." in page
    assert "s3-where-does-keep-logs" in page
    fact = Fact.objects.get()
    assert (fact.is_draft, fact.scenarios.get().answer, fact.service.slug) == (True, "here", "s3")
    assert not Question.objects.exists()
    version = FactVersion.objects.get()
    assert (version.history_change_reason, version.history_user) == ("imported from quiz.txt", editor)


def test_questions_that_are_there_already_are_left_out(editor_client):
    keep(editor_client, send(editor_client, GIFT))
    response = send(editor_client, GIFT)
    assert "is there already, in s3-where-does-keep-logs" in response.content.decode()
    assert (response.context["count"], response.context["upload"]) == (0, None)
    assert Fact.objects.count() == 1


def test_a_question_that_is_too_long_to_be_kept_is_left_out(editor_client):
    response = send(editor_client, b"Why " + b"so " * 700 + b"?{=a ~b}")
    assert "cannot be kept: scenarios has 2,10" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "has a document type or entities"),
        (b"PK\x03\x04", "is a zip archive"),
        ("A?{=a ~b}".encode("utf-16"), "is text in UTF-16: save it as UTF-8"),
        (b"A?{=a ~b}\0", "has a NUL byte"),
        ("É?{=a ~b}".encode("latin-1"), "is not text in UTF-8"),
        (b"A?{=a ~b}\n\nB?{~a ~b}", "has no right answer"),
    ],
)
def test_a_file_with_a_fault_gives_nothing_and_says_why(editor_client, content, message):
    response = send(editor_client, content)
    assert f"it {message}" in response.content.decode()
    assert response.context["upload"] is None


def test_html_in_questions_is_shown_as_text(editor_client):
    page = send(editor_client, b"[plain]<script>x</script> a?{=<script>y</script> ~b}").content.decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


@pytest.mark.parametrize("format", READERS)
def test_what_is_exported_imported_and_approved_is_exported_alike(editor_client, editor, format):
    make_fact("own", has_scenario=True, false_statements=[])
    questions = Question.objects.filter(kind="scenario", state="live")
    first = questions.get()
    Question.objects.exclude(pk=first.pk).update(state="retired")
    content = export_questions(format=format).content
    asked = (first.stem, sorted((option["text"], option["correct"]) for option in first.options))
    Question.objects.all().delete()
    Fact.objects.all().delete()
    keep(editor_client, send(editor_client, content, format=format))
    draft = Fact.objects.get()
    draft.statement, draft.domain = "Amazon s3 keeps each record as it came.", "new-solutions"
    draft.service = draft.service or make_service("s3")
    draft.save()
    if format == "aiken":  # it has no place for reasons
        scenario = draft.scenarios.get()
        scenario.answer_why = "So."
        scenario.distractors = [{**entry, "why": "No."} for entry in scenario.distractors]
        scenario.save()
    approve_draft(fact=draft, editor=editor, why="read")
    remake_questions()
    second = questions.get()
    assert (second.stem, sorted((option["text"], option["correct"]) for option in second.options)) == asked
    assert FORMATS[format].write([]).count == 0
    assert export_questions(format=format).count >= 1


@pytest.mark.parametrize("address", ALL)
def test_only_those_who_may_write_facts_bring_them_in_and_out(
    client, alice_client, reviewer_client, editor_client, address
):
    statuses = [who.get(address).status_code for who in (client, alice_client, reviewer_client, editor_client)]
    assert statuses == [302, 302, 403, 200]
    assert [who.post(address).status_code for who in (client, alice_client, reviewer_client)] == [302, 302, 403]


def test_who_may_not_bring_facts_in_is_not_led_there(reviewer_client, editor_client):
    for address in ("/admin/", "/admin/facts/fact/"):
        assert "import-questions" not in reviewer_client.get(address).content.decode()
        assert "import-questions" in editor_client.get(address).content.decode()
