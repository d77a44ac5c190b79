"""Rows that are one call: several legs, transactions or units, held until the call has all of them."""

from __future__ import annotations

from typing import Final

import polars as pl

from tocsin.calls.ports import Context
from tocsin.calls.record import Outcome

CALL: Final = "call"
"""The column that says which rows are of one call."""

ARRIVED: Final = "arrived"


class OpenCalls:
    """Holds the legs of calls that may get more.

    Of a file at rest (`at` is None) a call is whole once a chunk has passed without a leg of it: a call's rows lie near
    each other, whatever their clocks say. Of a file that grows, once `hold_s` seconds have passed since its last leg
    arrived. A leg that comes later still makes a second call of the same id, which `Repeats` then drops and counts.
    """

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._held: pl.DataFrame | None = None

    def step(self, legs: pl.DataFrame, at: float | None) -> pl.DataFrame:
        """Take new legs, give the legs of calls that are whole now, in the order of their arrival."""
        new = legs.with_columns(pl.lit(at, pl.Float64).alias(ARRIVED))
        held = new if self._held is None else self._held.vstack(new)
        if at is None:
            is_open = pl.col(CALL).is_in(new[CALL].unique().implode())
        else:
            is_open = pl.col(ARRIVED).max().over(CALL) > at - self._hold_s
        self._held = held.filter(is_open)
        return held.filter(~is_open).drop(ARRIVED)

    def rest(self) -> pl.DataFrame | None:
        """The legs still held, at the end of the file; None if there never were any."""
        held, self._held = self._held, None
        return None if held is None else held.drop(ARRIVED)


BEST_FIRST: Final = (
    Outcome.ANSWERED,  # one leg answered: so was the call
    Outcome.ABANDONED,  # it rang somewhere, so it was delivered
    Outcome.LOST,  # else the worst of its legs says why it failed
    Outcome.MISROUTED,
    Outcome.REFUSED,
    Outcome.BUSY,
)
"""Which leg's outcome is the call's."""


def calls_of(legs: pl.DataFrame) -> pl.DataFrame:
    """One row a call, of legs with the column `CALL` and any of a record's columns, in the order of their first rows.

    The outcome and what belongs to it (lengths, codes) are those of the leg that comes first in `BEST_FIRST`; the call
    begins with its first leg and is seen with its last; everything else is what the first leg says that says anything.
    """
    rank = pl.col("outcome").replace_strict(
        [one.value for one in BEST_FIRST], list(range(len(BEST_FIRST))), default=len(BEST_FIRST), return_dtype=pl.Int8
    )
    decided = [name for name in ("outcome", "sip_status", "q850_cause", "ring_s", "talk_s") if name in legs.columns]
    firsts = [name for name in legs.columns if name not in {CALL, "time", "seen", *decided}]
    ranked = legs if "outcome" in legs.columns else legs.with_columns(pl.lit(None, pl.String).alias("outcome"))
    return ranked.group_by(CALL, maintain_order=True).agg(
        pl.col("time").min(),
        *([pl.col("seen").max()] if "seen" in legs.columns else []),
        *(pl.col(name).sort_by(rank, nulls_last=True, maintain_order=True).first() for name in decided),
        *(pl.col(name).drop_nulls().first() for name in firsts),
    )


def with_ids(calls: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Calls with an id, where the file gives none made of what groups their legs, so that a copy of the file is found.

    It's made under the site's key, since what groups legs holds numbers in clear.
    """
    given = calls["id"] if "id" in calls.columns else pl.repeat(None, calls.height, dtype=pl.String, eager=True)
    made = [context.caller.token(call) if id_ is None else id_ for id_, call in zip(given, calls[CALL], strict=True)]
    return calls.drop(CALL).with_columns(pl.Series("id", made, dtype=pl.String))
