"""The home page and the quiz."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facts.models import Domain, Player, Question, Quiz, QuizMode, QuizQuestion, StudyPlan
from facts.models.progress import get_plan
from facts.questions.grading import InvalidChoice
from facts.selectors.play import (
    count_bank,
    count_facts_by_service,
    get_course,
    get_result,
    unfinished_quizzes,
)
from facts.selectors.today import get_today
from facts.services.catch_up import catch_up
from facts.services.play import (
    GRACE,
    MAX_LENGTH,
    MIN_LENGTH,
    NothingToAsk,
    Scope,
    close_if_out_of_time,
    comes_again,
    finish_quiz,
    mark_shown,
    missed_scope,
    seconds_left,
    start_quiz,
    start_sprint,
    submit_answer,
)
from facts.services.sessions import start_session
from facts.views import exam
from facts.views.accounts import GUEST_KEY, ensure_player
from facts.views.forms import QuizForm, SprintForm
from facts.views.http import (
    HtmxHttpRequest,
    get_own_question,
    get_player,
    never_stored,
    parse_choice,
    render_part,
    wants_partial,
)

QUICK_LENGTH = 10
ALL_KINDS = list(Question.Kind.values)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    form = QuizForm(initial={"kind": ALL_KINDS, "length": QUICK_LENGTH})
    return _render_home(request, form)


def _render_home(request: HttpRequest, form: QuizForm, status: int = 200) -> HttpResponse:
    player = get_player(request)
    if player is not None:
        catch_up(player)
    fact_count, question_count = count_bank()
    context = {
        "form": form,
        "kinds": Question.Kind.choices,
        "domains": Domain.choices,
        "families": count_facts_by_service(),
        "fact_count": fact_count,
        "question_count": question_count,
        "today": get_today(player) if player else None,
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
            return redirect(start_for(request, form.scope(), form.cleaned_data["length"], form.mode()))
        except NothingToAsk as reason:
            form.add_error(None, str(reason))
    return _render_home(request, form, status=422)


def start_for(request: HttpRequest, scope: Scope, length: int, mode: QuizMode = QuizMode.PRACTICE) -> Quiz:
    """Start a quiz for whoever asks; a visitor becomes a guest. Raises NothingToAsk."""
    if get_player(request) is None and not scope.find_facts():
        raise NothingToAsk("No question fits this choice. Choose more services, domains or kinds of question.")
    quiz = start_quiz(player=ensure_player(request), scope=scope, length=length, mode=mode)
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
    if sitting.mode == QuizMode.EXAM:
        return exam.report(request, sitting)
    course = get_course(sitting)
    if sitting.finished_at is None and course.open_positions:
        return redirect("question", sitting.pk, course.open_positions[0])
    finish_quiz(sitting)
    assert player is not None
    catch_up(player)
    with timezone.override(get_plan(player).zone):
        return render(request, "facts/result.html", {"quiz": sitting, "result": get_result(sitting)})


@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HtmxHttpRequest, quiz_id: int, position: int) -> HttpResponse:
    """Show one question, or take the answer to it."""
    asked = get_own_question(request, quiz_id, position)
    if asked.quiz.mode == QuizMode.EXAM:
        return exam.question(request, asked)
    error, is_late = "", False
    chosen = []
    if request.method == "POST":
        chosen = request.POST.getlist("choice")
        if asked.answered_at is None and asked.quiz.finished_at is not None:
            error = "This quiz has ended, so the answer does not count any more."
        else:
            try:
                is_late = not submit_answer(question=asked, chosen=parse_choice(chosen))
            except InvalidChoice as reason:
                error = str(reason) if asked.answered_at is None else ""
        if not error and not wants_partial(request):
            return redirect(asked)
    elif asked.quiz.finished_at is None:
        mark_shown(asked)
        close_if_out_of_time(asked)
    context = _question_context(asked, error=error, chosen=chosen, is_late=is_late)
    return render_part(request, "facts/question.html", "fragment", context, status=422 if error else 200)


def _question_context(asked: QuizQuestion, *, error: str, chosen: list[str], is_late: bool) -> dict[str, object]:
    course = get_course(asked.quiz)
    place = f"Question {asked.position} of {course.count}"
    verdict = ": right" if asked.is_right else ": not quite"
    next_position = course.next_after(asked.position)
    if asked.answered_at is not None and next_position is None:
        finish_quiz(asked.quiz)
    picked = {str(index) for index in asked.chosen or ()} if asked.chosen is not None else set(chosen)
    return {
        "quiz": asked.quiz,
        "question": asked,
        "place": place,
        "title": place + verdict if asked.answered_at is not None else place,
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
        "seconds_left": seconds_left(asked),
        "grace": GRACE,
        "comes_again": asked.answered_at is not None and comes_again(asked),
        "is_ended": asked.quiz.finished_at is not None and asked.answered_at is None,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sprint(request: HttpRequest) -> HttpResponse:
    """Start a quiz against the clock."""
    player = get_player(request)
    pace = get_plan(player).sprint_pace if player else StudyPlan.Pace.QUICK
    form = SprintForm(request.POST if request.method == "POST" else None, initial={"pace": pace})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(start_sprint(player=ensure_player(request), pace=form.cleaned_data["pace"]))
        except NothingToAsk as reason:
            form.add_error(None, str(reason))
    return render(request, "facts/sprint.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def today(request: HttpRequest) -> HttpResponse:
    """Start the session that the plan asks for."""
    try:
        return redirect(start_session(player=ensure_player(request), wants_more="more" in request.POST))
    except NothingToAsk as reason:
        messages.info(request, str(reason))
        return redirect("home")


@require_POST
def finish(request: HttpRequest, quiz_id: int) -> HttpResponse:
    """End the quiz before its last question."""
    sitting = _get_quiz(get_player(request), quiz_id)
    if sitting.mode == QuizMode.EXAM:
        return exam.finish(sitting)
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
