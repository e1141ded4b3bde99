"""What benchmarks print: a Markdown table on standard output, a progress line on a terminal."""

import os
import platform
import sys
from collections.abc import Sequence
from statistics import quantiles

from django.core.management.base import OutputWrapper

from facts.management.progress import ProgressLine


def progress(label: str) -> ProgressLine:
    return ProgressLine(OutputWrapper(sys.stderr), label)


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """The first column stands left, the others right. Floats should come as text, rounded as they deserve."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    rule = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    print(f"\n{title}\n")
    for row in (cells[0], rule, *cells[1:]):
        padded = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(f"| {' | '.join(padded)} |")
    sys.stdout.flush()


def machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores"


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.2f}"


def percentile(values: Sequence[float], percent: int) -> float:
    """As a share of the values is at or below it; needs two values or more."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
