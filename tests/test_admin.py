"""The admin: who may open what, and what an editor sees, mends and breaks there."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import dateformat, timezone

from facts.models import Blank, Claim, Fact, FalseStatement, Player, Question, Scenario
from tests.factories import make_fact, make_facts, make_player, make_quiz, make_service, make_study_group

pytestmark = pytest.mark.django_db

FACT_ADD = "/admin/facts/fact/add/"
MARKUP, ESCAPED = "<i>sly</i>", "&lt;i&gt;sly&lt;/i&gt;"


class Form(HTMLParser):
    """The form of an admin page: ``values`` as a browser would send them, and the ``errors`` shown, by field."""

    def __init__(self, response):
        super().__init__()
        self.values, self.errors = {}, {}
        self.is_inside = False
        self.area = self.choice = self.messages = None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name", "")
        if tag == "form":
            self.is_inside = attrs.get("id", "").endswith("_form")
        elif not self.is_inside or "__prefix__" in name or name.startswith(("_", "csrf")):
            pass
        elif tag == "ul" and "errorlist" in attrs.get("class", ""):
            field = attrs.get("id", "").removeprefix("id_").removesuffix("_error")
            self.messages = self.errors.setdefault(field, [])
        elif tag == "li" and self.messages is not None:
            self.messages.append("")
        elif tag == "textarea":
            self.area, self.values[name] = name, ""
        elif tag == "select":
            self.choice, self.values[name] = name, [] if "multiple" in attrs else ""
        elif tag == "option" and self.choice and "selected" in attrs:
            several = isinstance(self.values[self.choice], list)
            self.values[self.choice] = self.values[self.choice] + [attrs["value"]] if several else attrs["value"]
        elif tag == "input" and name and (attrs.get("type") != "checkbox" or "checked" in attrs):
            self.values[name] = attrs.get("value") or ""

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area
        self.choice = None if tag == "select" else self.choice
        self.messages = None if tag == "ul" else self.messages

    def handle_data(self, data):
        if self.area:
            self.values[self.area] = (self.values[self.area] + data).lstrip("\r\n")
        elif self.messages:
            self.messages[-1] += data.strip()


def change_page(row):
    return f"/admin/facts/{row._meta.model_name}/{row.pk}/change/"


def messages(response):
    return [str(message) for message in response.context["messages"]]


def rows():
    """Facts with all that belongs to them, and questions."""
    return [list(model.objects.order_by("pk").values()) for model in (Fact, FalseStatement, Blank, Scenario, Question)]


@pytest.fixture
def owner_client():
    client = Client()
    client.force_login(make_player("Olga", is_staff=True, is_superuser=True), backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def guest_client():
    client = Client()
    client.force_login(make_player(is_guest=True), backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def s3_fact():
    return make_fact(
        "s3-log",
        statement="Amazon S3 keeps the log for 24 hours.",
        service=make_service(name="Amazon S3"),
        false_statements=["Amazon S3 keeps no log."],
        blanks=[("24 hours", ["2 hours", "3 days", "4 weeks"])],
        has_scenario=True,
        explanation="A log is kept for a day.",
    )


@pytest.fixture
def addresses(s3_fact, alice):
    """What to put into the paths below."""
    quiz = make_quiz(alice)
    keys = {"fact": s3_fact.pk, "question": Question.objects.first().pk, "service": s3_fact.service_id}
    return (
        keys
        | {"family": s3_fact.service.family_id, "player": alice.pk, "quiz": quiz.pk}
        | {"group": make_study_group(alice).pk}
    )


# Who may open what

EDITORS_PATHS = [
    *("fact/", "fact/?q=log", "fact/add/", "fact/{fact}/change/", "fact/{fact}/history/"),
    *("question/", "question/?q=log", "question/{question}/change/"),
    *("service/", "service/?q=storage", "service/add/", "service/{service}/change/"),
    *("family/", "family/?q=storage", "family/add/", "family/{family}/change/"),
]
OWNERS_PATHS = [
    *("player/", "player/?q=alice", "player/add/", "player/{player}/change/", "player/{player}/password/"),
    *("player/{player}/delete/", "quiz/", "quiz/?q=alice", "quiz/{quiz}/change/"),
    *("studygroup/", "studygroup/?q=alice", "studygroup/{group}/change/", "studygroup/{group}/delete/"),
]
NOBODYS_PATHS = [
    *("fact/{fact}/delete/", "question/add/", "question/{question}/delete/", "quiz/add/", "quiz/{quiz}/delete/"),
    "studygroup/add/",
]


@pytest.mark.parametrize("path", EDITORS_PATHS)
def test_page_of_the_bank_opens_for_editors_and_owners(editor_client, owner_client, addresses, path):
    address = "/admin/facts/" + path.format(**addresses)
    assert [client.get(address).status_code for client in (editor_client, owner_client)] == [200, 200]


@pytest.mark.parametrize("path", OWNERS_PATHS)
def test_page_about_players_opens_for_owners_only(editor_client, owner_client, addresses, path):
    address = "/admin/facts/" + path.format(**addresses)
    assert [client.get(address).status_code for client in (editor_client, owner_client)] == [403, 200]


@pytest.mark.parametrize("path", NOBODYS_PATHS)
def test_page_that_would_rewrite_history_opens_for_nobody(editor_client, owner_client, addresses, path):
    address = "/admin/facts/" + path.format(**addresses)
    assert [client.get(address).status_code for client in (editor_client, owner_client)] == [403, 403]


@pytest.mark.parametrize("path", ["", *EDITORS_PATHS, *OWNERS_PATHS])
def test_page_sends_strangers_to_sign_in_and_refuses_members_and_guests(
    client, alice_client, guest_client, addresses, path
):
    address = ("/admin/facts/" + path.format(**addresses)) if path else "/admin/"
    sign_in = client.get(address, follow=True)
    assert (sign_in.status_code, sign_in.redirect_chain[-1][0].partition("?")[0]) == (200, "/accounts/login/")
    refused = [visitor.get(address, follow=True) for visitor in (alice_client, guest_client)]
    assert [response.status_code for response in refused] == [403, 403]


def test_post_without_the_right_changes_nothing(client, alice_client, editor_client, s3_fact, alice):
    values = Form(editor_client.get(change_page(s3_fact))).values | {"explanation": "Not mine to say."}
    before = rows()
    assert [visitor.post(change_page(s3_fact), values).status_code for visitor in (client, alice_client)] == [302, 302]
    assert editor_client.post(change_page(alice), {"is_superuser": "on"}).status_code == 403
    assert editor_client.post(f"/admin/facts/fact/{s3_fact.pk}/delete/", {"post": "yes"}).status_code == 403
    assert rows() == before
    assert not Player.objects.filter(is_superuser=True).exists()


def test_sign_in_with_a_password_leads_on_to_the_page_asked_for(client, editor):
    response = client.get("/admin/facts/fact/", follow=True)
    credentials = {"login": editor.email, "password": "correct horse", "next": "/admin/facts/fact/"}
    response = client.post(response.redirect_chain[-1][0], credentials)
    assert (response.status_code, response.url) == (302, "/admin/facts/fact/")


# Lists


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("fact/?q=log", 1),
        ("fact/?q=Amazon S3", 1),
        ("fact/?q=nothing-like-it", 0),
        ("fact/?checked=never", 1),
        ("fact/?checked=year", 2),
        ("question/?q=s3-log", 4),
        ("service/?q=compute", 1),
        ("family/?q=stor", 1),
    ],
)
def test_list_finds(editor_client, s3_fact, path, count):
    today = timezone.now().date()
    ec2 = make_service("ec2", family="Compute")
    for days in (10, 400):
        make_fact(service=ec2, checked_on=today - timedelta(days=days))
    assert editor_client.get(f"/admin/facts/{path}").context["cl"].result_count == count


@pytest.mark.parametrize("fact_count", [1, 3])
def test_fact_list_query_count_is_fixed(editor_client, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    with django_assert_num_queries(9):
        response = editor_client.get("/admin/facts/fact/")
    assert [fact.question_count for fact in response.context["cl"].result_list] == [2] * fact_count


@pytest.mark.parametrize("fact_count", [1, 3])
def test_question_list_query_count_is_fixed(editor_client, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    with django_assert_num_queries(10):
        response = editor_client.get("/admin/facts/question/")
    assert response.context["cl"].result_count == 2 * fact_count


# Saving


def save(client, row, changes):
    """Send the row's page with these changes and follow to the page that tells what happened."""
    why = {"why": "It was read again."} if "statement" in changes else {}
    return client.post(change_page(row), Form(client.get(change_page(row))).values | why | changes, follow=True)


