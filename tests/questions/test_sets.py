from itertools import pairwise
from random import Random

import pytest

from facts.questions.content import Fact, FalseStatement, Kind, Service
from facts.questions.sets import CANDIDATES, choose_fair, choose_statements, claims_of, draw_places

S3 = Service("s3", "Amazon S3", "Storage")


def make_fact(name: str, true_length: int, *false_lengths: int) -> Fact:
    """A fact whose claims have these lengths."""
    false = tuple(FalseStatement(f"{name} {length} ".ljust(length, "x")) for length in false_lengths)
    return Fact(name, f"{name} ".ljust(true_length, "y"), (S3,), false_statements=false)


def choose(kind: Kind, fact: Fact, others: list[Fact], *, size: int = 4, topic: str = "", seed: int = 1):
    return choose_statements(kind, size, fact, others, topic, "Which one?", Random(seed))


def place_of_key(kind: Kind, seed: int, fact: Fact, others: list[Fact]) -> int:
    chosen = choose(kind, fact, others, seed=seed)
    lengths = sorted(len(statement.text) for statement in (*chosen.keys, *chosen.distractors))
    assert all(shorter <= longer for shorter, longer in pairwise(lengths))
    return lengths.index(len(chosen.keys[0].text))


# The places that keys shall have


@pytest.mark.parametrize(("keys", "size", "count"), [(1, 4, 4), (2, 5, 10)])
def test_draw_places_each_as_likely_as_any_other(keys, size, count):
    drawn = [draw_places(keys, size, Random(seed)) for seed in range(400)]
    assert {len(places) for places in drawn} == {3}
    for order in range(3):
        found = [places[order] for places in drawn]
        assert len(set(found)) == count
        assert min(found.count(places) for places in set(found)) > 400 / count / 2


def texts_of(candidate: str) -> tuple[str, list[str], list[bool]]:
    """A candidate is what its key and three equal options look like."""
    options = [candidate, "a b c d e", "f g h i j", "k l m n o"]
    return "Which one?", options, [True, False, False, False]


@pytest.mark.parametrize(("place", "chosen"), [(0, "p"), (3, "p q r s t u v w x y z")])
def test_choose_fair_takes_the_one_with_the_key_in_its_place(place, chosen):
    drawn = [(place,), (0,), (0,)]
    assert choose_fair(["p", "p q r s t u v w x y z"], texts_of, drawn) == chosen


def test_choose_fair_of_nothing_is_none():
    assert choose_fair([], texts_of, [(0,), (0,), (0,)]) is None


def test_choose_fair_looks_at_so_many_and_no_more():
    seen = []

    def candidates():
        for number in range(10_000):
            seen.append(number)
            yield "p q"

    assert choose_fair(candidates(), texts_of, [(3,), (0,), (0,)]) == "p q"
    assert len(seen) == CANDIDATES


# Sets of statements


@pytest.mark.parametrize("short", [95, 50])
def test_long_true_statement_takes_every_place_by_length(short):
    """Although it is longer than most false ones, each place comes about as often as any other."""
    others = [make_fact(f"other{number}", 200, short + number, 180 + number) for number in range(8)]
    places = [place_of_key(Kind.WHICH_TRUE, seed, make_fact("own", 120, 60), others) for seed in range(400)]
    assert all(60 <= places.count(place) <= 140 for place in range(4))


def test_set_that_cannot_be_balanced_is_made_all_the_same():
    others = [make_fact(f"other{number}", 200, 50 + number) for number in range(4)]
    found = [choose(Kind.WHICH_TRUE, make_fact("own", 120), others, seed=seed) for seed in range(40)]
    assert {len(chosen.distractors) for chosen in found} == {3}


@pytest.mark.parametrize(("kind", "size"), [(Kind.WHICH_TRUE, 4), (Kind.WHICH_FALSE, 4), (Kind.CHOOSE_TWO, 5)])
def test_set_of_too_few_facts_is_none(kind, size):
    others = [make_fact(f"other{number}", 100, 90) for number in range(size - 2)]
    assert choose(kind, make_fact("own", 95, 80), others, size=size) is None


