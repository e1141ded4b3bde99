"""Drafts: in no list, count, quiz or file, kept unfinished in the admin, and in the bank when they are approved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.models import Claim, Fact, FactVersion, FalseStatement, Question, Scenario
from facts.selectors.bank import find_facts, find_twin, related_facts
from facts.selectors.corrections import count_due, find_corrections
from facts.selectors.play import count_facts_by_service
from facts.selectors.questions import find_tags
from facts.selectors.today import read_states
from facts.services.approval import NotApproved, approve_draft
from facts.services.bank import load_bank
from facts.services.corrections import CannotTakeBack, take_back
from facts.services.exports import dump_facts, export_deck, export_questions
from facts.services.questions import remake_questions
from tests.commands import run
from tests.factories import make_fact, make_player, make_service
from tests.test_admin import Form, change_page, messages

pytestmark = pytest.mark.django_db

ADD = "/admin/facts/fact/add/"


@pytest.fixture
def draft():
    """A finished draft, about a service that no other fact is about."""
    values = {"status": "changed", "note": "It used to be two days.", "review_by": timezone.now().date()}
    service = make_service("sqs", "Amazon SQS")
    return make_fact("sqs-log", service=service, is_draft=True, has_scenario=True, **values)


@pytest.fixture
def unfinished():
    return Fact.objects.create(slug="nothing-yet", is_draft=True)


def send(client, address, button="_save", **changes):
    """Send the form at the address as it stands, with these changes."""
    return client.post(address, Form(client.get(address)).values | {button: "1"} | changes)


# In the bank there is none


def test_draft_is_in_no_list_no_count_and_no_index(draft, alice):
    beside = make_fact("sqs-beside", service=draft.service)
    remake_questions()
    assert [fact.slug for fact in find_facts().object_list] == ["sqs-beside"]
    assert related_facts(beside) == []
    assert [(service.slug, count) for _, own in count_facts_by_service() for service, count in own] == [("sqs", 1)]
    assert list(find_tags()) == ["sqs-beside"]
    assert [state.fact_id for state in read_states(alice, timezone.now())] == [beside.pk]
    assert count_due(timezone.now().date() + timedelta(days=9)).overdue == 0
    assert find_corrections()[1] == []
    assert not Claim.objects.filter(fact=draft).exists()
    assert not Question.objects.filter(fact=draft).exists()
    assert find_twin(draft.statement) is None


def test_draft_is_in_no_file(draft):
    assert export_questions(format="gift").count == 0
    assert export_deck()
    dump = dump_facts()
    assert (dump.facts, dump.withdrawn, dump.drafts) == (0, 0, 1)
    assert b"sqs-log" not in b"".join(dump.files.values())


def test_dump_says_that_drafts_are_not_in_it(draft, tmp_path):
    assert "Not written, since they are not approved yet: 1 drafts.\n" in run("dump_facts", tmp_path / "out")


def test_draft_has_no_page_and_no_filter(client, draft):
    assert client.get(f"/facts/{draft.slug}/").status_code == 404
    for path in ("/facts/", "/leaderboard/", "/"):
        assert "Amazon SQS" not in client.get(path).content.decode()


def test_questions_of_a_fact_that_became_a_draft_are_retired():
    fact = make_fact()
    Fact.objects.update(is_draft=True)
    fact.refresh_from_db()
    assert len(remake_questions([fact]).retired) == Question.objects.count() > 0
    assert not Question.objects.in_use().exists()


def test_only_a_draft_may_be_unfinished(unfinished):
    for values in ({"is_draft": False}, {"is_draft": False, "statement": "So.", "domain": "new-solutions"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fact.objects.filter(pk=unfinished.pk).update(**values)


# Files


FILE = b"""
[services.s3]
name = "Amazon S3"
family = "Storage"
[[fact]]
id = "s3-log"
statement = "Amazon S3 keeps the log for a day."
services = ["s3"]
domain = "new-solutions"
status = "current"
"""


def load():
    return load_bank(parse_bank({"s3.toml": FILE}), files={"s3.toml"}, replaces_all=True)


def test_loading_leaves_drafts_alone(draft, unfinished):
    before = list(Fact.objects.order_by("pk").values())
    assert load().withdrawn == []
    assert list(Fact.objects.exclude(slug="s3-log").order_by("pk").values()) == before


def test_loading_refuses_the_id_of_a_draft_by_name():
    Fact.objects.create(slug="s3-log", is_draft=True)
    with pytest.raises(BankFaults) as refused:
        load()
    assert str(refused.value) == (
        "s3.toml: s3-log: id: is the id of a draft: approve or withdraw the draft in the admin, or give one of them "
        "another id"
    )
    assert not Fact.objects.get().statement


def test_loading_takes_the_id_of_a_draft_that_was_thrown_away():
    Fact.objects.create(slug="s3-log", is_draft=True, is_withdrawn=True, is_edited=True)
    assert load().added == ["s3-log"]
    assert Fact.objects.in_bank().get().statement == "Amazon S3 keeps the log for a day."


def test_draft_that_says_what_a_file_says_does_not_keep_it_out(draft):
    Fact.objects.filter(pk=draft.pk).update(statement="Amazon S3 keeps the log for a day.")
    assert load().added == ["s3-log"]


# Approving


def test_approving_makes_a_fact_with_its_questions_and_a_version(draft, editor):
    fact, remade = approve_draft(fact=draft, editor=editor, why="Read in the guide.")
    assert fact.is_in_bank
    assert fact.is_edited
    assert {question.fact_id for question in remade.made} == {draft.pk}
    version = FactVersion.objects.latest("history_id")
    assert (version.history_change_reason, version.history_user, version.is_draft) == (
        "Read in the guide.",
        editor,
        False,
    )


def test_approving_refuses_what_is_not_finished_and_says_what(unfinished):
    with pytest.raises(NotApproved) as refused:
        approve_draft(fact=unfinished, editor=None, why="")
    assert [(fault.field, fault.message) for fault in refused.value.faults] == [
        ("service", "is missing"),
        ("domain", "is missing"),
        ("statement", "is empty"),
    ]
    unfinished.refresh_from_db()
    assert unfinished.is_draft


def test_approving_refuses_what_a_fact_of_the_bank_says(draft):
    make_fact("twin", statement=draft.statement)
    with pytest.raises(NotApproved, match="statement: says the same as that of twin"):
        approve_draft(fact=draft, editor=None, why="")


def test_approving_twice_changes_nothing(draft):
    approve_draft(fact=draft, editor=None, why="")
    versions = FactVersion.objects.count()
    assert approve_draft(fact=draft, editor=None, why="")[1].made == []
    assert FactVersion.objects.count() == versions


# Versions


def test_approved_fact_is_not_taken_back_to_a_draft(draft, editor):
    first = FactVersion.objects.filter(id=draft.pk).earliest("history_id")
    approve_draft(fact=draft, editor=editor, why="")
    draft.refresh_from_db()
    draft.explanation = "Another one."
    draft.save()
    fact, _ = take_back(version=first, seen=FactVersion.objects.latest("history_id").pk, by=editor, why="Better.")
    assert (fact.explanation, fact.is_draft) == (first.explanation, False)


def test_approved_fact_is_not_taken_back_to_what_was_not_finished(unfinished, editor):
    unfinished.statement, unfinished.domain = "Amazon S3 keeps the log for a day.", "new-solutions"
    unfinished.service = make_service()
    unfinished.save()
    approve_draft(fact=unfinished, editor=editor, why="")
    first = FactVersion.objects.earliest("history_id")
    with pytest.raises(CannotTakeBack, match="It is not finished: it has no service, or no domain."):
        take_back(version=first, seen=FactVersion.objects.latest("history_id").pk, by=editor, why="No.")


def test_draft_is_taken_back_to_an_unfinished_version(unfinished, editor):
    unfinished.statement = "Amazon S3 keeps the log for a day."
    unfinished.save()
    first, last = FactVersion.objects.order_by("history_id")
    fact, _ = take_back(version=first, seen=last.pk, by=editor, why="No.")
    assert (fact.statement, fact.is_draft) == ("", True)


# The admin


def test_list_shows_and_filters_drafts(editor_client, draft):
    make_fact("other")
    page = editor_client.get("/admin/facts/fact/?is_draft__exact=1").content.decode()
    assert page.count('<span class="badge">Draft</span>') == 1
    assert draft.statement in page
    assert '<span class="badge">' not in editor_client.get("/admin/facts/fact/?is_draft__exact=0").content.decode()


def test_new_fact_is_saved_as_a_draft_with_nothing_but_an_id(editor_client, editor):
    assert send(editor_client, ADD, "_draft", slug="an-idea").status_code == 302
    fact = Fact.objects.get()
    assert (fact.is_draft, fact.statement, fact.service, fact.domain) == (True, "", None, "")
    assert FactVersion.objects.get().history_user == editor
    assert editor_client.get(change_page(fact)).status_code == 200


def test_new_fact_is_still_refused_where_it_is_not_finished(editor_client):
    form = Form(send(editor_client, ADD, slug="an-idea"))
    assert {"statement", "service", "domain"} <= form.errors.keys()
    assert not Fact.objects.exists()


def test_form_of_a_draft_keeps_unfinished_parts(editor_client, unfinished):
    parts = {
        "statement": "Too short.",
        **{"false_statements-0-text": "", "false_statements-0-why": "Not so."},
        **{"scenarios-TOTAL_FORMS": "1", "scenarios-0-stem": "What now?", "scenarios-0-distractors_0": "Nothing."},
        **{"blanks-TOTAL_FORMS": "1", "blanks-0-answer": "nowhere"},
    }
    assert send(editor_client, change_page(unfinished), **parts).status_code == 302
    unfinished.refresh_from_db()
    assert (unfinished.statement, unfinished.is_draft) == ("Too short.", True)
    assert FalseStatement.objects.get().why == "Not so."
    assert Scenario.objects.get().distractors == [{"text": "Nothing.", "why": ""}]
    assert not Question.objects.exists()


def test_approve_button_shows_the_faults_at_their_fields_and_loses_nothing(editor_client, unfinished):
    parts = {"statement": "Too short.", "false_statements-0-why": "Not so.", "explanation": "As typed."}
    response = send(editor_client, change_page(unfinished), "_approve", **parts)
    form = Form(response)
    assert form.errors["statement"] == ["The statement is too short to be a statement: write one whole sentence."]
    assert {"service", "domain", "false_statements-0-text"} <= form.errors.keys()
    assert (form.values["explanation"], form.values["false_statements-0-why"]) == ("As typed.", "Not so.")
    unfinished.refresh_from_db()
    assert (unfinished.is_draft, unfinished.statement) == (True, "")


def test_approve_button_saves_and_approves(editor_client, editor, draft):
    said = "Amazon SQS keeps the log for a day."
    response = send(editor_client, change_page(draft), "_approve", statement=said, why="Read in the guide.")
    fact = Fact.objects.in_bank().get()
    assert fact.statement == said
    assert Question.objects.filter(fact=fact).exists()
    version = FactVersion.objects.latest("history_id")
    assert (version.history_change_reason, version.history_user, version.is_draft) == (
        "Read in the guide.",
        editor,
        False,
    )
    assert f"Approved: “{said}” is in the bank." in messages(editor_client.get(response.url))
    assert 'name="_approve"' not in editor_client.get(change_page(fact)).content.decode()


def test_approve_button_refuses_the_twin_of_a_fact(editor_client, draft):
    make_fact("twin", statement=draft.statement)
    form = Form(send(editor_client, change_page(draft), "_approve"))
    assert form.errors["statement"] == ["The fact twin says the same already."]


def test_twin_that_came_while_the_form_was_checked_is_told_at_its_field(editor_client, draft, monkeypatch):
    asked = iter([None])
    real = find_twin
    monkeypatch.setattr("facts.admin.forms.find_twin", lambda *args: next(asked, real(*args)))
    make_fact("twin", statement=draft.statement)
    form = Form(send(editor_client, change_page(draft), "_approve"))
    assert form.errors["statement"] == ["The fact twin says the same already."]
    assert Fact.objects.get(pk=draft.pk).is_draft


def test_those_who_may_not_change_facts_cannot_approve(client, alice_client, draft):
    viewer = Client()
    viewer.force_login(make_player(is_staff=True), backend="facts.backends.PlayerBackend")
    for visitor, status in ((client, 302), (alice_client, 302), (viewer, 403)):
        assert visitor.post(change_page(draft), {"_approve": "1"}).status_code == status
    assert Fact.objects.get(pk=draft.pk).is_draft


def test_preview_of_a_draft_names_what_is_missing(editor_client, unfinished):
    address = f"/admin/facts/fact/{unfinished.pk}/preview/"
    values = Form(editor_client.get(change_page(unfinished))).values
    page = editor_client.post(address, values).content.decode()
    assert "Type a statement: one plain sentence that is true." in page


def test_preview_of_a_draft_shows_what_it_would_ask(editor_client, draft):
    values = Form(editor_client.get(change_page(draft))).values
    page = editor_client.post(f"/admin/facts/fact/{draft.pk}/preview/", values).content.decode()
    assert "Story" in page
    assert not Question.objects.exists()


def test_draft_is_thrown_away_and_brought_back_as_a_draft(editor_client, draft, unfinished):
    for action, is_withdrawn in (("withdraw", True), ("bring_back", False)):
        chosen = {"action": action, "_selected_action": [draft.pk, unfinished.pk]}
        assert editor_client.post("/admin/facts/fact/", chosen).status_code == 302
        assert set(Fact.objects.values_list("is_draft", "is_withdrawn")) == {(True, is_withdrawn)}
    assert not Question.objects.exists()


def test_history_of_a_draft_opens(editor_client, unfinished):
    version = FactVersion.objects.get()
    address = f"/admin/facts/fact/{unfinished.pk}/history/"
    assert editor_client.get(address).status_code == 200
    assert editor_client.get(f"{address}{version.history_id}/").status_code == 200
