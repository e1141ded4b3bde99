"""What was told wrong, for everybody."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from facts.models import Fact, FactVersion, Report
from facts.selectors.corrections import find_corrections
from facts.services.corrections import record_changes
from facts.services.reports import accept_report
from tests.factories import make_fact

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SLY = "<b>bold</b> \u202eשלום 🎉 & more"
SLY_ESCAPED = "&lt;b&gt;bold&lt;/b&gt; \u202eשלום 🎉 &amp; more"


def make_noted(slug="", **values):
    values = {"status": "changed", "note": "It was one until June 2024.", "checked_on": "2026-11-23", **values}
    return make_fact(slug, remake=False, **values)


def reword(fact, statement, *, by=None, why="The guide says so.", tells_players=True):
    Fact.objects.filter(pk=fact.pk).update(statement=statement)
    fact.refresh_from_db()
    record_changes(facts=[fact], why=why, by=by, tells_players=tells_players)
    return fact


def rescore(player, *, is_void=False):
    """A question whose key was corrected, because of a report."""
    question = make_fact(has_scenario=True).questions.get(kind="scenario")
    report = Report.objects.create(
        player=player,
        question=question,
        kind="wrong_key",
        text="Sly text.",
        stem=question.stem,
        options=question.options,
    )
    wrong = next(option["text"] for option in question.options if not option["correct"])
    accept_report(
        report=report, answer="The guide says so.", by=player, key=None if is_void else [wrong], is_void=is_void
    )
    return report


def told():
    return [correction.fact.slug for correction in find_corrections()[1]]


def test_page_tells_what_aws_changed(client):
    fact = make_noted(checked_on="2026-11-20")
    page = client.get("/corrections/")
    for text in (fact.statement, "It was one until June 2024.", "Changed by AWS", "20 November 2026"):
        assertContains(page, text)
    assertContains(page, f'href="{fact.get_absolute_url()}"')


def test_page_tells_what_was_wrong_here_and_no_name(client, editor):
    fact = make_fact(statement="Amazon s3 keeps the log for a day.", remake=False)
    reword(fact, "Amazon s3 keeps the log for a week.", by=editor)
    page = client.get("/corrections/")
    for text in ("keeps the log for a day.", "keeps the log for a week.", "The guide says so.", "Corrected here"):
        assertContains(page, text)
    for address in ("/corrections/", "/corrections/feed/"):
        assertNotContains(client.get(address), "Erin")


def test_page_and_feed_tell_of_a_key_that_was_wrong_though_the_fact_was_right(client, bob):
    report = rescore(bob)
    page = client.get("/corrections/")
    was = next(option["text"] for option in report.options if option["correct"])
    for text in (report.stem, f"<del><bdi>{was}</bdi></del>", report.key[0], "The guide says so.", "0 answers were"):
        assertContains(page, text)
    for address in ("/corrections/", "/corrections/feed/"):
        page = client.get(address)
        assertContains(page, was)
        assertNotContains(page, "Bob")
        assertNotContains(page, "Sly text.")


def test_page_tells_of_a_question_that_counts_for_nobody(client, bob):
    rescore(bob, is_void=True)
    assertContains(client.get("/corrections/"), "it counts for nobody")
    assertContains(client.get("/corrections/feed/"), "It counts for nobody now.")


def test_corrected_key_and_its_mended_fact_are_one_correction(bob):
    report = rescore(bob)
    reword(report.question.fact, "Amazon s3 keeps the log for a week.")
    (correction,) = find_corrections()[1]
    assert correction.report is None
    assert correction.replaced


def test_change_that_is_not_for_players_is_not_told():
    reword(make_fact(remake=False), "Amazon s3 keeps the log for a week.", tells_players=False)
    assert told() == []


def test_change_that_was_taken_back_is_not_told():
    fact = make_fact(statement="Amazon s3 keeps the log for a day.", remake=False)
    reword(fact, "Amazon s3 keeps the log for a week.")
    reword(fact, "Amazon s3 keeps the log for a day.", tells_players=False)
    assert told() == []


@pytest.mark.parametrize("values", [{"status": "current"}, {"note": ""}, {"is_withdrawn": True}])
def test_fact_without_a_correction_is_not_told(values):
    make_noted(**values)
    assert told() == []


def test_change_and_its_note_are_one_correction():
    fact = make_fact("both", remake=False)
    fact.status, fact.note, fact.statement = "corrected", "It was wrong.", "Amazon s3 keeps the log for a week."
    fact.save_without_version()
    record_changes(facts=[fact], why="So.", tells_players=True)
    [correction] = find_corrections()[1]
    assert (correction.note, correction.why) == ("It was wrong.", "So.")


def test_newest_comes_first_and_of_one_day_what_changed_last():
    for slug, when in (("early", "May 2023"), ("late", "4 May 2025"), ("never", "the start")):
        make_noted(slug, note=f"Since {when} it is so.")
    reword(make_fact("here", remake=False), "Amazon s3 keeps the log for a week.")
    FactVersion.objects.filter(slug="early").update(history_date="2027-01-01T00:00Z")
    assert told() == ["early", "here", "late", "never"]


def test_markup_and_signs_are_escaped(client):
    make_noted(note=SLY)
    reword(make_fact(remake=False), f"Amazon s3 keeps {SLY}.", why=SLY)
    for address in ("/corrections/", "/corrections/feed/"):
        assertContains(client.get(address), SLY_ESCAPED)
        assertNotContains(client.get(address), "<b>bold")
    # A summary is HTML: a reader of feeds must find no tag in it either.
    for summary in ElementTree.fromstring(client.get("/corrections/feed/").content).iter(f"{ATOM}summary"):
        assert "<b>" not in summary.text


def test_pages_follow_one_another(client):
    for number in range(21):
        make_noted(f"noted-{number}")
    assertContains(client.get("/corrections/"), 'href="?page=2" rel="next"')
    assert len(client.get("/corrections/?page=2").context["corrections"]) == 1
    assert [client.get(f"/corrections/?page={page}").status_code for page in ("0", "x", "99")] == [200, 200, 200]


def test_page_without_corrections_says_so(client):
    assertContains(client.get("/corrections/"), "Nothing has had to be corrected yet.")


@pytest.mark.parametrize("count", [1, 3])
def test_page_query_count_is_fixed(client, bob, count, django_assert_num_queries):
    for number in range(count):
        make_noted(f"noted-{number}")
        reword(make_fact(remake=False), f"Amazon s3 keeps log {number} for a week.")
        rescore(bob)
    with django_assert_num_queries(6):
        client.get("/corrections/")


@pytest.mark.parametrize("count", [1, 3])
def test_fact_page_query_count_is_fixed(client, count, django_assert_num_queries):
    facts = [make_noted(f"noted-{number}") for number in range(count)]
    with django_assert_num_queries(3):
        client.get(facts[0].get_absolute_url())


def test_fact_with_a_note_and_every_page_lead_to_the_corrections(client):
    link = '<a href="/corrections/">'
    assertContains(client.get(make_noted().get_absolute_url()), link, count=2)
    assertContains(client.get(make_fact(remake=False).get_absolute_url()), link, count=1)


def test_page_and_feed_refuse_posts(client):
    assert [client.post(address).status_code for address in ("/corrections/", "/corrections/feed/")] == [405, 405]


def test_feed_is_atom_with_an_entry_for_each_correction(client):
    noted = make_noted("noted")
    reword(make_fact("here", remake=False), "Amazon s3 keeps the log for a week.")
    response = client.get("/corrections/feed/")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    entries = ElementTree.fromstring(response.content).findall(f"{ATOM}entry")[::-1]
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        f"http://testserver{noted.get_absolute_url()}",
        "http://testserver/facts/here/",
    ]
    assert len({entry.find(f"{ATOM}id").text for entry in entries}) == 2
    assert "It was one until June 2024." in entries[0].find(f"{ATOM}summary").text


def test_feed_has_what_atom_asks_of_every_feed(client, editor):
    make_noted("noted")
    reword(make_fact("here", remake=False), "Amazon s3 keeps the log for a week.", by=editor)
    feed = ElementTree.fromstring(client.get("/corrections/feed/").content)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Examprep"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "alternate": "http://testserver/corrections/",
        "self": "http://testserver/corrections/feed/",
    }
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(part.findtext(f"{ATOM}{name}") for name in ("id", "title"))
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo


def test_feed_leaves_out_what_xml_cannot_carry(client):
    make_noted(note="It was\x0b one\x1b until 2024.")
    summary = ElementTree.fromstring(client.get("/corrections/feed/").content).find(f"{ATOM}entry/{ATOM}summary")
    assert summary.text == "It was one until 2024."


def test_feed_without_corrections_is_a_feed(client):
    assert ElementTree.fromstring(client.get("/corrections/feed/").content).tag == f"{ATOM}feed"
