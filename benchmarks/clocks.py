"""Clocks put around functions while a run lasts: seconds a stage, calls counted, memory watched."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any


class Stages:
    """Seconds by stage, each without the stages inside it; only the thread that made it is measured."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._thread = threading.get_ident()
        self._open: list[str] = []
        self._since = 0.0

    def wrapped(self, act: Callable[..., Any], stage: str | Callable[..., str]) -> Callable[..., Any]:
        """Time a function; its stage is a name, or what a function of its arguments says."""

        @wraps(act)
        def timed(*args: Any, **named: Any) -> Any:
            if threading.get_ident() != self._thread:
                return act(*args, **named)
            name = stage if isinstance(stage, str) else stage(*args, **named)
            self.calls[name] += 1
            self._turn(name)
            try:
                return act(*args, **named)
            finally:
                self._turn(None)

        return timed

    def _turn(self, stage: str | None) -> None:
        """Charge the time since the last turn, then enter a stage, or leave the innermost."""
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now
        if stage is None:
            self._open.pop()
        else:
            self._open.append(stage)

    @contextmanager
    def around(self, *places: tuple[Any, str, str | Callable[..., str]]) -> Iterator[None]:
        """Time functions while the block lasts; each place is owner, name of the function, stage."""
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
        for owner, name, stage in places:
            setattr(owner, name, self.wrapped(getattr(owner, name), stage))
        try:
            yield
        finally:
            for owner, name, act in reversed(before):
                setattr(owner, name, act)

    def shares(self, total: float) -> dict[str, float]:
        """Seconds by stage, the largest first, with what is left of the total."""
        found = {stage: round(took, 3) for stage, took in sorted(self.seconds.items(), key=lambda each: -each[1])}
        return {**found, "everything else": round(total - sum(self.seconds.values()), 3)}


class Peak:
    """The most memory (resident, in MB) of this process, and of it with all below it, looked at every 20 ms.

    Pages that forked processes share are counted in each of them.
    """

    def __init__(self) -> None:
        self.own = self.all = 0
        self._ended = threading.Event()

    def __enter__(self) -> Peak:
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join()

    def _watch(self) -> None:
        import psutil  # type: ignore[import-untyped]

        here = psutil.Process()
        while not self._ended.wait(0.02):
            own = here.memory_info().rss >> 20
            below = 0
            for child in here.children(recursive=True):
                try:
                    below += child.memory_info().rss >> 20
                except psutil.NoSuchProcess:
                    continue
            self.own, self.all = max(self.own, own), max(self.all, own + below)
