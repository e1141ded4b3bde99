"""Facts from a table: what it would change, and changing it. All of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import models, transaction
from django.utils import timezone

from facts.exchange.drafts import propose_id
from facts.exchange.records import FactRecord, FileFault
from facts.exchange.sheets import read_rows
from facts.exchange.table import CONTENT, DRAFT, IN_BANK, Row, read_row, read_table
from facts.models import Blank, Fact, FalseStatement, Family, Player, Scenario, Service
from facts.models.bank import parts_of
from facts.questions import content
from facts.questions.claims import claim_key
from facts.selectors.records import known_services, read_cells
from facts.services.bank import MANY, services_of, write_facts
from facts.services.corrections import record_changes
from facts.services.questions import Remade, remake_questions
from facts.services.slugs import free_slug

_BATCH = 500
_OF_RECORD = {"domain", "status", "note", "reference", "evidence", "checked_on", "review_by", "key_point"}


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that is new, or that a row changes: the columns that differ, each with the text before and after."""

    row: int
    fact: Fact
    record: FactRecord
    differences: tuple[tuple[str, str, str], ...]
    is_new: bool


@dataclass
class Plan:
    """What a table would do. With faults it does nothing."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    faults: list[FileFault] = field(default_factory=list)
    seen: str = ""  # another one once something else would be done

    @property
    def added(self) -> list[Change]:
        return [change for change in self.changes if change.is_new]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if not change.is_new]


class PlanChanged(ValueError):
    """The table would not do any more what was shown. Carries what it would do."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def plan_table(*, file: str, content: bytes) -> Plan:
    """What a CSV file or a workbook would change. Every fault is named by row and column.

    Raises BankFaults for a file whose rows cannot be told.
    """
    rows = read_table(file, read_rows(file, content))
    services = known_services()
    stored = _find_stored(row.cells["id"] for row in rows)
    taken = set(Fact.objects.values_list("slug", flat=True)) | {row.cells["id"] for row in rows}
    plan = Plan()
    for row in rows:
        faults: list[FileFault] = []
        if row.cells["id"] in stored:
            faults = _plan_known(file, row, *stored[row.cells["id"]], services, plan)
        else:
            faults = _plan_new(file, row, services, taken, plan)
        plan.faults += faults
    plan.faults += _find_twins(file, plan.changes)
    marks = [
        (change.row, change.fact.pk, stored[change.record.fact.id][2]["version"] if change.fact.pk else "", *difference)
        for change in plan.changes
        for difference in change.differences
    ]
    plan.seen = hashlib.sha256(repr((marks, plan.unchanged)).encode()).hexdigest()[:32]
    return plan


def _find_stored(ids: Iterable[str]) -> dict[str, tuple[Fact, FactRecord, dict[str, str]]]:
    slugs = [slug for slug in ids if slug]
    found = {}
    for start in range(0, len(slugs), _BATCH):
        for fact, record, cells in read_cells(Fact.objects.filter(slug__in=slugs[start : start + _BATCH])):
            found[fact.slug] = (fact, record, cells)
    return found


def _plan_known(
    file: str,
    row: Row,
    fact: Fact,
    record: FactRecord,
    cells: dict[str, str],
    services: Mapping[str, content.Service],
    plan: Plan,
) -> list[FileFault]:
    at = f"row {row.number}"
    state = row.cells.get("state", "")
    if state and state != cells["state"]:
        message = f"is “{state:.30}”, but this fact is “{cells['state']}”: a table does not change that"
        return [FileFault(file, at, "state", message)]
    changed = [column for column in CONTENT if column in row.cells and row.cells[column] != cells[column]]
    if not changed:
        plan.unchanged += 1
        return []
    read, faults = read_row(file, row, services, is_draft=fact.is_draft, known=cells)
    if row.cells.get("version", "") not in ("", cells["version"]):
        message = "is not the last one: the fact was changed after this table was written; export it again"
        faults.append(FileFault(file, at, "version", message))
    if read is None or faults:
        return faults
    merged = _merge(record, read, changed)
    faults = _find_own_faults(file, at, merged)
    # The same in other words, such as services by their names, is no change.
    after = {column: row.cells[column] for column in changed}
    if all(_part(merged, column) == _part(record, column) for column in changed):
        plan.unchanged += 1
        return []
    differences = tuple((column, cells[column], after[column]) for column in changed)
    plan.changes.append(Change(row.number, fact, merged, differences, is_new=False))
    return faults


