"""What the lab tells about requests: one at a time, as CloudWatch would show them, and all together."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from facts.edge_storage.backend import Run
from facts.edge_storage.caches import CacheResult
from facts.edge_storage.environments import EPOCH
from facts.edge_storage.locations import LOCATIONS, ORIGIN_REGION

STEPS = {
    "viewer": "Viewer",
    "edge": "Edge location",
    "regional": "Regional edge cache",
    "function": "Lambda@Edge",
    "balancer": "Load balancer",
    "target": "Lambda",
    "back": "Back to the viewer",
}


class Trace(NamedTuple):
    """One request on its way. Times are seconds since the lab's start; what was not reached is empty."""

    number: int
    time: float
    location: str
    session: str
    path: str
    ttl: int
    edge_cache: CacheResult
    regional_cache: CacheResult | None
    edge_run: Run
    target_run: Run
    custom_header: str
    session_visits: str
    status: int
    body: str
    error: str  # a sentence, if anything went wrong
    step_ms: tuple[float, ...]  # in the order of STEPS
    total_ms: float

    @property
    def latency(self) -> dict[str, float]:
        """Milliseconds of each step; 0 for those that were not taken."""
        return dict(zip(STEPS, self.step_ms, strict=True))

    @property
    def environment(self) -> str:
        """At the edge; "" if the function did not run."""
        return self.edge_run.environment

    @property
    def is_cold(self) -> bool:
        return self.edge_run.is_cold

    @property
    def version(self) -> int:
        return self.edge_run.version

    @property
    def target(self) -> str:
        """The environment of the function behind the load balancer; "" if that did not run."""
        return self.target_run.environment

    @property
    def target_is_cold(self) -> bool:
        return self.target_run.is_cold

    @property
    def region(self) -> str:
        return LOCATIONS[self.location].region

    @property
    def is_cached(self) -> bool:
        return CacheResult.HIT in (self.edge_cache, self.regional_cache) or self.edge_cache == CacheResult.WAITED

    @property
    def is_reuse(self) -> bool:
        """Whether the function at the edge found a value that an earlier request had left."""
        return self.custom_header != "" and not self.edge_run.is_cold

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps that the request took: of each the name, and a sentence or more on what happened."""
        return [(STEPS[step], told) for step, told in _tell_steps(self)]


def _tell_steps(trace: Trace) -> Iterator[tuple[str, str]]:
    cookie = f" with the session cookie {trace.session}" if trace.session else ""
    yield "viewer", f"A viewer near {LOCATIONS[trace.location].city} asks for {trace.path}{cookie}."
    yield "edge", _tell_edge(trace)
    if trace.regional_cache:
        yield "regional", _tell_regional(trace)
    if trace.environment:
        yield "function", _tell_function(trace)
    if trace.target:
        yield "balancer", f"The load balancer in {ORIGIN_REGION} makes an event of the request and invokes its target."
        kind = "A new environment starts" if trace.target_is_cold else "A warm environment runs"
        yield "target", f"{kind} ({trace.target}). The function logs the time and the headers, and answers."
    error = f" {trace.error}" if trace.error else ""
    yield "back", f"{error} The viewer gets status {trace.status} after {trace.total_ms:,.0f} ms.".strip()


def _tell_edge(trace: Trace) -> str:
    place = f"{LOCATIONS[trace.location].city} ({trace.location})"
    match trace.edge_cache:
        case CacheResult.HIT:
            return f"{place} has a fresh answer in its cache. No function runs, and nothing is logged."
        case CacheResult.WAITED:
            return f"{place} waits for the answer that another request is getting already, and sends a copy of it."
        case CacheResult.MISS:
            return f"{place} has no fresh answer in its cache."
        case _:
            return f"At {place} the TTL is 0: nothing is kept, and every request goes to the origin."


def _tell_regional(trace: Trace) -> str:
    match trace.regional_cache:
        case CacheResult.HIT:
            return f"The cache in {trace.region} has a fresh answer. No function runs, and nothing is logged."
        case CacheResult.MISS:
            return f"The cache in {trace.region} has no fresh answer either."
        case _:
            return "It is passed by, as what is not to be cached goes straight to the origin."


def _tell_function(trace: Trace) -> str:
    run = trace.edge_run
    name = f"{run.environment}, version {run.version}"
    if run.is_cold:
        told = f"A new environment starts in {trace.region} ({name})."
    else:
        told = f"An environment of {trace.region} runs again, {trace.time - run.born:,.1f} s after its start ({name})."
    if trace.custom_header:
        told += f" It sets custom_header to {trace.custom_header}."
    if trace.session_visits:
        told += f" To it, this is visit {trace.session_visits} of the session."
    return told


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a function wrote, with what the lab knows of the request behind it."""

    request: int
    time: str
    function: str  # "edge" or "target": each has a log of its own
    custom_header: str
    session_visits: str
    environment: str  # at the edge
    is_cold: bool
    version: int
    location: str
    cache: CacheResult
    message: str  # of an error
    text: str  # the line as it was printed


