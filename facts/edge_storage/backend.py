"""Behind the caches: the function at the edge, the load balancer, and the function that is its target."""

from copy import deepcopy
from itertools import count
from random import Random
from types import CodeType
from typing import Any, NamedTuple

from facts.edge_storage.environments import EPOCH, Environment, Fleet, MemoryExceeded, World
from facts.edge_storage.locations import LOCATIONS, Location
from facts.edge_storage.messages import (
    balancer_event,
    find_bad_answer,
    find_refusal,
    origin_request_event,
    sent_headers,
)
from facts.edge_storage.settings import LabSettings

# Milliseconds that are the same everywhere.
EDGE_MS = 1.5
BALANCER_MS = 1.0
TARGET_MS = 2.5
FAILURE = "The request could not be answered.\n"
MAX_ACCEPTED = 100


# Named tuples, where other rooms have frozen dataclasses: there are several for each request, and to make one takes a
# tenth of the time.
class Run(NamedTuple):
    """A function's part in a request. All is empty if it had none."""

    environment: str = ""
    is_cold: bool = False
    version: int = 0
    born: float = 0.0  # when the environment first ran
    ms: float = 0.0
    printed: str = ""  # to the function's log
    error: str = ""


NO_RUN = Run()


class Passage(NamedTuple):
    """What became of a request behind the caches."""

    status: int
    body: str
    edge: Run
    target: Run = NO_RUN
    custom_header: str = ""
    session_visits: str = ""
    error: str = ""  # a sentence, if anything went wrong


class Backend:
    def __init__(self, settings: LabSettings, rng: Random, edge: CodeType, target: CodeType) -> None:
        self.version = 1
        self._settings = settings
        self._rng = rng
        self._world = World()
        self._edge_code = edge
        self._edge_names = (f"edge-{number}" for number in count(1))
        self._edge_fleets: dict[str, Fleet] = {}  # by Region
        target_names = (f"target-{number}" for number in count(1))
        self._target_fleet = Fleet(target_names, target, 1, self._world, settings, rng)
        self._headers = {code: sent_headers(location) for code, location in LOCATIONS.items()}
        # A function could change the values that are sent again and again; these show whether it did.
        self._unchanged = deepcopy(self._headers)
        self._accepted: set[tuple[str, ...]] = set()

    def deploy(self) -> int:
        """From now on, all environments at the edge are new."""
        self.version += 1
        self._edge_fleets.clear()
        return self.version

    def give_back(self, region: str, at: float) -> None:
        """Free the environments of all requests in flight."""
        if region in self._edge_fleets:
            self._edge_fleets[region].give_back(at)
        self._target_fleet.give_back(at)

    def living(self, at: float) -> list[tuple[str, Environment]]:
        """The environments at the edge that a request could meet, with their Regions."""
        return [(region, one) for region, fleet in sorted(self._edge_fleets.items()) for one in fleet.living(at)]

    def answer_directly(self, place: Location, path: str, number: int, at: float, origin_ms: float) -> Passage:
        """Pass a request on for whose path no function runs at the edge."""
        request_id = f"{number:054d}=="
        event = origin_request_event(self._headers[place.code].copy(), path, request_id)
        request = event["Records"][0]["cf"]["request"]
        return self._ask_target(request, request_id, number, at + origin_ms / 1000, NO_RUN, "")

    def answer(
        self, place: Location, session: str, path: str, number: int, at: float, origin_ms: float, fault: str
    ) -> Passage:
        """Pass a request on that reaches the function's Region at this time."""
        fleet = self._edge_fleets.get(place.region) or self._add_fleet(place.region)
        if len(fleet.busy) >= self._settings.concurrency_limit:
            return Passage(503, FAILURE, NO_RUN, error="More requests at a time are not allowed to the function.")
        sent = self._headers[place.code].copy()
        if session and self._settings.forwards_cookies:
            sent["cookie"] = [{"key": "Cookie", "value": f"session={session}"}]
        request_id = f"{number:054d}=="
        event = origin_request_event(sent, path, request_id)
        if fault == "edge":
            del event["Records"][0]["cf"]["request"]
        run, result = self._run(fleet, event, at, EDGE_MS)
        if run.error:
            return Passage(503, FAILURE, run, error=run.error)
        error = self._refuse(place, result)
        if error:
            return Passage(502, FAILURE, run, error=f"CloudFront did not accept it: {error}.")
        if "status" in result:
            error = "The function answered in place of the origin."
            return Passage(int(result["status"]), result.get("body", ""), run, error=error)
        at += (run.ms + origin_ms) / 1000
        return self._ask_target(result, request_id, number, at, run, fault)

    def _add_fleet(self, region: str) -> Fleet:
        fleet = Fleet(self._edge_names, self._edge_code, self.version, self._world, self._settings, self._rng)
        self._edge_fleets[region] = fleet
        return fleet

    def _run(self, fleet: Fleet, event: dict[str, Any], at: float, ms: float) -> tuple[Run, Any]:
        """Run a function, and return what it returned. If it fails, the run says so."""
        world = self._world
        environment, cold_ms = fleet.take(at)
        world.now = at + cold_ms / 1000
        result, error = None, ""
        try:
            result = environment.handler(event, None)
            if environment.store.bytes > environment.room:
                raise MemoryExceeded
        except MemoryExceeded:
            fleet.drop(environment)
            error = "The environment ended, as its memory was not enough."
            world.printed.append("Runtime exited with error: signal: killed")
        except Exception as raised:  # whatever the function raises is part of the experiment
            error = f"The function failed with {type(raised).__name__}."
            world.printed.append(f"[ERROR] {type(raised).__name__}: {raised}")
        printed = world.take_printed()
        is_cold = cold_ms > 0
        return Run(environment.id, is_cold, environment.version, environment.born, ms + cold_ms, printed, error), result

    def _refuse(self, place: Location, result: Any) -> str:
        """As ``find_refusal``, but whole only for a set of header names that was not accepted before."""
        unchanged = self._unchanged[place.code]
        headers: Any = result.get("headers") if isinstance(result, dict) and "status" not in result else None
        names = tuple(headers) if isinstance(headers, dict) else ()
        if names in self._accepted and headers.get("via") == unchanged["via"]:
            return ""
        error = find_refusal(result, unchanged)
        if names and not error and len(self._accepted) < MAX_ACCEPTED:
            self._accepted.add(names)
        return error

    def _ask_target(
        self, request: dict[str, Any], request_id: str, number: int, at: float, edge: Run, fault: str
    ) -> Passage:
        is_multi_value = self._settings.multi_value_headers
        trace_id = f"Root=1-{int(EPOCH + at):08x}-{number:024x}"
        event = balancer_event(request, request_id, trace_id, is_multi_value=is_multi_value)
        if fault == "target":
            event["multiValueHeaders" if is_multi_value else "headers"] = None
        run, answer = self._run(self._target_fleet, event, at + BALANCER_MS / 1000, TARGET_MS)
        headers = request["headers"]
        first_ran = headers["custom_header"][0]["value"] if "custom_header" in headers else ""
        visits = headers["session_visits"][0]["value"] if "session_visits" in headers else ""
        if error := run.error or find_bad_answer(answer, is_multi_value=is_multi_value):
            return Passage(502, FAILURE, edge, run, first_ran, visits, error)
        status = answer["statusCode"]
        error = "The target answered with an error; its log says why." if status >= 500 else ""
        return Passage(status, answer.get("body", ""), edge, run, first_ran, visits, error)
