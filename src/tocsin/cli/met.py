"""What was met among records, and whether a baseline was learned from the like."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from tocsin.cli.aloud import Say
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch import Baseline
from tocsin.words import Sentence


@dataclass(kw_only=True)
class Met:
    """``records`` how many, heartbeats included · ``with_seen`` whether any says when it was seen · ``vantages`` and
    ``feeds`` (vantage, name) that were named.
    """

    records: int = 0
    with_seen: bool = False
    vantages: set[str] = field(default_factory=set)
    feeds: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, batch: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema."""
        self.records += batch.height
        self.with_seen = self.with_seen or batch["seen"].null_count() < batch.height
        self.vantages |= set(batch["vantage"].drop_nulls().unique())
        self.feeds |= set(batch.select("vantage", "feed").drop_nulls().unique().rows())


def check_territory(baseline: Baseline, territory: Territory) -> None:
    """Raise InputError where a baseline was learned for another territory than records are read for."""
    if baseline.territory != territory.name:
        raise InputError(
            Sentence("error.other_territory", theirs=baseline.territory, ours=territory.name),
            do=Sentence("do.same_territory"),
        )


def check_fit(baseline: Baseline, met: Met) -> None:
    """Raise InputError where a baseline was learned from records that count otherwise than these.

    With `seen`, a call counts if its record came within the hold; without, whenever it came. Neither can be expected of
    the other. Nor does a baseline know anything of vantages that it never saw.
    """
    if not met.records:
        return
    if met.with_seen and baseline.hold_s == 0:
        raise InputError(Sentence("error.seen_unexpected"), do=Sentence("do.same_feeds"))
    if not met.with_seen and baseline.hold_s > 0:
        raise InputError(Sentence("error.seen_lacking"), do=Sentence("do.same_feeds"))
    if not met.vantages & set(baseline.vantages):
        theirs, known = (
            ", ".join(sorted(names)) or Sentence("error.no_vantage") for names in (met.vantages, baseline.vantages)
        )
        raise InputError(Sentence("error.other_vantage", theirs=theirs, known=known), do=Sentence("do.same_vantage"))


class Strangers:
    """Says once of each vantage and feed that the baseline never knew what becomes of its records."""

    def __init__(self, baseline: Baseline, say: Say) -> None:
        self._vantages = frozenset(baseline.vantages)
        self._feeds = frozenset((feed.vantage, feed.name) for feed in baseline.feeds)
        self._said: set[str | tuple[str, str]] = set()
        self._say = say

    def tell(self, met: Met) -> None:
        """Say what is new since the last time."""
        for vantage in sorted(met.vantages - self._vantages - self._said):
            self._say("watch.strange_vantage", vantage=vantage)
            self._said.add(vantage)
        for vantage, feed in sorted(met.feeds - self._feeds - self._said):
            if vantage in self._vantages:
                self._say("watch.strange_feed", vantage=vantage, feed=feed)
                self._said.add((vantage, feed))
