import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.exchange.csv import read_plain_facts
from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.management.files import BANK_FOLDER, faults_error, find_files, read_files
from facts.questions.check import find_faults
from facts.questions.content import Fact
from facts.questions.generate import generate


class Command(BaseCommand):
    help = (
        "Print the questions that would be made of the facts in TOML or CSV files (columns statement, services), one "
        "JSON object a line. Reads and writes no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a TOML or CSV file, or a folder of them")
        parser.add_argument("--seed", type=int, default=0, help="another seed compares other facts with each other")

    def handle(self, *, files: list[str], seed: int, **options: Any) -> None:
        try:
            facts = list(read_facts(find_files(files, {".toml", ".csv"})))
        except BankFaults as faults:
            raise faults_error(faults) from faults
        fit: list[Fact] = []
        for fact in facts:
            if found := find_faults(fact):
                why = "; ".join(f"{fault.field} {fault.message}" for fault in found)
                self.write({"fact": fact.id, "statement": fact.statement, "kind": None, "why": why})
            else:
                fit.append(fact)
        statements = {fact.id: fact.statement for fact in fit}
        for made in generate(fit, seed=seed):
            line: dict[str, Any] = {"fact": made.fact_id, "statement": statements[made.fact_id]}
            line |= {"kind": made.kind, "rule": made.rule, "sound": made.sound, "stem": made.stem}
            line["options"] = [
                {"text": option.text, "correct": option.correct, "why": option.why, "fact": option.fact_id}
                for option in made.options
            ]
            self.write(line)

    def write(self, line: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(line, ensure_ascii=False))


def read_facts(paths: list[Path]) -> Iterator[Fact]:
    """The facts of TOML and CSV files. Services that the files do not define are looked up in the project's own."""
    contents = dict(read_files(paths))
    toml = {name: content for name, content in contents.items() if not name.endswith(".csv")}
    known = parse_bank({"services.toml": (BANK_FOLDER / "services.toml").read_bytes()}).services
    bank = parse_bank(toml, known_services=known)
    yield from (record.fact for record in bank.facts)
    for name, content in contents.items():
        if name.endswith(".csv"):
            yield from read_plain_facts(name, content, bank.services)
