"""Reading the bank."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404

from facts.models import Claim, Fact, Family, Service
from facts.questions.claims import claim_key

FACTS_PAGE = 30


def find_facts(
    *,
    text: str = "",
    service: Service | None = None,
    family: Family | None = None,
    domain: str = "",
    status: str = "",
    page: str | int = 1,
) -> Page:
    """A page of the bank's facts that contain every word of ``text`` and match every filter that is given."""
    facts = Fact.objects.in_bank().select_related("service").fetch_mode(models.FETCH_RAISE)
    for word in text.split()[:10]:
        facts = facts.filter(
            Q(statement__icontains=word)
            | Q(explanation__icontains=word)
            | Q(note__icontains=word)
            | Q(service__name__icontains=word)
            | Q(slug__icontains=word)
        )
    if service:
        facts = facts.tagged([service])
    if family:
        facts = facts.tagged(list(family.services.all()))
    if domain:
        facts = facts.filter(domain=domain)
    if status:
        facts = facts.filter(status=status)
    return Paginator(facts.order_by("service__name", "slug"), FACTS_PAGE).get_page(page)


def get_fact(slug: str) -> Fact:
    """A fact with its services; a withdrawn one too, since old answers link to it, but never a draft."""
    facts = Fact.objects.filter(is_draft=False).select_related("service__family").prefetch_related("other_services")
    return get_object_or_404(facts, slug=slug)


def find_twin(statement: str, own: Fact | None = None) -> Fact | None:
    """Another fact of the bank that says the same."""
    claims = Claim.objects.filter(key=claim_key(statement), is_true=True).select_related("fact")
    claim = claims.exclude(fact=own.pk if own else None).first()
    return claim.fact if claim else None


def find_twins(statements: Iterable[str]) -> dict[str, str]:
    """The slugs of facts of the bank that say the same, by ``claim_key``. One query for a few hundred statements."""
    keys = [claim_key(statement) for statement in statements]
    return dict(Claim.objects.filter(key__in=keys, is_true=True).values_list("key", "fact__slug"))


def related_facts(fact: Fact, limit: int = 5) -> list[Fact]:
    """Other facts about the same service."""
    others = Fact.objects.in_bank().filter(service=fact.service).exclude(pk=fact.pk)
    return list(others.order_by("slug")[:limit])
