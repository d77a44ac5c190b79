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


def wait(seconds: float) -> None:
    """Wait by the machine's own clock."""
    time.sleep(seconds)
