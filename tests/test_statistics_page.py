"""The admin's page of figures: who may see it, what it shows of which questions, and what it does to pilots."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from facts.models import PilotVerdict, Question, QuestionStatistics
from tests.factories import make_facts, make_player, make_service
from tests.test_statistics import make_statistics

pytestmark = pytest.mark.django_db

PAGE = "/admin/facts/question/statistics/"
EXPORT, SETTLE = f"{PAGE}export/", f"{PAGE}settle/"


@pytest.fixture
def viewer_client():
    """Staff who may look at questions and change nothing."""
    viewer = make_player("Vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_question"))
    client = Client()
    client.force_login(viewer, backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def staff_client():
    """Staff without any right to questions."""
    client = Client()
    client.force_login(make_player("Steve", is_staff=True), backend="facts.backends.PlayerBackend")
    return client


@pytest.fixture
def figures():
    """A good question, a suspect one of another service, and one with too few answers."""
    make_facts(1)
    make_facts(1, service=make_service("ec2"), has_scenario=True)
    good, early = (make_statistics(answered=number, discrimination=0.4) for number in (120, 29))
    suspect = make_statistics(right=20, discrimination=-0.25, flags=" suspect weak ")
    return good, suspect, early


def shown(response):
    """Keys of the questions in the table."""
    return [row.pk for row in response.context["page"]]


# Rights


def test_page_and_file_open_for_whoever_may_view_questions(editor_client, viewer_client, figures):
    for client in (editor_client, viewer_client):
        assert [client.get(address).status_code for address in (PAGE, EXPORT)] == [200, 200]


def test_page_and_file_are_refused_to_others(client, alice_client, staff_client, figures):
    for address in (PAGE, EXPORT, SETTLE):
        assert [visitor.get(address).status_code for visitor in (client, alice_client)] == [302, 302]
    assert [staff_client.get(address).status_code for address in (PAGE, EXPORT)] == [403, 403]


def test_settling_pilots_is_for_those_who_may_change_questions(client, alice_client, staff_client, viewer_client):
    make_facts(1)
    pilot = make_statistics(Question.State.PILOT).question
    assert "to settle" not in viewer_client.get(PAGE).content.decode()
    statuses = [visitor.post(SETTLE).status_code for visitor in (client, alice_client, staff_client, viewer_client)]
    assert statuses == [302, 302, 403, 403]
    assert Question.objects.get(pk=pilot.pk).state == "pilot"


def test_wrong_methods_are_refused(editor_client):
    assert [editor_client.post(PAGE).status_code, editor_client.post(EXPORT).status_code] == [405, 405]
    assert editor_client.get(SETTLE).status_code == 405


# The page


def test_question_with_too_few_answers_is_not_shown(editor_client, figures):
    good, suspect, early = figures
    response = editor_client.get(PAGE)
    assert shown(response) == [suspect.pk, good.pk]
    page = response.content.decode()
    assert f"/admin/facts/question/{early.pk}/change/" not in page
    unshown = Question.objects.in_use().count() - 2
    assert f"2 questions. {unshown} in use have too few first answers yet." in page


def test_table_says_the_figures_and_the_flags(editor_client, figures):
    page = editor_client.get(PAGE).content.decode()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page[page.index("<tbody>") :], re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
    assert texts[:6] == ["20 %", "-0.25", "Suspect key Weak", "100", "0:20", "100"]


def test_plane_has_a_titled_link_for_each_question_and_a_form_for_each_sort(editor_client, figures):
    good, suspect, _ = figures
    page = editor_client.get(PAGE).content.decode()
    plane = page[page.index('<div class="axes">') : page.index("</figure>")]
    marks = re.findall(r'<a href="([^"]+)" tabindex="-1"><title>([^<]+)</title><(\w+) class="(\w+)"', plane)
    by_link = {link: (name, css_class, title) for link, title, name, css_class in marks}
    assert by_link[f"/admin/facts/question/{good.pk}/change/"][:2] == ("circle", "good")
    name, css_class, title = by_link[f"/admin/facts/question/{suspect.pk}/change/"]
    assert (name, css_class) == ("path", "flagged")
    assert title.endswith("20 % right, discrimination -0.25, 100 first answers, suspect key, weak")
    assert not re.search(r"<script(?! src)|style=", page[page.index('id="content-main"') :])


def test_page_without_figures_says_so(editor_client):
    page = editor_client.get(PAGE).content.decode()
    assert "No question has 30 first answers yet." in page
    assert "<figure" not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("service=s3", "good"),
        ("service=ec2", "suspect"),
        ("kind=true_false", "both"),
        ("kind=scenario", "none"),
        ("rule=statement/2", "both"),
        ("state=live", "both"),
        ("state=pilot", "none"),
        ("flag=any", "suspect"),
        ("flag=none", "good"),
        ("flag=weak", "suspect"),
        ("flag=easy", "none"),
        ("flag=weak&service=s3", "none"),
    ],
)
def test_filter_narrows_page_and_file(editor_client, figures, query, expected):
    good, suspect, _ = figures
    pks = {"good": [good.pk], "suspect": [suspect.pk], "both": [good.pk, suspect.pk], "none": []}[expected]
    # The facts of a fixture have claims only; those are of one service each.
    Question.objects.filter(pk=good.pk).update(fact=Question.objects.filter(fact__service__slug="s3")[0].fact)
    Question.objects.filter(pk=suspect.pk).update(fact=Question.objects.filter(fact__service__slug="ec2")[0].fact)
    assert sorted(shown(editor_client.get(f"{PAGE}?{query}"))) == sorted(pks)
    data = b"".join(editor_client.get(f"{EXPORT}?{query}").streaming_content).decode("utf-8-sig")
    assert [int(line["question"]) for line in csv.DictReader(io.StringIO(data))] == sorted(pks)


@pytest.mark.parametrize(
    "query",
    [
        "service=nowhere&kind=x&rule=x&state=x&flag=x",
        "flag=suspect' OR 1=1 --",
        "sort=question__fact__slug&page=-4",
        "sort=--facility&page=x",
        "sort=flags",
        "page=99999",
        "service=%00&kind=%00",
    ],
)
def test_nonsense_is_told_or_ignored(editor_client, figures, query):
    response = editor_client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    assert len(shown(response)) == 2
    assert editor_client.get(f"{EXPORT}?{query}").status_code == 200


@pytest.mark.parametrize(
    "sort", ["question", "facility", "discrimination", "answers", "time", "asked", "state", "kind"]
)
def test_table_is_sorted_both_ways(editor_client, figures, sort):
    good, suspect, _ = figures
    QuestionStatistics.objects.filter(pk=suspect.pk).update(median_seconds=30.0)
    up, down = (shown(editor_client.get(f"{PAGE}?sort={sign}{sort}")) for sign in ("", "-"))
    assert set(up) == set(down) == {good.pk, suspect.pk}
    if sort in ("facility", "discrimination", "answers", "asked"):
        assert up == [suspect.pk, good.pk] == down[::-1]
    page = editor_client.get(f"{PAGE}?sort={sort}&flag=").content.decode()
    assert f'class="is-{sort}" aria-sort="ascending"><a href="?sort=-{sort}&amp;flag="' in page


def test_table_has_pages(editor_client, figures, monkeypatch):
    good, suspect, _ = figures
    monkeypatch.setattr("facts.admin.statistics.PAGE_SIZE", 1)
    response = editor_client.get(f"{PAGE}?sort=facility&page=2")
    assert shown(response) == [good.pk]
    assert '<a href="?sort=facility&amp;page=1" rel="prev">Previous</a>' in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(editor_client, count, django_assert_num_queries):
    make_facts(3)
    for _ in range(count):
        make_statistics()
        make_statistics(Question.State.PILOT)
    with django_assert_num_queries(11):
        assert len(shown(editor_client.get(PAGE))) == 2 * count


def test_what_is_shown_is_escaped(editor_client):
    make_facts(1)
    row = make_statistics(Question.State.PILOT)
    Question.objects.filter(pk=row.pk).update(
        stem="<i>sly</i>", options=[{"text": "<i>sly</i>", "correct": True, "why": ""}]
    )
    for address in (f"{PAGE}?sort=<i>sly</i>", f"/admin/facts/question/{row.pk}/change/"):
        page = editor_client.get(address).content.decode()
        assert ("<i>sly</i>" in page, "&lt;i&gt;sly&lt;/i&gt;" in page) == (False, True)


# Pilots


def test_editor_settles_pilots(editor_client, editor):
    make_facts(2)
    good, bad = make_statistics(Question.State.PILOT), make_statistics(Question.State.PILOT, flags=" easy ")
    page = editor_client.get(PAGE).content.decode()
    assert "2 pilots to settle" in page
    assert "Send 1 live, 1 to review" in page
    response = editor_client.post(SETTLE, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["Pilots: 1 live, 1 to review."]
    assert dict(Question.objects.filter(pk__in=[good.pk, bad.pk]).values_list("pk", "state")) == {
        good.pk: "live",
        bad.pk: "review",
    }
    assert set(PilotVerdict.objects.values_list("by", flat=True)) == {editor.pk}
    own = editor_client.get(f"/admin/facts/question/{bad.pk}/change/").content.decode()
    assert "in review, by <bdi>Erin</bdi>. Too easy: 100 first answers" in own


# Beside it


def test_question_shows_its_own_figures(editor_client, figures):
    good, *_ = figures
    keys = [option["text"] for option in good.question.options if option["correct"]]
    QuestionStatistics.objects.filter(pk=good.pk).update(chosen={keys[0]: 72})
    page = editor_client.get(f"/admin/facts/question/{good.pk}/change/").content.decode()
    assert "<strong>50 %</strong> of 120 first answers right" in page
    assert '<td class="number">72</td><td class="number">60 %</td>' in page
    assert "No flag." in page


def test_question_with_too_few_answers_shows_no_figures(editor_client, figures):
    *_, early = figures
    unasked = Question.objects.filter(statistics=None).first()
    for pk, answered in ((early.pk, 29), (unasked.pk, 0)):
        page = editor_client.get(f"/admin/facts/question/{pk}/change/").content.decode()
        assert f"{answered} of the 30 first answers that figures need." in page
        assert "first answers right" not in page


def test_question_list_leads_to_the_page_and_shows_the_figures(editor_client, figures):
    page = editor_client.get("/admin/facts/question/?o=-5").content.decode()
    assert f'<a href="{PAGE}">Statistics</a>' in page
    columns = ("first_answers", "facility", "discrimination")
    cells = [re.findall(f'<td class="field-{column}">([^<]*)</td>', page) for column in columns]
    by_row = set(zip(*cells, strict=True))
    assert {("120", "50 %", "0.40"), ("100", "20 %", "-0.25"), ("0", "–", "–")} <= by_row
