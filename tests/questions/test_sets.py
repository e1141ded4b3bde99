from itertools import pairwise
from random import Random

import pytest

from facts.questions.content import Fact, FalseStatement, Kind, Service
from facts.questions.sets import choose_statements

S3 = Service("s3", "Amazon S3", "Storage")


def make_fact(name: str, true_length: int, *false_lengths: int) -> Fact:
    """A fact whose claims have these lengths."""
    false = tuple(FalseStatement(f"{name} {length} ".ljust(length, "x")) for length in false_lengths)
    return Fact(name, f"{name} ".ljust(true_length, "y"), (S3,), false_statements=false)


def place_of_key(kind: Kind, seed: int, fact: Fact, others: list[Fact]) -> int:
    chosen = choose_statements(kind, 4, fact, others, "", Random(seed))
    lengths = sorted(len(statement.text) for statement in (*chosen.keys, *chosen.distractors))
    assert all(shorter < longer for shorter, longer in pairwise(lengths))
    return lengths.index(len(chosen.keys[0].text))


def test_longest_true_statement_takes_every_place_by_length():
    """Although it is longer than most false ones, each place comes about as often as any other."""
    others = [make_fact(f"other{number}", 200, 50 + number, 180 + number) for number in range(8)]
    places = [place_of_key(Kind.WHICH_TRUE, seed, make_fact("own", 120, 60), others) for seed in range(400)]
    assert all(70 <= places.count(place) <= 130 for place in range(4))


def test_set_that_cannot_be_balanced_says_so():
    others = [make_fact(f"other{number}", 200, 50 + number) for number in range(4)]
    found = [
        choose_statements(Kind.WHICH_TRUE, 4, make_fact("own", 120), others, "", Random(seed)) for seed in range(40)
    ]
    assert {chosen.is_balanced for chosen in found} == {True, False}
    assert {len(chosen.distractors) for chosen in found} == {3}


@pytest.mark.parametrize(("kind", "size"), [(Kind.WHICH_TRUE, 4), (Kind.WHICH_FALSE, 4), (Kind.CHOOSE_TWO, 5)])
def test_set_of_too_few_facts_is_none(kind, size):
    others = [make_fact(f"other{number}", 100, 90) for number in range(size - 2)]
    assert choose_statements(kind, size, make_fact("own", 95, 80), others, "", Random(1)) is None


def test_set_takes_no_two_statements_that_read_alike():
    others = [Fact(f"other{n}", "True one.", (S3,), false_statements=(FalseStatement("Wrong one."),)) for n in range(5)]
    assert choose_statements(Kind.WHICH_TRUE, 4, make_fact("own", 95), others, "", Random(1)) is None


def test_set_with_a_topic_takes_only_statements_that_name_it():
    on_topic = [make_fact(f"S3 other{number}", 100, 60 + 10 * number) for number in range(4)]
    off_topic = [make_fact(f"s3x other{number}", 100, 65 + 10 * number) for number in range(4)]
    chosen = choose_statements(Kind.WHICH_TRUE, 4, make_fact("S3 own", 80), [*off_topic, *on_topic], "S3", Random(1))
    assert {statement.fact_id.split()[0] for statement in chosen.distractors} == {"S3"}
