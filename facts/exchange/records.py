"""The bank as records: what its files say, checked, and apart from any file format and any database."""

from dataclasses import dataclass
from datetime import date

from facts.questions.content import Fact, Service

DOMAINS = ("organizational-complexity", "new-solutions", "continuous-improvement", "migration-modernization")
STATUSES = ("current", "changed", "corrected", "retired")


@dataclass(frozen=True, slots=True)
class FactRecord:
    """One fact of a file: what is asked (``fact``) and what is told about it."""

    fact: Fact
    source: str  # name of the file
    digest: str  # of the entry as it stands in the file
    domain: str
    status: str
    note: str
    reference: str
    evidence: str
    checked_on: date | None
    key_point: str
    review_by: date | None = None  # where it is another day than ``questions.shelf_life`` says


@dataclass(frozen=True, slots=True)
class Bank:
    services: dict[str, Service]
    facts: tuple[FactRecord, ...]


@dataclass(frozen=True, slots=True)
class FileFault:
    """Something wrong in a file; reads ``file: fact id: field: what is wrong``."""

    file: str
    fact: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.fact, self.field, self.message) if part)


class BankFaults(ValueError):
    """The files cannot be loaded. Carries every fault that was found, not just the first."""

    def __init__(self, faults: list[FileFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
