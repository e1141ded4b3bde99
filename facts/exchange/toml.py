"""The bank's TOML files, read with every fault named. The format is described in facts/data/README.md."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from facts.exchange.records import DOMAINS, STATUSES, Bank, BankFaults, FactRecord, FileFault
from facts.questions.check import find_faults
from facts.questions.claims import claim_key
from facts.questions.content import Blank, Distractor, Fact, FalseStatement, Scenario, Service

_INDEX = r"\[\d+\]"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FACT_FIELDS = {
    *("id", "key_point", "statement", "services", "domain", "status", "note", "explanation", "reference"),
    *("verified", "checked_on", "review_by", "evidence", "false_statements", "blank", "scenario"),
}
MAX_ID = 80


def parse_bank(
    files: Mapping[str, bytes],
    *,
    known_services: Mapping[str, Service] | None = None,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Bank:
    """Read the contents of TOML files, by name, as one bank.

    ``known_services`` are services that the files may refer to without defining them. ``progress`` is told how many
    files are read, of how many. Raises BankFaults with every
    fault of every file; then nothing of it should be used.
    """
    faults: list[FileFault] = []
    documents: dict[str, dict[str, Any]] = {}
    for name, content in files.items():
        try:
            documents[name] = tomllib.loads(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            faults.append(FileFault(name, "", "", f"is not text in UTF-8 (byte {error.start}): is it a TOML file?"))
        except ValueError as error:  # TOMLDecodeError, and what Python says of numbers with thousands of digits
            faults.append(FileFault(name, "", "", f"is not valid TOML: {error}"))
        except RecursionError:
            faults.append(FileFault(name, "", "", "is nested too deeply to be a fact file"))
    services = dict(known_services or {})
    names = {service.name: slug for slug, service in services.items()}
    defined: dict[str, str] = {}
    for name, document in documents.items():
        for slug, service in _read_services(name, document, faults).items():
            if slug in defined and services[slug] != service:
                faults.append(FileFault(name, "", f"services.{slug}", f"is defined otherwise in {defined[slug]}"))
            namesake = names.get(service.name, slug)
            if namesake != slug and services[namesake].name == service.name:  # it may have another name by now
                faults.append(FileFault(name, "", f"services.{slug}.name", f"is the name of {namesake} already"))
            services[slug] = service
            names[service.name] = slug
            defined[slug] = name
    facts: list[FactRecord] = []
    files_by_id: dict[str, str] = {}
    ids_by_claim: dict[str, str] = {}
    for read, (name, document) in enumerate(documents.items()):
        progress(read, len(documents))
        for key in sorted(document.keys() - {"services", "fact"}):
            faults.append(FileFault(name, "", key, "is not known here: a file has [services.*] and [[fact]]"))
        entries = document.get("fact", [])
        if not isinstance(entries, list):
            faults.append(FileFault(name, "", "fact", "must be written as [[fact]], one after another"))
            continue
        for number, entry in enumerate(entries, 1):
            record = _Entry(name, number, entry, faults).read(services)
            if record is None:
                continue
            if record.fact.id in files_by_id:
                other = files_by_id[record.fact.id]
                faults.append(FileFault(name, record.fact.id, "id", f"is used by another fact, in {other}"))
            files_by_id[record.fact.id] = name
            twin = ids_by_claim.setdefault(claim_key(record.fact.statement), record.fact.id)
            if twin != record.fact.id:
                faults.append(FileFault(name, record.fact.id, "statement", f"says the same as that of {twin}"))
            facts.append(record)
    progress(len(documents), len(documents))
    if faults:
        raise BankFaults(faults)
    return Bank(services, tuple(facts))


def _read_services(name: str, document: dict[str, Any], faults: list[FileFault]) -> dict[str, Service]:
    table = document.get("services", {})
    if not isinstance(table, dict):
        faults.append(FileFault(name, "", "services", "must be written as [services.<slug>]"))
        return {}
    services = {}
    for slug, entry in table.items():
        field = f"services.{slug}"
        if not SLUG.fullmatch(slug) or len(slug) > MAX_ID:
            faults.append(FileFault(name, "", field, "must be lower-case words joined by hyphens"))
            continue
        values = {}
        for key in ("name", "family"):
            value = entry.get(key) if isinstance(entry, dict) else None
            if not isinstance(value, str) or not value.strip() or len(value) > 100 or _has_control(value):
                faults.append(FileFault(name, "", f"{field}.{key}", "must be a text of 1 to 100 characters"))
            else:
                values[key] = value
        if len(values) == 2:
            services[slug] = Service(slug, values["name"], values["family"])
    return services


def _has_control(text: str) -> bool:
    return any(ord(character) < 32 and character not in "\n\t" or ord(character) == 127 for character in text)


def _shown(value: object) -> str:
    """The value for a message, cut short; numbers can be longer than Python writes out."""
    return f"{value!r:.60}" if not isinstance(value, int) or abs(value) < 10**20 else "a huge number"


def _part(field: str) -> str:
    """The part of an entry that a field is in: "blank" for "blank[1].answer"."""
    return re.split(r"[.\[]", field)[0]


def _digest(entry: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()[:32]


def read_entry(
    file: str,
    number: int,
    entry: object,
    services: Mapping[str, Service],
    faults: list[FileFault],
    *,
    is_draft: bool = False,
) -> FactRecord | None:
    """One fact in the form of a [[fact]]; None when ``faults`` got what is wrong. A draft may be unfinished."""
    return _Entry(file, number, entry, faults, is_draft=is_draft).read(services)


class _Entry:
    """One [[fact]] while it is read; each getter notes what is wrong and goes on with an empty value."""

    def __init__(
        self, file: str, number: int, entry: object, faults: list[FileFault], *, is_draft: bool = False
    ) -> None:
        self.file = file
        self.is_draft = is_draft
        self.entry: dict[str, Any] = entry if isinstance(entry, dict) else {}
        fact_id = self.entry.get("id")
        self.id = fact_id if isinstance(fact_id, str) and fact_id else f"fact number {number}"
        self.faults = faults
        self.before = len(faults)

    def fault(self, field: str, message: str) -> None:
        self.faults.append(FileFault(self.file, self.id, field, message))

    def read(self, services: Mapping[str, Service]) -> FactRecord | None:
        """The record, or None when faults were found."""
        for key in sorted(self.entry.keys() - _FACT_FIELDS):
            self.fault(key, "is no field of a fact")
        try:
            digest = _digest(self.entry)
        except (RecursionError, ValueError):
            self.fault("", "is nested too deeply, or has a number of thousands of digits")
            return None
        fact_id = self.text(self.entry, "id", required=True, longest=MAX_ID)
        if fact_id and not SLUG.fullmatch(fact_id):
            self.fault("id", "must be lower-case words joined by hyphens")
        record = FactRecord(
            fact=Fact(
                id=fact_id,
                statement=self.text(self.entry, "statement", required=not self.is_draft),
                services=self.services(services),
                explanation=self.text(self.entry, "explanation"),
                false_statements=self.false_statements(),
                blanks=tuple(
                    Blank(self.text(blank, "answer", field), self.texts(blank, "distractors", field))
                    for field, blank in self.tables(self.entry, "blank", {"answer", "distractors"})
                ),
                scenarios=tuple(self.scenario(field, table) for field, table in self.scenario_tables()),
            ),
            source=self.file,
            digest=digest,
            domain=self.one_of("domain", DOMAINS),
            status=self.one_of("status", STATUSES),
            note=self.text(self.entry, "note"),
            reference=self.reference(),
            evidence=self.text(self.entry, "evidence"),
            checked_on=self.checked_on(),
            key_point=self.key_point(),
            review_by=self.review_by(),
        )
        if self.is_draft:
            return record if len(self.faults) == self.before else None
        if record.status in ("changed", "corrected", "retired") and not record.note:
            self.fault("note", f"is missing: a fact that is {record.status} tells what changed and since when")
        # What was not read as it was meant would be found fault with again.
        misread = {_part(fault.field) for fault in self.faults[self.before :]}
        for fault in find_faults(record.fact):
            if _part(fault.field) not in misread:
                self.fault(fault.field, fault.message)
        return record if len(self.faults) == self.before else None

    def text(
        self,
        table: dict[str, Any],
        key: str,
        inside: str = "",
        *,
        required: bool = False,
        longest: int = 2000,
    ) -> str:
        field = f"{inside}.{key}" if inside else key
        value = table.get(key, "")
        if not isinstance(value, str):
            self.fault(field, f"must be a text, not {_shown(value)}")
            return ""
        if required and not value.strip():
            self.fault(field, "is missing" if key not in table else "is empty")
        if len(value) > longest:
            self.fault(field, f"has {len(value)} characters, at most {longest} are allowed")
        if _has_control(value):
            self.fault(field, "contains a control character")
        return value.strip()

    def texts(self, table: dict[str, Any], key: str, inside: str = "") -> tuple[str, ...]:
        field = f"{inside}.{key}" if inside else key
        values = table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.fault(field, "must be a list of texts")
            return ()
        for number, value in enumerate(values, 1):
            self.text({f"{key}[{number}]": value}, f"{key}[{number}]", inside)
        return tuple(value.strip() for value in values)

    def tables(self, table: dict[str, Any], key: str, known: set[str], inside: str = "") -> list[tuple[str, Any]]:
        path = f"{inside}.{key}" if inside else key
        values = table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.fault(path, f"must be written as [[fact.{re.sub(_INDEX, '', path)}]]")
            return []
        for number, value in enumerate(values, 1):
            for unknown in sorted(value.keys() - known):
                self.fault(f"{path}[{number}].{unknown}", "is no field of it")
        return [(f"{path}[{number}]", value) for number, value in enumerate(values, 1)]

    def false_statements(self) -> tuple[FalseStatement, ...]:
        """Each is a text, or ``{ text = "...", why = "..." }``."""
        values = self.entry.get("false_statements", [])
        if not isinstance(values, list) or not all(isinstance(value, str | dict) for value in values):
            self.fault("false_statements", "must be a list of texts, or of tables with text and why")
            return ()
        tables = [value if isinstance(value, dict) else {"text": value} for value in values]
        found = self.tables({"false_statements": tables}, "false_statements", {"text", "why"})
        return tuple(FalseStatement(self.text(entry, "text", at), self.text(entry, "why", at)) for at, entry in found)

    def scenario_tables(self) -> list[tuple[str, Any]]:
        return self.tables(self.entry, "scenario", {"stem", "answer", "answer_why", "distractor"})

    def scenario(self, field: str, table: dict[str, Any]) -> Scenario:
        return Scenario(
            stem=self.text(table, "stem", field),
            answer=self.text(table, "answer", field),
            answer_why=self.text(table, "answer_why", field),
            distractors=tuple(
                Distractor(self.text(entry, "text", place), self.text(entry, "why", place))
                for place, entry in self.tables(table, "distractor", {"text", "why"}, field)
            ),
        )

    def services(self, services: Mapping[str, Service]) -> tuple[Service, ...]:
        slugs = self.texts(self.entry, "services")
        if self.is_draft and not slugs:
            pass
        elif "services" not in self.entry:
            self.fault("services", "is missing: name at least one")
        elif self.entry["services"] == []:
            self.fault("services", "is empty: name at least one")
        for slug in slugs:
            if slug not in services:
                self.fault("services", f"{slug!r} is not a known service (services.toml lists them)")
        if len(set(slugs)) < len(slugs):
            self.fault("services", "names a service twice")
        return tuple(services[slug] for slug in slugs if slug in services)

    def one_of(self, key: str, values: tuple[str, ...]) -> str:
        value = self.entry.get(key, "")
        if value not in values and not (self.is_draft and value == ""):
            self.fault(key, f"is {_shown(value)}, must be one of {', '.join(values)}")
            return ""
        return str(value)

    def reference(self) -> str:
        value = self.text(self.entry, "reference", longest=500)
        if value and not re.fullmatch(r"https?://[^\s<>\"']+", value):
            self.fault("reference", f"{value!r} is not a web address")
        return value

    def checked_on(self) -> date | None:
        value = self.entry.get("checked_on")
        verified = self.entry.get("verified", value is not None)
        if not isinstance(verified, bool):
            self.fault("verified", "must be true or false")
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self.fault("checked_on", "must be a date such as 2026-11-23")
            return None
        if verified is True and value is None:
            self.fault("checked_on", "is missing: a verified fact says on which day it was read")
        if verified is False and value is not None:
            self.fault("verified", "is false, so checked_on must be left out")
        return value

    def review_by(self) -> date | None:
        value, checked_on = self.entry.get("review_by"), self.entry.get("checked_on")
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fault("review_by", "must be a date such as 2027-11-23")
            return None
        if checked_on is None:
            self.fault("review_by", "is given, but checked_on is missing: only what was read can be read again")
        elif isinstance(checked_on, date) and not isinstance(checked_on, datetime) and value <= checked_on:
            self.fault("review_by", "must be later than checked_on")
        return value

    def key_point(self) -> str:
        value = self.entry.get("key_point", "")
        is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20
        if not is_number and not (isinstance(value, str) and len(value) <= 20):
            self.fault("key_point", "must be a number or a short word")
            return ""
        return str(value)
