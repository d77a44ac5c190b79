"""Records in the order of their days, whatever order and however many files they came in.

Operators and centres are matched, and a caller's tries told apart, only where records stand side by side in time. Files
don't: one vantage follows the other, a folder holds an hour in each file. So records are laid down by day on disk and
taken up again one day at a time; memory holds one day.

A clock that was reset writes days that never were. Days over sixty from all others that hold under one record in fifty
are left out: no history is learned across them and nothing is watched in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from tocsin.calls import HEARTBEAT, RECORD
from tocsin.cli.met import Met
from tocsin.watch import Aside

APART: Final = timedelta(days=60)
FEW: Final = 0.02
"""Share of all records under which days that lie apart from all others are taken for those of a wrong clock."""


@dataclass(kw_only=True)
class Day:
    """One UTC day: its files, how many records and calls it holds, its first and last time."""

    since: datetime
    until: datetime
    files: list[Path] = field(default_factory=list)
    records: int = 0
    calls: int = 0


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Days that were left out: from the first to the last of their ``records``."""

    since: datetime
    until: datetime
    records: int


@dataclass(kw_only=True)
class Days:
    """Records laid down by their UTC day. ``met`` what was met among them all, days that were left out included;
    ``asides`` when which feed's records were set aside."""

    folder: Path
    met: Met = field(default_factory=Met)
    laid: dict[date, Day] = field(default_factory=dict)
    asides: list[Aside] = field(default_factory=list)

    def lay(self, batch: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema."""
        self.met.meet(batch)
        dated = batch.with_columns(pl.col("time").dt.date().alias("day"))
        for (on,), rows in dated.partition_by("day", as_dict=True, include_key=False).items():
            times = rows["time"].sort()
            first, last = times[0], times[-1]
            day = self.laid.setdefault(on, Day(since=first, until=last))
            path = self.folder / f"{on}-{len(day.files)}.parquet"
            try:
                rows.write_parquet(path, compression="lz4", statistics=False)
            except pl.exceptions.ComputeError as error:  # how Polars says that the disk takes no more
                raise OSError(str(error)) from error
            day.files.append(path)
            day.since, day.until = min(day.since, first), max(day.until, last)
            day.records += rows.height
            day.calls += rows.filter(pl.col("service") != HEARTBEAT).height

    def leave_out(self) -> list[Apart]:
        """Leave out the days of a wrong clock; say which."""
        groups: list[list[date]] = []
        for on in sorted(self.laid):
            if groups and on - groups[-1][-1] <= APART:
                groups[-1].append(on)
            else:
                groups.append([on])
        few = FEW * sum(day.records for day in self.laid.values())
        found = []
        for group in groups:
            days = [self.laid[on] for on in group]
            records = sum(day.records for day in days)
            if records < few:
                found.append(Apart(since=days[0].since, until=days[-1].until, records=records))
                for on in group:
                    del self.laid[on]
        return found

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The records of each day, in order of time."""
        return (self.day(day) for day in sorted(self.laid))

    def day(self, day: date) -> pl.DataFrame:
        """One day's records, in order of time; those of equal time as they came."""
        return (
            pl.concat(pl.read_parquet(path) for path in self.laid[day].files)
            .select(RECORD.names())
            .sort("time", maintain_order=True)
        )

    def ends(self, silent_s: int) -> list[bool]:
        """Of each day whether nothing follows its last record for so many seconds, or ever."""
        days = [day for _, day in sorted(self.laid.items(), key=lambda item: item[0])]
        gaps = [after.since - day.until >= timedelta(seconds=silent_s) for day, after in pairwise(days)]
        return [*gaps, True][: len(days)]

    @property
    def fullest(self) -> date | None:
        """The day with the most calls; None where there is none."""
        calls = {on: day.calls for on, day in sorted(self.laid.items()) if day.calls}
        return max(calls, key=lambda on: calls[on], default=None)


@contextmanager
def by_day(batches: Iterable[pl.DataFrame]) -> Iterator[Days]:
    """Lay records down by day, in a place that is gone afterwards."""
    with TemporaryDirectory(prefix="tocsin-") as folder:
        days = Days(folder=Path(folder))
        for batch in batches:
            days.lay(batch)
        yield days
