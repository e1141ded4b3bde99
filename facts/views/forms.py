"""Forms. Each refuses what cannot be meant, says why, and keeps what was entered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from facts.learning.blueprint import HIGHEST_SCORE, LOWEST_SCORE, PASSING_SCORE
from facts.models import Domain, ExamResult, Fact, Family, Player, Question, QuizMode, Service, StudyPlan
from facts.models.player import MAX_NAME, refuse_taken_name, validate_display_name
from facts.models.progress import time_zones
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

    cram = forms.BooleanField(required=False)

    def mode(self) -> QuizMode:
        """What the answers count for; call it on a valid form."""
        return QuizMode.CRAM if self.cleaned_data["cram"] else QuizMode.PRACTICE

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


class OnBoardField(forms.TypedChoiceField):
    """May others see the player on the leaderboard? True, False, or None while it is left open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="May others see you on the leaderboard?",
            choices=[("yes", "Yes"), ("no", "No")],
            coerce=lambda value: value == "yes",
            required=False,
            empty_value=None,
            widget=forms.RadioSelect,
            **options,
        )


class SignupFields(forms.Form):
    """What allauth's sign-up form asks besides e-mail address and password."""

    display_name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        validators=[validate_display_name],
        help_text="Need not be your real one.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    on_board = OnBoardField(
        help_text="You may leave it open, and change it at any time.",
        error_messages={"invalid_choice": "Choose yes or no, or leave it open."},
    )
    field_order = ["display_name", "email", "password1", "on_board"]

    def clean_display_name(self) -> str:
        return refuse_taken_name(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: Player) -> None:
        """Called by allauth when the account has been made."""


class JoinForm(forms.Form):
    """By which name others see a member on the leaderboard."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        validators=[validate_display_name],
        help_text="Any name you like; a pseudonym is fine.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": "Say by which name others may see you."},
    )

    def __init__(self, data: Any = None, *, player: Player) -> None:
        super().__init__(data, initial={"name": player.display_name})
        self.player = player

    def clean_name(self) -> str:
        return refuse_taken_name(self.cleaned_data["name"], self.player)


class ProfileForm(forms.ModelForm):
    on_board = OnBoardField(
        error_messages={"invalid_choice": "Choose yes or no."},
    )

    class Meta:
        model = Player
        fields = ("display_name", "on_board")
        labels: ClassVar = {"display_name": "Name"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = True
        self.initial["on_board"] = {True: "yes", False: "no"}.get(self.instance.on_board)


LATEST_EXAM = timedelta(days=730)


def refuse_exam_day(exam_on: date, today: date) -> None:
    """Raise ValidationError for a day on which no exam can be planned."""
    if exam_on < today:
        raise ValidationError("That day has passed. Choose the day on which you will sit the exam.")
    if exam_on > today + LATEST_EXAM:
        raise ValidationError("That is more than two years ahead. Leave it empty until the date is nearer.")


class PlanForm(forms.ModelForm):
    """When the exam is, and how to study until then."""

    time_zone = forms.ChoiceField(
        choices=lambda: [("", "Not chosen: UTC"), *((name, name.replace("_", " ")) for name in time_zones())],
        required=False,
        widget=forms.Select(attrs={"data-suggests-zone": True}),
        help_text="Decides when your day begins, for the streak and for what is due today.",
        error_messages={"invalid_choice": "“%(value)s” is not a time zone. Choose one from the list."},
    )

    class Meta:
        model = StudyPlan
        fields = ("exam_on", "session_length", "new_per_day", "time_zone", "has_extra_time", "sprint_pace")
        widgets: ClassVar = {
            "exam_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "sprint_pace": forms.RadioSelect,
        }
        help_texts: ClassVar = {
            "exam_on": "Everything is planned for that day. Leave it empty if there is none yet.",
            "session_length": "5 to 75. What is missed is asked once more at the end.",
            "new_per_day": "At most so many facts that you have not met; 0 to repeat only.",
            "has_extra_time": "AWS grants it on request. It applies to exams that you start here.",
        }
        error_messages: ClassVar = {
            "exam_on": {"invalid": "That is not a date. Write it as year-month-day, such as 2027-03-15."},
            "session_length": {
                "invalid": "The number of questions is a whole number from 5 to 75.",
                "required": "Say how many questions a session has, from 5 to 75.",
                "min_value": "A session has at least 5 questions.",
                "max_value": "A session has at most 75 questions.",
            },
            "new_per_day": {
                "invalid": "The number of new facts is a whole number from 0 to 100.",
                "required": "Say how many new facts a day, from 0 to 100.",
                "min_value": "The number of new facts is a whole number from 0 to 100.",
                "max_value": "At most 100 new facts a day.",
            },
        }

    def clean_exam_on(self) -> date | None:
        exam_on: date | None = self.cleaned_data["exam_on"]
        if exam_on is None or "exam_on" not in self.changed_data:
            return exam_on
        # In the time zone that is being chosen, if it is one.
        zone = self.data.get(self.add_prefix("time_zone"), "")
        today = timezone.now().astimezone(ZoneInfo(zone if zone in time_zones() else "UTC")).date()
        refuse_exam_day(exam_on, today)
        return exam_on


class ExamResultForm(forms.ModelForm):
    """What came of the real exam."""

    is_passed = forms.TypedChoiceField(
        label="Result",
        choices=[("yes", "Passed"), ("no", "Not passed")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you passed."},
    )
    score = forms.IntegerField(
        label="Score, if you like",
        required=False,
        min_value=LOWEST_SCORE,
        max_value=HIGHEST_SCORE,
        help_text="100 to 1,000, as AWS reports it; 750 passes.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "A score is a whole number from 100 to 1,000."
        ),
    )

    class Meta:
        model = ExamResult
        fields = ("taken_on", "is_passed", "score")
        labels: ClassVar = {"taken_on": "Day of the exam"}
        widgets: ClassVar = {"taken_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        error_messages: ClassVar = {
            "taken_on": {
                "required": "Say on which day you sat it.",
                "invalid": "That is not a date. Write it as year-month-day, such as 2027-03-15.",
            },
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_taken_on(self) -> date:
        taken_on: date = self.cleaned_data["taken_on"]
        if taken_on > self.today:
            raise ValidationError("That day has not come yet.")
        if taken_on < self.today - LATEST_EXAM:
            raise ValidationError("That is more than two years ago, and the exam was another one then.")
        return taken_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        score, is_passed = data.get("score"), data.get("is_passed")
        if score is not None and is_passed is not None and is_passed != (score >= PASSING_SCORE):
            self.add_error("score", f"From {PASSING_SCORE} on it is passed: the score and the result do not agree.")
        return data


class SprintForm(forms.Form):
    """How much time a sprint allows."""

    pace = forms.TypedChoiceField(
        choices=StudyPlan.Pace.choices,
        coerce=int,
        error_messages={
            "required": "Choose how much time there is.",
            "invalid_choice": "That is none of the paces. Choose one from the list.",
        },
    )


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
