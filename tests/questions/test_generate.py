from collections import Counter, defaultdict
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.questions.check import find_faults
from facts.questions.claims import claim_key
from facts.questions.content import Blank, Fact, FalseStatement, Kind, Question, Service
from facts.questions.generate import (
    SET_KINDS,
    Generator,
    Rings,
    UnsoundQuestion,
    arrange,
    check_question,
    generate,
)
from facts.questions.truths import Truths
from tests.content import (
    EBS,
    EC2,
    S3,
    false_claims_in,
    make_blank,
    make_fact,
    make_option,
    make_question,
    make_questions,
    make_scenario,
)

SPANS = ["1 hour", "1 day", "1 week", "1 month"]
# Few words, so that what one fact denies is often what another one says.
claims = st.builds(
    "{} keeps {} for {}.".format,
    st.sampled_from(["Amazon S3", "Amazon EBS", "The service"]),
    st.sampled_from(["data", "logs", "keys"]),
    st.sampled_from(SPANS),
)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    statement = draw(claims)
    span = next(span for span in SPANS if span in statement)
    blank = Blank(span, tuple(other for other in SPANS if other != span))
    return make_fact(
        draw(st.from_regex(r"[a-f][0-9]", fullmatch=True)),
        statement,
        service=draw(st.sampled_from([S3, S3, EBS, EC2])),
        explanation=draw(st.sampled_from(["", "It is a setting."])),
        false_statements=draw(st.lists(claims, max_size=3, unique=True)),
        blanks=(blank,) if draw(st.booleans()) else (),
        scenarios=(make_scenario(),) if draw(st.booleans()) else (),
    )


banks = st.lists(facts().filter(lambda fact: not find_faults(fact)), max_size=14, unique_by=lambda fact: fact.id)


def make_varied_facts(count: int, *, service: Service = S3, prefix: str = "fact", false: int = 2) -> list[Fact]:
    """Facts about one service of which none says what another one denies."""

    def claim(*about: object) -> str:
        return f"{service.name} is {' '.join(word + ''.join(map(str, about)) for word in 'pqrstuv')}."

    return [
        make_fact(
            f"{prefix}-{number}",
            claim(prefix, number),
            service=service,
            false_statements=[claim(prefix, number, "not", n) for n in range(false)],
        )
        for number in range(count)
    ]


def group_questions(questions: list[Question]) -> dict[tuple[str, Kind], set[Question]]:
    """The questions by the fact that they are about and by kind."""
    groups = defaultdict(set)
    for question in questions:
        groups[question.fact_id, question.kind].add(question)
    return groups


# What is made of which fact


def test_generate_fact_that_no_rule_can_read_gives_nothing():
    assert make_questions([make_fact(statement="Some logs may last.")]) == []


def test_generate_asks_a_plain_fact_by_a_true_and_a_false_claim():
    made = make_questions([make_fact(statement="Security groups are stateful.")])
    assert [(question.kind, question.sound) for question in made] == [(Kind.TRUE_FALSE, True)] * 2
    assert [question.options[0].correct for question in made] == [True, False]


def test_generate_what_is_not_sound_waits_in_review_with_its_true_partner():
    made = make_questions([make_fact(statement="The proxy, a server, keeps keys for 5 days.")])
    assert {question.kind for question in made} == {Kind.TRUE_FALSE, Kind.FILL_BLANK}
    assert not any(question.sound for question in made)


def test_generate_unsound_false_statement_takes_no_part_in_the_pair():
    falses = [FalseStatement("The log is a key."), FalseStatement("The log is.", "No.", "sibling/1", is_sound=False)]
    for seed in range(20):
        made = make_questions([make_fact(false_statements=falses, blanks=(make_blank(),))], Kind.TRUE_FALSE, seed=seed)
        assert [question.stem for question in made if question.sound][1:] == ["The log is a key."]
        assert [question.stem for question in made if not question.sound] == ["The log is."]


def test_generate_no_facts_gives_nothing():
    assert list(generate([])) == []


