"""Files that grow, watched as they do. The same `Tallier` and `Watch` as for files at rest; only time differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from typing import Final

import polars as pl

from tocsin.calls import RECORD
from tocsin.cli.aloud import Say
from tocsin.cli.clocks import FAR_S, REST_S, Clocks
from tocsin.cli.fitting import SURE, Fitting
from tocsin.cli.ledger import Ledger, Name
from tocsin.cli.met import Met, Strangers, check_fit, check_territory
from tocsin.cli.pace import Delay, Pace, moment
from tocsin.cli.skew import Skew
from tocsin.cli.stretches import Stretches
from tocsin.cli.watching import decide
from tocsin.clock import Even, Sleep
from tocsin.counts import STEP_S, Tallier
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch import Alarm, Baseline, Watch
from tocsin.words import sentence_of

POLL_S = 1.0
"""How often a file is asked whether it has grown."""

LEAP_S: Final = 60.0
"""By so much at once a machine's clock never goes wrong: it was set."""

PATIENCE_S: Final = 60.0
"""So long every file is waited for, before it is judged whether records are such as the baseline was learned from."""

FIRST_SAID: Final = 10
"""Records that come too late are said from so many on, then at ten times as many, and at the end."""


@dataclass(kw_only=True)
class _File:
    """One file that grows: what gives its records, which of them lie ahead, its clock, whether it has given any."""

    feed: Iterator[pl.DataFrame]
    skew: Skew
    pace: Pace = field(default_factory=Pace)
    heard: bool = False


