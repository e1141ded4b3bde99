"""The exam: its start, its questions while it runs, handing it in, and what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facts.learning.blueprint import FULL, PASSING_SCORE, SHORT, Form, form_of, largest_form, shortages
from facts.models import Domain, Question, Quiz, QuizMode, QuizQuestion
from facts.models.progress import get_plan
from facts.questions.grading import InvalidChoice
from facts.selectors.exam import (
    Places,
    count_available,
    get_places,
    get_report,
    is_overdue,
    last_position,
    running_exam,
    seconds_left,
)
from facts.services.catch_up import catch_up
from facts.services.exam import (
    ChangedElsewhere,
    ExamEnded,
    ExamRunning,
    TooFewQuestions,
    hand_in_overdue,
    mark_open,
    open_question,
    save_draft,
    start_exam,
)
from facts.services.exam import hand_in as hand_in_exam
from facts.views.accounts import ensure_player
from facts.views.http import HtmxHttpRequest, get_player, parse_choice, render_part, wants_partial

REVIEW = "review"  # as a place to go to
LETTERS = "ABCDE"
TIME_WAS_UP = "The time was over: your exam was handed in with what was saved until then."
ONE_IS_ENOUGH = "This exam of yours is still running. Hand it in before you start another one."


class ExamForm(forms.Form):
    """Which form of the exam, and how much time."""

    questions = forms.TypedChoiceField(
        coerce=int,
        error_messages={
            "required": "Choose the full exam or a shorter one.",
            "invalid_choice": "That is none of the forms. Choose the full exam or a shorter one.",
        },
    )
    has_extra_time = forms.BooleanField(required=False)

    def __init__(self, *args: Any, sizes: list[Form], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = [(size.questions, str(size.questions)) for size in sizes]  # type: ignore[attr-defined]


# Starting


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What the exam is like, and a form to start one; a visitor becomes a guest."""
    player = get_player(request)
    if player is not None:
        hand_in_overdue(player)
    running = running_exam(player) if player else None
    if running and request.method == "POST":
        messages.info(request, ONE_IS_ENOUGH)
        return redirect(running)
    available = count_available()
    largest = largest_form(available)
    sizes = sorted({FULL, SHORT, largest or SHORT}, key=lambda size: -size.questions)
    can_start = [size for size in sizes if not shortages(size, available)]
    initial = {
        "has_extra_time": get_plan(player).has_extra_time if player else False,
    }
    form = ExamForm(request.POST if request.method == "POST" else None, sizes=sizes, initial=initial)
    if request.method == "POST" and form.is_valid():
        size = form_of(form.cleaned_data["questions"])
        try:
            if size not in can_start:
                raise TooFewQuestions(size, available)
            quiz = start_exam(
                player=ensure_player(request), form=size, has_extra_time=form.cleaned_data["has_extra_time"]
            )
            return redirect("question", quiz.pk, 1)
        except ExamRunning as reason:  # another page was quicker
            messages.info(request, ONE_IS_ENOUGH)
            return redirect(reason.quiz)
        except TooFewQuestions as reason:
            largest = reason.largest
            lacking = ", ".join(
                f"{Domain(domain).label} needs {needed} and has {there}"
                for domain, (needed, there) in reason.shortages.items()
            )
            form.add_error(None, f"The bank has too few questions for {size.questions}: {lacking}.")
    context = {
        "form": form,
        "running": running,
        "running_seconds": seconds_left(running) if running else 0,
        "sizes": [(size, size in can_start) for size in sizes],
        "shortages": [
            (Domain(domain).label, needed, there) for domain, (needed, there) in shortages(FULL, available).items()
        ],
        "largest": largest,
        "can_start": bool(can_start),
        "full": FULL,
        "passing_score": PASSING_SCORE,
        "chosen_size": _chosen_size(form, can_start),
        "has_extra_time": form["has_extra_time"].value(),
    }
    return render(request, "facts/exam_start.html", context, status=422 if form.errors else 200)


