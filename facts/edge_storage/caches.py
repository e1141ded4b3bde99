"""What CloudFront keeps: a cache at each edge location, and one in each Region behind several of them."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

MAX_CACHED = 1000


class CacheResult(StrEnum):
    OFF = "off"  # with a TTL of 0 nothing is looked up or kept
    HIT = "hit"
    WAITED = "waited"  # for the answer to a request for the same object, which was on its way already
    MISS = "miss"
    SKIPPED = "skipped"  # dynamic requests do not go through the regional edge cache


def cache_key(path: str) -> str:
    """The cache policy leaves headers, cookies and the query string out of the key."""
    return path.partition("?")[0]


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    body: str
    since: float  # when the answer arrived; before that it can only be waited for
    until: float


class Cache:
    """Answers by cache key, bounded in number: those that were asked for longest ago leave first."""

    __slots__ = ("_answers",)

    def __init__(self) -> None:
        self._answers: OrderedDict[str, CachedAnswer] = OrderedDict()

    def find(self, key: str, at: float) -> CachedAnswer | None:
        """An answer that is fresh, or will be when it arrives."""
        found = self._answers.get(key)
        if found is None or found.until <= at:
            return None
        self._answers.move_to_end(key)
        return found

    def keep(self, key: str, answer: CachedAnswer) -> None:
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > MAX_CACHED:
            self._answers.popitem(last=False)
