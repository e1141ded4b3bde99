"""The shelf life of facts, and every change of a fact: kept, compared, taken back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from facts.exchange.toml import parse_bank
from facts.models import Fact, FactVersion, FalseStatement, Question
from facts.selectors.corrections import Piece, compare_texts, count_due, last_day_told, last_version_id, shelf_life
from facts.services.bank import load_bank
from facts.services.corrections import CannotTakeBack, ChangedMeanwhile, record_changes, take_back
from facts.services.drafts import Draft, add_drafts
from facts.services.exports import dump_facts
from tests.factories import make_fact, make_player, make_service
from tests.test_admin import Form, change_page, messages

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 1)
SLY = "<script>alert(1)</script> \u202eשלום 🎉 & more"
SLY_ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; \u202eשלום 🎉 &amp; more"
FILE = """
[services.s3]
name = "Amazon S3"
family = "Storage"

[[fact]]
id = "s3-log"
statement = "Amazon S3 keeps the log for 24 hours."
services = ["s3"]
domain = "new-solutions"
status = "current"
checked_on = 2026-11-23
false_statements = ["Amazon S3 keeps no log."]
"""


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """Noon of one day, from where the clock goes on, so that no test meets two days."""
    ahead = datetime.combine(TODAY, time(12), UTC) - timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + ahead)


def load(text=FILE, **options):
    bank = parse_bank({"s3.toml": text.encode()})
    return load_bank(bank, files=["s3.toml"], replaces_all=False, **options)


def whys(fact=None):
    return list(FactVersion.objects.order_by("history_id").values_list("history_change_reason", flat=True))


def history_page(fact):
    return f"/admin/facts/fact/{fact.pk}/history/"


def version_page(version):
    return f"/admin/facts/fact/{version.id}/history/{version.history_id}/"


def save(client, fact, **changes):
    return client.post(change_page(fact), Form(client.get(change_page(fact))).values | changes, follow=True)


@pytest.fixture
def fact():
    load()
    return Fact.objects.get()


# What is kept


def test_loading_keeps_each_fact_with_its_file_as_the_reason_and_once():
    load()
    load()
    [version] = FactVersion.objects.all()
    told = (version.slug, version.history_type, version.history_change_reason, version.history_user)
    assert told == ("s3-log", "+", "loaded from s3.toml", None)
    assert version.parts["false_statements"] == [{"text": "Amazon S3 keeps no log.", "why": ""}]


def test_loading_keeps_what_changed_and_what_left(fact):
    load(FILE.replace("24 hours", "36 hours"))
    load(FILE.partition("[[fact]]")[0])
    assert whys() == ["loaded from s3.toml"] * 2 + ["withdrawn, since it is not in s3.toml any more"]
    kept = FactVersion.objects.order_by("history_id").values_list("statement", "is_withdrawn")
    day, longer = (f"Amazon S3 keeps the log for {hours} hours." for hours in (24, 36))
    assert list(kept) == [(day, False), (longer, False), (longer, True)]


def test_saving_in_the_admin_keeps_who_when_and_why(editor_client, editor, fact):
    save(editor_client, fact, explanation="A day, then gone.", why="The guide says so.")
    version = FactVersion.objects.get(history_id=last_version_id(fact.pk))
    assert (version.history_user, version.history_change_reason, version.replaced) == (editor, "The guide says so.", "")
    assert version.explanation == "A day, then gone."
    assert timezone.now() - version.history_date < timedelta(minutes=1)


def test_saving_a_changed_part_is_a_change_and_saving_nothing_is_none(editor_client, fact):
    save(editor_client, fact)
    assert FactVersion.objects.count() == 1
    save(editor_client, fact, **{"false_statements-0-text": "Amazon S3 never has a log."})
    assert FactVersion.objects.count() == 2


def test_saving_another_statement_needs_a_reason(editor_client, fact):
    response = save(editor_client, fact, statement="Amazon S3 keeps the log for 36 hours.")
    form = Form(response)
    assert form.errors == {"why": ["Say why the statement changes: players have learned the former one."]}
    assert form.values["statement"] == "Amazon S3 keeps the log for 36 hours."
    assert FactVersion.objects.count() == 1


def test_telling_players_needs_another_statement(editor_client, fact):
    form = Form(save(editor_client, fact, explanation="So.", tells_players="on"))
    assert form.errors == {"tells_players": ["There is nothing to tell: the statement is as it was."]}


def test_reason_with_control_characters_is_refused(editor_client, fact):
    assert "why" in Form(save(editor_client, fact, explanation="So.", why="a\x0bb")).errors


@pytest.mark.parametrize(("action", "why"), [("mark_checked", "marked as checked"), ("withdraw", "withdrawn")])
def test_action_in_the_admin_is_kept(editor_client, editor, fact, action, why):
    editor_client.post("/admin/facts/fact/", {"action": action, "_selected_action": [fact.pk]})
    version = FactVersion.objects.get(history_id=last_version_id(fact.pk))
    assert (version.history_user, version.history_change_reason) == (editor, why)


def test_pasted_fact_begins_with_a_version(editor):
    add_drafts(drafts=[Draft("Amazon S3 keeps the log.", (make_service(),))], domain="new-solutions", by=editor)
    [version] = FactVersion.objects.all()
    assert (version.history_type, version.history_change_reason, version.history_user) == ("+", "pasted", editor)


def test_fact_that_is_saved_by_itself_is_kept_with_its_parts(fact):
    fact.explanation = "So."
    fact.save()
    last = FactVersion.objects.get(history_id=last_version_id(fact.pk))
    assert (last.history_type, last.parts["false_statements"][0]["text"]) == ("~", "Amazon S3 keeps no log.")


def test_fact_that_is_deleted_leaves_its_versions():
    make_fact(remake=False).delete()
    assert list(FactVersion.objects.values_list("history_type", flat=True)) == ["-", "+"]


@pytest.mark.parametrize("count", [1, 3])
def test_recording_takes_the_same_queries_for_many_facts(count, django_assert_num_queries):
    facts = [make_fact(remake=False) for _ in range(count)]
    with django_assert_num_queries(11):
        assert len(record_changes(facts=facts, why="So.")) == count


# Comparing


def test_comparison_is_word_by_word():
    pieces = compare_texts("S3 keeps the log for 24 hours.", "S3 keeps the log for 36 hours.")
    assert pieces == [
        *(Piece("same", "S3 keeps the log for "), Piece("gone", "24"), Piece("new", "36"), Piece("same", " hours.")),
    ]


def test_comparison_of_texts_that_have_little_in_common_is_of_the_whole():
    assert compare_texts("One thing.", "Quite another.") == [
        Piece("gone", "One thing."),
        Piece("new", "Quite another."),
    ]
    assert compare_texts("", "New.") == [Piece("new", "New.")]


def test_history_shows_who_why_and_what_differs(editor_client, fact):
    save(editor_client, fact, statement="Amazon S3 keeps the log for 36 hours.", why="The guide says so.")
    page = editor_client.get(history_page(fact))
    for text in ("Erin", "The guide says so.", "<del>24</del><ins>36</ins>", "loaded from s3.toml"):
        assertContains(page, text)


def test_history_escapes_reasons(editor_client, fact):
    save(editor_client, fact, explanation=SLY, why=SLY)
    version = FactVersion.objects.get(history_id=last_version_id(fact.pk))
    for page in (history_page(fact), version_page(version)):
        assertContains(editor_client.get(page), f"<bdi>{SLY_ESCAPED}</bdi>")
        assertNotContains(editor_client.get(page), "<script>alert")


def test_version_can_be_compared_with_any_other(editor_client, fact):
    for text in ("First.", "Second.", "Third."):
        save(editor_client, fact, explanation=text)
    first, second, third, _ = FactVersion.objects.order_by("history_id")
    assertContains(editor_client.get(version_page(third)), "Third.")
    page = editor_client.get(version_page(third), {"against": second.history_id})
    assertContains(page, "<del>Second.</del><ins>First.</ins>")
    for unknown in ("99999", "x"):
        assert editor_client.get(version_page(first), {"against": unknown}).status_code in (200, 404)


@pytest.mark.parametrize("changes", [1, 3])
def test_history_query_count_is_fixed(editor_client, fact, changes, django_assert_num_queries):
    for number in range(changes):
        save(editor_client, fact, explanation=f"Reason {number}.")
    with django_assert_num_queries(10):
        editor_client.get(history_page(fact))


# Taking back


def test_taking_back_restores_everything_and_is_a_change_itself(editor_client, editor, fact):
    FactVersion.objects.update(history_date="2026-03-05T08:09Z")
    before = FactVersion.objects.get()
    save(
        editor_client,
        fact,
        statement="Amazon S3 keeps the log for 36 hours.",
        why="Wrongly read.",
        checked_on="",
        **{"false_statements-0-text": "Amazon S3 never has a log."},
    )
    page = Form(editor_client.get(version_page(before)))
    response = editor_client.post(version_page(before), page.values | {"why": "It was right."}, follow=True)
    assert messages(response)[0].startswith("The fact is as it was on 5 March 2026, 08:09. ")
    fact.refresh_from_db()
    assert (fact.statement, fact.checked_on) == ("Amazon S3 keeps the log for 24 hours.", date(2026, 11, 23))
    assert FalseStatement.objects.get().text == "Amazon S3 keeps no log."
    assert whys() == ["loaded from s3.toml", "Wrongly read.", "It was right."]
    asked = Question.objects.askable().filter(kind="true_false").values_list("stem", flat=True)
    assert "Amazon S3 keeps the log for 24 hours." in set(asked)


def test_taking_back_needs_a_reason(editor_client, fact):
    save(editor_client, fact, explanation="So.")
    first = FactVersion.objects.earliest("history_id")
    form = Form(editor_client.post(version_page(first), Form(editor_client.get(version_page(first))).values))
    assert FactVersion.objects.count() == 2
    assert list(form.errors.values()) == [["This field is required."]]


def test_taking_back_what_was_changed_meanwhile_is_refused(editor_client, fact):
    save(editor_client, fact, explanation="So.")
    first = FactVersion.objects.earliest("history_id")
    seen = Form(editor_client.get(version_page(first))).values
    save(editor_client, fact, explanation="Otherwise.")
    page = editor_client.post(version_page(first), seen | {"why": "Back."})
    assertContains(page, "Somebody changed the fact meanwhile.")
    assertContains(page, "Otherwise.")
    assert Form(page).values == {"seen": str(last_version_id(fact.pk)), "why": "Back."}
    with pytest.raises(ChangedMeanwhile):
        take_back(version=first, seen=0, by=None, why="Back.")


def test_taking_back_what_another_fact_says_by_now_is_refused(editor, fact):
    first = FactVersion.objects.get()
    Fact.objects.update(statement="Amazon S3 keeps another log.")
    fact.refresh_from_db()
    record_changes(facts=[fact], why="So.")
    make_fact("twin", statement="Amazon S3 keeps the log for 24 hours.", service=fact.service)
    with pytest.raises(CannotTakeBack, match="The fact twin says the same by now."):
        take_back(version=first, seen=last_version_id(fact.pk), by=editor, why="Back.")
    fact.refresh_from_db()
    assert fact.statement == "Amazon S3 keeps another log."


# Who may


def test_history_is_for_those_who_may_change_facts(client, alice_client, fact):
    looker = make_player("Lucy", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_fact"))
    looker_client = Client()
    looker_client.force_login(looker, backend="facts.backends.PlayerBackend")
    for page in (history_page(fact), version_page(FactVersion.objects.get())):
        assert client.get(page, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
        assert alice_client.get(page).status_code == 302
        assert looker_client.get(page).status_code == 403


def test_taking_back_without_the_right_changes_nothing(client, alice_client, editor_client, fact):
    save(editor_client, fact, explanation="So.")
    first = FactVersion.objects.earliest("history_id")
    values = Form(editor_client.get(version_page(first))).values | {"why": "Mine."}
    assert [visitor.post(version_page(first), values).status_code for visitor in (client, alice_client)] == [302, 302]
    assert Fact.objects.get().explanation == "So."


@pytest.mark.parametrize("path", ["history/999/", "history/"])
def test_history_of_what_there_is_not_is_not_found(editor_client, fact, path):
    assert editor_client.get(f"/admin/facts/fact/{fact.pk + (path == 'history/')}/{path}").status_code == 404


# Two editors on one fact


def test_second_editor_is_told_and_nothing_is_overwritten(editor_client, fact):
    typed = Form(editor_client.get(change_page(fact))).values | {"explanation": "Mine."}
    save(editor_client, fact, explanation="Theirs.", why=SLY)
    page = editor_client.post(change_page(fact), typed)
    assert (page.status_code, Fact.objects.get().explanation) == (200, "Theirs.")
    for text in ("Not saved: the fact was changed while you had it open", "<ins>Theirs.</ins>", SLY_ESCAPED, "Erin"):
        assertContains(page, text)
    form = Form(page)
    assert form.values == typed | {"seen": str(last_version_id(fact.pk))}
    editor_client.post(change_page(fact), form.values)
    assert Fact.objects.get().explanation == "Mine."


def test_second_editor_keeps_parts_that_were_loaded_anew_meanwhile(editor_client, fact):
    typed = Form(editor_client.get(change_page(fact))).values
    typed |= {"false_statements-0-text": "Amazon S3 loses every log."}
    load(FILE.replace("keeps no log", "never has a log"))  # writes new rows
    form = Form(editor_client.post(change_page(fact), typed))
    assert FalseStatement.objects.get().text == "Amazon S3 never has a log."
    texts = {value for name, value in form.values.items() if re.fullmatch(r"false_statements-\d-text", name) and value}
    assert "Amazon S3 loses every log." in texts
    assert editor_client.post(change_page(fact), form.values).status_code == 302
    assert "Amazon S3 loses every log." in FalseStatement.objects.values_list("text", flat=True)


def test_form_without_the_version_it_was_made_from_is_not_believed(editor_client, fact):
    typed = Form(editor_client.get(change_page(fact))).values | {"explanation": "Mine.", "seen": "x"}
    assertContains(editor_client.post(change_page(fact), typed), "Not saved")
    assert Fact.objects.get().explanation == ""


# Shelf life


def test_facts_are_fresh_until_their_day():
    days = {"past": -1, "today": 0, "later": 1}
    for slug, number in days.items():
        make_fact(slug, remake=False, checked_on=TODAY, review_by=TODAY + timedelta(days=number))
    make_fact("unread", remake=False)
    assert set(Fact.objects.fresh(TODAY).values_list("slug", flat=True)) == {"today", "later", "unread"}


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("", date(2027, 5, 23)),
        ("review_by = 2027-01-01", date(2027, 1, 1)),
    ],
)
def test_loaded_fact_is_to_be_read_again_by_the_rule_or_the_files_day(line, day):
    load(FILE.replace("checked_on = 2026-11-23", f"checked_on = 2026-11-23\n{line}"))
    fact = Fact.objects.get()
    assert fact.review_by == day
    [content] = [text.decode() for name, text in dump_facts().files.items() if name == "s3.toml"]
    assert (f"\n{line}\n" in content) if line else ("review_by" not in content)


def test_saving_moves_the_day_with_the_reading_unless_the_editor_chose_one(editor_client, fact):
    save(editor_client, fact, checked_on="2026-11-24")
    assert Fact.objects.get().review_by == date(2027, 5, 24)
    save(editor_client, fact, review_by="2026-12-24")
    save(editor_client, fact, statement="Amazon S3 keeps a log of everything.", why="Reworded.")
    assert Fact.objects.get().review_by == date(2026, 12, 24)
    save(editor_client, fact, checked_on="2026-11-23")
    assert Fact.objects.get().review_by == date(2027, 11, 23)
    form = Form(save(editor_client, fact, review_by="2026-11-22"))
    assert form.errors == {"review_by": ["That day is not after the one on which it was read."]}


def test_marking_as_checked_moves_the_day(editor_client, fact):
    Fact.objects.update(checked_on=date(2025, 1, 1), review_by=date(2025, 7, 1))
    editor_client.post("/admin/facts/fact/", {"action": "mark_checked", "_selected_action": [fact.pk]})
    assert Fact.objects.fresh(TODAY).exists()


def test_fact_page_tells_its_age(client):
    read = make_fact(checked_on=TODAY - timedelta(days=95), review_by=TODAY + timedelta(days=9))
    assertContains(client.get(read.get_absolute_url()), f"Read 3 months ago; to be read again by {day(9)}.")


def test_fact_page_tells_when_it_is_overdue(client):
    overdue = make_fact(checked_on=TODAY - timedelta(days=400), review_by=TODAY - timedelta(days=9))
    page = client.get(overdue.get_absolute_url())
    assertContains(page, f"read 13 months ago, and to be read again by {day(-9)}. Until then no exam asks it.")


def day(number):
    there = TODAY + timedelta(days=number)
    return f"{there.day} {there:%B %Y}"


def test_fact_that_was_never_read_has_no_age():
    assert shelf_life(make_fact(remake=False)) is None


def test_admin_counts_what_is_due_and_leads_to_it(editor_client, client, alice_client):
    for number in (-5, -1, 0, 29, 30, 90):
        make_fact(f"in-{number + 10}", remake=False, checked_on=TODAY, review_by=TODAY + timedelta(days=number))
    make_fact("gone", remake=False, checked_on=TODAY, review_by=TODAY - timedelta(days=1), is_withdrawn=True)
    due = count_due(TODAY)
    assert (due.overdue, due.soon) == (2, 2)
    page = editor_client.get("/admin/")
    for text in ('?due=overdue"><strong>2 facts overdue', '?due=soon">2 facts due within 30 days'):
        assertContains(page, text)
    for value, count in (("overdue", 2), ("soon", 2), ("all", 4)):
        response = editor_client.get("/admin/facts/fact/", {"due": value})
        assert response.context["cl"].result_count == count


def test_admin_says_when_nothing_is_due(editor_client):
    assertContains(editor_client.get("/admin/"), "No fact is to be read again within 30 days.")


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Since June 17, 2025 it can.", (2025, 6, 17)),
        ("Until 10 August 2023 it could not.", (2023, 8, 10)),
        ("In 2022 it could not; since November 2024 it can.", (2024, 11, 0)),
        ("It was renamed in late 2025.", (2025, 0, 0)),
        ("The key point says 30 seconds.", (0, 0, 0)),
    ],
)
def test_last_day_that_a_note_tells_of(note, told):
    assert last_day_told(note) == told


def test_who_only_reads_facts_is_led_to_no_page_that_is_refused(editor_client, reviewer_client):
    fact = make_fact(remake=False)
    address, versions = f"/admin/facts/fact/{fact.pk}/change/", f"/admin/facts/fact/{fact.pk}/history/"
    assert versions in editor_client.get(address).content.decode()
    page = reviewer_client.get(address).content.decode()
    assert versions not in page
    assert "View on site" in page
    assert reviewer_client.get(versions).status_code == 403
