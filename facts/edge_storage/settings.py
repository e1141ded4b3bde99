"""What can be set in the lab, and what is said to people who set something that cannot be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import translate
from typing import Any

LARGEST_SEED = 2**63
LONGEST_TTL = 365 * 24 * 60 * 60
LARGEST_BURST = 1000
LONGEST_WAIT = 7 * 24 * 60 * 60
MOST_SESSIONS = 1_000_000
FAULTS = ("", "edge", "target")
PATH = re.compile(r"/[\w.~/%-]{0,199}(\?[\w.~/%=&+-]{0,199})?", re.ASCII)
SESSION = re.compile(r"[\w-]{0,64}", re.ASCII)
PATTERN = re.compile(r"[\w.~/%*?-]{1,200}", re.ASCII)


class LabError(ValueError):
    """Something that the lab does not do; the message is a sentence for the person who asked for it."""


def show(value: Any) -> str:
    """A value as it can stand in a message: readable and short, whatever was sent."""
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a number that large"
    text = f"{value:,}" if is_number(value) else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_number(value: Any, low: float, high: float, rule: str, *, whole: bool = False) -> None:
    """Refuse anything but a number between the bounds; the rule starts the message ("A burst has 1 to 9 requests")."""
    if not is_number(value) or (whole and not isinstance(value, int)) or not low <= value <= high:
        raise LabError(f"{rule}, not {show(value)}.")


def check_seed(seed: Any) -> None:
    check_number(seed, 0, LARGEST_SEED, "A seed is a whole number from 0 to 2⁶³", whole=True)


def check_ttl(ttl: Any) -> None:
    check_number(ttl, 0, LONGEST_TTL, "A TTL is a whole number of seconds from 0 to 31,536,000, a year", whole=True)


def check_count(count: Any) -> None:
    check_number(count, 1, LARGEST_BURST, f"A burst has from 1 to {LARGEST_BURST:,} requests", whole=True)


def check_wait(seconds: Any) -> None:
    rule = "Time passes by more than 0 seconds and by at most 604,800, a week, at once"
    check_number(seconds, 0, LONGEST_WAIT, rule)
    if seconds == 0:
        raise LabError(f"{rule}, not 0.")


def check_session(session: Any) -> None:
    if not isinstance(session, str) or not SESSION.fullmatch(session):
        raise LabError(f"A session is named with up to 64 letters, digits, _ and -, not {show(session)}.")


def check_path(path: Any) -> None:
    if not isinstance(path, str) or not PATH.fullmatch(path):
        raise LabError(f"A path starts with / and has up to 200 characters as they stand in a URL, not {show(path)}.")


def check_sessions(sessions: Any) -> None:
    check_number(sessions, 0, MOST_SESSIONS, "There are from 0 to 1,000,000 sessions", whole=True)


def check_fault(fault: Any) -> None:
    if fault not in FAULTS:
        raise LabError(f"An event can be spoilt for the function at the edge or for the target, not for {show(fault)}.")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A cache behaviour of the distribution: which paths it is for, how long their answers are kept, what runs."""

    pattern: str  # as in CloudFront: * stands for any characters or none, ? for one
    ttl: int = 0
    runs_function: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.pattern, str) or not PATTERN.fullmatch(self.pattern):
            raise LabError(f"A path pattern is made of URL characters, * and ?, not {show(self.pattern)}.")
        check_ttl(self.ttl)
        check_flag("runs_function", self.runs_function)

    def matcher(self) -> re.Pattern[str]:
        """CloudFront takes the / at the start of a pattern as optional."""
        return re.compile(translate(self.pattern if self.pattern.startswith(("/", "*")) else f"/{self.pattern}"))


@dataclass(frozen=True, slots=True)
class LabSettings:
    """How the lab's distribution and functions are set up, and what is assumed of the world around them.

    Spans are the bounds between which a value is drawn anew for each environment. AWS promises none of them: they
    follow what people have observed, and an environment may live longer or shorter than any of them.
    """

    ttl: int = 0  # seconds, of the default behaviour
    behaviours: tuple[Behaviour, ...] = ()  # asked in this order, before the default behaviour
    forwards_cookies: bool = True  # by the origin request policy: then the function sees sessions
    multi_value_headers: bool = False  # of the load balancer's target group
    memory_mb: int = 128  # of the function at the edge
    concurrency_limit: int = 1000  # of the function in a Region
    region_table_ms: float = 95.0  # what it takes to ask a table in the Region instead of reusing a value
    cold_start_ms: tuple[float, float] = (120.0, 400.0)
    idle_seconds: tuple[float, float] = (300.0, 900.0)  # without a request, after which an environment is gone
    age_seconds: tuple[float, float] = (7200.0, 21600.0)  # after which it is gone in any case

    def __post_init__(self) -> None:
        check_ttl(self.ttl)
        if not isinstance(self.behaviours, tuple) or not all(isinstance(one, Behaviour) for one in self.behaviours):
            raise LabError(f"The behaviours are a list of behaviours, not {show(self.behaviours)}.")
        if len(self.behaviours) > 20:
            raise LabError(f"The lab's distribution takes up to 20 behaviours, not {len(self.behaviours)}.")
        check_flag("forwards_cookies", self.forwards_cookies)
        check_flag("multi_value_headers", self.multi_value_headers)
        check_number(self.memory_mb, 128, 10_240, "A function has from 128 to 10,240 MB of memory", whole=True)
        check_number(self.concurrency_limit, 1, 1000, "The lab runs 1 to 1,000 requests at a time", whole=True)
        check_number(self.region_table_ms, 0, 60_000, "Asking a table takes from 0 to 60,000 milliseconds")
        check_span(self.cold_start_ms, 1, 10_000, "A cold start takes from 1 to 10,000 milliseconds")
        check_span(self.idle_seconds, 1, LONGEST_WAIT, "An environment stays idle from 1 to 604,800 seconds")
        check_span(self.age_seconds, 1, LONGEST_WAIT, "An environment lives from 1 to 604,800 seconds")


def check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise LabError(f"{name} is true or false, not {show(value)}.")


def check_span(span: Any, low: float, high: float, rule: str) -> None:
    if not isinstance(span, tuple) or len(span) != 2:
        raise LabError(f"{rule}: it needs a lower and an upper bound, not {show(span)}.")
    for bound in span:
        check_number(bound, low, high, rule)
    if span[0] > span[1]:
        raise LabError(f"{rule}: the lower bound {show(span[0])} is above the upper bound {show(span[1])}.")


def read_settings(values: Mapping[str, Any]) -> LabSettings:
    """Settings from JSON, as ``dataclasses.asdict`` makes them; what is left out keeps its default."""
    if not isinstance(values, Mapping):
        raise LabError(f"The settings are a record, not {show(values)}.")
    unknown = values.keys() - {field.name for field in fields(LabSettings)}
    if unknown:
        raise LabError(f"The lab has no setting {show(min(unknown, key=str))}.")
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if "behaviours" in read:
        read["behaviours"] = read_behaviours(read["behaviours"])
    return LabSettings(**read)


def read_behaviours(values: Any) -> tuple[Behaviour, ...]:
    known = {field.name for field in fields(Behaviour)}
    if not isinstance(values, tuple) or not all(
        isinstance(value, Mapping) and "pattern" in value and value.keys() <= known for value in values
    ):
        raise LabError("Each behaviour has a pattern, and may have a ttl and runs_function.")
    return tuple(Behaviour(**value) for value in values)