def test_saving_a_statement_remakes_its_questions_and_tells(editor_client, s3_fact):
    changes = {"statement": "Amazon S3 keeps the log for 36 hours.", "blanks-0-answer": "36 hours"}
    response = save(editor_client, s3_fact, changes)
    told, saved = messages(response)
    assert told.startswith("Questions: 2 made, 2 kept, 2 retired.<p>Made:</p><ul><li>")
    made = Question.objects.get(kind="fill_blank", state="live")
    assert f'<a href="{change_page(made)}">Fill in the blank</a>: Amazon S3 keeps the log for _____.</li>' in told
    assert "was changed successfully" in saved
    assert '<ul><li><a href="/admin/facts/question/' in response.content.decode()
    s3_fact.refresh_from_db()
    assert (s3_fact.statement, s3_fact.is_edited) == ("Amazon S3 keeps the log for 36 hours.", True)


def test_saving_a_reason_keeps_the_questions_and_brings_them_up_to_date(editor_client, s3_fact):
    before = set(Question.objects.values_list("pk", "state"))
    told, _ = messages(save(editor_client, s3_fact, {"explanation": "Kept for a day, then gone."}))
    assert told == "Questions: 0 made, 4 kept, 0 retired."
    assert set(Question.objects.values_list("pk", "state")) == before
    assert "Kept for a day, then gone." in {o["why"] for o in Question.objects.get(kind="fill_blank").options}


