"""Execution environments: each runs its own instance of a function's file, with its own globals, on a virtual clock."""

import builtins
from collections.abc import Callable, Iterator
from importlib.abc import InspectLoader
from importlib.util import find_spec
from random import Random
from types import CodeType, ModuleType
from typing import Any

from facts.edge_storage.settings import LabSettings

# Every lab starts at this time: 9 in the morning of 5 January 2026, UTC.
EPOCH = 1_767_603_600
MEGABYTE = 1024 * 1024
# What Python and the imported modules take of a function's memory before it keeps anything.
BASE_MEMORY_MB = 45


class MemoryExceeded(Exception):
    """The environment is gone, as Lambda ends one that takes more memory than its function has."""


def load_code(function: str) -> CodeType:
    """The file of a function, compiled; nothing in it is run."""
    name = f"facts.edge_storage.functions.{function}"
    spec = find_spec(name)
    if spec is None or not isinstance(spec.loader, InspectLoader):
        raise ModuleNotFoundError(name)
    code = spec.loader.get_code(name)
    if code is None:
        raise ModuleNotFoundError(name)
    return code


class World:
    """What functions see of the outside: a clock that only the lab moves, and a log.

    It takes the place of ``time``, ``print`` and ``__import__`` in the functions' modules, so that their files run
    here as they run at AWS.
    """

    __slots__ = ("builtins", "now", "printed")

    def __init__(self) -> None:
        self.now = 0.0  # seconds since the lab's start
        self.printed: list[str] = []
        clock = ModuleType("time")
        clock.time = lambda: EPOCH + self.now  # type: ignore[attr-defined]
        clock.time_ns = lambda: round((EPOCH + self.now) * 1e9)  # type: ignore[attr-defined]
        clock.monotonic = clock.perf_counter = clock.time  # type: ignore[attr-defined]

        def import_module(name: str, *args: Any, **options: Any) -> Any:
            return clock if name == "time" else builtins.__import__(name, *args, **options)

        def log(*values: object, sep: str = " ", **options: object) -> None:
            self.printed.append(str(values[0]) if len(values) == 1 else sep.join(map(str, values)))

        self.builtins = vars(builtins) | {"__import__": import_module, "print": log}

    def take_printed(self) -> str:
        printed = self.printed
        if not printed:
            return ""
        text = printed[0] if len(printed) == 1 else "\n".join(printed)
        printed.clear()
        return text


class NoStore:
    """For a function that keeps nothing."""

    bytes = 0

    def __len__(self) -> int:
        return 0


NO_STORE = NoStore()


class Environment:
    """One instance of a function. Only the lab knows when it will be gone; the function is never told."""

    __slots__ = ("born", "dies", "expires", "handler", "id", "idle_for", "room", "store", "version")

    def __init__(self, id: str, code: CodeType, world: World, version: int, born: float, settings: LabSettings) -> None:
        self.id = id
        self.version = version
        self.born = born
        self.idle_for = self.dies = self.expires = float("inf")
        self.room = (settings.memory_mb - BASE_MEMORY_MB) * MEGABYTE
        namespace: dict[str, Any] = {"__name__": "function", "__builtins__": world.builtins}
        exec(code, namespace)
        self.handler: Callable[[Any, None], Any] = namespace["handler"]
        # The lab knows of the function's memory what its store says.
        self.store: Any = namespace.get("SESSIONS", NO_STORE)


class Fleet:
    """The environments of one function in one Region. A request has one for itself until its end."""

    __slots__ = ("_code", "_idle", "_names", "_rng", "_settings", "_version", "_world", "busy")

    def __init__(
        self, names: Iterator[str], code: CodeType, version: int, world: World, settings: LabSettings, rng: Random
    ) -> None:
        self._names = names
        self._code = code
        self._version = version
        self._world = world
        self._settings = settings
        self._rng = rng
        self._idle: list[Environment] = []
        self.busy: list[Environment] = []

    def take(self, at: float) -> tuple[Environment, float]:
        """A free environment, or a new one and the milliseconds of its cold start.

        The one that was used last is taken first, so that others stay idle until they go. AWS does not say in which
        order it takes them.
        """
        idle = self._idle
        while idle:
            environment = idle.pop()
            if environment.expires > at:
                self.busy.append(environment)
                return environment, 0.0
        return self._start(at)

    def _start(self, at: float) -> tuple[Environment, float]:
        settings, rng = self._settings, self._rng
        cold_ms = rng.uniform(*settings.cold_start_ms)
        born = at + cold_ms / 1000
        self._world.now = born
        environment = Environment(next(self._names), self._code, self._world, self._version, born, settings)
        environment.idle_for = rng.uniform(*settings.idle_seconds)
        environment.dies = born + rng.uniform(*settings.age_seconds)
        self.busy.append(environment)
        return environment, cold_ms

    def give_back(self, at: float) -> None:
        """Free all environments, as the requests in flight are done."""
        for environment in reversed(self.busy):
            environment.expires = min(environment.dies, at + environment.idle_for)
            self._idle.append(environment)
        self.busy.clear()

    def drop(self, environment: Environment) -> None:
        self.busy.remove(environment)

    def living(self, at: float) -> list[Environment]:
        return [environment for environment in self._idle if environment.expires > at]