class Following:
    """Watches files as they grow. Steps are decided by the records' own clock, as most feeds have it (`Clocks`); while
    files are caught up on, by that of the one furthest behind. It goes on with the machine's, so that a feed that stops
    is noticed. Records of a time that no other feed bears out are set aside, as of the future.

    Where records don't say when they came, each step waits for as long as nearly all of its calls took (`Delay`); one
    that comes later still can't be counted any more and is counted as too late.
    """

    def __init__(
        self, baseline: Baseline, begin: Callable[[], Watch], territory: Territory, say: Say, *, clock: Even
    ) -> None:
        check_territory(baseline, territory)
        self._baseline = baseline
        self._say = say
        self._clock = clock
        self._stretches = Stretches(begin, say)
        self._tallier = Tallier(territory=territory, hold_s=baseline.hold_s, offsets=baseline.offsets)
        self._met = Met()
        self._kept = Met()
        self._fitting = Fitting(baseline, say)
        self._fits = False
        self._clocks = Clocks(say)
        self._waiting = pl.DataFrame(schema=RECORD)
        self._future = 0
        self._beyond = Ledger()
        self._skews: list[Skew] = []
        self._open = 0
        self._strangers = Strangers(baseline, say)
        self._delay = Delay()
        self._said_s = 0
        self._set_s = 0.0
        self._decided: datetime | None = None
        self._too_late = 0
        self._said_at = FIRST_SAID

    def alarms(self, feeds: Sequence[Iterator[pl.DataFrame]], sleep: Sleep) -> Iterator[list[Alarm]]:
        """What changed, after each look, without end. Asked, a feed gives a frame: empty if nothing is new.

        Whether the records are such as the baseline was learned from is judged once, at the beginning: when every file
        has given some, or after a minute, and there are enough. Where none is, or where no file can be read, it raises
        `InputError`. After that nothing that one file brings ends the watch.
        """
        files = [_File(feed=feed, skew=Skew(self._say, self._clocks.told)) for feed in feeds]
        self._skews = [file.skew for file in files]
        self._open = len(files)
        begun = self._clock()
        while True:
            self._tell_clock()
            batches = [self._look(file) for file in files]
            for batch, file in zip(batches, files, strict=True):
                self._take(batch, file)
            if not self._fits and (all(file.heard for file in files) or self._clock() - begun >= PATIENCE_S):
                self._check()
            if self._fits:
                self._fitting.tell()
            if self._fits and self._clock() - begun >= REST_S:
                self._strangers.tell_missing(self._met)
            ahead = self._ahead(files)
            if ahead is not None:
                self._count(moment(self._clock() + ahead + FAR_S), sure=self._clocks.sure(ahead))
                yield self._decide(moment(self._clock() + ahead - self._delay.seconds))
            if all(batch.is_empty() for batch in batches):
                self._tell_delay()
                if ahead is not None and self._clocks.sure(ahead):
                    self._clocks.tell(ahead)
                sleep(POLL_S)

    def tell(self) -> None:
        """Say how many records were set aside, and how many came too late for their step."""
        if self._fits and self._fitting.aside:
            self._say("watch.unfit", records=self._fitting.aside, of=self._met.records)
        future = self._future + sum(skew.aside for skew in self._skews)
        if future:
            self._say("watch.future", records=future, of=self._met.records)
        self._tell_late()

    def _tell_late(self) -> None:
        if self._too_late:
            self._say("watch.too_late", records=self._too_late, of=self._met.records)

    def _look(self, file: _File) -> pl.DataFrame:
        """What a file gives now. One that can't be read any more is told and left, as long as another is there."""
        try:
            return next(file.feed)
        except InputError as error:
            self._open -= 1
            if not self._fits or not self._open:
                raise
            self._say("watch.file_left", error=sentence_of(error))
            file.feed = repeat(pl.DataFrame(schema=RECORD))
            return next(file.feed)

    def _check(self) -> None:
        """Judge, once there are enough records, whether they are such as the baseline was learned from."""
        if self._met.records >= SURE:
            check_fit(self._baseline, self._kept if self._kept.records else self._met)
            self._fits = True

    def _take(self, batch: pl.DataFrame, file: _File) -> None:
        """Take what a file gave: those of its records that don't lie ahead, and count as the baseline's did."""
        self._met.meet(batch)
        file.heard = file.heard or not batch.is_empty()
        caught_up = batch.is_empty()
        batch = file.skew.sound(batch, self._clock())
        if caught_up or not batch.is_empty():
            file.pace.meet(batch, self._clock())
        if batch.is_empty():
            return
        if self._met.records >= SURE:
            self._strangers.tell(self._met)
        batch = self._fitting.of(batch)
        self._kept.meet(batch)
        self._delay.meet(batch)
        self._clocks.meet(batch, self._clock())
        self._waiting = self._waiting.vstack(batch)

    def _ahead(self, files: Sequence[_File]) -> float | None:
        """By how much the records' clock is ahead of the machine's."""
        ahead = self._clocks.ahead(self._clock())
        if all(file.pace.caught_up for file in files):
            self._clocks.caught_up(self._clock())
        behind = [file.pace.ahead for file in files if file.pace.ahead is not None and not file.pace.caught_up]
        return ahead if ahead is None else min([ahead, *behind])

    def _count(self, now: datetime, *, sure: bool) -> None:
        """Count the records that have come so far as ``now``; where that is ``sure``, those beyond are set aside."""
        if self._waiting.is_empty():
            return
        batch = self._waiting.filter(pl.col("time") <= now)
        beyond = self._waiting.filter(pl.col("time") > now)
        self._future += beyond.height if sure else 0
        if sure:
            self._beyond.part(_feeds_of(batch), _feeds_of(beyond), now.timestamp())
        self._waiting = beyond.clear() if sure else beyond
        if self._decided is not None:
            late = (pl.col("seen") - pl.col("time")).dt.total_seconds().fill_null(0)
            settled = late <= self._baseline.hold_s
            self._too_late += int(batch.select((settled & (pl.col("time") < self._decided)).sum()).item())
        self._tallier.push(batch)
        if self._too_late >= self._said_at:
            self._tell_late()
            self._said_at = 10 * self._too_late

    def _decide(self, now: datetime) -> list[Alarm]:
        until = now - timedelta(seconds=self._baseline.hold_s + STEP_S)
        before = (until if self._decided is None else self._decided).timestamp()
        self._decided = until if self._decided is None else max(until, self._decided)
        ledgers = [self._fitting.ledger, self._beyond, *(skew.ledger for skew in self._skews)]
        for ledger in ledgers:
            ledger.forget(int(before))
        self._stretches.set_aside([aside for ledger in ledgers for aside in ledger.asides])
        return decide(self._tallier, self._stretches, now)

    def _tell_clock(self) -> None:
        """Say that somebody set the machine's clock: the watch doesn't go by it."""
        by = self._clock.left_behind - self._set_s
        if abs(by) >= LEAP_S:
            self._say("watch.clock_forward" if by > 0 else "watch.clock_back", minutes=round(abs(by) / 60))
            self._set_s += by

    def _tell_delay(self) -> None:
        """Say how long each step waits, once it is known, and again where it has changed by half."""
        delay = self._delay.seconds
        if delay > 1.5 * self._said_s or delay < self._said_s / 1.5:
            self._say("watch.delay", minutes=delay // 60, seconds=delay % 60)
            self._said_s = delay


def _feeds_of(records: pl.DataFrame) -> set[Name]:
    return set(records.select("vantage", "feed").unique().rows())
