"""The home page and the quiz."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facts.models import Domain, Player, Question, Quiz, QuizQuestion
from facts.questions.grading import InvalidChoice
from facts.selectors.play import (
    count_bank,
    count_facts_by_service,
    get_course,
    get_question,
    get_result,
    unfinished_quizzes,
)
from facts.services.play import (
    MAX_LENGTH,
    MIN_LENGTH,
    NothingToAsk,
    Scope,
    finish_quiz,
    mark_shown,
    missed_scope,
    start_quiz,
    submit_answer,
)
from facts.services.players import make_guest
from facts.services.progress import fold_answers
from facts.views.accounts import GUEST_KEY
from facts.views.forms import QuizForm
from facts.views.http import HtmxHttpRequest, get_player, render_part, wants_partial

QUICK_LENGTH = 10
ALL_KINDS = list(Question.Kind.values)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    form = QuizForm(initial={"kind": ALL_KINDS, "length": QUICK_LENGTH})
    return _render_home(request, form)


def _render_home(request: HttpRequest, form: QuizForm, status: int = 200) -> HttpResponse:
    player = get_player(request)
    fact_count, question_count = count_bank()
    context = {
        "form": form,
        "kinds": Question.Kind.choices,
        "domains": Domain.choices,
        "families": count_facts_by_service(),
        "fact_count": fact_count,
        "question_count": question_count,
        "has_guest_waiting": GUEST_KEY in request.session,
        "quizzes": unfinished_quizzes(player) if player else [],
        "quick_length": QUICK_LENGTH,
        "min_length": MIN_LENGTH,
        "max_length": MAX_LENGTH,
    }
    return render(request, "facts/home.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start a quiz; whoever has not played yet becomes a guest."""
    if request.method == "GET":
        return redirect("home")
    data = request.POST.copy()
    if "all_kinds" in data:  # a button that starts at once does not list the kinds
        data.setlist("kind", ALL_KINDS)
    form = QuizForm(data)
    if form.is_valid():
        try:
            return redirect(start_for(request, form.scope(), form.cleaned_data["length"]))
        except NothingToAsk as reason:
            form.add_error(None, str(reason))
    return _render_home(request, form, status=422)


def start_for(request: HttpRequest, scope: Scope, length: int) -> Quiz:
    """Start a quiz for whoever asks; a visitor becomes a guest. Raises NothingToAsk."""
    player = get_player(request)
    if player is None:
        if not scope.find_facts():
            raise NothingToAsk("No question fits this choice. Choose more services, domains or kinds of question.")
        player = make_guest()
        token = request.META.get("CSRF_COOKIE")
        login(request, player, backend="facts.backends.PlayerBackend")
        # Signing in makes a new token, and a form in another tab would be refused. A guest who has just come about has
        # nothing yet that somebody who knew the old one could want.
        if token:
            request.META.update(CSRF_COOKIE=token, CSRF_COOKIE_NEEDS_UPDATE=False)
    quiz = start_quiz(player=player, scope=scope, length=length)
    count = quiz.questions.count()
    if count < length and scope.facts is None:
        messages.info(
            request,
            f"The bank has {count} fitting fact{'s' if count != 1 else ''}, so the quiz has {count} "
            f"question{'s' if count != 1 else ''} instead of {length}.",
        )
    return quiz


def _get_quiz(player: Player | None, quiz_id: int) -> Quiz:
    """The player's quiz; 404 for everybody else's."""
    return get_object_or_404(Quiz.objects.filter(player=player) if player else Quiz.objects.none(), pk=quiz_id)


@never_cache
@require_safe
def quiz(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """The result of a finished quiz; a running one goes on where it was left."""
    player = get_player(request)
    sitting = _get_quiz(player, quiz_id)
    course = get_course(sitting)
    if sitting.finished_at is None and course.open_positions:
        return redirect("question", sitting.pk, course.open_positions[0])
    finish_quiz(sitting)
    assert player is not None
    fold_answers(player)
    return render(request, "facts/result.html", {"quiz": sitting, "result": get_result(sitting)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HtmxHttpRequest, quiz_id: int, position: int) -> HttpResponse:
    """Show one question, or take the answer to it."""
    player = get_player(request)
    asked = get_question(player, quiz_id, position)
    error, is_late = "", False
    chosen = []
    if request.method == "POST":
        chosen = request.POST.getlist("choice")
        if asked.answered_at is None and asked.quiz.finished_at is not None:
            error = "This quiz has ended, so the answer does not count any more."
        else:
            try:
                is_late = not submit_answer(question=asked, chosen=_parse_choice(chosen))
            except InvalidChoice as reason:
                error = str(reason) if asked.answered_at is None else ""
        if not error and not wants_partial(request):
            return redirect(asked)
    elif asked.quiz.finished_at is None:
        mark_shown(asked)
    context = _question_context(asked, error=error, chosen=chosen, is_late=is_late)
    return render_part(request, "facts/question.html", "fragment", context, status=422 if error else 200)


def _parse_choice(values: list[str]) -> list[int]:
    """The posted values as indices of options; what is no number is no option."""
    return [int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1 for value in values]


def _question_context(asked: QuizQuestion, *, error: str, chosen: list[str], is_late: bool) -> dict[str, object]:
    course = get_course(asked.quiz)
    next_position = course.next_after(asked.position)
    if asked.answered_at is not None and next_position is None:
        finish_quiz(asked.quiz)
    picked = {str(index) for index in asked.chosen or ()} if asked.chosen is not None else set(chosen)
    return {
        "quiz": asked.quiz,
        "question": asked,
        "is_answered": asked.answered_at is not None,
        "is_choose_two": asked.kind == Question.Kind.CHOOSE_TWO,
        "options": [
            option | {"letter": "ABCDE"[index], "index": index, "is_chosen": str(index) in picked}
            for index, option in enumerate(asked.options)
        ],
        "course": course,
        "next_url": reverse("question", args=[asked.quiz_id, next_position]) if next_position else "",
        "error": error,
        "is_late": is_late,
        "is_ended": asked.quiz.finished_at is not None and asked.answered_at is None,
    }


@require_POST
def finish(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """End the quiz before its last question."""
    sitting = _get_quiz(get_player(request), quiz_id)
    finish_quiz(sitting)
    return redirect(sitting)


@require_POST
def again(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """A new quiz of the facts that were missed in this one."""
    sitting = _get_quiz(get_player(request), quiz_id)
    scope = missed_scope(sitting)
    try:
        return redirect(start_for(request, scope, len(list(scope.facts or ()))))
    except NothingToAsk:
        messages.info(request, "Nothing is left to practise from this quiz.")
        return redirect(sitting)