def test_generate_full_fact_gives_a_question_of_each_part():
    fact = make_fact(
        false_statements=["The log is for ever.", "There is no log."],
        blanks=(make_blank(), make_blank("log", ["table", "queue", "key"])),
        scenarios=(make_scenario(),),
    )
    kinds = Counter(question.kind for question in make_questions([fact]))
    assert kinds == {Kind.TRUE_FALSE: 2, Kind.FILL_BLANK: 2, Kind.SCENARIO: 1}


@pytest.mark.parametrize(("kind", "size"), SET_KINDS.items())
def test_generate_sets_compare_facts_of_a_service(kind, size):
    questions = make_questions(make_varied_facts(5), kind)
    assert len(questions) == 5
    assert {len(question.options) for question in questions} == {size}
    assert all("about Amazon S3" in question.stem for question in questions)


@pytest.mark.parametrize("kind", SET_KINDS)
def test_generate_sets_take_the_family_where_a_service_has_too_few_facts(kind):
    bank = make_varied_facts(3, service=S3, prefix="s3") + make_varied_facts(3, service=EBS, prefix="ebs")
    questions = make_questions(bank, kind)
    assert len(questions) == 6
    assert all("about" not in question.stem for question in questions)


@pytest.mark.parametrize("kind", SET_KINDS)
def test_generate_no_sets_across_families_where_these_tell_facts_apart(kind):
    bank = make_varied_facts(3, service=S3, prefix="s3") + make_varied_facts(3, service=EC2, prefix="ec2")
    rings = Rings({fact.id: fact.services for fact in bank}, reaches_all=False)
    assert make_questions(bank, kind, rings=rings) == []


@pytest.mark.parametrize("kind", SET_KINDS)
def test_generate_sets_take_any_facts_where_a_family_has_too_few(kind):
    bank = make_varied_facts(3, service=S3, prefix="s3") + make_varied_facts(3, service=EC2, prefix="ec2")
    assert len(make_questions(bank, kind)) == 6


def test_generate_sets_about_a_service_take_false_statements_that_name_it():
    bank = [
        replace(fact, false_statements=(*fact.false_statements, FalseStatement(f"Off topic {fact.id}.")))
        for fact in make_varied_facts(8)
    ]
    sets = [question for question in make_questions(bank) if question.kind in SET_KINDS]
    about_the_service = [question for question in sets if " about " in question.stem]
    assert len(about_the_service) >= 8
    assert not any(text.startswith("Off topic") for question in about_the_service for text in false_claims_in(question))


def test_generate_sets_show_each_fact_once_where_a_service_is_named_like_its_family():
    bank = make_varied_facts(2, service=Service("storage", "Amazon Storage", "storage"))
    made = [question for seed in range(20) for question in make_questions(bank, seed=seed)]
    sets = [question for question in made if question.kind in SET_KINDS]
    assert [question for question in sets if len(question.fact_ids) < len(question.options)] == []


def test_generate_drops_false_statement_that_another_fact_says_is_true():
    bank = [
        make_fact("a", "The log lasts 24 hours.", false_statements=["Logs can be tagged."]),
        make_fact("b", "Logs can be tagged."),
    ]
    asked = {question.stem: question.options[0].correct for question in make_questions(bank, Kind.TRUE_FALSE)}
    assert asked == {"Logs can be tagged.": True, "Logs cannot be tagged.": False}


def test_generate_truths_from_outside_are_no_distractors():
    fact = make_fact(
        statement="The log lasts 24 hours.", blanks=(make_blank(distractors=["1 hour", "7 days", "9 days"]),)
    )
    truths = Truths([fact], keys={claim_key("The log lasts 7 days.")})
    assert make_questions([fact], truths=truths, kind=Kind.FILL_BLANK) == []
    assert len(make_questions([fact], truths=Truths(), kind=Kind.FILL_BLANK)) == 1


def test_generate_only_limits_what_is_asked_but_not_the_neighbours():
    bank = make_varied_facts(6)
    some = make_questions(bank, only={"fact-2"})
    assert some == [question for question in make_questions(bank) if question.fact_id == "fact-2"]
    assert {question.kind for question in some} >= set(SET_KINDS)


