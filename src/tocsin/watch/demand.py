"""Demand: how many attempts the calendar leads one to expect, per hour, for each vantage and service.

A Poisson regression (log link, ridge) of the hourly counts on the hour of the day, the kind of day, their product, the
weekday, school holidays and a slow linear trend, fitted by glum. Effects multiply, so sums over areas stay coherent:
every area and class takes a share of the same shape. The trend isn't carried beyond the history it was learned on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from glum import GeneralizedLinearRegressor
from numpy.typing import NDArray

from tocsin.territory import Territory

HOUR_S: Final = 3600
_KINDS: Final = 3  # working day, Saturday, Sunday or public holiday
COLUMNS: Final = 24 + _KINDS + 24 * _KINDS + 7 + 1 + 1
_PRIOR_SD: Final = np.concatenate(
    [np.full(24, 2.0), np.full(_KINDS, 0.7), np.full(24 * _KINDS, 0.35), np.full(7, 0.15), [0.2], [0.15]]
)
"""Standard deviation of each effect before any data, on the log scale: what the ridge stands for."""


@dataclass(frozen=True)
class Calendar:
    """The days of a whole territory: a school holiday counts by the share of the cell areas that keep it."""

    territory: Territory

    @property
    def zone(self) -> str:
        return self.territory.zone

    def holidays(self, day: date) -> bool:
        return self.territory.holidays(day)

    def school_share(self, day: date) -> float:
        areas = self.territory.cell_areas
        return sum(self.territory.school_holiday(day, area) for area in areas) / max(len(areas), 1)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Fitted effects: ``effects`` (series, columns), ``intercept`` (series,); ``since``, ``until`` of the history."""

    effects: NDArray[np.float64]
    intercept: NDArray[np.float64]
    since: int
    until: int

    def log_hourly(self, hours: NDArray[np.int64], calendar: Calendar) -> NDArray[np.float64]:
        """(series, hours) log of the counts expected in the hours that start at ``hours`` (seconds since 1970)."""
        features = _features(hours, calendar, self.since, self.until)
        return np.asarray(self.effects @ features.T + self.intercept[:, None])

    def log_rate(self, times: NDArray[np.int64], calendar: Calendar) -> NDArray[np.float64]:
        """(series, times) log of the rate per second, interpolated between the middles of the hours."""
        first = (int(times.min()) - HOUR_S // 2) // HOUR_S
        last = (int(times.max()) + HOUR_S // 2) // HOUR_S + 1
        hours = np.arange(first, last + 1) * HOUR_S
        hourly = self.log_hourly(hours, calendar) - np.log(HOUR_S)
        middles = hours + HOUR_S / 2
        return np.stack([np.interp(times, middles, row) for row in hourly])

    @classmethod
    def fit(
        cls, hours: NDArray[np.int64], counts: NDArray[np.float64], kept: NDArray[np.bool_], calendar: Calendar
    ) -> Demand:
        """From hourly ``counts`` (series, hours); hours not ``kept`` (series, hours) are left out."""
        since, until = int(hours.min()), int(hours.max()) + HOUR_S
        features = _features(hours, calendar, since, until)
        effects = np.zeros((len(counts), COLUMNS))
        intercept = np.full(len(counts), -20.0)
        for series, (row, use) in enumerate(zip(counts, kept, strict=True)):
            if row[use].sum() == 0:
                continue
            if np.ptp(row[use]) == 0:  # glum refuses what doesn't vary; its mean is the fit
                intercept[series] = np.log(row[use].mean())
                continue
            # glum minimises the mean of half the deviance; the prior's precision is per row of data.
            model = GeneralizedLinearRegressor(
                family="poisson",
                l1_ratio=0.0,
                alpha=1.0,
                P2=1.0 / (_PRIOR_SD**2 * use.sum()),
                fit_intercept=True,
                scale_predictors=False,
            )
            model.fit(features[use], row[use])
            effects[series] = model.coef_
            intercept[series] = model.intercept_
        return cls(effects=effects, intercept=intercept, since=since, until=until)


def _features(hours: NDArray[np.int64], calendar: Calendar, since: int, until: int) -> NDArray[np.float64]:
    zone = ZoneInfo(calendar.zone)
    features = np.zeros((len(hours), COLUMNS))
    span = max(until - since, 1)
    days: dict[date, tuple[int, float]] = {}
    for row, second in enumerate(hours):
        local = datetime.fromtimestamp(int(second), UTC).astimezone(zone)
        day = local.date()
        if day not in days:
            days[day] = (kind_of_day(day, calendar.holidays), calendar.school_share(day))
        kind, school = days[day]
        features[row, local.hour] = 1
        features[row, 24 + kind] = 1
        features[row, 24 + _KINDS + 24 * kind + local.hour] = 1
        features[row, 24 + _KINDS + 24 * _KINDS + local.weekday()] = 1
        features[row, -2] = school
        features[row, -1] = 2 * min(max((int(second) - since) / span, 0.0), 1.0) - 1
    return features


def kind_of_day(day: date, holiday: Callable[[date], bool]) -> int:
    """0 on a working day, 1 on a Saturday, 2 on a Sunday or public holiday."""
    if holiday(day) or day.weekday() == 6:
        return 2
    return 1 if day.weekday() == 5 else 0


BINS: Final = 48
"""Hours of a working day and of a weekend's: see `local_bin`."""


def local_bin(times: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """(times,) hour of the local day, 0 to 23, plus 24 on Saturdays and Sundays: what shares and rates vary with."""
    where = ZoneInfo(zone)
    hours, inverse = np.unique(times // 900, return_inverse=True)
    local = [datetime.fromtimestamp(int(quarter) * 900, UTC).astimezone(where) for quarter in hours]
    bins = np.array([moment.hour + (24 if moment.weekday() >= 5 else 0) for moment in local], np.int64)
    return bins[inverse]


def at(second: int) -> datetime:
    """The moment, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(second))
