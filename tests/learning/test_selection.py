from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from facts.learning.selection import Candidate, choose_questions
from facts.questions.content import Kind
from tests.content import make_candidate

SEEDS = range(200)


@st.composite
def pools(draw: st.DrawFn) -> list[Candidate]:
    count = draw(st.integers(0, 24))
    fact = st.integers(0, 9)
    return [
        make_candidate(
            id,
            draw(fact),
            draw(st.sampled_from(Kind)),
            key=draw(st.sampled_from(["", "False", "True"])),
            shown=draw(st.sets(fact, max_size=3)),
            asked=draw(st.integers(0, 2)),
        )
        for id in range(count)
    ]


orders = st.permutations(range(12))
lengths = st.integers(0, 12)


@given(pools(), orders, lengths, st.integers())
def test_choose_questions_one_a_fact_and_never_more_than_length(pool, order, length, seed):
    chosen = choose_questions(pool, order, length, Random(seed))
    assert len(chosen) <= length
    assert len({candidate.fact_id for candidate in chosen}) == len(chosen)
    assert set(chosen) <= set(pool)


@given(pools(), orders, lengths, st.integers())
def test_choose_questions_no_fact_shown_twice(pool, order, length, seed):
    shown = Counter(
        fact for candidate in choose_questions(pool, order, length, Random(seed)) for fact in candidate.shown_fact_ids
    )
    assert [fact for fact, count in shown.items() if count > 1] == []


@given(pools(), orders, lengths, st.integers())
def test_choose_questions_same_seed_same_quiz_whatever_the_order_of_candidates(pool, order, length, seed):
    chosen = choose_questions(pool, order, length, Random(seed))
    assert choose_questions(pool[::-1], order, length, Random(seed)) == chosen


def test_choose_questions_same_seed_same_question_among_many_alike():
    pool = [make_candidate(number, 1) for number in range(5)]
    for seed in SEEDS:
        assert choose_questions(pool[::-1], [1], 1, Random(seed)) == choose_questions(pool, [1], 1, Random(seed))


@given(pools(), orders, st.integers())
def test_choose_questions_asks_something_if_there_is_anything(pool, order, seed):
    assert len(choose_questions(pool, order, 1, Random(seed))) == bool(pool)


def test_choose_questions_no_candidates_gives_none():
    assert choose_questions([], [1, 2], 5, Random(1)) == []


def test_choose_questions_takes_facts_in_their_order():
    pool = [make_candidate(fact, fact) for fact in range(10)]
    chosen = choose_questions(pool, [7, 3, 5, 1], 2, Random(1))
    assert {candidate.fact_id for candidate in chosen} == {7, 3}


def test_choose_questions_asks_only_about_facts_of_the_order():
    pool = [make_candidate(fact, fact) for fact in range(5)]
    assert [candidate.fact_id for candidate in choose_questions(pool, [4, 99], 5, Random(1))] == [4]


def test_choose_questions_asks_in_any_order():
    pool = [make_candidate(fact, fact) for fact in range(3)]
    orders = {tuple(question.id for question in choose_questions(pool, range(3), 3, Random(seed))) for seed in SEEDS}
    assert len(orders) == 6


def test_choose_questions_true_and_false_claims_balanced_where_there_are_three_false_to_one_true():
    pool = [
        make_candidate(4 * fact + index, fact, Kind.TRUE_FALSE, key="True" if index == 0 else "False")
        for fact in range(10)
        for index in range(4)
    ]
    keys = Counter(question.key for seed in SEEDS for question in choose_questions(pool, range(10), 10, Random(seed)))
    assert keys.total() == 2000
    assert 0.45 < keys["True"] / keys.total() < 0.55


def test_choose_questions_kinds_take_turns_however_many_questions_each_has():
    pool = [make_candidate(number, 1, Kind.FILL_BLANK) for number in range(9)]
    pool += [make_candidate(9, 1, Kind.SCENARIO), make_candidate(10, 1, Kind.TRUE_FALSE, key="True")]
    kinds = Counter(choose_questions(pool, [1], 1, Random(seed))[0].kind for seed in range(600))
    assert set(kinds) == {Kind.FILL_BLANK, Kind.SCENARIO, Kind.TRUE_FALSE}
    assert 150 < min(kinds.values()) <= max(kinds.values()) < 250


def test_choose_questions_least_asked_of_a_kind_comes_first():
    pool = [make_candidate(number, 1, asked=asked) for number, asked in enumerate([2, 1, 3, 1])]
    assert {choose_questions(pool, [1], 1, Random(seed))[0].id for seed in SEEDS} == {1, 3}


def test_choose_questions_leaves_out_question_that_shows_a_fact_already_asked():
    pool = [make_candidate(1, 1), make_candidate(2, 2, Kind.WHICH_TRUE, shown=[1])]
    for seed in SEEDS:
        assert len(choose_questions(pool, [1, 2], 2, Random(seed))) == 1


def test_choose_questions_fills_the_quiz_before_it_compares_facts():
    pool = [make_candidate(fact, fact) for fact in range(5)]
    pool += [make_candidate(10 + fact, fact, Kind.CHOOSE_TWO, shown=range(5)) for fact in range(5)]
    assert {len(choose_questions(pool, range(5), 5, Random(seed))) for seed in SEEDS} == {5}


def test_choose_questions_compares_facts_where_enough_are_left():
    pool = [make_candidate(fact, fact, Kind.WHICH_TRUE, shown=range(fact, fact + 4)) for fact in range(0, 40, 4)]
    pool += [make_candidate(100 + fact, fact) for fact in range(40)]
    kinds = {question.kind for seed in SEEDS for question in choose_questions(pool, range(40), 5, Random(seed))}
    assert kinds == {Kind.WHICH_TRUE, Kind.FILL_BLANK}


def test_choose_questions_asks_all_facts_where_fewer_are_left_than_wanted():
    pool = [make_candidate(fact, fact) for fact in range(5)]
    pool += [make_candidate(10 + fact, fact, Kind.CHOOSE_TWO, shown=range(5)) for fact in range(5)]
    assert {len(choose_questions(pool, range(5), 10, Random(seed))) for seed in SEEDS} == {5}


def test_choose_questions_leaves_alone_what_others_have_shown():
    pool = [make_candidate(1, 1), make_candidate(2, 2, Kind.WHICH_TRUE, shown=[1]), make_candidate(3, 3)]
    for seed in SEEDS:
        chosen = choose_questions(pool, [1, 2, 3], 3, Random(seed), already_shown={1})
        assert [candidate.id for candidate in chosen] == [3]


def test_choose_questions_draws_kinds_by_weights():
    pool = [make_candidate(1, 1, Kind.SCENARIO), make_candidate(2, 1, Kind.FILL_BLANK)]
    weights = {Kind.SCENARIO: 3, Kind.FILL_BLANK: 1}
    kinds = Counter(choose_questions(pool, [1], 1, Random(seed), weights=weights)[0].kind for seed in range(600))
    assert 0.7 < kinds[Kind.SCENARIO] / 600 < 0.8
