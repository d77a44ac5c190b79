"""What was met among records, and whether a baseline was learned from the like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from tocsin.cli.aloud import Say
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch import Baseline
from tocsin.words import Sentence

ENOUGH: Final = 100
"""Calls that name an operator, a node or a centre from which on they say whether the country is the one learned."""


@dataclass(kw_only=True)
class Met:
    """``records`` how many, heartbeats included · ``with_seen`` whether any says when it was seen · ``vantages`` and
    ``feeds`` (vantage, name) that were named · ``classes`` how many named each operator, node and centre.
    """

    records: int = 0
    with_seen: bool = False
    vantages: set[str] = field(default_factory=set)
    feeds: set[tuple[str, str]] = field(default_factory=set)
    classes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def meet(self, batch: pl.DataFrame) -> None:
        """Take a batch in the `RECORD` schema."""
        self.records += batch.height
        self.with_seen = self.with_seen or batch["seen"].null_count() < batch.height
        self.vantages |= set(batch["vantage"].drop_nulls().unique())
        self.feeds |= set(batch.select("vantage", "feed").drop_nulls().unique().rows())
        for dimension in ("operator", "path", "centre"):
            for value, calls in batch[dimension].drop_nulls().value_counts().rows():
                for each in value.split(">") if dimension == "path" else (value,):
                    self.classes["node" if dimension == "path" else dimension, each] += calls


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
            tuple(Sentence(f"records_of.{name}") for name in sorted(names)) or Sentence("error.no_vantage")
            for names in (met.vantages, baseline.vantages)
        )
        raise InputError(Sentence("error.other_vantage", theirs=theirs, known=known), do=Sentence("do.same_vantage"))


class Strangers:
    """Says once of each vantage and feed that the baseline never knew what becomes of its records, of each that it knew
    and that doesn't come, and whether the records are of another country altogether."""

    def __init__(self, baseline: Baseline, say: Say) -> None:
        self._vantages = frozenset(baseline.vantages)
        self._classes = frozenset(baseline.lattice.classes)
        self._feeds = frozenset((feed.vantage, feed.name) for feed in baseline.feeds)
        self._said: set[str | tuple[str, str]] = set()
        self._say = say

    def tell(self, met: Met) -> None:
        """Say what is new since the last time."""
        for vantage in sorted(met.vantages - self._vantages - self._said):
            self._say("watch.strange_vantage", vantage=Sentence(f"records_of.{vantage}"))
            self._said.add(vantage)
        self._tell_country(met)
        for vantage, feed in sorted(met.feeds - self._feeds - self._said):
            if vantage in self._vantages:
                self._say("watch.strange_feed", vantage=Sentence(f"records_of.{vantage}"), feed=feed)
                self._said.add((vantage, feed))

    def tell_missing(self, met: Met) -> None:
        """Say which vantages of the baseline haven't been met at all: their silence is no loss to the watch."""
        for vantage in sorted(self._vantages - met.vantages - self._said):
            self._say("watch.unheard_vantage", vantage=Sentence(f"records_of.{vantage}"))
            self._said.add(vantage)

    def _tell_country(self, met: Met) -> None:
        """Say if most of the calls that name an operator, a node or a centre name one that the baseline never knew."""
        named, strange = Counter[str](), Counter[str]()
        for (dimension, value), calls in met.classes.items():
            named[dimension] += calls
            strange[dimension] += 0 if (dimension, value) in self._classes else calls
        unknown = [
            dimension for dimension in named if named[dimension] >= ENOUGH and strange[dimension] > named[dimension] / 2
        ]
        for dimension in sorted(set(unknown) - self._said):
            self._say("watch.strange_country", what=Sentence(f"many.{dimension}"))
            self._said.add(dimension)
