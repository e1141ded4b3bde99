"""What a fact's form shows of its questions before it is saved."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client

from facts.management.files import BANK_FOLDER
from facts.models import Fact, Question
from facts.services.questions import judge_question
from tests.factories import make_fact, make_facts, make_player, make_service
from tests.test_admin import Form, change_page

pytestmark = pytest.mark.django_db

ADD, ADD_PREVIEW = "/admin/facts/fact/add/", "/admin/facts/fact/preview/"
STATEMENT = "Amazon S3 keeps the log for 24 hours."
PARTS = ("false_statements", "blanks", "scenarios")
EMPTY = {f"{part}-{count}_FORMS": "0" for part in PARTS for count in ("INITIAL", "TOTAL")}


def preview_page(fact):
    return change_page(fact).replace("/change/", "/preview/")


def typed(client, fact, **changes):
    """The form of a fact as a browser has it, with some of it changed."""
    return Form(client.get(change_page(fact))).values | changes


def new(service, **values):
    values = {"slug": "s3-log", "statement": STATEMENT, "service": service.pk, "domain": "new-solutions"} | values
    return EMPTY | {"status": "current"} | values


def panel(response):
    assert response.status_code == 200
    return response.context["panel"]


def fingerprints(fact):
    return set(fact.questions.exclude(state="retired").values_list("fingerprint", flat=True))


def fates(response):
    return dict(panel(response).preview.fates)


def all_rows():
    return {model: list(model.objects.order_by("pk").values()) for model in apps.get_app_config("facts").get_models()}


@pytest.fixture
def s3(db):
    return make_service("s3", "Amazon S3")


@pytest.fixture
def fact(s3):
    make_facts(8, service=s3)
    return make_fact(
        "s3-log", statement=STATEMENT, service=s3, false_statements=[], has_scenario=True, explanation="For a day."
    )


# What is shown is what is served


def test_preview_of_shipped_facts_is_what_is_served_after_saving(editor_client):
    call_command("load_facts", *(str(BANK_FOLDER / f"{name}.toml") for name in ("services", "sqs", "sns", "efs")))
    changed = kept = 0
    for fact in Fact.objects.order_by("digest")[:5]:
        for statement in (fact.statement, fact.statement.rstrip(".") + " in each Region."):
            values = typed(editor_client, fact, statement=statement, why="Tried out.")
            shown = panel(editor_client.post(preview_page(fact), values)).preview
            before = fingerprints(fact)
            assert editor_client.post(change_page(fact), values).status_code == 302
            assert shown.fingerprints == fingerprints(fact)
            assert {row.fingerprint for row in shown.retired} == before - fingerprints(fact)
            states = dict(fact.questions.values_list("fingerprint", "state"))
            for entry in shown.asked:
                assert entry.state == Question.State(states[entry.question.fingerprint]).label
            kept += shown.fates["kept"]
            changed += shown.fates["new"]
    assert kept
    assert changed


def test_preview_of_a_new_fact_is_what_is_served_after_saving(editor_client, s3):
    make_facts(8, service=s3)
    values = new(s3)
    shown = panel(editor_client.post(ADD_PREVIEW, values)).preview
    assert editor_client.post(ADD, values).status_code == 302
    assert shown.fingerprints == fingerprints(Fact.objects.get(slug="s3-log"))
    assert len(shown.asked) > 4


def test_preview_tells_what_is_kept_made_and_retired(editor_client, fact):
    unchanged = fates(editor_client.post(preview_page(fact), typed(editor_client, fact)))
    assert unchanged == {"kept": fact.questions.count()}
    reworded = editor_client.post(
        preview_page(fact), typed(editor_client, fact, statement=STATEMENT.replace("24", "48"))
    )
    kept = fates(reworded)["kept"]
    assert fates(reworded)["new"]
    assert len(panel(reworded).preview.retired) == fact.questions.count() - kept
    assert "Retired by saving" in reworded.content.decode()


def test_preview_tells_what_is_asked_again(editor_client, fact):
    Question.objects.filter(fact=fact, kind="scenario").update(state="retired")
    assert fates(editor_client.post(preview_page(fact), typed(editor_client, fact)))["again"] == 1


def test_preview_heeds_a_persons_no(editor_client, editor, fact):
    question = fact.questions.filter(kind="true_false").exclude(change="").first()
    judge_question(question=question, is_yes=False, by=editor)
    shown = panel(editor_client.post(preview_page(fact), typed(editor_client, fact))).preview
    assert shown.fingerprints == fingerprints(fact)
    assert question.stem not in {entry.question.stem for entry in shown.asked}


def test_preview_of_a_chosen_verb_is_what_is_served_after_saving(editor_client, s3):
    doubtful = "Amazon S3 buckets store changes in the log for 24 hours."
    fact = make_fact(statement=doubtful, service=s3, false_statements=[])
    values = typed(editor_client, fact)
    assert panel(editor_client.post(preview_page(fact), values)).preview.derived.doubts
    values["main_verb"] = str(doubtful.index("store"))
    shown = panel(editor_client.post(preview_page(fact), values)).preview
    assert not shown.derived.doubts
    editor_client.post(change_page(fact), values)
    assert shown.fingerprints == fingerprints(fact)
    assert panel(editor_client.post(preview_page(fact), typed(editor_client, fact))).preview.fingerprints == (
        shown.fingerprints
    )


def test_preview_of_a_withdrawn_fact_retires_all(editor_client, fact):
    values = typed(editor_client, fact, is_withdrawn="on")
    shown = panel(editor_client.post(preview_page(fact), values)).preview
    assert not shown.asked
    assert len(shown.retired) == fact.questions.count()


def test_preview_shows_stem_options_key_reasons_and_rule(editor_client, fact):
    page = editor_client.post(preview_page(fact), typed(editor_client, fact)).content.decode()
    question = fact.questions.get(kind="scenario")
    for text in (question.stem, question.rule, *(option["text"] for option in question.options), "It is wrong."):
        assert text in page


# What its author should know


def test_preview_writes_nothing(editor_client, fact):
    values = typed(editor_client, fact, statement=STATEMENT.replace("24", "48"), why="So.")
    before = all_rows()
    editor_client.post(preview_page(fact), values)
    editor_client.post(change_page(fact), values | {"_preview": "1"})
    editor_client.post(ADD_PREVIEW, new(fact.service, slug="other", statement="Amazon S3 holds it for 3 days."))
    assert all_rows() == before


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"statement": ""}, "Type a statement"),
        ({"statement": "Amazon S3"}, "too short to be a statement"),
        ({"statement": "Amazon\x00S3 keeps it for ever."}, "Null characters are not allowed"),
        ({"statement": "x y z " * 200}, "at most 300 characters"),
        ({"service": ""}, "Choose the service"),
        ({"service": "no number"}, "Choose the service"),
        ({"statement": "It keeps the log for 24 hours."}, "No rule is used on it: it starts with a word"),
        ({"slug": "", "main_verb": "nonsense", "checked_on": "yesterday"}, "It has no id yet"),
        ({"slug": "No Id!"}, "It has no id yet"),
        ({"blanks-TOTAL_FORMS": "1", "blanks-0-answer": "24 hours"}, "Blank 1: "),
        ({"blanks-TOTAL_FORMS": "nonsense"}, "questions: "),
        ({"false_statements-TOTAL_FORMS": "1", "false_statements-0-text": STATEMENT}, "False statement 1: "),
        ({"scenarios-TOTAL_FORMS": "1", "scenarios-0-stem": "A story"}, "Scenario 1: "),
    ],
)
def test_preview_of_what_is_half_typed_says_what_is_missing(editor_client, s3, values, told):
    response = editor_client.post(ADD_PREVIEW, new(s3) | values)
    assert response.status_code == 200
    assert told in response.content.decode()


def test_preview_of_an_empty_request_says_what_is_missing(editor_client):
    assert panel(editor_client.post(ADD_PREVIEW)).missing


def test_preview_names_the_fact_that_says_the_same(editor_client, fact):
    told = panel(editor_client.post(ADD_PREVIEW, new(fact.service, slug="other")))
    assert told.twin == fact
    assert told.preview is None


def test_preview_names_a_fact_that_says_nearly_the_same(editor_client, fact):
    near = new(fact.service, slug="other", statement="Amazon S3 keeps logs for 24 hours.")
    assert panel(editor_client.post(ADD_PREVIEW, near)).preview.alike == fact
    assert panel(editor_client.post(preview_page(fact), typed(editor_client, fact))).preview.alike is None


def test_preview_heeds_what_was_changed_since_the_last_one(editor_client, fact):
    near = new(fact.service, slug="other", statement="Amazon S3 keeps logs for 24 hours.")
    assert panel(editor_client.post(ADD_PREVIEW, near)).preview.alike == fact
    Fact.objects.filter(pk=fact.pk).update(statement="Amazon S3 forgets every bucket.")
    assert panel(editor_client.post(ADD_PREVIEW, near)).preview.alike is None


def test_preview_tells_which_false_statement_another_fact_says(editor_client, s3):
    make_fact(statement="Amazon S3 keeps the log for 48 hours.", service=s3)
    rows = {"false_statements-TOTAL_FORMS": "1", "false_statements-0-text": "Amazon S3 keeps the log for 48 hours."}
    assert any("is true" in text for text in panel(editor_client.post(ADD_PREVIEW, new(s3) | rows)).preview.unused)


def test_preview_escapes_what_is_typed(editor_client, s3):
    page = editor_client.post(ADD_PREVIEW, new(s3, statement="Amazon S3 keeps <i>each log</i> for ever.")).content
    assert b"<i>each" not in page


# Without JavaScript


def test_preview_button_redisplays_the_form_with_the_panel_and_what_was_typed(editor_client, fact):
    values = typed(editor_client, fact, statement=STATEMENT.replace("24", "48"), note="Half a", evidence="thought")
    response = editor_client.post(change_page(fact), values | {"_preview": "1"})
    assert panel(response).preview.asked
    shown = Form(response).values
    assert {name: shown[name] for name in ("statement", "note", "evidence")} == {
        name: values[name] for name in ("statement", "note", "evidence")
    }
    added = editor_client.post(ADD, {"statement": "Amazon S3 keeps", "_preview": "1"} | EMPTY)
    assert panel(added).missing
    assert Form(added).values["statement"] == "Amazon S3 keeps"


# Who may


def test_preview_sends_strangers_and_players_to_the_admins_login(client, alice_client, fact):
    for visitor in (client, alice_client):
        for address in (ADD_PREVIEW, preview_page(fact)):
            response = visitor.post(address, new(fact.service))
            assert response.status_code == 302
            assert response.url.partition("?")[0] == visitor.get(ADD).url.partition("?")[0]


def test_preview_refuses_staff_who_may_not_change_facts(fact):
    client = Client()
    client.force_login(make_player(is_staff=True), backend="facts.backends.PlayerBackend")
    for address in (ADD_PREVIEW, preview_page(fact)):
        assert client.post(address, new(fact.service)).status_code == 403


def test_preview_is_posted_with_the_token_of_the_form(editor, editor_client, fact):
    assert editor_client.get(ADD_PREVIEW).status_code == 405
    assert editor_client.get(preview_page(fact)).status_code == 405
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="facts.backends.PlayerBackend")
    assert client.post(ADD_PREVIEW, new(fact.service)).status_code == 403


@pytest.mark.parametrize("key", ["0", "nonsense"])
def test_preview_of_no_fact_is_not_found(editor_client, key):
    assert editor_client.post(f"/admin/facts/fact/{key}/preview/", {}).status_code == 404
