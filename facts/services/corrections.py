"""Keeping every change of a fact, and taking changes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from facts.models import Blank, Fact, FactVersion, FalseStatement, Player, Scenario, Service
from facts.questions import content
from facts.questions.check import find_faults
from facts.selectors.bank import find_twin
from facts.selectors.corrections import last_version_id, last_versions
from facts.services.questions import Remade, remake_questions

_BATCH = 500
_KEPT = tuple(field.attname for field in FactVersion.tracked_fields)
_RESTORED = tuple(name for name in _KEPT if name not in ("id", "slug", "is_draft"))


class CannotTakeBack(ValueError):
    """The state cannot be brought back. Carries why, a sentence for each reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class ChangedMeanwhile(ValueError):
    """Somebody changed the fact after it was read."""


@transaction.atomic
def record_changes(
    *,
    facts: Collection[Fact],
    why: str | Mapping[int, str],
    by: Player | None = None,
    parts: Mapping[int, dict[str, Any]] | None = None,
    tells_players: bool = False,
) -> list[Any]:
    """Keep the facts as they are now as versions: who, when, why. Call it after everything of them was written.

    A fact that is as its last version has it gets none. ``why`` is one reason, or one for each key; ``parts`` are what
    ``Fact.to_parts`` would read. With ``tells_players`` a statement that was replaced is listed among the corrections.
    """
    before = last_versions(fact.pk for fact in facts)
    if parts is None:
        parts = _read_parts([fact.pk for fact in facts])
    now = timezone.now()
    versions = []
    for fact in facts:
        last = before.get(fact.pk)
        values = {name: getattr(fact, name) for name in _KEPT} | {"parts": parts[fact.pk]}
        if last and all(getattr(last, name) == value for name, value in values.items()):
            continue
        former = last.statement if last else fact.statement
        versions.append(
            FactVersion(
                **values,
                history_type="~" if last else "+",
                history_date=now,
                history_user=by,
                history_change_reason=why if isinstance(why, str) else why[fact.pk],
                replaced=former if tells_players and former != fact.statement else "",
            )
        )
    return FactVersion.objects.bulk_create(versions, batch_size=_BATCH)


def _read_parts(pks: list[int]) -> dict[int, dict[str, Any]]:
    parts = {}
    for start in range(0, len(pks), _BATCH):
        for fact in Fact.objects.with_content().filter(pk__in=pks[start : start + _BATCH]):
            parts[fact.pk] = fact.to_parts()
    return parts


@transaction.atomic
def take_back(*, version: Any, seen: int, by: Player | None, why: str) -> tuple[Fact, Remade]:
    """Bring the fact back to what this version of it says, which is a change like any other; remake its questions.

    A draft stays a draft, and what was approved stays approved.

    ``seen`` is the last version that the editor saw: raises ChangedMeanwhile if there is another one by now. Raises
    CannotTakeBack if the bank's rules refuse that state today.
    """
    fact = Fact.objects.select_for_update().get(pk=version.id)
    if last_version_id(fact.pk) != seen:
        raise ChangedMeanwhile
    services = {service.slug: service for service in Service.objects.select_related("family")}
    if reasons := _find_reasons(fact, version, services):
        raise CannotTakeBack(reasons)
    former = [*filter(None, [fact.service_id]), *fact.other_services.values_list("pk", flat=True)]
    for name in _RESTORED:
        setattr(fact, name, getattr(version, name))
    fact.is_edited = True
    fact.save_without_version()
    parts = version.parts
    fact.other_services.set([services[slug] for slug in parts.get("other_services", ())])
    models: tuple[tuple[Any, str], ...] = (
        (FalseStatement, "false_statements"),
        (Blank, "blanks"),
        (Scenario, "scenarios"),
    )
    for model, name in models:
        model.objects.filter(fact=fact).delete()
        model.objects.bulk_create(model(fact=fact, **values) for values in parts.get(name, ()))
    record_changes(facts=[fact], why=why, by=by)
    return fact, Remade() if fact.is_draft else remake_questions([fact], services=former)


def _find_reasons(fact: Fact, version: Any, services: Mapping[str, Service]) -> list[str]:
    """What speaks against the state today."""
    gone = [slug for slug in version.parts.get("other_services", ()) if slug not in services]
    main = next((service for service in services.values() if service.pk == version.service_id), None)
    if gone or (main is None and version.service_id is not None):
        return [f"It names {', '.join(gone) or 'a service'}, which is no service of the bank any more."]
    if fact.is_draft:
        return []
    if main is None or not version.domain:
        return ["It is not finished: it has no service, or no domain."]
    reasons = [f"{fault.field}: {fault.message}." for fault in find_faults(to_content(version, main))]
    twin = None if version.is_withdrawn else find_twin(version.statement, fact)
    if twin:
        reasons.append(f"The fact {twin.slug} says the same by now.")
    return reasons


def to_content(version: Any, service: Service) -> content.Fact:
    """A version as the pure rooms know facts."""
    parts = version.parts
    return content.Fact(
        version.slug,
        version.statement,
        (service.to_content(),),
        version.explanation,
        tuple(content.FalseStatement(**values) for values in parts.get("false_statements", ())),
        tuple(content.Blank(values["answer"], tuple(values["distractors"])) for values in parts.get("blanks", ())),
        tuple(Scenario(**values).to_content() for values in parts.get("scenarios", ())),
    )
