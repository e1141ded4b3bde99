"""What the bank proposes for a blank: read here, chosen in ``questions.suggest``."""

from __future__ import annotations

from django.db.models import Q

from facts.models import Blank, Claim, Fact, Service
from facts.questions import content
from facts.questions.claims import claim_key, fill
from facts.questions.suggest import Seen, Suggestion, suggest_distractors, whole_name
from facts.questions.truths import Truths

MOST_READ = 600  # blanks and statements each: those of the same services come first


def find_suggestions(record: content.Fact, answer: str, *, own: int | None) -> list[Suggestion]:
    """Distractors for a blank of ``answer`` in the fact as it stands in a form; ``own`` is its key, if it has one.

    Five queries.
    """
    slugs = {service.slug for service in record.services}
    facts = Fact.objects.in_bank()
    if own is not None:
        facts = facts.exclude(pk=own)
    near = Q(service__slug__in=slugs) | Q(other_services__slug__in=slugs)
    about = dict(facts.filter(near).order_by("pk").values_list("pk", "statement")[:MOST_READ])
    family = facts.filter(service__family__name=record.service.family)
    beside = dict(family.exclude(pk__in=about).order_by("pk").values_list("pk", "statement")[:MOST_READ])
    seen = [Seen(statement, statement, True) for statement in about.values()]
    seen += [Seen(statement, statement, False) for statement in beside.values()]
    blanks = Blank.objects.filter(fact__in=[*about, *beside]).order_by("pk")
    for fact_id, text, distractors in blanks.values_list("fact", "answer", "distractors"):
        statement = about.get(fact_id) or beside[fact_id]
        seen += [Seen(each, statement, fact_id in about) for each in (text, *distractors)]
    services = list(Service.objects.filter(family__name=record.service.family).values_list("name", flat=True))
    truths = Truths(content.Fact(str(pk), statement, record.services) for pk, statement in about.items())
    found = suggest_distractors(record, answer, services=services, seen=seen, truths=truths)
    # What any fact of the whole bank says is true is never proposed.
    blank = content.Blank(answer, ())
    keys = {claim_key(fill(record, blank, one.text)): one for one in found}
    said = Claim.objects.filter(is_true=True, key__in=keys, fact__is_withdrawn=False).exclude(fact=own)
    for key in said.values_list("key", flat=True):
        keys.pop(key, None)
    return list(keys.values())


def find_whole_name(statement: str, answer: str) -> str:
    """The name of the service of which ``answer`` is only a part in the statement; empty if it is none. One query."""
    names = Service.objects.filter(name__contains=answer).values_list("name", flat=True)
    return whole_name(statement, answer, names)