def _chosen_size(form: ExamForm, can_start: list[Form]) -> int:
    """The form that is marked on the page: what was chosen, if it can be given, else the largest."""
    possible = [size.questions for size in can_start]
    chosen = str(form["questions"].value() or "")
    return next((size for size in possible if str(size) == chosen), next(iter(possible), 0))


# While it runs


def question(request: HtmxHttpRequest, asked: QuizQuestion) -> HttpResponse:
    """Show one question of an exam, or keep the choice and go where the button says."""
    if request.method == "POST":
        try:
            return _take(request, asked)
        except ObjectDoesNotExist as reason:  # the exam was deleted in the meantime
            raise Http404 from reason
    if asked.quiz.finished_at is not None:
        return render_part(request, "facts/exam_answer.html", "fragment", _answer_context(asked))
    if is_overdue(asked.quiz):
        return redirect(asked.quiz)
    mark_open(asked)
    return _render_question(request, asked, get_places(asked.quiz))


def _take(request: HtmxHttpRequest, asked: QuizQuestion) -> HttpResponse:
    sitting, posted = asked.quiz, request.POST
    chosen = [] if "clear" in posted else parse_choice(posted.getlist("choice"))
    flag = posted.get("flag")
    error = ""
    try:
        save_draft(
            question=asked,
            chosen=chosen,
            version=_parse_version(posted.get("saves", "")),
            is_flagged=None if flag is None else flag == "1",
        )
    except ExamEnded:
        return _refuse(request, asked, chosen)
    except InvalidChoice as reason:
        error = f"{reason} This choice is not saved."
    except ChangedElsewhere:
        error = _tell_change(asked)
    places = get_places(sitting)
    go = posted.get("go", "")
    if wants_partial(request) and not {"go", "flag", "clear"} & posted.keys():
        context = _question_context(asked, places, error=error) | {"is_from_script": True}
        return render(request, "facts/exam_question.html#saved", context, status=422 if error else 200)
    if not error and go not in {"", REVIEW, *(str(place.position) for place in places)}:
        error = "There is no such question in this exam. Your choice is saved; go on from here."
    if error:
        return _render_question(request, asked, places, error=error, chosen=chosen, status=422)
    if not wants_partial(request):
        if go == REVIEW:
            return redirect("exam_review", sitting.pk)
        return redirect("question", sitting.pk, int(go or asked.position))
    if go == REVIEW:
        response = render(request, "facts/exam_review.html#fragment", _review_context(sitting, places))
        response.headers["HX-Push-Url"] = reverse("exam_review", args=[sitting.pk])
        return response
    if go and go != str(asked.position):
        asked = open_question(quiz=sitting, position=int(go))
    response = _render_question(request, asked, places, focus="flag" if flag is not None else "stem")
    response.headers["HX-Push-Url"] = asked.get_absolute_url()
    return response


