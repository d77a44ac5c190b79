"""Time as an argument: whoever has to know what time it is takes a `Clock`, so that everything replays exactly."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Says what time it is: seconds since 1970, UTC."""

Sleep = Callable[[float], None]
"""Waits so many seconds."""


def wall() -> float:
    """The machine's own clock. Only the outermost edge of a live run may ask it."""
    return time.time()


def steady() -> float:
    """Seconds since some moment or other, which go on evenly when somebody sets the machine's clock."""
    return time.monotonic()


class Even:
    """The time of day taken once and carried on by a steady clock: it neither leaps nor falls when somebody sets the
    machine's clock (by hand, by NTP), nor while the machine sleeps."""

    def __init__(self, wall: Clock, steady: Clock) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()

    def __call__(self) -> float:
        """Seconds since 1970, UTC, as they would be had nobody set the clock."""
        return self._steady() + self._ahead

    @property
    def left_behind(self) -> float:
        """Seconds by which the wall clock was set forward since; negative where it was set back."""
        return self._wall() - self()


def wait(seconds: float) -> None:
    """Wait by the machine's own clock."""
    time.sleep(seconds)
