"""Forms. Each refuses what cannot be meant, says why, and keeps what was entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from facts.models import Domain, Fact, Family, Player, Question, Service
from facts.models.player import MAX_NAME, refuse_taken_name, validate_display_name
from facts.services.play import MAX_LENGTH, MIN_LENGTH, Scope


class QuizForm(forms.Form):
    """What to be asked."""

    service = forms.ModelMultipleChoiceField(
        Service.objects.all(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is not a service that Examprep knows. Choose from the list."},
    )
    family = forms.ModelMultipleChoiceField(
        Family.objects.all(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is not a family of services. Choose from the list."},
    )
    domain = forms.MultipleChoiceField(
        choices=Domain.choices,
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is not a domain of the exam. Choose from the list."},
    )
    kind = forms.MultipleChoiceField(
        choices=Question.Kind.choices,
        error_messages={
            "required": "Choose at least one kind of question.",
            "invalid_choice": "“%(value)s” is not a kind of question. Choose from the list.",
        },
    )
    length = forms.IntegerField(
        min_value=MIN_LENGTH,
        max_value=MAX_LENGTH,
        error_messages={
            "required": f"Say how many questions, from {MIN_LENGTH} to {MAX_LENGTH}.",
            "invalid": f"The number of questions is a whole number from {MIN_LENGTH} to {MAX_LENGTH}.",
            "min_value": f"A quiz has at least {MIN_LENGTH} questions.",
            "max_value": f"A quiz has at most {MAX_LENGTH} questions.",
        },
    )

    def scope(self) -> Scope:
        """The scope that was chosen; call it on a valid form."""
        data = self.cleaned_data
        kinds = data["kind"] if len(data["kind"]) < len(Question.Kind.choices) else ()
        return Scope(services=list(data["service"]), families=list(data["family"]), domains=data["domain"], kinds=kinds)


class FactFilterForm(forms.Form):
    """Which facts to list. What is not understood is ignored: a filter in a link must never be an error page."""

    q = forms.CharField(required=False, max_length=200, strip=True)
    service = forms.ModelChoiceField(Service.objects.all(), to_field_name="slug", required=False)
    family = forms.ModelChoiceField(Family.objects.all(), to_field_name="slug", required=False)
    domain = forms.ChoiceField(choices=[("", "Every domain"), *Domain.choices], required=False)
    status = forms.ChoiceField(choices=[("", "Every status"), *Fact.Status.choices], required=False)


class SignupFields(forms.Form):
    """What allauth's sign-up form asks besides e-mail address and password."""

    display_name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        validators=[validate_display_name],
        help_text="Shown to others on the leaderboard; it need not be your real one.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    on_board = forms.BooleanField(
        label="Show me on the leaderboard", required=False, initial=True, help_text="You can change this at any time."
    )
    field_order = ["display_name", "email", "password1", "on_board"]

    def clean_display_name(self) -> str:
        return refuse_taken_name(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: Player) -> None:
        """Called by allauth when the account has been made."""


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Player
        fields = ("display_name", "on_board")
        labels = {"display_name": "Name", "on_board": "Show me on the leaderboard"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = True


class DeleteAccountForm(forms.Form):
    """Asks a member for the password, so that a screen left open does not cost an account."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, player: Player, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.player = player
        if not player.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.player.check_password(password):
            raise ValidationError("That is not your password. Nothing was deleted.")
        return password
