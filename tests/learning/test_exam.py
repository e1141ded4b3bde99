from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.learning.blueprint import FULL, SHORT, Form, places, split
from facts.learning.exam import WEIGHTS, choose_exam, count_by_domain
from facts.questions.content import Kind
from facts.questions.lint import find_overlaps
from tests.content import make_candidate, shipped_bank, shipped_questions

DOMAINS = list(split(1))
SEEDS = range(5)


def make_pool(facts_a_domain=40, kinds=(Kind.SCENARIO, Kind.FILL_BLANK)):
    """Facts of the four domains by turns, with a question of each kind; and which domain each fact is of."""
    domains = {fact: DOMAINS[fact % 4] for fact in range(4 * facts_a_domain)}
    pool = [
        make_candidate(fact * 10 + index, fact, kind, shown=[fact])
        for fact in domains
        for index, kind in enumerate(kinds)
    ]
    return pool, domains


def choose(pool, domains, form=FULL, seed=1, pilots=(), order=None):
    return choose_exam(pool, domains, pilots, order or sorted(domains), form, Random(seed))


@pytest.fixture(scope="module")
def shipped():
    """The questions of the shipped bank, as candidates, and the domains of its facts."""
    questions = shipped_questions()
    of_fact = {record.fact.id: record.domain for record in shipped_bank().facts}
    numbers = {fact_id: number for number, fact_id in enumerate(sorted(of_fact))}
    pool = [
        make_candidate(index, numbers[one.fact_id], one.kind, shown=[numbers[fact_id] for fact_id in one.fact_ids])
        for index, one in enumerate(questions)
    ]
    return questions, pool, {numbers[fact_id]: domain for fact_id, domain in of_fact.items()}


@pytest.mark.parametrize("form", [FULL, SHORT])
def test_choose_exam_splits_what_counts_and_what_does_not_over_the_domains(form):
    pool, domains = make_pool()
    chosen = choose(pool, domains, form)
    assert len(chosen) == form.questions
    assert count_by_domain(chosen, domains) == places(form)
    assert count_by_domain([one for one in chosen if one.is_scored], domains) == split(form.scored)


def test_choose_exam_full_form_has_the_numbers_of_the_exam():
    pool, domains = make_pool()
    counted = count_by_domain([one for one in choose(pool, domains) if one.is_scored], domains)
    assert [counted[domain] for domain in DOMAINS] == [17, 19, 16, 13]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(Kind), st.sets(st.integers(0, 60), max_size=4)), max_size=80
    ),
    st.integers(),
    st.sets(st.integers(0, 80)),
)
def test_choose_exam_asks_and_shows_no_fact_twice_and_scores_no_pilot(rows, seed, pilots):
    pool = [make_candidate(index, fact, kind, shown=shown) for index, (fact, kind, shown) in enumerate(rows)]
    chosen = choose(pool, {fact: DOMAINS[fact % 4] for fact in range(61)}, SHORT, seed, pilots)
    shown = Counter(fact for one in chosen for fact in one.candidate.shown_fact_ids)
    assert [fact for fact, count in shown.items() if count > 1] == []
    assert not {one.candidate.id for one in chosen if one.is_scored} & pilots
    assert {one.candidate.kind for one in chosen} <= set(WEIGHTS)


def test_choose_exam_asks_no_claims_to_judge_and_no_false_ones_to_find():
    pool, domains = make_pool(kinds=(Kind.TRUE_FALSE, Kind.WHICH_FALSE))
    assert choose(pool, domains) == []


def test_choose_exam_has_scenarios_first():
    pool, domains = make_pool(kinds=(Kind.SCENARIO, Kind.FILL_BLANK, Kind.CHOOSE_TWO, Kind.WHICH_TRUE))
    kinds = Counter(one.candidate.kind for seed in SEEDS for one in choose(pool, domains, seed=seed))
    assert 0.5 < kinds[Kind.SCENARIO] / kinds.total() < 0.7
    assert kinds[Kind.SCENARIO] > kinds[Kind.CHOOSE_TWO] > kinds[Kind.FILL_BLANK] > 0


def test_choose_exam_pilots_fill_the_places_that_do_not_count_first():
    pool, domains = make_pool()
    pilots = {candidate.id for candidate in pool if candidate.fact_id % 3 == 0}
    chosen = choose(pool, domains, pilots=pilots)
    assert len(chosen) == FULL.questions
    assert {one.candidate.id for one in chosen if not one.is_scored} <= pilots


def test_choose_exam_of_pilots_alone_scores_nothing():
    pool, domains = make_pool()
    chosen = choose(pool, domains, pilots={candidate.id for candidate in pool})
    assert len(chosen) == FULL.unscored
    assert not any(one.is_scored for one in chosen)


def test_choose_exam_takes_facts_in_their_order():
    pool, domains = make_pool()
    order = sorted(domains, reverse=True)
    asked = {one.candidate.fact_id for one in choose(pool, domains, SHORT, order=order)}
    assert min(asked) > max(domains) - 4 * max(places(SHORT).values())


def test_choose_exam_gives_up_comparing_where_it_would_use_up_the_bank():
    need = places(FULL)
    facts = [(domain, number) for domain in DOMAINS for number in range(need[domain])]
    domains = {index: domain for index, (domain, _) in enumerate(facts)}
    pool = [make_candidate(fact, fact, Kind.SCENARIO, shown=[fact]) for fact in domains]
    pool += [
        make_candidate(1000 + fact, fact, Kind.CHOOSE_TWO, shown=[(fact + 20 * step) % 75 for step in range(3)])
        for fact in domains
    ]
    for seed in SEEDS:
        assert count_by_domain(choose(pool, domains, seed=seed), domains) == need


def test_choose_exam_of_too_few_gives_what_there_is():
    pool, domains = make_pool(facts_a_domain=2)
    assert count_by_domain(choose(pool, domains), domains) == dict.fromkeys(DOMAINS, 2)
    assert choose([], {}, Form(1, 1, 1)) == []


def test_choose_exam_same_seed_same_exam():
    pool, domains = make_pool()
    assert choose(pool, domains, seed=7) == choose(pool[::-1], domains, seed=7)
    assert choose(pool, domains, seed=7) != choose(pool, domains, seed=8)


@pytest.mark.parametrize("seed", SEEDS)
def test_choose_exam_of_the_shipped_bank_is_whole_and_tells_no_answer(shipped, seed):
    questions, pool, domains = shipped
    order = sorted(domains)
    Random(seed).shuffle(order)
    chosen = choose(pool, domains, seed=seed, order=order)
    assert count_by_domain(chosen, domains) == places(FULL)
    assert find_overlaps([questions[one.candidate.id] for one in chosen]) == []
