"""Questions kept in step with their facts: a part remade is the whole remade, whatever changed."""

from __future__ import annotations

import random

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from facts.models import Claim, Confirmation, Fact, Ground, Question, Service, Verdict
from facts.questions.content import Kind, digest
from facts.questions.kinds import RULES
from facts.services.questions import has_outdated_questions, judge_question, keep_reading, remake_questions
from tests.commands import run
from tests.factories import make_fact, make_facts, make_service, to_letters

pytestmark = pytest.mark.django_db

DOUBTFUL = "Amazon S3 buckets store changes in the log for 24 hours."
STORE, CHANGES_NOUN = DOUBTFUL.index("store"), DOUBTFUL.index("changes")


def question_rows():
    """Questions with all that they rest on, and the index of claims."""
    questions = Question.objects.order_by("pk")
    rows = list(questions.values("pk", "fact", "kind", "rule", "state", "needs_word", "change", "stem", "options"))
    grounds = sorted(Ground.objects.exclude(question__state="retired").values_list("question", "fact", "digest"))
    return rows, grounds, sorted(Claim.objects.values_list("fact", "key", "is_true"))


def remake_about(fact, **options):
    return remake_questions([Fact.objects.with_content().get(pk=fact.pk)], **options)


def assert_remaking_all_changes_nothing():
    before = question_rows()
    remade = remake_questions()
    assert (remade.made, remade.retired) == ([], [])
    assert question_rows() == before


@pytest.fixture
def bank(db):
    """Facts of three services in two families, each with false statements and a blank; some with a scenario."""
    services = [make_service("s3"), make_service("ebs"), make_service("ec2", family="Compute")]
    for number in range(12):
        service = services[number % 3]
        make_fact(
            f"fact-{number}",
            statement=f"{service.name} keeps log {number} for 24 hours.",
            service=service,
            false_statements=[f"{service.name} {verb} log {number}." for verb in ("hides", "loses")],
            blanks=[("24 hours", ["1 hour", "2 hours", "3 hours"])],
            has_scenario=number % 4 == 0,
            remake=False,
        )
    remake_questions()


def reword(fact, statement):
    fact.statement = statement
    fact.save()


def change_statement(fact):
    fact.statement = f"{fact.service.name} keeps this log for 24 hours, and then another one."
    fact.save()


def change_explanation(fact):
    fact.explanation = "Another reason."
    fact.save()


def change_false_statement(fact):
    fact.false_statements.all()[0].delete()
    fact.false_statements.create(text=f"{fact.service.name} sells this log.")


def remove_false_statements(fact):
    fact.false_statements.all().delete()


def change_blank(fact):
    fact.blanks.update(distractors=["5 hours", "6 hours", "7 hours", "8 hours"])


def change_scenario(fact):
    fact.scenarios.update(answer="Another answer")


def change_service(fact):
    fact.service = Service.objects.get(slug="ec2")
    fact.save()


def withdraw(fact):
    fact.is_withdrawn = True
    fact.save()


CHANGES = {
    change_statement: (2, 2),
    change_false_statement: (1, 1),
    remove_false_statements: (1, 1),  # a rule makes another one instead
    change_blank: (1, 1),
    change_scenario: (1, 1),
    withdraw: (0, 4),
}


@pytest.mark.parametrize("change", CHANGES)
def test_remaking_one_changed_fact_equals_remaking_all(bank, change):
    fact = Fact.objects.get(slug="fact-0")
    change(fact)
    remade = remake_about(fact)
    # Of the questions that rest on this fact alone; those that compare it with others follow as they must.
    made, retired = (
        [one for one in part if [*Question.objects.get(pk=one.pk).facts.all()] == [fact]]
        for part in (remade.made, remade.retired)
    )
    assert (len(made), len(retired)) == CHANGES[change]
    assert_remaking_all_changes_nothing()


