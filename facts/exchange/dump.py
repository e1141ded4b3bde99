"""The bank's TOML files, written in the form of facts/data."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from facts.exchange.records import FactRecord
from facts.questions.content import Scenario, Service

SERVICES_FILE = "services.toml"
_SERVICES_HEAD = "# Services that facts are tagged with: slug = { name, family }.\n"
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def dump_bank(services: Mapping[str, Service], facts: Iterable[FactRecord]) -> dict[str, bytes]:
    """Contents of files by name: one of all services, and one for each service that facts are mainly about.

    The same facts give the same bytes, whatever files they came from; facts keep their order within a service.
    """
    files = {SERVICES_FILE: dump_services(services.values()).encode()}
    by_service: dict[str, list[FactRecord]] = {}
    for record in facts:
        by_service.setdefault(record.fact.service.slug, []).append(record)
    for slug, records in sorted(by_service.items()):
        head = f"# Facts mainly about {records[0].fact.service.name}.\n\n"
        files[f"{slug}.toml"] = (head + "\n\n".join(map(dump_fact, records))).encode()
    return files


def dump_services(services: Iterable[Service]) -> str:
    tables = [
        f"\n[services.{service.slug}]\nname = {_text(service.name)}\nfamily = {_text(service.family)}\n"
        for service in sorted(services, key=lambda service: (service.family, service.slug))
    ]
    return _SERVICES_HEAD + "".join(tables)


def dump_fact(record: FactRecord) -> str:
    """One [[fact]]. Fields that are empty are left out, but for those that no fact goes without."""
    fact = record.fact
    lines = ["[[fact]]", f"id = {_text(fact.id)}"]
    if record.key_point:
        is_number = re.fullmatch("0|[1-9][0-9]{0,8}", record.key_point)
        lines.append(f"key_point = {record.key_point if is_number else _text(record.key_point)}")
    lines.append(f"statement = {_text(fact.statement)}")
    lines.append(f"services = {_texts(service.slug for service in fact.services)}")
    lines.append(f"domain = {_text(record.domain)}")
    lines.append(f"status = {_text(record.status)}")
    for key, value in (("note", record.note), ("explanation", fact.explanation), ("reference", record.reference)):
        lines += _line(key, value)
    lines.append(f"verified = {'true' if record.checked_on else 'false'}")
    lines += _line("evidence", record.evidence)
    lines += _line("checked_on", record.checked_on)
    lines += _line("review_by", record.review_by)
    if fact.false_statements:
        lines.append("false_statements = [")
        for false in fact.false_statements:
            text = _text(false.text)
            lines.append(f"  {{ text = {text}, why = {_text(false.why)} }}," if false.why else f"  {text},")
        lines.append("]")
    for blank in fact.blanks:
        lines += ["", "[[fact.blank]]"]
        lines += [f"answer = {_text(blank.answer)}", f"distractors = {_texts(blank.distractors)}"]
    for scenario in fact.scenarios:
        lines += _scenario_lines(scenario)
    return "\n".join([*lines, ""])


def _scenario_lines(scenario: Scenario) -> list[str]:
    lines = ["", "[[fact.scenario]]", f"stem = {_text(scenario.stem)}"]
    lines += [f"answer = {_text(scenario.answer)}", f"answer_why = {_text(scenario.answer_why)}"]
    for distractor in scenario.distractors:
        lines += ["", "[[fact.scenario.distractor]]"]
        lines += [f"text = {_text(distractor.text)}", f"why = {_text(distractor.why)}"]
    return lines


def _line(key: str, value: str | date | None) -> list[str]:
    if not value:
        return []
    return [f"{key} = {_text(value) if isinstance(value, str) else value.isoformat()}"]


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    escaped = "".join(
        _SHORT.get(character)
        or (f"\\u{ord(character):04X}" if ord(character) < 32 or character == "\x7f" else character)
        for character in value
    )
    return f'"{escaped}"'
