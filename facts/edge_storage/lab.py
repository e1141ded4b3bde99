"""The lab's edge: CloudFront, Lambda@Edge, a load balancer and its function, simulated on a virtual clock.

The functions are the two files that are uploaded to AWS, run unchanged. What surrounds them is simplified: a new
version is everywhere at once, caches keep what they were given until its time is up, and errors are never cached.
"""

from collections import deque
from dataclasses import dataclass
from random import Random
from types import CodeType

from facts.edge_storage.backend import BALANCER_MS, NO_RUN, Backend
from facts.edge_storage.caches import Cache, CachedAnswer, CacheResult, cache_key
from facts.edge_storage.environments import load_code
from facts.edge_storage.locations import LOCATIONS, Location, find_location
from facts.edge_storage.settings import (
    LabSettings,
    check_count,
    check_fault,
    check_path,
    check_seed,
    check_session,
    check_sessions,
    check_ttl,
    check_wait,
)
from facts.edge_storage.traces import LogLine, Summary, Tally, Trace, read_log

MAX_TRACES = 1000
LOOKUP_MS = 0.5
DEFAULTS = LabSettings()
EDGE_CODE = load_code("edge")
TARGET_CODE = load_code("target")


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """An environment at the edge that the next request could meet."""

    id: str
    region: str
    version: int
    born: float
    sessions: int
    stored_bytes: int


