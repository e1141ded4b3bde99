from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from facts.questions.content import FalseStatement, Kind, TrueStatement
from facts.questions.generate import check_question
from facts.questions.kinds import (
    EXACT,
    RULES,
    false_statement,
    fill_blank,
    scenario,
    statement_set,
    true_statement,
    usable_distractors,
)
from facts.questions.quantities import quantity
from facts.questions.sets import Statement, StatementSet, why_false, why_true
from facts.questions.truths import Truths
from tests.content import make_blank, make_fact, make_scenario


def test_rules_has_a_versioned_rule_for_each_kind():
    assert set(RULES) == set(Kind)
    assert all(rule.partition("/")[2].isdigit() for rule in RULES.values())


def test_kind_keys():
    assert {kind: kind.keys for kind in Kind if kind.keys != 1} == {Kind.CHOOSE_TWO: 2}


def test_why_true_is_explanation_or_else_the_statement():
    assert why_true(make_fact(explanation="It is a log.")) == "It is a log."
    assert why_true(make_fact(statement="It is so.")) == "So it stands in the fact: It is so."


def test_why_false_is_own_reason_or_else_the_fact():
    fact = make_fact(statement="It is so.", explanation="It is a log.")
    assert why_false(fact, FalseStatement("It is not so.", "It was once.")) == "It was once."
    assert why_false(fact, FalseStatement("It is not so.")) == "It is so. It is a log."
    assert why_false(make_fact(statement="It is so."), FalseStatement("It is not so.")) == "It is so."


def test_why_false_of_a_rule_is_its_reason_with_the_explanation():
    false = FalseStatement("It is not so.", "The opposite is true. It is so.", "polarity/1")
    assert why_false(make_fact(explanation="It is a log."), false) == "The opposite is true. It is so. It is a log."
    assert why_false(make_fact(), false) == "The opposite is true. It is so."


def test_true_statement_key_is_true():
    question = true_statement(make_fact(statement="It is so.", explanation="It is a log."))
    assert (question.kind, question.stem) == (Kind.TRUE_FALSE, "It is so.")
    assert [(option.text, option.correct, option.why) for option in question.options] == [
        ("True", True, "It is a log."),
        ("False", False, "The statement is true as it stands."),
    ]


def test_false_statement_key_is_false():
    question = false_statement(make_fact(statement="It is so."), FalseStatement("It is not so."))
    assert (question.kind, question.stem) == (Kind.TRUE_FALSE, "It is not so.")
    assert [(option.text, option.correct, option.why) for option in question.options] == [
        ("True", False, "The statement is false as it stands."),
        ("False", True, "It is so."),
    ]


def test_true_statement_of_a_rule():
    true = TrueStatement("It is not other.", "denial/1", FalseStatement("It is other."))
    question = true_statement(make_fact(statement="It is so."), true)
    assert (question.stem, question.rule, question.is_derived) == ("It is not other.", "denial/1", True)
    assert question.options[0].correct


@pytest.mark.parametrize(("is_sound", "is_approved"), [(True, False), (False, False), (True, True)])
def test_false_statement_of_a_rule(is_sound, is_approved):
    false = FalseStatement("It is not so.", "No.", "polarity/1", "is > is not", is_sound, is_approved)
    question = false_statement(make_fact(statement="It is so."), false)
    assert (question.rule, question.change, question.sound) == ("polarity/1", "is > is not", is_sound)
    assert question.is_derived is not is_approved


def test_questions_of_what_an_editor_wrote_are_not_derived():
    fact = make_fact(statement="The log lasts 24 hours.")
    blank = make_blank()
    questions = [true_statement(fact), false_statement(fact, FalseStatement("It does not."))]
    questions += [fill_blank(fact, blank, blank.distractors, Random(1)), scenario(fact, make_scenario(), Random(1))]
    assert [question.is_derived for question in questions] == [False] * 4


def test_fill_blank_asks_for_the_answer():
    fact = make_fact(statement="The log lasts 24 hours.")
    question = fill_blank(fact, make_blank(), ["1 hour", "7 days", "30 days"], Random(1))
    assert question.stem == "The log lasts _____."
    assert [option.text for option in question.options if option.correct] == ["24 hours"]
    wrong = {option.text: option.why for option in question.options if not option.correct}
    assert wrong == {text: f"Not “{text}”: the fact has “24 hours” here." for text in ["1 hour", "7 days", "30 days"]}


def test_fill_blank_leaves_out_each_distractor_about_equally_often():
    distractors = ["alpha", "gamma", "delta", "omega"]
    left_out = Counter()
    for seed in range(400):
        blank = make_blank("kappa", distractors)
        question = fill_blank(make_fact(statement="The log is kappa."), blank, distractors, Random(seed))
        left_out.update(set(distractors) - {option.text for option in question.options})
    assert set(left_out) == set(distractors)
    assert 60 < min(left_out.values()) <= max(left_out.values()) < 140


