"""Time as an argument: whoever has to know what time it is takes a `Clock`, so that everything replays exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Says what time it is, in UTC."""


def wall() -> datetime:
    """The machine's own clock. Only the outermost edge of a live run may ask it."""
    return datetime.now(UTC)
