"""Writing the bank: loading files of facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.text import slugify

from facts.exchange.records import Bank, BankFaults, FactRecord, FileFault
from facts.models import Blank, Claim, Fact, FalseStatement, Family, Ground, Question, Scenario, Service
from facts.models.bank import parts_of
from facts.questions.claims import claim_key
from facts.services.corrections import record_changes
from facts.services.questions import Progress, Remade, has_outdated_questions, remake_questions
from facts.services.slugs import free_slug

MANY = 50  # from so many facts on all questions are remade at once, which takes less
_BATCH = 500


@dataclass
class Loaded:
    """What loading did, by the slugs of facts."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited here, so that the file's new version was not taken
    withdrawn: list[str] = field(default_factory=list)
    remade: Remade = field(default_factory=Remade)


@transaction.atomic
def load_bank(
    bank: Bank,
    *,
    files: Collection[str],
    replaces_all: bool,
    overwrite: bool = False,
    progress: Progress | None = None,
    processes: int = 1,
) -> Loaded:
    """Bring services and facts in step with what the files say, and the questions with the facts.

    A fact is written only if its entry changed since it was last loaded, so loading twice does nothing. A fact that was
    edited by hand since then keeps the edit (it is reported as kept) unless ``overwrite``. Facts that were loaded from
    one of ``files`` and are not in the bank any more are withdrawn; with ``replaces_all`` those of other files too.
    Facts that were never in a file stay, and so do drafts. What changed is kept, with the file as the reason. One
    transaction: all of it or nothing. ``processes`` as in ``remake_questions``.
    Raises BankFaults for a fact that says the same as a stored one, or has the id of a draft.
    """
    services, has_new_names = _save_services(bank)
    present = {record.fact.id: record for record in bank.facts}
    stored = {fact.slug: fact for fact in Fact.objects.select_related("service")}
    _refuse_drafts(present, stored)
    _refuse_twins(present, stored, withdraws=lambda fact: bool(fact.source) and (replaces_all or fact.source in files))
    loaded = Loaded()
    moved: list[Fact] = []
    revived: list[Fact] = []
    to_write: list[tuple[Fact, FactRecord]] = []
    for slug, record in present.items():
        fact = stored.get(slug)
        if fact is not None and fact.is_draft:  # a discarded one: the others were refused
            loaded.added.append(slug)
            to_write.append((fact, record))
        elif fact is None:
            loaded.added.append(slug)
            to_write.append((Fact(slug=slug), record))
        elif fact.is_edited and fact.is_withdrawn and not fact.loaded_digest and not overwrite:
            # It had left the files, edited; now it is back, and so is the edit.
            fact.is_withdrawn, fact.loaded_digest, fact.source = False, record.digest, record.source
            revived.append(fact)
            loaded.changed.append(slug)
        elif fact.is_edited and not overwrite:
            news = loaded.unchanged if fact.loaded_digest == record.digest else loaded.kept
            news.append(slug)
        elif fact.loaded_digest != record.digest or fact.is_withdrawn or fact.is_edited:
            loaded.changed.append(slug)
            to_write.append((fact, record))
        else:
            loaded.unchanged.append(slug)
        if fact is not None and fact.source != record.source:
            fact.source = record.source
            moved.append(fact)
    gone = [
        fact
        for slug, fact in stored.items()
        if slug not in present and fact.source and fact.is_in_bank and (replaces_all or fact.source in files)
    ]
    for fact in gone:
        fact.is_withdrawn, fact.loaded_digest = True, ""
        loaded.withdrawn.append(fact.slug)
    Fact.objects.bulk_update([*gone, *revived], ["is_withdrawn", "loaded_digest"], batch_size=_BATCH)
    Fact.objects.bulk_update([*moved, *revived], ["source"], batch_size=_BATCH)
    former_services = services_of([fact for fact, _ in to_write if fact.pk is not None])
    for fact, record in to_write:
        fact.source, fact.loaded_digest = record.source, record.digest
        fact.is_withdrawn = fact.is_draft = fact.is_edited = False
    if progress and to_write:
        progress(0, len(to_write), "Storing facts")
    write_facts(to_write, services)
    record_changes(
        facts=[fact for fact, _ in to_write],
        why={fact.pk: f"loaded from {record.source}" for fact, record in to_write},
        parts={fact.pk: parts_of(record.fact) for fact, record in to_write},
    )
    if progress and to_write:
        progress(len(to_write), len(to_write), "Storing facts")
    record_changes(facts=gone, why={fact.pk: f"withdrawn, since it is not in {fact.source} any more" for fact in gone})
    record_changes(facts=revived, why={fact.pk: f"brought back by {fact.source}" for fact in revived})
    touched = [*(fact for fact, _ in to_write), *gone, *revived]
    if len(touched) > MANY or has_new_names or has_outdated_questions():
        loaded.remade = remake_questions(progress=progress, processes=processes)
    elif touched:
        loaded.remade = remake_questions(touched, services=former_services, progress=progress, processes=processes)
    return loaded


