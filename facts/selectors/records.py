"""Stored facts as records, for files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from django.db.models import QuerySet

from facts.exchange.records import FactRecord
from facts.exchange.table import DRAFT, IN_BANK, to_cells
from facts.models import Fact, Service
from facts.questions import content
from facts.questions.shelf_life import review_day
from facts.selectors.corrections import last_version_ids

_BATCH = 500


def known_services() -> dict[str, content.Service]:
    """All services by their slugs."""
    return {service.slug: service.to_content() for service in Service.objects.select_related("family")}


def with_services(facts: QuerySet[Fact], tags: QuerySet | None = None) -> list[tuple[Fact, list[str]]]:
    """Each fact with the slugs of its services in the order in which they were given.

    ``tags`` are the rows of other services to look through (None: all).
    """
    if tags is None:
        tags = Fact.other_services.through.objects.all()
    also: dict[int, list[str]] = {}
    for fact_id, slug in tags.order_by("pk").values_list("fact", "service__slug"):
        also.setdefault(fact_id, []).append(slug)
    return [(fact, [*([fact.service.slug] if fact.service else []), *also.get(fact.pk, ())]) for fact in facts]


def to_record(fact: Fact, slugs: Collection[str], services: Mapping[str, content.Service]) -> FactRecord:
    """What a file says of the fact."""
    by_rule = review_day(fact.statement, fact.checked_on) if fact.checked_on else fact.review_by
    return FactRecord(
        fact=replace(fact.to_content(), services=tuple(services[slug] for slug in slugs)),
        source=fact.source,
        digest=fact.loaded_digest,
        domain=fact.domain,
        status=fact.status,
        note=fact.note,
        reference=fact.reference,
        evidence=fact.evidence,
        checked_on=fact.checked_on,
        key_point=fact.key_point,
        review_by=fact.review_by if fact.review_by != by_rule else None,
    )


def state_of(fact: Fact) -> str:
    """In a word or two, as tables tell it."""
    if fact.is_draft:
        return f"withdrawn {DRAFT}" if fact.is_withdrawn else DRAFT
    return "withdrawn" if fact.is_withdrawn else IN_BANK


def read_cells(facts: QuerySet[Fact]) -> Iterator[tuple[Fact, FactRecord, dict[str, str]]]:
    """The facts as rows of a table, with the last version of each, in batches. Facts keep their order."""
    services = known_services()
    pks = list(facts.values_list("pk", flat=True))
    for start in range(0, len(pks), _BATCH):
        batch = pks[start : start + _BATCH]
        versions = last_version_ids(batch)
        place = {pk: number for number, pk in enumerate(batch)}
        tags = Fact.other_services.through.objects.filter(fact__in=batch)
        found = with_services(Fact.objects.filter(pk__in=batch).with_content(), tags)
        for fact, slugs in sorted(found, key=lambda one: place[one[0].pk]):
            record = to_record(fact, slugs, services)
            yield fact, record, to_cells(record, state=state_of(fact), version=str(versions.get(fact.pk, "")))
