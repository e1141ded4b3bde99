"""Questions from other programs, as drafts of facts for an editor to finish: as entries of a fact file, or stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from django.db import transaction

from facts.exchange.aiken import read_aiken
from facts.exchange.drafts import draft_facts
from facts.exchange.gift import read_gift
from facts.exchange.items import LeftOut, Reading, one_line
from facts.exchange.moodle import read_moodle
from facts.exchange.records import BankFaults, FactRecord, FileFault
from facts.exchange.toml import parse_bank
from facts.models import Fact, FalseStatement, Player, Scenario, Service
from facts.questions.claims import claim_key
from facts.selectors.bank import find_twins
from facts.services.bank import write_facts
from facts.services.corrections import record_changes
from facts.services.slugs import free_slug
from facts.services.tables import find_too_long

READERS: dict[str, Callable[[str, bytes], Reading]] = {
    "moodle": read_moodle,
    "gift": read_gift,
    "aiken": read_aiken,
}
MAX_BYTES = 10_000_000
_BATCH = 500


def guess_format(content: bytes) -> str:
    """Which of READERS a file is for, by how it looks."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "moodle"
    return "aiken" if re.search(rb"^ANSWER:", content, re.MULTILINE) else "gift"


@dataclass(frozen=True, slots=True)
class Drafted:
    """What can be made of a file of questions."""

    records: tuple[FactRecord, ...]
    content: bytes  # a fact file
    left_out: tuple[LeftOut, ...]
    to_finish: tuple[FileFault, ...]  # what load_facts would still say if all were approved


def read_limited(file: str, stream: IO[bytes], size: int | None, *, most: int = MAX_BYTES) -> bytes:
    """The stream's content. Raises BankFaults, before it is read, if it is larger than such a file may be.

    ``size`` is what the sender or the disk says (None: unknown); what comes is counted, too.
    """
    content = b""
    if size is None or size <= most:
        content = stream.read(most + 1)
    if len(content) > most or (size is not None and size > most):
        message = f"has more than {most // 1_000_000} MB: split it, or leave its pictures out"
        raise BankFaults([FileFault(file, "", "", message)])
    return content


def read_path(path: Path) -> bytes:
    with path.open("rb") as stream:
        return read_limited(path.name, stream, path.stat().st_size)


def draft_questions(*, format: str, file: str, content: bytes) -> Drafted:
    """Drafts of facts from a file of questions. All or nothing: raises BankFaults with every fault of the file."""
    reading = READERS[format](file, content)
    services = {service.slug: service.to_content() for service in Service.objects.select_related("family")}
    taken = set(Fact.objects.values_list("slug", flat=True))

    def take_id(base: str) -> str:
        slug = free_slug(base, taken)
        taken.add(slug)
        return slug

    drafts = draft_facts(file, reading.items, services, take_id)
    to_finish: list[FileFault] = []
    if drafts.records:
        try:
            parse_bank({"draft": drafts.undrafted}, known_services=services)
        except BankFaults as faults:
            to_finish += faults.faults
    to_finish += _twins(drafts.records)
    return Drafted(drafts.records, drafts.content, (*reading.left_out, *drafts.left_out), tuple(to_finish))


def plan_drafts(*, format: str, file: str, content: bytes) -> Drafted:
    """As ``draft_questions``, without those that cannot be stored, or are in the bank or among the drafts already."""
    drafted = draft_questions(format=format, file=file, content=content)
    stored = _find_stored(drafted.records)
    fit: list[FactRecord] = []
    left_out = [*drafted.left_out]
    seen: set[str] = set()
    for record in drafted.records:
        about = _asked_by(record)
        why = ""
        if about in stored:
            why = f"is there already, in {stored[about]}"
        elif about in seen:
            why = "stands in this file twice"
        elif too_long := find_too_long(record):
            why = f"cannot be kept: {too_long[0][0].replace('_', ' ')} {too_long[0][1]}"
        seen.add(about)
        if why:
            left_out.append(LeftOut(f"“{about:.80}”", why))
        else:
            fit.append(record)
    ids = {record.fact.id for record in fit}
    to_finish = tuple(fault for fault in drafted.to_finish if fault.fact in ids)
    return replace(drafted, records=tuple(fit), left_out=tuple(left_out), to_finish=to_finish)


@transaction.atomic
def save_drafts(*, format: str, file: str, content: bytes, by: Player | None) -> tuple[list[Fact], Drafted]:
    """Store what ``plan_drafts`` gives as drafts, each with a version that says where it is from."""
    drafted = plan_drafts(format=format, file=file, content=content)
    facts = [Fact(slug=record.fact.id, is_draft=True, is_edited=True) for record in drafted.records]
    services = {service.slug: service for service in Service.objects.all()}
    write_facts(list(zip(facts, drafted.records, strict=True)), services)
    record_changes(facts=facts, why=f"imported from {one_line(file)}"[:300], by=by)
    return facts, drafted


def _asked_by(record: FactRecord) -> str:
    """The text of a draft that tells it from others."""
    fact = record.fact
    if fact.statement:
        return fact.statement
    if fact.false_statements:
        return fact.false_statements[0].text
    return fact.scenarios[0].stem


def _find_stored(records: Iterable[FactRecord]) -> dict[str, str]:
    """Of these drafts' texts, those that stored facts and drafts have, with the id of the fact."""
    texts = [_asked_by(record) for record in records]
    found: dict[str, str] = {}
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        found |= dict(Fact.objects.filter(statement__in=batch).values_list("statement", "slug"))
        found |= dict(FalseStatement.objects.filter(text__in=batch).values_list("text", "fact__slug"))
        found |= dict(Scenario.objects.filter(stem__in=batch).values_list("stem", "fact__slug"))
    return found


def _twins(records: tuple[FactRecord, ...]) -> list[FileFault]:
    said = [record for record in records if record.fact.statement]
    stored: dict[str, str] = {}
    for start in range(0, len(said), _BATCH):
        stored |= find_twins(record.fact.statement for record in said[start : start + _BATCH])
    return [
        FileFault("draft", record.fact.id, "statement", f"says the same as that of {twin}, which is stored already")
        for record in said
        if (twin := stored.get(claim_key(record.fact.statement)))
    ]