@pytest.mark.parametrize(("kind", "size"), [(Kind.WHICH_TRUE, 4), (Kind.WHICH_FALSE, 4), (Kind.CHOOSE_TWO, 5)])
def test_set_has_its_keys_and_each_fact_once(kind, size):
    others = [make_fact(f"other{number}", 100 + number, 90 + number) for number in range(8)]
    for seed in range(20):
        chosen = choose(kind, make_fact("own", 95, 80), others, size=size, seed=seed)
        statements = [*chosen.keys, *chosen.distractors]
        assert (len(chosen.keys), len(statements)) == (kind.keys, size)
        assert len({statement.fact_id for statement in statements}) == size
        assert chosen.keys[0].fact_id == "own"
        assert {statement.is_true for statement in chosen.keys} == {kind is not Kind.WHICH_FALSE}
        assert {statement.is_true for statement in chosen.distractors} == {kind is Kind.WHICH_FALSE}


def test_set_takes_no_two_statements_that_read_alike():
    others = [Fact(f"other{n}", "True one.", (S3,), false_statements=(FalseStatement("Wrong one."),)) for n in range(5)]
    assert choose(Kind.WHICH_TRUE, make_fact("own", 95), others) is None


def test_set_shows_no_false_claim_beside_the_true_one_that_it_contradicts():
    false = [f"The default of queue {letter} is 5 days." for letter in "abcd"]
    others = [
        Fact(f"other{n}", "Yes.", (S3,), false_statements=(FalseStatement(text),)) for n, text in enumerate(false)
    ]
    own = Fact("own", "The default of queue is 7 days.", (S3,))
    assert choose(Kind.WHICH_TRUE, own, others) is None
    assert choose(Kind.WHICH_TRUE, Fact("own", "Wholly other words are here.", (S3,)), others) is not None


def test_set_with_a_topic_takes_only_statements_that_name_it():
    on_topic = [make_fact(f"S3 other{number}", 100, 60 + 10 * number) for number in range(4)]
    off_topic = [make_fact(f"s3x other{number}", 100, 65 + 10 * number) for number in range(4)]
    chosen = choose(Kind.WHICH_TRUE, make_fact("S3 own", 80), [*off_topic, *on_topic], topic="S3")
    assert {statement.fact_id.split()[0] for statement in chosen.distractors} == {"S3"}


# Which claims may stand in a set

WRITTEN = FalseStatement("Written.")
DERIVED = FalseStatement("Derived.", rule="polarity/1")
APPROVED = FalseStatement("Approved.", rule="polarity/1", is_approved=True)
DOUBTED = FalseStatement("Doubted.", rule="polarity/1", is_sound=False)
FACT = Fact("own", "It is so.", (S3,), false_statements=(WRITTEN, DERIVED, APPROVED, DOUBTED))


@pytest.mark.parametrize(
    ("needs_written", "texts"),
    [(False, ["Written.", "Derived.", "Approved."]), (True, ["Written.", "Approved."])],
)
def test_claims_of_false_ones(needs_written, texts):
    claims = claims_of(FACT, False, needs_written=needs_written)
    assert [claim.text for claim in claims] == texts
    assert [claim.text for claim in claims if claim.is_derived] == [text for text in texts if text == "Derived."]


def test_claims_of_true_one_is_the_statement():
    assert [claim.text for claim in claims_of(FACT, True)] == ["It is so."]


@pytest.mark.parametrize(
    ("kind", "is_made"), [(Kind.WHICH_TRUE, False), (Kind.CHOOSE_TWO, False), (Kind.WHICH_FALSE, True)]
)
def test_set_with_several_false_ones_takes_none_that_nobody_has_read(kind, is_made):
    def derived(name: str) -> Fact:
        return Fact(name, f"{name} is so.", (S3,), false_statements=(FalseStatement(f"Not {name}.", "", "polarity/1"),))

    others = [derived(name) for name in ("one", "two", "three", "four", "five")]
    chosen = choose(kind, derived("own"), others, size=5 if kind is Kind.CHOOSE_TWO else 4)
    assert (chosen is not None) is is_made
