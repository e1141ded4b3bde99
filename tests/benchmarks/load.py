"""How long does it take to load a large bank with all its questions, and how much memory?

``manage.py load_facts`` reads a folder of varied facts (services grow with them) into an empty SQLite file, and
then reads it again with nothing changed. Each load is a process of its own, and what it took is what the system says
of it when it has ended: the clock, the processor's time of it and of what it started, and the most memory that one of
these processes held.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.report import machine, print_table
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import ROOT, workplace


def load(path: Path) -> list[str]:
    """Run the command in a process of its own; what it took."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "manage.py", "load_facts", str(path)], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"load_facts ended with {process.returncode}.")
    return [f"{seconds:.1f}", f"{used.ru_utime:.1f}", f"{used.ru_stime:.1f}", f"{used.ru_maxrss / 1024:.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=int, nargs="?", default=10_000, help="how many (default: 10,000)")
    size = parser.parse_args().facts
    with workplace(bank=False) as folder:
        from facts.exchange.dump import dump_bank
        from facts.models import Question

        bank = vary(shipped_bank(), size, new_services=True)
        path = folder / "bank"
        path.mkdir()
        for name, content in dump_bank(bank.services, bank.facts).items():
            (path / name).write_bytes(content)
        rows = []
        for name in ("first", "again, nothing changed"):
            before = os.getloadavg()[0]
            rows.append([name, *load(path), f"{Question.objects.count():,}", f"{before:.1f}"])
    head = ["Load", "seconds", "of CPU", "of the system's", "peak MB", "questions", "load average before"]
    print_table(f"load_facts of {size:,} facts ({machine()})", head, rows)


if __name__ == "__main__":
    main()
