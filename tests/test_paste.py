"""Pasting plain sentences in the admin: who may, what is refused, what becomes of the rest."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from facts.models import Confirmation, Fact, Question
from facts.questions.content import digest
from facts.services import drafts
from tests.factories import make_fact, make_player, make_service

pytestmark = pytest.mark.django_db

PASTE = "/admin/facts/fact/paste/"
GOOD = "Amazon S3 keeps each log for 24 hours."
DOUBTFUL = "Amazon S3 buckets store changes in the log for 24 hours."
CHECK, SAVE = {"_check": "See"}, {"_save": "Add"}


@pytest.fixture(autouse=True)
def services(db):
    return [make_service("s3", "Amazon S3"), make_service("sqs", "Amazon SQS", family="Application integration")]


def paste(client, text, button, **values):
    return client.post(PASTE, {"sentences": text, "service": "", "domain": "new-solutions"} | button | values)


def refusals(response):
    return {line.number: line.refusals for line in response.context["lines"]}


def box(response):
    """What stands in the box, as the browser has it."""
    return response.context["form"]["sentences"].value()


def messages(response):
    return [str(message) for message in response.context["messages"]]


def statements():
    return sorted(Fact.objects.values_list("statement", flat=True))


# Rights


def test_paste_page_opens_for_editors(editor_client):
    response = editor_client.get(PASTE)
    assert response.status_code == 200
    assert f'href="{PASTE}"' in editor_client.get("/admin/facts/fact/").content.decode()


def test_paste_page_sends_strangers_to_sign_in_and_refuses_players(client, alice_client):
    for button in (CHECK, SAVE):
        sign_in = client.post(PASTE, {"sentences": f"{GOOD} | s3", "domain": "new-solutions"} | button, follow=True)
        assert sign_in.redirect_chain[-1][0].partition("?")[0] == "/accounts/login/"
        refused = alice_client.post(
            PASTE, {"sentences": f"{GOOD} | s3", "domain": "new-solutions"} | button, follow=True
        )
        assert refused.status_code == 403
    assert [visitor.get(PASTE).status_code for visitor in (client, alice_client)] == [302, 302]
    assert not Fact.objects.exists()


def test_paste_page_refuses_staff_who_may_not_add_facts():
    client = Client()
    client.force_login(make_player(is_staff=True), backend="facts.backends.PlayerBackend")
    assert client.get(PASTE).status_code == 403
    assert paste(client, f"{GOOD} | s3", SAVE).status_code == 403
    assert not Fact.objects.exists()


def test_paste_without_the_token_of_the_form_is_refused(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="facts.backends.PlayerBackend")
    assert paste(client, f"{GOOD} | s3", SAVE).status_code == 403
    assert not Fact.objects.exists()


# What each line gives


def test_check_shows_what_a_line_gives_and_stores_nothing(editor_client):
    response = paste(editor_client, f"{GOOD} | Amazon S3, sqs", CHECK)
    (line,) = response.context["lines"]
    assert [service.slug for service in line.services] == ["s3", "sqs"]
    assert line.kinds == "2 × true or false, 1 × fill in the blank"
    assert [entry.verdict for entry in line.questions] == ["true", "false", ""]
    assert (Fact.objects.count(), Question.objects.count()) == (0, 0)


def test_save_adds_the_facts_that_check_showed(editor_client):
    shown = paste(editor_client, f"{GOOD} | Amazon S3, sqs", CHECK).context["lines"][0].questions
    response = paste(editor_client, f"{GOOD} | Amazon S3, sqs", SAVE)
    assert (response.status_code, response.url) == (302, "/admin/facts/fact/")
    fact = Fact.objects.get()
    assert (fact.statement, fact.service.slug, [str(also) for also in fact.other_services.all()]) == (
        GOOD,
        "s3",
        ["Amazon SQS"],
    )
    assert (fact.domain, fact.is_edited, fact.source, fact.digest) == ("new-solutions", True, "", digest(GOOD))
    assert sorted(Question.objects.values_list("state", flat=True)) == ["live", "pilot", "pilot"]
    kinds = {question.kind: question.stem for question in Question.objects.order_by("pk")}
    assert kinds == {entry.question.kind.value: entry.question.stem for entry in shown}


def test_save_tells_how_many_and_how_many_wait(editor_client):
    response = editor_client.get(paste(editor_client, f"{GOOD} | s3\n{DOUBTFUL} | s3", SAVE).url)
    (told,) = messages(response)
    waiting = Question.objects.filter(state="review").count()
    assert told == f"2 facts added with {Question.objects.count()} questions, {waiting} of which wait in review."


def test_lines_without_a_bar_take_the_service_chosen_for_all(editor_client, services):
    paste(editor_client, f"{GOOD}\n\nAmazon SQS keeps each message for 4 days. | sqs", SAVE, service=services[0].pk)
    assert dict(Fact.objects.values_list("service__slug", "statement")) == {
        "s3": GOOD,
        "sqs": "Amazon SQS keeps each message for 4 days.",
    }


def test_services_may_be_named_by_tab_semicolon_and_in_any_case(editor_client):
    paste(editor_client, f"{GOOD}\tAMAZON s3; SQS;s3", SAVE)
    assert [str(also) for also in Fact.objects.get().other_services.all()] == ["Amazon SQS"]


def test_facts_of_one_paste_that_begin_alike_get_ids_of_their_own(editor_client):
    paste(editor_client, "\n".join(f"Amazon S3 keeps each new log of kind {n} for a day. | s3" for n in "abc"), SAVE)
    slugs = list(Fact.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[1:] == [f"{slugs[0]}-2", f"{slugs[0]}-3"]


# Refusals


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"{GOOD} | Amazon S4", "names Amazon S4, which is no service of the bank"),
        (f"{GOOD} | s3, Amazon S4, nosuch", "names Amazon S4, nosuch, which is no service of the bank"),
        (GOOD, "names no service: add it behind a bar, or choose one for all"),
        (" | s3", "is empty"),
        ("Too short. | s3", "is too short to be a statement: write one whole sentence"),
        ("Does Amazon S3 keep the log? | s3", "is a question: write what is true"),
        ("It keeps the log for a day. | s3", "starts with a word that stands for something else: name the subject"),
        ("Amazon S3 keeps <b>each log</b> for a day. | s3", "has HTML: write plain text"),
        ("Amazon S3 keeps \u202eeach log for a day. | s3", "has an emoji, or a control or invisible character"),
        ("אמזון שומר את היומן ליום אחד. | s3", "is not in English letters"),
        (f"Amazon S3 keeps {'very ' * 60}long logs. | s3", "has 326 characters: split it into facts of at most 300"),
    ],
)
def test_line_that_is_no_plain_fact_is_refused_with_the_reason(editor_client, line, why):
    for button in (CHECK, SAVE):
        response = paste(editor_client, line, button)
        assert why in refusals(response)[1]
        assert f"it {why}" in response.content.decode().replace("&lt;", "<").replace("&gt;", ">")
        assert box(response) == line
    assert not Fact.objects.exists()


def test_twin_of_a_stored_fact_is_refused_and_that_of_a_withdrawn_one_is_not(editor_client, services):
    fact = make_fact("s3-log", statement="Amazon S3 keeps each log for 24 hours.", service=services[0])
    twin = "The Amazon S3 keeps each  log for 24 hours"
    assert refusals(paste(editor_client, f"{twin} | s3", SAVE)) == {1: ["says the same as the fact s3-log"]}
    assert Fact.objects.get() == fact
    editor_client.post("/admin/facts/fact/", {"action": "withdraw", "_selected_action": [fact.pk]})
    assert paste(editor_client, f"{twin} | s3", SAVE).status_code == 302


def test_twin_of_another_line_is_refused_and_the_first_is_added(editor_client):
    response = paste(editor_client, f"{GOOD} | s3\n\nThe {GOOD} | sqs", SAVE)
    assert refusals(response) == {3: ["says the same as line 1"]}
    assert statements() == [GOOD]


def test_line_whose_twin_was_refused_is_no_twin(editor_client):
    paste(editor_client, f"{GOOD} | nosuch\n{GOOD} | s3", SAVE)
    assert statements() == [GOOD]


def test_what_is_refused_stays_in_the_box_and_the_rest_is_added(editor_client, services):
    bad = ["Too short. | s3", "Amazon S3 keeps <i>each</i> log. | s3 ; sqs", f"{GOOD} | nosuch"]
    text = f"{bad[0]}\n{GOOD} | s3\n{bad[1]}\n\n{bad[2]}"
    response = paste(editor_client, text, SAVE, service=services[1].pk, domain="continuous-improvement")
    assert response.status_code == 200
    assert box(response).splitlines() == bad
    form = response.context["form"]
    assert (str(form["service"].value()), form["domain"].value()) == (str(services[1].pk), "continuous-improvement")
    assert statements() == [GOOD]
    again = paste(editor_client, box(response), SAVE)
    assert box(again).splitlines() == bad
    assert Fact.objects.count() == 1


def test_sending_the_same_paste_twice_adds_nothing_twice(editor_client):
    for _ in range(2):
        response = paste(editor_client, f"{GOOD} | s3\nToo short. | s3", SAVE)
    assert statements() == [GOOD]
    assert list(refusals(response)) == [1, 2]


# What no form should choke on


def test_501_lines_are_too_many_and_stay_in_the_box(editor_client):
    text = "\n".join(["Too short. | s3"] * 501)
    response = paste(editor_client, text, SAVE)
    assert response.context["form"].errors == {"sentences": ["That is 501 lines; paste at most 500 at once."]}
    assert (box(response), Fact.objects.count()) == (text, 0)


def test_500_lines_are_not_too_many(editor_client):
    response = paste(editor_client, "\n".join(["Too short. | s3"] * 500), CHECK)
    assert len(response.context["lines"]) == 500


def test_nul_bytes_are_refused_and_nothing_is_lost(editor_client):
    text = f"{GOOD} | s3\nAmazon S3 keeps\0 each log. | s3"
    response = paste(editor_client, text, SAVE)
    assert response.context["form"].errors == {"sentences": ["Null characters are not allowed."]}
    assert (box(response), Fact.objects.count()) == (text, 0)


def test_markup_is_shown_as_text(editor_client):
    sly = "<script>alert(1)</script>"
    response = paste(editor_client, f'Amazon S3 keeps {sly} "logs" for a day. | {sly}\n{sly}</textarea>', CHECK)
    page = response.content.decode()
    assert sly not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert page.count("</textarea>") == 1


@pytest.mark.parametrize("values", [{"service": "999999"}, {"service": "x"}, {"domain": "cooking"}, {"domain": ""}])
def test_choice_that_cannot_be_meant_is_refused_and_nothing_is_lost(editor_client, values):
    response = paste(editor_client, f"{GOOD} | s3", SAVE, **values)
    assert list(response.context["form"].errors) == list(values)
    assert (box(response), Fact.objects.count()) == (f"{GOOD} | s3", 0)


# Doubt


def verb_select(response):
    """Name of the select, and its options by their words."""
    page = response.content.decode()
    (name,) = re.findall(r'<select name="(verb-\w+)"', page)
    return name, {text: value for value, text in re.findall(r'<option value="(\d+)"[^>]*>(\w+)</option>', page)}


def test_doubtful_line_whose_verb_was_chosen_gives_pilots(editor_client, editor):
    response = paste(editor_client, f"{DOUBTFUL} | s3", CHECK)
    assert response.context["doubtful_count"] == 1
    assert not response.context["lines"][0].sound
    name, verbs = verb_select(response)
    assert {"store", "changes"} <= verbs.keys()
    checked = paste(editor_client, f"{DOUBTFUL} | s3", CHECK, **{name: verbs["store"]})
    assert checked.context["lines"][0].sound
    assert f'<option value="{verbs["store"]}" selected>store</option>' in checked.content.decode()
    paste(editor_client, f"{DOUBTFUL} | s3", SAVE, **{name: verbs["store"]})
    confirmed = Confirmation.objects.get()
    assert (confirmed.verb_start, confirmed.by, confirmed.digest) == (DOUBTFUL.index("store"), editor, digest(DOUBTFUL))
    derived = Question.objects.exclude(change="", kind="true_false")
    assert set(derived.values_list("state", flat=True)) == {"pilot"}
    assert Question.objects.askable().count() == Question.objects.count()


def test_doubtful_line_without_a_choice_waits_in_review(editor_client):
    name, _ = verb_select(paste(editor_client, f"{DOUBTFUL} | s3", CHECK))
    paste(editor_client, f"{DOUBTFUL} | s3", SAVE, **{name: ""})
    assert set(Question.objects.values_list("state", "needs_word")) == {("review", True)}
    assert not Question.objects.askable().exists()
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("value", ["0", "1", "-5", "9" * 30, "²", "store", "٣"])
def test_choice_of_what_is_no_verb_of_the_line_counts_as_none(editor_client, value):
    name, _ = verb_select(paste(editor_client, f"{DOUBTFUL} | s3", CHECK))
    assert paste(editor_client, f"{DOUBTFUL} | s3", SAVE, **{name: value}).status_code == 302
    assert not Confirmation.objects.exists()
    assert not Question.objects.askable().exists()


def test_choice_of_a_verb_outlives_lines_that_come_and_go(editor_client):
    name, verbs = verb_select(paste(editor_client, f"{DOUBTFUL} | s3", CHECK))
    text = f"Too short. | s3\n{GOOD} | s3\n{DOUBTFUL} | s3"
    lines = paste(editor_client, text, CHECK, **{name: verbs["store"]}).context["lines"]
    assert [line.verb_start for line in lines] == [None, None, DOUBTFUL.index("store")]


# All or nothing


def test_save_that_fails_in_the_middle_adds_nothing(editor_client, monkeypatch):
    def fail(facts):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(drafts, "remake_questions", fail)
    with pytest.raises(RuntimeError):
        paste(editor_client, f"{GOOD} | s3, sqs\n{DOUBTFUL} | s3", SAVE)
    assert (Fact.objects.count(), Question.objects.count(), Confirmation.objects.count()) == (0, 0, 0)


# The same word in the fact's own page


def save_fact(client, fact, **changes):
    page = client.get(f"/admin/facts/fact/{fact.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items() if value is not False}
    for rows in ("false_statements", "blanks", "scenarios"):
        data |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
    return client.post(f"/admin/facts/fact/{fact.pk}/change/", data | changes)


@pytest.fixture
def doubtful(services):
    return make_fact("doubtful", statement=DOUBTFUL, service=services[0], false_statements=[])


def test_fact_page_keeps_the_word_on_the_verb(editor_client, editor, doubtful):
    page = editor_client.get(f"/admin/facts/fact/{doubtful.pk}/change/").content.decode()
    assert "In doubt: is “store” the verb?" in page
    assert save_fact(editor_client, doubtful, main_verb=str(DOUBTFUL.index("store"))).status_code == 302
    assert Confirmation.objects.get().by == editor
    assert Question.objects.askable().filter(state="pilot").exists()
    page = editor_client.get(f"/admin/facts/fact/{doubtful.pk}/change/").content.decode()
    assert "Subject: “Amazon S3 buckets”, verb: “store”." in page
    assert "In doubt" not in page


def test_fact_page_takes_the_word_on_the_verb_back(editor_client, doubtful):
    save_fact(editor_client, doubtful, main_verb=str(DOUBTFUL.index("store")))
    assert save_fact(editor_client, doubtful, main_verb="").status_code == 302
    assert not Question.objects.askable().exists()


def test_fact_page_does_not_carry_the_word_over_to_another_wording(editor_client, doubtful):
    """The select still has what was chosen for the wording before."""
    save_fact(editor_client, doubtful, main_verb=str(DOUBTFUL.index("store")))
    new = DOUBTFUL.replace("the log", "a log")
    assert save_fact(editor_client, doubtful, statement=new, why="Reworded.").status_code == 302
    assert not Confirmation.objects.filter(digest=digest(new)).exists()


def test_fact_page_saves_another_wording_where_the_old_verb_does_not_stand(editor_client, doubtful):
    save_fact(editor_client, doubtful, main_verb=str(DOUBTFUL.index("store")))
    saved = save_fact(editor_client, doubtful, statement=f"All {DOUBTFUL}", why="Reworded.")
    assert saved.status_code == 302


# Approving and refusing what rules made


def act(client, action, chosen):
    values = {"action": action, "_selected_action": [question.pk for question in chosen]}
    return messages(client.post("/admin/facts/question/", values, follow=True))


def test_approved_questions_are_asked_and_refused_ones_are_not(editor_client, doubtful):
    first, second = Question.objects.exclude(change="")[:2]
    assert act(editor_client, "to_live", [first]) == ["1 question live."]
    assert act(editor_client, "refuse", [second]) == ["1 question retired: not made again."]
    assert first in Question.objects.askable()
    second.refresh_from_db()
    assert second.state == "retired"


def test_players_cannot_approve_or_refuse(alice_client, client, doubtful):
    before = list(Question.objects.values_list("pk", "state", "needs_word"))
    for visitor in (alice_client, client):
        for action in ("to_live", "refuse"):
            values = {"action": action, "_selected_action": [Question.objects.first().pk]}
            assert visitor.post("/admin/facts/question/", values).status_code == 302
    assert list(Question.objects.values_list("pk", "state", "needs_word")) == before
