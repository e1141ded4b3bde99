"""Facts as tables in the admin: out and in again, seen before it is done, and everything that may be wrong."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from facts.exchange import sheets
from facts.exchange.records import BankFaults
from facts.exchange.table import COLUMNS, neutralise, restore
from facts.models import Blank, Fact, FactVersion, FalseStatement, Question, Scenario
from facts.services.corrections import record_changes
from facts.services.tables import plan_table
from tests.factories import make_fact, make_service

pytestmark = pytest.mark.django_db

IMPORT, EXPORT = "/admin/facts/fact/import/", "/admin/facts/fact/export/"
HEAD = ["id", "statement", "services", "domain"]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def to_csv(rows, delimiter=","):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode()


def to_xlsx(rows):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def send(client, content, name="facts.csv"):
    return client.post(IMPORT, {"table": SimpleUploadedFile(name, content)})


def confirm(client, response, why="As agreed."):
    form = response.context["confirm"]
    return client.post(
        IMPORT, {"upload": form.initial["upload"], "seen": form.initial["seen"], "why": why}, follow=True
    )


def faults(response):
    return [(fault.fact, fault.field, fault.message) for fault in response.context["faults"]]


def stored():
    """All that a table could change."""
    return [
        list(model.objects.order_by("pk").values()) for model in (Fact, FalseStatement, Blank, Scenario, FactVersion)
    ] + [sorted(Question.objects.exclude(state="retired").values_list("fingerprint", flat=True))]


def export(client, name, query=""):
    response = client.post(f"{EXPORT}{query}", {"resource": "0", "format": {"csv": "0", "xlsx": "1"}[name]})
    assert response["Content-Disposition"] == f'attachment; filename="facts.{name}"'
    return response.content


@pytest.fixture
def rich():
    """Facts with everything that a fact may have, and texts that files like to break."""
    s3, sqs = make_service("s3", "Amazon S3"), make_service("sqs", "Amazon SQS")
    fact = make_fact(
        "rich",
        statement="Amazon S3 keeps an object of “5 TB”, at most; ünïcode stays 🙂.",
        service=s3,
        remake=False,
        false_statements=["Amazon S3 keeps + and - apart."],
        blanks=[("5 TB", ["- 4 TB", "=1 TB", "> 6 TB"])],
        has_scenario=True,
        note="=HYPERLINK(1)\r\nsecond \\n line",
        explanation="\u0645\u0631\u062d\u0628\u0627 <b>bold</b>",
        key_point="7",
        reference="https://example.org/a?b=1",
        checked_on="2026-01-02",
        status="changed",
    )
    FalseStatement.objects.create(fact=fact, text="- Amazon S3 keeps none.", why="It does, as said.")
    fact.other_services.add(sqs)
    make_fact("plain", statement="'=Amazon S3 keeps each record as it came.", service=s3, remake=False)
    Fact.objects.create(slug="unfinished", is_draft=True, statement="+ half")
    withdrawn = make_fact("gone", service=sqs, remake=False)
    Fact.objects.filter(pk=withdrawn.pk).update(is_withdrawn=True)
    record_changes(facts=list(Fact.objects.all()), why="")
    return fact


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing_when_it_is_imported(editor_client, rich, name):
    before = stored()
    content = export(editor_client, name)
    response = send(editor_client, content, f"facts.{name}")
    assert faults(response) == []
    assert (response.context["plan"].unchanged, response.context["plan"].changes) == (4, [])
    assert response.context["confirm"] is None
    assert stored() == before
    assert export(editor_client, "csv") == export(editor_client, "csv")


def test_export_neutralises_what_a_spreadsheet_would_run(editor_client, rich):
    rows = list(csv.DictReader(io.StringIO(export(editor_client, "csv").decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["unfinished", "plain", "rich", "gone"]
    cells = {row["id"]: row for row in rows}
    assert cells["rich"]["note"] == "'=HYPERLINK(1)\nsecond \\n line"
    assert cells["plain"]["statement"] == "''=Amazon S3 keeps each record as it came."
    assert cells["unfinished"]["statement"] == "'+ half"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t")]
    sheet = load_workbook(io.BytesIO(export(editor_client, "xlsx"))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not [cell for row in sheet.iter_rows(values_only=True) for cell in row if str(cell)[:1] in tuple("=+-@")]


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "+a", "-a", "@a", "plain", "'plain", "", "\uff1da"])
def test_neutral_cells_come_back_as_they_were(text):
    assert restore(neutralise(text)) == text


def test_export_takes_the_facts_that_are_filtered_or_chosen(editor_client, rich):
    rows = list(csv.reader(io.StringIO(export(editor_client, "csv", "?is_draft__exact=1").decode("utf-8-sig"))))
    assert [tuple(rows[0]), rows[1][0], len(rows)] == [COLUMNS, "unfinished", 2]
    chosen = {"action": "export_chosen", "_selected_action": [rich.pk]}
    page = editor_client.post("/admin/facts/fact/", chosen)
    assert "1 fact that you chose" in page.content.decode()
    response = editor_client.post(EXPORT, {"resource": "0", "format": "0", "export_items": [rich.pk]})
    assert [row[0] for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig")))] == ["id", "rich"]


def test_export_refuses_a_cell_that_excel_would_cut_off(editor_client):
    fact = make_fact("long", remake=False, false_statements=[])
    FalseStatement.objects.bulk_create(FalseStatement(fact=fact, text=f"{n:03}" * 130) for n in range(90))
    page = editor_client.post(EXPORT, {"resource": "0", "format": "1"}, follow=True)
    assert "false_statements of long are longer than a cell" in page.content.decode()


@pytest.mark.parametrize("make", [to_csv, to_xlsx])
def test_import_shows_what_changes_and_does_it_when_confirmed(editor_client, editor, make):
    service = make_service("s3", "Amazon S3")
    kept = make_fact("kept", service=service)
    old = make_fact("old", statement="Amazon S3 keeps each record for 24 hours.", service=service)
    before = stored()
    content = make(
        [
            [*HEAD, "false_statements"],
            ["kept", kept.statement, "s3", "new-solutions", kept.false_statements.get().text],
            ["old", "Amazon S3 keeps each record for 48 hours.", "s3", "new-solutions", ""],
            [
                "",
                "Amazon S3 encrypts each object on its way.",
                "Amazon S3",
                "new-solutions",
                "It does not.\n> It does.",
            ],
        ]
    )
    response = send(editor_client, content, "facts.xlsx")
    assert stored() == before
    plan = response.context["plan"]
    assert (plan.unchanged, [change.row for change in plan.changed], [change.row for change in plan.added]) == (
        1,
        [3],
        [4],
    )
    assert [column for column, _, _ in plan.changed[0].differences] == ["statement", "false_statements"]
    page = response.content.decode()
    assert "<del>24</del>" in page
    assert "<ins>48</ins>" in page
    done = confirm(editor_client, response)
    page = done.content.decode()
    assert "1 added, 1 changed, 1 unchanged." in page
    old.refresh_from_db()
    assert (old.statement, old.is_edited) == ("Amazon S3 keeps each record for 48 hours.", True)
    new = Fact.objects.get(slug="s3-encrypts-each-object-on-its")
    assert new.false_statements.get().why == "It does."
    versions = FactVersion.objects.filter(history_change_reason="As agreed.")
    assert {(version.slug, version.history_user) for version in versions} == {("old", editor), (new.slug, editor)}
    assert (
        not Question.objects.exclude(state="retired")
        .filter(fact=old, stem__contains="24 hours")
        .filter(kind="true_false", options__0__correct=True)
    )
    assert Question.objects.exclude(state="retired").filter(fact=new).exists()
    assert "is not here any more" in confirm(editor_client, response).content.decode()


def test_import_without_a_reason_is_not_done_and_keeps_the_file(editor_client):
    make_service("s3")
    response = send(editor_client, to_csv([HEAD, ["a", "Amazon s3 keeps each of its logs.", "s3", "new-solutions"]]))
    again = confirm(editor_client, response, why=" ")
    assert again.context["confirm"].errors == {"why": ["Say why."]}
    assert not Fact.objects.exists()
    form = again.context["confirm"]
    data = {name: form[name].value() for name in ("upload", "seen")}
    editor_client.post(IMPORT, {**data, "why": "New."})
    assert Fact.objects.get().slug == "a"


def test_import_is_shown_again_when_the_bank_changed_meanwhile(editor_client):
    fact = make_fact("a")
    response = send(editor_client, to_csv([["id", "note"], ["a", "A note."]]))
    Fact.objects.filter(pk=fact.pk).update(note="Another's note.")
    record_changes(facts=[Fact.objects.get()], why="meanwhile")
    again = confirm(editor_client, response)
    assert "the bank changed meanwhile" in again.content.decode()
    assert Fact.objects.get().note == "Another's note."
    confirm(editor_client, again)
    assert Fact.objects.get().note == "A note."


def test_import_refuses_a_row_whose_fact_was_changed_after_the_export(editor_client):
    fact = make_fact("a", remake=False)
    record_changes(facts=[fact], why="")
    rows = list(csv.reader(io.StringIO(export(editor_client, "csv").decode("utf-8-sig"))))
    Fact.objects.filter(pk=fact.pk).update(evidence="Page 2")
    record_changes(facts=[Fact.objects.get()], why="meanwhile")
    rows[1][rows[0].index("note")] = "A note."
    (fault,) = faults(send(editor_client, to_csv(rows)))
    assert fault[:2] == ("row 2", "version")
    assert Fact.objects.get().note == ""


def test_import_keeps_drafts_unfinished_and_makes_none_into_facts(editor_client):
    response = send(editor_client, to_csv([["id", "state", "statement"], ["half", "draft", "Not yet"]]))
    confirm(editor_client, response)
    fact = Fact.objects.get()
    assert (fact.is_draft, fact.service, Question.objects.count()) == (True, None, 0)
    response = send(editor_client, to_csv([["id", "state", "statement"], ["half", "bank", "Not yet"]]))
    assert faults(response) == [("row 2", "state", "is “bank”, but this fact is “draft”: a table does not change that")]
    response = send(editor_client, to_csv([["id", "statement"], ["half", "x" * 301]]))
    assert faults(response) == [("row 2", "statement", "has 301 characters, at most 300 can be kept")]


def row_of(number, **values):
    cells = {
        "id": f"fact-{number}",
        "statement": f"Amazon s3 keeps copy q{number} of each log.",
        "services": "s3",
        "domain": "new-solutions",
    }
    return list((cells | values).values())


def test_import_of_ten_thousand_facts_with_one_fault_changes_nothing_and_names_it():
    make_service("s3")
    rows = [row_of(number) for number in range(10_000)]
    rows[5_000] = row_of(5_000, domain="elsewhere")
    (fault,) = plan_table(file="facts.csv", content=to_csv([HEAD, *rows])).faults
    assert str(fault).startswith(
        "facts.csv: row 5002: domain: is 'elsewhere', must be one of organizational-complexity"
    )
    assert not Fact.objects.exists()


BAD_ROWS = {
    "unknown service": ({"services": "s3; nowhere"}, "services", "names “nowhere”, which is no service of the bank"),
    "no service": ({"services": ""}, "services", "is empty: name at least one"),
    "no statement": ({"statement": ""}, "statement", "is empty"),
    "control character": ({"statement": "Amazon s3 rings \x07 the bell."}, "statement", "contains a control character"),
    "bad id": ({"id": "Nö"}, "id", "must be lower-case words joined by hyphens"),
    "turned text": (
        {"statement": "Amazon s3 keeps \u202eeach log\u202c of it."},
        "statement",
        "has a line break, or a control or invisible character",
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_import_names_what_is_wrong_with_a_row(editor_client, case):
    make_service("s3")
    values, column, message = BAD_ROWS[case]
    response = send(editor_client, to_csv([HEAD, row_of(1), row_of(2, **values)]))
    assert ("row 3", column, message) in faults(response)
    assert response.context["confirm"] is None
    assert not Fact.objects.exists()


BAD_CELLS = {
    "checked_on": ("24/11/2026", "is “24/11/2026”, must be a date such as 2026-11-23"),
    "review_by": ("2026-02-30", "is “2026-02-30”, must be a date such as 2026-11-23"),
    "false_statements": ("> why", "starts with “>” in line 1: what it belongs to must stand above it"),
    "blanks": ("copy\n+ a", "has “+” in line 2, which is no part of it: write “\\+” for the sign itself"),
    "scenarios": ("Story?\n+ a\n+ b", "has a second right answer in line 3: a scenario has one"),
    "status": ("changed", None),
}


@pytest.mark.parametrize("column", BAD_CELLS)
def test_import_names_what_is_wrong_with_a_cell(editor_client, column):
    make_service("s3")
    cell, message = BAD_CELLS[column]
    found = faults(send(editor_client, to_csv([[*HEAD, column], [*row_of(1), cell]])))
    if column == "status":
        assert found == [("row 2", "note", "is missing: a fact that is changed tells what changed and since when")]
    else:
        assert found == [("row 2", column, message)]


def test_import_refuses_what_the_bank_says_already(editor_client):
    make_service("s3")
    make_fact("there", statement="Amazon s3 keeps copy q1 of each log.")
    response = send(editor_client, to_csv([HEAD, row_of(1), row_of(2), row_of(3, statement=row_of(2)[1])]))
    assert faults(response) == [
        ("row 2", "statement", "says the same as that of the fact there"),
        ("row 4", "statement", "says the same as that of row 3"),
    ]


GOOD = [HEAD, row_of(1)]
BAD_FILES = {
    "no file of text": (b"\x89PNG\r\n\x1a\n\0\0", "", "has a NUL byte (byte 8): is it a file of questions?"),
    "NUL byte": (to_csv(GOOD) + b"\0", "", "has a NUL byte (byte"),
    "UTF-16": (to_csv(GOOD).decode().encode("utf-16"), "", "is text in UTF-16: save it as UTF-8"),
    "Latin-1": (to_csv([*GOOD, row_of(2, statement="Déjà vu")]).decode().encode("latin-1"), "", "is not text in UTF-8"),
    "only white space": (b" \n ", "", "is empty"),
    "no rows": (to_csv([HEAD]), "", "has no fact: there is nothing below its first row"),
    "unknown column": (
        to_csv([[*HEAD, "colour"], [*row_of(1), "red"]]),
        "row 1",
        "has a column that is not known: “colour”",
    ),
    "column without a name": (
        to_csv([[*HEAD[:2], "", "services"], ["a", "b", "c", "d"]]),
        "row 1",
        "has a column that is not",
    ),
    "column twice": (to_csv([[*HEAD, "id"], [*row_of(1), "x"]]), "row 1", "has the column id twice"),
    "no id": (
        to_csv([HEAD[1:], row_of(1)[1:]]),
        "row 1",
        "has no column “id”; the first row names the columns: id, state",
    ),
    "id alone": (to_csv([["id"], ["a"]]), "row 1", "has no column beside the id"),
    "id twice": (to_csv([*GOOD, row_of(1)]), "row 3", "is that of row 2 already"),
    "too many cells": (to_csv([*GOOD, [*row_of(2), "more"]]), "row 3", "has a value beyond the last column"),
    "too few cells": (to_csv([*GOOD, row_of(2)[:3]]), "row 3", "has 3 of 4 cells"),
    "open quote": (to_csv(GOOD) + b'x,"y', "row 3", "is not valid CSV: unexpected end of data"),
    "no workbook": (b"PK\x03\x04 and no more", "", "cannot be read as a workbook"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "is an old Excel file"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_import_refuses_a_file_that_is_no_table(editor_client, case):
    make_service("s3")
    content, where, message = BAD_FILES[case]
    response = send(editor_client, content)
    assert response.status_code == 200
    fact, _, said = faults(response)[0]
    assert fact == where
    assert said.startswith(message)
    assert not Fact.objects.exists()


def test_import_refuses_an_empty_file_at_its_field(editor_client):
    response = send(editor_client, b"")
    assert response.context["form"].errors == {"table": ["This file is empty: it has no first row."]}


@pytest.mark.parametrize(
    "content",
    [
        to_csv(GOOD, ";").replace(b"\r\n", b"\n"),
        to_csv(GOOD, "\t"),
        b"\xef\xbb\xbf" + to_csv(GOOD),
        to_csv([["ID", " Statement ", "services", "domain", "", ""], [*row_of(1), "", ""], ["", "", "", "", "", ""]]),
    ],
    ids=["semicolons", "tabs", "BOM", "empty columns and rows"],
)
def test_import_reads_what_excel_writes(editor_client, content):
    make_service("s3")
    response = send(editor_client, content)
    assert faults(response) == []
    assert [change.record.fact.id for change in response.context["plan"].added] == ["fact-1"]


def repack(content, **parts):
    """The workbook with other parts in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].removesuffix(".xml"), old.read(name)))
    return stream.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'
