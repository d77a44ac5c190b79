"""Records told by the clock, for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import polars as pl

from tocsin.calls.record import HEARTBEAT, RECORD
from tocsin.counts import COUNTERS, Tally
from tocsin.territory import france

FRANCE: Final = france()
DAY: Final = datetime(2021, 6, 2, tzinfo=UTC)


def at(clock: str) -> datetime:
    """The time on the story's day, UTC: "16:45", "16:45:03" or "16:45:03.5"; hours may pass midnight ("24:10")."""
    hours, minutes, seconds = (*clock.split(":"), "0")[:3]
    return DAY + timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def fingerprint(caller: str) -> str:
    """Sixteen hex digits for a name."""
    return caller.encode().hex().ljust(16, "0")[:16]


class Story:
    """What the feeds said, in the order in which it is told."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def call(self, clock: str, *, took: float | None = None, caller: str | None = None, **said: Any) -> Self:
        """An attempt to reach 15 from Lille over operator B, answered; its record came ``took`` seconds later."""
        time = at(clock)
        self.rows.append(
            {
                "time": time,
                "seen": None if took is None else time + timedelta(seconds=took),
                "vantage": "operator",
                "feed": "operator B",
                "service": "15",
                "area": "59350",
                "outcome": "answered",
                "caller": None if caller is None else fingerprint(caller),
                **said,
            }
        )
        return self

    def centre(self, clock: str, *, feed: str = "SAMU 59", **said: Any) -> Self:
        """The same as the centre says it; it knows the département alone."""
        return self.call(clock, **{"vantage": "centre", "feed": feed, "area": "59", **said})

    def beat(self, clock: str, *, feed: str = "SAMU 59", vantage: str = "centre", took: float | None = None) -> Self:
        """A sign of life."""
        return self.call(clock, feed=feed, vantage=vantage, took=took, service=HEARTBEAT, area=None, outcome=None)

    def beats(self, begin: str, end: str, *, feed: str = "SAMU 59", took: float | None = None) -> Self:
        """A sign of life every 30 s, from ``begin`` until before ``end``."""
        clock = at(begin) - DAY
        while clock < at(end) - DAY:
            self.beat(str(clock), feed=feed, took=took)
            clock += timedelta(seconds=30)
        return self

    @property
    def records(self) -> pl.DataFrame:
        """All that was said."""
        return pl.DataFrame(self.rows, schema_overrides=RECORD, schema=list(RECORD), orient="row").select(
            RECORD.names()
        )


def total(tally: Tally, **cell: str | None) -> dict[str, int]:
    """The counters that aren't 0, added up over the steps and cells that ``cell`` describes."""
    frame = tally.to_frame()
    for name, word in cell.items():
        frame = frame.filter(pl.col(name).eq_missing(pl.lit(word)))
    return {name: int(frame[name].sum()) for name in COUNTERS if frame[name].sum()}


def same(left: Tally, right: Tally) -> bool:
    """Whether two tallies count the same, whatever the order of their cells."""
    return Tally.merge([left]).to_frame().equals(Tally.merge([right]).to_frame())
