"""Large banks, made by varying the shipped one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from facts.exchange.records import Bank, FactRecord
from facts.exchange.toml import parse_bank
from facts.questions.content import Blank, Fact, FalseStatement, Scenario, Service
from tests.benchmarks.workplace import ROOT

DATA = ROOT / "facts" / "data"


def shipped_bank(folder: Path = DATA) -> Bank:
    return parse_bank({path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))})


def vary(bank: Bank, size: int, *, new_services: bool) -> Bank:
    """A bank of ``size`` facts: the shipped ones over and over, each time with another id and case number.

    With ``new_services`` each round has services of its own, so that a service has as many facts as in the shipped
    bank; else the shipped services share all facts.
    """
    records = tuple(islice(_variants(bank.facts, new_services), size))
    return Bank({service.slug: service for record in records for service in record.fact.services}, records)


def _variants(records: Sequence[FactRecord], new_services: bool) -> Iterator[FactRecord]:
    cases = count(1)
    for turn in count(1):
        for record in records:
            fact = _vary_fact(record.fact, next(cases), turn if new_services else 0)
            yield replace(record, fact=fact, digest=fact.id, source="synthetic.toml")


def _vary_fact(fact: Fact, case: int, turn: int) -> Fact:
    services = tuple(_vary_service(service, turn) for service in fact.services)

    def vary_text(text: str) -> str:
        return f"{text.rstrip('.')}, in case {case} of {services[0].name}."

    return Fact(
        id=f"case-{case}-{fact.id}"[:80],
        statement=vary_text(fact.statement),
        services=services,
        explanation=fact.explanation,
        false_statements=tuple(FalseStatement(vary_text(false.text), false.why) for false in fact.false_statements),
        blanks=tuple(blank for blank in fact.blanks if _is_single(blank, vary_text(fact.statement))),
        scenarios=tuple(
            Scenario(f"Case {case}. {scenario.stem}", scenario.answer, scenario.answer_why, scenario.distractors)
            for scenario in fact.scenarios
        ),
    )


def _is_single(blank: Blank, statement: str) -> bool:
    """Can it still be a blank? Not if it is the name that the statement now ends with."""
    return statement.count(blank.answer) == 1


def _vary_service(service: Service, turn: int) -> Service:
    return Service(f"{service.slug}-{turn}", f"{service.name} {turn}", service.family) if turn else service
