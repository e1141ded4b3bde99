"""Facts as the rows of a table, for spreadsheets: one row a fact, one column a field.

What belongs to a fact stands in one cell, a line for each text. A line without a mark begins an entry: a false
statement, the answer of a blank, the story of a scenario. ``+`` marks the right answer of a scenario, ``-`` a wrong
answer, ``>`` the reason for the line above. Within a line ``\\n`` is a line break and ``\\\\`` a backslash.

A cell that a spreadsheet would take for a formula gets an apostrophe in front; reading takes it away again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from facts.exchange.records import BankFaults, FactRecord, FileFault
from facts.exchange.toml import read_entry
from facts.questions.content import Blank, FalseStatement, Scenario, Service

CONTENT = (
    *("statement", "services", "domain", "status", "note", "explanation", "reference", "evidence"),
    *("checked_on", "review_by", "key_point", "false_statements", "blanks", "scenarios"),
)
# The state is told, never set for a fact that is there; the version is the last one when the table was written.
COLUMNS = ("id", "state", *CONTENT, "version")
IN_BANK, DRAFT = "bank", "draft"

_PARTS = {"false_statements": ("",), "blanks": ("-",), "scenarios": ("+", "-")}
_COLUMN_OF = {"blank": "blanks", "scenario": "scenarios", "verified": "checked_on"}
_MARKS = ("+", "-", ">")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_MOST_FAULTS = 200


def neutralise(cell: str) -> str:
    """The cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """What ``neutralise`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def tidy_cell(text: str) -> str:
    """The text as a spreadsheet keeps it: with plain line breaks, and nothing at the ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def to_cells(record: FactRecord, *, state: str, version: str) -> dict[str, str]:
    """The fact by its columns, not neutralised."""
    fact = record.fact
    cells = {
        "id": fact.id,
        "state": state,
        "statement": fact.statement,
        "services": "; ".join(service.slug for service in fact.services),
        "domain": record.domain,
        "status": record.status,
        "note": record.note,
        "explanation": fact.explanation,
        "reference": record.reference,
        "evidence": record.evidence,
        "checked_on": record.checked_on.isoformat() if record.checked_on else "",
        "review_by": record.review_by.isoformat() if record.review_by else "",
        "key_point": record.key_point,
        "false_statements": "\n".join(line for false in fact.false_statements for line in _false_lines(false)),
        "blanks": "\n".join(line for blank in fact.blanks for line in _blank_lines(blank)),
        "scenarios": "\n".join(line for scenario in fact.scenarios for line in _scenario_lines(scenario)),
        "version": version,
    }
    return {column: tidy_cell(cell) for column, cell in cells.items()}


def _false_lines(false: FalseStatement) -> list[str]:
    return [_line("", false.text), *([_line(">", false.why)] if false.why else [])]


def _blank_lines(blank: Blank) -> list[str]:
    return [_line("", blank.answer), *(_line("-", text) for text in blank.distractors)]


def _scenario_lines(scenario: Scenario) -> list[str]:
    lines = [_line("", scenario.stem), _line("+", scenario.answer), _line(">", scenario.answer_why)]
    for distractor in scenario.distractors:
        lines += [_line("-", distractor.text), _line(">", distractor.why)]
    return lines


def _line(mark: str, text: str) -> str:
    text = tidy_cell(text).replace("\\", "\\\\").replace("\n", "\\n")
    if mark:
        return f"{mark} {text}".rstrip()
    return f"\\{text}" if not text or text.startswith(_MARKS) else text


