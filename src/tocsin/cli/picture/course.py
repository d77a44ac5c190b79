"""Seen against expected in the course of time, with the alarm's own times marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter, date2num
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from tocsin.cli.picture.ink import BAND, MARK, MUTED, SEEN
from tocsin.words import Words


@dataclass(frozen=True, kw_only=True)
class Course:
    """One quantity in time: ``start`` of each stretch (N,), ``seen`` and ``expected`` (N,) with its 95 % band
    ``low`` to ``high`` (N,); nan where nothing was to be seen. ``share`` true: shares of one, drawn as per cent.
    """

    title: str
    start: Sequence[datetime]
    seen: NDArray[np.float64]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    share: bool = False


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The times of the alarm: 95 % interval of its ``onset`` (low, best, high), when it came, when it closed."""

    onset: tuple[datetime, datetime, datetime] | None = None
    alarm: datetime | None = None
    closed: datetime | None = None


def draw_course(axes: Axes, course: Course, marks: Marks, words: Words) -> None:
    """Draw one course with its band and marks, hours in the reader's zone."""
    zone = ZoneInfo(words.zone)
    start = date2num(course.start)
    axes.fill_between(start, course.low, course.high, color=BAND, linewidth=0, label=words("chart.band"))
    axes.plot(start, course.expected, color=MUTED, linewidth=1.2, linestyle="--", label=words("chart.expected"))
    axes.plot(start, course.seen, color=SEEN, linewidth=1.6, label=words("chart.seen"))
    _mark(axes, marks, words)
    axes.set_title(course.title, loc="left", fontsize=10)
    axes.set_ylim(bottom=0)
    axes.set_xlim(start[0], start[-1])
    written = words.percent if course.share else words.number
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    pattern = "%H:%M" if course.start[-1] - course.start[0] < timedelta(days=2) else "%d/%m"
    axes.xaxis.set_major_locator(AutoDateLocator(tz=zone, maxticks=8))
    axes.xaxis.set_major_formatter(DateFormatter(pattern, tz=zone))
    axes.set_xlabel(words("chart.hours", zone=course.start[-1].astimezone(zone).tzname()), loc="right", fontsize=8)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _mark(axes: Axes, marks: Marks, words: Words) -> None:
    if marks.onset is not None:
        low, best, high = date2num(marks.onset)
        axes.axvspan(low, high, color=MARK, alpha=0.25, linewidth=0)
        axes.axvline(best, color=MARK, linewidth=1.6, label=words("chart.onset"))
    if marks.alarm is not None:
        axes.axvline(date2num(marks.alarm), color=MARK, linewidth=1.2, linestyle=":", label=words("chart.alarm"))
    if marks.closed is not None:
        axes.axvline(date2num(marks.closed), color=MUTED, linewidth=1.2, linestyle="-.", label=words("chart.closed"))
