"""Plain text to HTML and back."""

import html
from html.parser import HTMLParser

from facts.exchange.items import tidy

_ENDS_LINE = {"br", "p", "div", "li", "tr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"}
_MEDIA = {"img", "audio", "video", "object", "embed", "iframe", "svg", "math", "canvas"}
_UNSEEN = {"script", "style", "head", "template"}


def to_html(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def from_html(source: str) -> str:
    """What a reader of the HTML sees of it, as plain text."""
    return tidy("".join(_read(source).parts))


def shows_media(source: str) -> bool:
    """Does the HTML show what plain text cannot keep, such as a picture?"""
    return _read(source).has_media


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0
        self.has_media = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.has_media = self.has_media or tag in _MEDIA
        self.unseen += tag in _UNSEEN
        if tag in _ENDS_LINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in _UNSEEN))
        if tag in _ENDS_LINE - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            # A line break of the source is a space.
            lead, trail = data[:1].isspace(), data[-1:].isspace()
            self.parts.append(" " * lead + " ".join(data.split()) + " " * trail)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """What starts with ``<![`` is a comment for browsers; some versions of Python raise an error instead."""
        return self.parse_bogus_comment(i)


def _read(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader
