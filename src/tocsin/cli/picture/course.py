"""Seen against expected in the course of time, with the alarm's own times marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import fill
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tocsin.cli.picture.ink import ALARM, BAND, BORDER, MARK, MUTED, SEEN
from tocsin.cli.picture.ticks import Hours, Percent, Whole
from tocsin.words import Words

STEPS: Final = (1, 2, 2.5, 5, 10)
"""So far apart may ticks lie, times a power of ten."""


NEAR: Final = 0.3
"""A peak so near to an edge (a part of the axis) has its note on its other side."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """One quantity in time: ``start`` of each stretch (N,), ``seen`` and ``expected`` (N,) with its 95 % band
    ``low`` to ``high`` (N,); nan where nothing was to be seen. ``share`` true: shares of one, drawn as per cent ·
    ``note`` a few words on why it rises, written at its peak.
    """

    title: str
    start: Sequence[datetime]
    seen: NDArray[np.float64]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    share: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The times of the alarm: 95 % interval of its ``onset`` (low, best, high), when it came, when it closed."""

    onset: tuple[datetime, datetime, datetime] | None = None
    alarm: datetime | None = None
    closed: datetime | None = None


def draw_course(axes: Axes, course: Course, marks: Marks, words: Words, *, letters: int) -> None:
    """Draw one course with its band and marks, hours in the reader's zone; its title in lines of so many letters."""
    start = date2num(course.start)
    band = words("chart.band")
    axes.fill_between(start, course.low, course.high, facecolor=BAND, edgecolor=BORDER, linewidth=0.5, label=band)
    axes.plot(start, course.expected, color=MUTED, linewidth=1.2, linestyle="--", label=words("chart.expected"))
    axes.plot(start, course.seen, color=SEEN, linewidth=1.6, marker=".", markersize=3, label=words("chart.seen"))
    _mark(axes, marks, words)
    axes.set_title(titled(course, letters), loc="left", fontsize=10)
    axes.set_ylim(bottom=0, top=None if course.share else max(1.0, axes.get_ylim()[1]))
    if len(start) > 1:
        axes.set_xlim(start[0], start[-1])
    if course.note:
        _explain(axes, course)
    axes.yaxis.set_major_locator(MaxNLocator("auto", steps=STEPS, integer=not course.share))
    axes.yaxis.set_major_formatter(Percent(words) if course.share else Whole(words))
    axes.xaxis.set_major_locator(AutoDateLocator(tz=ZoneInfo(words.zone), maxticks=8))
    axes.xaxis.set_major_formatter(Hours(words))
    axes.set_xlabel(_when(course.start, words), loc="right", fontsize=8)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _explain(axes: Axes, course: Course) -> None:
    """Write the note above the peak, with room for it, and on the side of the peak that has some."""
    start = date2num(course.start)
    peak = int(np.nanargmax(course.seen))
    part = (start[peak] - start[0]) / max(start[-1] - start[0], 1e-9)
    side, aside = ("left", 3) if part < NEAR else ("right", -3) if part > 1 - NEAR else ("center", 0)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.12)
    axes.annotate(
        course.note,
        (start[peak], course.seen[peak]),
        xytext=(aside, 5),
        textcoords="offset points",
        ha=side,
        fontsize=8.5,
        color=SEEN,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )


def titled(course: Course, letters: int) -> str:
    """The title in lines of at most so many letters."""
    return "\n".join(fill(line, letters) for line in course.title.splitlines())


def _when(start: Sequence[datetime], words: Words) -> str:
    """The first day and the last, and the zone of the hours: two where the clocks change between them."""
    days = list(dict.fromkeys(words.day(each) for each in (start[0], start[-1])))
    zones = dict.fromkeys(words.zone_at(each) for each in (start[0], start[-1]))
    when = words("chart.days", since=days[0], until=days[1]) if len(days) > 1 else days[0]
    return words("chart.hours", when=when, zone=", ".join(zones))


def _mark(axes: Axes, marks: Marks, words: Words) -> None:
    if marks.onset is not None:
        low, best, high = date2num(marks.onset)
        axes.axvspan(low, high, color=MARK, alpha=0.25, linewidth=0)
        axes.axvline(best, color=MARK, linewidth=1.6, label=words("chart.onset"))
    if marks.alarm is not None:
        at = [date2num(marks.alarm)] * 2  # above the onset's line, for it may stand right on it
        (line,) = axes.plot(at, [0, 1], ":v", transform=axes.get_xaxis_transform(), label=words("chart.alarm"))
        line.set(color=ALARM, linewidth=1.6, markevery=[1], clip_on=False, zorder=4)
    if marks.closed is not None:
        axes.axvline(date2num(marks.closed), color=MUTED, linewidth=1.2, linestyle="-.", label=words("chart.closed"))
