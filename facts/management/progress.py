"""A progress line for a terminal."""

import time
from typing import Any


class ProgressLine:
    """Call it with (done, total): on a terminal it keeps one line up to date, elsewhere it is silent.

    With the name of a part of the work as a third, that part has a line of its own.
    """

    def __init__(self, stream: Any, label: str) -> None:
        self.stream = stream
        self.label = label
        self.part = label
        self.shown = 0.0
        self.is_terminal = stream.isatty()

    def __call__(self, done: int, total: int, part: str = "") -> None:
        if (part or self.label) != self.part:
            self.close()
            self.part = part or self.label
        now = time.monotonic()
        if not self.is_terminal or (done < total and now - self.shown < 0.1):
            return
        self.shown = now
        width = 30
        filled = width * done // max(total, 1)
        bar = "#" * filled + "." * (width - filled)
        self.stream.write(f"\r{self.part} [{bar}] {done}/{total}", ending="")
        self.stream.flush()

    def close(self) -> None:
        """End the line, so that what is printed next stands below it."""
        if self.shown:
            self.stream.write("")
            self.shown = 0.0
