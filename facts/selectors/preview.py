"""What a fact would ask if it were saved as it stands in a form: the same questions, and nothing is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from facts.models import Claim, Confirmation, Fact, FalseStatement, Question, Service, Verdict
from facts.questions import content
from facts.questions.claims import claim_key, false_claims
from facts.questions.derive import Derived, derive, possible_claims
from facts.questions.generate import Generator, Rings, Scope, UnsoundQuestion
from facts.questions.kinds import MAX_OPTIONS, usable_distractors
from facts.questions.lint import Clue, find_clues
from facts.questions.truths import Truths, shelf_of

_BATCH = 500
_LEFT_OUT = (content.Blank("", ()),)  # in the place of a neighbour's blanks, so that no rule looks for any


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that would be made, and the stored one that it would keep or bring back."""

    question: content.Question
    row: Question | None

    @property
    def fate(self) -> str:
        if self.row is None:
            return "new"
        return "again" if self.row.state == Question.State.RETIRED else "kept"

    @property
    def state(self) -> str:
        """The state after saving, as ``services.questions`` gives it."""
        made, row = self.question, self.row
        in_use = (Question.State.LIVE, Question.State.PILOT)
        is_as_it_was = row and row.state != Question.State.RETIRED and not (row.needs_word and made.sound)
        if row and is_as_it_was and (made.sound or row.state not in in_use):
            state = Question.State(row.state)
        elif not made.sound:
            state = Question.State.REVIEW
        else:
            state = Question.State.PILOT if made.is_derived else Question.State.LIVE
        return str(state.label)

    @property
    def kind(self) -> str:
        return str(Question.Kind(self.question.kind.value).label)

    @property
    def verdict(self) -> str:
        """Of a claim, whether it is true; else nothing."""
        if self.question.kind is not content.Kind.TRUE_FALSE:
            return ""
        return "true" if self.question.options[0].correct else "false"

    @property
    def clues(self) -> list[Clue]:
        return find_clues(self.question)


@dataclass
class FactPreview:
    """What saving a fact would make of its questions, and what its author should know before."""

    asked: list[Asked] = field(default_factory=list)
    retired: list[Question] = field(default_factory=list)
    derived: Derived | None = None
    unused: list[str] = field(default_factory=list)  # what the author wrote or a rule found, and why it is not asked
    alike: Fact | None = None  # another fact that says nearly the same
    trouble: str = ""

    @property
    def fingerprints(self) -> set[str]:
        return {entry.question.fingerprint for entry in self.asked}

    @property
    def fates(self) -> Counter[str]:
        return Counter(entry.fate for entry in self.asked)


def preview_fact(record: content.Fact, *, own: int | None, is_withdrawn: bool = False) -> FactPreview:
    """The questions about one fact if it were saved as ``record``; ``own`` is its key if it is in the bank already.

    Reads what ``services.questions.remake_questions`` reads to remake the questions about this fact, not those of the
    facts beside it.
    """
    preview = FactPreview()
    rows = {row.fingerprint: row for row in Question.objects.filter(fact=own)} if own else {}
    if not is_withdrawn:
        _fill(preview, record, own, rows)
    if not preview.trouble:
        kept = preview.fingerprints
        preview.retired = [
            row for row in rows.values() if row.fingerprint not in kept and row.state != Question.State.RETIRED
        ]
    return preview


def _fill(preview: FactPreview, record: content.Fact, own: int | None, rows: dict[str, Question]) -> None:
    rings = _RingsBeside(record)
    pool = _neighbours(rings.neighbours([record.id]))
    truths = _truths_about(record, own, pool)
    # Before it is itself a truth, so that only another fact is found.
    if alike := truths.makes_true(record, record.statement):
        preview.alike = Fact.objects.filter(slug=alike).first()
    truths.add(record)
    maker = Generator([*pool, record], truths=truths, rings=rings)
    preview.derived = derive(record, truths, rings.siblings(record.services))
    preview.unused = _unused(record, maker, truths, preview.derived)
    try:
        made = {question.fingerprint: question for question in reversed(maker.questions_about(record.id))}
    except UnsoundQuestion as fault:
        preview.trouble = f"No question can be made of it as it stands: {str(fault).partition(': ')[2]}."
        return
    preview.asked = [Asked(question, rows.get(fingerprint)) for fingerprint, question in reversed(made.items())]


class _RingsBeside(Rings):
    """The rings that a fact is on among all facts; each is read when it is looked at."""

    def __init__(self, record: content.Fact) -> None:
        super().__init__({record.id: record.services}, reaches_all=False)
        self._record = record
        self._others = Fact.objects.in_bank().exclude(slug=record.id).order_by()
        self._read: dict[Scope, list[str]] = {}

    def members(self, scope: Scope) -> Collection[str]:
        if scope not in self._read:
            kind, name = scope
            if kind == "service":
                facts = self._others.tagged(Service.objects.filter(slug=name).values_list("pk", flat=True))
            else:
                facts = self._others.filter(service__family__name=name)
            self._read[scope] = [*facts.values_list("slug", flat=True), *super().members(scope)]
        return self._read[scope]

    def siblings(self, services: Sequence[content.Service]) -> list[str]:
        family = services[0].family
        also = Fact.other_services.through.objects.filter(fact__in=self._others, service=OuterRef("pk"))
        is_used = Exists(self._others.filter(service=OuterRef("pk"))) | Exists(also)
        names = set(Service.objects.filter(is_used, family__name=family).values_list("name", flat=True))
        names |= {service.name for service in self._record.services if service.family == family}
        return sorted(names - {service.name for service in services})