@pytest.mark.parametrize(
    ("distractors", "ranks"),
    [
        (["1 hour", "2 hours", "3 hours", "2 days", "3 days", "4 days"], {0, 1, 2, 3}),
        (["1 hour", "2 days", "3 days", "4 days"], {0, 1}),
        (["1 hour", "2 hours", "3 hours"], {3}),
    ],
)
def test_fill_blank_key_takes_every_possible_rank_about_equally_often(distractors, ranks):
    found = Counter()
    for seed in range(400):
        question = fill_blank(make_fact(), make_blank(distractors=distractors), distractors, Random(seed))
        ordered = sorted(question.options, key=lambda option: quantity(option.text)[1])
        found[[option.correct for option in ordered].index(True)] += 1
    assert set(found) == ranks
    assert min(found.values()) > 0.7 * 400 / len(ranks)


def test_fill_blank_of_a_rule_asks_for_the_exact_value():
    blank = replace(make_blank(), rule="exact-value/1", is_sound=False)
    question = fill_blank(make_fact(statement="The log lasts 24 hours."), blank, blank.distractors, Random(1))
    assert (question.stem, question.rule) == (f"{EXACT} The log lasts _____.", "exact-value/1")
    assert (question.is_derived, question.sound) == (True, False)


def test_fill_blank_key_stands_everywhere():
    blank = make_blank()
    orders = [fill_blank(make_fact(), blank, blank.distractors, Random(seed)).options for seed in range(100)]
    assert {[option.correct for option in order].index(True) for order in orders} == {0, 1, 2, 3}


@pytest.mark.parametrize("count", [3, 4, 6])
def test_scenario_has_the_answer_and_three_distractors(count):
    source = make_scenario(distractors=[f"Cause {number}" for number in range(count)])
    question = scenario(make_fact(), source, Random(1))
    assert (question.stem, len(question.options)) == (source.stem, 4)
    key = [(option.text, option.why) for option in question.options if option.correct]
    assert key == [("They expired", "The log keeps a day.")]
    assert all(option.why == f"Not: {option.text}." for option in question.options if not option.correct)


def make_set(true_count: int, *, keys_are_true: bool = True) -> StatementSet:
    """Four statements of as many facts, the first ones true; the keys on the side that is asked for."""
    statements = [Statement(f"Claim {number}.", number < true_count, "So.", f"fact-{number}") for number in range(4)]
    sides = [statement for statement in statements if statement.is_true == keys_are_true]
    return StatementSet(tuple(sides), tuple(other for other in statements if other not in sides))


@pytest.mark.parametrize(
    ("kind", "about", "stem"),
    [
        (Kind.WHICH_TRUE, "Amazon S3", "Which statement about Amazon S3 is true?"),
        (Kind.WHICH_FALSE, "Amazon S3", "Which statement about Amazon S3 is FALSE?"),
        (Kind.CHOOSE_TWO, "Amazon S3", "Which two statements about Amazon S3 are true?"),
        (Kind.WHICH_TRUE, "", "Which statement is true?"),
        (Kind.WHICH_FALSE, "", "Which statement is FALSE?"),
        (Kind.CHOOSE_TWO, "", "Which two statements are true?"),
    ],
)
def test_statement_set_stem(kind, about, stem):
    assert statement_set(kind, make_set(2), about, Random(1)).stem == stem


def test_statement_set_is_about_the_fact_of_the_first_key():
    question = statement_set(Kind.WHICH_FALSE, make_set(3, keys_are_true=False), "", Random(1))
    check_question(question)
    assert question.fact_id == "fact-3"


def test_statement_set_says_of_each_option_whether_it_is_true():
    for option in statement_set(Kind.WHICH_FALSE, make_set(3, keys_are_true=False), "", Random(1)).options:
        assert option.why == ("False. So." if option.correct else "True. So.")


def test_statement_set_key_stands_everywhere():
    orders = [statement_set(Kind.WHICH_TRUE, make_set(1), "", Random(seed)).options for seed in range(100)]
    assert {[option.correct for option in order].index(True) for order in orders} == {0, 1, 2, 3}


def test_usable_distractors_leaves_out_what_another_fact_says():
    fact = make_fact(statement="The log lasts 24 hours.", blanks=(make_blank(),))
    assert usable_distractors(fact, fact.blanks[0], Truths([fact])) == ["1 hour", "7 days", "30 days"]
    truths = Truths([fact, make_fact("other", "The log lasts 7 days.")])
    assert usable_distractors(fact, fact.blanks[0], truths) == ["1 hour", "30 days"]
