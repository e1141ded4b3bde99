"""What holds for any text and any bank, however strange."""

import re
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from facts.questions.claims import claim_key, normalise, same_option
from facts.questions.content import Fact, Kind, Service
from facts.questions.derive import MAX_FALSE, derive
from facts.questions.gate import find_refusals
from facts.questions.generate import SET_KINDS, Rings, generate
from facts.questions.quantities import find_quantities
from facts.questions.reading import confirm, read, tail_verbs, verb_candidates
from facts.questions.truths import Truths
from tests.content import EBS, EC2, S3, false_claims_in, make_fact

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = (
    "a an the each every all Amazon S3 service bucket buckets key keys is are has have does do not never no cannot can "
    "will must may only up to at least most 5 10 days hours KB 99.9% , . and or but whereas while if when unless until "
    "that which stores store encrypts checks limits by default maximum of for two five before after without instead "
    "rather than always also 0 100% 1 year ( ) \" ' - : ; more or fewer in on from once don't \u00e9 \u2014 A The "
    "includes accepts synchronously stateful private port 443 99.99% 2024 v1.2 10.0.0.0/16"
).split()
sentences = st.lists(st.sampled_from(WORDS), max_size=22).map(" ".join)
texts = st.text(max_size=80) | sentences

# Plain facts of a few forms, so that rules have something to do.
subjects = st.sampled_from(
    ["A bucket", "The default queue", "Amazon S3", "Each key", "A policy of a user", "The service"]
)
plurals = st.sampled_from(["Buckets", "Security groups", "Keys of a bucket", "All queues"])
objects = st.sampled_from(["objects", "a name", "messages in a queue", "tags by default", "file locks"])
bounds = st.builds(
    "{} {} {} {} {}.".format,
    subjects,
    st.sampled_from(["can use", "supports", "has"]),
    st.sampled_from(["up to", "at least", "at most", "no more than", "exactly"]),
    st.integers(2, 5000).map(lambda number: f"{number:,}") | st.sampled_from(["three", "seven", "1.5"]),
    st.sampled_from(["keys", "GB", "days", "seconds", "Mbps", "names"]),
)
plain_facts = st.one_of(
    bounds,
    st.builds("{} {} {}.".format, subjects, st.sampled_from(["stores", "does not support", "cannot hold"]), objects),
    st.builds("{} {} {}.".format, plurals, st.sampled_from(["store", "do not support", "have"]), objects),
    st.builds("{} is {}.".format, subjects, st.sampled_from(["stateful", "private by default", "not a container"])),
    st.builds("The {} is {} days.".format, st.sampled_from(["default", "maximum age", "limit"]), st.integers(2, 400)),
)  # fmt: skip
services = st.sampled_from([(S3,), (S3,), (EBS,), (EC2,), (S3, EC2), (EBS, S3)])


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    fact = make_fact(draw(st.from_regex(r"[a-e][0-9]", fullmatch=True)), draw(plain_facts))
    return replace(fact, services=draw(services), explanation=draw(st.sampled_from(["", "It is a setting."])))


banks = st.lists(facts(), max_size=10, unique_by=lambda fact: fact.id)


# No text breaks anything


@settings(max_examples=250, deadline=None)
@given(texts, st.integers(-3, 90))
def test_reading_never_raises_and_says_the_same_twice(text, place):
    assert find_refusals(text) == find_refusals(text)
    assert all(reason.strip() for reason in find_refusals(text))
    reading = read(text)
    assert read(text) == reading
    list(tail_verbs(reading))
    assert all(text[word.start : word.end] == word.text for word in verb_candidates(text))
    confirmed = confirm(reading, place)
    if confirmed is not reading:
        assert confirmed.is_sure
        assert confirmed.main.verb_start == place


@settings(max_examples=150, deadline=None)
@given(texts | plain_facts, st.none() | st.integers(0, 60))
def test_derive_never_raises_and_adds_only_readable_claims(text, verb):
    fact = replace(make_fact("own", text), confirmed_verb=verb)
    derived = derive(fact, Truths([fact]))
    assert derive(fact, Truths([fact])) == derived
    if derived.refusals:
        assert derived.fact == fact
        return
    falses = derived.fact.false_statements
    assert len(falses) <= MAX_FALSE
    assert len({false.text for false in falses}) == len(falses)
    for false in falses:
        assert false.text != text
        assert false.why.strip()
        assert not false.is_sound or derived.reading.is_sure
    assert derived.reading.is_sure or not derived.fact.true_statements


@QUICK
@given(st.lists(texts, max_size=4))
def test_generate_never_raises(statements):
    bank = [make_fact(f"f{number}", statement) for number, statement in enumerate(statements)]
    for question in generate(bank):
        assert not find_refusals(next(fact.statement for fact in bank if fact.id == question.fact_id))


# What every question keeps


@QUICK
@given(banks, st.integers(0, 3))
def test_questions_have_their_keys_and_distinct_options(bank, seed):
    for question in generate(bank, seed=seed):
        assert sum(option.correct for option in question.options) == question.kind.keys
        chosen = [option.text for option in question.options]
        assert not any(same_option(one, other) for place, one in enumerate(chosen) for other in chosen[:place])
        assert all(option.why.strip() for option in question.options)


@QUICK
@given(banks)
def test_questions_never_call_false_what_a_fact_says(bank):
    truths = {claim_key(fact.statement) for fact in bank}
    for question in generate(bank):
        assert [claim for claim in false_claims_in(question) if claim_key(claim) in truths] == []