def note_size_of_bank() -> None:
    """Let PostgreSQL count at once what was loaded: until it does so by itself, it plans queries for an empty bank."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Fact, Question, Ground, Claim):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _refuse_drafts(present: dict[str, FactRecord], stored: dict[str, Fact]) -> None:
    """Raise BankFaults for facts of the files whose ids drafts have, unless those were thrown away."""
    taken = [slug for slug in present if slug in stored and stored[slug].is_draft and not stored[slug].is_withdrawn]
    if taken:
        message = "is the id of a draft: approve or withdraw the draft in the admin, or give one of them another id"
        raise BankFaults([FileFault(present[slug].source, slug, "id", message) for slug in taken])


def _refuse_twins(
    present: dict[str, FactRecord], stored: dict[str, Fact], *, withdraws: Callable[[Fact], bool]
) -> None:
    """Raise BankFaults for facts of the files that say the same as a stored fact that stays beside them."""
    staying = {
        claim_key(fact.statement): slug
        for slug, fact in stored.items()
        if slug not in present and fact.is_in_bank and not withdraws(fact)
    }
    faults = [
        FileFault(record.source, slug, "statement", f"says the same as that of {twin}, which is stored already")
        for slug, record in present.items()
        if (twin := staying.get(claim_key(record.fact.statement)))
    ]
    if faults:
        raise BankFaults(faults)


def _save_services(bank: Bank) -> tuple[dict[str, Service], bool]:
    """Families and services as the files have them; those that no file names stay. Says whether a known one changed."""
    has_changes = False
    families = {family.name: family for family in Family.objects.all()}
    for name in sorted({service.family for service in bank.services.values()} - families.keys()):
        # Names that differ in case or signs alone get numbers.
        slug = free_slug(slugify(name)[:70] or "family", {family.slug for family in families.values()})
        families[name] = Family.objects.create(slug=slug, name=name)
    services = {service.slug: service for service in Service.objects.all()}
    for slug, record in bank.services.items():
        service = services.get(slug, Service(slug=slug))
        family = families[record.family]
        if (service.name, service.family_id) != (record.name, family.pk):
            has_changes = has_changes or service.pk is not None
            service.name, service.family = record.name, family
            service.save()
        services[slug] = service
    return services, has_changes


def services_of(facts: Collection[Fact]) -> set[int]:
    """The keys of the services that these facts are about, mainly or also, as they are stored."""
    keys = {fact.service_id for fact in facts if fact.service_id}
    pks = [fact.pk for fact in facts]
    for start in range(0, len(pks), _BATCH):
        tags = Fact.other_services.through.objects.filter(fact__in=pks[start : start + _BATCH])
        keys |= set(tags.values_list("service", flat=True))
    return keys


def write_facts(facts: Collection[tuple[Fact, FactRecord]], services: Mapping[str, Service]) -> None:
    """Store what the records say as these facts, new or not; whoever calls has set where they come from.

    Neither keeps versions nor makes questions.
    """
    for fact, record in facts:
        fact.statement = record.fact.statement
        fact.service = services[record.fact.services[0].slug] if record.fact.services else None
        fact.domain = record.domain
        fact.status = record.status
        fact.note = record.note
        fact.explanation = record.fact.explanation
        fact.reference = record.reference
        fact.evidence = record.evidence
        fact.checked_on = record.checked_on
        fact.review_by = record.review_by
        if fact.review_by is None:
            fact.set_review_by()
        fact.key_point = record.key_point
        fact.set_digest()
    new = [fact for fact, _ in facts if fact.pk is None]
    for fact, _ in facts:
        if fact.pk is not None:
            fact.save_without_version()
    Fact.objects.bulk_create(new, batch_size=_BATCH)
    pks = [fact.pk for fact, _ in facts]
    tags = Fact.other_services.through
    for start in range(0, len(pks), _BATCH):
        for rows in (tags.objects, FalseStatement.objects, Blank.objects, Scenario.objects):
            rows.filter(fact__in=pks[start : start + _BATCH]).delete()
    _bulk_create(
        tags(fact_id=fact.pk, service_id=services[service.slug].pk)
        for fact, record in facts
        for service in record.fact.services[1:]
    )
    _bulk_create(
        FalseStatement(fact=fact, text=false.text, why=false.why)
        for fact, record in facts
        for false in record.fact.false_statements
    )
    _bulk_create(
        Blank(fact=fact, answer=blank.answer, distractors=list(blank.distractors))
        for fact, record in facts
        for blank in record.fact.blanks
    )
    _bulk_create(
        Scenario(
            fact=fact,
            stem=scenario.stem,
            answer=scenario.answer,
            answer_why=scenario.answer_why,
            distractors=[{"text": entry.text, "why": entry.why} for entry in scenario.distractors],
        )
        for fact, record in facts
        for scenario in record.fact.scenarios
    )


def _bulk_create(rows: Iterable) -> None:
    rows = list(rows)
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=_BATCH)
