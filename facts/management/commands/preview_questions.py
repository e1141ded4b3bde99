import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from facts.exchange.csv import read_plain_facts
from facts.exchange.records import BankFaults
from facts.exchange.toml import parse_bank
from facts.management.files import BANK_FOLDER, faults_error, find_files, read_files
from facts.management.progress import ProgressLine
from facts.questions.check import find_faults
from facts.questions.claims import claim_key
from facts.questions.content import Fact, Kind, Question
from facts.questions.derive import Derived, derive
from facts.questions.generate import Generator
from facts.questions.lint import find_clues
from facts.questions.truths import Truths

# So many facts are compared with each other at a time: files of any length fit into the memory.
TOGETHER = 2000


class Command(BaseCommand):
    help = (
        "Print the questions that would be made of the facts in TOML or CSV files (columns statement, services), one "
        "JSON object a line. Reads and writes no database. Of long files, facts are compared in parts of "
        f"{TOGETHER}; claims that another fact of the files makes true word for word are found in all of them."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a TOML or CSV file, or a folder of them")
        parser.add_argument("--seed", type=int, default=0, help="another seed compares other facts with each other")
        parser.add_argument("--summary", action="store_true", help="print counts instead of questions")

    def handle(self, *, files: list[str], seed: int, summary: bool, **options: Any) -> None:
        line = ProgressLine(self.stderr, "Facts")
        self.counts: Counter[str] = Counter()
        try:
            paths = find_files(files, {".toml", ".csv"})
            keys = {claim_key(fact.statement) for fact in read_facts(paths)}
            done = 0
            facts = read_facts(paths)
            while part := list(islice(facts, TOGETHER)):
                for fact_id, objects in self.preview(part, keys, seed):
                    done += 1
                    line(done, max(done, len(keys)))
                    for entry in objects:
                        if not summary:
                            self.stdout.write(json.dumps({"fact": fact_id, **entry}, ensure_ascii=False))
        except BankFaults as faults:
            raise faults_error(faults) from faults
        finally:
            line.close()
        if summary:
            self.print_summary()

    def preview(self, part: list[Fact], keys: set[str], seed: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """What is printed of each fact; those that are unfit come first."""
        fit = []
        for fact in part:
            if found := find_faults(fact):
                self.counts["unfit"] += 1
                yield fact.id, [refusal(fact, "; ".join(f"{fault.field} {fault.message}" for fault in found))]
            else:
                fit.append(fact)
        truths = Truths(fit, keys - {claim_key(fact.statement) for fact in fit})
        maker = Generator(fit, seed=seed, truths=truths)
        for fact in sorted(fit, key=lambda fact: fact.id):
            questions = maker.questions_about(fact.id)
            self.count(fact, questions)
            objects = [describe(fact, question) for question in questions]
            if not any(question.sound for question in questions):
                objects.append(refusal(fact, why_nothing(derive(fact, truths))))
            yield fact.id, objects

    def count(self, fact: Fact, questions: list[Question]) -> None:
        sound = [question for question in questions if question.sound]
        self.counts["fit"] += 1
        self.counts["with a sound true/false pair"] += any(question.kind is Kind.TRUE_FALSE for question in sound)
        self.counts["with a sound question of several options"] += any(
            question.kind is not Kind.TRUE_FALSE for question in sound
        )
        self.counts["with nothing sound, but something to confirm"] += bool(questions) and not sound
        self.counts["with nothing"] += not questions
        for question in sound:
            self.counts[f"questions: {question.kind.value}"] += 1
            for clue in find_clues(question):
                self.counts[f"lint: {clue.code}"] += 1
        self.counts["questions that wait for a person"] += len(questions) - len(sound)

    def print_summary(self) -> None:
        facts = self.counts["fit"] + self.counts["unfit"]
        self.stdout.write(f"{'facts':<48} {facts:>8}")
        for name in ("unfit", *sorted(name for name in self.counts if name.startswith("with "))):
            share = f"{100 * self.counts[name] / facts:.1f} %" if facts else "–"
            self.stdout.write(f"{name:<48} {self.counts[name]:>8} {share:>8}")
        for name in sorted(name for name in self.counts if name.startswith(("questions", "lint"))):
            self.stdout.write(f"{name:<48} {self.counts[name]:>8}")


def describe(fact: Fact, question: Question) -> dict[str, Any]:
    """A question as one object."""
    return {
        "statement": fact.statement,
        "kind": question.kind,
        "rule": question.rule,
        "sound": question.sound,
        "stem": question.stem,
        "options": [
            {"text": option.text, "correct": option.correct, "why": option.why, "fact": option.fact_id}
            for option in question.options
        ],
        "lint": [clue.message for clue in find_clues(question)],
    }


def refusal(fact: Fact, why: str) -> dict[str, Any]:
    return {"statement": fact.statement, "kind": None, "why": why}


def why_nothing(derived: Derived) -> str:
    """Why nothing sound can be made of a fact, so that its author can mend it."""
    if derived.refusals:
        return "; ".join(f"it {refusal}" for refusal in derived.refusals)
    if derived.doubts:
        return f"it is in doubt how to read it: {'; '.join(derived.doubts)}. Confirm the verb, or reword it."
    if derived.withheld:
        return "; ".join(derived.withheld)
    return "no rule can change it so that it is surely false: add a false statement, a blank or a scenario"


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