@QUICK
@given(banks)
def test_questions_show_no_fact_beside_its_own_falsification(bank):
    for question in generate(bank):
        if question.kind in SET_KINDS:
            assert len({option.fact_id for option in question.options}) == len(question.options)


@QUICK
@given(banks)
def test_true_and_false_claims_of_a_fact_are_as_many(bank):
    """Who knows nothing and always says "false" is right half the time."""
    for fact in bank:
        asked = [one for one in generate([fact]) if one.kind is Kind.TRUE_FALSE and one.sound]
        assert 2 * sum(one.options[0].correct for one in asked) == len(asked)


# The same in, the same out


@QUICK
@given(banks, st.randoms(use_true_random=False), st.integers(0, 3))
def test_same_questions_whatever_the_order_of_the_facts(bank, rng, seed):
    shuffled = list(bank)
    rng.shuffle(shuffled)
    assert list(generate(shuffled, seed=seed)) == list(generate(bank, seed=seed))


@QUICK
@given(banks.filter(bool), st.data())
def test_only_gives_the_part_of_the_whole(bank, data):
    only = data.draw(st.sets(st.sampled_from([fact.id for fact in bank])))
    whole = [question for question in generate(bank) if question.fact_id in only]
    assert list(generate(bank, only=only)) == whole
    rings = Rings({fact.id: fact.services for fact in bank})
    needed = rings.neighbours(only) | only
    some = [fact for fact in bank if fact.id in needed]
    assert list(generate(some, only=only, truths=Truths(bank), rings=rings)) == whole


class NearRings(Rings):
    """Rings on which not every fact is another one's neighbour."""

    REACH = 2


tags = st.dictionaries(
    st.integers(0, 40).map("f{}".format),
    st.lists(
        st.builds(Service, st.sampled_from(["a", "b", "c"]), st.just("A"), st.sampled_from(["x", "y"])),
        min_size=1,
        max_size=3,
        unique_by=lambda service: service.slug,
    ).map(tuple),
    min_size=1,
    max_size=14,
)


@QUICK
@given(tags, st.integers(0, 2), st.booleans())
def test_rings_neighbours_and_touched_agree(tags, seed, reaches_all):
    rings = NearRings(tags, seed, reaches_all=reaches_all)
    shown = {(one, other) for one in tags for other in rings.neighbours([one])}
    touched = {(one, other) for other, its in tags.items() for one in rings.touched(other, its)}
    assert shown == touched
    assert all(one != other for one, other in shown)


@QUICK
@given(tags, st.integers(0, 2), st.data())
def test_rings_touched_names_all_whose_neighbours_change_with_a_new_fact(tags, seed, data):
    """So that a new, changed or deleted fact leaves no stale question behind."""
    new = data.draw(st.sampled_from(sorted(tags)))
    before = NearRings({one: its for one, its in tags.items() if one != new}, seed)
    after = NearRings(tags, seed)
    changed = {one for one in tags if one != new and before.neighbours([one]) != after.neighbours([one])}
    assert changed <= before.touched(new, tags[new])
    assert before.touched(new, tags[new]) == after.touched(new, tags[new])


# What rules do to plain facts


singular = st.builds("{} {{}} {}.".format, subjects.filter(lambda text: not text.startswith("Each")), objects)
forms = st.one_of(
    st.builds(str.format, singular, st.sampled_from(["does not store", "does not delete", "cannot hold", "can hold"])),
    st.builds("Security groups {} {}.".format, st.sampled_from(["do not contain", "contain", "cannot hold"]), objects),
    st.builds("A bucket {} {}.".format, st.sampled_from(["is", "is not"]), st.sampled_from(["a container", "visible"])),
    st.builds("Security groups {} containers.".format, st.sampled_from(["are", "are not"])),
)


def polarity(statement: str) -> str:
    found = derive(make_fact("own", statement), Truths()).fact.false_statements
    assume(len(found) == 1)  # a subject that might be a verb is left alone
    return found[0].text


@QUICK
@given(forms)
def test_polarity_twice_gives_the_statement_back(statement):
    assert normalise(polarity(polarity(statement))) == normalise(statement)
    assert normalise(polarity(statement)) != normalise(statement)


@settings(max_examples=120, deadline=None)
@given(bounds, st.data())
def test_bounds_are_moved_only_where_that_makes_them_false(statement, data):
    own = next(find_quantities(statement), None)
    assume(own is not None)
    directions = set()
    for false in derive(make_fact("own", statement), Truths()).fact.false_statements:
        if false.rule.startswith("quantity"):
            new = next(find_quantities(false.text))
            assert new.kind == own.kind
            directions.add(1 if new.value > own.value else -1)
    if re.search("up to|at least", statement):
        assert directions <= {1}
    elif re.search("at most|no more than", statement):
        assert directions <= {-1}


@settings(max_examples=120, deadline=None)
@given(plain_facts)
def test_blank_offers_six_other_amounts_three_on_each_side(statement):
    for blank in derive(make_fact("own", statement), Truths()).fact.blanks:
        own = next(find_quantities(statement))
        values = []
        for text in blank.distractors:
            filled = statement.replace(blank.answer, text, 1)
            values.append(next(find_quantities(filled)).value)
        assert [value > own.value for value in values] == [False] * 3 + [True] * 3
        assert values == sorted(set(values))


@QUICK
@given(banks)
def test_denials_are_never_both_true_and_false(bank):
    """No claim is asked as a true one and as a false one."""
    asked = [question for question in generate(bank) if question.kind is Kind.TRUE_FALSE and question.sound]
    true = {claim_key(question.stem) for question in asked if question.options[0].correct}
    false = {claim_key(question.stem) for question in asked if not question.options[0].correct}
    assert not true & false