def test_remaking_a_fact_of_another_service_equals_remaking_all(bank):
    fact = Fact.objects.get(slug="fact-0")
    former = fact.service_id
    change_service(fact)
    made = remake_about(fact, services=[former]).made
    facts = Fact.objects.filter(pk__in=[one.fact_id for one in made if one.kind == Question.Kind.WHICH_TRUE])
    assert set(facts.values_list("service__slug", flat=True)) >= {"ec2"}
    assert_remaking_all_changes_nothing()


def test_remaking_a_new_reason_keeps_the_questions_and_tells_it(bank):
    fact = Fact.objects.get(slug="fact-0")
    change_explanation(fact)
    remade = remake_about(fact)
    assert (remade.made, remade.retired) == ([], [])
    whys = [option["why"] for q in Question.objects.filter(facts=fact) for option in q.options if option["correct"]]
    assert "Another reason." in whys
    assert_remaking_all_changes_nothing()


@pytest.mark.parametrize("seed", range(4))
def test_remaking_after_each_of_many_changes_equals_remaking_all(bank, seed):
    """Statements that deny one another across families, edited in a random order."""
    rng = random.Random(seed)
    claims = [f"{name} has property {to_letters(n)} today." for name in ("Amazon s3", "Amazon ec2") for n in range(5)]
    for _ in range(8):
        fact = rng.choice(Fact.objects.all())
        fact.statement, false = rng.sample(claims, 2)
        fact.is_withdrawn = rng.random() < 0.2
        fact.save()
        fact.blanks.all().delete()
        fact.false_statements.all().delete()
        fact.false_statements.create(text=false)
        remake_about(fact)
        assert_remaking_all_changes_nothing()


def claims_shown_as_false():
    """What questions that are not retired say is false: stems to deny, wrong statements to choose among."""
    claims = set()
    for question in Question.objects.exclude(state="retired"):
        if question.kind == "true_false":
            claims |= {question.stem} if question.options[1]["correct"] else set()
        elif question.kind != "scenario":
            is_false_key = question.kind == "which_false"
            claims |= {option["text"] for option in question.options if option["correct"] == is_false_key}
    return claims


@pytest.mark.parametrize("family", ["Storage", "Compute"])
def test_distractor_that_becomes_true_elsewhere_disappears_and_returns(bank, family):
    other = make_fact("other", service=make_service("other", family=family), statement="Amazon other has a log.")
    before = question_rows()
    assert "Amazon s3 loses log 0." in claims_shown_as_false()
    reword(other, "Amazon s3 loses log 0.")
    remake_about(other)
    assert "Amazon s3 loses log 0." not in claims_shown_as_false()
    assert_remaking_all_changes_nothing()
    reword(other, "Amazon other has a log.")
    remake_about(other)
    live = {row["pk"]: row["state"] for row in before[0]}
    assert {pk: state for pk, state in Question.objects.values_list("pk", "state") if pk in live} == live
    assert_remaking_all_changes_nothing()


def test_distractor_of_a_blank_that_becomes_true_is_not_offered(bank):
    make_fact("new", statement="Amazon s3 keeps log 0 for 2 hours.", service=make_service("new", family="Compute"))
    blanks = Question.objects.exclude(state="retired").filter(kind="fill_blank", fact__slug="fact-0")
    assert list(blanks) == []  # two distractors are left, too few to ask
    assert_remaking_all_changes_nothing()


def test_question_sent_to_review_stays_there_after_remaking(bank):
    fact = Fact.objects.get(slug="fact-0")
    Question.objects.filter(fact=fact, kind="fill_blank").update(state="review")
    change_explanation(fact)
    change_false_statement(fact)
    remake_about(fact)
    remake_questions()
    assert [q.state for q in Question.objects.filter(fact=fact, kind="fill_blank")] == ["review"]


