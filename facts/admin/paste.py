"""Pasting plain sentences: what each would give, why some are refused, and a word on those that are in doubt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from facts.models import Domain, Fact, Question, Service
from facts.questions import content
from facts.questions.check import find_faults
from facts.questions.claims import claim_key
from facts.questions.gate import find_refusals, open_contractions, place_when_opened
from facts.questions.lint import Clue, find_clues
from facts.questions.reading import Reading, confirm, read, verb_candidates
from facts.selectors.bank import find_twins
from facts.selectors.questions import preview_questions
from facts.services.drafts import Draft, add_drafts

MOST_LINES = 500
KIND_NAMES = dict(Question.Kind.choices)


class PasteForm(forms.Form):
    sentences = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 12, "cols": 110}),
        max_length=200_000,
        help_text="One fact a line: a plain sentence, then a bar and its services, the main one first: "
        "“Amazon SQS keeps a message for four days by default. | Amazon SQS, AWS Lambda”.",
    )
    service = forms.ModelChoiceField(
        Service.objects.all(), required=False, help_text="For lines without a bar. Its facts are asked together."
    )
    domain = forms.ChoiceField(choices=Domain, help_text="Of the exam, for all of these facts.")

    def clean_sentences(self) -> str:
        text = self.cleaned_data["sentences"]
        if len(text.splitlines()) > MOST_LINES:
            raise forms.ValidationError(f"That is {len(text.splitlines())} lines; paste at most {MOST_LINES} at once.")
        return text


@dataclass(frozen=True, slots=True)
class Preview:
    """A question as the page shows it."""

    question: content.Question
    clues: list[Clue]

    @property
    def kind(self) -> str:
        return str(KIND_NAMES[self.question.kind.value])

    @property
    def verdict(self) -> str:
        """Of a claim, whether it is true; else nothing."""
        if self.question.kind is not content.Kind.TRUE_FALSE:
            return ""
        return "true" if self.question.options[0].correct else "false"


@dataclass
class Line:
    """One pasted line and what becomes of it."""

    number: int
    raw: str
    statement: str
    services: tuple[Service, ...] = ()
    refusals: list[str] = field(default_factory=list)
    reading: Reading | None = None
    verbs: list[tuple[int, str]] = field(default_factory=list)  # to choose from, where the reading is in doubt
    verb_start: int | None = None
    questions: list[Preview] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"line-{self.number}"

    @property
    def verb_name(self) -> str:
        """Of the input for the verb: by the wording, so that a choice outlives lines that come and go before it."""
        return f"verb-{content.digest(self.statement)[:12]}"

    @property
    def sound(self) -> list[Preview]:
        return [entry for entry in self.questions if entry.question.sound]

    @property
    def waiting(self) -> list[Preview]:
        return [entry for entry in self.questions if not entry.question.sound]

    @property
    def kinds(self) -> str:
        counted = Counter(entry.kind for entry in self.sound)
        return ", ".join(f"{count} × {kind.lower()}" for kind, count in counted.items())

    def to_content(self) -> content.Fact:
        services = tuple(service.to_content() for service in self.services)
        return content.Fact(self.id, self.statement, services, confirmed_verb=self.verb_start)


def paste_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Check what was pasted, or add what is fit and keep the rest in the form."""
    if not request.user.has_perm("facts.add_fact"):
        raise PermissionDenied
    form = PasteForm(request.POST or None)
    lines: list[Line] = []
    if request.method == "POST" and form.is_valid():
        lines = read_lines(form.cleaned_data["sentences"], form.cleaned_data["service"], request.POST)
        fit = [line for line in lines if not line.refusals]
        if "_save" in request.POST and fit:
            drafts = [Draft(line.statement, line.services, line.verb_start) for line in fit]
            facts, remade = add_drafts(drafts=drafts, domain=form.cleaned_data["domain"], by=request.user)  # type: ignore[arg-type]
            waiting = sum(question.state == Question.State.REVIEW for question in remade.made)
            messages.success(
                request,
                f"{len(facts)} fact{'s' if len(facts) != 1 else ''} added with {len(remade.made)} questions"
                + (f", {waiting} of which wait in review." if waiting else "."),
            )
            refused = [line for line in lines if line.refusals]
            if not refused:
                return HttpResponseRedirect(reverse("admin:facts_fact_changelist"))
            # What was refused stays in the form, so that nothing that was typed is lost.
            lines = refused
            left = {"sentences": "\n".join(line.raw for line in refused)}
            form = PasteForm({**request.POST.dict(), **left})
        else:
            preview = preview_questions([line.to_content() for line in fit])
            for line in fit:
                line.questions = [Preview(question, find_clues(question)) for question in preview[line.id]]
    context |= {
        "title": "Paste facts",
        "form": form,
        "lines": lines,
        "opts": Fact._meta,
        "fit_count": sum(not line.refusals for line in lines),
        "refused_count": sum(bool(line.refusals) for line in lines),
        "doubtful_count": sum(bool(line.verbs) and not line.refusals for line in lines),
    }
    return TemplateResponse(request, "admin/facts/paste.html", context)


def read_lines(text: str, default: Service | None, chosen: Any) -> list[Line]:
    """The lines of a paste, each with what speaks against it. ``chosen`` maps ``Line.verb_name`` to a verb's place."""
    by_name: dict[str, Service] = {}
    for service in Service.objects.select_related("family"):
        by_name[service.name.casefold()] = by_name[service.slug.casefold()] = service
    lines: list[Line] = []
    seen: dict[str, int] = {}
    twins = find_twins(_split_line(raw)[0] for raw in text.splitlines())
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        statement, tags = _split_line(raw)
        line = Line(number, raw.strip(), statement)
        lines.append(line)
        names = [name.strip() for name in tags.replace(";", ",").split(",") if name.strip()]
        unknown = [name for name in names if name.casefold() not in by_name]
        line.services = tuple(dict.fromkeys(by_name[name.casefold()] for name in names if name not in unknown))
        if unknown:
            line.refusals.append(f"names {', '.join(unknown)}, which is no service of the bank")
        if not names:
            line.services = (default,) if default else ()
            if not default:
                line.refusals.append("names no service: add it behind a bar, or choose one for all")
        # The checks of files say some of the same things in the same words.
        faults = [fault.message for fault in find_faults(content.Fact("", line.statement, ()))]
        line.refusals += dict.fromkeys([*find_refusals(line.statement), *faults])
        key = claim_key(line.statement)
        if key in seen:
            line.refusals.append(f"says the same as line {seen[key]}")
        elif key in twins:
            line.refusals.append(f"says the same as the fact {twins[key]}")
        if not line.refusals:
            seen[key] = number
            _read_line(line, chosen)
    return lines


def _split_line(raw: str) -> tuple[str, str]:
    """The sentence and its services, which a bar or a tab parts."""
    statement, _, tags = raw.replace("\t", "|").partition("|")
    return statement.strip(), tags


def _read_line(line: Line, chosen: Any) -> None:
    names = [service.name for service in line.services]
    line.reading = read(open_contractions(line.statement), names)
    if line.reading.is_sure:
        return
    line.verbs = [(word.start, word.text) for word in verb_candidates(line.statement, names)]
    picked = chosen.get(line.verb_name, "")
    if picked.isdecimal() and int(picked) in dict(line.verbs):
        line.verb_start = int(picked)
        line.reading = confirm(line.reading, place_when_opened(line.statement, line.verb_start))
