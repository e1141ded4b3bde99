"""The pages of the review queue in the admin."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from facts.models import Decision, Fact, Player, Question, Report
from facts.services.corrections import record_changes
from facts.services.review import mark_of
from tests.factories import make_fact, make_facts, make_service
from tests.test_admin import Form

pytestmark = pytest.mark.django_db

QUEUE = "/admin/facts/decision/queue/"


def in_review(**values):
    question = make_fact(**values).questions.filter(kind="true_false").first()
    Question.objects.filter(pk=question.pk).update(state=Question.State.REVIEW)
    return Question.objects.select_related("fact").get(pk=question.pk)


def page_of(question):
    return reverse("admin:facts_queue_item", args=["question", question.pk])


def decide(client, question, what="approve", why="Right.", **values):
    data = {"what": what, "why": why, "seen": mark_of(question)} | values
    return client.post(page_of(question), data)


def test_queue_lists_what_waits_with_the_same_queries_however_much_it_is(editor_client, django_assert_max_num_queries):
    make_facts(60)
    Question.objects.update(state=Question.State.REVIEW)
    with django_assert_max_num_queries(14):
        response = editor_client.get(QUEUE)
    assert response.content.decode().count("in review</span>") == 50
    assert "Page 1 of" in response.content.decode()


def test_empty_queue_says_so(editor_client):
    assert "Nothing waits." in editor_client.get(QUEUE).content.decode()
    assert "Nothing of this choice waits." in editor_client.get(f"{QUEUE}?sort=draft").content.decode()


def test_admin_front_page_tells_how_much_waits(editor_client):
    in_review()
    assert "1 waits for a person." in editor_client.get("/admin/").content.decode()


def test_a_decision_leads_to_the_next_one_of_the_same_choice(editor_client):
    first, second = in_review(), in_review()
    response = editor_client.post(
        page_of(first) + "?sort=question", {"what": "retire", "why": "No.", "seen": mark_of(first)}
    )
    assert response.url == page_of(second) + "?sort=question"
    assert decide(editor_client, second).url == QUEUE + "?"
    assert set(Question.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "state")) == {
        (first.pk, "retired"),
        (second.pk, "live"),
    }


def test_decision_without_a_reason_is_refused_and_keeps_what_was_chosen(editor_client):
    question = in_review()
    response = decide(editor_client, question, what="retire", why=" ")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Say why in a few words." in page
    assert 'value="retire" required id="id_what_1" checked' in page
    assert page.count("autofocus") == 1
    assert re.search(r'<input[^>]* name="why"[^>]* autofocus', page)  # the fault stands at the end of a long page
    page = decide(editor_client, question, what="").content.decode()
    assert '<fieldset aria-labelledby="decide" tabindex="-1" autofocus>' in page
    assert not Decision.objects.exists()


def test_what_waits_no_more_leads_on(editor_client):
    first, second = in_review(), in_review()
    seen = mark_of(first)
    decide(editor_client, first)
    assert editor_client.get(page_of(first)).url == page_of(second)
    response = editor_client.post(page_of(first), {"what": "retire", "why": "No.", "seen": seen}, follow=True)
    assert "Decided meanwhile by Erin: approved, “Right.”." in response.content.decode()
    first.refresh_from_db()
    assert first.state == "live"


def test_who_decided_a_report_is_led_on_without_being_told_that_it_waits_no_more(editor_client, alice):
    reported, other = make_fact().questions.first(), in_review()
    options = [{"text": "True", "correct": True, "why": ""}, {"text": "False", "correct": False, "why": ""}]
    made = Report.objects.create(player=alice, question=reported, kind="typo", text="A slip.", stem="", options=options)
    came_from = reverse("admin:facts_queue_item", args=["report", reported.pk])
    address = reverse("admin:facts_report_change", args=[made.pk])
    response = editor_client.post(
        f"{address}?queue={came_from}", {"decision": "refuse", "answer": "It is right."}, follow=True
    )
    assert response.redirect_chain[-1][0] == page_of(other)
    assert [str(message) for message in response.context["messages"]] == [
        "The report is refused, and the player can read why."
    ]
    assert "That does not wait any more." in editor_client.get(came_from, follow=True).content.decode()


def test_last_decision_can_be_undone_from_the_next_page(editor_client):
    question = in_review()
    decide(editor_client, question)
    page = editor_client.get(QUEUE).content.decode()
    decision = Decision.objects.get()
    address = reverse("admin:facts_decision_undo", args=[decision.pk])
    assert address in page
    assert editor_client.post(address).url == page_of(question)
    question.refresh_from_db()
    assert question.state == "review"
    assert address not in editor_client.get(QUEUE).content.decode()


def test_nobody_undoes_what_somebody_else_decided(editor_client, reviewer_client):
    decide(editor_client, in_review())
    assert (
        reviewer_client.post(reverse("admin:facts_decision_undo", args=[Decision.objects.get().pk])).status_code == 404
    )


def test_due_fact_can_be_read_again(editor_client):
    fact = make_fact(checked_on=date(2025, 1, 1), review_by=date(2026, 1, 1))
    record_changes(facts=[fact], why="added")
    address = reverse("admin:facts_queue_item", args=["fact", fact.pk])
    form = editor_client.get(address).context["form"]
    data = {"what": "checked", "why": "Still so.", "seen": form["seen"].value()}
    assert editor_client.post(address, data).status_code == 302
    fact.refresh_from_db()
    assert fact.review_by > date(2026, 6, 1)


def test_report_and_draft_lead_to_their_own_pages(editor_client, alice):
    question = make_fact().questions.first()
    made = Report.objects.create(player=alice, question=question, kind="typo", text="A slip.", stem="", options=[])
    page = editor_client.get(reverse("admin:facts_queue_item", args=["report", question.pk])).content.decode()
    assert reverse("admin:facts_report_change", args=[made.pk]) in page
    assert "A slip." in page
    draft = Fact.objects.create(slug="raw", statement="", service=make_service(), is_draft=True)
    page = editor_client.get(reverse("admin:facts_queue_item", args=["draft", draft.pk])).content.decode()
    assert "Finish the draft" in page


def test_saving_a_fact_that_the_queue_led_to_leads_back(editor_client):
    question = in_review()
    came_from = page_of(question)
    address = reverse("admin:facts_fact_change", args=[question.fact_id])
    assert f"{address}?queue=" in editor_client.get(came_from).content.decode()
    saved = editor_client.post(f"{address}?queue={came_from}", Form(editor_client.get(address)).values)
    assert (saved.status_code, saved.url) == (302, came_from)
    data = Form(editor_client.get(address)).values
    saved = editor_client.post(f"{address}?queue=https://example.org/admin/facts/decision/queue/", data)
    assert saved.url == "/admin/facts/fact/"


def test_own_work_is_marked_where_nobody_approves_their_own(settings, editor, editor_client, reviewer_client):
    settings.REVIEW_OWN = False
    question = in_review()
    record_changes(facts=[question.fact], why="added", by=editor)
    page = editor_client.get(page_of(question)).content.decode()
    assert "You wrote this yourself" in page
    assert 'value="approve"' not in page
    assert decide(editor_client, question).status_code == 422
    assert decide(reviewer_client, question).status_code == 302


@pytest.mark.parametrize("bad", ["question/999999999999999999999", "question/0", "fact/0", "nothing/1", "report/5"])
def test_what_is_not_there_is_not_found(editor_client, bad):
    assert editor_client.get(f"{QUEUE}{bad}/").status_code == 404


def test_who_may_judge_may_use_the_queue_and_nobody_else(client, alice_client, reviewer_client):
    question = in_review()
    decided = Decision.objects.create(what="approved", question=question, fact=question.fact, why="x")
    pages = [QUEUE, page_of(question), "/admin/facts/decision/", f"/admin/facts/decision/{decided.pk}/change/"]
    for address in pages:
        assert reviewer_client.get(address).status_code == 200, address
        assert client.get(address).status_code == 302, address
        assert alice_client.get(address).status_code == 302, address
    for stranger in (client, alice_client):
        assert decide(stranger, question).status_code == 302
    question.refresh_from_db()
    assert question.state == "review"


def test_staff_without_the_right_to_judge_is_refused(alice, alice_client):
    alice.is_staff = True
    alice.save()
    question = in_review()
    for address in (QUEUE, page_of(question), "/admin/facts/decision/"):
        assert alice_client.get(address).status_code == 403, address
    assert decide(alice_client, question).status_code == 403
    assert alice_client.post(reverse("admin:facts_decision_undo", args=[1])).status_code == 403


def test_reviewer_writes_no_fact(reviewer_client):
    fact = make_fact()
    record_changes(facts=[fact], why="added")
    address = reverse("admin:facts_fact_change", args=[fact.pk])
    page = reviewer_client.get(address)
    assert page.status_code == 200
    assert 'name="statement"' not in page.content.decode()
    assert reviewer_client.post(address, {"statement": "Mine."}).status_code == 403
    for address in ("/admin/facts/fact/add/", "/admin/facts/fact/paste/"):
        assert reviewer_client.get(address).status_code == 403, address
    due = make_fact(review_by=date(2026, 1, 1))
    page = reviewer_client.get(reverse("admin:facts_queue_item", args=["fact", due.pk])).content.decode()
    assert 'value="checked"' not in page


def test_list_of_decisions_names_those_who_decided_and_no_other_player(editor, editor_client, alice):
    Player.objects.filter(pk=editor.pk).update(display_name="")
    decide(editor_client, in_review())
    page = editor_client.get("/admin/facts/decision/").content.decode()
    assert f'<td class="field-editor">{editor.email}</td>' in page
    assert f'?by__id__exact={editor.pk}">{editor.email}</a>' in page.replace("\n", "")
    assert "By editor" in page
    assert "Alice" not in page
    assert f"?by__id__exact={alice.pk}" not in page
    assert f"Player {editor.pk}" not in page