@pytest.mark.parametrize("remake", [remake_about, lambda fact: remake_questions()], ids=["one", "all"])
def test_withdrawing_the_last_fact_of_a_family_retires_its_questions(bank, remake):
    fact = make_fact(service=make_service("kms", family="Security"))
    assert fact.questions.askable().count() == 2
    withdraw(fact)
    assert len(remake(fact).retired) == 2
    assert fact.questions.askable().count() == 0


def test_remake_questions_makes_what_is_missing():
    make_facts(4)
    Question.objects.filter(kind="true_false").delete()
    assert run("remake_questions") == "Questions: 8 made, 8 kept, 0 retired.\n"


# What rules derive from plain facts follows as well


def false_stems(fact):
    """What is asked about the fact as false, where it is asked at all."""
    questions = fact.questions.askable().filter(kind="true_false")
    return {question.stem for question in questions if question.options[1]["correct"]}


@pytest.fixture
def plain():
    return make_fact("plain", statement="Amazon s3 keeps each log for 24 hours.", false_statements=[])


def test_plain_fact_is_asked_by_one_pair_and_what_a_rule_made_is_a_pilot(plain):
    pairs = plain.questions.filter(kind="true_false")
    keys = sorted((question.options[0]["correct"], question.state) for question in pairs)
    assert keys == [(False, "pilot"), (True, "live")]


def test_fact_with_many_false_statements_is_asked_by_one_of_them():
    fact = make_fact(false_statements=[f"Amazon s3 drops whatever {letter} had sent." for letter in "abcdef"])
    assert fact.questions.filter(kind="true_false").count() == 2
    assert len(false_stems(fact)) == 1


def test_fact_without_anything_false_is_not_asked_alone():
    fact = make_fact(statement="Amazon s3 archived logs by the hour.", false_statements=[])
    assert not fact.questions.askable().exists()


@pytest.mark.parametrize("family", ["Storage", "Compute"])
def test_derived_claim_that_becomes_true_elsewhere_disappears_and_returns(plain, family):
    (false,) = false_stems(plain)
    other = make_fact("other", statement=false, service=make_service("other", family=family), false_statements=[])
    assert false not in false_stems(plain)
    assert_remaking_all_changes_nothing()
    reword(other, "Amazon other exists beside much else.")
    remake_about(other)
    assert false_stems(plain) == {false}
    assert_remaking_all_changes_nothing()


def test_first_fact_of_a_service_equals_remaking_all_for_its_large_family():
    """Where nothing else can be made, a rule names other services of the family."""
    for number in range(120):
        make_fact(
            statement=f"Amazon svc{number % 7 + 1} is a thing of case {to_letters(number)} and of nothing else.",
            service=make_service(f"svc{number % 7 + 1}"),
            false_statements=[],
            remake=False,
        )
    remake_questions()
    assert Question.objects.filter(rule="sibling/1").exists()
    make_fact(statement="Amazon svc0 is what comes first.", service=make_service("svc0"), false_statements=[])
    assert_remaking_all_changes_nothing()


@pytest.fixture
def tagged():
    """Facts of services of one family, all of them also about one service of another."""
    also = make_service("tag", "Amazon Tag", family="Other")
    for number in range(40):
        letters = to_letters(number)
        fact = make_fact(
            statement=f"Amazon Tag works beside much of case {letters}.",
            false_statements=[f"Amazon Tag breaks whatever went near {letters}."],
            service=make_service(f"main{number}"),
            remake=False,
        )
        fact.other_services.add(also)
    remake_questions()
    return also


def save_service(client, service, **changes):
    values = {"slug": service.slug, "name": service.name, "family": service.family_id} | changes
    assert client.post(f"/admin/facts/service/{service.pk}/change/", values).status_code == 302


def test_renaming_a_service_that_facts_are_also_about_equals_remaking_all(editor_client, tagged):
    save_service(editor_client, tagged, name="AWS Label")
    assert_remaking_all_changes_nothing()


