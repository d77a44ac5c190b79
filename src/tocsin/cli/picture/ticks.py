"""What stands at the ticks of an axis: numbers as finely as the ticks lie apart, times with the day they begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from matplotlib.dates import num2date
from matplotlib.ticker import Formatter

from tocsin.words import Words

FINEST: Final = 4
"""Digits of a per cent beyond which no tick is written."""


class Percent(Formatter):
    """Shares of one as per cent, with as many digits as tell all ticks apart and round none."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        digits = next(
            (d for d in range(FINEST) if all(abs(round(100 * v, d) - 100 * v) < 1e-6 for v in values)), FINEST
        )
        return [self._words.percent(value, digits) for value in values]

    def __call__(self, value: float, _: int | None = None) -> str:
        return self.format_ticks([value])[0]


class Whole(Formatter):
    """Whole numbers; put it only on an axis whose ticks are whole."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __call__(self, value: float, _: int | None = None) -> str:
        return self._words.number(value)


class Hours(Formatter):
    """Times of day in the reader's zone; at midnight the day that begins."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __call__(self, value: float, _: int | None = None) -> str:
        at: datetime = num2date(value, tz=ZoneInfo(self._words.zone))
        return self._words.hour(at) if at.hour or at.minute else self._words.day(at, year=False)