def read_log(traces: Iterable[Trace]) -> Iterator[LogLine]:
    """The lines of both functions' logs. A request that was answered from a cache leaves none."""
    for trace in traces:
        for function, printed in (("edge", trace.edge_run.printed), ("target", trace.target_run.printed)):
            for text in printed.splitlines():
                yield _read_line(trace, function, text)


def _read_line(trace: Trace, function: str, text: str) -> LogLine:
    try:
        logged: dict[str, Any] = json.loads(text)
    except ValueError:  # what the platform itself writes, of an exception say
        logged = {"message": text}
    headers = logged.get("headers", {})
    return LogLine(
        request=trace.number,
        time=logged.get("time", tell_time(trace.time)),
        function=function,
        custom_header=headers.get("custom_header", ""),
        session_visits=headers.get("session_visits", ""),
        environment=trace.environment,
        is_cold=trace.is_cold,
        version=trace.version,
        location=trace.location,
        cache=trace.edge_cache,
        message=logged.get("message", ""),
        text=text,
    )


def tell_time(seconds: float) -> str:
    """The lab's time as the functions write it."""
    return datetime.fromtimestamp(EPOCH + seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Summary:
    requests: int
    origin_requests: int  # that went past the caches
    cache_hits: int  # at an edge location or in a Region, those that waited for another's answer included
    errors: int  # answers of 500 and above
    environments: int  # opened at the edge
    target_environments: int
    cold_starts: int  # requests that waited for a new environment, at the edge or behind the load balancer
    reused: int  # how often the function at the edge found a value that an earlier request had left
    saved_ms: float  # what these would have waited for a table in the Region
    region_table_ms: float  # assumed for one of them
    longest_reuse: float  # seconds between an environment's birth and the last request that found its value
    p50_ms: float
    p95_ms: float
    seconds: float  # since the lab's start


class Tally:
    """The counts behind a summary. Latencies are kept to a tenth of a millisecond, so that their number stays small."""

    __slots__ = (
        "_cache_hits",
        "_cold_starts",
        "_environments",
        "_errors",
        "_latencies",
        "_longest_reuse",
        "_requests",
        "_reused",
        "_target_environments",
    )

    def __init__(self) -> None:
        self._requests = self._cache_hits = self._errors = self._reused = 0
        self._environments = self._target_environments = self._cold_starts = 0
        self._longest_reuse = 0.0
        self._latencies: dict[int, int] = defaultdict(int)

    def add(self, trace: Trace) -> None:
        self._requests += 1
        self._latencies[round(trace.total_ms * 10)] += 1
        if trace.status >= 500:
            self._errors += 1
        edge, target = trace.edge_run, trace.target_run
        if edge.is_cold or target.is_cold:
            self._cold_starts += 1
            self._environments += edge.is_cold
            self._target_environments += target.is_cold
        if trace.is_reuse:
            self._reused += 1
            if trace.time - edge.born > self._longest_reuse:
                self._longest_reuse = trace.time - edge.born
        elif trace.is_cached:
            self._cache_hits += 1

    def summarise(self, region_table_ms: float, seconds: float) -> Summary:
        return Summary(
            requests=self._requests,
            origin_requests=self._requests - self._cache_hits,
            cache_hits=self._cache_hits,
            errors=self._errors,
            environments=self._environments,
            target_environments=self._target_environments,
            cold_starts=self._cold_starts,
            reused=self._reused,
            saved_ms=self._reused * region_table_ms,
            region_table_ms=region_table_ms,
            longest_reuse=self._longest_reuse,
            p50_ms=self._percentile(50),
            p95_ms=self._percentile(95),
            seconds=seconds,
        )

    def _percentile(self, percent: int) -> float:
        """The smallest latency in milliseconds that this share of the requests did not exceed; 0 without requests."""
        wanted = self._requests * percent / 100
        seen = 0
        for tenths in sorted(self._latencies):
            seen += self._latencies[tenths]
            if seen >= wanted:
                return tenths / 10
        return 0.0
