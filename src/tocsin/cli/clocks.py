"""Whose clock is right: the time of the records is the latest that most of the feeds bear out.

A feed bears a time out if it has come so far. It denies it if it hasn't though it should have spoken since, by its own
rhythm: a small centre that is asked twice an hour denies nothing. So one feed whose clock is hours ahead doesn't set
the time of all, whatever the machine's own clock says; between two that contradict each other it is the earlier one.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tocsin.cli.aloud import Say
from tocsin.cli.naming import feed_named
from tocsin.cli.pace import RECENT, Pace

FAR_S: Final = 120.0
"""Clocks that are less apart are at one."""

REST_S: Final = 600.0
"""A feed that hasn't spoken for so long after all files were read is a file at rest: it says nothing of the time."""

_FEED: Final = ("vantage", "feed")


class Clocks:
    """The clock of each feed, by its vantage and name, in whichever file its records came."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._feeds: dict[tuple[str | None, str | None], Pace] = {}
        self._spoken: set[tuple[str | None, str | None]] = set()
        self.told: set[tuple[str | None, str | None]] = set()  # the feeds that were said to be ahead
        self._since: float | None = None

    def meet(self, batch: pl.DataFrame, now: float) -> None:
        """Take what one file gave at ``now``."""
        last = batch.group_by(_FEED, maintain_order=True).tail(RECENT)
        for name, records in last.partition_by(_FEED, as_dict=True, maintain_order=True).items():
            vantage, feed = name
            self._feeds.setdefault((vantage, feed), Pace()).meet(records, now)
            if self._since is not None:
                self._spoken.add((vantage, feed))

    def caught_up(self, now: float) -> None:
        """All files have been read to their ends at ``now``: what comes from here on is new."""
        self._since = now if self._since is None else self._since

    def ahead(self, now: float) -> float | None:
        """By how much the time that most feeds bear out is ahead of the machine's; None before three records."""
        rested = self._since is not None and now - self._since > REST_S and self._spoken
        asked = [pace for name, pace in self._feeds.items() if not rested or name in self._spoken]
        known = sorted((pace.ahead for pace in asked if pace.ahead is not None), reverse=True)
        for time in known:
            borne_out = sum(ahead >= time - FAR_S for ahead in known)
            if borne_out > sum(pace.denies(time, FAR_S) for pace in asked):
                return time
        return known[-1] if known else None

    def sure(self, ahead: float) -> bool:
        """Whether a feed that speaks now bears that time out and no later one: what lies behind it is the future."""
        paces = [self._feeds[name].ahead for name in self._spoken]
        return any(each is not None and each <= ahead + FAR_S for each in paces)

    def tell(self, ahead: float) -> None:
        """Say once of each feed whose clock is ahead of that time by how much."""
        for name, pace in self._feeds.items():
            if name not in self.told and pace.ahead is not None and pace.ahead > ahead + FAR_S:
                vantage, feed = feed_named(*name)
                self._say("watch.ahead", vantage=vantage, feed=feed, minutes=round((pace.ahead - ahead) / 60))
                self.told.add(name)
