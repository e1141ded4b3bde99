"""Questions from other programs, as drafts of facts for an editor to finish.

Nothing here writes a row: a fact has no state in which it waits unseen for its author. A withdrawn fact has a page of
its own, and one click brings it back and asks what was imported, finished or not. Until there is such a state, drafts
are entries of a fact file, which ``load_facts`` refuses until an editor has finished and approved each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from facts.exchange.aiken import read_aiken
from facts.exchange.drafts import draft_facts
from facts.exchange.gift import read_gift
from facts.exchange.items import LeftOut, Reading
from facts.exchange.moodle import read_moodle
from facts.exchange.records import BankFaults, FactRecord, FileFault
from facts.exchange.toml import parse_bank
from facts.models import Fact, Service
from facts.questions.claims import claim_key
from facts.selectors.bank import find_twins
from facts.services.slugs import free_slug

READERS: dict[str, Callable[[str, bytes], Reading]] = {
    "moodle": read_moodle,
    "gift": read_gift,
    "aiken": read_aiken,
}
MAX_BYTES = 10_000_000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Drafted:
    """What can be made of a file of questions."""

    records: tuple[FactRecord, ...]
    content: bytes  # a fact file
    left_out: tuple[LeftOut, ...]
    to_finish: tuple[FileFault, ...]  # what load_facts would still say if all were approved


def read_limited(file: str, stream: IO[bytes], size: int | None) -> bytes:
    """The stream's content. Raises BankFaults, before it is read, if it is larger than a file of questions may be.

    ``size`` is what the sender or the disk says (None: unknown); what comes is counted, too.
    """
    content = b""
    if size is None or size <= MAX_BYTES:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES or (size is not None and size > MAX_BYTES):
        message = f"has more than {MAX_BYTES // 1_000_000} MB: split it, or leave its pictures out"
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
