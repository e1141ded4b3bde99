"""Facts with everything that is made of them, services, and the questions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from facts.admin.drafts import DraftAdmin, LenientInline, wants_approval
from facts.admin.forms import (
    BlankForm,
    BlankFormSet,
    FactForm,
    FalseStatementForm,
    FalseStatementFormSet,
    ScenarioForm,
    ScenarioFormSet,
)
from facts.admin.history import DueFilter
from facts.admin.paste import paste_view
from facts.admin.question_files import QuestionFileAdmin
from facts.admin.return_to_queue import QueueReturn
from facts.admin.statistics import figures_of, render_figures, statistics_urls
from facts.admin.tables import TableAdmin
from facts.models import Blank, Claim, Fact, FalseStatement, Family, Question, Scenario, Service
from facts.questions.derive import derive
from facts.questions.lint import find_clues
from facts.questions.truths import Truths
from facts.selectors.bank import find_twin
from facts.selectors.questions import to_content
from facts.services.approval import approve_draft
from facts.services.corrections import record_changes
from facts.services.questions import AboutQuestion, Remade, keep_reading, remake_questions
from facts.services.review import (
    CannotApprove,
    DecidedMeanwhile,
    OwnWork,
    approve_question,
    mark_of,
    retire_question,
)

SHOWN = 8  # questions of each sort that a message names


class FalseStatementInline(LenientInline):
    model = FalseStatement
    form = FalseStatementForm
    formset = FalseStatementFormSet
    extra = 1


class BlankInline(LenientInline):
    model = Blank
    form = BlankForm
    formset = BlankFormSet
    extra = 0


class ScenarioInline(LenientInline):
    model = Scenario
    form = ScenarioForm
    formset = ScenarioFormSet
    extra = 0


class CheckedFilter(admin.SimpleListFilter):
    """Facts whose source has not been read for a long time, or never."""

    title = "last checked"
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("year", "not for a year"), ("never", "never")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() == "year":
            year_ago = timezone.now().date() - timedelta(days=365)
            return queryset.filter(Q(checked_on=None) | Q(checked_on__lt=year_ago))
        if self.value() == "never":
            return queryset.filter(checked_on=None)
        return queryset


@admin.register(Fact)
class FactAdmin(QueueReturn, TableAdmin, QuestionFileAdmin, DraftAdmin):
    form = FactForm
    inlines = (FalseStatementInline, BlankInline, ScenarioInline)
    list_display = ("stated", "service", "domain", "status", "checked_on", "question_count", "is_withdrawn")
    list_filter = (
        "is_draft",
        "status",
        "domain",
        DueFilter,
        CheckedFilter,
        "is_withdrawn",
        "service__family",
        "service",
    )
    list_select_related = ("service",)
    list_per_page = 50
    search_fields = ("slug", "statement", "explanation", "note", "service__name")
    date_hierarchy = None
    save_on_top = True
    actions = ("mark_checked", "withdraw", "bring_back", "export_chosen")
    fieldsets: ClassVar = (
        (None, {"fields": ("slug", "statement", "service", "other_services", "domain")}),
        ("What is told after the answer", {"fields": ("explanation", "status", "note")}),
        ("Source", {"fields": ("reference", "evidence", "checked_on", "review_by", "key_point")}),
        ("How it is asked", {"fields": ("main_verb", "how_read", "the_questions")}),
        ("In the bank", {"fields": ("is_withdrawn",)}),
        ("This change", {"fields": ("why", "tells_players", "seen")}),
    )

    class Media:
        css: ClassVar = {"all": ["facts/admin.css", "facts/preview.css"]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Fact]:
        live = Count("questions", filter=~Q(questions__state=Question.State.RETIRED))
        return super().get_queryset(request).annotate(question_count=live)

    @admin.display(description="questions", ordering="question_count")
    def question_count(self, fact: Fact) -> int:
        return fact.question_count  # type: ignore[attr-defined]  # annotated by get_queryset

    def get_readonly_fields(self, request: HttpRequest, obj: Fact | None = None) -> tuple[str, ...]:
        # The id is the fact's address, and what its file knows it by. A draft has neither.
        is_known = obj is not None and not obj.is_draft
        return ("slug", "how_read", "the_questions") if is_known else ("how_read", "the_questions")

    def get_urls(self) -> list:
        own = path("paste/", self.admin_site.admin_view(self.paste), name="facts_fact_paste")
        return [own, *super().get_urls()]

    def paste(self, request: HttpRequest) -> HttpResponse:
        return paste_view(request, self.admin_site.each_context(request))

    @admin.display(description="read as")
    def how_read(self, fact: Fact) -> SafeString | str:
        if fact.pk is None:
            return "Shown when the fact has been saved."
        if not fact.statement or not fact.service:
            return "Shown when statement and service are there."
        record = fact.to_content()
        derived = derive(record, Truths())
        if derived.refusals:
            return format_html_join("", "<p>No rule is used on it: it {}.</p>", ((text,) for text in derived.refusals))
        reading = derived.reading
        if reading is None or reading.main is None:
            return "No verb was found: choose it above, or reword the sentence."
        said = format_html("<p>Subject: “{}”, verb: “{}”.</p>", reading.subject, reading.verb)
        return said + format_html_join("", "<p>In doubt: {}</p>", ((doubt,) for doubt in reading.doubts))

    @admin.display(description="questions")
    def the_questions(self, fact: Fact) -> SafeString | str:
        if fact.pk is None:
            return "Made when the fact has been saved."
        if fact.is_draft:
            return "Made when the draft is approved."
        questions = fact.questions.exclude(state=Question.State.RETIRED).select_related("fact")
        rows = []
        for question in questions:
            address = reverse("admin:facts_question_change", args=[question.pk])
            clues = " ".join(clue.message for clue in find_clues(to_content(question)))
            rows.append((address, question.get_kind_display(), question.get_state_display(), question.stem, clues))
        return format_html(
            "<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a> ({}): {} <em>{}</em></li>', rows)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Fact | None = None) -> bool:
        """Facts are withdrawn, never deleted: the history of players refers to them."""
        return False

    def save_model(self, request: HttpRequest, obj: Fact, form: Any, change: bool) -> None:
        obj.is_edited = True
        obj.skip_history_when_saving = True  # type: ignore[attr-defined]  # kept by save_related, with all its parts
        # Where the fact stood before: the questions there may have to do without it.
        former = Fact.objects.filter(pk=obj.pk, service__isnull=False).values_list("service", flat=True)
        also = Fact.other_services.through.objects.filter(fact=obj.pk).values_list("service", flat=True)
        form.former_services = [*former, *also]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        fact = Fact.objects.with_content().get(pk=form.instance.pk)
        if "main_verb" in form.changed_data or "statement" in form.changed_data:
            verb = form.cleaned_data["main_verb"]
            keep_reading(fact=fact, verb_start=int(verb) if verb else None, by=request.user)  # type: ignore[arg-type]
            fact = Fact.objects.with_content().get(pk=fact.pk)
        record_changes(
            facts=[fact],
            why=form.cleaned_data["why"] or ("" if change else "added"),
            by=request.user,  # type: ignore[arg-type]
            tells_players=form.cleaned_data["tells_players"],
        )
        if fact.is_draft:
            if wants_approval(request):
                fact, remade = approve_draft(fact=fact, editor=request.user, why=form.cleaned_data["why"])  # type: ignore[arg-type]
                messages.info(request, describe_remade(remade, [fact]))
            return
        remade = remake_questions([fact], services=form.former_services)
        messages.info(request, describe_remade(remade, [fact]))
        if withheld := count_withheld(fact):
            messages.warning(
                request,
                f"Not used: {withheld} false claim{'s' if withheld != 1 else ''} that another fact of the bank says "
                f"{'are' if withheld != 1 else 'is'} true.",
            )

    @admin.action(description="Mark as checked today", permissions=["change"])
    def mark_checked(self, request: HttpRequest, facts: models.QuerySet[Fact]) -> None:
        today = timezone.now().date()
        checked = list(Fact.objects.filter(pk__in=facts.values("pk")))
        for fact in checked:
            fact.checked_on, fact.is_edited = today, True
            fact.set_review_by()
        count = Fact.objects.bulk_update(checked, ["checked_on", "review_by", "is_edited"], batch_size=500)
        record_changes(facts=checked, why="marked as checked", by=request.user)  # type: ignore[arg-type]
        messages.success(
            request,
            f"{count} fact{'s' if count != 1 else ''} marked as checked on {dateformat.format(today, 'j F Y')}.",
        )

    @admin.action(description="Withdraw from the bank", permissions=["change"])
    def withdraw(self, request: HttpRequest, facts: models.QuerySet[Fact]) -> None:
        self._set_withdrawn(request, facts, True)

    @admin.action(description="Bring back into the bank", permissions=["change"])
    def bring_back(self, request: HttpRequest, facts: models.QuerySet[Fact]) -> None:
        self._set_withdrawn(request, facts, False)

    def _set_withdrawn(self, request: HttpRequest, facts: models.QuerySet[Fact], is_withdrawn: bool) -> None:
        changed = list(Fact.objects.filter(pk__in=facts.values("pk"), is_withdrawn=not is_withdrawn))
        if not is_withdrawn:
            for fact in [fact for fact in changed if not fact.is_draft and find_twin(fact.statement, fact)]:
                changed.remove(fact)
                messages.error(request, f"“{fact}” was not brought back: another fact says the same by now.")
        Fact.objects.filter(pk__in=[fact.pk for fact in changed]).update(is_withdrawn=is_withdrawn, is_edited=True)
        for fact in changed:
            fact.is_withdrawn = is_withdrawn
        why = "withdrawn" if is_withdrawn else "brought back into the bank"
        record_changes(facts=changed, why=why, by=request.user)  # type: ignore[arg-type]
        if not changed:
            messages.info(request, "Nothing had to be changed.")
            return
        messages.info(request, describe_remade(remake_questions(changed), changed))


def describe_remade(remade: Remade, facts: Collection[Fact]) -> SafeString:
    """What became of the questions about these facts: those made and retired by their stems (the first few), those
    kept by number. Those of other facts that show them, or show them no more, are counted apart."""
    pks = {fact.pk for fact in facts}
    made = [question for question in remade.made if question.fact_id in pks]
    retired = [question for question in remade.retired if question.fact_id in pks]
    others = (len(remade.made) - len(made), len(remade.retired) - len(retired))
    return format_html(
        "Questions: {} made, {} kept, {} retired.{}{}{}",
        len(made),
        len(remade.kept_about(facts)),
        len(retired),
        " Of facts that are asked beside: {} made, {} retired.".format(*others) if any(others) else "",
        _list_questions("Made", made),
        _list_questions("Retired", retired),
    )


def _list_questions(title: str, questions: list[AboutQuestion]) -> SafeString | str:
    if not questions:
        return ""
    rows = (
        (reverse("admin:facts_question_change", args=[question.pk]), Question.Kind(question.kind).label, question.stem)
        for question in questions[:SHOWN]
    )
    more = f"and {len(questions) - SHOWN} more" if len(questions) > SHOWN else ""
    return format_html(
        "<p>{}:</p><ul>{}</ul>{}", title, format_html_join("", '<li><a href="{}">{}</a>: {}</li>', rows), more
    )


def count_withheld(fact: Fact) -> int:
    """How many of the fact's false claims another fact of the bank asserts."""
    denied = Claim.objects.filter(fact=fact, is_true=False).values("key")
    return Claim.objects.filter(is_true=True, key__in=denied).exclude(fact=fact).values("key").distinct().count()


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    list_display = ("stem", "kind", "service", "state", "first_answers", "facility", "discrimination")
    list_filter = ("state", "kind", "rule", "fact__service__family", "fact__service")
    list_select_related = ("fact__service", "statistics")
    list_per_page = 50
    search_fields = ("stem", "fact__slug", "fact__statement")
    actions = ("to_review", "to_live", "refuse")
    fields = ("stem", "kind", "rule", "state", "the_options", "the_figures", "the_fact", "created_at")
    readonly_fields = ("stem", "kind", "rule", "state", "the_options", "the_figures", "the_fact", "created_at")

    class Media:
        css: ClassVar = {"all": ["facts/statistics.css"]}

    def get_urls(self) -> list:
        return [*statistics_urls(self.admin_site), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """To look at: what there is to decide is decided in the queue, or for several in the list."""
        unsaved = {"show_save": False, "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, unsaved | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Questions are made from facts, by rules."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        return False

    @admin.display(ordering="fact__service__name")
    def service(self, question: Question) -> Service:
        return question.fact.service

    @admin.display(ordering="statistics__first_answered")
    def first_answers(self, question: Question) -> int:
        figures = figures_of(question)
        return figures.first_answered if figures else 0

    @admin.display(ordering="statistics__facility")
    def facility(self, question: Question) -> str:
        figures = figures_of(question)
        return "–" if figures is None or figures.facility is None else f"{100 * figures.facility:.0f} %"

    @admin.display(ordering="statistics__discrimination")
    def discrimination(self, question: Question) -> str:
        figures = figures_of(question)
        return "–" if figures is None or figures.discrimination is None else f"{figures.discrimination:.2f}"

    @admin.display(description="figures")
    def the_figures(self, question: Question) -> SafeString:
        return render_figures(question)

    @admin.display(description="options")
    def the_options(self, question: Question) -> SafeString:
        rows = ((("✓" if o["correct"] else "✗"), o["text"], o["why"]) for o in question.options)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} <strong>{}</strong><br>{}</li>", rows))

    @admin.display(description="fact")
    def the_fact(self, question: Question) -> SafeString:
        address = reverse("admin:facts_fact_change", args=[question.fact_id])
        return format_html('<a href="{}">{}</a>', address, question.fact)

    @admin.action(description="Stop asking: send to review", permissions=["change"])
    def to_review(self, request: HttpRequest, questions: models.QuerySet[Question]) -> None:
        asked = Q(state__in=[Question.State.LIVE, Question.State.PILOT])
        pks = list(questions.filter(asked | Q(is_barred=True)).values_list("pk", flat=True))
        count = Question.objects.filter(pk__in=pks).update(state=Question.State.REVIEW, is_barred=False)
        messages.success(
            request, f"{count} question{'s' if count != 1 else ''} sent to review: not asked until approved."
        )

    @admin.action(description="Approve: the key is right, ask it", permissions=["change"])
    def to_live(self, request: HttpRequest, questions: models.QuerySet[Question]) -> None:
        waiting = questions.filter(state__in=[Question.State.REVIEW, Question.State.PILOT])
        done = self._decide(request, approve_question, waiting)
        messages.success(request, f"{done} question{'s' if done != 1 else ''} live.")

    @admin.action(description="Retire: never ask it again", permissions=["change"])
    def refuse(self, request: HttpRequest, questions: models.QuerySet[Question]) -> None:
        done = self._decide(request, retire_question, questions.exclude(state=Question.State.RETIRED))
        messages.success(request, f"{done} question{'s' if done != 1 else ''} retired: not made again.")

    def _decide(self, request: HttpRequest, decide: Any, questions: models.QuerySet[Question]) -> int:
        """How many were decided; what was not is told."""
        done = 0
        for question in Question.objects.filter(pk__in=list(questions.values_list("pk", flat=True))):
            question = Question.objects.select_related("fact").get(pk=question.pk)  # as the last decision left it
            try:
                decide(question=question, seen=mark_of(question), why="In the list of questions", by=request.user)
            except (CannotApprove, DecidedMeanwhile, OwnWork) as reason:
                messages.error(request, f"“{question}”: {reason}")
            else:
                done += 1
        return done


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "family")
    list_filter = ("family",)
    list_select_related = ("family",)
    search_fields = ("name", "slug", "family__name")

    def save_model(self, request: HttpRequest, obj: Service, form: Any, change: bool) -> None:
        """Questions name services and compare facts of one service or family, so they follow."""
        super().save_model(request, obj, form, change)
        if change and form.has_changed():
            facts = list(Fact.objects.tagged([obj]))
            messages.info(request, describe_remade(remake_questions(), facts))


@admin.register(Family)
class FamilyAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
