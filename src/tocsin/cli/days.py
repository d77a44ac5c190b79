"""Records in the order of their days, whatever order and however many files they came in.

Operators and centres are matched, and a caller's tries told apart, only where records stand side by side in time. Files
don't: one vantage follows the other, a folder holds an hour in each file. So records are laid down by day on disk and
taken up again one day at a time; memory holds one day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tocsin.calls import HEARTBEAT, RECORD


@dataclass(kw_only=True)
class Days:
    """Records laid down by their UTC day. ``records`` how many, heartbeats included · ``with_seen`` whether any says
    when it was seen · ``vantages`` all that were met.
    """

    folder: Path
    parts: dict[date, list[Path]] = field(default_factory=dict)
    calls: dict[date, int] = field(default_factory=dict)
    records: int = 0
    with_seen: bool = False
    vantages: set[str] = field(default_factory=set)

    def lay(self, batch: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema."""
        self.records += batch.height
        self.with_seen = self.with_seen or batch["seen"].null_count() < batch.height
        self.vantages |= set(batch["vantage"].drop_nulls().unique())
        dated = batch.with_columns(pl.col("time").dt.date().alias("day"))
        for (day,), rows in dated.partition_by("day", as_dict=True, include_key=False).items():
            path = self.folder / f"{day}-{len(self.parts.setdefault(day, []))}.parquet"
            try:
                rows.write_parquet(path, compression="lz4", statistics=False)
            except pl.exceptions.ComputeError as error:  # how Polars says that the disk takes no more
                raise OSError(str(error)) from error
            self.parts[day].append(path)
            self.calls[day] = self.calls.get(day, 0) + rows.filter(pl.col("service") != HEARTBEAT).height

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The records of each day, in order of time."""
        return (self.day(day) for day in sorted(self.parts))

    def day(self, day: date) -> pl.DataFrame:
        """One day's records, in order of time; those of equal time as they came."""
        return (
            pl.concat(pl.read_parquet(path) for path in self.parts[day])
            .select(RECORD.names())
            .sort("time", maintain_order=True)
        )

    @property
    def fullest(self) -> date | None:
        """The day with the most calls; None where there is none."""
        return max(sorted(self.calls), key=lambda day: self.calls[day], default=None)


@contextmanager
def by_day(batches: Iterable[pl.DataFrame]) -> Iterator[Days]:
    """Lay records down by day, in a place that is gone afterwards."""
    with TemporaryDirectory(prefix="tocsin-") as folder:
        days = Days(folder=Path(folder))
        for batch in batches:
            days.lay(batch)
        yield days
