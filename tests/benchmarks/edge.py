"""How many requests a second does the simulated edge take?

Measured is ``facts.edge_storage.lab.Lab``, in this process: requests one after the other through both functions, the
same with a session cookie, answers from the cache, and bursts that find all their environments warm or open them
first. Each is measured in many short rounds; the best shows what the code takes, the median what this machine gave.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

from facts.edge_storage.lab import Lab
from facts.edge_storage.settings import LabSettings
from tests.benchmarks.report import machine, print_table, progress

BURST = 100


def send_one_by_one(lab: Lab, count: int) -> None:
    for _ in range(count):
        lab.send()


def send_with_session(lab: Lab, count: int) -> None:
    for _ in range(count):
        lab.send(session="alice")


def send_with_many_sessions(lab: Lab, count: int) -> None:
    for number in range(count):
        lab.send(session=f"s{number}")


def send_bursts(lab: Lab, count: int) -> None:
    for _ in range(count // BURST):
        lab.burst(BURST)


def send_cold_bursts(lab: Lab, count: int) -> None:
    for _ in range(count // BURST):
        lab.deploy()
        lab.burst(BURST)


CASES: dict[str, tuple[Callable[[Lab, int], None], LabSettings]] = {
    "one by one, TTL 0": (send_one_by_one, LabSettings()),
    "one by one, one session": (send_with_session, LabSettings()),
    "one by one, many sessions": (send_with_many_sessions, LabSettings()),
    "one by one, multi-value headers": (send_one_by_one, LabSettings(multi_value_headers=True)),
    "one by one, from the cache": (send_one_by_one, LabSettings(ttl=31_536_000)),
    f"bursts of {BURST}, warm": (send_bursts, LabSettings()),
    f"bursts of {BURST}, cold": (send_cold_bursts, LabSettings()),
}


def measure(send: Callable[[Lab, int], None], settings: LabSettings, count: int) -> float:
    """Requests a second, in a lab whose first environments are open."""
    lab = Lab(7, settings)
    send(lab, BURST)
    started = time.perf_counter()
    send(lab, count)
    return count / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000, help="in one round (default: 2000)")
    parser.add_argument("--rounds", type=int, default=50, help="how often each case is measured (default: 50)")
    arguments = parser.parse_args()
    found: dict[str, list[float]] = {name: [] for name in CASES}
    line = progress("Sending requests")
    for number in range(arguments.rounds):
        for name, (send, settings) in CASES.items():
            found[name].append(measure(send, settings, arguments.requests))
        line(number + 1, arguments.rounds)
    line.close()
    rows = [[name, f"{max(rates):,.0f}", f"{median(rates):,.0f}"] for name, rates in found.items()]
    print_table(f"Simulated requests a second ({machine()})", ["Case", "best", "median"], rows)


if __name__ == "__main__":
    main()