CELL = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%b</t></is></c></row>'


def sheet(cells):
    return SHEET % b"".join(CELL % (row, row, text) for row, text in cells)


@pytest.mark.parametrize(
    "parts",
    [
        {"sheet1": BOMB + sheet([(1, b"&b;")])},
        {"sheet1": OUTSIDE + sheet([(1, b"&a;")])},
        {"workbook": OUTSIDE + b"<workbook>&a;</workbook>"},
        {"sheet1": b"<worksheet"},
        {"sheet1": b"\0\1\2"},
    ],
    ids=["bomb", "outside", "outside in the workbook", "broken", "binary"],
)
def test_import_refuses_a_workbook_with_entities_or_broken_parts(editor_client, parts):
    response = send(editor_client, repack(to_xlsx(GOOD), **parts), "facts.xlsx")
    ((_, _, message),) = faults(response)
    assert message.startswith("cannot be read as a workbook (")
    assert "root:" not in response.content.decode()


def test_import_refuses_a_zip_bomb_without_unpacking_it(monkeypatch):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            with archive.open(name, "w", force_zip64=True) as part:
                for _ in range(80):
                    part.write(bytes(1_000_000))
    assert len(stream.getvalue()) < 1_000_000
    monkeypatch.setattr(sheets, "load_workbook", lambda *args, **values: pytest.fail("was unpacked"))
    with pytest.raises(BankFaults, match="unpacks to more than 150 MB, so it is no table of facts"):
        sheets.read_rows("bomb.xlsx", stream.getvalue())


