"""Saying that a question is wrong, and deciding it in the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from facts.models import Player, Question, QuizQuestion, Report, Rescore
from facts.services.play import finish_quiz, submit_answer
from facts.services.reports import accept_report
from tests.factories import answer_quiz, make_exam, make_player, make_quiz

pytestmark = pytest.mark.django_db

LIST = "/history/reports/"
ADMIN = "/admin/facts/report/"
SENT = {"kind": "wrong_key", "text": "The guide says 15 minutes."}
SLY, ESCAPED = "<b>bold</b> \u202eשלום 🎉 & more", "&lt;b&gt;bold&lt;/b&gt; \u202eשלום 🎉 &amp; more"


@pytest.fixture
def row(alice):
    """A question that Alice answered wrong, in a quiz that goes on."""
    question = make_quiz(alice).questions.get(position=2)
    wrong = next(index for index, option in enumerate(question.options) if not option["correct"])
    keys = sum(option["correct"] for option in question.options)
    chosen = [wrong] if keys == 1 else [index for index, option in enumerate(question.options) if not option["correct"]]
    submit_answer(question=question, chosen=chosen[:keys])
    return question


@pytest.fixture
def address(row):
    return f"{row.get_absolute_url()}report/"


def make_report(row, player=None, **values):
    values = {"kind": "wrong_key", "text": "The guide says 15 minutes.", "stem": row.stem, **values}
    player = player or row.player
    return Report.objects.create(
        player=player,
        question=row.question,
        quiz_question=row if player == row.player else None,
        options=row.options,
        **values,
    )


def others_of(row):
    return [index for index, option in enumerate(row.options) if not option["correct"]]


# The form


def test_answered_question_links_to_its_report(alice_client, row, address):
    assertContains(alice_client.get(row.get_absolute_url()), f'href="{address}"')


def test_open_question_has_no_such_link(alice_client, row):
    assertNotContains(alice_client.get(f"/quiz/{row.quiz_id}/1/"), "/report/")


def test_exam_links_to_reports_afterwards_only(alice, alice_client):
    exam = make_exam(alice)
    page = f"/quiz/{exam.pk}/1/"
    assertNotContains(alice_client.get(page), "/report/")
    answer_quiz(exam)
    assertContains(alice_client.get(page), f'href="{page}report/"')


def test_report_is_kept_and_leads_back(alice_client, row, address):
    assertContains(alice_client.get(address), row.stem)
    response = alice_client.post(address, SENT, follow=True)
    assertRedirects(response, row.get_absolute_url())
    assertContains(response, "Thank you.")
    assert (Report.objects.get().player, Report.objects.get().text) == (row.player, SENT["text"])


def test_second_report_shows_and_changes_the_first(alice_client, address):
    alice_client.post(address, SENT)
    assertContains(alice_client.get(address), SENT["text"])
    assertContains(alice_client.post(address, SENT | {"kind": "typo"}, follow=True), "Your report is changed.")
    assert Report.objects.get().kind == "typo"


@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_does_not_find_the_question(client, bob_client, address, method):
    assert getattr(bob_client, method)(address, SENT).status_code == 404
    assert getattr(client, method)(address, SENT).status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("path", ["/quiz/1/999/report/", "/quiz/99999999999999999999/1/report/"])
def test_question_that_is_not_there_is_not_found(alice_client, path):
    assert alice_client.get(path).status_code == 404


def test_open_question_is_to_be_answered_first(alice_client, row):
    response = alice_client.post(f"/quiz/{row.quiz_id}/1/report/", SENT)
    assertContains(response, "Answer it first.", status_code=404)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"kind": ""}, "Choose what is wrong."),
        ({"kind": "no\0ne"}, "That is none of the choices."),
        ({"text": "  short  "}, "at least 10 characters"),
        ({"text": "x" * 1001}, "At most 1,000 characters, please; these are 1001."),
        ({"text": ""}, "Say in a sentence what is wrong."),
        ({"text": "It holds a NUL: \0 here."}, "cannot be kept (NUL)"),
    ],
    ids=str,
)
def test_bad_report_is_refused_with_a_reason(alice_client, address, sent, message):
    assertContains(alice_client.post(address, SENT | sent), message, status_code=422)
    assert not Report.objects.exists()


@pytest.mark.parametrize("length", [10, 1000])
def test_shortest_and_longest_report_is_taken(alice_client, address, length):
    alice_client.post(address, SENT | {"text": "é" * length})
    assert len(Report.objects.get().text) == length


def test_limit_of_a_day_is_told_and_the_text_kept(alice, alice_client, row, address):
    for question in Question.objects.exclude(pk=row.question_id)[:10]:
        Report.objects.create(player=alice, question=question, kind="typo", text="x", stem="", options=[])
    response = alice_client.post(address, SENT)
    assertContains(response, "10 reports within a day", status_code=422)
    assertContains(response, SENT["text"], status_code=422)


def test_report_needs_its_token_and_no_other_method(alice, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="facts.backends.PlayerBackend")
    assert client.post(address, SENT).status_code == 403
    assert client.put(address).status_code == 403


# One's own reports


def test_report_is_listed_with_state_and_answer_escaped(alice_client, bob_client, row):
    make_report(row, text=SLY, state="refused", answer=f"No: {SLY}", decided_at=timezone.now())
    page = alice_client.get(LIST)
    assertContains(page, ESCAPED, count=2)
    assertContains(page, "Refused on")
    assertNotContains(bob_client.get(LIST), "bold")


def test_stranger_is_told_what_will_be_there(client, alice_client):
    for one in (client, alice_client):
        assertContains(one.get(LIST), "You have reported no question.")


@pytest.mark.parametrize("part", ["", "memory/", "quizzes/", "reports/"])
def test_every_part_of_the_history_leads_to_the_reports(alice_client, row, part):
    current = ' aria-current="page"' if part == "reports/" else ""
    assertContains(alice_client.get(f"/history/{part}"), f'<a href="{LIST}"{current}>Reports</a>', html=True)


def test_report_of_a_deleted_quiz_is_still_listed(alice_client, row):
    make_report(row)
    QuizQuestion.objects.all().delete()
    assertContains(alice_client.get(LIST), row.stem)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(alice, alice_client, row, count, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("facts.views.reports.catch_up", lambda player: None)
    for question in row.quiz.questions.all()[:count]:
        made = make_report(question)
        Rescore.objects.create(
            quiz_question=question, report=made, was_right=False, is_right=True, was_options=[], told_at=timezone.now()
        )
    with django_assert_num_queries(6):
        alice_client.get(LIST)


# After a correction


def correct(row, editor):
    finish_quiz(row.quiz)
    accept_report(report=make_report(row), answer=f"So: {SLY}", by=editor, is_void=True)


def test_player_is_told_on_the_next_page_and_not_on_the_one_after(alice_client, row, editor):
    correct(row, editor)
    assertContains(alice_client.get("/"), "A question you answered was corrected: 1 more right.")
    assertNotContains(alice_client.get("/"), "was corrected")


def test_part_of_a_page_does_not_use_the_news_up(alice, alice_client, row, editor, htmx):
    correct(row, editor)
    alice_client.get(row.get_absolute_url(), headers=htmx)
    alice_client.head("/")
    assertContains(alice_client.get("/facts/"), "was corrected: 1 more right.")


def test_corrected_question_says_so_and_keeps_the_old_verdict(alice_client, row, editor):
    correct(row, editor)
    page = alice_client.get(row.get_absolute_url())
    for text in ("Withdrawn on", "your answer was counted wrong before", ESCAPED):
        assertContains(page, text)
    assertContains(alice_client.get(LIST), "Answers that were scored anew")


# The admin


def decide(client, report, **values):
    data = {"decision": "accept", "correction": "", "answer": "The guide changed.", **values}
    return client.post(f"{ADMIN}{report.pk}/change/", data, follow=True)


def test_list_has_open_reports_the_most_reported_first(editor_client, bob, alice, row):
    first, second = row.quiz.questions.exclude(pk=row.pk)[:2]
    made = [make_report(first), make_report(second), make_report(row), make_report(row, bob)]
    make_report(first, bob, state="refused")
    for days, report in enumerate(made):
        Report.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(days=days))
    found = list(editor_client.get(ADMIN).context["cl"].result_list)
    assert [report.pk for report in found] == [made[index].pk for index in (3, 2, 1, 0)]
    assert [report.open_count for report in found] == [2, 2, 1, 1]


@pytest.mark.parametrize("query", ["?state=refused", "?state=all", "?q=guide", "?kind__exact=typo"])
def test_list_is_filtered_and_searched(editor_client, row, query):
    make_report(row)
    assert editor_client.get(ADMIN + query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_admin_list_costs_the_same_for_one_and_three(editor_client, row, count, django_assert_num_queries):
    for question in row.quiz.questions.all()[:count]:
        make_report(question)
    with django_assert_num_queries(7):
        editor_client.get(ADMIN)


def test_page_shows_question_reasons_figures_and_fact(editor_client, row, bob):
    report = make_report(row, text=SLY)
    make_report(row, bob, text="Another reason.")
    page = editor_client.get(f"{ADMIN}{report.pk}/change/")
    for text in (ESCAPED, "Another reason.", "1 other open report", "first answers that figures need"):
        assertContains(page, text)
    assertContains(page, f"/admin/facts/fact/{row.fact_id}/change/")


def test_editor_refuses_with_an_answer(editor_client, editor, row):
    report = make_report(row)
    assertContains(decide(editor_client, report, decision="refuse"), "The report is refused")
    report.refresh_from_db()
    assert (report.state, report.answer, report.decided_by) == ("refused", "The guide changed.", editor)


def test_editor_changes_the_key(editor_client, row):
    report = make_report(row)
    key = list(row.chosen)
    assertContains(decide(editor_client, report, correction="key", key=key), "1 more right, 0 more wrong, of 1 player.")
    row.refresh_from_db()
    assert row.is_right


def test_editor_lets_it_count_for_nobody_and_answers_all(editor_client, row, bob):
    report = make_report(row)
    make_report(row, bob)
    assertContains(decide(editor_client, report, correction="void", with_others="on"), "1 more right")
    assert set(Report.objects.values_list("state", "correction")) == {("accepted", "void")}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"decision": ""}, "Say whether you accept it."),
        ({"answer": ""}, "Tell the player why."),
        ({"answer": "A NUL \0"}, "Null characters are not allowed."),
        ({"decision": "refuse", "correction": "void"}, "Who refuses a report changes no answers."),
        ({"correction": "key"}, "Tick what is right."),
        ({"correction": "key", "key": ["99"]}, "Select a valid choice."),
        ({"key": ["0"]}, "but the key is not to change"),
    ],
    ids=str,
)
def test_bad_decision_is_refused_with_a_reason(editor_client, row, values, message):
    report = make_report(row)
    page = decide(editor_client, report, **values)
    assertContains(page, message)
    assertContains(page, 'novalidate tabindex="-1" autofocus>')  # the form stands at the end of a long page
    report.refresh_from_db()
    assert report.state == "open"


def test_key_that_is_none_is_refused_with_a_reason(editor_client, row):
    report = make_report(row)
    key = [index for index, option in enumerate(row.options) if option["correct"]]
    assertContains(decide(editor_client, report, correction="key", key=key), "That is the key as it is.")
    assert not Rescore.objects.exists()


def test_decided_report_is_shown_and_not_decided_again(editor_client, row):
    report = make_report(row)
    decide(editor_client, report, decision="refuse")
    assertContains(decide(editor_client, report), "Somebody else decided this report meanwhile.")
    assertNotContains(editor_client.get(f"{ADMIN}{report.pk}/change/"), "report_form")


@pytest.mark.parametrize("right", ["change_question", "view_question"])
def test_only_who_may_change_questions_decides(row, right):
    player = make_player(is_staff=True)
    player.user_permissions.add(Permission.objects.get(codename=right))
    client = Client()
    client.force_login(Player.objects.get(pk=player.pk), backend="facts.backends.PlayerBackend")
    report = make_report(row)
    may = right == "change_question"
    assert client.get(ADMIN).status_code == (200 if may else 403)
    assert decide(client, report, decision="refuse").status_code == (200 if may else 403)
    report.refresh_from_db()
    assert report.state == ("refused" if may else "open")


def test_player_does_not_get_into_the_admin(alice_client, row):
    assert alice_client.get(f"{ADMIN}{make_report(row).pk}/change/").status_code == 302


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "x"])
def test_report_that_is_not_there_is_not_found(editor_client, pk):
    assert editor_client.get(f"{ADMIN}{pk}/change/").status_code == 404
