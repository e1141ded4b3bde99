"""Approving drafts: from what an editor has finished to a fact of the bank."""

from __future__ import annotations

from django.db import transaction

from facts.models import Fact, Player
from facts.questions import content
from facts.questions.check import Fault, find_faults
from facts.selectors.bank import find_twin
from facts.services.corrections import record_changes
from facts.services.questions import Remade, remake_questions


class NotApproved(ValueError):
    """The draft is no fact of the bank yet. Carries every fault, by field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


@transaction.atomic
def approve_draft(*, fact: Fact, editor: Player | None, why: str) -> tuple[Fact, Remade]:
    """Make the draft a fact of the bank, keep that as a version, and make its questions.

    Raises NotApproved if it is not finished, not fit to be asked, or says what a fact of the bank says. A fact that is
    no draft any more, since another editor was quicker, is left as it is.
    """
    Fact.objects.select_for_update().get(pk=fact.pk)
    fact = Fact.objects.with_content().get(pk=fact.pk)
    if not fact.is_draft:
        return fact, Remade()
    if faults := find_draft_faults(fact):
        raise NotApproved(faults)
    fact.is_draft, fact.is_withdrawn, fact.is_edited = False, False, True
    fact.save_without_version()
    record_changes(facts=[fact], why=why or "approved", by=editor)
    return fact, remake_questions([fact])


def find_draft_faults(fact: Fact) -> list[Fault]:
    """What keeps the draft from being a fact of the bank. Load it by ``with_content()``."""
    faults = [Fault(name, "is missing") for name in ("service", "domain") if not getattr(fact, name)]
    if fact.status != Fact.Status.CURRENT and not fact.note:
        faults.append(Fault("note", "is missing: tell what changed and since when"))
    if fact.service in fact.other_services.all():
        faults.append(Fault("other_services", f"names {fact.service}, which the fact is mainly about"))
    record: content.Fact = fact.to_content()
    faults += find_faults(record)
    if twin := find_twin(fact.statement, fact):
        faults.append(Fault("statement", f"says the same as that of {twin.slug}"))
    return faults
