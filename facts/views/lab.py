"""The lab: the simulated edge, to play with.

What a visitor did is kept in the session as a seed and a short list of actions, and played again for every page: the
same actions give the same edge, so nothing else has to be stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from facts.edge_storage.caches import CacheResult
from facts.edge_storage.lab import Lab
from facts.edge_storage.locations import LOCATIONS
from facts.edge_storage.settings import LabError, LabSettings
from facts.edge_storage.simulation import Action, count_requests, replay
from facts.edge_storage.traces import Trace
from facts.models import Fact
from facts.services.play import NothingToAsk, Scope
from facts.views.http import HtmxHttpRequest, render_part, wants_partial
from facts.views.play import start_for

KEY = "edge_lab"
KEY_POINT = "edge-post"  # of the facts that come from this experiment
MAX_ACTIONS = 60
MAX_REQUESTS = 2000  # of one lab; played again in a fraction of a second
LARGEST_BURST = 200
TABLE_MS, LONGEST_TABLE_MS = 95, 10_000  # assumed for a request to a table in the Region
LOG_LINES = 30
DRAWN_ENVIRONMENTS = 12

TTLS = [(0, "0 s: nothing is cached"), (10, "10 s"), (60, "1 minute"), (3600, "1 hour")]
WAITS = [(1, "1 second"), (10, "10 seconds"), (120, "2 minutes"), (1200, "20 minutes"), (28800, "8 hours")]
SESSIONS = [("", "no session cookie"), ("ann", "the session of Ann"), ("ben", "the session of Ben")]
EXPECTATIONS = [
    ("same", "The value of before, reused"),
    ("new", "One new value"),
    ("several", "Several values"),
    ("none", "The function does not run"),
]
OUTCOMES = {
    "same": "The value of before came again: an environment that was alive kept it.",
    "new": "A new value came: a new environment started, and ran the code outside the handler for the first time.",
    "several": "Several values came: one environment serves one request at a time, so requests that are under way at "
    "once need several environments, each with a value of its own.",
    "none": "The function did not run and nothing was logged: the answer came from a cache.",
    "error": "The request failed: the log says why.",
}


class ExperimentForm(forms.Form):
    """What to do next."""

    do = forms.ChoiceField(
        choices=[(action, action) for action in ("send", "burst", "wait", "deploy")],
        error_messages={
            "required": "Choose what to do.",
            "invalid_choice": "“%(value)s” is nothing that the lab can do.",
        },
    )
    location = forms.ChoiceField(
        choices=[(code, f"{place.city} ({code})") for code, place in LOCATIONS.items()],
        error_messages={"invalid_choice": "There is no edge location “%(value)s” in the lab. Choose from the list."},
    )
    ttl = forms.TypedChoiceField(
        choices=TTLS, coerce=int, error_messages={"invalid_choice": "The lab has no TTL of “%(value)s”: choose one."}
    )
    count = forms.IntegerField(
        min_value=2,
        max_value=LARGEST_BURST,
        required=False,
        error_messages={
            "min_value": "A burst has at least 2 requests.",
            "max_value": f"A burst has at most {LARGEST_BURST} requests here.",
            "invalid": f"A burst has a whole number of requests, from 2 to {LARGEST_BURST}.",
        },
    )
    seconds = forms.TypedChoiceField(
        choices=WAITS,
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "The lab does not wait for “%(value)s”: choose a time from the list."},
    )
    session = forms.ChoiceField(
        choices=SESSIONS,
        required=False,
        error_messages={"invalid_choice": "The lab knows no session “%(value)s”: choose one of the list."},
    )
    expect = forms.ChoiceField(
        choices=EXPECTATIONS,
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is no expectation: choose one of the list, or none."},
    )
    table_ms = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_TABLE_MS,
        required=False,
        error_messages={
            "min_value": "Asking a table takes 0 ms or more.",
            "max_value": f"Asking a table takes at most {LONGEST_TABLE_MS:,} ms here.",
            "invalid": "Asking a table takes a whole number of milliseconds.",
        },
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("do") == "burst" and not data.get("count") and "count" not in self.errors:
            self.add_error("count", f"Say how many requests, from 2 to {LARGEST_BURST}.")
        if data.get("do") == "wait" and not data.get("seconds") and "seconds" not in self.errors:
            self.add_error("seconds", "Say how long to wait.")
        return data

    def actions(self, ttl: int) -> list[dict[str, Any]]:
        """The actions that the lab is to take, whose TTL is ``ttl`` now."""
        data = self.cleaned_data
        change = [{"do": "ttl", "ttl": data["ttl"]}] if data["ttl"] != ttl else []
        viewer = {"location": data["location"], "session": data["session"]}
        match data["do"]:
            case "send":
                return [*change, {"do": "send", **viewer}]
            case "burst":
                return [*change, {"do": "burst", "count": data["count"], **viewer}]
            case "wait":
                return [*change, {"do": "wait", "seconds": data["seconds"]}]
        return [*change, {"do": "deploy"}]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edge_storage(request: HtmxHttpRequest) -> HttpResponse:
    """Show the lab, or do the next experiment in it."""
    state = request.session.get(KEY) or {"seed": secrets.randbits(32), "actions": [], "before": 0, "expect": ""}
    lab = _replay(state)
    if request.method != "POST":
        return _render(request, lab, state, ExperimentForm(initial=_initial(lab, state)))
    if "reset" in request.POST:
        request.session.pop(KEY, None)
        return redirect("edge_storage")
    form = ExperimentForm(request.POST)
    if form.is_valid():
        before = lab.summary().requests
        actions = form.actions(lab.ttl)
        try:
            _refuse_overflow([*state["actions"], *actions])
            new = {
                "seed": state["seed"],
                "actions": [*state["actions"], *actions],
                "before": before,
                "expect": form.cleaned_data["expect"],
                "location": form.cleaned_data["location"],
                "session": form.cleaned_data["session"],
                "table_ms": form.cleaned_data["table_ms"],
            }
            lab = _replay(new)
        except LabError as reason:
            form.add_error(None, str(reason))
        else:
            request.session[KEY] = new
            if not wants_partial(request):
                return redirect("edge_storage")
            return _render(request, lab, new, ExperimentForm(initial=_initial(lab, new)))
    return _render(request, lab, state, form, status=422)


def _replay(state: dict[str, Any]) -> Lab:
    table_ms = state.get("table_ms")
    settings = LabSettings(region_table_ms=TABLE_MS if table_ms is None else table_ms)
    return replay(state["seed"], settings, state["actions"])


def _refuse_overflow(actions: Sequence[Action]) -> None:
    if len(actions) > MAX_ACTIONS or count_requests(actions) > MAX_REQUESTS:
        raise LabError(
            f"The notebook of this lab is full: it holds {MAX_ACTIONS} steps and {MAX_REQUESTS:,} requests. "
            "Start afresh."
        )


def _initial(lab: Lab, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "location": state.get("location", "FRA"),
        "session": state.get("session", ""),
        "ttl": lab.ttl,
        "count": 5,
        "seconds": 10,
        "table_ms": round(lab.settings.region_table_ms),
    }


def _render(
    request: HtmxHttpRequest, lab: Lab, state: dict[str, Any], form: ExperimentForm, status: int = 200
) -> HttpResponse:
    traces = list(lab.traces)
    latest = [trace for trace in traces if trace.number > state["before"]] if state["actions"] else []
    outcome = find_outcome(traces, latest)
    context = {
        "form": form,
        "lab": lab,
        "locations": LOCATIONS.values(),
        "ttls": TTLS,
        "waits": WAITS,
        "sessions": SESSIONS,
        "expectations": EXPECTATIONS,
        "largest_burst": LARGEST_BURST,
        "trace": traces[-1] if traces else None,
        "stops": draw_path(traces[-1] if latest else None),
        "latest": latest,
        "did": _tell_action(state["actions"][-1]) if state["actions"] else "",
        "outcome": OUTCOMES.get(outcome, ""),
        "met": len(_environments(latest)),
        "expected": dict(EXPECTATIONS).get(state["expect"], ""),
        "was_expected": state["expect"] == outcome,
        "log": [line for line in lab.log if line.function == "target"][-LOG_LINES:][::-1],
        "environments": count_reuse(traces),
        "summary": lab.summary(),
        "facts": Fact.objects.in_bank().filter(key_point=KEY_POINT).select_related("service"),
    }
    return render_part(request, "facts/edge_storage.html", "lab", context, status=status)


def _tell_action(action: dict[str, Any]) -> str:
    match action["do"]:
        case "send":
            return f"You sent one request from {LOCATIONS[action['location']].city}."
        case "burst":
            return f"You sent {action['count']} requests at once from {LOCATIONS[action['location']].city}."
        case "wait":
            return f"You let {dict(WAITS)[action['seconds']]} pass."
        case "deploy":
            return "You deployed a new version of the function."
    return f"You set the TTL to {action['ttl']} seconds."


def find_outcome(traces: Sequence[Trace], latest: Sequence[Trace]) -> str:
    """What the latest requests showed, as one of OUTCOMES; "" if there were none."""
    if not latest:
        return ""
    if any(trace.status >= 500 for trace in latest):
        return "error"
    # Environments, not values: two that start in the same millisecond note the same time.
    met = _environments(latest)
    if not met:
        return "none"
    if len(met) > 1:
        return "several"
    return "same" if met <= _environments(trace for trace in traces if trace.number < latest[0].number) else "new"


def _environments(traces: Iterable[Trace]) -> set[str]:
    return {trace.edge_run.environment for trace in traces} - {""}


def count_reuse(traces: Sequence[Trace]) -> list[dict[str, Any]]:
    """For the environments that ran last: the value of each, and how often it was given out."""
    found: dict[str, dict[str, Any]] = {}
    for trace in traces:
        if environment := trace.edge_run.environment:
            entry = found.setdefault(
                environment,
                {"id": environment, "value": trace.custom_header, "region": trace.region, "used": 0},
            )
            entry["used"] += 1
    return list(found.values())[-DRAWN_ENVIRONMENTS:]


_STOP_HEIGHT, _STOP_GAP = 52, 18


def draw_path(trace: Trace | None) -> list[dict[str, Any]]:
    """The stops of a request from the viewer to the log, each with its place in the drawing and what happened there."""
    titles = {
        "viewer": "Viewer",
        "edge": "Edge location",
        "regional": "Regional edge cache",
        "function": "Lambda@Edge, origin request",
        "balancer": "Application Load Balancer",
        "target": "Lambda function",
        "log": "CloudWatch log",
    }
    notes = dict.fromkeys(titles, "")
    if trace:
        place = LOCATIONS[trace.location]
        regional = trace.regional_cache if trace.regional_cache != CacheResult.SKIPPED else None
        edge, target = trace.edge_run, trace.target_run
        ran = f"{edge.environment}, {'cold' if edge.is_cold else 'warm'}: {trace.custom_header[11:23]}"
        notes = {
            "viewer": f"near {place.city}: {trace.status} after {trace.total_ms:,.0f} ms",
            "edge": f"{trace.location}: {trace.edge_cache.value}",
            "regional": f"{trace.region}: {regional.value}" if regional else "",
            "function": ran if edge.environment else "",
            "balancer": "in us-east-1, invokes its target" if target.environment else "",
            "target": f"{target.environment}, {'cold' if target.is_cold else 'warm'}" if target.environment else "",
            "log": "a line with the time and the header" if target.environment else "",
        }
    stops = []
    for index, (name, title) in enumerate(titles.items()):
        top = index * (_STOP_HEIGHT + _STOP_GAP)
        stops.append(
            {
                "title": title,
                "note": notes[name] or ("not reached" if trace else ""),
                "is_on": bool(notes[name]),
                "top": top + 1,
                "title_y": top + 22,
                "note_y": top + 41,
                "arrow_from": top - _STOP_GAP + 2,
                "arrow_to": top - 1,
                "has_arrow": index > 0,
            }
        )
    return stops


@require_POST
def edge_quiz(request: HttpRequest) -> HttpResponse:
    """A quiz on exactly the facts of the experiment."""
    facts = list(Fact.objects.in_bank().filter(key_point=KEY_POINT).values_list("pk", flat=True))
    try:
        return redirect(start_for(request, Scope(facts=facts, label="Keeping data at the edge"), len(facts)))
    except NothingToAsk as reason:
        messages.info(request, str(reason))
        return redirect("edge_storage")
