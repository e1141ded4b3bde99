"""Reading the review queue: what waits for a person, and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from facts.models import Decision, Fact, FactVersion, PilotVerdict, Player, Question, Report


class Sort(StrEnum):
    """Why something waits."""

    REPORT = "report"  # players say that a question is wrong
    QUESTION = "question"  # a rule could not make it soundly, or its figures are bad
    FACT = "fact"  # it is to be read in its source again
    DRAFT = "draft"  # it came in by an import and is not finished


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: ``pk`` is that of the question for reports and questions, else that of the fact."""

    sort: Sort
    pk: int
    asked: int  # times that players were asked what it is about
    since: date
    reports: int = 0

    def weight(self, today: date) -> int:
        """Times asked by days waited, both from one on: what many meet comes early, and what waits long comes too."""
        return (1 + self.asked) * (1 + max((today - self.since).days, 0))


def find_waiting(today: date, *, sort: str = "", service: str = "") -> list[Waiting]:
    """Everything that waits: reports, since a player waits with them, then the heaviest first. Four queries at most.

    A question that waits for two reasons stands here once, as reported.
    """
    reported = _find_reported(service)
    found = [*reported.values()]
    found += [one for one in _find_questions(service) if one.pk not in reported]
    found += _find_due(today, service)
    found += _find_drafts(service)
    if sort:
        found = [one for one in found if one.sort == sort]
    return sorted(found, key=lambda one: (one.sort != Sort.REPORT, -one.weight(today), one.since, one.sort, one.pk))


def _find_reported(service: str) -> dict[int, Waiting]:
    reports = Report.objects.filter(state=Report.State.OPEN)
    if service:
        reports = reports.filter(question__fact__service__slug=service)
    rows = (
        reports.order_by()
        .values("question")
        .annotate(reports=Count("pk"), since=Min("created_at"), asked=Max("question__statistics__asked"))
    )
    return {
        row["question"]: Waiting(Sort.REPORT, row["question"], row["asked"] or 0, row["since"].date(), row["reports"])
        for row in rows
    }


def _find_questions(service: str) -> list[Waiting]:
    rows = _of_service(Question.objects.filter(state=Question.State.REVIEW), "fact__", service)
    rows = rows.filter(fact__is_withdrawn=False, fact__is_draft=False).order_by()
    judged = rows.annotate(judged_at=Max("pilot_verdicts__created_at"))
    return [
        Waiting(Sort.QUESTION, pk, asked or 0, (judged_at or created_at).date())
        for pk, asked, created_at, judged_at in judged.values_list("pk", "statistics__asked", "created_at", "judged_at")
    ]


def _find_due(today: date, service: str) -> list[Waiting]:
    rows = _of_service(Fact.objects.in_bank().due(today), "", service).order_by()
    asked = rows.annotate(asked=Sum("questions__statistics__asked")).values_list("pk", "asked", "review_by")
    return [Waiting(Sort.FACT, pk, count or 0, review_by) for pk, count, review_by in asked]


def _find_drafts(service: str) -> list[Waiting]:
    rows = _of_service(Fact.objects.filter(is_draft=True, is_withdrawn=False), "", service).order_by()
    return [Waiting(Sort.DRAFT, pk, 0, made.date()) for pk, made in rows.values_list("pk", "created_at")]


def _of_service(rows: Any, way: str, service: str) -> Any:
    return rows.filter(**{f"{way}service__slug": service}) if service else rows


def count_waiting(today: date) -> int:
    """How many things wait. Four queries that read no rows."""
    questions = Question.objects.filter(
        state=Question.State.REVIEW, fact__is_withdrawn=False, fact__is_draft=False
    ).exclude(reports__state=Report.State.OPEN)
    return (
        Report.objects.filter(state=Report.State.OPEN).values("question").distinct().count()
        + questions.count()
        + Fact.objects.in_bank().due(today).count()
        + Fact.objects.filter(is_draft=True, is_withdrawn=False).count()
    )


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits, with what it is; ``question`` is None where a fact as a whole waits."""

    waiting: Waiting
    fact: Fact
    question: Question | None = None

    @property
    def title(self) -> str:
        return self.question.stem if self.question else self.fact.statement or self.fact.slug


def load_items(found: Sequence[Waiting]) -> list[Item]:
    """Two queries; what has gone meanwhile is left out."""
    is_question = {Sort.REPORT, Sort.QUESTION}
    questions = Question.objects.select_related("fact__service", "statistics").in_bulk(
        [one.pk for one in found if one.sort in is_question]
    )
    facts = Fact.objects.select_related("service").in_bulk([one.pk for one in found if one.sort not in is_question])
    items = []
    for one in found:
        if one.sort in is_question and (question := questions.get(one.pk)):
            items.append(Item(one, question.fact, question))
        elif one.sort not in is_question and (fact := facts.get(one.pk)):
            items.append(Item(one, fact))
    return items


@dataclass(frozen=True, slots=True)
class Dossier:
    """What speaks for and against something that waits."""

    reports: list[Report]
    verdict: PilotVerdict | None  # why its figures sent it here, if they did
    decisions: list[Decision]  # of the question or the fact, the last first
    others: list[Fact]  # that the question rests on beside its own


def get_dossier(item: Item) -> Dossier:
    """At most five queries."""
    question = item.question
    decisions = Decision.objects.select_related("by").order_by("-pk")
    if question is None:
        return Dossier([], None, list(decisions.filter(fact=item.fact, question=None)[:10]), [])
    of_this = Q(question=question) | Q(fact=item.fact, question=None)
    return Dossier(
        list(
            Report.objects.filter(question=question, state=Report.State.OPEN)
            .select_related("player")
            .order_by("created_at", "pk")
        ),
        question.pilot_verdicts.first() if question.state == Question.State.REVIEW else None,
        list(decisions.filter(of_this)[:10]),
        list(Fact.objects.filter(pk__in=question.grounds.values("fact")).exclude(pk=item.fact.pk)),
    )


def last_decision(question: Question) -> Decision | None:
    """The last word on the question that was not taken back."""
    return question.decisions.filter(undone_at=None).select_related("by").first()


def find_author(fact: Fact) -> Any:
    """The key of who wrote the fact as it is worded and asked today; None if nobody here did, such as a file."""
    author, wording = None, None
    versions: QuerySet[Any] = FactVersion.objects.filter(id=fact.pk).order_by("history_id")
    for statement, explanation, parts, by in versions.values_list(
        "statement", "explanation", "parts", "history_user"
    ).iterator():
        if (statement, explanation, parts) != wording:
            author, wording = by, (statement, explanation, parts)
    return author


def is_author(player: Player, fact: Fact) -> bool:
    return find_author(fact) == player.pk


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the queue."""

    number: int  # from 1 on; 0 if it does not wait (any more)
    count: int
    next: Waiting | None = field(default=None)


def find_place(found: Sequence[Waiting], sort: str, pk: int) -> Place:
    """The place of one, and what comes behind it; behind what waits no more comes the first."""
    for number, one in enumerate(found, 1):
        if (one.sort, one.pk) == (sort, pk):
            return Place(number, len(found), found[number] if number < len(found) else None)
    return Place(0, len(found), found[0] if found else None)
