import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertTemplateUsed

from facts.models import Fact
from tests.factories import make_fact, make_facts, make_service

pytestmark = pytest.mark.django_db


def test_facts_lists_the_bank(client):
    fact = make_fact()
    assertContains(client.get("/facts/"), fact.statement)


def test_facts_for_htmx_is_the_list_alone(client, htmx):
    make_fact()
    with assertTemplateUsed("facts/facts.html#found"):
        response = client.get("/facts/?q=keeps", headers=htmx)
    assert response.content.decode().lstrip().startswith('<div id="found">')


def test_facts_marks_what_was_searched(client):
    make_fact(statement="Amazon s3 keeps <b> objects & more.")
    assertContains(client.get("/facts/?q=objects"), "&lt;b&gt; <mark>objects</mark> &amp; more.")


@pytest.mark.parametrize("field", ["service", "family", "domain", "status"])
def test_facts_filter(client, field):
    sqs = make_service("sqs", family="Application integration")
    make_fact(
        statement="The one that is meant to be found here.",
        service=sqs,
        domain="continuous-improvement",
        status="changed",
        note="New.",
    )
    make_fact(statement="The other one that nobody looks for.")
    value = {
        "service": "sqs",
        "family": "application-integration",
        "domain": "continuous-improvement",
        "status": "changed",
    }[field]
    response = client.get("/facts/", {field: value})
    assertContains(response, "The one that is meant")
    assertNotContains(response, "The other one")


@pytest.mark.parametrize(
    "query",
    ["service=none", "family=x", "domain=y", "status=z", "page=0", "page=999", "page=x", "q=%00", "q=" + "x" * 5000],
)
def test_facts_with_a_filter_that_means_nothing_is_still_a_page(client, query):
    make_fact()
    assert client.get(f"/facts/?{query}").status_code == 200


def test_facts_pages_keep_the_filter(client):
    make_facts(31)
    assertContains(client.get("/facts/?q=keeps"), 'href="?q=keeps&amp;page=2"')


def test_facts_says_when_nothing_matches(client):
    assertContains(client.get("/facts/?q=nothing"), "No fact matches.")


@pytest.mark.parametrize("fact_count", [1, 3])
def test_facts_query_count_is_fixed(client, fact_count, django_assert_num_queries):
    make_facts(fact_count)
    with django_assert_num_queries(4):
        client.get("/facts/")


def test_fact_shows_reason_source_and_what_changed(client):
    fact = make_fact(
        note="It was one zone until 2024.",
        status="changed",
        reference="https://docs.aws.amazon.com/s3",
        checked_on="2026-11-23",
        evidence="Guide, chapter 1",
    )
    response = client.get(f"/facts/{fact.slug}/")
    for text in (
        fact.statement,
        fact.explanation,
        "It was one zone until 2024.",
        "23 November 2026",
        "Guide, chapter 1",
        "https://docs.aws.amazon.com/s3",
    ):
        assertContains(response, text)


def test_fact_that_was_withdrawn_says_so(client):
    fact = make_fact()
    Fact.objects.update(is_withdrawn=True)
    assertContains(client.get(f"/facts/{fact.slug}/"), "This fact has been withdrawn")
    assertNotContains(client.get("/facts/"), fact.statement)


def test_fact_unknown_is_not_found(client):
    assertContains(client.get("/facts/no-such-fact/"), "There is nothing here.", status_code=404)


def test_fact_offers_mending_to_editors_only(client, editor_client):
    fact = make_fact()
    assertContains(editor_client.get(f"/facts/{fact.slug}/"), "Mend this fact")
    assertNotContains(client.get(f"/facts/{fact.slug}/"), "Mend this fact")


@pytest.mark.parametrize("path", ["/facts/", "/facts/x/", "/history/", "/leaderboard/"])
def test_reading_pages_refuse_posts(client, path):
    assert client.post(path).status_code == 405