def test_moving_a_service_to_another_family_equals_remaking_all(editor_client):
    moved, elsewhere = make_service("moved"), make_service("elsewhere", family="Other")
    for service in [moved, *(make_service(f"other{number}") for number in range(40))]:
        make_fact(service=service, remake=False)
    remake_questions()
    save_service(editor_client, moved, family=elsewhere.family_id)
    assert_remaking_all_changes_nothing()


def test_remaking_a_plain_fact_whose_value_changed_equals_remaking_all(plain):
    make_fact("also", statement="Amazon s3 keeps each copy of a log for 36 hours.", false_statements=[])
    reword(plain, "Amazon s3 keeps each log for 48 hours.")
    remake_about(plain)
    assert all("48 hours" not in stem for stem in false_stems(plain))
    assert_remaking_all_changes_nothing()


# Rules that were raised to a new version


def test_questions_of_a_raised_rule_are_withdrawn_and_made_anew(monkeypatch):
    make_facts(6)
    old = set(Question.objects.filter(kind="which_true").values_list("pk", flat=True))
    others = set(Question.objects.exclude(kind="which_true").values_list("pk", "state"))
    assert not has_outdated_questions()
    monkeypatch.setitem(RULES, Kind.WHICH_TRUE, "one-true/99")
    assert has_outdated_questions()
    remake_questions()
    assert set(Question.objects.filter(rule="one-true/3").values_list("pk", "state")) == {(pk, "retired") for pk in old}
    assert set(Question.objects.exclude(kind="which_true").values_list("pk", "state")) == others
    assert Question.objects.askable().filter(rule="one-true/99").count() == len(old)
    assert not has_outdated_questions()


def test_questions_of_a_former_version_of_a_derived_rule_are_withdrawn(plain):
    former = plain.questions.get(kind="true_false", state="pilot")
    Question.objects.filter(pk=former.pk).update(rule="quantity/0", fingerprint=Concat(Value("old "), "pk"))
    assert has_outdated_questions()
    remake_questions()
    former.refresh_from_db()
    assert former.state == "retired"
    assert plain.questions.get(kind="true_false", state="pilot").stem == former.stem


# A wording that was changed behind the questions' back


def test_question_is_withheld_while_its_fact_has_another_wording(plain):
    askable = set(plain.questions.askable())
    new = "Amazon s3 keeps each log for 25 hours."
    Fact.objects.filter(pk=plain.pk).update(statement=new, digest=digest(new))
    assert not plain.questions.askable().exists()
    assert set(plain.questions.exclude(state="retired")) == askable
    Fact.objects.filter(pk=plain.pk).update(statement=plain.statement, digest=plain.digest)
    assert set(plain.questions.askable()) == askable


def test_question_is_withheld_while_a_fact_it_shows_has_another_wording():
    first, *_ = make_facts(6)
    shown = Question.objects.filter(facts=first).exclude(fact=first)
    resting = set(shown.values_list("pk", flat=True))
    assert resting <= set(Question.objects.askable().values_list("pk", flat=True))
    assert resting
    Fact.objects.filter(pk=first.pk).update(statement="Amazon s3 says so no more.", digest=digest("other"))
    assert not resting & set(Question.objects.askable().values_list("pk", flat=True))
    remake_questions()
    assert set(Ground.objects.filter(fact=first, question__in=Question.objects.askable()).values_list("digest")) == {
        (digest("other"),)
    }


# A person's word


@pytest.fixture
def doubtful():
    return make_fact(
        "doubtful", statement=DOUBTFUL, service=make_service("s3", "Amazon S3"), false_statements=[], explanation=""
    )


def test_questions_of_a_doubtful_reading_wait_and_are_never_asked(doubtful):
    waiting = doubtful.questions.all()
    assert waiting.exists()
    assert set(waiting.values_list("state", "needs_word")) == {("review", True)}
    assert not waiting.askable().exists()