def test_saving_tells_of_the_facts_own_questions_and_counts_those_of_others(editor_client):
    service = make_service()
    others = make_facts(4, service=service)
    told = messages(editor_client.post(FACT_ADD, new_fact(editor_client, service=str(service.pk)), follow=True))[0]
    own = Question.objects.filter(fact__slug="ebs-log")
    beside = Question.objects.filter(fact__in=others, kind="choose_two")
    assert beside.exists()
    counts = f"Questions: {own.count()} made, 0 kept, 0 retired. "
    assert told.startswith(f"{counts}Of facts that are asked beside: {beside.count()} made, 0 retired.<p>Made:</p>")
    listed = set(re.findall(r"/admin/facts/question/(\d+)/", told))
    assert listed <= {str(pk) for pk in own.values_list("pk", flat=True)}


def test_saving_keeps_what_was_not_changed(editor_client, s3_fact):
    before = rows()
    save(editor_client, s3_fact, {})
    before[0][0] |= {"is_edited": True, "updated_at": Fact.objects.get().updated_at}
    assert rows() == before


def test_saving_with_a_part_deleted_retires_its_question(editor_client, s3_fact):
    told, _ = messages(save(editor_client, s3_fact, {"scenarios-0-DELETE": "on"}))
    assert told.startswith("Questions: 0 made, 3 kept, 1 retired.<p>Retired:</p><ul><li>")
    assert not s3_fact.scenarios.exists()


def test_saving_tells_of_false_claims_that_another_fact_asserts(editor_client, s3_fact):
    make_fact("other", statement="Amazon S3 keeps the log for 3 days.", service=s3_fact.service)
    make_fact("third", statement="Amazon S3 keeps no log.", service=s3_fact.service)
    warnings = messages(save(editor_client, s3_fact, {"explanation": "So it is."}))[1:-1]
    assert warnings == ["Not used: 2 false claims that another fact of the bank says are true."]


def new_fact(client, **changes):
    """What a browser sends for a new fact with one of everything."""
    wrong = {f"scenarios-0-distractors_{n}": f"{'why' if n % 2 else 'wrong'} {n}" for n in range(6)}
    return Form(client.get(FACT_ADD)).values | {
        "slug": "ebs-log",
        "statement": "Amazon EBS keeps the log for 24 hours.",
        "service": str(make_service("ebs", "Amazon EBS").pk),
        "domain": "new-solutions",
        "false_statements-0-text": "Amazon EBS keeps no log.",
        "blanks-TOTAL_FORMS": "1",
        "blanks-0-answer": "24 hours",
        "blanks-0-distractors": "2 hours\r\n3 days\r\n\r\n4 weeks",
        "scenarios-TOTAL_FORMS": "1",
        "scenarios-0-stem": "The log is gone. Why?",
        "scenarios-0-answer": "It expired.",
        "scenarios-0-answer_why": "A day has passed.",
        **wrong,
        **changes,
    }


