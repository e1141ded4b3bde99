"""How fast are questions made, and does the time for a fact grow with the bank?

Measured is ``facts.questions.generate.generate``, in this process and without a database, from facts in memory to
the last question: once for the shipped bank, then for banks of varied facts, in one series with as many facts a
service as in the shipped bank, and in another with the shipped services only. The sizes take turns; of each the
best time counts, since noise only ever adds. With --store, the banks are also loaded into an empty SQLite file
(``services.bank.load_bank``: facts, claims and questions in one transaction), once each.
"""

import argparse
import time
from itertools import count

from facts.exchange.records import Bank
from facts.questions.content import Question
from facts.questions.generate import generate
from tests.benchmarks.report import machine, print_table, progress
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import workplace

SERIES = {"services grow too": True, "shipped services only": False}


def time_generating(bank: Bank) -> tuple[float, int]:
    """Seconds, and the number of questions."""
    facts = [record.fact for record in bank.facts]
    started = time.perf_counter()
    questions = sum(isinstance(made, Question) for made in generate(facts))
    return time.perf_counter() - started, questions


def time_loading(bank: Bank) -> tuple[float, int]:
    """Seconds to load the bank into the empty database, and the number of questions; the database is emptied again."""
    from django.core.management import call_command

    from facts.services.bank import load_bank

    started = time.perf_counter()
    loaded = load_bank(bank, files={"synthetic.toml"}, replaces_all=True)
    seconds = time.perf_counter() - started
    call_command("flush", interactive=False, verbosity=0)
    return seconds, len(loaded.remade.made)


def print_series(title: str, banks: dict[str, Bank], found: dict[str, tuple[float, int]], smallest: str) -> None:
    def seconds_a_fact(name: str) -> float:
        return found[name][0] / len(banks[name].facts)

    rows = [
        [
            name,
            f"{len(bank.facts):,}",
            len({record.fact.service.slug for record in bank.facts}),
            f"{found[name][1]:,}",
            f"{found[name][0]:.2f}",
            f"{1 / seconds_a_fact(name):,.0f}",
            f"{seconds_a_fact(name) / seconds_a_fact(smallest):.2f}",
        ]
        for name, bank in banks.items()
    ]
    head = ["Bank", "facts", "services", "questions", "seconds", "facts/s", f"time a fact : {smallest}'s"]
    print_table(title, head, rows)


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
    steps = count(1)
    line = progress("Making questions")
    for title, banks in series.items():
        found: dict[str, tuple[float, int]] = {}
        for _ in range(arguments.rounds):
            for name, bank in banks.items():
                found[name] = min(time_generating(bank), found.get(name, (float("inf"), 0)))
                line(next(steps), arguments.rounds * len(banks) * len(series))
        line.close()
        print_series(f"Making questions in memory, {title} ({machine()})", banks, found, smallest)
    if arguments.store:
        line = progress("Loading banks")
        steps = count(1)
        with workplace(bank=False):
            for title, banks in series.items():
                stored: dict[str, tuple[float, int]] = {}
                for name, bank in banks.items():
                    stored[name] = time_loading(bank)
                    line(next(steps), len(banks) * len(series))
                line.close()
                print_series(f"Loading into SQLite, {title} ({machine()})", banks, stored, smallest)


if __name__ == "__main__":
    main()