def _plan_new(
    file: str, row: Row, services: Mapping[str, content.Service], taken: set[str], plan: Plan
) -> list[FileFault]:
    at = f"row {row.number}"
    state = row.cells.get("state", "") or IN_BANK
    if state not in (IN_BANK, DRAFT):
        message = f"is “{state:.30}”: a new fact is “{IN_BANK}” or “{DRAFT}”"
        return [FileFault(file, at, "state", message)]
    if row.cells.get("version"):
        message = "is given, but there is no fact with this id: was the id changed? It cannot be"
        return [FileFault(file, at, "id", message)]
    has_id = bool(row.cells["id"])
    named = row if has_id else replace(row, cells={**row.cells, "id": "new"})
    record, faults = read_row(file, named, services, is_draft=state == DRAFT)
    if record is None:
        return faults
    if not has_id:
        slug = free_slug(propose_id(record), taken)
        taken.add(slug)
        record = replace(record, fact=replace(record.fact, id=slug))
    fact = Fact(slug=record.fact.id, is_draft=state == DRAFT)
    differences = tuple((column, "", row.cells[column]) for column in CONTENT if row.cells.get(column))
    plan.changes.append(Change(row.number, fact, record, (("id", "", record.fact.id), *differences), is_new=True))
    return _find_own_faults(file, at, record)


def _merge(stored: FactRecord, read: FactRecord, changed: Iterable[str]) -> FactRecord:
    """The stored fact with the columns that changed: the others stay letter for letter."""
    own = {column: getattr(read, column) for column in changed if column in _OF_RECORD}
    asked = {column: getattr(read.fact, column) for column in changed if column not in _OF_RECORD}
    return replace(stored, fact=replace(stored.fact, **asked), **own)


def _part(record: FactRecord, column: str) -> object:
    return getattr(record if column in _OF_RECORD else record.fact, column)


def _find_own_faults(file: str, at: str, record: FactRecord) -> list[FileFault]:
    """What the database or the calendar says against a fact."""
    faults = [FileFault(file, at, column, message) for column, message in find_too_long(record)]
    today: date = timezone.now().date()
    if record.checked_on and record.checked_on > today:
        faults.append(FileFault(file, at, "checked_on", "is a day that is still to come"))
    return faults


def find_too_long(record: FactRecord) -> list[tuple[str, str]]:
    """Fields whose texts are longer than can be stored, each with a message. Only drafts can have such."""
    texts: list[tuple[str, type[models.Model], str, str]] = [
        ("id", Fact, "slug", record.fact.id),
        ("statement", Fact, "statement", record.fact.statement),
        *((name, Fact, name, getattr(record, name)) for name in ("note", "reference", "evidence", "key_point")),
        ("explanation", Fact, "explanation", record.fact.explanation),
    ]
    for false in record.fact.false_statements:
        texts += [("false_statements", FalseStatement, name, getattr(false, name)) for name in ("text", "why")]
    texts += [("blanks", Blank, "answer", blank.answer) for blank in record.fact.blanks]
    for scenario in record.fact.scenarios:
        names = ("stem", "answer", "answer_why")
        texts += [("scenarios", Scenario, name, getattr(scenario, name)) for name in names]
    found = []
    for column, model, name, text in texts:
        longest = getattr(model._meta.get_field(name), "max_length", None) or len(text)
        if len(text) > longest:
            found.append((column, f"has {len(text):,} characters, at most {longest:,} can be kept"))
    return found


def _find_twins(file: str, changes: list[Change]) -> list[FileFault]:
    """Facts that would say the same as another fact of the bank once the table has been taken."""
    coming = {
        change.record.fact.id: change.record.fact.statement
        for change in changes
        if not change.fact.is_draft and not change.fact.is_withdrawn
    }
    rows = {change.record.fact.id: change.row for change in changes}
    if not coming:
        return []
    by_key: dict[str, str] = {}
    for slug, statement in Fact.objects.in_bank().values_list("slug", "statement"):
        if slug not in coming:
            by_key[claim_key(statement)] = slug
    faults = []
    for slug, statement in coming.items():
        twin = by_key.setdefault(claim_key(statement), slug)
        if twin != slug:
            whose = f"row {rows[twin]}" if twin in coming else f"the fact {twin}"
            faults.append(FileFault(file, f"row {rows[slug]}", "statement", f"says the same as that of {whose}"))
    return faults


@transaction.atomic
def take_table(*, file: str, content: bytes, seen: str, why: str, by: Player | None) -> tuple[Plan, Remade]:
    """Do what was planned: write the facts, keep a version of each with who and why, and remake the questions.

    ``seen`` is that of the plan that was shown: raises PlanChanged if the table would do something else by now, and
    BankFaults as ``plan_table`` does. Facts that are changed count as edited here, so that loading files keeps them.
    """
    # Two editors who save at once take turns, as they do when questions are remade.
    list(Family.objects.select_for_update().order_by("pk"))
    plan = plan_table(file=file, content=content)
    if plan.faults or plan.seen != seen:
        raise PlanChanged(plan)
    facts = [change.fact for change in plan.changes]
    former = services_of([fact for fact in facts if fact.pk is not None])
    for fact in facts:
        fact.is_edited = True
    services = {service.slug: service for service in Service.objects.all()}
    write_facts([(change.fact, change.record) for change in plan.changes], services)
    parts = {change.fact.pk: parts_of(change.record.fact) for change in plan.changes}
    record_changes(facts=facts, why=why, by=by, parts=parts)
    asked = [fact for fact in facts if not fact.is_draft]
    if len(asked) > MANY:
        return plan, remake_questions()
    return plan, remake_questions(asked, services=former) if asked else Remade()