def test_new_fact_is_asked_at_once(editor_client):
    response = editor_client.post(FACT_ADD, new_fact(editor_client), follow=True)
    assert messages(response)[0].startswith("Questions: 4 made, 0 kept, 0 retired.")
    kinds = ["fill_blank", "scenario", "true_false", "true_false"]
    assert sorted(Question.objects.askable().values_list("kind", flat=True)) == kinds
    fact = Fact.objects.get()
    assert (fact.slug, fact.source, fact.blanks.get().distractors) == ("ebs-log", "", ["2 hours", "3 days", "4 weeks"])
    assert fact.scenarios.get().distractors == [{"text": f"wrong {n}", "why": f"why {n + 1}"} for n in (0, 2, 4)]


def test_renaming_a_service_remakes_the_questions_that_name_it(editor_client):
    service = make_service(name="Amazon S3")
    make_facts(4, service=service)
    told, _ = messages(save(editor_client, service, {"name": "AWS S3"}))
    assert told.startswith("Questions: 8 made, 8 kept, 8 retired.<p>Made:</p>")
    stems = Question.objects.askable().exclude(kind="true_false").values_list("stem", flat=True)
    assert set(stems) == {"Which statement about AWS S3 is true?", "Which statement about AWS S3 is FALSE?"}


# Faults: a message at the field, what was typed kept, nothing changed

PART_FAULTS = [
    ({"blanks-0-distractors": "2 hours\r\n3 days"}, "blanks-0-distractors", "Has 2 entries, needs 3 or more."),
    (
        {"blanks-0-distractors": "2 hours\r\n3 days\r\n1 day"},
        "blanks-0-distractors",
        "Row 3: '1 day' means the same as another option.",
    ),
    (
        {"false_statements-0-text": "Amazon S3 keeps the log for 24 hours"},
        "false_statements-0-text",
        "Says the same as the statement, which is true.",
    ),
    (
        {"false_statements-1-text": "The Amazon S3 keeps no log!"},
        "false_statements-1-text",
        "Says the same as another false statement.",
    ),
    (
        {"scenarios-0-distractors_4": "", "scenarios-0-distractors_5": ""},
        "scenarios-0-distractors",
        "Has 2 entries, needs 3 or more.",
    ),
    ({"scenarios-0-distractors_3": ""}, "scenarios-0-distractors", "Row 2: is empty: say why it is wrong."),
    ({"scenarios-0-answer_why": ""}, "scenarios-0-answer_why", "This field is required."),
]
FAULTS = [
    *PART_FAULTS,
    (
        {"blanks-0-answer": "12 hours"},
        "blanks-0-answer",
        "'12 hours' does not stand in the statement, letter for letter.",
    ),
    ({"blanks-0-answer": "o"}, "blanks-0-answer", "'o' stands in the statement 4 times."),
    (
        {"statement": "Amazon S3 keeps the log for a day."},
        "blanks-0-answer",
        "'24 hours' does not stand in the statement, letter for letter.",
    ),
    ({"status": "changed"}, "note", "Tell what changed and since when: players are shown this."),
    ({"status": "corrected"}, "note", "Tell what changed and since when: players are shown this."),
    ({"status": "retired", "note": ""}, "note", "Tell what changed and since when: players are shown this."),
    (
        {"statement": "Too short."},
        "statement",
        "The statement is too short to be a statement: write one whole sentence.",
    ),
    (
        {"statement": "Does Amazon S3 keep the log for 24 hours?"},
        "statement",
        "The statement is a question: write what is true.",
    ),
    (
        {"statement": "Amazon S3 keeps the _____ for 24 hours."},
        "statement",
        "The statement contains '_____', which marks a blank.",
    ),
    ({"reference": "javascript:alert(1)"}, "reference", "Enter a valid URL."),
    ({"checked_on": "yesterday"}, "checked_on", "Enter a valid date."),
    ({"service": ""}, "service", "This field is required."),
]


