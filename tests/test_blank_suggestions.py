"""Making a blank of marked words, on the fact's page in the admin."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from facts.models import Blank, Fact
from tests.factories import make_fact, make_service
from tests.test_admin import Form, change_page

pytestmark = pytest.mark.django_db

STATEMENT = "Amazon s3 holds the record of a case for 12 hours."


@pytest.fixture
def fact():
    make_fact(statement="Amazon s3 drops an idle session after 4 hours.", false_statements=[])
    make_service("efs", "Amazon EFS")
    return make_fact("s3-record", statement=STATEMENT, false_statements=[])


def typed(client, fact, **values):
    return Form(client.get(change_page(fact))).values | values


def test_suggestions_come_with_where_they_are_from(editor_client, fact):
    address = reverse("admin:facts_fact_suggest", args=[fact.pk])
    page = editor_client.post(address, typed(editor_client, fact, blank_words="12 hours")).content.decode()
    assert 'name="take" value="4 hours"' in page
    assert "from: Amazon s3 drops an idle session after 4 hours." in page
    assert "a usual value" in page


@pytest.mark.parametrize(
    ("button", "focus"),
    [
        ("_suggest", '<fieldset class="suggestions"'),
        ("_preview", 'id="preview"'),
        ("_add_blank", 'name="blanks-0-answer"'),
    ],
)
def test_page_that_a_button_brings_starts_at_what_it_made(editor_client, fact, button, focus):
    data = typed(editor_client, fact, blank_words="12 hours", take=["4 hours"])
    page = editor_client.post(change_page(fact), data | {button: "1"}).content.decode()
    (tag,) = re.findall("<[^>]* autofocus[^>]*>", page)
    assert focus in tag
    assert "django-admin-form-add-constants" not in page  # that script would put the focus on the first button


def test_form_of_a_new_fact_starts_at_its_id(editor_client):
    (tag,) = re.findall("<[^>]* autofocus[^>]*>", editor_client.get("/admin/facts/fact/add/").content.decode())
    assert 'name="slug"' in tag


def test_chosen_distractors_become_a_blank_of_the_form_and_nothing_is_stored(editor_client, fact):
    data = typed(
        editor_client, fact, explanation="Typed.", blank_words="12 hours", take=["4 hours", "6 hours", "24 hours"]
    )
    response = editor_client.post(change_page(fact), data | {"_add_blank": "1"})
    page = Form(response)
    assert page.values["blanks-0-answer"] == "12 hours"
    assert page.values["blanks-0-distractors"].split() == "4 hours 6 hours 24 hours".split()
    assert page.values["explanation"] == "Typed."
    assert not Blank.objects.exists()
    saved = editor_client.post(change_page(fact), {name: page.values[name] for name in page.values if name[0] != "_"})
    assert saved.status_code == 302
    assert Blank.objects.get().distractors == ["4 hours", "6 hours", "24 hours"]


def test_form_without_script_shows_the_suggestions_and_keeps_what_was_typed(editor_client):
    make_fact(statement="Amazon s3 drops an idle session after 4 hours.", false_statements=[])
    service = make_service()
    data = Form(editor_client.get("/admin/facts/fact/add/")).values
    data |= {"statement": STATEMENT, "service": service.pk, "blank_words": "12 hours", "_suggest": "1"}
    response = editor_client.post("/admin/facts/fact/add/", data)
    page = response.content.decode()
    assert 'name="take" value="4 hours"' in page
    assert Form(response).values["statement"] == STATEMENT
    assert Form(response).values["blank_words"] == "12 hours"
    assert Fact.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"blank_words": ""}, "Mark words of the statement first"),
        ({"blank_words": "12 hours", "service": ""}, "Choose the service"),
        ({"blank_words": "12 hours", "service": "9" * 30}, "Choose the service"),
        ({"blank_words": "<b>\x00"}, "does not stand in the statement"),
    ],
)
def test_what_makes_no_blank_is_told(editor_client, fact, values, told):
    address = reverse("admin:facts_fact_suggest", args=[fact.pk])
    response = editor_client.post(address, typed(editor_client, fact, **values))
    assert told in response.content.decode()


def test_marking_a_part_of_a_name_tells_to_mark_all_of_it(editor_client):
    service = make_service("api-gateway", "Amazon API Gateway")
    make_service("efs", "Amazon EFS")
    statement = "Amazon API Gateway holds answers for a client."
    fact = make_fact("gateway", service=service, statement=statement, false_statements=[])
    address = reverse("admin:facts_fact_suggest", args=[fact.pk])
    page = editor_client.post(address, typed(editor_client, fact, blank_words="API Gateway")).content.decode()
    assert "Mark the whole name, “Amazon API Gateway”" in page
    page = editor_client.post(address, typed(editor_client, fact, blank_words="Amazon API Gateway")).content.decode()
    assert 'name="take" value="Amazon EFS"' in page
    assert "Mark the whole name" not in page


def test_suggestions_take_the_same_queries_whatever_the_bank_holds(editor_client, fact, django_assert_max_num_queries):
    for _ in range(20):
        make_fact(blanks=[("as it came", ["as it was", "as it is", "as it goes"])], remake=False)
    data = typed(editor_client, fact, blank_words="12 hours")
    with django_assert_max_num_queries(12):
        editor_client.post(reverse("admin:facts_fact_suggest", args=[fact.pk]), data)


def test_nobody_without_the_right_is_told_anything(client, alice_client, reviewer_client, fact):
    for address in (reverse("admin:facts_fact_suggest", args=[fact.pk]), reverse("admin:facts_fact_suggest_new")):
        assert client.post(address).status_code == 302
        assert alice_client.post(address).status_code == 302
        assert reviewer_client.post(address).status_code == 403


def test_suggestions_are_asked_for_by_post_and_of_facts_that_exist(editor_client, fact):
    assert editor_client.get(reverse("admin:facts_fact_suggest", args=[fact.pk])).status_code == 405
    assert editor_client.post(reverse("admin:facts_fact_suggest", args=[10**18])).status_code == 404
