import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from facts.edge_storage.lab import MAX_TRACES, Lab
from facts.edge_storage.locations import find_location
from facts.edge_storage.settings import (
    LARGEST_BURST,
    LONGEST_WAIT,
    LabError,
    LabSettings,
    check_number,
    check_sessions,
)
from facts.edge_storage.traces import LogLine, Summary
from facts.management.progress import ProgressLine

MOST_REQUESTS = 10_000_000
ROW = "{:24}  {:24}  {:11}  {:5}  {:>7}  {:8}  {:5}  {:>6}"
HEAD = ROW.format("time", "custom_header", "environment", "start", "version", "location", "cache", "visits")


class Command(BaseCommand):
    help = (
        "Send requests through the simulated edge, and print what CloudWatch would show and a summary. The same seed "
        "gives the same result. Reads and writes no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=20, help="how many in all (default: 20)")
        parser.add_argument("--concurrency", type=int, default=1, help="how many are in flight at once (default: 1)")
        parser.add_argument("--idle", type=float, default=0, help="seconds that pass before the next ones (default: 0)")
        parser.add_argument("--location", default="FRA", help="the edge location, by its airport (default: FRA)")
        parser.add_argument("--sessions", type=int, default=0, help="how many sessions take turns (default: none)")
        parser.add_argument("--ttl", type=int, default=0, help="seconds for which caches keep answers (default: 0)")
        parser.add_argument("--seed", type=int, default=0, help="another seed draws other lifetimes and latencies")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        line = ProgressLine(self.stdout, "Sending requests")
        try:
            lab = run_lab(options, line)
        except LabError as error:
            raise CommandError(str(error)) from error
        finally:
            line.close()
        if options["json"]:
            log = [asdict(entry) for entry in lab.log]
            document = {
                "seed": lab.seed,
                "settings": asdict(lab.settings),
                "log": log,
                "summary": asdict(lab.summary()),
            }
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        self.stdout.write(HEAD)
        for entry in lab.log:
            self.stdout.write(format_line(entry))
        summary = lab.summary()
        if summary.requests > MAX_TRACES:
            self.stdout.write(f"Only the lines of the last {MAX_TRACES:,} requests are shown.")
        self.stdout.write("\n" + format_summary(summary))


def run_lab(options: dict[str, Any], progress: ProgressLine) -> Lab:
    """A lab to which the requests were sent. Nothing is sent if anything about them cannot be meant."""
    requests, concurrency, idle = options["requests"], options["concurrency"], options["idle"]
    check_number(requests, 1, MOST_REQUESTS, f"The lab is sent from 1 to {MOST_REQUESTS:,} requests")
    check_number(concurrency, 1, LARGEST_BURST, f"From 1 to {LARGEST_BURST:,} requests are in flight at once")
    check_number(idle, 0, LONGEST_WAIT, "From 0 to 604,800 seconds, a week, pass between requests")
    check_sessions(options["sessions"])
    location = find_location(options["location"].upper()).code
    lab = Lab(options["seed"], LabSettings(ttl=options["ttl"]))
    for sent in range(0, requests, concurrency):
        if sent and idle:
            lab.wait(idle)
        lab.burst(min(concurrency, requests - sent), location, sessions=options["sessions"])
        progress(min(sent + concurrency, requests), requests)
    return lab


def format_line(entry: LogLine) -> str:
    start = "cold" if entry.is_cold else "warm"
    return ROW.format(
        entry.time,
        entry.custom_header,
        entry.environment,
        start,
        entry.version,
        entry.location,
        entry.cache,
        entry.session_visits,
    ).rstrip()


def format_summary(summary: Summary) -> str:
    return (
        f"Requests: {summary.requests:,} in {summary.seconds:,.1f} s of the lab's time; {summary.origin_requests:,} "
        f"went to the origin, {summary.cache_hits:,} were answered from caches, {summary.errors:,} failed.\n"
        f"Environments: {summary.environments:,} at the edge, {summary.target_environments:,} of the target; "
        f"{summary.cold_starts:,} requests waited for a cold start.\n"
        f"Reuse: {summary.reused:,} requests found a value that was kept, for up to {summary.longest_reuse:,.1f} s.\n"
        f"Asking a table in a Region, {summary.region_table_ms:g} ms a time, would have taken "
        f"{summary.saved_ms / 1000:,.1f} s.\n"
        f"Latency: up to {summary.p50_ms:,.1f} ms for half of the requests, up to {summary.p95_ms:,.1f} ms for 95 %."
    )
