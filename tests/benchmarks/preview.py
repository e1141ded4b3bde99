"""How long does an editor wait for the preview of a fact, and does it grow with the bank?

Three SQLite files: the shipped bank, and two of 10,000 varied facts, with as many facts a service as in the shipped
bank and with the shipped services only. Django's test client sends the form of a fact in this process, as htmx does
while somebody types: each time with other words at the end of the statement. The whole request is measured:
middleware, session, rights, form, questions, template. The first preview of a fact is told apart from those that follow
it, since what was read of the facts beside it is known by then. Times of the processor stand beside those of the
clock: other programs on the machine spoil them least. With --save, the same facts are saved too, each in a transaction
that is rolled back.
"""

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from facts.exchange.records import Bank
from tests.benchmarks.report import machine, milliseconds, percentile, print_table, progress
from tests.benchmarks.synthetic import shipped_bank, vary
from tests.benchmarks.workplace import workplace

# Models can be imported only when the workplace has set Django up, so the functions here import what they need.

HTMX = {"HX-Request": "true"}
FIRST, NEXT, SAVE = "first preview of a fact", "further ones, while typing", "saving it"
ENDINGS = (" in each Region.", " in every account.", " by default.", " at no charge.")


@dataclass
class Case:
    """One database file, and what was measured on it."""

    name: str
    path: Path
    bank: Bank
    connection: Any = None
    client: Any = None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def use(self) -> None:
        """From here on this process works on this file."""
        from django.db import connections

        if self.connection is None:
            self.connection = connections.create_connection("default")
            self.connection.settings_dict = self.connection.settings_dict | {"NAME": str(self.path)}
        connections["default"] = self.connection

    def fill(self) -> None:
        from django.core.management import call_command
        from django.test import Client

        from facts.models import Player
        from facts.services.bank import load_bank

        self.use()
        call_command("migrate", verbosity=0)
        line = progress(f"{self.name}: making questions")
        load_bank(self.bank, files=(), replaces_all=True, progress=line, processes=2)
        line.close()
        owner = Player.objects.create_superuser("owner@example.org", display_name="An owner")
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(owner, backend="facts.backends.PlayerBackend")

    def measure(self, rng: random.Random, facts: int, saves: bool) -> None:
        from django.db import transaction

        from facts.models import Fact
        from tests.test_admin import Form, change_page

        self.use()
        line = progress(f"{self.name}: previews")
        for done, fact in enumerate(rng.sample(list(Fact.objects.order_by("pk")), facts), 1):
            page, preview = change_page(fact), change_page(fact).replace("/change/", "/preview/")
            values = Form(self.client.get(page)).values | {"why": "Tried out."}
            statements = [fact.statement.rstrip(".") + ending for ending in ENDINGS]
            for number, statement in enumerate(statements):
                typed = values | {"statement": statement}
                self._take(NEXT if number else FIRST, partial(self.client.post, preview, typed, headers=HTMX), 200)
            if saves:
                with transaction.atomic():
                    self._take(SAVE, partial(self.client.post, page, typed), 302)
                    transaction.set_rollback(True)
            line(done, facts)
        line.close()

    def _take(self, name: str, ask: Callable[[], Any], status: int) -> None:
        started, cpu = time.perf_counter(), time.process_time()
        response = ask()
        self.cpu.setdefault(name, []).append(time.process_time() - cpu)
        self.seconds.setdefault(name, []).append(time.perf_counter() - started)
        assert response.status_code == status, f"{name} of the case {self.name} gave {response.status_code}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_000, help="facts of the large banks (default: 10,000)")
    parser.add_argument("--facts", type=int, default=60, help="facts of each bank that are previewed (default: 60)")
    parser.add_argument("--save", action="store_true", help="save them too")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    shipped = shipped_bank()
    with workplace(bank=False, static=True) as folder:
        small = Case("shipped", folder / "small.sqlite3", shipped)
        cases = [
            small,
            Case("services grow too", folder / "wide.sqlite3", vary(shipped, arguments.size, new_services=True)),
            Case("shipped services only", folder / "deep.sqlite3", vary(shipped, arguments.size, new_services=False)),
        ]
        for case in cases:
            case.fill()
        for case in cases:
            case.measure(random.Random(arguments.seed), arguments.facts, arguments.save)
        rows = [
            [
                f"{name}, {case.name}",
                f"{len(case.bank.facts):,}",
                milliseconds(percentile(case.seconds[name], 50)),
                milliseconds(percentile(case.seconds[name], 95)),
                milliseconds(percentile(case.cpu[name], 50)),
                milliseconds(percentile(case.cpu[name], 95)),
                f"{percentile(case.cpu[name], 50) / percentile(small.cpu[name], 50):.1f}",
            ]
            for name in small.cpu
            for case in cases
        ]
        head = ["", "facts", "p50 ms", "p95 ms", "p50 ms of CPU", "p95 ms of CPU", "CPU, ratio to shipped"]
        print_table(f"What an editor waits for ({machine()})", head, rows)


if __name__ == "__main__":
    main()
