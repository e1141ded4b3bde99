"""What the rules make of the bank as it is shipped: nothing but knowledge of AWS should help."""

from collections import Counter
from random import Random

import pytest

from facts.exchange.records import DOMAINS
from facts.questions.claims import claim_key
from facts.questions.content import Kind, Question
from facts.questions.generate import arrange
from facts.questions.quantities import quantity
from tests.content import false_claims_in, shipped_bank, shipped_questions

CHOICES = [kind for kind in Kind if kind is not Kind.TRUE_FALSE]


def questions(kind: Kind) -> list[Question]:
    return [question for question in shipped_questions() if question.kind == kind]


def shown_keys(question: Question) -> list[bool]:
    """Which of the options are right, in the order in which a player sees them."""
    order = arrange(question.kind, [option.text for option in question.options], Random(question.fingerprint))
    return [question.options[index].correct for index in order]


def test_shipped_bank_has_facts_of_every_domain():
    assert {record.domain for record in shipped_bank().facts} == set(DOMAINS)


def test_shipped_bank_gives_questions_of_every_kind():
    assert {question.kind for question in shipped_questions()} == set(Kind)


def test_shipped_bank_asks_every_fact():
    asked = {question.fact_id for question in shipped_questions()}
    assert asked == {record.fact.id for record in shipped_bank().facts}


def test_shipped_bank_no_two_questions_ask_the_same():
    fingerprints = Counter(question.fingerprint for question in shipped_questions())
    assert [question for question, count in fingerprints.items() if count > 1] == []


def test_shipped_bank_never_calls_false_what_it_says_is_true():
    truths = {claim_key(record.fact.statement) for record in shipped_bank().facts}
    claims = [claim for question in shipped_questions() for claim in false_claims_in(question)]
    assert [claim for claim in claims if claim_key(claim) in truths] == []


@pytest.mark.parametrize("kind", CHOICES)
def test_shipped_bank_key_stands_at_each_position_about_equally_often(kind):
    keys = [shown_keys(question) for question in questions(kind)]
    counts = Counter(position for shown in keys for position, correct in enumerate(shown) if correct)
    expected = len(keys) * kind.keys / len(keys[0])
    chi_square = sum((counts[position] - expected) ** 2 / expected for position in range(len(keys[0])))
    assert {len(shown) for shown in keys} == {len(keys[0])}
    assert chi_square < 20  # at most four degrees of freedom: by chance once in two thousand banks


@pytest.mark.parametrize("kind", CHOICES)
def test_shipped_bank_longest_option_is_no_clue(kind):
    def luck(question: Question) -> float:
        """Chance that an option drawn from the longest ones is right."""
        longest = max(len(option.text) for option in question.options)
        keys = [option.correct for option in question.options if len(option.text) == longest]
        return sum(keys) / len(keys)

    asked = questions(kind)
    chance = kind.keys / len(asked[0].options)
    assert abs(sum(map(luck, asked)) / len(asked) - chance) < 0.08


def test_shipped_bank_length_of_a_claim_is_no_clue_whether_it_is_true():
    asked = questions(Kind.TRUE_FALSE)
    true = [len(question.stem) for question in asked if question.options[0].correct]
    false = [len(question.stem) for question in asked if not question.options[0].correct]
    middle = sorted(true + false)[len(asked) // 2]
    found = sum(length > middle for length in true) / len(true)
    refused = sum(length <= middle for length in false) / len(false)
    # The true ones are a little longer, being hedged with care; that gap may shrink but not grow.
    assert abs((found + refused) / 2 - 0.5) < 0.1


def test_shipped_bank_shows_quantities_by_size():
    scales = 0
    for question in questions(Kind.FILL_BLANK):
        texts = [option.text for option in question.options]
        found = [quantity(texts[index]) for index in arrange(question.kind, texts, Random(0))]
        if None not in found and len({kind for kind, _ in found}) == 1:
            scales += 1
            assert found == sorted(found)
    assert scales > 10


def test_shipped_bank_shows_true_before_false():
    texts = {tuple(option.text for option in question.options) for question in questions(Kind.TRUE_FALSE)}
    assert texts == {("True", "False")}
    assert arrange(Kind.TRUE_FALSE, ["True", "False"], Random(1)) == [0, 1]