def test_generate_another_seed_compares_other_facts():
    made = [make_questions(make_varied_facts(12), Kind.WHICH_TRUE, seed=seed) for seed in (0, 1)]
    first, second = ({frozenset(question.fact_ids) for question in questions} for questions in made)
    assert first != second


# What holds for any bank


@settings(max_examples=40, deadline=None)
@given(banks, st.randoms(use_true_random=False), st.integers(0, 3))
def test_generate_same_questions_whatever_the_order(bank, rng, seed):
    shuffled = list(bank)
    rng.shuffle(shuffled)
    made = list(generate(bank, seed=seed))
    assert list(generate(shuffled, seed=seed)) == made
    assert [item.fact_id for item in made] == sorted(item.fact_id for item in made)


@settings(max_examples=40, deadline=None)
@given(banks)
def test_generate_gives_sound_questions(bank):
    for question in make_questions(bank):
        assert sum(option.correct for option in question.options) == question.kind.keys
        assert len({option.text for option in question.options}) == len(question.options)
        assert all(option.why for option in question.options)


@settings(max_examples=40, deadline=None)
@given(banks)
def test_generate_never_calls_false_what_the_bank_says_is_true(bank):
    truths = {claim_key(fact.statement) for fact in bank}
    for question in make_questions(bank):
        assert [claim for claim in false_claims_in(question) if claim_key(claim) in truths] == []


@settings(max_examples=40, deadline=None)
@given(banks)
def test_generate_sets_never_show_a_fact_beside_its_own_falsification(bank):
    for question in make_questions(bank):
        if question.kind in SET_KINDS:
            assert len({option.fact_id for option in question.options}) == len(question.options)


class NearRings(Rings):
    """Rings on which not every fact is another one's neighbour."""

    REACH = 4


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([S3, S3, EBS, EC2]), min_size=2, max_size=16), st.sampled_from([S3, EBS, EC2]))
def test_generate_changed_fact_changes_only_questions_that_its_rings_name(tagged, new_service):
    bank = [make_varied_facts(1, service=service, prefix=f"f{n}")[0] for n, service in enumerate(tagged)]
    changed = replace(make_varied_facts(1, service=new_service, prefix="new")[0], id=bank[0].id)
    made, touched = [], {changed.id}
    for facts_now in (bank, [changed, *bank[1:]]):
        rings = NearRings({fact.id: fact.services for fact in facts_now})
        made.append(group_questions(make_questions(facts_now, rings=rings)))
        touched |= rings.touched(changed.id, facts_now[0].services)
    before, after = made
    assert {about for about, _ in before.keys() | after.keys() if before[about, _] != after[about, _]} <= touched


@pytest.mark.parametrize("kind", SET_KINDS)
def test_generate_new_fact_leaves_most_of_a_big_service_alone(kind):
    bank = make_varied_facts(100)
    before = {question.fingerprint for question in make_questions(bank, kind)}
    after = {question.fingerprint for question in make_questions([*bank, *make_varied_facts(1, prefix="new")], kind)}
    assert len(before) == 100
    assert len(before - after) <= Rings.REACH


# One fact at a time


def test_generator_gives_the_questions_of_generate():
    bank = make_varied_facts(6)
    generator = Generator(bank, seed=3)
    assert [one for fact in bank for one in generator.questions_about(fact.id)] == make_questions(bank, seed=3)


def test_written_false_statement_that_another_fact_says_is_dropped():
    fact = make_fact(false_statements=["Logs can be tagged.", "There is no log."])
    truths = Truths([fact, make_fact("other", "Logs can be tagged.")])
    prepared = Generator([fact], truths=truths).prepared(fact.id)
    assert [false.text for false in prepared.false_statements] == ["There is no log."]
    assert Generator([fact]).prepared(fact.id).false_statements == fact.false_statements


