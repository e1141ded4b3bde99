"""How fast are questions made, and does the time for a fact grow with the bank?

Measured is ``facts.questions.generate.generate``, in this process and without a database, from facts in memory to
the last question: once for the shipped bank, then for banks of varied facts, in one series with as many facts a
service as in the shipped bank, and in another with the shipped services only. The sizes take turns; of each the
quickest round counts, since noise only ever adds. Times by fact are of the processor's time, which other programs on
the machine spoil least. With --store, the banks are also loaded into an empty SQLite file (``services.bank.load_bank``:
facts, claims and questions in one transaction), once each.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

from facts.exchange.records import Bank
from facts.questions.content import Question
from facts.questions.generate import generate
from tests.benchmarks.report import machine, print_table, progress
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import workplace

SERIES = {"services grow too": True, "shipped services only": False}


@dataclass(frozen=True, order=True)
class Time:
    cpu: float
    seconds: float
    questions: int


def take_time(make_questions: Callable[[], int]) -> Time:
    """``make_questions`` returns how many it made."""
    started, cpu = time.perf_counter(), time.process_time()
    questions = make_questions()
    return Time(time.process_time() - cpu, time.perf_counter() - started, questions)


def time_generating(bank: Bank) -> Time:
    facts = [record.fact for record in bank.facts]
    return take_time(lambda: sum(isinstance(made, Question) for made in generate(facts)))


def time_loading(bank: Bank) -> Time:
    """Load the bank into the empty database, and empty it again."""
    from django.core.management import call_command

    from facts.services.bank import load_bank

    taken = take_time(lambda: len(load_bank(bank, files=(), replaces_all=True).remade.made))
    call_command("flush", interactive=False, verbosity=0)
    return taken


def print_series(title: str, banks: dict[str, Bank], taken: dict[str, Time], smallest: str) -> None:
    def cpu_a_fact(name: str) -> float:
        return taken[name].cpu / len(banks[name].facts)

    rows = [
        [
            name,
            f"{len(bank.facts):,}",
            len({record.fact.service.slug for record in bank.facts}),
            f"{taken[name].questions:,}",
            f"{taken[name].seconds:.2f}",
            f"{taken[name].cpu:.2f}",
            f"{1 / cpu_a_fact(name):,.0f}",
            f"{cpu_a_fact(name) / cpu_a_fact(smallest):.2f}",
        ]
        for name, bank in banks.items()
    ]
    head = ["Bank", "facts", "services", "questions", "seconds", "of CPU", "facts/s", f"time a fact : {smallest}'s"]
    print_table(f"{title} ({machine()})", head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 3000, 10_000], help="of the varied banks")
    parser.add_argument("--rounds", type=int, default=3, help="how often each bank is measured (default: 3)")
    parser.add_argument("--store", action="store_true", help="also load the banks into a database")
    arguments = parser.parse_args()
    shipped = shipped_bank()
    sizes = sorted(arguments.sizes)
    series = {
        title: {"shipped": shipped} | {f"{size:,}": vary(shipped, size, new_services=new_services) for size in sizes}
        for title, new_services in SERIES.items()
    }
    smallest = f"{sizes[0]:,}"
    for title, banks in series.items():
        taken: dict[str, Time] = {}
        turns = list(banks.items()) * arguments.rounds
        line = progress(f"Making questions, {title}")
        for done, (name, bank) in enumerate(turns, 1):
            now = time_generating(bank)
            taken[name] = min(now, taken.get(name, now))
            line(done, len(turns))
        line.close()
        print_series(f"Making questions in memory, {title}", banks, taken, smallest)
    if not arguments.store:
        return
    with workplace(bank=False):
        for title, banks in series.items():
            stored: dict[str, Time] = {}
            line = progress(f"Loading, {title}")
            for done, (name, bank) in enumerate(banks.items(), 1):
                stored[name] = time_loading(bank)
                line(done, len(banks))
            line.close()
            print_series(f"Loading into SQLite, {title}", banks, stored, smallest)


if __name__ == "__main__":
    main()
