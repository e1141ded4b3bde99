"""Rows of text from CSV files and Excel workbooks that anybody may send, within limits."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from facts.exchange.items import refuse_other_files
from facts.exchange.records import BankFaults, FileFault
from facts.exchange.table import COLUMNS

MOST_ROWS = 20_000
MAX_UNPACKED = 150_000_000  # bytes of a workbook; one of that many rows has less
MAX_CELL = 32_767  # characters, as Excel has it
_MOST_COLUMNS = 100
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OLD_MESSAGE = "is an old Excel file, or protected by a password: save it as .xlsx without one"

Rows = list[tuple[int, list[str]]]


def read_rows(file: str, content: bytes) -> Rows:
    """The rows of a CSV file or a workbook, whichever it is, with their numbers; no cell of a row is left out.

    Raises BankFaults for what is neither, or larger than a table of facts may be.
    """
    if content.startswith(_OLD_OFFICE):
        raise BankFaults([FileFault(file, "", "", _OLD_MESSAGE)])
    if content.startswith(b"PK"):
        return read_xlsx(file, content)
    return read_csv(file, content)


def read_csv(file: str, content: bytes) -> Rows:
    """The rows of a CSV file, whether commas, semicolons or tabs part its cells."""
    refuse_other_files(file, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"is not text in UTF-8 (line {line}): save it as “CSV UTF-8”"
        raise BankFaults([FileFault(file, "", "", message)]) from error
    rows: Rows = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text), strict=True)
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS + 1:
                raise _too_many(file)
            rows.append((number, row))
    except csv.Error as error:
        raise BankFaults([FileFault(file, f"row {len(rows) + 1}", "", f"is not valid CSV: {error}")]) from error
    return rows


def _find_delimiter(text: str) -> str:
    """What parts the most names of columns in the first line."""
    head = text.partition("\n")[0]

    def count(delimiter: str) -> int:
        names = {name.strip(' "\r').lower() for name in head.split(delimiter)}
        return len(names & {*COLUMNS})

    return max(",;\t", key=count)


def _too_many(file: str) -> BankFaults:
    return BankFaults([FileFault(file, "", "", f"has more than {MOST_ROWS:,} rows: split it")])


def read_xlsx(file: str, content: bytes) -> Rows:
    """The rows of the only sheet of a workbook."""
    _refuse_bombs(file, content)
    faults: list[FileFault] = []
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheets = workbook.worksheets
        if len(sheets) != 1:
            message = f"has {len(sheets)} sheets: keep the one with the facts only"
            raise BankFaults([FileFault(file, "", "", message)])
        rows = list(_read_sheet(file, sheets[0], faults))
    except BankFaults:
        raise
    except Exception as error:  # the library raises whatever it stumbles over
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
        raise BankFaults([FileFault(file, "", "", f"cannot be read as a workbook ({kind})")]) from error
    if faults:
        raise BankFaults(faults[:200])
    return rows


def _refuse_bombs(file: str, content: bytes) -> None:
    """Look into the list of contents alone: nothing is unpacked, and no more than it says will be."""
    message = ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise BankFaults([FileFault(file, "", "", f"cannot be read as a workbook: {error}")]) from error
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or len(entries) > 1000:
        message = f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB, so it is no table of facts"
    elif "xl/workbook.xml" not in {entry.filename for entry in entries}:
        message = "is a zip archive, but no workbook: send a .xlsx or .csv file"
    if message:
        raise BankFaults([FileFault(file, "", "", message)])


def _read_sheet(file: str, sheet: Any, faults: list[FileFault]) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a sheet says of its own size may be anything
    width = 0
    size = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):
        if number > MOST_ROWS + 1:
            raise _too_many(file)
        values = [_to_text(file, number, cell, faults) for cell in row]
        while values and not values[-1]:
            del values[-1]
        width = width or len(values)
        values += [""] * (width - len(values))  # empty cells at the end of a row are not in the file
        size += sum(map(len, values))
        if size > MAX_UNPACKED:
            message = f"holds more than {MAX_UNPACKED // 1_000_000} million characters, so it is no table of facts"
            raise BankFaults([FileFault(file, "", "", message)])
        yield number, values


def _to_text(file: str, number: int, cell: Any, faults: list[FileFault]) -> str:
    value = cell.value
    if value is None:
        return ""
    trouble = {"f": "holds a formula: put its result there as text", "e": f"holds the error {value}"}
    if message := trouble.get(cell.data_type):
        faults.append(FileFault(file, f"row {number}", f"column {cell.column_letter}", message))
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
