"""Questions and facts for other programs. Nothing here writes a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from facts.exchange.aiken import write_aiken
from facts.exchange.anki import write_anki
from facts.exchange.dump import dump_bank
from facts.exchange.gift import write_gift
from facts.exchange.items import Choice, Export, Item
from facts.exchange.moodle import write_moodle
from facts.exchange.qti import write_qti
from facts.models import Fact, Family, Question, Service
from facts.selectors.records import known_services, to_record, with_services
from facts.services.questions import Progress

DECK = "Examprep"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write questions: how a file of it is called, and what a browser is told about it."""

    label: str
    suffix: str
    content_type: str
    write: Callable[[Iterable[Item]], Export]


def _write_anki(items: Iterable[Item]) -> Export:
    return write_anki(items, deck=DECK, timestamp=timezone.now().timestamp())


FORMATS = {
    "anki": Format("Anki deck", ".apkg", "application/octet-stream", _write_anki),
    "moodle": Format("Moodle XML", ".xml", "application/xml", write_moodle),
    "gift": Format("GIFT", ".gift.txt", "text/plain; charset=utf-8", write_gift),
    "aiken": Format("Aiken", ".aiken.txt", "text/plain; charset=utf-8", write_aiken),
    "qti": Format("QTI 2.1", ".zip", "application/zip", write_qti),
}


def export_questions(
    *,
    format: str,
    services: Collection[Service] = (),
    families: Collection[Family] = (),
    progress: Progress | None = None,
) -> Export:
    """The live questions that may be asked now, as a file of one of FORMATS.

    With ``services`` or ``families`` only those of facts that are about one of them, mainly or also.
    """
    facts = Fact.objects.in_bank()
    if services or families:
        facts = facts.tagged([*services, *Service.objects.filter(family__in=families)])
    return _export(format, facts, progress)


def export_deck(*, facts: Collection[Fact] | None = None, services: Collection[Service] | None = None) -> bytes:
    """An Anki deck of the live questions about these facts, or about these services; of all if neither is given."""
    chosen = Fact.objects.in_bank()
    if facts is not None:
        chosen = chosen.filter(pk__in=[fact.pk for fact in facts])
    if services is not None:
        chosen = chosen.tagged(services)
    return _export("anki", chosen, None).content


def find_live(facts: QuerySet[Fact]) -> QuerySet[Question]:
    """The questions about these facts that go into a file."""
    return Question.objects.askable().filter(state=Question.State.LIVE, fact__in=facts.values("pk"))


def _export(format: str, facts: QuerySet[Fact], progress: Progress | None) -> Export:
    questions = (
        find_live(facts)
        .select_related("fact__service__family")
        .prefetch_related("fact__other_services")
        .order_by("fact__service__family__name", "fact__service__name", "fact__slug", "pk")
    )
    total = questions.count() if progress else 0
    items = []
    for number, question in enumerate(questions.iterator(chunk_size=_BATCH), 1):
        items.append(to_item(question))
        if progress:
            progress(number, max(number, total))
    return FORMATS[format].write(items)


def to_item(question: Question) -> Item:
    """A question as it travels; reads ``fact`` with its services and their families."""
    fact = question.fact
    service = fact.service
    tags = [f"service::{one.slug}" for one in (service, *fact.other_services.all())]
    tags += [f"family::{service.family.slug}", f"domain::{fact.domain}", f"kind::{question.kind}"]
    if fact.status != Fact.Status.CURRENT:
        tags.append(f"status::{fact.status}")
    return Item(
        stem=question.stem,
        choices=tuple(Choice(option["text"], option["correct"], option["why"]) for option in question.options),
        id=question.fingerprint,
        name=f"{fact.slug}: {question.get_kind_display()}",
        explanation=fact.explanation,
        changed=f"{fact.get_status_display()}: {fact.note}" if fact.note else "",
        reference=fact.reference,
        checked=fact.checked_on.isoformat() if fact.checked_on else "",
        tags=tuple(tags),
        category=(DECK, service.family.name, service.name),
    )


@dataclass(frozen=True, slots=True)
class Dump:
    """Fact files by name, and how much of the bank is in them and has no place in them."""

    files: dict[str, bytes]
    services: int
    facts: int
    withdrawn: int  # facts that are out of the bank
    drafts: int
    words: int  # an editor's words on verbs and on changes by rules


def dump_facts(*, services: Collection[Service] = ()) -> Dump:
    """The bank as the files that ``load_facts`` reads; with ``services`` the facts that are mainly about them.

    All services are named, so that a dump of some can be loaded by itself.
    """
    facts = Fact.objects.all()
    if services:
        facts = facts.filter(service__in=services)
    kept = facts.in_bank()
    known = known_services()
    records = [
        to_record(fact, slugs, known)
        for fact, slugs in with_services(kept.with_content().order_by("service__slug", "pk"))
    ]
    return Dump(
        files=dump_bank(known, records),
        services=len(known),
        facts=len(records),
        withdrawn=facts.filter(is_withdrawn=True, is_draft=False).count(),
        drafts=facts.filter(is_withdrawn=False, is_draft=True).count(),
        words=sum(len(fact.verdicts) + (fact.confirmed_verb is not None) for fact in (one.fact for one in records)),
    )