def _parse_version(value: str) -> int:
    """The posted version of a draft; -1, which none is, for what is no number."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else -1


def _tell_change(asked: QuizQuestion) -> str:
    """What another page or device has saved, in words."""
    letters = " and ".join(LETTERS[index] for index in asked.draft or ())
    there = f"the choice was changed to {letters}" if letters else "the choice was cleared"
    return (
        f"Meanwhile, in another tab or on another device, {there}. What is chosen here is not saved: "
        "save it again to replace that, or choose otherwise."
    )


def _refuse(request: HtmxHttpRequest, asked: QuizQuestion, chosen: list[int]) -> HttpResponse:
    """The exam has ended, so nothing is taken any more."""
    is_timeout = _ran_out(asked.quiz)
    if is_timeout:
        error = "The time is over. The exam was handed in with what was saved before; this choice came too late."
    else:
        error = "This exam was handed in. Nothing in it can be changed any more; this choice was not saved."
    context = {"quiz": asked.quiz, "question": asked, "error": error, "is_ended": True}
    context["given"] = [
        asked.options[index]["text"] for index in sorted(set(chosen)) if 0 <= index < len(asked.options)
    ]
    part = "fragment" if {"go", "flag", "clear"} & request.POST.keys() else "saved"
    return render_part(request, "facts/exam_question.html", part, context, status=422)


def _ran_out(sitting: Quiz) -> bool:
    return bool(sitting.finished_at and sitting.deadline and sitting.finished_at >= sitting.deadline)


def _render_question(
    request: HtmxHttpRequest,
    asked: QuizQuestion,
    places: Places,
    *,
    error: str = "",
    chosen: list[int] | None = None,
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _question_context(asked, places, error=error, chosen=chosen) | {"focus": focus}
    return render_part(request, "facts/exam_question.html", "fragment", context, status=status)


def _question_context(
    asked: QuizQuestion, places: Places, *, error: str = "", chosen: list[int] | None = None
) -> dict[str, Any]:
    picked = set(asked.draft or () if chosen is None else chosen)
    is_last = asked.position == places.count
    return {
        "quiz": asked.quiz,
        "question": asked,
        "is_choose_two": asked.kind == Question.Kind.CHOOSE_TWO,
        "options": [
            {"text": option["text"], "letter": LETTERS[index], "index": index, "is_chosen": index in picked}
            for index, option in enumerate(asked.options)
        ],
        "last_letter": LETTERS[len(asked.options) - 1],
        "places": places,
        "own_place": places.places[asked.position - 1],
        "next": REVIEW if is_last else asked.position + 1,
        "previous": asked.position - 1,
        "is_last": is_last,
        "error": error,
        "seconds_left": seconds_left(asked.quiz),
        "result_url": asked.quiz.get_absolute_url(),
    }


@never_cache
@require_safe
def review(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """What is answered, open and flagged; from here the exam is handed in."""
    sitting = _get_exam(request, quiz_id)
    if sitting.finished_at is not None or is_overdue(sitting):
        return redirect(sitting)
    return render(request, "facts/exam_review.html", _review_context(sitting, get_places(sitting)))


def _review_context(sitting: Quiz, places: Places) -> dict[str, Any]:
    first = next(iter([*places.open, *places.half, *places.flagged]), None)
    return {
        "quiz": sitting,
        "places": places,
        "back": first.position if first else places.count,
        "seconds_left": seconds_left(sitting),
        "result_url": sitting.get_absolute_url(),
    }


@require_POST
def hand_in(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """End the exam; its choices become answers."""
    sitting = _get_exam(request, quiz_id)
    is_done_now = hand_in_exam(quiz=sitting)
    if is_done_now and _ran_out(sitting):
        messages.info(request, TIME_WAS_UP)
    elif not is_done_now:
        messages.info(request, "This exam was handed in before. Nothing has changed.")
    return redirect(sitting)


def finish(sitting: Quiz) -> HttpResponse:
    """An exam is not ended by a click on a question's page: the review comes first."""
    return redirect("exam_review", sitting.pk)


def _get_exam(request: HttpRequest, quiz_id: int) -> Quiz:
    """The player's exam; 404 for everything else."""
    return get_object_or_404(Quiz.objects.filter(player=get_player(request), mode=QuizMode.EXAM), pk=quiz_id)


# Afterwards


def report(request: HttpRequest, sitting: Quiz) -> HttpResponse:
    """What came of an exam; a running one goes on where it was left."""
    if sitting.finished_at is None and not is_overdue(sitting):
        return redirect("question", sitting.pk, last_position(sitting))
    if sitting.finished_at is None and hand_in_exam(quiz=sitting):
        messages.info(request, TIME_WAS_UP)
    player = get_player(request)
    assert player is not None
    catch_up(player)
    with timezone.override(get_plan(player).zone):
        return render(request, "facts/exam_report.html", {"quiz": sitting, "report": get_report(sitting)})


def _answer_context(asked: QuizQuestion) -> dict[str, Any]:
    count = QuizQuestion.objects.filter(quiz=asked.quiz).count()
    return {
        "quiz": asked.quiz,
        "question": asked,
        "count": count,
        "is_blank": asked.answered_at is None,
        "next_url": reverse("question", args=[asked.quiz_id, asked.position + 1]) if asked.position < count else "",
        "previous_url": reverse("question", args=[asked.quiz_id, asked.position - 1]) if asked.position > 1 else "",
    }