# The linter and the fingerprint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([make_option("One"), make_option("Two")], "s3-hours: which_true has 0 right options"),
        ([make_option("One", True), make_option("Two", True)], "s3-hours: which_true has 2 right options"),
        ([make_option("One", True), make_option("one.")], "s3-hours: which_true has two options that read alike"),
        (
            [make_option("One", True), make_option("Two", why=" ")],
            "s3-hours: which_true has an option without a reason",
        ),
    ],
)
def test_check_question_refuses_unsound_question(options, message):
    with pytest.raises(UnsoundQuestion) as refused:
        check_question(make_question(options=tuple(options)))
    assert str(refused.value) == message


def test_check_question_wants_two_keys_of_choose_two():
    options = (make_option("One", True), make_option("Two", True), make_option("Three"))
    assert check_question(make_question(Kind.CHOOSE_TWO, options)) is None
    with pytest.raises(UnsoundQuestion, match="choose_two has 1 right options"):
        check_question(make_question(Kind.CHOOSE_TWO, options[1:]))


def test_fingerprint_knows_neither_order_nor_reasons():
    one, two = make_option("One", True), make_option("Two")
    question = make_question(options=(one, two))
    assert make_question(options=(two, one)).fingerprint == question.fingerprint
    assert make_question(options=(one, replace(two, why="Better so."))).fingerprint == question.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"kind": Kind.WHICH_FALSE},
        {"rule": "rule/2"},
        {"fact_id": "other"},
        {"stem": "Which one?"},
        {"options": (make_option("One", True), make_option("Three"))},
        {"options": (make_option("One"), make_option("Two", True))},
    ],
    ids=str,
)
def test_fingerprint_differs_where_another_thing_is_asked(change):
    question = make_question(options=(make_option("One", True), make_option("Two")))
    assert replace(question, **change).fingerprint != question.fingerprint


def test_fact_ids_names_each_fact_once_and_its_own_first():
    options = (make_option("One", fact_id="b"), make_option("Two", fact_id="a"), make_option("Three", fact_id="b"))
    assert make_question(options=options, fact_id="a").fact_ids == ("a", "b")


# The order of options


def shown(kind: Kind, texts: list[str], seed: int = 0) -> list[str]:
    return [texts[index] for index in arrange(kind, texts, Random(seed))]


@pytest.mark.parametrize(
    ("texts", "arranged"),
    [
        (["7 days", "1 hour", "one week and", "24 hours"], None),
        (["7 days", "1 hour", "90 seconds", "24 hours"], ["90 seconds", "1 hour", "24 hours", "7 days"]),
        (["1 TB", "5 GB", "500 MB"], ["500 MB", "5 GB", "1 TB"]),
        (["three", "10", "two"], ["two", "three", "10"]),
        (["99.99 %", "99.9 %", "100 %"], ["99.9 %", "99.99 %", "100 %"]),
    ],
)
def test_arrange_quantities_of_one_kind_by_size(texts, arranged):
    orders = {tuple(shown(Kind.FILL_BLANK, texts, seed)) for seed in range(30)}
    assert orders == {tuple(arranged)} if arranged else len(orders) > 1


@pytest.mark.parametrize("texts", [["5 GB", "7 days", "3"], ["One", "SQS", "SNS"], ["5 GB", "many", "3 GB"]])
def test_arrange_shuffles_where_there_is_no_scale(texts):
    assert len({tuple(shown(Kind.FILL_BLANK, texts, seed)) for seed in range(60)}) == 6


def test_arrange_true_before_false():
    assert {tuple(shown(Kind.TRUE_FALSE, ["True", "False"], seed)) for seed in range(30)} == {("True", "False")}


@given(st.sampled_from(Kind), st.lists(st.sampled_from([*SPANS, "S3", "SQS", "5 GB"]), max_size=6), st.integers())
def test_arrange_shows_each_option_once_and_same_seed_same_order(kind, texts, seed):
    order = arrange(kind, texts, Random(seed))
    assert sorted(order) == list(range(len(texts)))
    assert arrange(kind, texts, Random(seed)) == order


def test_siblings_are_other_services_of_the_family_that_have_facts():
    rings = Rings({"a": (EBS,), "b": (EC2,), "c": (S3, EC2)})
    assert rings.siblings((S3, EC2)) == ["Amazon EBS"]
    assert Rings({}).siblings((S3,)) == []
