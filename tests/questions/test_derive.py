from dataclasses import replace

import pytest

from facts.questions.content import Fact, FalseStatement, Verdict
from facts.questions.derive import MAX_FALSE, derive
from facts.questions.truths import Truths
from tests.content import EBS, EC2, make_blank, make_fact

LIMIT = "A queue supports up to 20 consumers."


def derive_fact(fact, *others):
    siblings = sorted({other.service.name for other in others if other.service.family == fact.service.family})
    return derive(fact, Truths([fact, *others]), [name for name in siblings if name != fact.service.name])


def derive_text(statement: str, *others: str):
    made = [make_fact(f"other{number}", other) for number, other in enumerate(others)]
    return derive_fact(make_fact("own", statement), *made)


def false_texts(fact: Fact) -> list[str]:
    return [false.text for false in fact.false_statements]


def test_derive_adds_false_statements_with_reason_rule_and_change():
    fact = derive_text("Security groups are stateful.").fact
    assert fact.false_statements == (
        FalseStatement(
            "Security groups are stateless.",
            "It is \u201cstateful\u201d, not \u201cstateless\u201d. Security groups are stateful.",
            "antonym/1",
            "stateful > stateless",
        ),
    )


def test_derive_adds_a_blank_with_three_amounts_on_each_side():
    [blank] = derive_text(LIMIT).fact.blanks
    assert (blank.answer, blank.rule, blank.is_sound) == ("20", "exact-value/1", True)
    assert [int(text) < 20 for text in blank.distractors] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    "statement", ["The limit is 1 week.", "The default is 2 keys.", "A key lasts 1 hour by default."]
)
def test_derive_no_blank_with_too_few_amounts_on_one_side(statement):
    assert derive_text(statement).fact.blanks == ()


def test_derive_no_blank_where_the_answer_stands_twice():
    assert derive_text("Group 20 supports up to 20 keys.").fact.blanks == ()


def test_derive_keeps_what_an_editor_wrote():
    fact = make_fact(statement=LIMIT, false_statements=["A queue is a topic."], blanks=(make_blank("queue"),))
    derived = derive_fact(fact)
    assert (derived.fact, derived.doubts) == (fact, ())


def test_derive_adds_blanks_beside_written_false_statements_and_the_other_way_round():
    with_false = derive_fact(make_fact(statement=LIMIT, false_statements=["A queue is a topic."])).fact
    assert (false_texts(with_false), [blank.answer for blank in with_false.blanks]) == (["A queue is a topic."], ["20"])
    with_blank = derive_fact(make_fact(statement=LIMIT, blanks=(make_blank("queue"),))).fact
    assert with_blank.blanks == (make_blank("queue"),)
    assert len(with_blank.false_statements) > 0


def test_derive_refused_fact_stays_as_it_is():
    fact = make_fact(statement="Is a bucket private?")
    derived = derive_fact(fact)
    assert (derived.fact, derived.reading) == (fact, None)
    assert derived.refusals == ("is a question: write what is true",)


@pytest.mark.parametrize("statement", [LIMIT, "The maximum size is 5 TB.", "The default is 3 days."])
def test_derive_a_few_false_statements_of_different_rules_first(statement):
    fact = derive_text(statement).fact
    assert 0 < len(fact.false_statements) <= MAX_FALSE
    assert len(set(false_texts(fact))) == len(fact.false_statements)


def test_derive_takes_one_change_of_each_rule_first():
    rules = [false.rule for false in derive_text("The maximum size is 5 TB.").fact.false_statements]
    assert rules[:2] == ["quantity/1", "superlative/1"]


def test_derive_no_plain_denial_beside_another_change():
    assert [false.rule for false in derive_text("The key is case-sensitive.").fact.false_statements] == ["antonym/1"]
    assert [false.rule for false in derive_text("The key is a name.").fact.false_statements] == ["polarity/1"]


def test_derive_reads_names_of_services():
    fact = make_fact(statement="EC2 hosts store images for users.", service=replace(EC2, name="EC2 hosts"))
    assert false_texts(derive_fact(fact).fact) == ["EC2 hosts do not store images for users."]