def test_import_refuses_workbooks_with_formulas_other_sheets_and_far_rows():
    def said(content):
        with pytest.raises(BankFaults) as caught:
            sheets.read_rows("t.xlsx", content)
        return str(caught.value)

    formula = to_xlsx([HEAD, ["a", "=1+1", "s3", "new-solutions"]])
    assert said(formula) == "t.xlsx: row 2: column B: holds a formula: put its result there as text"
    workbook = Workbook()
    workbook.create_sheet("more")
    stream = io.BytesIO()
    workbook.save(stream)
    assert said(stream.getvalue()) == "t.xlsx: has 2 sheets: keep the one with the facts only"
    far = repack(to_xlsx(GOOD), sheet1=sheet([(1, b"id"), (1_000_000_000, b"x")]))
    assert said(far) == "t.xlsx: has more than 20,000 rows: split it"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("facts.csv", "id")
    assert said(archive.getvalue()) == "t.xlsx: is a zip archive, but no workbook: send a .xlsx or .csv file"


def test_html_in_every_cell_and_name_is_shown_as_text(editor_client):
    make_service("s3")
    mark = "<script>alert(1)</script>"
    column = [*HEAD, "note", "explanation", "evidence", "false_statements", "blanks", "scenarios"]
    lines = f"{mark}\n- {mark}1\n- {mark}2\n- {mark}3"
    story = f"{mark}?\n+ {mark}4\n> {mark}\n- {mark}1\n> {mark}\n- {mark}2\n> {mark}\n- {mark}3\n> {mark}"
    row = [*row_of(1, statement=f"Amazon s3 shows {mark} to all."), mark, mark, mark, f"{mark}\n> {mark}", lines, story]
    response = send(editor_client, to_csv([column, row]), f"{mark}.csv")
    assert faults(response) == []
    pages = [response, confirm(editor_client, response), editor_client.get("/admin/facts/fact/")]
    pages.append(send(editor_client, to_csv([[*HEAD, mark], [*row, mark]]), f"{mark}.csv"))
    pages.append(send(editor_client, to_csv([HEAD, row_of(2, id=mark, services=mark, domain=mark)])))
    pages += [
        editor_client.get(f"/admin/facts/fact/{Fact.objects.get().pk}/change/"),
        editor_client.get("/facts/fact-1/"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert mark not in page.content.decode()
    assert "&lt;script&gt;" in pages[0].content.decode()


def test_right_to_left_text_and_emoji_are_kept(editor_client):
    make_service("s3")
    words = "Amazon s3 keeps \u0645\u0631\u062d\u0628\u0627 and 👩‍🚀 of each log."
    response = send(editor_client, to_csv([[*HEAD, "note"], [*row_of(1), words]]))
    confirm(editor_client, response)
    assert Fact.objects.get().note == words


def test_a_large_upload_is_refused_before_it_is_read(editor_client):
    class Unread:
        def read(self, size=-1):
            pytest.fail("was read")

        readline = read

    response = editor_client.generic(
        "POST", IMPORT, b"", content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(200_000_000), "wsgi.input": Unread()},
    )  # fmt: skip
    assert response.status_code == 413
    assert (
        "This page takes at most 25 MB at once. It was not read, and nothing was changed." in response.content.decode()
    )
    assert f'href="{IMPORT}"' in response.content.decode()


def test_import_takes_only_what_its_player_sent(editor_client, reviewer_client, client, editor):
    make_service("s3")
    response = send(editor_client, to_csv(GOOD))
    form = response.context["confirm"].initial
    editor.groups.clear()
    editor.is_superuser = True
    editor.save()
    for token in ("", "x", form["upload"][:-1] + "x"):
        page = editor_client.post(IMPORT, {"upload": token, "seen": form["seen"], "why": "x"}, follow=True)
        assert "is not here any more" in page.content.decode()
    assert not Fact.objects.exists()
