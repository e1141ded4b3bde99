"""Reading what questions are made from, and what would be made: nothing here is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from facts.models import Claim, Fact, Question, Service
from facts.questions import content
from facts.questions.claims import claim_key
from facts.questions.derive import possible_claims
from facts.questions.generate import Generator, Rings
from facts.questions.truths import Truths

Tags = Mapping[str, tuple[content.Service, ...]]

_BATCH = 500


def find_tags() -> dict[str, tuple[content.Service, ...]]:
    """The services of every fact in the bank by the fact's slug, the main one first. Three queries."""
    services = {
        pk: content.Service(slug, name, family)
        for pk, slug, name, family in Service.objects.order_by().values_list("pk", "slug", "name", "family__name")
    }
    others: dict[int, list[content.Service]] = {}
    for fact_id, service_id in Fact.other_services.through.objects.order_by("pk").values_list("fact", "service"):
        others.setdefault(fact_id, []).append(services[service_id])
    for tagged in others.values():
        tagged.sort(key=lambda service: service.name)
    return {
        slug: (services[service_id], *others.get(pk, ()))
        for pk, slug, service_id in Fact.objects.in_bank().values_list("pk", "slug", "service")
    }


def find_truths(services: Collection[str], tags: Tags, records: Collection[content.Fact]) -> Truths:
    """What all facts about these services say, and which of the claims that ``records`` deny any fact asserts."""
    slugs = [slug for slug, own in tags.items() if any(service.slug in services for service in own)]
    statements: dict[str, str] = {}
    for start in range(0, len(slugs), _BATCH):
        facts = Fact.objects.filter(slug__in=slugs[start : start + _BATCH])
        statements.update(facts.values_list("slug", "statement"))
    denied = list({claim_key(claim) for record in records for claim in possible_claims(record)})
    keys: set[str] = set()
    for start in range(0, len(denied), _BATCH):
        claims = Claim.objects.filter(is_true=True, key__in=denied[start : start + _BATCH])
        keys.update(claims.values_list("key", flat=True))
    return Truths((content.Fact(slug, statements[slug], tags[slug]) for slug in slugs if slug in statements), keys)


def preview_questions(records: Sequence[content.Fact]) -> dict[str, list[content.Question]]:
    """The questions that new facts would be asked by if they were added to the bank as it is, by the facts' ids."""
    if not records:
        return {}
    known = find_tags()
    tags = {**known, **{record.id: record.services for record in records}}
    rings = Rings(tags, reaches_all=False)
    own = {record.id for record in records}
    needed = (own | rings.neighbours(own)) & known.keys()
    pool = [fact.to_content() for fact in Fact.objects.in_bank().filter(slug__in=needed).with_content()]
    services = {service.slug for fact_id in own | needed for service in tags[fact_id]}
    truths = find_truths(services, known, [*pool, *records])
    for record in records:
        truths.add(record)
    maker = Generator([*pool, *records], truths=truths, rings=rings)
    return {record.id: maker.questions_about(record.id) for record in records}


def to_content(question: Question) -> content.Question:
    """A stored question as the pure rooms know it; reads ``fact``."""
    options = tuple(
        content.Option(option["text"], option["correct"], option["why"], option.get("fact", question.fact.slug))
        for option in question.options
    )
    kind = content.Kind(question.kind)
    return content.Question(kind, question.rule, not question.needs_word, question.fact.slug, question.stem, options)
