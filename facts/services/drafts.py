"""Adding plain facts, one sentence each, as an editor pastes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from facts.models import Confirmation, Fact, Player, Service
from facts.services.questions import Remade, remake_questions


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
        fact = Fact(
            slug=_free_slug(draft, taken),
            statement=draft.statement,
            service=draft.services[0],
            domain=domain,
            checked_on=timezone.now().date(),
            is_edited=True,
        )
        fact.save()
        fact.other_services.set(draft.services[1:])
        if draft.verb_start is not None:
            Confirmation.objects.create(fact=fact, digest=fact.digest, verb_start=draft.verb_start, by=by)
        facts.append(fact)
    return facts, remake_questions(facts)


def _free_slug(draft: Draft, taken: Collection[str]) -> str:
    """The service and the first words that say more than it, with a number if that is taken."""
    service = draft.services[0].slug
    known = set(slugify(draft.services[0].name).split("-")) | {"a", "an", "the", "of", "in", "on", "for", "to"}
    words = [word for word in slugify(draft.statement).split("-") if word not in known]
    base = "-".join([service, *words[:5]])[:70].strip("-")
    slug = next(slug for number in count(1) if (slug := base if number == 1 else f"{base}-{number}") not in taken)
    if isinstance(taken, set):
        taken.add(slug)
    return slug
