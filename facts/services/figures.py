"""What an operator watches, counted as it happens: only where METRICS_TOKEN is set, else each call returns at once.

Each worker counts in a file of its own, in the folder PROMETHEUS_MULTIPROC_DIR that ``manage.py serve`` makes, and
whichever worker is asked adds them all up. So nothing is lost when a worker is replaced.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Meters(NamedTuple):
    """The counters of this process."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    answers: Counter
    folds: Counter
    folded: Counter


@cache
def get_meters() -> Meters:
    """Made when they are first needed, by each worker for itself."""
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    labels = ["view", "method", "status"]
    return Meters(
        registry,
        Counter("examprep_requests", "Requests answered.", labels, registry=registry),
        Histogram("examprep_request_seconds", "Time to answer.", ["view"], buckets=_SECONDS, registry=registry),
        Counter("examprep_answers", "Answers recorded.", ["verdict"], registry=registry),
        Counter("examprep_folds", "Folds of a player's answers into progress.", registry=registry),
        Counter("examprep_folded_answers", "Answers folded into progress.", registry=registry),
    )


def count_request(*, view: str, method: str, status: int, seconds: float) -> None:
    meters = get_meters()
    meters.requests.labels(view, method, status).inc()
    meters.seconds.labels(view).observe(seconds)


def count_answers(*, right: int = 0, wrong: int = 0) -> None:
    if settings.METRICS_TOKEN:
        for verdict, number in (("right", right), ("wrong", wrong)):
            if number:
                get_meters().answers.labels(verdict).inc(number)


def count_fold(answers: int) -> None:
    if settings.METRICS_TOKEN:
        get_meters().folds.inc()
        get_meters().folded.inc(answers)


def write_figures(*, waiting: int, unfolded: int) -> bytes:
    """The counters of all workers, and what waits, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = get_meters().registry
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    # The database knows these two, whichever worker asks; a gauge would be kept by each of them.
    waits = (
        ("examprep_queue_length", "Things that wait for an editor.", waiting),
        ("examprep_unfolded_answers", "Answers that are in no progress yet.", unfolded),
    )
    lines = [f"# HELP {name} {told}\n# TYPE {name} gauge\n{name} {value}\n" for name, told, value in waits]
    return generate_latest(registry) + "".join(lines).encode()