@pytest.mark.parametrize(("change", "field", "message"), FAULTS, ids=[field for _, field, _ in FAULTS])
def test_fault_is_told_at_its_field_and_nothing_is_lost(editor_client, s3_fact, change, field, message):
    typed = Form(editor_client.get(change_page(s3_fact))).values | {"explanation": "Typed at length."} | change
    before = rows()
    form = Form(editor_client.post(change_page(s3_fact), typed))
    assert form.errors[field][0] == message
    assert form.values == typed
    assert rows() == before


@pytest.mark.parametrize(("change", "field", "message"), PART_FAULTS, ids=[field for _, field, _ in PART_FAULTS])
def test_fault_of_a_new_fact_makes_nothing(editor_client, change, field, message):
    change = {key: value.replace("S3", "EBS") for key, value in change.items()}
    change |= {"false_statements-TOTAL_FORMS": "2", "false_statements-1-why": ""}
    typed = new_fact(editor_client, **change)
    form = Form(editor_client.post(FACT_ADD, typed))
    assert form.errors == {field: [message]}
    assert rows() == [[], [], [], [], []]


def test_new_fact_with_an_id_that_is_taken_is_refused(editor_client, s3_fact):
    form = Form(editor_client.post(FACT_ADD, new_fact(editor_client, slug="s3-log")))
    assert form.errors == {"slug": ["Fact with this Id already exists."]}
    assert Fact.objects.get() == s3_fact


def test_statement_that_another_fact_has_already_is_refused(editor_client, s3_fact):
    form = Form(
        editor_client.post(FACT_ADD, new_fact(editor_client, statement="The Amazon S3 keeps log for 24 hours!"))
    )
    assert form.errors["statement"] == ["The fact s3-log says the same already."]
    assert Fact.objects.get() == s3_fact


def test_service_of_the_fact_cannot_be_named_twice(editor_client, s3_fact):
    typed = Form(editor_client.get(change_page(s3_fact))).values | {"other_services": str(s3_fact.service_id)}
    form = Form(editor_client.post(change_page(s3_fact), typed))
    assert form.errors == {
        "other_services": ["Amazon S3 is what the fact is mainly about: it need not be named again."]
    }
    assert form.values == typed


# Markup in a fact is text, wherever it is shown


@pytest.fixture
def sly_fact(editor_client):
    """A fact with markup in every text, saved in the admin."""
    values = new_fact(editor_client)
    for name in ("statement", "false_statements-0-text", "false_statements-0-why", "explanation", "note", "evidence"):
        values[name] = f"{values[name]} {MARKUP}".strip()
    for name in ("stem", "answer", "answer_why", "distractors_0", "distractors_1"):
        values[f"scenarios-0-{name}"] += f" {MARKUP}"
    values |= {"blanks-0-answer": MARKUP, "blanks-0-distractors": "<b>1</b>\n<b>2</b>\n<b>3</b>", "status": "changed"}
    response = editor_client.post(FACT_ADD, values, follow=True)
    assert_escaped(response)
    return Fact.objects.get()


def assert_escaped(response):
    page = response.content.decode()
    assert [page.count(markup) for markup in (MARKUP, "<b>1</b>")] == [0, 0]
    assert ESCAPED in page


def test_markup_in_a_fact_is_escaped_in_the_admin(editor_client, sly_fact):
    for address in (change_page(sly_fact), "/admin/facts/fact/", "/admin/facts/question/", "/admin/"):
        assert_escaped(editor_client.get(address))
    for question in Question.objects.all():
        assert_escaped(editor_client.get(change_page(question)))


def test_markup_in_a_fact_is_escaped_on_the_public_pages(client, sly_fact):
    for address in ("/facts/", "/facts/?q=log", sly_fact.get_absolute_url()):
        assert_escaped(client.get(address))


@pytest.mark.parametrize("kind", ["true_false", "fill_blank", "scenario"])
def test_markup_in_a_fact_is_escaped_in_a_quiz(alice_client, alice, sly_fact, kind):
    quiz = make_quiz(alice, kinds=[kind])
    question = quiz.questions.get()
    assert_escaped(alice_client.get(question.get_absolute_url()))
    assert_escaped(alice_client.post(question.get_absolute_url(), {"choice": "0"}, follow=True))
    assert_escaped(alice_client.get(quiz.get_absolute_url(), follow=True))


