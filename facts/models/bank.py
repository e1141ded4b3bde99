"""The bank: services, facts with what questions are made of, and the questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MinLengthValidator, RegexValidator, URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from facts.questions import content
from facts.questions.shelf_life import review_day


class Family(models.Model):
    """What services belong to, such as Storage: the coarser filter."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """An AWS service: the tag of facts and the filter of quizzes."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=100, unique=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="services")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def to_content(self) -> content.Service:
        """The service as the pure rooms know it; reads ``family``."""
        return content.Service(self.slug, self.name, self.family.name)


class Domain(models.TextChoices):
    """The four domains of the exam SAP-C02, in the exam guide's order."""

    ORGANIZATIONAL_COMPLEXITY = "organizational-complexity", _("Organizational complexity")
    NEW_SOLUTIONS = "new-solutions", _("New solutions")
    CONTINUOUS_IMPROVEMENT = "continuous-improvement", _("Continuous improvement")
    MIGRATION_MODERNIZATION = "migration-modernization", _("Migration and modernization")


class FactQuerySet(models.QuerySet["Fact"]):
    def in_bank(self) -> FactQuerySet:
        """Facts that may be read and asked; neither drafts nor those that were withdrawn."""
        return self.filter(is_withdrawn=False, is_draft=False)

    def fresh(self, today: date) -> FactQuerySet:
        """Facts that need not be read again yet. One that was never read has no such day, and is fresh."""
        return self.filter(models.Q(review_by=None) | models.Q(review_by__gte=today))

    def due(self, by: date) -> FactQuerySet:
        """Facts that are to be read again before this day."""
        return self.filter(review_by__lt=by)

    def tagged(self, services: Iterable[Service | int]) -> FactQuerySet:
        """Facts about one of these services, mainly or also."""
        services = list(services)
        also = Fact.other_services.through.objects.filter(service__in=services).values("fact")
        return self.filter(models.Q(service__in=services) | models.Q(pk__in=also))

    def with_content(self) -> FactQuerySet:
        """Everything that ``Fact.to_content`` reads, in a fixed number of queries."""
        return self.select_related("service__family").prefetch_related(
            "other_services__family", "false_statements", "blanks", "scenarios", "confirmations", "verdicts"
        )


class VersionFields(models.Model):
    """What a version of a fact keeps beside the fact's own fields."""

    parts = models.JSONField(default=dict)  # other services and what is asked from, by ``Fact.to_parts``
    replaced = models.CharField(max_length=300, blank=True, db_index=True)  # the wrong statement, if players are told

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """For what saves a fact by itself, without ``services.corrections.record_changes``."""
        if self.history_type == "~":  # type: ignore[attr-defined]  # a new fact has no parts yet, a deleted one none
            self.parts = Fact.objects.with_content().get(pk=self.id).to_parts()  # type: ignore[attr-defined]
        super().save(*args, **kwargs)


