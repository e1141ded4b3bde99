"""Questions of other programs as drafts: what each gives, why some are left out, and keeping the others."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from facts.admin.uploads import Upload, drop_upload, find_upload, keep_upload
from facts.exchange.records import BankFaults, FileFault
from facts.models import Fact
from facts.services.imports import MAX_BYTES, Drafted, guess_format, plan_drafts, read_limited, save_drafts

FORMATS = [("", "As the file looks"), ("gift", "GIFT"), ("aiken", "Aiken"), ("moodle", "Moodle XML")]
SHOWN = 200


class QuestionFileForm(forms.Form):
    questions = forms.FileField(
        help_text="GIFT, Aiken or Moodle XML, at most 10 MB. Nothing is stored yet.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )
    format = forms.ChoiceField(choices=FORMATS, required=False)


class QuestionFileAdmin(admin.ModelAdmin):
    """An admin of facts into which questions of other programs come as drafts."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.import_questions_view)
        view.max_upload = MAX_BYTES + 10_000  # type: ignore[attr-defined]
        return [path("import-questions/", view, name="facts_fact_import_questions"), *super().get_urls()]

    def import_questions_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perms(["facts.add_fact", "facts.change_fact"]):
            raise PermissionDenied
        return import_questions_view(request, self.admin_site.each_context(request))


def import_questions_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """See what a file of questions gives; or, the second time, keep it."""
    player: Any = request.user
    form = QuestionFileForm()
    faults: list[FileFault] = []
    drafted: Drafted | None = None
    upload: Upload | None = None
    format = request.POST.get("format", "")
    if request.method == "POST" and "upload" in request.POST:
        upload = find_upload(token=request.POST["upload"], by=player)
        if upload is None or format not in dict(FORMATS):
            messages.error(request, "The file is not here any more: send it again. Nothing was stored.")
            return HttpResponseRedirect(request.path)
        try:
            facts, drafted = save_drafts(
                format=format or guess_format(upload.content), file=upload.name, content=upload.content, by=player
            )
        except BankFaults as refused:
            faults = refused.faults
        else:
            drop_upload(upload)
            count = len(facts)
            messages.success(
                request,
                f"{count} draft{'s' if count != 1 else ''} stored, {len(drafted.left_out)} left out. They are asked "
                "once each was finished and approved.",
            )
            return HttpResponseRedirect(f"{reverse('admin:facts_fact_changelist')}?is_draft__exact=1")
    elif request.method == "POST":
        form = QuestionFileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["questions"]
            try:
                content = read_limited(file.name, file, file.size)
                format = form.cleaned_data["format"] or guess_format(content)
                drafted = plan_drafts(format=format, file=file.name, content=content)
            except BankFaults as refused:
                faults = refused.faults
            else:
                if drafted.records:
                    upload = keep_upload(name=file.name, content=content, by=player)
    to_finish: dict[str, list[FileFault]] = defaultdict(list)
    for fault in drafted.to_finish if drafted else ():
        to_finish[fault.fact].append(fault)
    records = drafted.records if drafted else ()
    left_out = drafted.left_out if drafted else ()
    context |= {
        "title": "Import questions",
        "form": form,
        "opts": Fact._meta,
        "upload": upload,
        "format": format,
        "format_name": dict(FORMATS).get(format, ""),
        "drafted": drafted,
        "count": len(records),
        "drafts": [(record, to_finish[record.fact.id]) for record in records[:SHOWN]],
        "left_out": left_out[:SHOWN],
        "left_out_count": len(left_out),
        "faults": faults[:SHOWN],
        "fault_count": len(faults),
        "limit": SHOWN,
    }
    return TemplateResponse(request, "admin/facts/fact/import_questions.html", context)
