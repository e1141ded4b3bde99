"""Reading reports of wrong questions: a player's own, and those that wait for an editor."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from facts.models import Player, Report, Rescore

REPORT_PAGE = 20
MOST_RESCORES = 50


def find_reports(player: Player, page: str | int = 1) -> Page:
    """A page of the player's reports, the latest first. Two queries."""
    reports = Report.objects.filter(player=player).select_related("quiz_question").order_by("-created_at", "-pk")
    return Paginator(reports, REPORT_PAGE).get_page(page)


def find_rescores(player: Player) -> list[Rescore]:
    """The player's answers that count otherwise since a correction, the latest first. One query."""
    rows = Rescore.objects.filter(quiz_question__player=player).exclude(was_right=F("is_right"))
    return list(rows.select_related("quiz_question").order_by("-pk")[:MOST_RESCORES])


def with_open_count(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Adds ``open_count``: how many open reports there are of the same question."""
    alike = Report.objects.filter(question=OuterRef("question"), state=Report.State.OPEN).order_by()
    return reports.annotate(open_count=Subquery(alike.values("question").annotate(count=Count("pk")).values("count")))


def find_others(report: Report) -> QuerySet[Report]:
    """Other open reports of the same question, the oldest first."""
    others = Report.objects.filter(question=report.question_id, state=Report.State.OPEN).exclude(pk=report.pk)
    return others.select_related("player").order_by("created_at", "pk")
