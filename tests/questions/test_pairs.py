from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from facts.questions.content import Fact, FalseStatement, TrueStatement
from facts.questions.derive import derive
from facts.questions.pairs import Pair, choose_pairs
from facts.questions.truths import Truths
from tests.content import make_fact

SEEDS = range(400)


def make_true(text: str) -> TrueStatement:
    return TrueStatement(text, "denial/1", FalseStatement(text.replace(" not", "")))


def with_true(*texts: str) -> Fact:
    return replace(make_fact(statement="The limit is 5."), true_statements=tuple(make_true(text) for text in texts))


def choose(fact: Fact, falses: list[str], seed: int = 0) -> list[Pair]:
    return choose_pairs(fact, [FalseStatement(text) for text in falses], Random(seed))


def test_choose_pairs_none_without_a_false_statement():
    assert choose(with_true("The limit is not 6."), []) == []


def test_choose_pairs_statement_beside_a_false_one():
    fact = make_fact(statement="The limit is 5.")
    assert choose(fact, ["The limit is 6."]) == [Pair(None, FalseStatement("The limit is 6."))]


def test_choose_pairs_denial_stands_beside_what_it_denies():
    fact = with_true("The limit is not 6.", "The limit is not 7.")
    for seed in SEEDS:
        pairs = choose(fact, ["The limit is 8."], seed)
        assert 1 <= len(pairs) <= 2
        assert all(pair.true in fact.true_statements and pair.false == pair.true.partner for pair in pairs)
        assert len({pair.true for pair in pairs}) == len(pairs)


def test_choose_pairs_second_pair_for_a_part_of_the_facts():
    counts = Counter(len(choose(with_true("The limit is not 6.", "It is not 7."), ["No."], seed)) for seed in SEEDS)
    assert 110 < counts[2] < 210
    assert {len(choose(with_true("The limit is not 6."), ["No."], seed)) for seed in SEEDS} == {1}


def test_choose_pairs_statement_itself_mostly_beside_what_a_true_claim_denies():
    """That a key "can be 4" where it can be 5 is true, but reads like a limit: it is not asked."""
    fact = with_true("The limit can be 4.")
    pairs = [pair for seed in SEEDS for pair in choose(fact, ["The limit is 6."], seed)]
    assert {pair.true for pair in pairs} == {None}
    counts = Counter(pair.false.text for pair in pairs)
    assert counts.keys() == {"The limit can be 4.", "The limit is 6."}
    assert 15 < counts["The limit is 6."] < 80


def test_choose_pairs_cannot_is_left_to_the_false_side():
    fact = with_true("A key cannot be 6.")
    assert all(choose(fact, ["A key is 6."], seed)[0].true is None for seed in range(20))


@pytest.mark.parametrize(
    ("statement", "alike", "other"),
    [
        ("The limit is 5.", "The limit is 6.", "The limit is not 5."),
        ("A key is public.", "A key is private.", "A key is never public."),
        ("A key is public.", "A key is private.", "A key is always private."),
        ("The limit is 5.", "The limit is 6.", "The limit is wide."),
        ("A key is not public.", "A key is not private.", "A key is private."),
    ],
)
def test_choose_pairs_takes_the_one_that_looks_like_the_statement(statement, alike, other):
    chosen = Counter(choose(make_fact(statement=statement), [other, alike], seed)[0].false.text for seed in SEEDS)
    assert chosen[alike] > 0.9 * len(SEEDS)


def test_choose_pairs_false_one_is_longer_as_often_as_shorter():
    falses = ["One two three.", "One two three four.", "One two three four five.", "One two three four five six."]
    fact = make_fact(statement="A two three four five.".replace(" five", ""))
    lengths = Counter(len(choose(fact, falses, seed)[0].false.text.split()) for seed in SEEDS)
    assert set(lengths) == {3, 4, 5, 6}
    assert lengths[5] + lengths[6] - 40 < 2.5 * lengths[3]


def test_choose_pairs_same_seed_same_pairs():
    fact = derive(make_fact(statement="The default is 3 days."), Truths()).fact
    made = [choose_pairs(fact, fact.false_statements, Random(seed)) for seed in range(30)]
    assert made == [choose_pairs(fact, fact.false_statements, Random(seed)) for seed in range(30)]
    assert len({tuple(pairs) for pairs in made}) > 5
