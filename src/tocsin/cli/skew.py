"""Records that lie ahead of those around them in their file: a feed whose clock is hours ahead, or one that leaps.

A file is written as its records come. So a record whose time is far after that of most feeds in the thirty records
before it *and* in the thirty behind it was written by a clock that is ahead. It is set aside, whether its feed is ahead
all day or for three records, and the others count at their right time. After a gap (a silent night, Friday's records
behind Monday's) the records that follow bear the new time out. Where `seen` stands, it must be as far ahead: records
that were seen in time are only in another order than they came.

Behind a leap that nothing has followed yet nobody knows. Those records wait: until records at the old time come on and
show that it was wrong; until thirty others bear it out; or until nothing has come at the old time for as long as its
rhythm allows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls import RECORD
from tocsin.cli.aloud import Say
from tocsin.cli.ledger import Ledger, Name
from tocsin.cli.pace import CONFIRM, GAPS
from tocsin.words import Sentence

AROUND: Final = 30
"""Records on either side by which one is judged. Half as many of a broken clock are found in a file of one feed."""

FAR_S: Final = 1800.0
"""Nothing nearer is ahead: records are written when their call ends, late by what it took."""

FAR_GAPS: Final = 80
"""Nor is anything nearer than so many short gaps (a quarter is shorter), which are some twenty mean ones: thirty rare
calls span a day."""

LAST: Final = 5
"""A feed is set aside while most of its last so many records are ahead."""

PATIENCE_S: Final = 120.0
CHUNK: Final = 2048

_FEED: Final = ("vantage", "feed")


class Skew:
    """Takes what one file gives. ``named`` are the feeds of which it was said that they are ahead, ``aside`` how many
    records were set aside, ``ahead`` the feeds whose last record was, ``ledger`` when they were."""

    def __init__(self, say: Say, named: set[Name]) -> None:
        self._say = say
        self._named = named
        self._recent = pl.DataFrame(schema={**RECORD, "came": pl.Float64, "doubt": pl.Boolean})
        self._begun = False
        self.aside = 0
        self.ahead: set[Name] = set()
        self.ledger = Ledger()
        self._last: dict[Name, deque[tuple[float, bool]]] = {}

    def sound(self, batch: pl.DataFrame, now: float, *, last: bool = False) -> pl.DataFrame:
        """Those records of a batch (and of those that waited) that aren't ahead; ``now`` on any clock, 0 at rest.

        With ``last`` nothing follows: what nothing contradicts is believed.
        """
        if batch.is_empty() and not self._recent["doubt"].any():
            return batch
        old = self._recent.height
        fresh = batch.with_columns(came=pl.lit(now, pl.Float64), doubt=pl.lit(value=False))
        rows = self._recent.vstack(fresh.select(self._recent.columns))
        at = _times(rows)
        feed = rows.select(pl.struct(_FEED).rank("dense")).to_series().to_numpy()
        far = max(FAR_S, FAR_GAPS * _short_gap(at[0]))
        doubt = rows["doubt"].to_numpy().copy()
        doubt[old:] = _denied(at, feed, far, -1)[old:]
        wrong = _denied(at, feed, far, 1, least=CONFIRM) & doubt
        if not self._begun:
            wrong[:AROUND] |= _denied(at, feed, 2 * far, 1, least=CONFIRM)[:AROUND]
        self._begun = True
        followers = np.arange(rows.height)[::-1]
        patience = _patience(rows["time"].filter(pl.Series(~doubt & ~wrong)))
        doubt &= ~wrong
        waited = doubt & (last | (now - rows["came"].to_numpy() > patience)) & (followers < AROUND)
        if waited.any() and self.ahead:
            wrong |= waited & self._known(rows)
            waited &= ~wrong
        still = doubt & ~waited & ~wrong & (followers < AROUND)
        open_ = rows["doubt"].to_numpy() | (np.arange(rows.height) >= old)
        passed = open_ & ~wrong & ~still
        beside = pl.Series(np.where(~wrong & ~still, at[0], np.nan)).fill_nan(None).forward_fill().backward_fill()
        beside = beside.fill_null(pl.Series(at[0]))  # where nothing is
        self._tell(rows, pl.Series(at[0]) - beside, open_ & wrong)
        self._note(rows.with_columns(at=beside + rows["came"], wrong=pl.Series(open_ & wrong)), passed)
        self._keep(rows.with_columns(doubt=pl.Series(still)), wrong, waited, still)
        return rows.filter(pl.Series(passed)).select(RECORD.names())

    def _known(self, rows: pl.DataFrame) -> NDArray[np.bool_]:
        """(rows,) which are of a feed that was ahead and hasn't been set right since."""
        return np.array([name in self.ahead for name in rows.select(_FEED).rows()], np.bool_)

    def _note(self, rows: pl.DataFrame, passed: NDArray[np.bool_]) -> None:
        """Note from when to when each feed is ahead, on the clock of the records beside it: most of its last records.

        A clock among many that is ahead takes a few records of a feed; what is left of them still tells of a loss.
        """
        if not rows["wrong"].any() and not self.ahead:
            return
        judged = rows.filter(pl.Series(passed) | pl.col("wrong")).select(*_FEED, "at", "wrong")
        for vantage, feed, at, wrong in judged.iter_rows():
            name = (vantage, feed)
            (self.ahead.add if wrong else self.ahead.discard)(name)
            last = self._last.setdefault(name, deque(maxlen=LAST))
            last.append((at, wrong))
            aside = sum(flag for _, flag in last) > LAST / 2
            since = next((when for when, flag in last if flag is aside), at)
            self.ledger.note(name, since, aside=aside)

    def _keep(
        self, rows: pl.DataFrame, wrong: NDArray[np.bool_], waited: NDArray[np.bool_], still: NDArray[np.bool_]
    ) -> None:
        """Keep what the next records are judged by. A leap that was waited for is where time stands now."""
        first = int(np.flatnonzero(still)[0]) if still.any() else rows.height
        kept = ~wrong
        if waited.any():
            kept[: int(np.flatnonzero(waited)[0])] = False
        place = np.flatnonzero(kept)
        before = int((place < first).sum())
        self._recent = rows[place[max(0, before - AROUND) :]]

    def _tell(self, rows: pl.DataFrame, ahead: pl.Series, wrong: NDArray[np.bool_]) -> None:
        """Count what is set aside, and say once of each feed by how much it is ahead."""
        if not wrong.any():
            return
        self.aside += int(wrong.sum())
        found = rows.with_columns(by=ahead).filter(pl.Series(wrong))
        for vantage, feed, by in found.group_by(_FEED, maintain_order=True).agg(pl.col("by").median()).rows():
            if (vantage, feed) not in self._named:
                self._named.add((vantage, feed))
                told = [each or Sentence("feed.nameless") for each in (vantage, feed)]
                self._say("watch.skewed", vantage=told[0], feed=told[1], minutes=round(by / 60))


