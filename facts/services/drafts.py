"""Adding plain facts, one sentence each, as an editor pastes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from facts.models import Confirmation, Fact, Player, Service
from facts.services.corrections import record_changes
from facts.services.questions import Remade, remake_questions
from facts.services.slugs import free_slug


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence with its services, the main one first, and where its main verb starts if its author said so."""

    statement: str
    services: tuple[Service, ...]
    verb_start: int | None = None


@transaction.atomic
def add_drafts(*, drafts: Sequence[Draft], domain: str, by: Player | None) -> tuple[list[Fact], Remade]:
    """Add the sentences as facts that were checked today, and make their questions. All or nothing.

    The caller has looked for faults and twins (``questions.check.find_faults``, ``selectors.bank.find_twin``).
    """
    taken = set(Fact.objects.values_list("slug", flat=True))
    facts = []
    for draft in drafts:
        slug = free_slug(_base_slug(draft), taken)
        taken.add(slug)
        fact = Fact(
            slug=slug,
            statement=draft.statement,
            service=draft.services[0],
            domain=domain,
            checked_on=timezone.now().date(),
            is_edited=True,
        )
        fact.save_without_version()
        fact.other_services.set(draft.services[1:])
        if draft.verb_start is not None:
            Confirmation.objects.create(fact=fact, digest=fact.digest, verb_start=draft.verb_start, by=by)
        facts.append(fact)
    record_changes(facts=facts, why="pasted", by=by)
    return facts, remake_questions(facts)


def _base_slug(draft: Draft) -> str:
    """The service and the first words that say more than it."""
    service = draft.services[0]
    known = set(slugify(service.name).split("-")) | {"a", "an", "the", "of", "in", "on", "for", "to"}
    words = [word for word in slugify(draft.statement).split("-") if word not in known]
    return "-".join([service.slug, *words[:5]])[:70].strip("-")
