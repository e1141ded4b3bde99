"""Forms of the admin: lists as lines, pairs as rows, and faults of a fact shown at the field that has them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from facts.models import Blank, Fact, FalseStatement, Scenario
from facts.questions import content
from facts.questions.check import MAX_DISTRACTORS, find_faults
from facts.questions.reading import verb_candidates
from facts.questions.shelf_life import review_day
from facts.selectors.bank import find_twin
from facts.selectors.corrections import last_version_id

PAIR_ROWS = MAX_DISTRACTORS


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


def flatten(pairs: list[dict[str, str]] | None) -> list[str]:
    """The pairs as texts in the order of the inputs."""
    texts = [entry[part] for entry in (pairs or []) for part in ("text", "why")]
    return (texts + [""] * (2 * PAIR_ROWS))[: 2 * PAIR_ROWS]


class PairsWidget(forms.MultiWidget):
    """Rows of two inputs: a wrong answer and why it is wrong."""

    template_name = "admin/facts/pairs.html"

    def __init__(self) -> None:
        inputs = []
        for row in range(PAIR_ROWS):
            for part, label in (("text", "wrong answer"), ("why", "why it is wrong")):
                attrs = {"aria-label": f"Distractor {row + 1}: {label}", "class": f"pair-{part}", "rows": 2, "cols": 40}
                inputs.append(forms.Textarea(attrs=attrs))
        super().__init__(inputs)

    def decompress(self, value: Any) -> list[str]:
        return flatten(value)


class PairsField(forms.MultiValueField):
    """A list of {"text", "why"}; rows that are empty do not count."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, max_length=600) for _ in range(2 * PAIR_ROWS)]
        super().__init__(fields, require_all_fields=False, widget=PairsWidget(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        is_stored = isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        return flatten(value) if is_stored else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(flatten(initial), data)

    def compress(self, data_list: list[str]) -> list[dict[str, str]]:
        texts = [text.strip() for text in data_list or []]
        pairs = zip(texts[::2], texts[1::2], strict=True)
        return [{"text": text, "why": why} for text, why in pairs if text or why]


class VerbField(forms.ChoiceField):
    """A word of the statement, by its place; whether it is one is known when the statement is."""

    def valid_value(self, value: Any) -> bool:
        return True


class WhyField(forms.CharField):
    """Why something is changed: one line, kept with the change."""

    widget = forms.TextInput(attrs={"size": 100, "dir": "auto"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "Why", "max_length": 300, **kwargs})

    def clean(self, value: Any) -> str:
        why = str(super().clean(value))
        if any(ord(character) < 32 or ord(character) == 127 for character in why):
            raise ValidationError("Write it on one line, without control characters.")
        return why


class FactForm(forms.ModelForm):
    overtaken_by: Any = None  # the version that another editor made meanwhile
    is_lenient = False  # a draft is kept unfinished

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = WhyField(
        required=False,
        help_text="Needed when the statement changes: what was wrong, and how that is known. Editors see it.",
    )
    tells_players = forms.BooleanField(
        required=False,
        label="Tell players",
        help_text="List the former statement as wrong on the page of corrections, with this reason. Your name is not "
        "shown. Leave it out for mere wording.",
    )
    main_verb = VerbField(
        required=False,
        label="Main verb",
        help_text="Only where it is in doubt: rules then turn this verb. Kept with these very words of the statement.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_draft = self.instance.is_draft or self.is_lenient
        for name in {"statement", "service", "domain"} & self.fields.keys():  # none, for those who only look
            self.fields[name].required = not self.is_lenient
        statement = str(self.data.get("statement") or self.instance.statement).strip()
        words = verb_candidates(statement)
        self.fields["main_verb"].choices = [("", "as the rules read it"), *((str(w.start), w.text) for w in words)]  # type: ignore[attr-defined]
        if not self.instance.pk and not self.is_bound and "slug" in self.fields:
            self.fields["slug"].widget.attrs["autofocus"] = True
        if self.instance.pk:
            confirmed = self.instance.confirmations.filter(digest=self.instance.digest).first()
            self.initial["main_verb"] = str(confirmed.verb_start) if confirmed else ""
            self.initial["seen"] = last_version_id(self.instance.pk)

    class Meta:
        model = Fact
        fields = (
            *("slug", "statement", "service", "other_services", "domain", "status", "note", "explanation"),
            *("reference", "evidence", "checked_on", "review_by", "key_point", "is_withdrawn"),
        )
        # Checkboxes, not a box that completes what is typed: that one has no label for a screen reader.
        widgets = {
            "statement": forms.Textarea(attrs={"rows": 2, "cols": 100}),
            "other_services": forms.CheckboxSelectMultiple,
        }

    def clean_statement(self) -> str:
        statement = self.cleaned_data["statement"].strip()
        if self.is_lenient:
            return statement
        if faults := find_faults(content.Fact("", statement, ())):
            raise ValidationError([f"The statement {fault.message}." for fault in faults])
        if twin := find_twin(statement, self.instance):
            raise ValidationError(f"The fact {twin.slug} says the same already.")
        return statement

    def clean_checked_on(self) -> date | None:
        checked_on = self.cleaned_data["checked_on"]
        if checked_on and checked_on > timezone.now().date():
            raise ValidationError("That day is still to come.")
        return checked_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["main_verb"] = self._chosen_verb(data)
        is_untold = data.get("status") != Fact.Status.CURRENT and not data.get("note")
        if "status" in data and "note" in data and is_untold and not self.is_lenient:
            self.add_error("note", "Tell what changed and since when: players are shown this.")
        self._check_reason(data)
        self._set_review_by(data)
        if self.overtaken_by:
            self.add_error(None, "Not saved: somebody changed this fact while you had it open. See above.")
        service = data.get("service")
        if service and service in data.get("other_services", ()):
            self.add_error("other_services", f"{service} is what the fact is mainly about: it need not be named again.")
        return data

    def _check_reason(self, data: dict[str, Any]) -> None:
        is_reworded = bool(self.instance.pk) and "statement" in self.changed_data and not self.instance.is_draft
        if is_reworded and "why" in data and not data["why"]:
            self.add_error("why", "Say why the statement changes: players have learned the former one.")
        if data.get("tells_players") and not is_reworded:
            self.add_error("tells_players", "There is nothing to tell: the statement is as it was.")

    def _set_review_by(self, data: dict[str, Any]) -> None:
        """By the rule, unless the editor chose another day; a choice holds until the fact is read again."""
        checked_on, review_by, statement = (data.get(name) for name in ("checked_on", "review_by", "statement"))
        if not {"checked_on", "review_by", "statement"} <= data.keys():
            return  # a fault of theirs is told already
        former = self.instance  # as it is stored: the form has not been put into it yet
        was_chosen = former.checked_on and former.review_by != review_day(former.statement, former.checked_on)
        is_kept = "review_by" in self.changed_data or (was_chosen and "checked_on" not in self.changed_data)
        if review_by is None or not is_kept:
            data["review_by"] = review_day(str(statement), checked_on) if checked_on else None
        elif checked_on and review_by and review_by <= checked_on:
            self.add_error("review_by", "That day is not after the one on which it was read.")

    def _chosen_verb(self, data: dict[str, Any]) -> str:
        """The verb that was chosen for the statement as it is now; a choice for a former wording does not count."""
        verb = data.get("main_verb") or ""
        if "statement" in self.changed_data and "main_verb" not in self.changed_data:
            return ""
        words = verb_candidates(data.get("statement", ""))
        return verb if verb in {str(word.start) for word in words} else ""


class FalseStatementForm(forms.ModelForm):
    class Meta:
        model = FalseStatement
        fields = ("text", "why")
        widgets = {name: forms.Textarea(attrs={"rows": 2, "cols": 60}) for name in fields}


class BlankForm(forms.ModelForm):
    distractors = LinesField(help_text="One a line, three or more; each makes the statement false.")

    class Meta:
        model = Blank
        fields = ("answer", "distractors")
        widgets = {"answer": forms.TextInput(attrs={"size": 80})}


class ScenarioForm(forms.ModelForm):
    distractors = PairsField(help_text="Three or more, each with the reason why it is wrong.")

    class Meta:
        model = Scenario
        fields = ("stem", "answer", "answer_why", "distractors")
        widgets = {
            "stem": forms.Textarea(attrs={"rows": 4, "cols": 100}),
            "answer": forms.TextInput(attrs={"size": 100}),
            "answer_why": forms.TextInput(attrs={"size": 100}),
        }


class CheckedFormSet(forms.BaseInlineFormSet):
    """Forms about one fact, checked together with its statement by the rules that files are checked by."""

    @property
    def statement(self) -> str:
        """As it was typed, even if it was refused."""
        return str(self.data.get("statement", self.instance.statement)).strip()

    part: str  # how questions.check names the field: "blank[1].answer"
    is_lenient = False  # a draft is kept unfinished

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.required = field.required and not self.is_lenient

    def to_content(self, entries: list[dict[str, Any]]) -> content.Fact:
        raise NotImplementedError

    def clean(self) -> None:
        super().clean()
        if self.is_lenient:
            return
        filled = [
            form
            for form in self.forms
            if (form.has_changed() or form.instance.pk) and form not in self.deleted_forms and form.is_valid()
        ]
        for fault in find_faults(self.to_content([form.cleaned_data for form in filled])):
            # Such as "scenario[1].distractor[2].why": which form, which field, which row of it.
            match = re.fullmatch(rf"{self.part}\[(\d+)\](?:\.([a-z_]+?)s?(?:\[(\d+)\].*)?)?", fault.field)
            if not match:
                continue
            form = filled[int(match[1]) - 1]
            field = "distractors" if match[2] == "distractor" else match[2] or "text"
            row = f"Row {match[3]}: " if match[3] else ""
            message = f"{row}{fault.message}."
            form.add_error(field if field in form.fields else None, message[0].upper() + message[1:])


class FalseStatementFormSet(CheckedFormSet):
    part = "false_statements"

    def to_content(self, entries: list[dict[str, Any]]) -> content.Fact:
        falses = tuple(content.FalseStatement(entry["text"], entry["why"]) for entry in entries)
        return content.Fact("", self.statement, (), false_statements=falses)


class BlankFormSet(CheckedFormSet):
    part = "blank"

    def to_content(self, entries: list[dict[str, Any]]) -> content.Fact:
        blanks = tuple(content.Blank(entry["answer"], tuple(entry["distractors"])) for entry in entries)
        return content.Fact("", self.statement, (), blanks=blanks)


class ScenarioFormSet(CheckedFormSet):
    part = "scenario"

    def to_content(self, entries: list[dict[str, Any]]) -> content.Fact:
        scenarios = tuple(Scenario(**{k: v for k, v in e.items() if k in _SCENARIO}).to_content() for e in entries)
        return content.Fact("", self.statement, (), scenarios=scenarios)


_SCENARIO = {"stem", "answer", "answer_why", "distractors"}
