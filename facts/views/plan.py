"""The plan: when the exam is, how to study until then, and what came of it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from facts.models import ExamResult, StudyPlan
from facts.models.progress import get_plan
from facts.services.plans import save_plan, save_result
from facts.views.accounts import ensure_player
from facts.views.forms import ExamResultForm, PlanForm
from facts.views.http import get_player


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """One's plan; whoever saves one without having played becomes a guest."""
    player = get_player(request)
    own = get_plan(player) if player else StudyPlan()
    form = PlanForm(request.POST if request.method == "POST" else None, instance=own)
    if request.method == "POST" and form.is_valid():
        player = ensure_player(request)
        changed = cast(StudyPlan, form.save(commit=False))
        changed.player = player
        save_plan(plan=changed)
        messages.success(request, "Your plan is saved.")
        return redirect("home")
    context = {"form": form, "results": ExamResult.objects.filter(player=player) if player else []}
    return render(request, "facts/plan.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest) -> HttpResponse:
    """Tell what came of the real exam."""
    player = get_player(request)
    if player is None:
        return redirect("plan")
    own = get_plan(player)
    today = timezone.now().astimezone(own.zone).date()
    taken_on = own.exam_on if own.exam_on and own.exam_on <= today else None
    form = ExamResultForm(
        request.POST if request.method == "POST" else None, today=today, initial={"taken_on": taken_on}
    )
    if request.method == "POST" and form.is_valid():
        told = save_result(
            player=player,
            taken_on=form.cleaned_data["taken_on"],
            is_passed=form.cleaned_data["is_passed"],
            score=form.cleaned_data["score"],
        )
        if told.is_passed:
            messages.success(request, "Congratulations. Your result is kept, and your plan has no exam date any more.")
        else:
            messages.success(request, "Your result is kept. You know now what to work on.")
        return redirect("plan")
    return render(request, "facts/plan_result.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def delete_result(request: HttpRequest, result_id: int) -> HttpResponse:
    """Take a result back."""
    own = ExamResult.objects.filter(player=get_player(request)) if get_player(request) else ExamResult.objects.none()
    get_object_or_404(own, pk=result_id).delete()
    messages.info(request, "The result is deleted.")
    return redirect("plan")