class Fact(models.Model):
    """A statement that is true today, with its source and what an editor added to ask it well."""

    class Status(models.TextChoices):
        CURRENT = "current", _("Current")
        CHANGED = "changed", _("Changed by AWS")
        CORRECTED = "corrected", _("Often taught wrong")
        RETIRED = "retired", _("Ended or closing")

    slug = models.SlugField(
        "id",
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "An id is lower-case words joined by hyphens.")],
        help_text="Lower-case words joined by hyphens, the service first.",
    )
    # Only a draft may be without statement, service or domain, and code that meets drafts looks: a constraint holds it.
    statement = models.CharField(
        max_length=300, blank=True, help_text="One plain sentence, true today, that names its service. 8 to 30 words."
    )
    service: models.ForeignKey[Any, Service] = models.ForeignKey(  # type: ignore[misc]  # None in drafts only
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="facts",
        help_text="What the fact is mainly about.",
    )
    other_services = models.ManyToManyField(
        Service, blank=True, related_name="+", help_text="Other services that the fact is about."
    )
    domain = models.CharField(max_length=40, choices=Domain, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.CURRENT)
    note = models.TextField(
        "what changed",
        blank=True,
        max_length=2000,
        help_text="For facts that are not simply current: what used to be said, what is true now, since when.",
    )
    explanation = models.TextField(blank=True, max_length=2000, help_text="Why it is so, in two or three sentences.")
    reference = models.CharField(max_length=500, blank=True, validators=[URLValidator(["http", "https"])])
    evidence = models.TextField(blank=True, max_length=2000, help_text="Where in the source it was read.")
    checked_on = models.DateField(
        null=True, blank=True, db_index=True, help_text="The day on which it was last read in the source."
    )
    review_by = models.DateField(
        "read again by",
        null=True,
        blank=True,
        db_index=True,
        help_text="Left as it is, this follows the day above: a year later, half a year for amounts and prices.",
    )
    key_point = models.CharField(max_length=20, blank=True, help_text="Number in the list of key points, if any.")
    is_withdrawn = models.BooleanField(
        "withdrawn",
        default=False,
        help_text="Out of the bank: never asked again, and kept for the history of those who were asked.",
    )
    is_draft = models.BooleanField(
        "draft",
        default=False,
        help_text="Not finished: nobody reads it and nothing is asked from it until an editor approves it.",
    )
    digest = models.CharField(max_length=32, editable=False)  # of the wording, by ``content.digest``
    source = models.CharField(max_length=200, blank=True, editable=False)  # the file that it was loaded from
    loaded_digest = models.CharField(max_length=32, blank=True, editable=False)  # of the file's entry when loaded
    is_edited = models.BooleanField(default=False, editable=False)  # by hand, since it was last loaded
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FactQuerySet.as_manager()
    history = HistoricalRecords(
        custom_model_name="FactVersion",
        verbose_name="version of a fact",
        verbose_name_plural="versions of facts",
        bases=[VersionFields],
        excluded_fields=["digest", "source", "loaded_digest", "is_edited", "created_at", "updated_at"],
        no_db_index=["service", "checked_on", "review_by", "slug"],
        history_change_reason_field=models.CharField("why", max_length=300, blank=True),
    )
    _change_reason = ""  # of a version that is made by ``save`` alone

    class Meta:
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_draft=True)
                | models.Q(is_withdrawn=True)
                | (~models.Q(statement="") & ~models.Q(domain="") & models.Q(service__isnull=False)),
                name="fact_of_the_bank_is_complete",
            )
        ]

    def __str__(self) -> str:
        return self.statement or self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_digest()
        if self.review_by is None:
            self.set_review_by()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("fact", args=[self.slug])

    @property
    def is_in_bank(self) -> bool:
        """As ``FactQuerySet.in_bank`` says."""
        return not (self.is_withdrawn or self.is_draft)

    def save_without_version(self) -> None:
        """For services that keep the change themselves, when the parts of the fact are written as well."""
        self.save_without_historical_record()  # type: ignore[attr-defined]  # django-simple-history adds it

    def set_digest(self) -> None:
        """Bring the digest in step with the wording; ``bulk_create`` and ``bulk_update`` do not call ``save``."""
        self.digest = content.digest(self.statement)

    def set_review_by(self) -> None:
        """The day by which it is to be read again, by the rule."""
        checked_on = models.DateField().to_python(self.checked_on)  # it may be a text still
        self.review_by = review_day(self.statement, checked_on) if checked_on else None

    def to_parts(self) -> dict[str, Any]:
        """What belongs to the fact and is kept with its versions. Load it by ``with_content()``."""
        also = sorted(service.slug for service in self.other_services.all())
        return parts_of(self.to_content()) | {"other_services": also}  # a draft may have no service before them

    def to_content(self) -> content.Fact:
        """The fact as the pure rooms know it. Load it by ``with_content()``."""
        return content.Fact(
            id=self.slug,
            statement=self.statement,
            services=tuple(one.to_content() for one in (self.service, *self.other_services.all()) if one is not None),
            explanation=self.explanation,
            false_statements=tuple(
                content.FalseStatement(false.text, false.why) for false in self.false_statements.all()
            ),
            blanks=tuple(content.Blank(blank.answer, tuple(blank.distractors)) for blank in self.blanks.all()),
            scenarios=tuple(scenario.to_content() for scenario in self.scenarios.all()),
            confirmed_verb=next(
                (one.verb_start for one in self.confirmations.all() if one.digest == self.digest), None
            ),
            verdicts=tuple(
                content.Verdict(verdict.rule, verdict.change, verdict.is_yes)
                for verdict in self.verdicts.all()
                if verdict.digest == self.digest
            ),
        )


FactVersion: Any = Fact.history.model
FactVersion.__module__ = __name__


def parts_of(record: content.Fact) -> dict[str, Any]:
    """Other services and what is asked from, as a version keeps it."""
    return {
        "other_services": sorted(service.slug for service in record.services[1:]),
        "false_statements": [{"text": false.text, "why": false.why} for false in record.false_statements],
        "blanks": [{"answer": blank.answer, "distractors": list(blank.distractors)} for blank in record.blanks],
        "scenarios": [
            {
                "stem": scenario.stem,
                "answer": scenario.answer,
                "answer_why": scenario.answer_why,
                "distractors": [{"text": entry.text, "why": entry.why} for entry in scenario.distractors],
            }
            for scenario in record.scenarios
        ],
    }