# Several at once


def act(client, model, action, chosen):
    values = {"action": action, "_selected_action": [row.pk for row in chosen]}
    return messages(client.post(f"/admin/facts/{model}/", values, follow=True))


def test_question_has_no_button_where_nothing_can_be_saved(editor_client):
    page = editor_client.get(change_page(make_facts(1)[0].questions.first())).content.decode()
    assert 'name="_save"' not in page
    assert 'name="_continue"' not in page


def test_action_marks_facts_as_checked_today(editor_client):
    first, second, other = make_facts(3)
    today = timezone.now().date()
    assert act(editor_client, "fact", "mark_checked", [first, second]) == [
        f"2 facts marked as checked on {dateformat.format(today, 'j F Y')}."
    ]
    checked = Fact.objects.filter(checked_on=today, is_edited=True)
    assert set(checked) == {first, second}


def test_action_withdraws_facts_and_retires_their_questions(editor_client):
    first, second, other = make_facts(3)
    (told,) = act(editor_client, "fact", "withdraw", [first, second])
    assert told.startswith("Questions: 0 made, 0 kept, 4 retired.<p>Retired:</p>")
    assert list(Fact.objects.in_bank()) == [other]
    assert set(Question.objects.askable().values_list("fact", flat=True)) == {other.pk}
    assert set(Claim.objects.values_list("fact", flat=True)) == {other.pk}


def test_action_brings_facts_back_with_their_questions(editor_client):
    facts = make_facts(2)
    before = rows()[-1]
    act(editor_client, "fact", "withdraw", facts)
    (told,) = act(editor_client, "fact", "bring_back", facts)
    assert told.startswith("Questions: 4 made, 0 kept, 0 retired.")
    assert rows()[-1] == before
    assert Fact.objects.in_bank().filter(is_edited=True).count() == 2


def test_action_with_nothing_to_do_says_so(editor_client):
    facts = make_facts(2)
    assert act(editor_client, "fact", "bring_back", facts) == ["Nothing had to be changed."]
    assert not Fact.objects.filter(is_edited=True).exists()


def test_action_to_delete_is_not_offered_for_facts_and_questions(editor_client, owner_client):
    fact = make_fact()
    for model in ("fact", "question"):
        for client in (editor_client, owner_client):
            choices = client.get(f"/admin/facts/{model}/").context["action_form"]["action"].field.choices
            assert "delete_selected" not in [name for name, _ in choices]
    act(owner_client, "fact", "delete_selected", [fact])
    assert Fact.objects.get() == fact


def test_action_sends_questions_to_review_and_back(editor_client):
    fact = make_fact()
    first, second = Question.objects.all()
    assert act(editor_client, "question", "to_review", [first]) == [
        "1 question sent to review: not asked until approved."
    ]
    assert list(Question.objects.askable()) == [second]
    save(editor_client, fact, {"explanation": "Another reason."})
    assert list(Question.objects.askable()) == [second]
    assert act(editor_client, "question", "to_live", [first, second]) == ["1 question live."]
    assert list(Question.objects.askable()) == [first, second]


def test_action_never_revives_a_retired_question(editor_client):
    fact = make_fact()
    act(editor_client, "fact", "withdraw", [fact])
    assert act(editor_client, "question", "to_review", Question.objects.all()) == [
        "0 questions sent to review: not asked until approved."
    ]
    assert act(editor_client, "question", "to_live", Question.objects.all()) == ["0 questions live."]
    assert set(Question.objects.values_list("state", flat=True)) == {"retired"}


def test_question_page_shows_everything_and_changes_nothing(editor_client, s3_fact):
    question = Question.objects.get(kind="scenario")
    page = editor_client.get(change_page(question)).content.decode()
    assert [text for o in question.options for text in (o["text"], o["why"]) if text not in page] == []
    assert f'<a href="{change_page(s3_fact)}">Amazon S3 keeps the log for 24 hours.</a>' in page
    before = rows()
    editor_client.post(change_page(question), {"stem": "Another one?", "state": "retired"})
    assert rows() == before
