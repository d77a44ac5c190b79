"""The feeds of a file: how late each records its calls, and whether it lives, in a line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from tocsin.cli.watching import HOLD_S
from tocsin.counts import CHANCE, FeedLateness, FeedLife, Lateness, Life, Silence
from tocsin.words import Words

SHOWN: Final = 8
"""So many feeds are shown: first those that don't seem to live, then the largest."""

DOUBTFUL: Final = (Life.SILENT, Life.NO_CALLS, Life.QUIET)


class Feeds:
    """Takes the records of a file as they are read; memory is bounded by the feeds. ``zone`` is the territory's."""

    def __init__(self, zone: str = "UTC") -> None:
        self._lateness = Lateness(hold_s=HOLD_S)
        self._silence = Silence(zone)

    def push(self, records: pl.DataFrame) -> None:
        """Take a batch."""
        self._lateness.push(records)
        self._silence.push(records)

    def told(self, words: Words) -> Iterator[str]:
        """The lines, nothing where there was no record."""
        now = self._silence.last()
        if now is None:
            return
        late = {(feed.vantage, feed.feed): feed for feed in self._lateness.feeds()}
        feeds = sorted(self._silence.feeds(now), key=lambda feed: (feed.state not in DOUBTFUL, -feed.calls))
        yield words("feed.title")
        for feed in feeds[:SHOWN]:
            yield _told(feed, late.get((feed.vantage, feed.feed)), words)
        rest = feeds[SHOWN:]
        if rest:
            doubtful = sum(feed.state in DOUBTFUL for feed in rest)
            yield words("feed.more", feeds=len(rest), doubtful=doubtful)


def _told(feed: FeedLife, late: FeedLateness | None, words: Words) -> str:
    name = feed.feed or words("feed.nameless")
    if feed.vantage is not None:
        name = words("feed.name", feed=name, vantage=words(f"vantage.{feed.vantage}"))
    told = [words("feed.calls", calls=feed.calls), *_lateness(late, words)]
    if feed.beat_every_s is None:
        told.append(words("feed.no_beats"))
        if feed.told_after_s is not None and feed.state not in DOUBTFUL:
            told.append(words("feed.told_after", gap=words.minutes(feed.told_after_s / 60), files=round(1 / CHANCE)))
    else:
        told.append(words("feed.beats", gap=words.minutes(feed.beat_every_s / 60)))
    if feed.longest_s is not None:
        told.append(words("feed.longest", gap=words.minutes(feed.longest_s / 60), at=feed.longest_from))
    if feed.state in DOUBTFUL:
        last = feed.last_beat if feed.state is Life.SILENT and feed.last_beat else feed.last_call
        told.append(words(f"feed.{feed.state.name.lower()}", last=last))
    return words("feed.line", feed=name, told=", ".join(told))


def _lateness(late: FeedLateness | None, words: Words) -> Iterator[str]:
    """How late a feed's calls are recorded; nothing of one that doesn't say when its records were seen."""
    if late is None or late.half_s is None or late.nearly_all_s is None or late.share_settled is None:
        return
    yield words(
        "feed.late",
        half=words.minutes(late.half_s / 60),
        most=words.minutes(late.nearly_all_s / 60),
        share=words.percent(late.share_settled),
        hold=HOLD_S,
    )
    if late.early:
        yield words("feed.early", early=late.early)