class Lab:
    """One player's edge. With the same seed and the same calls it is the same in every detail."""

    def __init__(
        self,
        seed: int,
        settings: LabSettings = DEFAULTS,
        *,
        edge: CodeType = EDGE_CODE,
        target: CodeType = TARGET_CODE,
    ) -> None:
        check_seed(seed)
        self.seed = seed
        self.settings = settings
        self.now = 0.0  # seconds since the lab's start
        self.ttl = settings.ttl
        self.traces: deque[Trace] = deque(maxlen=MAX_TRACES)  # of the last requests
        self._rng = Random(seed)
        self._backend = Backend(settings, self._rng, edge, target)
        self._behaviours = [(behaviour.matcher(), behaviour) for behaviour in settings.behaviours]
        self._edge_caches = {code: Cache() for code in LOCATIONS}
        self._regional_caches = {location.region: Cache() for location in LOCATIONS.values()}
        self._number = 0
        self._tally = Tally()

    def send(self, location: str = "FRA", session: str = "", path: str = "/", fault: str = "") -> Trace:
        """One request, and the time until its answer. A fault spoils the event that one of the functions gets."""
        place = find_location(location)
        # The defaults need no check, and a long run sends little else.
        if session != "":
            check_session(session)
        if path != "/":
            check_path(path)
        if fault != "":
            check_fault(fault)
        trace = self._serve(place, session, path, fault)
        self._end(place, trace.total_ms)
        return trace

    def burst(
        self, count: int, location: str = "FRA", session: str = "", path: str = "/", sessions: int = 0
    ) -> list[Trace]:
        """Requests that are all in flight at once. With ``sessions``, they belong to that many sessions in turn."""
        check_count(count)
        place = find_location(location)
        check_session(session)
        check_path(path)
        check_sessions(sessions)
        traces = []
        for _ in range(count):
            own = f"s{self._number % sessions + 1}" if sessions else session
            traces.append(self._serve(place, own, path, ""))
        self._end(place, max(trace.total_ms for trace in traces))
        return traces

    def wait(self, seconds: float) -> None:
        check_wait(seconds)
        self.now += seconds

    def deploy(self) -> int:
        """Publish a new version of the function at the edge, and return its number. Caches stay as they are."""
        return self._backend.deploy()

    def set_ttl(self, ttl: int) -> None:
        """Of the default behaviour, for what is fetched from now on. With 0, what is cached already is not used."""
        check_ttl(ttl)
        self.ttl = ttl

    @property
    def version(self) -> int:
        return self._backend.version

    @property
    def log(self) -> list[LogLine]:
        """What CloudWatch shows of the last requests."""
        return list(read_log(self.traces))

    def environments(self) -> list[EnvironmentView]:
        return [
            EnvironmentView(one.id, region, one.version, one.born, len(one.store), one.store.bytes)
            for region, one in self._backend.living(self.now)
        ]

    def summary(self) -> Summary:
        return self._tally.summarise(self.settings.region_table_ms, self.now)

    def _end(self, place: Location, total_ms: float) -> None:
        self.now += total_ms / 1000
        self._backend.give_back(place.region, self.now)

    def _serve(self, place: Location, session: str, path: str, fault: str) -> Trace:
        """Send one request at the present time, which stays as it is."""
        self._number += 1
        stretch = 0.9 + 0.2 * self._rng.random()
        ttl, runs_function = self._find_behaviour(path) if self._behaviours else (self.ttl, True)
        trace = self._look_up(place, session, path, ttl, stretch) if ttl else None
        if trace is None:
            trace = self._fetch(place, session, path, ttl, stretch, fault, runs_function)
            if ttl and trace.status == 200:
                self._keep(place, trace)
        self._tally.add(trace)
        self.traces.append(trace)
        return trace

    def _find_behaviour(self, path: str) -> tuple[int, bool]:
        bare = cache_key(path)
        for matcher, behaviour in self._behaviours:
            if matcher.fullmatch(bare):
                return behaviour.ttl, behaviour.runs_function
        return self.ttl, True

    def _look_up(self, place: Location, session: str, path: str, ttl: int, stretch: float) -> Trace | None:
        """The answer of a cache that has it, or that will have it and may let requests wait for it."""
        key = cache_key(path)
        viewer_ms, region_ms = place.viewer_ms * stretch, place.region_ms * stretch
        edge_cache, regional_cache = self._edge_caches[place.code], self._regional_caches[place.region]
        at = self.now + (viewer_ms + LOOKUP_MS) / 1000
        result, regional_result, lookup_ms, way_ms = CacheResult.HIT, None, LOOKUP_MS, 0.0
        found = edge_cache.find(key, at)
        # CloudFront lets requests wait for the answer to another one only if cookies are not passed on.
        if found and found.since > at and not self.settings.forwards_cookies:
            result, lookup_ms = CacheResult.WAITED, LOOKUP_MS + (found.since - at) * 1000
        elif not found or found.since > at:
            result, regional_result, way_ms = CacheResult.MISS, CacheResult.HIT, region_ms
            at += (region_ms + LOOKUP_MS) / 1000
            found = regional_cache.find(key, at)
            if not found or found.since > at:
                return None
            edge_cache.keep(key, CachedAnswer(found.body, at + region_ms / 1000, found.until))
        regional_ms = way_ms + LOOKUP_MS if way_ms else 0.0
        steps = (viewer_ms, lookup_ms, regional_ms, 0.0, 0.0, 0.0, viewer_ms + way_ms)
        return Trace(
            self._number,
            self.now,
            place.code,
            session,
            path,
            ttl,
            result,
            regional_result,
            NO_RUN,
            NO_RUN,
            "",
            "",
            200,
            found.body,
            "",
            steps,
            sum(steps),
        )

    def _fetch(
        self, place: Location, session: str, path: str, ttl: int, stretch: float, fault: str, runs_function: bool
    ) -> Trace:
        """The answer from behind the caches."""
        viewer_ms, origin_ms = place.viewer_ms * stretch, place.origin_ms * stretch
        region_ms = place.region_ms * stretch
        regional_ms = region_ms + LOOKUP_MS if ttl else region_ms
        at = self.now + (viewer_ms + LOOKUP_MS + regional_ms) / 1000
        if runs_function:
            passage = self._backend.answer(place, session, path, self._number, at, origin_ms, fault)
        else:
            passage = self._backend.answer_directly(place, path, self._number, at, origin_ms)
        status, body, edge, target, custom_header, session_visits, error = passage
        if target is NO_RUN:
            balancer_ms = origin_ms = 0.0
        else:
            balancer_ms = origin_ms + BALANCER_MS
        back_ms = origin_ms + region_ms + viewer_ms
        steps = (viewer_ms, LOOKUP_MS, regional_ms, edge.ms, balancer_ms, target.ms, back_ms)
        return Trace(
            self._number,
            self.now,
            place.code,
            session,
            path,
            ttl,
            CacheResult.MISS if ttl else CacheResult.OFF,
            CacheResult.MISS if ttl else CacheResult.SKIPPED,
            edge,
            target,
            custom_header,
            session_visits,
            status,
            body,
            error,
            steps,
            sum(steps),
        )

    def _keep(self, place: Location, trace: Trace) -> None:
        """Put an answer into the caches that it passes on its way back. The Region's cache starts the time to live."""
        key = cache_key(trace.path)
        viewer_ms, _, regional_ms, *_ = trace.step_ms
        at_edge = trace.time + (trace.total_ms - viewer_ms) / 1000
        at_region = at_edge - regional_ms / 1000
        until = at_region + trace.ttl
        self._edge_caches[place.code].keep(key, CachedAnswer(trace.body, at_edge, until))
        self._regional_caches[place.region].keep(key, CachedAnswer(trace.body, at_region, until))
