"""Files that grow, watched as they do. The same `Tallier` and `Watch` as for files at rest; only time differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from tocsin.cli.aloud import Say
from tocsin.cli.met import Met, Strangers, check_fit, check_territory
from tocsin.cli.pace import Delay, Pace, moment, together
from tocsin.cli.stretches import Stretches
from tocsin.cli.watching import decide
from tocsin.clock import Clock, Sleep
from tocsin.counts import STEP_S, Tallier
from tocsin.territory import Territory
from tocsin.watch import Alarm, Baseline, Watch

POLL_S = 1.0
"""How often a file is asked whether it has grown."""

SURE: Final = 20
"""Records from which on they are held to be like all that will come."""

FIRST_SAID: Final = 10
"""Records that come too late are said from so many on, then at ten times as many, and at the end."""


class Following:
    """Watches files as they grow. Steps are decided by the records' own clock (`Pace`): while files are caught up on,
    that of the one furthest behind; then it goes on with the machine's, so that a feed that stops is noticed.

    Where records don't say when they came, each step waits for as long as nearly all of its calls took (`Delay`); one
    that comes later still can't be counted any more and is counted as too late.
    """

    def __init__(
        self, baseline: Baseline, begin: Callable[[], Watch], territory: Territory, say: Say, *, clock: Clock
    ) -> None:
        check_territory(baseline, territory)
        self._baseline = baseline
        self._say = say
        self._clock = clock
        self._stretches = Stretches(begin, say)
        self._tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
        self._met = Met()
        self._strangers = Strangers(baseline, say)
        self._delay = Delay()
        self._said_s = 0
        self._decided: datetime | None = None
        self._too_late = 0
        self._said_at = FIRST_SAID

    def alarms(self, feeds: Sequence[Iterator[pl.DataFrame]], sleep: Sleep) -> Iterator[list[Alarm]]:
        """What changed, after each look, without end. Asked, a feed gives a frame: empty if nothing is new.

        Raises `InputError` as soon as records turn out not to be such as the baseline was learned from.
        """
        paces = [Pace() for _ in feeds]
        while True:
            batches = [next(feed) for feed in feeds]
            for batch, pace in zip(batches, paces, strict=True):
                pace.meet(batch, self._clock())
                if not batch.is_empty():
                    self._take(batch)
            ahead = together(paces)
            if ahead is not None:
                yield self._decide(moment(self._clock() + ahead - self._delay.seconds))
            if all(batch.is_empty() for batch in batches):
                self._tell_delay()
                sleep(POLL_S)

    def tell(self) -> None:
        """Say how many records came too late for their step."""
        if self._too_late:
            self._say("watch.too_late", records=self._too_late, of=self._met.records)

    def _take(self, batch: pl.DataFrame) -> None:
        self._met.meet(batch)
        if self._met.records >= SURE:
            check_fit(self._baseline, self._met)
            self._strangers.tell(self._met)
        self._delay.meet(batch)
        if self._decided is not None:
            late = (pl.col("seen") - pl.col("time")).dt.total_seconds().fill_null(0)
            settled = late <= self._baseline.hold_s
            self._too_late += int(batch.select((settled & (pl.col("time") < self._decided)).sum()).item())
        self._tallier.push(batch)
        if self._too_late >= self._said_at:
            self.tell()
            self._said_at = 10 * self._too_late

    def _decide(self, now: datetime) -> list[Alarm]:
        until = now - timedelta(seconds=self._baseline.hold_s + STEP_S)
        self._decided = until if self._decided is None else max(until, self._decided)
        return decide(self._tallier, self._stretches, now)

    def _tell_delay(self) -> None:
        """Say how long each step waits, once it is known, and again where it has changed by half."""
        delay = self._delay.seconds
        if delay > 1.5 * self._said_s or delay < self._said_s / 1.5:
            self._say("watch.delay", minutes=delay // 60, seconds=delay % 60)
            self._said_s = delay