def _neighbours(slugs: Collection[str]) -> list[content.Fact]:
    """Facts with what questions about others show of them: no blanks and scenarios."""
    facts = Fact.objects.in_bank().filter(slug__in=slugs)
    rows = list(facts.values_list("pk", "slug", "service", "statement", "explanation", "digest"))
    digests = {pk: digest for pk, *_, digest in rows}
    others = list(Fact.other_services.through.objects.filter(fact__in=digests).values_list("fact", "service"))
    used = {service_id for _, _, service_id, *_ in rows} | {service_id for _, service_id in others}
    services = {one.pk: one.to_content() for one in Service.objects.select_related("family").filter(pk__in=used)}
    also: dict[int, list[content.Service]] = defaultdict(list)
    for pk, service_id in others:
        also[pk].append(services[service_id])
    falses: dict[int, list[content.FalseStatement]] = defaultdict(list)
    for pk, text, why in FalseStatement.objects.filter(fact__in=digests).values_list("fact", "text", "why"):
        falses[pk].append(content.FalseStatement(text, why))
    verdicts: dict[int, list[content.Verdict]] = defaultdict(list)
    given = Verdict.objects.filter(fact__in=digests).values_list("fact", "digest", "rule", "change", "is_yes")
    for pk, digest, rule, change, is_yes in given:
        if digest == digests[pk]:
            verdicts[pk].append(content.Verdict(rule, change, is_yes))
    confirmed = Confirmation.objects.filter(fact__in=digests).values_list("fact", "digest", "verb_start")
    verbs = {pk: verb_start for pk, digest, verb_start in confirmed if digest == digests[pk]}
    return [
        content.Fact(
            id=slug,
            statement=statement,
            services=(services[service_id], *sorted(also[pk], key=lambda service: service.name)),
            explanation=explanation,
            false_statements=tuple(falses[pk]),
            blanks=_LEFT_OUT,
            confirmed_verb=verbs.get(pk),
            verdicts=tuple(verdicts[pk]),
        )
        for pk, slug, service_id, statement, explanation, _ in rows
    ]


class _TruthsOfServices(Truths):
    """What other facts say, read from the bank service by service as claims about these are looked up."""

    def __init__(self, without: str, keys: Collection[str]) -> None:
        super().__init__(keys=keys)
        self._without = without
        self._read: set[str] = set()

    def makes_true(self, fact: content.Fact, claim: str) -> str | None:
        self._read_about(fact)
        return super().makes_true(fact, claim)

    def has_value(self, fact: content.Fact, kind: str, value: object) -> bool:
        self._read_about(fact)
        return super().has_value(fact, kind, value)

    def _read_about(self, fact: content.Fact) -> None:
        for service in fact.services:
            if service.slug not in self._read:
                self._read.add(service.slug)
                # All of them, in one order: so the shelf is the one that was filled for the preview before.
                facts = Fact.objects.in_bank().tagged(
                    Service.objects.filter(slug=service.slug).values_list("pk", flat=True)
                )
                shelf = shelf_of(tuple(facts.order_by("pk").values_list("slug", "statement")))
                self.add_shelf(service.slug, shelf.without(self._without))


def _truths_about(record: content.Fact, own: int | None, pool: Sequence[content.Fact]) -> Truths:
    """What other facts say that bears on the fact, and on what is shown as false of the facts beside it."""
    denied = {claim_key(claim) for claim in possible_claims(record)}
    for fact in pool:
        # Only what a person wrote or approved is shown of a neighbour.
        claims = false_claims(fact) if fact.false_statements or not fact.verdicts else possible_claims(fact)
        denied |= {claim_key(claim) for claim in claims}
    return _TruthsOfServices(record.id, _asserted(denied, own))


def _asserted(keys: Collection[str], own: int | None) -> set[str]:
    """Those of the claims that another fact of the bank says."""
    wanted, found = list(keys), set()
    for start in range(0, len(wanted), _BATCH):
        claims = Claim.objects.filter(
            is_true=True, key__in=wanted[start : start + _BATCH], fact__in=Fact.objects.in_bank()
        )
        found |= set(claims.exclude(fact=own).values_list("key", flat=True))
    return found


def _unused(record: content.Fact, maker: Generator, truths: Truths, derived: Derived) -> list[str]:
    prepared = maker.prepared(record.id)
    told = [f"Not used: {text}." for text in derived.withheld]
    if record.false_statements:
        told += [
            f"Not used: “{false.text}” is true, as another fact says."
            for false in record.false_statements
            if false not in prepared.false_statements
        ]
    for blank in record.blanks:
        usable = len(usable_distractors(prepared, blank, truths))
        if usable < MAX_OPTIONS - 1:
            told.append(
                f"Not used: of the blank “{blank.answer}” only {usable} of {len(blank.distractors)} distractors are "
                "false, as other facts say."
            )
    return told
