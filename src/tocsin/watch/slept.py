"""Slept: the minutes in which scopes hung on a feed that told nothing. They say nothing of what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.baseline import Feed
from tocsin.watch.recent import KEPT_MINUTES


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    feed: Feed
    since: int
    until: int | None


class Slept:
    """Which feeds told nothing when, by the minute; what is older than any minute that is kept is forgotten."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._changed: int | None = None

    def now(self, feeds: Mapping[Feed, int], second: int) -> None:
        """From ``second`` on these feeds tell nothing (and haven't since their own second), and no others."""
        until = -(-second // 60)
        ended = [each for each in self._stretches if each.until is None and each.feed not in feeds]
        asleep = {each.feed for each in self._stretches if each.until is None}
        fresh = [
            _Stretch(feed=feed, since=since // 60, until=None) for feed, since in feeds.items() if feed not in asleep
        ]
        kept = [replace(each, until=until) if each in ended else each for each in self._stretches]
        limit = until - KEPT_MINUTES
        self._stretches = [*(each for each in kept if each.until is None or each.until > limit), *fresh]
        if fresh or ended:
            known = until if self._changed is None else self._changed
            self._changed = min(known, *(each.since for each in fresh), until)

    def changed(self) -> int | None:
        """The first minute of which it has become known since it was last asked that a feed told nothing."""
        changed, self._changed = self._changed, None
        return changed

    def minutes(self, vantage: str, first: int, minutes: int) -> Iterator[tuple[str, slice]]:
        """Which feeds told nothing in which of the ``minutes`` from ``first`` on."""
        for each in self._stretches:
            if each.feed.vantage == vantage:
                end = first + minutes if each.until is None else each.until
                yield each.feed.name, slice(max(each.since - first, 0), max(end - first, 0))

    def any_since(self, minute: int, vantage: str, scopes: int) -> NDArray[np.bool_]:
        """(scopes,) which hung on a feed that told nothing at some time from that minute on."""
        hung = np.zeros(scopes, bool)
        for each in self._stretches:
            if each.feed.vantage == vantage and (each.until is None or each.until > minute):
                hung[list(each.feed.scopes)] = True
        return hung
