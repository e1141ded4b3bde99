"""Does the choice of questions teach, and do ratings and readiness tell what a player knows?

    python -m tests.benchmarks.learning [--learners N] [--rated N] [--seed N] [--only recall|ratings]

Simulated learners answer questions of the shipped bank. recall.py compares what they recall on the exam day under
several policies, ours being the very functions that the app calls; ratings.py compares what the app says about them
with what they really know, and draws docs/calibration.svg. learners.py tells how they learn and forget. Same arguments,
same figures. Some six minutes on two cores.
"""

import argparse

from tests.benchmarks import recall
from tests.benchmarks.report import machine, print_table, progress


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--learners", type=int, default=200, help="how many are simulated")
    parser.add_argument("--days", type=int, default=30, help="until the exam")
    parser.add_argument("--length", type=int, default=40, help="questions a day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rated", type=int, default=2000, help="in each cohort whose ratings are checked")
    parser.add_argument("--only", choices=["recall", "ratings"])
    options = parser.parse_args()
    print(f"{options.learners} learners, {options.days} days, {machine()}")
    if options.only != "ratings":
        line = progress("Recall")
        tables = recall.measure(options.learners, options.seed, line, days=options.days, length=options.length)
        line.close()
        for table in tables:
            print_table(*table)
    if options.only != "recall":
        from tests.benchmarks import ratings

        line = progress("Ratings")
        tables = ratings.measure(options.rated, ratings.FINAL_SEED, line, ratings.PLOT)
        line.close()
        for table in tables:
            print_table(*table)


if __name__ == "__main__":
    main()