class FalseStatement(models.Model):
    """A claim that is surely false and that a half-prepared candidate might believe."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="false_statements")
    text = models.CharField(max_length=400)
    why = models.CharField(
        max_length=600, blank=True, help_text="What is so instead, if the fact and its explanation do not say it."
    )

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class Blank(models.Model):
    """A span of the statement, letter for letter, and what else could stand there."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="blanks")
    answer = models.CharField(max_length=300, help_text="A part of the statement, letter for letter.")
    distractors = models.JSONField(default=list, help_text="Three or more, each makes the statement false.")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.answer


class Scenario(models.Model):
    """The fact as the exam would ask it."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="scenarios")
    stem = models.TextField(max_length=2000, help_text="A story of two to four sentences that ends in a question.")
    answer = models.CharField(max_length=400)
    answer_why = models.CharField(max_length=600, help_text="Why the answer is right.")
    distractors = models.JSONField(default=list, help_text="Three or more wrong answers, each with its reason.")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.stem

    def to_content(self) -> content.Scenario:
        distractors = tuple(content.Distractor(entry["text"], entry["why"]) for entry in self.distractors)
        return content.Scenario(self.stem, self.answer, self.answer_why, distractors)


class Confirmation(models.Model):
    """A person's word on which word of a statement is its main verb; it lapses when the wording changes."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="confirmations")
    digest = models.CharField(max_length=32)
    verb_start = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "digest"], name="one_confirmation_of_a_wording")]

    def __str__(self) -> str:
        return f"{self.fact_id}: verb at {self.verb_start}"


class Verdict(models.Model):
    """A person's yes or no to a change that a rule made; it lapses when the fact's wording or the rule changes."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="verdicts")
    digest = models.CharField(max_length=32)
    rule = models.CharField(max_length=30)
    change = models.CharField(max_length=200)
    is_yes = models.BooleanField("yes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "digest", "rule", "change"], name="one_verdict_on_a_change")
        ]

    def __str__(self) -> str:
        return f"{'yes' if self.is_yes else 'no'} to {self.rule}: {self.change}"


class Claim(models.Model):
    """An index of what the facts assert and deny, by ``questions.claims.claim_key``.

    A claim that one fact denies and another asserts must not serve as a distractor; the index finds such pairs without
    reading the bank.
    """

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="claims")
    key = models.CharField(max_length=24, validators=[MinLengthValidator(24)])
    is_true = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["key", "is_true"], name="claim_by_key")]

    def __str__(self) -> str:
        return f"{self.fact_id} {'asserts' if self.is_true else 'denies'} {self.key}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_use(self) -> QuestionQuerySet:
        """Questions that are asked as long as their facts keep their wordings."""
        return self.filter(state__in=(Question.State.LIVE, Question.State.PILOT))

    def askable(self) -> QuestionQuerySet:
        """Questions that may be asked now: only while every fact they rest on has the wording they were made from."""
        stale = Ground.objects.filter(question=models.OuterRef("pk")).exclude(digest=models.F("fact__digest"))
        return self.in_use().filter(~models.Exists(stale))


class Question(models.Model):
    """One question that a rule made of facts; see ``questions.content.Question`` for what it guarantees."""

    class Kind(models.TextChoices):
        TRUE_FALSE = content.Kind.TRUE_FALSE.value, _("True or false")
        FILL_BLANK = content.Kind.FILL_BLANK.value, _("Fill in the blank")
        WHICH_TRUE = content.Kind.WHICH_TRUE.value, _("Which is true")
        WHICH_FALSE = content.Kind.WHICH_FALSE.value, _("Which is false")
        CHOOSE_TWO = content.Kind.CHOOSE_TWO.value, _("Choose two")
        SCENARIO = content.Kind.SCENARIO.value, _("Scenario")

    class State(models.TextChoices):
        PILOT = "pilot", _("Pilot")
        LIVE = "live", _("Live")
        REVIEW = "review", _("In review")
        RETIRED = "retired", _("Retired")

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="questions")
    facts = models.ManyToManyField(Fact, through="Ground", related_name="+")  # all it rests on, its own among them
    kind = models.CharField(max_length=12, choices=Kind)
    rule = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    stem = models.TextField()
    options = models.JSONField()  # list of {"text", "correct", "why", "fact"}
    fingerprint = models.CharField(max_length=32, unique=True)
    # A rule was not sure of it: it waits in review until a person has said yes, or confirmed how the fact is read.
    needs_word = models.BooleanField(default=False, editable=False)
    # A person retired it: it is not made again as long as it would be word for word the same.
    is_barred = models.BooleanField(default=False, editable=False)
    change = models.CharField(max_length=200, blank=True, editable=False)  # what the rule changed from what to what
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["fact", "state"], name="question_by_fact_and_state")]

    def __str__(self) -> str:
        return self.stem


class Ground(models.Model):
    """A fact that a question rests on, with the digest of the wording that the question was made from."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="grounds")
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "fact"], name="one_ground_of_a_question")]

    def __str__(self) -> str:
        return f"{self.question_id} on {self.fact_id}"
