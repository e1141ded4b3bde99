"""Questions kept in step with their facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from facts.models import Claim, Fact, Family, Question
from facts.questions import content
from facts.questions.claims import claim_key, false_claims
from facts.questions.generate import generate
from facts.questions.kinds import RULES

Progress = Callable[[int, int], None]  # called with what is done and what there is to do

_BATCH = 500


@dataclass
class Remade:
    """What a remake did: questions made or brought back, questions left as they were, questions retired."""

    made: list[Question] = field(default_factory=list)
    kept: list[Question] = field(default_factory=list)
    retired: list[Question] = field(default_factory=list)

    def kept_about(self, facts: Collection[Fact]) -> list[Question]:
        """The kept questions about these facts; a remake also looks at those of many others."""
        pks = {fact.pk for fact in facts}
        return [question for question in self.kept if question.fact_id in pks]


@transaction.atomic
def remake_questions(
    facts: Collection[Fact] | None = None, *, families: Collection[int] = (), progress: Progress | None = None
) -> Remade:
    """Bring the question rows in step with what the rules now make of the facts.

    ``facts`` are those that were added, changed or withdrawn (None: all). Questions of other facts are remade where
    they show, or could now show, one of these, or where a truth of these makes their distractor true. ``families`` are
    those (by key) that facts may have left. A question that comes out unchanged keeps its row and state; its reasons
    are brought up to date. One transaction, idempotent.
    """
    # Two editors who save at once take turns: the second sees the first one's questions.
    list(Family.objects.select_for_update().order_by("pk"))
    if facts is None:
        pool = list(Fact.objects.in_bank().with_content())
        index_claims(pool)
        stale = Question.objects.exclude(state=Question.State.RETIRED).filter(fact__is_withdrawn=True)
    else:
        pks = [fact.pk for fact in facts]
        families = {*families, *_families_touched(pks)}
        index_claims(list(Fact.objects.in_bank().filter(pk__in=pks).with_content()))
        families |= _families_touched(pks)  # once more: a new truth may touch others than the old one did
        pool = list(Fact.objects.in_bank().filter(service__family__in=families).with_content())
        stale = Question.objects.exclude(state=Question.State.RETIRED).filter(
            fact__in=[fact.pk for fact in facts if fact.is_withdrawn]
        )
    Claim.objects.filter(fact__is_withdrawn=True).delete()
    remade = _sync(pool, progress)
    retired = list(stale)
    Question.objects.filter(pk__in=[question.pk for question in retired]).update(state=Question.State.RETIRED)
    remade.retired += retired
    return remade


def has_outdated_questions() -> bool:
    """Are there questions made by rules, or versions of rules, that are no more?"""
    return Question.objects.exclude(state=Question.State.RETIRED).exclude(rule__in=RULES.values()).exists()


def index_claims(facts: Collection[Fact]) -> None:
    """Rewrite what the index says these facts assert and deny."""
    pks = [fact.pk for fact in facts]
    for start in range(0, len(pks), _BATCH):
        Claim.objects.filter(fact__in=pks[start : start + _BATCH]).delete()
    claims = []
    for fact in facts:
        record = fact.to_content()
        claims.append(Claim(fact=fact, key=claim_key(record.statement), is_true=True))
        denied = {claim_key(claim) for claim in false_claims(record)}
        claims += [Claim(fact=fact, key=key, is_true=False) for key in sorted(denied)]
    Claim.objects.bulk_create(claims, batch_size=_BATCH)


def _families_touched(pks: Collection[int]) -> set[int]:
    """Families of the facts, of facts whose questions show them, and of facts that deny what they assert."""
    asserted = Claim.objects.filter(fact__in=pks, is_true=True).values("key")
    touched = Q(pk__in=pks)
    touched |= Q(pk__in=Question.objects.exclude(state=Question.State.RETIRED).filter(facts__in=pks).values("fact"))
    touched |= Q(pk__in=Claim.objects.filter(is_true=False, key__in=asserted).values("fact"))
    return set(Fact.objects.filter(touched).values_list("service__family", flat=True).distinct().order_by())


def _truths(records: Iterable[content.Fact]) -> frozenset[str]:
    """Which of the claims that these facts deny are asserted by any fact of the bank."""
    denied = list({claim_key(claim) for record in records for claim in false_claims(record)})
    found: set[str] = set()
    for start in range(0, len(denied), _BATCH):
        keys = denied[start : start + _BATCH]
        found.update(Claim.objects.filter(is_true=True, key__in=keys).values_list("key", flat=True))
    return frozenset(found)


def _sync(pool: Collection[Fact], progress: Progress | None) -> Remade:
    """Make all questions about the facts of the pool, which holds every neighbour of each, and store the difference."""
    by_slug = {fact.slug: fact for fact in pool}
    records = [fact.to_content() for fact in pool]
    existing = {
        question.fingerprint: question
        for question in Question.objects.filter(fact__service__family__in=_family_ids(pool))
    }
    remade = Remade()
    created: list[tuple[Question, content.Question]] = []
    updated: list[Question] = []
    done: set[str] = set()
    seen: set[str] = set()
    for made in generate(records, truths=_truths(records)):
        done.add(made.fact_id)
        if progress:
            progress(len(done), len(pool))
        if made.fingerprint in seen:
            continue
        seen.add(made.fingerprint)
        options = [
            {"text": option.text, "correct": option.correct, "why": option.why, "fact": option.fact_id}
            for option in made.options
        ]
        question = existing.get(made.fingerprint)
        if question is None:
            question = Question(
                fact=by_slug[made.fact_id],
                kind=made.kind.value,
                rule=made.rule,
                state=Question.State.LIVE if made.sound else Question.State.REVIEW,
                stem=made.stem,
                options=options,
                fingerprint=made.fingerprint,
            )
            created.append((question, made))
            remade.made.append(question)
            continue
        is_back = question.state == Question.State.RETIRED
        if is_back or question.options != options:
            question.options = options
            question.state = Question.State.LIVE if is_back else question.state
            updated.append(question)
        (remade.made if is_back else remade.kept).append(question)
    for fingerprint, question in existing.items():
        if fingerprint not in seen and question.state != Question.State.RETIRED:
            question.state = Question.State.RETIRED
            updated.append(question)
            remade.retired.append(question)
    Question.objects.bulk_update(updated, ["options", "state"], batch_size=_BATCH)
    Question.objects.bulk_create([question for question, _ in created], batch_size=_BATCH)
    grounds = Question.facts.through
    grounds.objects.bulk_create(
        [
            grounds(question_id=question.pk, fact_id=by_slug[slug].pk)
            for question, made in created
            for slug in made.fact_ids
        ],
        batch_size=_BATCH,
    )
    return remade


def _family_ids(pool: Collection[Fact]) -> set[int]:
    return {fact.service.family_id for fact in pool}
