"""Questions kept in step with their facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from facts.models import Claim, Confirmation, Fact, Family, Ground, Player, Question, Service, Verdict
from facts.questions import content
from facts.questions.claims import claim_key
from facts.questions.derive import CLOZE_RULE, possible_claims
from facts.questions.falsify import RULE_NAMES
from facts.questions.generate import Rings, generate
from facts.questions.kinds import RULES
from facts.questions.truths import Truths
from facts.selectors.questions import Tags, find_tags, find_truths

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
    facts: Collection[Fact] | None = None, *, services: Collection[int] = (), progress: Progress | None = None
) -> Remade:
    """Bring the question rows in step with what the rules now make of the facts.

    ``facts`` are those that were added, changed or withdrawn (None: all). Questions of other facts are remade where
    they show, or could now show, one of these, and where a truth of these might make their distractor true: that is,
    where they are about the same services. ``services`` are those (by key) that facts may have left. A question that
    comes out unchanged keeps its row and state; its reasons are brought up to date. One transaction, idempotent, and
    the same result as remaking all.
    """
    # Two editors who save at once take turns: the second sees the first one's questions.
    list(Family.objects.select_for_update().order_by("pk"))
    Claim.objects.exclude(fact__in=Fact.objects.in_bank()).delete()
    if facts is None:
        pool = list(Fact.objects.in_bank().with_content())
        index_claims(pool)
        records = {fact.slug: fact.to_content() for fact in pool}
        rings = Rings({slug: record.services for slug, record in records.items()}, reaches_all=False)
        stale = Question.objects.exclude(state=Question.State.RETIRED).exclude(fact__in=Fact.objects.in_bank())
        return _sync(pool, records, None, rings, Truths(records.values()), stale, progress)
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
    records = {fact.slug: fact.to_content() for fact in pool}
    truths = find_truths({service.slug for slug in needed for service in tags[slug]}, tags, list(records.values()))
    stale = Question.objects.exclude(state=Question.State.RETIRED).filter(
        fact__in=[fact.pk for fact in facts if not fact.is_in_bank]
    )
    return _sync(pool, records, only, rings, truths, stale, progress)


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
    pks = [fact.pk for fact in facts]
    for start in range(0, len(pks), _BATCH):
        Claim.objects.filter(fact__in=pks[start : start + _BATCH]).delete()
    claims = []
    for fact in facts:
        record = fact.to_content()
        claims.append(Claim(fact=fact, key=claim_key(record.statement), is_true=True))
        denied = {claim_key(claim) for claim in possible_claims(record)}
        claims += [Claim(fact=fact, key=key, is_true=False) for key in sorted(denied)]
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
    pool: Collection[Fact],
    records: dict[str, content.Fact],
    only: Collection[str] | None,
    rings: Rings,
    truths: Truths,
    stale: Iterable[Question],
    progress: Progress | None,
) -> Remade:
    """Make the questions about the facts ``only`` (None: all of the pool), and store the difference."""
    by_slug = {fact.slug: fact for fact in pool}
    made_about = [fact for fact in pool if only is None or fact.slug in only]
    existing = _existing(made_about)
    remade = Remade()
    created: list[tuple[Question, content.Question]] = []
    updated: list[Question] = []
    regrounded: list[tuple[Question, content.Question]] = []
    done: set[str] = set()
    seen: set[str] = set()
    for made in generate(list(records.values()), truths=truths, rings=rings, only=only):
        done.add(made.fact_id)
        if progress:
            progress(len(done), len(made_about))
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
                state=_first_state(made),
                stem=made.stem,
                options=options,
                fingerprint=made.fingerprint,
                needs_word=not made.sound,
                change=made.change,
            )
            created.append((question, made))
            remade.made.append(question)
            continue
        regrounded.append((question, made))
        if question.is_barred:
            continue
        is_back = question.state == Question.State.RETIRED
        is_cleared = question.needs_word and made.sound
        is_doubted = not made.sound and question.state in (Question.State.LIVE, Question.State.PILOT)
        if is_back or is_cleared or is_doubted:
            question.state = _first_state(made)
        if is_back or is_cleared or is_doubted or question.options != options or question.needs_word == made.sound:
            # What an editor put into review by hand stays there, whatever becomes of the doubts of rules.
            is_held = question.state == Question.State.REVIEW and not question.needs_word and not is_doubted
            question.options, question.needs_word = options, not made.sound and not is_held
            updated.append(question)
        (remade.made if is_back else remade.kept).append(question)
    for fingerprint, question in existing.items():
        if fingerprint not in seen and question.state != Question.State.RETIRED:
            question.state = Question.State.RETIRED
            updated.append(question)
            remade.retired.append(question)
    gone = list(stale)
    for question in gone:
        question.state = Question.State.RETIRED
    remade.retired += gone
    Question.objects.bulk_update([*updated, *gone], ["options", "state", "needs_word"], batch_size=_BATCH)
    Question.objects.bulk_create([question for question, _ in created], batch_size=_BATCH)
    _write_grounds(created, regrounded, by_slug)
    return remade


def _first_state(made: content.Question) -> Question.State:
    """What a person wrote is live at once; what a sound rule made is a pilot; the doubtful waits for a person."""
    if not made.sound:
        return Question.State.REVIEW
    return Question.State.PILOT if made.is_derived else Question.State.LIVE


def _existing(facts: Collection[Fact]) -> dict[str, Question]:
    pks = [fact.pk for fact in facts]
    found: dict[str, Question] = {}
    for start in range(0, len(pks), _BATCH):
        questions = Question.objects.filter(fact__in=pks[start : start + _BATCH])
        found |= {question.fingerprint: question for question in questions}
    return found


def _write_grounds(
    created: Collection[tuple[Question, content.Question]],
    regrounded: Collection[tuple[Question, content.Question]],
    by_slug: dict[str, Fact],
) -> None:
    """Say what the questions rest on: that of new ones, and that of kept ones whose facts were worded anew."""
    pks = [question.pk for question, _ in regrounded]
    known: dict[int, dict[int, str]] = {}
    for start in range(0, len(pks), _BATCH):
        rows = Ground.objects.filter(question__in=pks[start : start + _BATCH])
        for question_id, fact_id, digest in rows.values_list("question", "fact", "digest"):
            known.setdefault(question_id, {})[fact_id] = digest
    wanted = {
        question.pk: {by_slug[slug].pk: by_slug[slug].digest for slug in made.fact_ids} for question, made in regrounded
    }
    changed = [pk for pk in pks if known.get(pk, {}) != wanted[pk]]
    Ground.objects.filter(question__in=changed).delete()
    new = [
        Ground(question_id=pk, fact_id=fact_id, digest=digest)
        for pk in changed
        for fact_id, digest in wanted[pk].items()
    ]
    new += [
        Ground(question_id=question.pk, fact_id=by_slug[slug].pk, digest=by_slug[slug].digest)
        for question, made in created
        for slug in made.fact_ids
    ]
    Ground.objects.bulk_create(new, batch_size=_BATCH)
