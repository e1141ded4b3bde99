"""Reading what was changed: the versions of a fact for editors, the corrections for everybody, and what is due."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from facts.models import Domain, Fact, FactVersion, Report, Service
from facts.questions.shelf_life import age_in_words

CORRECTIONS_PAGE = 20
VERSIONS_PAGE = 30
SOON = timedelta(days=30)
_BATCH = 500


# Versions


def last_version_id(fact_id: int) -> int:
    """0 for a fact that has none."""
    return FactVersion.objects.filter(id=fact_id).aggregate(last=Max("history_id"))["last"] or 0


def last_versions(fact_ids: Iterable[int]) -> dict[int, Any]:
    """The last version of each fact, by the fact's key."""
    found: dict[int, Any] = {}
    pks = list(fact_ids)
    for start in range(0, len(pks), _BATCH):
        of_these = FactVersion.objects.filter(id__in=pks[start : start + _BATCH])
        last = of_these.order_by().values("id").annotate(last=Max("history_id")).values("last")
        found |= {version.id: version for version in FactVersion.objects.filter(history_id__in=last)}
    return found


def last_version_ids(fact_ids: Collection[int]) -> dict[int, int]:
    """The key of the last version of each of a few hundred facts, by the fact's key. One query."""
    versions = FactVersion.objects.filter(id__in=fact_ids).order_by().values("id")
    return dict(versions.annotate(last=Max("history_id")).values_list("id", "last"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a compared text: "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    pieces: list[Piece]


_TEXTS = ("statement", "note", "explanation", "reference", "evidence", "checked_on", "review_by", "key_point")
_LABELS = {
    **{"statement": "Statement", "service": "Service", "other_services": "Other services", "domain": "Domain"},
    **{"status": "Status", "note": "What changed", "explanation": "Explanation", "reference": "Reference"},
    **{"evidence": "Evidence", "checked_on": "Checked on", "review_by": "Read again by", "key_point": "Key point"},
    **{"is_withdrawn": "Withdrawn", "is_draft": "Draft", "false_statements": "False statements", "blanks": "Blanks"},
    **{"scenarios": "Scenarios"},
}


def compare(old: Any, new: Any, services: dict[int, str]) -> list[FieldChange]:
    """What differs between two versions of a fact, field by field. ``services`` are names by key."""
    before, after = _texts_of(old, services), _texts_of(new, services)
    return [
        FieldChange(label, compare_texts(before[name], after[name]))
        for name, label in _LABELS.items()
        if before[name] != after[name]
    ]


_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def compare_texts(old: str, new: str) -> list[Piece]:
    """Both texts in one, word by word; as a whole where they have little in common."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    shared = sum(_count_words(before[block.a : block.a + block.size]) for block in matcher.get_matching_blocks())
    if 4 * shared < _count_words(before) + _count_words(after):
        return [Piece(kind, text) for kind, text in (("gone", old), ("new", new)) if text]
    pieces = []
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        for kind, words in (("gone", before[start:end]), ("new", after[new_start:new_end])):
            if words:
                pieces.append(Piece(kind, "".join(words)))
    return pieces


def _count_words(tokens: Iterable[str]) -> int:
    return sum(token.isalnum() for token in tokens)


def _texts_of(version: Any, services: dict[int, str]) -> dict[str, str]:
    parts = version.parts
    texts = {name: str(value) if (value := getattr(version, name)) else "" for name in _TEXTS}
    return texts | {
        "service": services.get(version.service_id, "a service that is no more"),
        "other_services": ", ".join(parts.get("other_services", ())),
        "domain": dict(Domain.choices).get(version.domain, version.domain),
        "status": dict(Fact.Status.choices).get(version.status, version.status),
        "is_withdrawn": "yes" if version.is_withdrawn else "no",
        "is_draft": "yes" if version.is_draft else "no",
        "false_statements": "\n".join(_with_why(entry) for entry in parts.get("false_statements", ())),
        "blanks": "\n".join(
            f"{blank['answer']}, not: {' / '.join(blank['distractors'])}" for blank in parts.get("blanks", ())
        ),
        "scenarios": "\n\n".join("\n".join(_lines_of(scenario)) for scenario in parts.get("scenarios", ())),
    }


def _lines_of(scenario: dict[str, Any]) -> Iterator[str]:
    yield scenario["stem"]
    yield "✓ " + _with_why({"text": scenario["answer"], "why": scenario["answer_why"]})
    for distractor in scenario["distractors"]:
        yield "✗ " + _with_why(distractor)


def _with_why(entry: dict[str, str]) -> str:
    return f"{entry['text']} ({entry['why']})" if entry["why"] else entry["text"]


@dataclass(frozen=True, slots=True)
class Change:
    """A version with what it changed in the one before; None for the first, which all began with."""

    version: Any
    differences: list[FieldChange] | None


def find_changes(fact: Fact, page: str | int = 1) -> tuple[Page, list[Change]]:
    """A page of the changes of a fact, the last one first."""
    versions = FactVersion.objects.filter(id=fact.pk).order_by("-history_id").select_related("history_user")
    shown = Paginator(versions, VERSIONS_PAGE).get_page(page)
    rows = list(shown)
    before = versions.filter(history_id__lt=rows[-1].history_id).first() if rows else None
    names = service_names()
    changes = [
        Change(version, compare(former, version, names) if former else None)
        for version, former in zip(rows, [*rows[1:], before], strict=True)
    ]
    return shown, changes


def find_changes_since(fact_id: int, seen: int) -> tuple[Any, list[FieldChange]] | None:
    """The last version of the fact and what it changed, if it is another one than the editor saw."""
    last = last_versions([fact_id]).get(fact_id)
    if last is None or last.history_id == seen:
        return None
    former = FactVersion.objects.filter(id=fact_id, history_id=seen).first()
    return last, compare(former, last, service_names()) if former else []


def service_names() -> dict[int, str]:
    return dict(Service.objects.values_list("pk", "name"))


# What is due


@dataclass(frozen=True, slots=True)
class Due:
    """How many facts of the bank are past the day by which they were to be read again, and how many soon will be."""

    overdue: int
    soon: int


def count_due(today: date) -> Due:
    facts = Fact.objects.in_bank()
    overdue = facts.due(today).count()
    return Due(overdue, facts.due(today + SOON).count() - overdue)


@dataclass(frozen=True, slots=True)
class ShelfLife:
    age: str
    review_by: date | None
    is_overdue: bool


def shelf_life(fact: Fact) -> ShelfLife | None:
    """How old a fact is; None if it was never read in a source."""
    if fact.checked_on is None:
        return None
    today = timezone.now().date()
    is_overdue = fact.review_by is not None and fact.review_by < today
    return ShelfLife(age_in_words(fact.checked_on, today), fact.review_by, is_overdue)


# Corrections


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that is or was told wrong, and what is right today."""

    fact: Fact
    listed_at: datetime
    note: str = ""  # what used to be said, and since when it is different
    replaced: str = ""  # what the fact said here
    why: str = ""
    report: Report | None = None  # that made a question's key change, where the fact itself was right

    @property
    def was_key(self) -> list[str]:
        """What counted as right in the question that was reported."""
        return [option["text"] for option in self.report.options if option["correct"]] if self.report else []

    @property
    def key(self) -> str:
        """What no other correction has, ever."""
        return f"{self.fact.slug}:{self.listed_at:%Y-%m-%dT%H:%M:%S.%f}"


def find_corrections(page: str | int = 1, size: int = CORRECTIONS_PAGE) -> tuple[Page, list[Correction]]:
    """A page of the corrections, newest first: by the day on which they were listed here, then by what they tell."""
    shown = Paginator(_list_corrections(), size).get_page(page)
    entries: Sequence[_Entry] = list(shown)
    facts = Fact.objects.select_related("service").in_bulk([entry.fact_id for entry in entries])
    versions = FactVersion.objects.in_bulk([entry.version_id for entry in entries if entry.version_id])
    reports = Report.objects.in_bulk([entry.report_id for entry in entries if entry.report_id])
    return shown, [
        _to_correction(entry, facts[entry.fact_id], versions.get(entry.version_id), reports.get(entry.report_id))
        for entry in entries
    ]


@dataclass(slots=True)
class _Entry:
    fact_id: int
    listed_at: datetime
    told: tuple[int, ...]  # the last day that the note tells of, or that of the correction: (year, month, day)
    has_note: bool = False
    version_id: int = 0
    report_id: int = 0


def _list_corrections() -> list[_Entry]:
    """Every correction, in order. Of the notes, since their dates are in words, all are read."""
    kept = FactVersion.objects.filter(id=OuterRef("pk"), note=OuterRef("note"), is_draft=False).order_by().values("id")
    first = kept.annotate(first=Min("history_date")).values("first")
    facts = Fact.objects.in_bank().exclude(status=Fact.Status.CURRENT).exclude(note="").order_by("slug")
    noted = facts.annotate(listed_at=Coalesce(Subquery(first), F("created_at")))
    entries = {
        (pk, listed_at): _Entry(pk, listed_at, last_day_told(note), has_note=True)
        for pk, note, listed_at in noted.values_list("pk", "note", "listed_at")
    }
    # What was taken back is no correction.
    stands = Fact.objects.in_bank().filter(pk=OuterRef("id")).exclude(statement=OuterRef("replaced"))
    reworded = FactVersion.objects.filter(Exists(stands), replaced__gt="").order_by("history_id")
    for version_id, pk, listed_at in reworded.values_list("history_id", "id", "history_date"):
        entry = entries.setdefault((pk, listed_at), _Entry(pk, listed_at, ()))
        entry.told, entry.version_id = listed_at.timetuple()[:3], version_id
    listed = [*entries.values(), *_list_rescored(entries.values())]
    return sorted(listed, key=lambda one: (one.listed_at.date(), one.told, one.listed_at), reverse=True)


def _list_rescored(entries: Collection[_Entry]) -> Iterator[_Entry]:
    """The questions whose answers were scored anew, but for those whose fact was reworded since they were reported."""
    reworded: dict[int, datetime] = {}
    for entry in entries:
        if entry.version_id:
            reworded[entry.fact_id] = max(entry.listed_at, reworded.get(entry.fact_id, entry.listed_at))
    rescored = Report.objects.filter(rescored__isnull=False, question__fact__in=Fact.objects.in_bank()).order_by("pk")
    for pk, fact_id, made_at, decided_at in rescored.values_list("pk", "question__fact", "created_at", "decided_at"):
        if decided_at and (fact_id not in reworded or reworded[fact_id] < made_at):
            yield _Entry(fact_id, decided_at, decided_at.timetuple()[:3], report_id=pk)


def _to_correction(entry: _Entry, fact: Fact, version: Any, report: Report | None) -> Correction:
    if report is not None:
        return Correction(fact, entry.listed_at, why=report.answer, report=report)
    note = fact.note if entry.has_note else ""
    if version is None:
        return Correction(fact, entry.listed_at, note)
    return Correction(fact, entry.listed_at, note, version.replaced, version.history_change_reason)


_MONTHS = "january february march april may june july august september october november december".split()
_NAMES = "|".join(_MONTHS)
_DATES = re.compile(
    rf"\b(?:(?P<day>\d\d?) )?(?P<month>{_NAMES}) (?:(?P<day_us>\d\d?), )?(?P<year>(?:19|20)\d\d)\b", re.I
)
_YEARS = re.compile(r"\b(?:since|in|until|by) (?:late |early )?((?:19|20)\d\d)\b", re.I)


def last_day_told(note: str) -> tuple[int, int, int]:
    """The last date in a note that says since when something is different, as (year, month, day), 0 for what is open.

    Good for an order, not for more: the note itself tells which date is of what.
    """
    days = [
        (int(found["year"]), _MONTHS.index(found["month"].casefold()) + 1, int(found["day"] or found["day_us"] or 0))
        for found in _DATES.finditer(note)
    ]
    days += [(int(year), 0, 0) for year in _YEARS.findall(note)]
    return max(days, default=(0, 0, 0))
