"""A guest who plays one quiz in a browser."""

import random
import re
from dataclasses import dataclass, field

from tests.benchmarks.client import Browser, Reply

_CHOICE = re.compile(r'<input type="(radio|checkbox)" name="choice" value="(\d+)"')
_NEXT = re.compile(r'id="next" href="([^"]+)"')
_VERDICT = re.compile(r'class="verdict-line (is-right|is-wrong)"')


@dataclass(frozen=True)
class Given:
    """An answer as the player saw it confirmed."""

    chosen: list[int]
    is_right: bool


@dataclass
class Sitting:
    """Answers are drawn at random. What the server confirmed is in ``given``, by the path of the question."""

    browser: Browser
    rng: random.Random
    given: dict[str, Given] = field(default_factory=dict)
    chosen: list[int] = field(default_factory=list)
    next_path: str = ""

    def start(self, length: int) -> Reply:
        """Open the home page and start a quiz about everything; its first question is then open."""
        self.browser.open("/")
        reply = self.browser.open("/quiz/", {"all_kinds": "1", "length": str(length)})
        self._read_question(reply)
        return reply

    def answer(self) -> bytes:
        """The request that sends the form of the open question."""
        path = self.browser.path
        return self.browser.request("POST", path, {"choice": list(map(str, self.chosen))}, htmx="form")

    def see_answer(self, reply: Reply) -> None:
        verdict, following = _VERDICT.search(reply.text), _NEXT.search(reply.text)
        if reply.status != 200 or not verdict or not following:
            raise RuntimeError(f"No answer was confirmed at {self.browser.path} (status {reply.status}).")
        self.given[self.browser.path] = Given(self.chosen, verdict[1] == "is-right")
        self.next_path = following[1]

    def go_on(self) -> bytes:
        """The request that shows the next question."""
        return self.browser.request("GET", self.next_path, htmx="a#next")

    def see_question(self, reply: Reply) -> None:
        self.browser.keep(reply)
        self.browser.path = self.next_path
        self._read_question(reply)

    def see_result(self) -> Reply:
        return self.browser.open(self.next_path)

    def _read_question(self, reply: Reply) -> None:
        choices = _CHOICE.findall(reply.text)
        if reply.status != 200 or not choices:
            raise RuntimeError(f"No question was shown at {self.browser.path} (status {reply.status}).")
        count = 2 if choices[0][0] == "checkbox" else 1
        self.chosen = sorted(int(value) for _, value in self.rng.sample(choices, count))
