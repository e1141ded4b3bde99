"""Facts as tables: written as CSV or Excel from the list, and read back after a look at what they would change."""

from __future__ import annotations

from typing import Any

import tablib
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from import_export.admin import ExportActionMixin, ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from import_export.resources import Resource

from facts.admin.forms import WhyField
from facts.admin.uploads import drop_upload, find_upload, keep_upload
from facts.exchange.records import BankFaults, FileFault
from facts.exchange.sheets import MAX_CELL
from facts.exchange.table import COLUMNS, neutralise
from facts.models import Fact
from facts.selectors.corrections import FieldChange, compare_texts
from facts.selectors.records import read_cells
from facts.services.imports import read_limited
from facts.services.tables import Change, PlanChanged, plan_table, take_table

MAX_TABLE = 25_000_000
SHOWN = 200  # rows of each sort on the page; the others are counted


class FactResource(Resource):
    """Facts as rows. Only writing is left to the library: what is read is planned and stored by services.tables."""

    class Meta:
        export_order = import_order = COLUMNS

    @classmethod
    def get_display_name(cls) -> str:
        return "Facts"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = {column: Field(column_name=column) for column in COLUMNS}

    def export(self, queryset: QuerySet | None = None, **kwargs: Any) -> tablib.Dataset:
        """Raises ValueError for a cell that Excel would cut off, since that would be lost when it is read back."""
        chosen: QuerySet[Fact] = queryset if queryset is not None else Fact.objects.all()
        facts = Fact.objects.filter(pk__in=chosen.values("pk"))
        table = tablib.Dataset(headers=COLUMNS, title="Facts")
        by_service = F("service__slug").asc(nulls_first=True)  # unfinished drafts first, on both engines
        for fact, _, cells in read_cells(facts.order_by(by_service, "slug")):
            if longest := [column for column, cell in cells.items() if len(cell) >= MAX_CELL]:
                raise ValueError(
                    f"The {longest[0]} of {fact.slug} are longer than a cell of a spreadsheet: leave the fact out, or "
                    "write it as TOML with dump_facts."
                )
            table.append([neutralise(cell) for cell in cells.values()])
        return table


class UnicodeCSV(CSV):
    """With a mark by which Excel knows UTF-8."""

    CONTENT_TYPE = "text/csv; charset=utf-8"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        return super().export_data(dataset, **kwargs).encode("utf-8-sig")


class TableForm(forms.Form):
    table = forms.FileField(
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV in UTF-8 or an Excel workbook (.xlsx), at most 25 MB. Nothing is changed yet.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty: it has no first row."},
    )


class ConfirmForm(forms.Form):
    upload = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    why = WhyField(help_text="Kept with each of these facts, for editors.", error_messages={"required": "Say why."})


def may_move_tables(request: HttpRequest) -> bool:
    return request.user.has_perms(["facts.add_fact", "facts.change_fact"])


class TableAdmin(ExportMixin):
    """An admin of facts that come and go as tables."""

    resource_classes = (FactResource,)
    export_formats = (UnicodeCSV, XLSX)
    export_form_class = ExportForm
    import_export_change_list_template = "admin/facts/fact/change_list.html"

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.import_view)
        view.max_upload = MAX_TABLE + 10_000
        return [path("import/", view, name="facts_fact_import"), *super().get_urls()]

    @admin.action(description="Export as a table", permissions=["export"])
    def export_chosen(self, request: HttpRequest, facts: QuerySet[Fact]) -> HttpResponse:
        # Not by inheriting: the library's way to add its action is not that of this Django any more.
        return ExportActionMixin.export_admin_action(self, request, facts)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return may_move_tables(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """The library's page; what is no filter of the list leads back to it, as Django's own list does."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            messages.error(request, "These are no filters of facts: choose again what to export.")
            return HttpResponseRedirect(reverse("admin:facts_fact_changelist"))

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        return self.get_queryset(request).values_list("pk", flat=True)

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet, file_format: Any) -> str:
        return f"facts.{file_format.get_extension()}"

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not may_move_tables(request):
            raise PermissionDenied
        return import_table_view(request, self.admin_site.each_context(request))


def import_table_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """See what a table would change; or, the second time, have it changed."""
    player: Any = request.user
    form, confirm, plan = TableForm(), None, None
    faults: list[FileFault] = []
    upload = None
    if request.method == "POST" and "upload" in request.POST:
        confirm = ConfirmForm(request.POST)
        upload = find_upload(token=request.POST["upload"], by=player)
        if upload is None:
            messages.error(request, "The file is not here any more: send it again. Nothing was changed.")
            return HttpResponseRedirect(request.path)
    elif request.method == "POST":
        form = TableForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["table"]
            try:
                content = read_limited(file.name, file, file.size, most=MAX_TABLE)
                upload = keep_upload(name=file.name, content=content, by=player)
            except BankFaults as refused:
                faults = refused.faults
    if upload is not None:
        try:
            if confirm is not None and confirm.is_valid():
                data = confirm.cleaned_data
                plan, remade = take_table(
                    file=upload.name, content=upload.content, seen=data["seen"], why=data["why"], by=player
                )
                drop_upload(upload)
                messages.success(
                    request,
                    f"{len(plan.added)} added, {len(plan.changed)} changed, {plan.unchanged} unchanged. Questions: "
                    f"{len(remade.made)} made, {len(remade.kept)} kept, {len(remade.retired)} retired.",
                )
                return HttpResponseRedirect(reverse("admin:facts_fact_changelist"))
            plan = plan_table(file=upload.name, content=upload.content)
        except PlanChanged as changed:
            plan = changed.plan
            messages.error(request, "Not done: the bank changed meanwhile. Look once more at what the file would do.")
        except BankFaults as refused:
            faults = refused.faults
    if plan is not None and upload is not None:
        faults = plan.faults
        hidden = {"upload": upload.token, "seen": plan.seen}
        typed = {"why": request.POST.get("why", "")} if confirm is not None else {}
        # As it was typed, with its faults, but for the plan that is shown now.
        if confirm is not None and not confirm.is_valid():
            confirm = ConfirmForm({**typed, **hidden})
        else:
            confirm = ConfirmForm(initial={**typed, **hidden})
        if plan.faults or not plan.changes:
            drop_upload(upload)
            confirm = None
    context |= {
        "title": "Import facts",
        "form": form,
        "confirm": confirm,
        "opts": Fact._meta,
        "upload": upload,
        "plan": plan,
        "faults": faults[:SHOWN],
        "fault_count": len(faults),
        "added": _shown(plan.added) if plan else [],
        "changed": _shown(plan.changed) if plan else [],
        "limit": SHOWN,
        "columns": COLUMNS,
    }
    return TemplateResponse(request, "admin/facts/fact/import.html", context)


def _shown(changes: list[Change]) -> list[tuple[Change, list[FieldChange]]]:
    return [
        (change, [FieldChange(column, compare_texts(old, new)) for column, old, new in change.differences])
        for change in changes[:SHOWN]
    ]