def _plain(line: str) -> str:
    return re.sub(r"\\(.?)", lambda found: "\n" if found[1] == "n" else found[1], line).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by its columns; those that the table does not have are missing."""

    number: int  # as spreadsheets count: the first has the names of the columns
    cells: dict[str, str]


def read_table(file: str, rows: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    """The rows with their columns by name. Raises BankFaults for columns or rows that are not as they should be."""
    found = iter(rows)
    _, head = next(found, (1, ()))
    columns = _read_columns(file, head)
    faults: list[FileFault] = []
    read: list[Row] = []
    numbers: dict[str, int] = {}
    for number, values in found:
        if not any(value.strip() for value in values):
            continue
        if any(value.strip() for value in values[len(columns) :]):
            faults.append(
                FileFault(file, f"row {number}", "", "has a value beyond the last column: is a quote missing?")
            )
            continue
        if len(values) < len(columns):
            count = f"{len(values)} of {len(columns)} cells"
            faults.append(FileFault(file, f"row {number}", "", f"has {count}: is a quote or a separator missing?"))
            continue
        pairs = zip(columns, values, strict=False)
        cells = {column: tidy_cell(restore(tidy_cell(value))) for column, value in pairs if column}
        fact_id = cells["id"]
        if fact_id and fact_id in numbers:
            faults.append(FileFault(file, f"row {number}", "id", f"is that of row {numbers[fact_id]} already"))
        numbers.setdefault(fact_id, number)
        read.append(Row(number, cells))
    if not read and not faults:
        faults.append(FileFault(file, "", "", "has no fact: there is nothing below its first row"))
    if faults:
        raise BankFaults(faults[:_MOST_FAULTS])
    return read


def _read_columns(file: str, head: Sequence[str]) -> list[str]:
    """The names of the first row; those of empty columns at the end are left out."""
    columns = [re.sub(r"[\s_]+", "_", value.strip().lower()) for value in head]
    while columns and not columns[-1]:
        del columns[-1]
    faults = []
    if unknown := [value.strip() for value, column in zip(head, columns, strict=False) if column not in COLUMNS]:
        names = ", ".join(f"“{name:.40}”" if name else "one without a name" for name in unknown[:10])
        faults.append(
            FileFault(file, "row 1", "", f"has a column that is not known: {names}; known are {_all_columns()}")
        )
    if twice := sorted({column for column in columns if columns.count(column) > 1 and column}):
        faults.append(FileFault(file, "row 1", "", f"has the column {', '.join(twice)} twice"))
    if "id" not in columns and not faults:
        faults.append(
            FileFault(file, "row 1", "", f"has no column “id”; the first row names the columns: {_all_columns()}")
        )
    elif not {*CONTENT} & {*columns} and not faults:
        faults.append(FileFault(file, "row 1", "", "has no column beside the id that says something of a fact"))
    if faults:
        raise BankFaults(faults)
    return columns


def _all_columns() -> str:
    return ", ".join(COLUMNS)


def read_row(
    file: str, row: Row, services: Mapping[str, Service], *, is_draft: bool, known: Mapping[str, str] | None = None
) -> tuple[FactRecord | None, list[FileFault]]:
    """The fact of a row, or what is wrong with it, by its columns. ``known`` are the cells of the fact as it is stored.

    A draft may be unfinished.
    """
    cells = {**(known or {}), **row.cells}
    entry: dict[str, Any] = {"id": cells["id"]}
    troubles: dict[str, str] = {}
    for column in CONTENT:
        text = cells.get(column, "")
        if not text and column not in ("statement", "services", "status", "domain"):
            continue
        if column == "services":
            entry[column], unknown = _read_services(text, services)
            if unknown:
                troubles[column] = f"names {', '.join(unknown)[:200]}, which is no service of the bank"
        elif column == "status":
            entry[column] = text or "current"
        elif column in ("checked_on", "review_by"):
            try:
                entry[column] = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
            except ValueError:
                entry[column] = None
            if entry[column] is None:
                del entry[column]
                troubles[column] = f"is “{text:.30}”, must be a date such as 2026-11-23"
        elif column in _PARTS:
            values, trouble = _read_part(column, text)
            if trouble:
                troubles[column] = trouble
            else:
                entry[{"blanks": "blank", "scenarios": "scenario"}.get(column, column)] = values
        else:
            entry[column] = text
    found: list[FileFault] = []
    record = read_entry(file, row.number, entry, services, found, is_draft=is_draft)
    faults = [FileFault(file, f"row {row.number}", column, message) for column, message in troubles.items()]
    for fault in found:
        part = re.split(r"[.\[]", fault.field)[0]
        column = _COLUMN_OF.get(part, part)
        if column not in troubles:
            inner = f"{fault.field}: " if fault.field != column else ""
            faults.append(FileFault(file, f"row {row.number}", column, inner + fault.message))
    return (None if faults else record), faults


def _read_services(text: str, services: Mapping[str, Service]) -> tuple[list[str], list[str]]:
    """Slugs of the services that a cell names by slug or name, and what it names that is none."""
    by_name = {service.name.casefold(): slug for slug, service in services.items()} if text else {}
    found, unknown = [], []
    for name in filter(None, (part.strip() for part in re.split(r"[;,\n]", text))):
        slug = name if name in services else by_name.get(name.casefold(), "")
        if slug:
            found.append(slug)
        else:
            unknown.append(f"“{name:.60}”")
    return found, unknown


def _read_part(column: str, text: str) -> tuple[list[dict[str, Any]], str]:
    """The entries of a cell, as the bank's files have them, and what is wrong with it."""
    entries: list[dict[str, Any]] = []
    last: tuple[dict[str, Any], str] | None = None  # where the reason of the line before belongs
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line:
            continue
        mark = line[0] if line.startswith(_MARKS) else ""
        plain = _plain(line[1:] if mark else line)
        if mark and not entries:
            return [], f"starts with “{mark}” in line {number}: what it belongs to must stand above it"
        if not mark:
            entries.append(_new_entry(column, plain))
            last = (entries[-1], "why") if column == "false_statements" else None
        elif mark == ">":
            if last is None or last[0].get(last[1]):
                return [], f"has a reason in line {number} that belongs to no line above it"
            last[0][last[1]] = plain
        elif mark == "+" and column == "scenarios":
            if entries[-1]["answer"]:
                return [], f"has a second right answer in line {number}: a scenario has one"
            entries[-1]["answer"] = plain
            last = (entries[-1], "answer_why")
        elif mark == "-" and column == "scenarios":
            entries[-1]["distractor"].append({"text": plain, "why": ""})
            last = (entries[-1]["distractor"][-1], "why")
        elif mark == "-" and column == "blanks":
            entries[-1]["distractors"].append(plain)
            last = None
        else:
            return [], f"has “{mark}” in line {number}, which is no part of it: write “\\{mark}” for the sign itself"
    return entries, ""


def _new_entry(column: str, text: str) -> dict[str, Any]:
    if column == "blanks":
        return {"answer": text, "distractors": []}
    if column == "scenarios":
        return {"stem": text, "answer": "", "answer_why": "", "distractor": []}
    return {"text": text, "why": ""}
