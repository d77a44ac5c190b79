"""Which of the records that come count as those of the baseline did; the others are set aside, and their feed is told.

With `seen`, a call counts if its record came within the hold; without, whenever it came. A feed that doesn't say it
where its vantage did would seem to bring several times the usual calls, one that says it where nobody did a part.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tocsin.cli.aloud import Say
from tocsin.cli.ledger import Ledger, Name
from tocsin.cli.naming import feed_named
from tocsin.watch import Baseline

SURE: Final = 20
"""Records from which on they are held to be like all that will come."""

PROMPT: Final = 0.99
"""Share of a vantage's records within the hold beyond which it is one to a record whether it says when it was seen."""

_FEED: Final = ("vantage", "feed")


class Fitting:
    """Takes the batches of a running watch. ``aside`` so many records were set aside, ``ledger`` of whom and when."""

    def __init__(self, baseline: Baseline, say: Say) -> None:
        self._hold_s = baseline.hold_s
        everything = dict(zip(baseline.vantages, baseline.settled[:, 0].tolist(), strict=True))
        self._late = [vantage for vantage, settled in everything.items() if settled < PROMPT]
        self._say = say
        self._known: dict[Name, tuple[int, int]] = {}
        self._odd: set[Name] = set()
        self._told: set[Name] = set()
        self.aside = 0
        self.ledger = Ledger()

    def of(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Those records of a batch that count as the baseline's did."""
        fit = self._fit(batch)
        if fit.height < batch.height:
            kept = fit.select(_FEED).unique()
            odd = batch.join(kept, on=_FEED, how="anti", nulls_equal=True)
            self._note(odd, aside=True)
        self._note(fit, aside=False)
        return fit

    def _note(self, records: pl.DataFrame, *, aside: bool) -> None:
        for vantage, feed, since in records.group_by(_FEED).agg(pl.col("time").min().dt.epoch("s")).rows():
            self.ledger.note((vantage, feed), since, aside=aside)

    def _fit(self, batch: pl.DataFrame) -> pl.DataFrame:
        odd = batch.filter(pl.col("seen").is_not_null()) if self._hold_s == 0 else self._unseen(batch)
        if odd.is_empty():
            return batch
        self._odd |= set(odd.select(_FEED).unique().rows())
        self.aside += odd.height
        if self._hold_s == 0:
            return batch.filter(pl.col("seen").is_null())
        return batch.join(odd.select(_FEED).unique(), on=_FEED, how="anti", nulls_equal=True, maintain_order="left")

    def tell(self) -> None:
        """Say once of each feed that records of it are set aside."""
        for name in sorted(self._odd - self._told, key=str):
            vantage, feed = feed_named(*name)
            self._say("watch.unfit_seen" if self._hold_s == 0 else "watch.unfit_unseen", vantage=vantage, feed=feed)
        self._told |= self._odd

    def _unseen(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The records of feeds none of whose records ever said when it was seen, though their vantage's did."""
        here = batch.filter(pl.col("vantage").cast(pl.String).is_in(self._late))
        counted = here.group_by(_FEED, maintain_order=True).agg(pl.len(), pl.col("seen").count().alias("said"))
        silent = []
        for vantage, feed, records, said in counted.rows():
            before, said_before = self._known.get((vantage, feed), (0, 0))
            self._known[vantage, feed] = before + records, said_before + said
            silent.append(said_before + said == 0 and before + records >= SURE)
        names = counted.filter(pl.Series(silent, dtype=pl.Boolean)).select(_FEED)
        return batch.join(names, on=_FEED, how="semi", nulls_equal=True)
