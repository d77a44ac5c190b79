"""Files that grow, watched as they do. The same `Tallier` and `Watch` as for files at rest; only time differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import polars as pl

from tocsin.cli.watching import decide
from tocsin.clock import Clock, Sleep
from tocsin.counts import Tallier
from tocsin.watch import Alarm, Watch

POLL_S = 1.0
"""How often a file is asked whether it has grown."""


def follow_alarms(
    feeds: Sequence[Iterator[pl.DataFrame]], tallier: Tallier, watching: Watch, *, clock: Clock, sleep: Sleep
) -> Iterator[list[Alarm]]:
    """What changed, after each look at the feeds, without end. Asked, a feed gives a frame: empty if nothing is new.

    The time at which steps are decided is the records' own: while files are caught up on, the last time of the one that
    is furthest behind; then that of the last record and what has passed since by the clock, so that a feed that stops
    is noticed and a replay of last June runs as it would have run then.
    """
    last: datetime | None = None
    came = clock()
    while True:
        latest = [at for feed in feeds if (at := _push(next(feed), tallier)) is not None]
        if latest:
            last, came = max(min(latest), last or min(latest)), clock()
        if last is not None:
            yield decide(tallier, watching, last + timedelta(seconds=max(clock() - came, 0.0)))
        if not latest:
            sleep(POLL_S)


def _push(batch: pl.DataFrame, tallier: Tallier) -> datetime | None:
    """Count a batch; the latest time at which one of its records was seen, None if it is empty."""
    if batch.is_empty():
        return None
    tallier.push(batch)
    latest = batch.select(pl.coalesce("seen", "time").max()).item()
    return latest if isinstance(latest, datetime) else None
