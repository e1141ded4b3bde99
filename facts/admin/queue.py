"""The review queue: what waits for a person, one after the other, and the decisions that were made."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import dateformat, timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from facts.admin.forms import WhyField
from facts.admin.statistics import render_figures
from facts.models import Decision, Player, Question, Service
from facts.questions.lint import find_clues
from facts.selectors.questions import to_content
from facts.selectors.review import Item, Sort, Waiting, find_place, find_waiting, get_dossier, load_items
from facts.services.review import (
    CannotApprove,
    DecidedMeanwhile,
    OwnWork,
    approve_question,
    check_fact,
    mark_of,
    mark_of_fact,
    refuse_own_work,
    retire_question,
    undo_decision,
    why_not_approved,
)

PAGE_SIZE = 50
MAX_KEY = 2**63 - 1  # a larger one is no key
APPROVE, RETIRE, CHECKED = "approve", "retire", "checked"
SORTS = [
    (Sort.REPORT, "Reported by players"),
    (Sort.QUESTION, "Questions in review"),
    (Sort.FACT, "Facts to read again"),
    (Sort.DRAFT, "Drafts"),
]
# Offered while the reason is typed.
REASONS = {
    APPROVE: ["Key and reasons are right.", "Read against the source."],
    RETIRE: ["Two answers are right.", "Nobody needs to know this.", "The wording gives the key away."],
    CHECKED: ["Read in the source today, still true."],
}


class FilterForm(forms.Form):
    """What is not to be found is told, and ignored."""

    sort = forms.ChoiceField(label="Why it waits", choices=[("", "Everything"), *SORTS], required=False)
    service = forms.ModelChoiceField(
        Service.objects.all(), to_field_name="slug", required=False, empty_label="All services"
    )

    def chosen(self) -> dict[str, str]:
        """What is filtered by, as it stands in an address."""
        self.is_valid()
        service = self.cleaned_data.get("service")
        chosen = {"sort": self.cleaned_data.get("sort", ""), "service": service.slug if service else ""}
        return {name: value for name, value in chosen.items() if value}


class DecisionForm(forms.Form):
    """One decision with its reason."""

    what = forms.ChoiceField(
        label="Decision", widget=forms.RadioSelect, error_messages={"required": "Say what you decide."}
    )
    why = WhyField(label="Why", help_text="Kept with the decision, for editors.")
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.fields["why"].required = True
        self.fields["why"].error_messages["required"] = "Say why in a few words."
        self.fields["why"].widget.attrs |= {"list": "reasons", "autocomplete": "off"}


class EditorFilter(admin.RelatedFieldListFilter):
    """Those who have decided something, out of all the players."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "editor"

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        deciders = Player.objects.filter(pk__in=Decision.objects.exclude(by=None).order_by().values("by"))
        return sorted(((str(player.pk), player.get_short_name()) for player in deciders), key=lambda choice: choice[1])


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin):
    """The decisions that were made; they are changed by deciding again."""

    list_display = ("made_at", "what", "about", "why", "editor", "undone_at")
    list_filter = ("what", ("by", EditorFilter))
    list_select_related = ("question", "fact", "by")
    list_per_page = 50
    search_fields = ("why", "question__stem", "fact__slug", "fact__statement")
    actions = None

    class Media:
        css: ClassVar = {"all": ["facts/admin.css"]}

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        own = [
            path("queue/", wrap(self.queue_view), name="facts_queue"),
            path("queue/<str:sort>/<int:pk>/", wrap(self.item_view), name="facts_queue_item"),
            path("<int:decision_id>/undo/", wrap(require_POST(self.undo_view)), name="facts_decision_undo"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="question or fact")
    def about(self, decision: Decision) -> str:
        return Truncator(decision.question or decision.fact).words(20)

    @admin.display(ordering="by__display_name")
    def editor(self, decision: Decision) -> str:
        return decision.by.get_short_name() if decision.by else ""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("facts.change_question")

    def has_view_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return request.user.has_perm("facts.change_question")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    # The queue

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """Everything that waits, a page at a time."""
        self._require_right(request)
        form = FilterForm(request.GET, label_suffix="")
        chosen = form.chosen()
        found = find_waiting(timezone.now().date(), **chosen)
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        items = load_items(list(page))
        context = self.admin_site.each_context(request) | {
            "title": "Review queue",
            "opts": self.opts,
            "form": form,
            "is_filtered": bool(chosen),
            "query": urlencode(chosen),
            "page": page,
            "rows": [(item, _address(item.waiting, chosen), _days(item.waiting)) for item in items],
            "start": _address(items[0].waiting, chosen) if items else "",
            "last": last_decision_of(request),
        }
        return TemplateResponse(request, "admin/facts/queue.html", context)

    def item_view(self, request: HttpRequest, sort: str, pk: int) -> HttpResponse:
        """One thing that waits with everything needed to judge it, and the decision; then the next one."""
        player = self._require_right(request)
        chosen = FilterForm(request.GET).chosen()
        found = find_waiting(timezone.now().date(), **chosen)
        place = find_place(found, sort, pk)
        queue = f"{reverse('admin:facts_queue')}?{urlencode(chosen)}"
        following = _address(place.next, chosen) if place.next else queue
        item = _load(found, place.number, sort, pk)
        if item is None:
            raise Http404
        if not place.number and request.method != "POST":
            if not messages.get_messages(request):  # who has just decided it on a page of its own is told so already
                messages.info(request, "That does not wait any more.")
            return HttpResponseRedirect(following)
        choices = _choices(item, player)
        form = DecisionForm(
            request.POST if request.method == "POST" else None,
            choices=choices,
            initial={"seen": _mark(item)},
            label_suffix="",
        )
        if request.method == "POST" and form.is_valid() and self._decide(request, player, item, form):
            return HttpResponseRedirect(following)
        question = item.question
        context = self.admin_site.each_context(request) | {
            "title": dict(SORTS)[item.waiting.sort],
            "opts": self.opts,
            "item": item,
            "days": _days(item.waiting),
            "place": place,
            "skip": following if place.next else "",
            "queue": queue,
            "here": urlencode({"queue": request.get_full_path()}),
            "dossier": get_dossier(item),
            "clues": find_clues(to_content(question)) if question else [],
            "figures": render_figures(question) if question else "",
            "not_approved": why_not_approved(question) if question and item.waiting.sort == Sort.QUESTION else "",
            "is_own": _is_own(item, player),
            "form": form if choices else None,
            "last": last_decision_of(request),
            "reasons": [reason for choice, _ in choices for reason in REASONS[choice]],
        }
        if form.is_bound and set(form.errors) == {"why"}:  # the template sees to the choice, which is several fields
            form.fields["why"].widget.attrs["autofocus"] = True
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/facts/queue_item.html", context, status=status)

    def undo_view(self, request: HttpRequest, decision_id: int) -> HttpResponse:
        """Take one's last word on a question back, and look at the question again."""
        player = self._require_right(request)
        decision = Decision.objects.filter(pk=decision_id, by=player).exclude(question=None).first()
        if decision is None:
            raise Http404
        try:
            question = undo_decision(decision=decision, by=player)
        except DecidedMeanwhile as reason:
            messages.error(request, str(reason))
            return HttpResponseRedirect(reverse("admin:facts_queue"))
        messages.success(request, "Undone: it waits again.")
        if question.state != Question.State.REVIEW:
            return HttpResponseRedirect(reverse("admin:facts_queue"))
        return HttpResponseRedirect(reverse("admin:facts_queue_item", args=[Sort.QUESTION, question.pk]))

    def _require_right(self, request: HttpRequest) -> Player:
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, Player)
        return request.user

    def _decide(self, request: HttpRequest, player: Player, item: Item, form: DecisionForm) -> bool:
        """Whether the editor may go on to the next one."""
        seen, why = form.cleaned_data["seen"], form.cleaned_data["why"]
        try:
            match form.cleaned_data["what"]:
                case "approve":
                    assert item.question is not None
                    decision = approve_question(question=item.question, seen=seen, why=why, by=player)
                    told = "Approved: it is asked from now on."
                case "retire":
                    assert item.question is not None
                    decision = retire_question(question=item.question, seen=seen, why=why, by=player)
                    told = "Retired: it is asked no more."
                case _:
                    decision = check_fact(fact=item.fact, seen=seen, why=why, by=player)
                    assert decision.fact.review_by is not None  # it was set with the day of reading
                    told = f"Read again by {dateformat.format(decision.fact.review_by, 'j F Y')}."
        except DecidedMeanwhile as reason:
            messages.error(request, str(reason))
            return True
        except (CannotApprove, OwnWork) as reason:
            form.add_error("what", str(reason))
            return False
        # The queue's page offers to undo it.
        request.session["last_decision"] = decision.pk if decision.question_id else None
        messages.success(request, told)
        return True


