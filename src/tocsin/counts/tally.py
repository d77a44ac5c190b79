"""The tally: attempts counted per step and cell. All that `watch` ever sees of the calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

STEP_S: Final = 10
"""Length of a step in seconds. Steps are keyed on the start of the attempt."""

KEY: Final = ("vantage", "feed", "area", "service", "operator", "access", "path", "centre")
"""What makes a cell. `area` is rolled up to the level above the commune; null is unknown and never a class."""

COUNTERS: Final = (
    "attempts",  # attempts settled within the hold of their start; every attempt is a seizure
    "tries",  # of attempts: a caller's first in ten minutes (a caller who isn't known counts each time)
    "known",  # of tries: whose outcome is known
    "failed",  # of known: lost, misrouted, busy or refused
    "engaged",  # of failed: busy or refused; they come in bursts, when one accident makes a hundred people call
    "callers",  # of attempts: whose caller is known
    "redials",  # of callers: the later of a first pair by one caller to one service within 120 s
    "answered",  # of attempts: answered, with the length of the talk known
    "short",  # of answered: shorter than ten seconds
    "delivered",  # of attempts: an operator delivered it, and it could be compared with what centres saw (with a hold
    # under 60 s it counts 60 s - hold later, when it can be)
    "unseen",  # of delivered: no centre record matches
    "heartbeats",  # records that are no calls: the feed lives (in the feed's cell of service `heartbeat`)
    "outcomes",  # of attempts: whose outcome is known (redials included: what losses are counted from)
    "losses",  # of outcomes: lost, misrouted, busy or refused
    "rejections",  # of losses: busy or refused, redials included
    "late",  # records that came after the hold: counted here, never in a decided step
)
"""The columns of `Tally.counts`, in this order."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts per step and cell, sparse: a (step, cell) without a record has no row.

    ``cells`` one row per cell, columns `KEY`, all strings, null where unknown · ``step`` (N,) start of the step,
    seconds since 1970 UTC, a multiple of `STEP_S`, ascending · ``cell`` (N,) row of ``cells`` ·
    ``counts`` (N, len(COUNTERS)). Each (step, cell) stands at most once.
    """

    cells: pl.DataFrame
    step: NDArray[np.int64]
    cell: NDArray[np.int32]
    counts: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.step)

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Tally:
        """A tally from long rows: `step` (seconds), the columns of `KEY` and of `COUNTERS` (missing counters are 0).

        Rows of one step and cell are added up, so partial tallies may simply be stacked.
        """
        counters = [pl.col(name) if name in frame.columns else pl.lit(0).alias(name) for name in COUNTERS]
        summed = (
            frame.select("step", *(pl.col(key).cast(pl.String) for key in KEY), *counters)
            .group_by("step", *KEY)
            .agg(pl.col(name).sum().cast(pl.UInt32) for name in COUNTERS)
        )
        cells = summed.select(KEY).unique().sort(KEY, nulls_last=False)
        rows = summed.join(cells.with_row_index("cell"), on=list(KEY), nulls_equal=True).sort("step", "cell")
        return cls(
            cells=cells,
            step=rows["step"].cast(pl.Int64).to_numpy(),
            cell=rows["cell"].cast(pl.Int32).to_numpy(),
            counts=np.ascontiguousarray(rows.select(COUNTERS).to_numpy().astype(np.uint32)),
        )

    def to_frame(self) -> pl.DataFrame:
        """The long rows that `from_frame` takes."""
        keys = self.cells[self.cell]
        counts = pl.DataFrame({name: self.counts[:, i] for i, name in enumerate(COUNTERS)})
        return pl.concat([pl.DataFrame({"step": self.step}), keys, counts], how="horizontal")

    @classmethod
    def merge(cls, tallies: Iterable[Tally]) -> Tally:
        """One tally of several: cells united, counts of the same step and cell added."""
        return cls.from_frame(pl.concat([tally.to_frame() for tally in tallies]))
