"""Estimates of one event: when it began, how much is lost, when it ended. Arithmetic on minute series only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.alarm import Interval
from tocsin.watch.family import Law

Z95: Final = 1.959964

ARRIVED_LATE_SD: Final = 0.1
UNSEEN_LATE_SD: Final = 0.4
"""By how much of itself the number of calls that came after the hold may be wrong. Those that arrive are as on any day;
those that ring at a dead centre last otherwise than calls that are answered."""

Series = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A stretch of minutes as one: ``k`` bad of ``n``, where ``expected`` would have been usual."""

    k: float = 0.0
    n: float = 0.0
    expected: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One family's minutes in one scope: ``k`` bad of ``n``, ``normal`` the rate or share expected (arrivals: mu).

    ``before`` sums up the minutes since an event's onset that came before the first of the series.
    """

    law: Law
    k: Series
    n: Series
    normal: Series
    sd: float  # of the reference, on its natural scale
    phi: float
    before: Sums = Sums()

    def expected(self) -> Series:
        return self.normal if self.law.by_calendar else self.n * self.normal

    def sums(self, rows: slice) -> Sums:
        """Some of the minutes as one."""
        expected = float(self.expected()[rows].sum())
        return Sums(k=float(self.k[rows].sum()), n=float(self.n[rows].sum()), expected=expected)

    def since_onset(self, rows: slice) -> Sums:
        """The same, and the minutes before the series."""
        late = self.sums(rows)
        return Sums(k=self.before.k + late.k, n=self.before.n + late.n, expected=self.before.expected + late.expected)

    def cut(self, rows: slice, before: Sums) -> Seen:
        """Some of the minutes, after what is summed up in ``before``."""
        return replace(self, k=self.k[rows], n=self.n[rows], normal=self.normal[rows], before=before)

    def then(self, newest: Seen) -> Seen:
        """The series with further minutes."""
        k, n, normal = (np.concatenate([getattr(self, name), getattr(newest, name)]) for name in ("k", "n", "normal"))
        return replace(self, k=k, n=n, normal=normal)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """For each candidate start: log likelihood ratio ``nats`` against no loss, at the best ``loss`` (0 to 1)."""

    nats: Series
    loss: Series


def fit_starts(seen: Seen) -> Fit:
    """Fit a constant loss from each minute to the end: profile likelihood, one pass of sums from the back."""
    k, n, expected = (np.cumsum(x[::-1])[::-1] for x in (seen.k, seen.n, seen.expected()))
    return fit(seen.law, k, n, expected, seen.phi)


def fit_sums(seen: Seen, sums: Sums) -> tuple[float, float]:
    """(nats, loss) of one stretch of minutes."""
    one = fit(seen.law, np.array(sums.k), np.array(sums.n), np.array(sums.expected), seen.phi)
    return float(one.nats), float(one.loss)


def fit(law: Law, k: Series, n: Series, expected: Series, phi: Series | float) -> Fit:
    """Fit one loss to each pair of a count ``k`` of ``n`` and what was ``expected``: elementwise, any shape."""
    if law.by_calendar:
        ratio = k / np.maximum(expected, 1e-9)
        nats = _xlogx(k, ratio) + expected - k
        loss = 1 - ratio if law is Law.FALL else 1 - 1 / np.maximum(ratio, 1e-9)
    else:
        before = np.clip(expected / np.maximum(n, 1), 1e-9, 1 - 1e-9)
        after = k / np.maximum(n, 1)
        nats = _xlogx(k, after / before) + _xlogx(n - k, (1 - after) / (1 - before))
        if law is Law.RATE:
            loss = 1 - (1 - after) / (1 - before)
        else:
            loss = 1 - after * (1 - before) / np.maximum(before * (1 - after), 1e-9)
    loss = np.where(np.isfinite(loss), loss, 0.0)
    return Fit(nats=np.where(loss > 0, nats, 0.0) / phi, loss=np.clip(loss, 0.0, 0.999))


def _xlogx(k: Series, ratio: Series) -> Series:
    return np.where(k > 0, k * np.log(np.maximum(ratio, 1e-12)), 0.0)


def credible_start(fit: Fit, latest: int) -> tuple[int, int, int]:
    """The 95 % credible set of the start (flat prior over the minutes up to ``latest``) and its best minute."""
    nats = fit.nats[: latest + 1]
    chance = np.exp(nats - nats.max())
    cumulated = np.cumsum(chance) / chance.sum()
    low, high = np.searchsorted(cumulated, [0.025, 0.975])
    return int(low), int(nats.argmax()), int(min(high, latest))


def of_all(found: Interval, settled: float, late_sd: float) -> Interval:
    """What was lost of all calls, where ``found`` was lost of the share ``settled`` whose records came in time.

    ``late_sd`` by how much of itself the rest may be wrong.
    """
    best = found.best / settled
    unsettled = Z95 * late_sd * (best - found.best)
    below, above = (np.hypot(each / settled, unsettled) for each in (found.best - found.low, found.high - found.best))
    return Interval(low=max(best - float(below), found.low), best=best, high=best + float(above))


def lost_of_outcomes(losses: float, delivered: float, ratio: float, sd: float, phi: float) -> Interval:
    """Attempts lost beyond the usual: L - r D, with the usual losses' own noise and the reference's error.

    L losses, D delivered attempts, r losses per delivered on a normal day. What is delivered says how large demand
    is, so the estimate needs none. Variance phi r D + (sd r D)^2 + 1. More may be lost than failed in the time counted:
    when it began and ended is an estimate too.
    """
    usual = ratio * delivered
    spread = Z95 * np.sqrt(phi * usual + (sd * usual) ** 2 + 1)
    best = max(losses - usual, 0.0)
    return Interval(low=max(best - spread, 0.0), best=best, high=best + spread if losses else 0.0)


def lost_of_share(k: float, n: float, p: float, sd: float) -> Interval:
    """Missing arrivals of a class, from what the rest of its group shows: E - k with E = (n - k) p / (1 - p).

    Variance E (its own noise) + (p / (1 - p))^2 (n - k) (the rest's) + (sd E)^2 (the reference's error).
    """
    odds = p / (1 - p)
    expected = (n - k) * odds
    spread = Z95 * np.sqrt(expected + odds**2 * (n - k) + (sd * expected) ** 2 + 1)
    best = max(expected - k, 0.0)
    return Interval(low=max(best - spread, 0.0), best=best, high=best + spread)


def lost_of_level(k: float, mu: float, sd: float) -> Interval:
    """Missing arrivals against the calendar: mu - k, variance mu + (sd mu)^2."""
    spread = Z95 * np.sqrt(mu + (sd * mu) ** 2 + 1)
    best = max(mu - k, 0.0)
    return Interval(low=max(best - spread, 0.0), best=best, high=best + spread)


def lost_of_rate(k: float, n: float, p: float, sd: float, of: float) -> Interval:
    """Bad counts beyond the usual n p (calls that never arrived, of those said delivered), among ``of`` or n, the more.

    Not every call can be judged: k of n were, and the rest fare alike. With f = of / n the estimate is f (k - n p), of
    variance f^2 (n p + (sd n p)^2) + f (f - 1) k (n - k) / n: the usual, and the rest's own chance.
    """
    usual = n * p
    more = max(of / max(n, 1.0), 1.0)
    rest = more * (more - 1) * k * max(n - k, 1.0) / max(n, 1.0)
    spread = Z95 * np.sqrt(more**2 * (usual + (sd * usual) ** 2 + 1) + rest)
    best = max(k - usual, 0.0) * more
    high = min(best + spread, k + max(of - n, 0.0)) if k else 0.0
    return Interval(low=max(best - spread, 0.0), best=best, high=high)


def closing_nats(seen: Seen, loss: float) -> Series:
    """Log ratio of each minute, the same statistics run the other way: no loss against half of ``loss`` still there."""
    half = loss / 2
    if seen.law.by_calendar:
        if seen.law is Law.RISE:
            grown = 1 / (1 - half)
            return np.asarray((-seen.k * np.log(grown) + seen.normal * (grown - 1)) / seen.phi)
        return np.asarray((-seen.k * np.log(1 - half) - seen.normal * half) / seen.phi)
    p = np.clip(seen.normal, 1e-9, 1 - 1e-9)
    other = 1 - (1 - p) * (1 - half) if seen.law is Law.RATE else p * (1 - half) / (1 - p * half)
    return (seen.k * np.log(p / other) + (seen.n - seen.k) * np.log((1 - p) / (1 - other))) / seen.phi
