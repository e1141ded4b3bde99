"""How many bytes does a visitor load?

Examprep runs as ``manage.py serve`` runs it, with the shipped bank and collected static files. A guest opens the home
page with an empty cache and everything that page loads (stylesheets, scripts, icons, and what stylesheets refer to),
then plays quizzes and looks at the other pages, with what was loaded before in the cache: a file counts again only if
its Cache-Control does not let a browser keep it. Counted are the bytes as they came over the wire to a browser that
accepts gzip, with and without the response headers. Cookies and request headers are not counted.
"""

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.benchmarks.client import Browser, Reply, exchange
from tests.benchmarks.report import print_table, progress
from tests.benchmarks.sitting import Sitting
from tests.benchmarks.workplace import serving, workplace

_LINKS = {"stylesheet", "icon", "manifest", "preload", "modulepreload", "apple-touch-icon"}
_IN_CSS = re.compile(r"""(?:url\(|@import\s+)\s*["']?(?!data:)([^"')]+)""")
_KEPT = re.compile(r"max-age=[1-9]")

QUIZ_LENGTHS = (10, 75)
GOALS = "first page 80 KB, later pages 10 KB, an answer over htmx 3 KB"


class Assets(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and _LINKS & set((values.get("rel") or "").split()):
            self.found.append(values.get("href") or "")
        elif tag in ("script", "img", "source", "video", "audio", "iframe"):
            self.found.append(values.get("src") or "")


@dataclass
class Weigher:
    """A browser's cache, and the weights of what was loaded so far."""

    browser: Browser
    cache: set[str] = field(default_factory=set)
    rows: list[list[object]] = field(default_factory=list)

    def weigh(self, name: str, reply: Reply, *, lists_files: bool = False) -> None:
        """Add a row for a response with what it makes the browser load; rows for the files too, if wanted."""
        loaded = list(self._load_assets(reply))
        if lists_files:
            self._add(f"{name}: the page", [reply])
            for path, asset in loaded:
                self._add(path.rpartition("/")[2], [asset])
            name = f"**{name}: all of it**"
        self._add(name, [reply, *(asset for _, asset in loaded)])

    def _add(self, name: str, replies: list[Reply]) -> None:
        bodies = sum(len(reply.body) for reply in replies)
        on_the_wire = sum(len(reply.raw) for reply in replies)
        unpacked = sum(len(reply.text.encode()) for reply in replies)
        self.rows.append([name, len(replies), f"{unpacked:,}", f"{bodies:,}", f"{on_the_wire:,}"])

    def _load_assets(self, reply: Reply) -> Iterator[tuple[str, Reply]]:
        base = self.browser.path
        todo = [(base, path) for path in Assets(reply.text).found]
        seen: set[str] = set()
        while todo:
            base, path = todo.pop(0)
            path = urljoin(base, path)
            if not path or urlsplit(path).scheme or path in self.cache | seen:
                continue  # nothing, data: or another site, or there already
            seen.add(path)
            [asset] = exchange(self.browser.port, [self.browser.request("GET", path)]).replies
            assert asset.status == 200, f"{path}: status {asset.status}"
            if any(map(_KEPT.search, asset.headers("cache-control"))):
                self.cache.add(path)
            yield path, asset
            if asset.headers("content-type")[0].startswith("text/css"):
                todo += [(path, found) for found in _IN_CSS.findall(asset.text)]


def weigh_quiz(weigher: Weigher, length: int) -> None:
    """Play a quiz over htmx; of its answers and questions the heaviest counts."""
    browser = weigher.browser
    sitting = Sitting(browser, random.Random(length))
    name = f"Quiz of {length}"
    weigher.weigh(f"{name}: first question, whole page", sitting.start(length))
    answers: list[Reply] = []
    questions: list[Reply] = []
    line = progress(name)
    for position in range(1, length + 1):
        line(position, length)
        answers += exchange(browser.port, [sitting.answer()]).replies
        sitting.see_answer(answers[-1])
        if position < length:
            questions += exchange(browser.port, [sitting.go_on()]).replies
            sitting.see_question(questions[-1])
    line.close()
    for kind, replies in (("answer", answers), ("next question", questions)):
        weigher.weigh(f"{name}: {kind} over htmx, heaviest", max(replies, key=lambda reply: len(reply.raw)))
    weigher.weigh(f"{name}: result", sitting.see_result())


def weigh_visit(port: int) -> list[list[object]]:
    browser = Browser(port)
    weigher = Weigher(browser)
    weigher.weigh("First page", browser.open("/"), lists_files=True)
    for length in QUIZ_LENGTHS:
        weigh_quiz(weigher, length)
    facts = browser.open("/facts/")
    fact = re.search(r'href="(/facts/[^"/?]+/)"', facts.text)
    assert fact
    for name, path in (
        ("Home", "/"),
        ("Facts", "/facts/"),
        ("One fact", fact[1]),
        ("History", "/history/"),
        ("Leaderboard", "/leaderboard/"),
        ("Sign in", "/accounts/login/"),
        ("Sign up", "/accounts/signup/"),
    ):
        weigher.weigh(name, browser.open(path))
    return weigher.rows


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with workplace(static=True) as _, serving() as port:
        rows = weigh_visit(port)
    head = ["Loaded", "responses", "unpacked bytes", "gzipped", "with headers"]
    print_table(f"Bytes over the wire (goals: {GOALS})", head, rows)


if __name__ == "__main__":
    main()