def test_word_on_the_verb_makes_pilots_of_what_waited(doubtful, editor):
    keep_reading(fact=doubtful, verb_start=STORE, by=editor)
    remake_about(doubtful)
    pair = doubtful.questions.askable().filter(kind="true_false")
    states = pair.values_list("state", "needs_word", "options__0__correct")
    assert set(states) == {("live", False, True), ("pilot", False, False)}
    assert (Confirmation.objects.get().by, Confirmation.objects.get().digest) == (editor, doubtful.digest)
    assert_remaking_all_changes_nothing()


def test_word_on_the_verb_lapses_with_the_wording_and_holds_again_with_it(doubtful, editor):
    keep_reading(fact=doubtful, verb_start=STORE, by=editor)
    remake_about(doubtful)
    reword(doubtful, DOUBTFUL.replace("the log", "a log"))
    remake_about(doubtful)
    assert not doubtful.questions.askable().exists()
    assert_remaking_all_changes_nothing()
    reword(doubtful, DOUBTFUL)
    remake_about(doubtful)
    assert doubtful.questions.askable().exists()
    assert_remaking_all_changes_nothing()


def test_second_word_on_the_verb_takes_the_place_of_the_first(doubtful, editor):
    for place in (CHANGES_NOUN, STORE):
        keep_reading(fact=doubtful, verb_start=place, by=editor)
    assert Confirmation.objects.get().verb_start == STORE


@pytest.mark.parametrize("cannot", ["cannot", "can't"])
def test_word_on_the_verb_behind_a_contraction_is_understood(editor, cannot):
    statement = f"If an account {cannot} read them, Amazon S3 buckets store changes in the log for 24 hours."
    fact = make_fact(statement=statement, service=make_service("s3", "Amazon S3"), false_statements=[])
    assert not fact.questions.askable().exists()
    keep_reading(fact=fact, verb_start=statement.index("store"), by=editor)
    remake_about(fact)
    assert fact.questions.askable().exists()


def waiting_change(fact):
    return fact.questions.filter(state="review").exclude(change="").first()


def test_yes_makes_a_question_live_with_its_partner(doubtful, editor):
    question = waiting_change(doubtful)
    judge_question(question=question, is_yes=True, by=editor)
    verdict = Verdict.objects.get()
    assert (verdict.is_yes, verdict.by, verdict.change, verdict.rule) == (True, editor, question.change, question.rule)
    assert question in doubtful.questions.askable()
    assert set(doubtful.questions.askable().values_list("state", "needs_word")) == {("live", False)}
    assert sorted(q.options[0]["correct"] for q in doubtful.questions.askable()) == [False, True]
    assert_remaking_all_changes_nothing()


def test_yes_outlives_a_withdrawal(doubtful, editor):
    question = waiting_change(doubtful)
    judge_question(question=question, is_yes=True, by=editor)
    withdraw(doubtful)
    remake_about(doubtful)
    doubtful.is_withdrawn = False
    doubtful.save()
    remake_about(doubtful)
    question.refresh_from_db()
    assert (question.state, question.needs_word) == ("live", False)


def test_yes_lapses_when_the_statement_changes(doubtful, editor):
    judge_question(question=waiting_change(doubtful), is_yes=True, by=editor)
    reword(doubtful, DOUBTFUL.replace("the log", "a log"))
    remake_about(doubtful)
    assert not doubtful.questions.askable().exists()
    assert set(doubtful.questions.exclude(state="retired").values_list("state", "needs_word")) == {("review", True)}
    assert_remaking_all_changes_nothing()


