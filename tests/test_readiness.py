"""Readiness as read from ratings and cards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from facts.learning.blueprint import DOMAINS
from facts.models import Card, PlayerRating, QuestionRating
from facts.selectors.readiness import get_readiness
from tests.factories import make_fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def rated(alice):
    """Alice with enough rated answers in every domain, a card of a fact in each, answered just now."""
    now = timezone.now()
    for scope, answered in [("", 200), *((f"domain:{domain}", 50) for domain in DOMAINS)]:
        PlayerRating.objects.create(
            player=alice,
            scope=scope,
            value=1750,
            deviation=60,
            volatility=0.06,
            answered=answered,
            right=answered * 3 // 4,
            rated_at=now,
        )
    for domain in DOMAINS:
        fact = make_fact(domain=domain, has_scenario=True)
        values = {"stability": 5, "difficulty": 5, "state": 2, "due": now, "first_review": now}
        Card.objects.create(player=alice, fact=fact, last_review=now, **values)
        question = fact.questions.filter(kind="scenario").get()
        QuestionRating.objects.create(question=question, value=1500, deviation=100, volatility=0.06)
    return alice


def test_too_few_answers_are_told_by_domain(rated):
    PlayerRating.objects.filter(scope="domain:new-solutions").update(answered=12)
    report = get_readiness(rated)
    assert report.estimate is None
    assert report.missing.domains == {"new-solutions": 8}


def test_readiness_is_the_same_when_nothing_has_happened(rated):
    one, other = get_readiness(rated).estimate, get_readiness(rated).estimate
    assert one.chance == pytest.approx(other.chance, abs=1e-3)
    assert 0 <= one.low <= one.chance <= one.high <= 1


def test_readiness_falls_without_practice(rated):
    before = get_readiness(rated).estimate
    past = timezone.now() - timedelta(days=60)
    Card.objects.update(last_review=past)
    PlayerRating.objects.update(rated_at=past)
    after = get_readiness(rated).estimate
    assert after.chance < before.chance - 0.05
    assert after.score < before.score


def test_harder_questions_make_the_same_rating_less_ready(rated):
    before = get_readiness(rated).estimate
    QuestionRating.objects.update(value=1700)
    assert get_readiness(rated).estimate.chance < before.chance


def test_readiness_takes_a_fixed_number_of_queries(rated, django_assert_num_queries):
    with django_assert_num_queries(3):
        get_readiness(rated)
