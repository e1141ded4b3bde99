"""A player's history: what happened, what is remembered, which quizzes were taken; taking it along, deleting it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facts.models.progress import get_plan
from facts.selectors.history import HORIZONS, find_weakest, get_memory, get_overview, get_past_quizzes
from facts.services.catch_up import catch_up
from facts.services.own_data import count_own_data, delete_learning_data, write_answers, write_cards, write_groups
from facts.services.play import NothingToAsk, Scope
from facts.views.forms import DeleteAccountForm
from facts.views.http import get_player
from facts.views.play import start_for


@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What was answered, day by day."""
    player = get_player(request)
    if player is None:
        return render(request, "facts/history.html", {"overview": None})
    catch_up(player)
    with timezone.override(get_plan(player).zone):
        overview = get_overview(player, timezone.localdate())
        return render(request, "facts/history.html", {"overview": overview})


@never_cache
@require_safe
def memory(request: HttpRequest) -> HttpResponse:
    """What is remembered now, and what comes due."""
    player = get_player(request)
    if player is None:
        return render(request, "facts/history_memory.html", {"memory": None})
    catch_up(player)
    plan = get_plan(player)
    days = next((days for days in HORIZONS if str(days) == request.GET.get("days")), HORIZONS[0])
    with timezone.override(plan.zone):
        context = {"memory": get_memory(player, plan, timezone.now(), days), "days": days, "horizons": HORIZONS}
        return render(request, "facts/history_memory.html", context)


@never_cache
@require_safe
def quizzes(request: HttpRequest) -> HttpResponse:
    """Every quiz, the latest first."""
    player = get_player(request)
    if player is None:
        return render(request, "facts/history_quizzes.html", {"quizzes": []})
    catch_up(player)
    page, past = get_past_quizzes(player, request.GET.get("page", "1"))
    with timezone.override(get_plan(player).zone):
        return render(request, "facts/history_quizzes.html", {"page": page, "quizzes": past})


@require_POST
def practise_weakest(request: HttpRequest) -> HttpResponse:
    """A quiz of the facts that the player is least likely to recall tomorrow."""
    player = get_player(request)
    facts = []
    if player is not None:
        catch_up(player)
        facts = find_weakest(player, timezone.now())
    try:
        return redirect(start_for(request, Scope(facts=facts, label="Weakest facts"), len(facts)))
    except NothingToAsk:
        messages.info(request, "There is nothing to practise here yet.")
        return redirect("history_memory")


@never_cache
@require_safe
def export_answers(request: HttpRequest) -> HttpResponseBase:
    """All answers of the player as CSV."""
    player = get_player(request)
    if player is None:
        return redirect("history")
    return _download("examprep-answers.csv", write_answers(player, get_plan(player).zone))


@never_cache
@require_safe
def export_memory(request: HttpRequest) -> HttpResponseBase:
    """The player's memory of each fact as CSV."""
    player = get_player(request)
    if player is None:
        return redirect("history")
    catch_up(player)
    return _download("examprep-memory.csv", write_cards(player, get_plan(player).zone, timezone.now()))


@never_cache
@require_safe
def export_groups(request: HttpRequest) -> HttpResponseBase:
    """The groups of the player as CSV."""
    player = get_player(request)
    if player is None:
        return redirect("history")
    return _download("examprep-groups.csv", write_groups(player, get_plan(player).zone))


def _download(name: str, content: Iterable[bytes]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_history(request: HttpRequest) -> HttpResponse:
    """Delete what the player did, and keep the account. Members give their password, if they have one."""
    player = get_player(request)
    if player is None:
        return redirect("history")
    form = DeleteAccountForm(request.POST if request.method == "POST" else None, player=player)
    if request.method == "POST" and form.is_valid():
        delete_learning_data(player)
        messages.success(request, "Your history is deleted. You begin anew.")
        return redirect("history")
    context = {"form": form, "count": count_own_data(player)}
    return render(request, "facts/history_delete.html", context, status=422 if form.errors else 200)
