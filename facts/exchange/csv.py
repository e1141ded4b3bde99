"""Plain facts from CSV: one sentence a row with its service tags. Columns ``statement`` and ``services``."""

import csv
import io
from collections.abc import Iterator, Mapping

from facts.exchange.records import BankFaults, FileFault
from facts.questions.content import Fact, Service

_MAX_FIELD = 10_000


def read_plain_facts(name: str, content: bytes, services: Mapping[str, Service]) -> Iterator[Fact]:
    """Yield the facts of a CSV file, their ids made of the file's name and the row's number.

    Services are slugs or names, separated by ``;`` or ``,``; one that is not in ``services`` becomes a service of its
    own. Raises BankFaults if the file is no CSV with these columns, and
    after the last row if some rows name no service.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not text in UTF-8 (byte {error.start})"
        raise BankFaults([FileFault(name, "", "", message)]) from error
    rows = csv.DictReader(io.StringIO(text.replace("\0", "")), strict=True)
    by_name = {service.name.casefold(): service for service in services.values()}
    faults: list[FileFault] = []
    number = 1  # of the row that is being read; the first has the names of the columns
    try:
        rows.fieldnames = [column.strip() for column in rows.fieldnames or ()]
        missing = {"statement", "services"} - set(rows.fieldnames)
        if missing:
            columns = " and ".join(sorted(missing))
            raise BankFaults([FileFault(name, "", "", f"has no column {columns} in its first row")])
        number = 2
        for number, row in enumerate(rows, 2):
            tags: dict[str, Service] = {}
            for tag in (row["services"] or "").replace(",", ";").split(";"):
                tag = tag.strip()[:_MAX_FIELD]
                if tag:
                    known = services.get(tag) or by_name.get(tag.casefold())
                    service = known or Service(tag, tag, tag)
                    tags[service.slug] = service
            fact_id = f"{name}:{number}"
            if tags:
                yield Fact(fact_id, (row["statement"] or "").strip(), tuple(tags.values()))
            else:
                faults.append(FileFault(name, f"row {number}", "services", "is empty: name at least one"))
            number += 1
    except csv.Error as error:
        raise BankFaults([FileFault(name, f"row {number}", "", f"is not valid CSV: {error}")]) from error
    if faults:
        raise BankFaults(faults)