@pytest.mark.parametrize("word", ["yes", "verb"])
def test_word_lapses_even_where_the_same_false_claim_is_made_of_the_new_wording(doubtful, editor, word):
    """Say "for 24 hours" and "for 30 hours", both made false by "for 36 hours"."""
    if word == "yes":
        for question in doubtful.questions.exclude(change=""):
            judge_question(question=question, is_yes=True, by=editor)
    else:
        keep_reading(fact=doubtful, verb_start=STORE, by=editor)
        remake_about(doubtful)
    asked = set(doubtful.questions.askable().exclude(change="").values_list("pk", flat=True))
    made_again = 0
    for hours in (12, 18, 20, 30, 36, 40, 60):
        reword(doubtful, DOUBTFUL.replace("24 hours", f"{hours} hours"))
        remake_about(doubtful)
        made_again += doubtful.questions.exclude(state="retired").filter(pk__in=asked).count()
        assert not doubtful.questions.askable().exists()
        reword(doubtful, DOUBTFUL)
        remake_about(doubtful)
        assert asked <= set(doubtful.questions.askable().values_list("pk", flat=True))
    assert made_again


def test_no_is_not_made_again(doubtful, editor):
    question = waiting_change(doubtful)
    judge_question(question=question, is_yes=False, by=editor)
    remake_questions()
    question.refresh_from_db()
    assert question.state == "retired"
    assert question.stem not in doubtful.questions.exclude(state="retired").values_list("stem", flat=True)
    assert_remaking_all_changes_nothing()
    keep_reading(fact=doubtful, verb_start=STORE, by=editor)
    remake_about(doubtful)
    assert question.stem not in doubtful.questions.exclude(state="retired").values_list("stem", flat=True)


def test_no_lapses_when_the_statement_changes(plain, editor):
    question = plain.questions.get(kind="true_false", state="pilot")
    judge_question(question=question, is_yes=False, by=editor)
    assert question.stem not in false_stems(plain)
    reword(plain, "Amazon s3 keeps every log for 24 hours.")
    remake_about(plain)
    assert plain.questions.filter(state="pilot", change=question.change).exists() or false_stems(plain)
    assert_remaking_all_changes_nothing()


def test_no_after_a_yes_holds(plain, editor):
    question = plain.questions.get(kind="true_false", state="pilot")
    judge_question(question=question, is_yes=True, by=editor)
    judge_question(question=question, is_yes=False, by=editor)
    assert Verdict.objects.get().is_yes is False
    question.refresh_from_db()
    assert question.state == "retired"


def test_yes_to_a_doubtful_blank_stays_said(editor):
    statement = "Amazon S3 buckets store changes in the log for 24 hours."
    fact = make_fact(statement=statement, false_statements=[])
    blank = fact.questions.filter(kind="fill_blank", needs_word=True).first()
    judge_question(question=blank, is_yes=True, by=editor)
    remake_questions()
    blank.refresh_from_db()
    assert (blank.state, blank.needs_word) == ("live", False)
    keep_reading(fact=fact, verb_start=statement.index("store"), by=editor)
    remake_about(fact)
    blank.refresh_from_db()
    assert blank.state == "live"


def test_question_put_into_review_by_hand_stays_there_when_its_reading_is_confirmed(plain, editor):
    question = plain.questions.get(kind="true_false", state="pilot")
    Question.objects.filter(pk=question.pk).update(state="review")
    keep_reading(fact=plain, verb_start=plain.statement.index("keeps"), by=editor)
    remake_about(plain)
    remake_questions()
    question.refresh_from_db()
    assert (question.state, question.needs_word) == ("review", False)


def test_what_an_editor_put_into_review_stays_there_whatever_becomes_of_doubts(editor):
    statement = "Amazon S3 buckets store changes in the log for 24 hours."
    fact = make_fact(statement=statement, service=make_service("s3", "Amazon S3"), false_statements=[])
    for verb_start in (statement.index("store"), None, statement.index("store")):
        keep_reading(fact=fact, verb_start=verb_start, by=editor)
        remake_about(fact)
        held = fact.questions.filter(kind="fill_blank").get()
        if verb_start and held.state == Question.State.PILOT:
            Question.objects.filter(pk=held.pk).update(state=Question.State.REVIEW)
    assert fact.questions.filter(kind="fill_blank").get().state == Question.State.REVIEW
