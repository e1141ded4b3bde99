"""The door of the lab: what was done in one, as a seed, settings and a list of small records that fit into JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from facts.edge_storage.lab import Lab
from facts.edge_storage.locations import LOCATIONS, Location, find_location
from facts.edge_storage.settings import (
    Behaviour,
    LabError,
    LabSettings,
    check_count,
    check_fault,
    check_path,
    check_session,
    check_sessions,
    check_ttl,
    check_wait,
    read_settings,
    show,
)
from facts.edge_storage.traces import LogLine, Summary, Trace

__all__ = [
    "LOCATIONS",
    "Action",
    "Behaviour",
    "Lab",
    "LabError",
    "LabSettings",
    "Location",
    "LogLine",
    "Summary",
    "Trace",
    "check_actions",
    "count_requests",
    "perform",
    "read_settings",
    "replay",
]

type Action = Mapping[str, Any]

# What one replay may cost: about a second, if all the requests come in bursts that open environments.
MAX_ACTIONS = 1000
MAX_REQUESTS = 20_000

CHECKS: dict[str, dict[str, Callable[[Any], object]]] = {
    "send": {"location": find_location, "session": check_session, "path": check_path, "fault": check_fault},
    "burst": {
        "count": check_count,
        "location": find_location,
        "session": check_session,
        "path": check_path,
        "sessions": check_sessions,
    },
    "wait": {"seconds": check_wait},
    "deploy": {},
    "ttl": {"ttl": check_ttl},
}
REQUIRED = {"burst": "count", "wait": "seconds", "ttl": "ttl"}


def check_action(action: Any) -> None:
    """Refuse what ``perform`` could not do in any lab."""
    if not isinstance(action, Mapping):
        raise LabError(f"An action is a record that says what to do, not {show(action)}.")
    do = action.get("do")
    if not isinstance(do, str) or do not in CHECKS:
        raise LabError(f"The lab can {', '.join(CHECKS)}, but not do {show(do)}.")
    checks = CHECKS[do]
    for field in action:
        if field != "do" and field not in checks:
            raise LabError(f"There is nothing called {show(field)} to say about {do}.")
    if do in REQUIRED and REQUIRED[do] not in action:
        raise LabError(f"The {REQUIRED[do]} of {do} is missing.")
    for field, check in checks.items():
        if field in action:
            check(action[field])


def count_requests(actions: Sequence[Action]) -> int:
    """How many requests checked actions send."""
    return sum(action["count"] if action["do"] == "burst" else action["do"] == "send" for action in actions)


def check_actions(actions: Any) -> None:
    """Refuse a list with an action that cannot be done, or with more of them than one replay takes."""
    if not isinstance(actions, Sequence) or isinstance(actions, str):
        raise LabError(f"The actions are a list, not {show(actions)}.")
    if len(actions) > MAX_ACTIONS:
        raise LabError(f"One lab takes up to {MAX_ACTIONS:,} actions. Start a new one.")
    for action in actions:
        check_action(action)
    if count_requests(actions) > MAX_REQUESTS:
        raise LabError(f"One lab takes up to {MAX_REQUESTS:,} requests. Start a new one, or send smaller bursts.")


def perform(lab: Lab, action: Action) -> list[Trace]:
    """Do one action, and return what became of its requests."""
    check_action(action)
    details = {field: value for field, value in action.items() if field != "do"}
    match action["do"]:
        case "send":
            return [lab.send(**details)]
        case "burst":
            return lab.burst(**details)
        case "wait":
            lab.wait(**details)
        case "deploy":
            lab.deploy()
        case "ttl":
            lab.set_ttl(**details)
    return []


def replay(seed: int, settings: LabSettings, actions: Sequence[Action]) -> Lab:
    """The lab in which these things were done. Nothing is done if any of them cannot be, or they are too many."""
    check_actions(actions)
    lab = Lab(seed, settings)
    for action in actions:
        perform(lab, action)
    return lab
