"""An HTTP client of few instructions, so that on a small machine the server is measured and not the client.

One thread drives all connections; every request is put together before the first is sent, and every reply is taken
apart after the last has come.
"""

import gc
import gzip
import re
import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import urlencode

from tests.benchmarks.workplace import HOST

_LIMIT_SECONDS = 120  # for one exchange of many requests
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Reply:
    """A response as it came over the wire, and the seconds from sending the request to its last byte."""

    raw: bytes
    seconds: float

    @cached_property
    def _parts(self) -> tuple[bytes, bytes]:
        head, _, body = self.raw.partition(b"\r\n\r\n")
        return head, body

    @property
    def status(self) -> int:
        return int(self.raw[9:12])

    @property
    def body(self) -> bytes:
        return self._parts[1]

    def headers(self, name: str) -> list[str]:
        lines = self._parts[0].decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(": ") for line in lines)
        return [value.strip() for key, _, value in pairs if key.lower() == name]

    @cached_property
    def text(self) -> str:
        is_packed = self.headers("content-encoding") == ["gzip"]
        return (gzip.decompress(self.body) if is_packed else self.body).decode()


@dataclass(frozen=True)
class Exchange:
    replies: list[Reply]  # in the order of the requests
    seconds: float  # from the first request to the last reply


def exchange(port: int, requests: Sequence[bytes], connections: int = 1) -> Exchange:
    """Send every request once, on so many fresh connections that are kept alive and are all kept busy."""
    replies: list[Reply | None] = [None] * len(requests)
    todo = iter(enumerate(requests))
    deadline = time.perf_counter() + _LIMIT_SECONDS
    selector = selectors.DefaultSelector()
    sockets = [socket.create_connection((HOST, port), timeout=_LIMIT_SECONDS) for _ in range(connections)]
    running: dict[socket.socket, tuple[int, float, bytearray]] = {}

    def send_next(connection: socket.socket) -> None:
        index, request = next(todo, (-1, b""))
        if index < 0:
            running.pop(connection, None)
            return
        running[connection] = index, time.perf_counter(), bytearray()
        connection.sendall(request)

    for connection in sockets:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
    gc.disable()  # a collection here would count as time of the server
    started = time.perf_counter()
    try:
        for connection in sockets:
            send_next(connection)
        while running:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{len(running)} requests were not answered in {_LIMIT_SECONDS} s.")
            for key, _ in selector.select(timeout=1):
                connection = key.fileobj
                chunk = connection.recv(65536)
                if not chunk:
                    raise ConnectionError("The server closed a connection.")
                index, sent, received = running[connection]
                received += chunk
                if _is_whole(received):
                    replies[index] = Reply(bytes(received), time.perf_counter() - sent)
                    send_next(connection)
        seconds = time.perf_counter() - started
    finally:
        gc.enable()
        selector.close()
        for connection in sockets:
            connection.close()
    return Exchange([reply for reply in replies if reply], seconds)


def _is_whole(received: bytearray) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(received, 0, end)
    if not length:
        raise ValueError(f"A response without Content-Length: {bytes(received[:end])!r}")
    return len(received) >= end + 4 + int(length[1])


@dataclass
class Browser:
    """One person's browser: keeps cookies and the page's CSRF token, and sends what Chromium and htmx 4 send."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    path: str = "/"  # of the page that is open

    def request(
        self, method: str, path: str, data: Mapping[str, str | list[str]] | None = None, *, htmx: str = ""
    ) -> bytes:
        """The bytes to send. ``data`` goes with the CSRF token; ``htmx`` is the source of a request by htmx."""
        origin = f"http://{HOST}:{self.port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Accept-Encoding: gzip",
            "Accept-Language: en-GB,en;q=0.9",
            f"Referer: {origin}{self.path}",
            "Sec-Fetch-Site: same-origin",
        ]
        if htmx:
            lines += ["Accept: text/html", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"]
            lines += ["HX-Request: true", "HX-Request-Type: partial", "HX-Target: section#question"]
            lines += [f"HX-Source: {htmx}", f"HX-Current-URL: {origin}{self.path}"]
        else:
            lines += ["Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode: navigate"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        body = b""
        if data is not None:
            body = urlencode({"csrfmiddlewaretoken": self.token, **data}, doseq=True).encode()
            lines += [f"Origin: {origin}", "Content-Type: application/x-www-form-urlencoded"]
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def keep(self, reply: Reply) -> None:
        """Take cookies and CSRF token from a reply."""
        for cookie in reply.headers("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if reply.headers("content-type")[:1] == ["text/html; charset=utf-8"] and (found := _TOKEN.search(reply.text)):
            self.token = unescape(found[1])

    def open(self, path: str, data: Mapping[str, str | list[str]] | None = None) -> Reply:
        """Open a page, or send a form, and follow where it leads."""
        method = "GET" if data is None else "POST"
        for _ in range(5):
            [reply] = exchange(self.port, [self.request(method, path, data)]).replies
            self.keep(reply)
            if reply.status not in (301, 302, 303):
                self.path = path
                return reply
            method, path, data = "GET", reply.headers("location")[0], None
        raise RuntimeError(f"Too many redirects, the last to {path}.")
