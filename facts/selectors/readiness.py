"""Reading how ready a player is for the exam."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from random import Random

from django.db.models import Avg, Count, F
from django.utils import timezone

from facts.learning.blueprint import DOMAINS
from facts.learning.memory import recall_after
from facts.learning.rating import FIRST_DEVIATION, Rating, idle, typical
from facts.learning.readiness import (
    LEAST_ANSWERS,
    LEAST_ANSWERS_IN_DOMAIN,
    Missing,
    Readiness,
    Standing,
    estimate,
    missing,
)
from facts.models import Card, Domain, Player, PlayerRating, QuestionRating

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DomainReadiness:
    """One domain of the exam: the rated first attempts so far, and the share of right answers expected, if told."""

    name: str
    answered: int
    share: float | None

    @property
    def needed(self) -> int:
        return LEAST_ANSWERS_IN_DOMAIN


@dataclass(frozen=True)
class ReadinessReport:
    """Either an estimate, or what is missing before there can be one."""

    estimate: Readiness | None
    missing: Missing | None
    domains: list[DomainReadiness]

    @property
    def answered(self) -> int:
        return sum(domain.answered for domain in self.domains)

    @property
    def needed(self) -> int:
        return LEAST_ANSWERS


def get_readiness(player: Player) -> ReadinessReport:
    """How ready the player is, from ratings and cards as they are now. Three queries at most.

    The same player with the same answers is told the same at the same hour: nothing is left to chance.
    """
    now = timezone.now()
    rows = {row.scope: row for row in PlayerRating.objects.filter(player=player)}
    counts = {domain: rows[f"domain:{domain}"].answered if f"domain:{domain}" in rows else 0 for domain in DOMAINS}
    lacking = missing(counts)
    told = None
    if lacking is None:
        questions, fades = _typical_questions(), _fades(player, now)
        domains = {
            domain: Standing(
                _as_of(rows[f"domain:{domain}"], now), counts[domain], fades.get(domain, 1.0), questions[domain]
            )
            for domain in DOMAINS
        }
        told = estimate(Standing(_as_of(rows[""], now)), domains, Random(player.pk))
    return ReadinessReport(
        told,
        lacking,
        [
            DomainReadiness(str(Domain(domain).label), counts[domain], told.shares[domain] if told else None)
            for domain in DOMAINS
        ],
    )


def _as_of(row: PlayerRating, now: datetime) -> Rating:
    return idle(row.rating, max((now - row.rated_at) / _DAY, 0))


def _typical_questions() -> dict[str, Rating]:
    """What a question of each domain is like, of those that somebody was rated against."""
    square = F("value") * F("value") + F("deviation") * F("deviation")
    rows = (
        QuestionRating.objects.order_by()
        .values_list("question__fact__domain")
        .annotate(Count("pk"), Avg("value"), square=Avg(square))
    )
    found = {domain: typical(()) for domain in DOMAINS}
    for domain, count, mean, square in rows:
        found[domain] = Rating(mean, sqrt(max(square - mean * mean, 0))) if count > 1 else Rating(mean, FIRST_DEVIATION)
    return found


def _fades(player: Player, now: datetime) -> dict[str, float]:
    """What is left, by domain, of the recall that the player had when a fact of the domain was last answered."""
    cards: dict[str, list[tuple[float, datetime]]] = defaultdict(list)
    found = Card.objects.filter(player=player).values_list("fact__domain", "stability", "last_review")
    for domain, stability, last_review in found:
        cards[domain].append((stability, last_review))
    fades = {}
    for domain, of_domain in cards.items():
        latest = max(last_review for _, last_review in of_domain)
        recalls = [
            sum(recall_after((moment - last_review) / _DAY, stability) for stability, last_review in of_domain)
            for moment in (latest, max(now, latest))
        ]
        fades[domain] = recalls[1] / recalls[0]
    return fades
