"""The bank for readers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from facts.models import Domain, Fact, Family, Service
from facts.selectors.bank import find_facts, get_fact, related_facts
from facts.selectors.corrections import shelf_life
from facts.views.forms import FactFilterForm
from facts.views.http import HtmxHttpRequest, render_part


@require_safe
def facts(request: HtmxHttpRequest) -> HttpResponse:
    """Search and filter the facts."""
    form = FactFilterForm(request.GET)
    form.is_valid()
    found = form.cleaned_data
    page = find_facts(
        text=found.get("q", "").replace("\0", ""),
        service=found.get("service"),
        family=found.get("family"),
        domain=found.get("domain", ""),
        status=found.get("status", ""),
        page=request.GET.get("page", "1"),
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "service": found.get("service"),
        "services": Service.objects.filter(facts__in=Fact.objects.in_bank()).distinct(),
        "families": Family.objects.all(),
        "domains": Domain.choices,
        "statuses": Fact.Status.choices,
        "is_filtered": any(found.values()),
    }
    return render_part(request, "facts/facts.html", "found", context)


@require_safe
def fact(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """One fact with its reasons, its source and what changed."""
    shown = get_fact(slug)
    context = {"fact": shown, "shelf_life": shelf_life(shown), "related": related_facts(shown)}
    return render(request, "facts/fact.html", context)