def in_step(batches: Iterable[pl.DataFrame], skew: Skew, say: Say) -> Iterator[pl.DataFrame]:
    """The records of files at rest, in the order in which they stand there, without those that lie ahead."""
    records = 0
    for batch in batches:
        records += batch.height
        yield skew.sound(batch, 0.0)
    yield skew.sound(pl.DataFrame(schema=RECORD), 0.0, last=True)
    if skew.aside:
        say("watch.future", records=skew.aside, of=records)


def _times(rows: pl.DataFrame) -> NDArray[np.float64]:
    """(2, rows) seconds by which each began, and was seen, after it came."""
    came = rows["came"].to_numpy()
    seen = rows.select(pl.coalesce("seen", "time").dt.epoch("us") / 1e6).to_series().to_numpy()
    return np.stack([(rows["time"].dt.epoch("us") / 1e6).to_numpy() - came, seen - came])


def _short_gap(at: NDArray[np.float64]) -> float:
    """A quarter of the records stand closer to one of the three before them: two clocks may take turns."""
    if len(at) < 2:
        return 0.0
    gaps = np.abs(np.diff(at))
    for lag in (2, 3):
        gaps[lag - 1 :] = np.minimum(gaps[lag - 1 :], np.abs(at[lag:] - at[:-lag]))
    return float(np.quantile(gaps, 0.25))


def _patience(times: pl.Series) -> float:
    """So long records at the old time are waited for: a silence by the rhythm of the last ones."""
    gaps = np.diff(np.sort((times.tail(AROUND).dt.epoch("us") / 1e6).to_numpy()))
    return max(PATIENCE_S, GAPS * float(np.median(gaps))) if len(gaps) else PATIENCE_S


def _denied(
    at: NDArray[np.float64], feed: NDArray[np.uint32], far: float, side: int, *, least: int = 1
) -> NDArray[np.bool_]:
    """(rows,) which lie over ``far`` after half of the feeds in the `AROUND` records before (-1) or behind them (1).

    A feed of which only a part lies so far back counts with that part. ``least`` records must stand there.
    """
    height = at.shape[1]
    denied = np.zeros(height, np.bool_)
    times = pl.Series(at[0][::-side])
    lowest = times.shift(1).rolling_min(AROUND, min_samples=1).cast(pl.Float64).fill_null(np.inf).to_numpy()[::-side]
    asked = np.flatnonzero(at[0] - far > lowest)
    near = side * np.arange(1, AROUND + 1)
    for begin in range(0, len(asked), CHUNK):
        row = asked[begin : begin + CHUNK, None]
        inside = (row + near >= 0) & (row + near < height)
        place = np.clip(row + near, 0, height - 1)
        of = feed[place]
        same = ((of[:, :, None] == of[:, None, :]) & inside[:, None, :]).sum(axis=2)
        weight = inside / np.maximum(same, 1)
        behind = (at[:, place] < at[:, row] - far).all(axis=0)
        share = (weight * behind).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        denied[row[:, 0]] = (share > 0.5 - 1e-9) & (inside.sum(axis=1) >= least)
    return denied
