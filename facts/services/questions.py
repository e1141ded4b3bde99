"""Questions kept in step with their facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import batched, islice
from typing import NamedTuple, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet

from facts.models import Claim, Confirmation, Fact, Family, Ground, Player, Question, Service, Verdict
from facts.questions import content
from facts.questions.claims import claim_key
from facts.questions.derive import CLOZE_RULE, possible_claims
from facts.questions.falsify import RULE_NAMES
from facts.questions.generate import Generator, Rings
from facts.questions.kinds import RULES
from facts.questions.truths import Truths
from facts.selectors.questions import Tags, find_tags, find_truths
from facts.services.makers import make_questions

_BATCH = 500
_FACTS_AT_A_TIME = 200  # whose questions are in memory at once


class Progress(Protocol):
    """Is told what is done and what there is to do; of a part of the work that comes before, also which it is."""

    def __call__(self, done: int, total: int, part: str = "") -> None: ...


class AboutQuestion(NamedTuple):
    """What is told of a question that was made, kept or retired; a large bank has too many to hold them whole."""

    pk: int
    fact_id: int
    kind: str
    state: str
    stem: str

    @classmethod
    def of(cls, question: Question) -> AboutQuestion:
        return cls(question.pk, question.fact_id, question.kind, question.state, question.stem)


class FactKey(NamedTuple):
    """A fact as questions rest on it: its row, in this wording."""

    pk: int
    digest: str


@dataclass
class Remade:
    """What a remake did: questions made or brought back, questions left as they were, questions retired."""

    made: list[AboutQuestion] = field(default_factory=list)
    kept: list[AboutQuestion] = field(default_factory=list)
    retired: list[AboutQuestion] = field(default_factory=list)

    def kept_about(self, facts: Collection[Fact]) -> list[AboutQuestion]:
        """The kept questions about these facts; a remake also looks at those of many others."""
        pks = {fact.pk for fact in facts}
        return [question for question in self.kept if question.fact_id in pks]


@transaction.atomic
def remake_questions(
    facts: Collection[Fact] | None = None,
    *,
    services: Collection[int] = (),
    progress: Progress | None = None,
    processes: int = 1,
) -> Remade:
    """Bring the question rows in step with what the rules now make of the facts.

    ``facts`` are those that were added, changed or withdrawn (None: all). Questions of other facts are remade where
    they show, or could now show, one of these, and where a truth of these might make their distractor true: that is,
    where they are about the same services. ``services`` are those (by key) that facts may have left. A question that
    comes out unchanged keeps its row and state; its reasons are brought up to date. One transaction, idempotent, and
    the same result as remaking all. With more than one of ``processes``, the questions of many facts are made beside
    this one, with the same result, too.
    """
    # Two editors who save at once take turns: the second sees the first one's questions.
    list(Family.objects.select_for_update().order_by("pk"))
    Claim.objects.exclude(fact__in=Fact.objects.in_bank()).delete()
    if facts is None:
        keys, records = _index_all_claims(progress)
        rings = Rings({slug: record.services for slug, record in records.items()}, reaches_all=False)
        stale = Question.objects.exclude(state=Question.State.RETIRED).exclude(fact__in=Fact.objects.in_bank())
        return _sync(keys, records, None, rings, Truths(records.values()), stale, progress, processes)
    # Denials and assertions are matched twice: by what the facts said before, and by what they say now.
    pks = [fact.pk for fact in facts]
    touched = _opposed(pks)
    index_claims(list(Fact.objects.in_bank().filter(pk__in=pks).with_content()))
    touched |= _opposed(pks)
    tags = find_tags()
    rings = Rings(tags, reaches_all=False)
    changed = {fact.slug for fact in facts}
    about = set(Service.objects.filter(Q(pk__in=services) | Q(facts__in=pks)).values_list("slug", flat=True))
    about |= {service.slug for slug in changed & tags.keys() for service in tags[slug]}
    # What may be false of these facts may have changed: by the words of the changed ones, or by what those now deny.
    core = (touched | changed) & tags.keys()
    core |= {slug for slug, own in tags.items() if any(service.slug in about for service in own)}
    core |= _family_of_new_services(about, tags)
    only = core | (_resting_on(pks) & tags.keys())
    for slug in core:
        only |= rings.touched(slug, tags[slug])
    known = {service.slug: service.to_content() for service in Service.objects.select_related("family")}
    for slug in changed:  # where a fact was, or would be if it were not withdrawn
        for name in about:
            only |= rings.touched(slug, (known[name],))
    needed = only | rings.neighbours(only)
    pool = list(Fact.objects.in_bank().filter(slug__in=needed).with_content())
    keys = {fact.slug: FactKey(fact.pk, fact.digest) for fact in pool}
    records = {fact.slug: fact.to_content() for fact in pool}
    truths = find_truths({service.slug for slug in needed for service in tags[slug]}, tags, list(records.values()))
    stale = Question.objects.exclude(state=Question.State.RETIRED).filter(
        fact__in=[fact.pk for fact in facts if not fact.is_in_bank]
    )
    return _sync(keys, records, only, rings, truths, stale, progress, processes)


def has_outdated_questions() -> bool:
    """Are there questions made by rules, or versions of rules, that are no more?"""
    current = {*RULES.values(), *RULE_NAMES, CLOZE_RULE}
    return Question.objects.exclude(state=Question.State.RETIRED).exclude(rule__in=current).exists()


def keep_reading(*, fact: Fact, verb_start: int | None, by: Player | None) -> None:
    """Keep an author's word on the main verb of this very wording, or take it back (None).

    The caller remakes the fact's questions.
    """
    if verb_start is None:
        Confirmation.objects.filter(fact=fact, digest=fact.digest).delete()
        return
    values = {"verb_start": verb_start, "by": by}
    Confirmation.objects.update_or_create(fact=fact, digest=fact.digest, defaults=values)


@transaction.atomic
def judge_question(*, question: Question, is_yes: bool, by: Player | None) -> None:
    """Keep a person's yes or no to what a rule made, and ask the question or retire it.

    The word holds for the wording of the fact, the rule in its version and the change: it lapses with any of them.
    """
    question.state = Question.State.LIVE if is_yes else Question.State.RETIRED
    question.needs_word = False
    question.save(update_fields=["state", "needs_word"])
    if question.change:
        values = {"is_yes": is_yes, "by": by}
        fact = question.fact
        Verdict.objects.update_or_create(
            fact=fact, digest=fact.digest, rule=question.rule, change=question.change, defaults=values
        )
        remake_questions([fact])


def index_claims(facts: Collection[Fact]) -> None:
    """Rewrite what the index says these facts assert and deny."""
    _write_claims({fact.pk: fact.to_content() for fact in facts})


def _index_all_claims(progress: Progress | None) -> tuple[dict[str, FactKey], dict[str, content.Fact]]:
    """Rewrite the index for the whole bank; gives the facts as the rules read them, and their rows."""
    keys: dict[str, FactKey] = {}
    records: dict[str, content.Fact] = {}
    pks = list(Fact.objects.in_bank().values_list("pk", flat=True))
    for some in batched(pks, _BATCH, strict=False):
        rows = {fact.pk: fact for fact in Fact.objects.filter(pk__in=some).with_content()}
        facts = [rows[pk] for pk in some]
        read = {fact.pk: fact.to_content() for fact in facts}
        _write_claims(read)
        keys |= {fact.slug: FactKey(fact.pk, fact.digest) for fact in facts}
        records |= {fact.slug: read[fact.pk] for fact in facts}
        if progress:
            progress(len(records), len(pks), "Indexing facts")
    return keys, records


def _write_claims(records: Mapping[int, content.Fact]) -> None:
    for some in batched(records, _BATCH, strict=False):
        Claim.objects.filter(fact__in=some).delete()
        claims = []
        for pk in some:
            record = records[pk]
            claims.append(Claim(fact_id=pk, key=claim_key(record.statement), is_true=True))
            denied = {claim_key(claim) for claim in possible_claims(record)}
            claims += [Claim(fact_id=pk, key=key, is_true=False) for key in sorted(denied)]
        Claim.objects.bulk_create(claims, batch_size=_BATCH)


def _family_of_new_services(services: Collection[str], tags: Tags) -> set[str]:
    """All facts of the families in which one of these services has its first fact, or lost its last one.

    Facts of which nothing sure can be made are offered with the name of such a service in the place of their own.
    """
    counts = Counter(service.slug for own in tags.values() for service in own)
    families = set(
        Service.objects.filter(slug__in=[slug for slug in services if counts[slug] <= 1]).values_list(
            "family__name", flat=True
        )
    )
    return {slug for slug, own in tags.items() if any(service.family in families for service in own)}


def _resting_on(pks: Collection[int]) -> set[str]:
    """Facts whose questions show one of these."""
    resting = Ground.objects.exclude(question__state=Question.State.RETIRED).filter(fact__in=pks)
    return set(resting.values_list("question__fact__slug", flat=True))


def _opposed(pks: Collection[int]) -> set[str]:
    """Facts that deny what these assert."""
    asserted = Claim.objects.filter(fact__in=pks, is_true=True).values("key")
    return set(Claim.objects.filter(is_true=False, key__in=asserted).values_list("fact__slug", flat=True))


def _sync(
    keys: Mapping[str, FactKey],
    records: dict[str, content.Fact],
    only: Collection[str] | None,
    rings: Rings,
    truths: Truths,
    stale: QuerySet[Question],
    progress: Progress | None,
    processes: int,
) -> Remade:
    """Make the questions about the facts ``only`` (None: all of the pool), and store the difference.

    Some facts at a time, so that what is in memory of the questions does not grow with the bank.
    """
    maker = Generator(list(records.values()), truths=truths, rings=rings)
    # One service after the other: the facts that questions of a service show are then read only once.
    slugs = sorted(
        (slug for slug in records if only is None or slug in only), key=lambda slug: (records[slug].service.slug, slug)
    )
    remade = Remade()
    done = 0
    with closing(make_questions(maker, slugs, processes=processes)) as making:
        for some in batched(slugs, _FACTS_AT_A_TIME, strict=False):
            made: dict[str, content.Question] = {}
            for _, questions in islice(making, len(some)):
                for question in questions:
                    made.setdefault(question.fingerprint, question)
                done += 1
                if progress:
                    progress(done, len(slugs))
            _store(made, {slug: keys[slug] for slug in some}, keys, remade)
    remade.retired += [AboutQuestion.of(question) for question in stale.iterator(_BATCH)]
    stale.update(state=Question.State.RETIRED)
    return remade


def _store(
    made: Mapping[str, content.Question], about: Mapping[str, FactKey], keys: Mapping[str, FactKey], remade: Remade
) -> None:
    """Bring the rows of all questions about some facts in step with what was ``made`` of these, by fingerprint."""
    rows = Question.objects.filter(fact__in=[key.pk for key in about.values()])
    existing = {question.fingerprint: question for question in rows}
    created: list[tuple[Question, content.Question]] = []
    updated: list[Question] = []
    regrounded: list[tuple[Question, content.Question]] = []
    brought_back: list[Question] = []
    for fingerprint, one in made.items():
        options = [
            {"text": option.text, "correct": option.correct, "why": option.why, "fact": option.fact_id}
            for option in one.options
        ]
        question = existing.get(fingerprint)
        if question is None:
            question = Question(
                fact_id=keys[one.fact_id].pk,
                kind=one.kind.value,
                rule=one.rule,
                state=_first_state(one),
                stem=one.stem,
                options=options,
                fingerprint=fingerprint,
                needs_word=not one.sound,
                change=one.change,
            )
            created.append((question, one))
            brought_back.append(question)
            continue
        regrounded.append((question, one))
        if question.is_barred:
            continue
        is_back = question.state == Question.State.RETIRED
        is_cleared = question.needs_word and one.sound
        is_doubted = not one.sound and question.state in (Question.State.LIVE, Question.State.PILOT)
        if is_back or is_cleared or is_doubted:
            question.state = _first_state(one)
        if is_back or is_cleared or is_doubted or question.options != options or question.needs_word == one.sound:
            # What an editor put into review by hand stays there, whatever becomes of the doubts of rules.
            is_held = question.state == Question.State.REVIEW and not question.needs_word and not is_doubted
            question.options, question.needs_word = options, not one.sound and not is_held
            updated.append(question)
        if is_back:
            brought_back.append(question)
        else:
            remade.kept.append(AboutQuestion.of(question))
    for fingerprint, question in existing.items():
        if fingerprint not in made and question.state != Question.State.RETIRED:
            question.state = Question.State.RETIRED
            updated.append(question)
            remade.retired.append(AboutQuestion.of(question))
    Question.objects.bulk_update(updated, ["options", "state", "needs_word"], batch_size=_BATCH)
    Question.objects.bulk_create([question for question, _ in created], batch_size=_BATCH)
    _write_grounds(created, regrounded, keys)
    remade.made += map(AboutQuestion.of, brought_back)  # once new ones have keys


def _first_state(made: content.Question) -> Question.State:
    """What a person wrote is live at once; what a sound rule made is a pilot; the doubtful waits for a person."""
    if not made.sound:
        return Question.State.REVIEW
    return Question.State.PILOT if made.is_derived else Question.State.LIVE


def _write_grounds(
    created: Collection[tuple[Question, content.Question]],
    regrounded: Collection[tuple[Question, content.Question]],
    keys: Mapping[str, FactKey],
) -> None:
    """Say what the questions rest on: that of new ones, and that of kept ones whose facts were worded anew."""
    pks = [question.pk for question, _ in regrounded]
    known: dict[int, dict[int, str]] = {}
    for start in range(0, len(pks), _BATCH):
        rows = Ground.objects.filter(question__in=pks[start : start + _BATCH])
        for question_id, fact_id, digest in rows.values_list("question", "fact", "digest"):
            known.setdefault(question_id, {})[fact_id] = digest
    wanted = {
        question.pk: {keys[slug].pk: keys[slug].digest for slug in made.fact_ids} for question, made in regrounded
    }
    changed = [pk for pk in pks if known.get(pk, {}) != wanted[pk]]
    Ground.objects.filter(question__in=changed).delete()
    new = [
        Ground(question_id=pk, fact_id=fact_id, digest=digest)
        for pk in changed
        for fact_id, digest in wanted[pk].items()
    ]
    new += [
        Ground(question_id=question.pk, fact_id=keys[slug].pk, digest=keys[slug].digest)
        for question, made in created
        for slug in made.fact_ids
    ]
    Ground.objects.bulk_create(new, batch_size=_BATCH)