def _load(found: list[Waiting], number: int, sort: str, pk: int) -> Item | None:
    """The item at this place; what waits no more is looked up all the same, to tell the editor what became of it."""
    if sort not in list(Sort) or pk > MAX_KEY:
        return None
    waiting = found[number - 1] if number else Waiting(Sort(sort), pk, 0, timezone.now().date())
    return next(iter(load_items([waiting])), None)


def _address(waiting: Waiting, chosen: dict[str, str]) -> str:
    address = reverse("admin:facts_queue_item", args=[waiting.sort, waiting.pk])
    return f"{address}?{urlencode(chosen)}" if chosen else address


def _days(waiting: Waiting) -> int:
    return max((timezone.now().date() - waiting.since).days, 0)


def _mark(item: Item) -> str:
    return mark_of(item.question) if item.question else mark_of_fact(item.fact)


def _choices(item: Item, player: Player) -> list[tuple[str, str]]:
    """What the editor may decide here. Reports and drafts are decided on their own pages."""
    match item.waiting.sort:
        case Sort.QUESTION:
            assert item.question is not None
            can = not why_not_approved(item.question) and not _is_own(item, player)
            return [(APPROVE, "Approve: the key is right, ask it")] * can + [(RETIRE, "Retire: never ask it")]
        case Sort.FACT if player.has_perm("facts.change_fact") and not _is_own(item, player):
            return [(CHECKED, "Still true: I read it in the source today")]
    return []


def _is_own(item: Item, player: Player) -> bool:
    try:
        refuse_own_work(item.fact, player)
    except OwnWork:
        return True
    return False


def last_decision_of(request: HttpRequest) -> Decision | None:
    """The editor's last word on a question in this session, while it can be undone."""
    pk = request.session.get("last_decision")
    if pk is None:
        return None
    return Decision.objects.filter(pk=pk, undone_at=None).select_related("question").first()
