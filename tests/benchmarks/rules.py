"""How fast are plain facts read and turned into questions, and does the time for a fact grow with the bank?

Measured on the shipped statements as plain facts: without what editors wrote to them, varied by names to any number,
with as many facts a service as in the shipped bank. Reading is ``questions.derive.derive`` (the gate, the verb, all
transformations, the look-ups in what is known to be true); one fact is ``Generator.questions_about`` in a bank that is
indexed once, as for a preview. Of the largest banks a sample of facts is taken. Times are of the processor.
"""

import argparse
import random
import resource
import time
from dataclasses import replace

from facts.questions.content import Fact, Service
from facts.questions.derive import derive
from facts.questions.generate import Generator
from facts.questions.truths import Truths
from tests.benchmarks.report import machine, print_table, progress
from tests.benchmarks.synthetic import shipped_bank

SAMPLE = 1000


def plain_facts(count: int) -> list[Fact]:
    """``count`` facts with statement and services only, no two of them alike."""
    shipped = [record.fact for record in shipped_bank().facts]
    facts = []
    for number in range(count):
        fact, turn = shipped[number % len(shipped)], number // len(shipped)
        services = tuple(
            Service(f"{one.slug}-{turn}", f"{one.name} {turn}", f"{one.family} {turn // 20}") for one in fact.services
        )
        statement = fact.statement
        if turn:
            statement = statement.replace("Amazon ", f"Amazon{turn} ").replace("AWS ", f"AWS{turn} ")
            statement = statement if statement != fact.statement else f"On platform {turn}, {statement}"
        facts.append(Fact(f"{fact.id}-{turn}", statement[:300], services))
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    arguments = parser.parse_args()
    rows = []
    first: tuple[float, float] | None = None
    for size in sorted(arguments.sizes):
        facts = plain_facts(size)
        started = time.process_time()
        truths = Truths(facts)
        indexing = time.process_time() - started
        started = time.process_time()
        maker = Generator(facts, truths=truths)
        rings = time.process_time() - started
        sample = random.Random(1).sample(facts, min(SAMPLE, size))
        line = progress(f"{size:,} facts")
        reading = 0.0
        for done, fact in enumerate(sample, 1):
            fresh = replace(fact, explanation=f"{done}")
            started = time.process_time()
            derive(fresh, truths)
            reading += time.process_time() - started
            line(done, 2 * len(sample))
        slowest = making = 0.0
        for done, fact in enumerate(sample, 1):
            started = time.process_time()
            maker.questions_about(fact.id)
            taken = time.process_time() - started
            making, slowest = making + taken, max(slowest, taken)
            line(len(sample) + done, 2 * len(sample))
        line.close()
        a_fact = reading / len(sample), making / len(sample)
        first = first or a_fact
        rows.append(
            [
                f"{size:,}",
                f"{1 / a_fact[0]:,.0f}",
                f"{a_fact[0] / first[0]:.2f}",
                f"{1000 * a_fact[1]:.1f}",
                f"{1000 * slowest:.1f}",
                f"{a_fact[1] / first[1]:.2f}",
                f"{1e6 * (indexing + rings) / size:.0f}",
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}",
            ]
        )
    head = [
        *("facts", "read and transformed: facts/s", "ratio", "all questions of one: ms", "slowest ms", "ratio"),
        *("index: µs a fact", "memory so far: MB"),
    ]
    print_table(f"Plain facts ({machine()})", head, rows)


if __name__ == "__main__":
    main()