def test_derive_opens_contractions():
    derived = derive_text("A peering connection doesn't support tags.")
    assert false_texts(derived.fact) == ["A peering connection supports tags."]


# What is doubted, confirmed, approved or refused


def test_derive_doubted_reading_gives_nothing_sound():
    fact = make_fact(statement="The proxy, a server, keeps keys for 5 days.")
    derived = derive_fact(fact)
    assert derived.doubts
    assert [false.is_sound for false in derived.fact.false_statements] == [False] * len(derived.fact.false_statements)
    assert [blank.is_sound for blank in derived.fact.blanks] == [False]
    assert derived.fact.true_statements == ()


def test_derive_confirmed_verb_makes_it_sound():
    statement = "The proxy, a server, keeps keys for 5 days."
    derived = derive_fact(replace(make_fact(statement=statement), confirmed_verb=statement.index("keeps")))
    assert derived.doubts == ()
    assert [false.is_sound for false in derived.fact.false_statements] == [True] * 3
    assert [blank.is_sound for blank in derived.fact.blanks] == [True]


def test_derive_confirmed_place_without_a_verb_confirms_nothing():
    fact = replace(make_fact(statement="The proxy, a server, keeps keys for 5 days."), confirmed_verb=999)
    assert derive_fact(fact).doubts


@pytest.mark.parametrize("verdict", [True, False])
def test_derive_verdict_on_a_change(verdict):
    change = ("quantity/1", "20 > 40")
    fact = replace(make_fact(statement=LIMIT), verdicts=(Verdict(*change, verdict),))
    found = {(false.rule, false.change): false.is_approved for false in derive_fact(fact).fact.false_statements}
    assert found.get(change) is (True if verdict else None)
    assert not any(approved for key, approved in found.items() if key != change)


def test_derive_approved_change_is_sound_in_spite_of_doubts():
    statement = "The proxy, a server, keeps keys for 5 days."
    fact = replace(make_fact(statement=statement), verdicts=(Verdict("quantity/1", "5 days > 10 days", True),))
    sound = [false.text for false in derive_fact(fact).fact.false_statements if false.is_sound]
    assert sound == ["The proxy, a server, keeps keys for 10 days."]


def test_derive_service_of_the_family_waits_for_a_person_where_nothing_else_is_left():
    fact, sibling = make_fact(statement="Amazon S3 might store files."), make_fact("other", service=EBS)
    [false] = derive_fact(fact, sibling).fact.false_statements
    assert (false.text, false.rule, false.is_sound) == ("Amazon EBS might store files.", "sibling/1", False)
    assert derive_fact(make_fact(statement="Amazon S3 stores files."), sibling).fact.false_statements[0].is_sound
    refused = replace(fact, verdicts=(Verdict("sibling/1", "Amazon S3 > Amazon EBS", False),))
    assert derive_fact(refused, sibling).fact.false_statements == ()
    approved = replace(fact, verdicts=(Verdict("sibling/1", "Amazon S3 > Amazon EBS", True),))
    assert derive_fact(approved, sibling).fact.false_statements[0].is_approved


# What other facts make true


def test_derive_withholds_what_another_fact_says():
    derived = derive_text("A key is public.", "A key is not public.")
    assert derived.fact.false_statements == ()
    assert derived.withheld == ("\u201cA key is not public.\u201d may be true: another fact says so",)


def test_derive_leaves_out_amounts_of_other_facts():
    derived = derive_text(LIMIT, "A queue for a topic supports up to 40 consumers.")
    offered = [*false_texts(derived.fact), *derived.fact.blanks[0].distractors]
    assert [text for text in offered if "40" in text] == []


def test_derive_true_statements_deny_false_ones():
    fact = derive_text("The default is 3 days.").fact
    assert 0 < len(fact.true_statements) <= 6
    for true in fact.true_statements:
        assert true.rule == "denial/1"
        assert true.text == true.partner.text.replace("is", "is not", 1)
        assert true.partner.text != fact.statement


def test_derive_true_statement_not_against_another_fact():
    fact = derive_text("The default is 3 days.", "The default is 10 days.").fact
    assert [true.text for true in fact.true_statements if "10 days" in true.text] == []


def test_derive_same_fact_same_result():
    assert derive_text(LIMIT) == derive_text(LIMIT)
