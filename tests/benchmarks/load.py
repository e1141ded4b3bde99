"""How long does it take to load a large bank with all its questions, and how much memory?

``manage.py load_facts`` reads a folder of varied facts (services grow with them) into an empty SQLite file, and
then reads it again with nothing changed. Each load is a process of its own, which starts others. What it took is what
the system says of it when it has ended: the clock, the processor's time of it and of those, and the most memory that
one of them held. What all of them hold together is looked at ten times a second; where Linux does not tell, it is 0.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.report import machine, print_table
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import ROOT, workplace


def load(path: Path, options: list[str]) -> list[str]:
    """Run the command in a process of its own; what it took."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "manage.py", "load_facts", str(path), *options], cwd=ROOT)
    most, pid = 0, 0
    while not pid:
        most = max(most, memory_of(process.pid))
        time.sleep(0.1)
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"load_facts ended with {process.returncode}.")
    times = [seconds, used.ru_utime, used.ru_stime]
    return [*(f"{took:.1f}" for took in times), f"{used.ru_maxrss / 1024:.0f}", f"{most / 1024:.0f}"]


def memory_of(pid: int) -> int:
    """What a process and those that it started hold, in KB; what several share counts once."""
    try:
        found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        return 0
    return (int(found[1]) if found else 0) + sum(memory_of(int(child)) for child in started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=int, nargs="?", default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--processes", type=int, help="as of load_facts (default: what that takes)")
    arguments = parser.parse_args()
    size = arguments.facts
    options = [f"--processes={arguments.processes}"] if arguments.processes else []
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
            rows.append([name, *load(path, options), f"{Question.objects.count():,}", f"{before:.1f}"])
    head = ["Load", "seconds", "of CPU", "of the system's", "peak MB", "of all", "questions", "load average"]
    print_table(f"load_facts of {size:,} facts ({machine()})", head, rows)


if __name__ == "__main__":
    main()
