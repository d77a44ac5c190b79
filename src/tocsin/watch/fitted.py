"""The fit of one family: a rate per scope, shrunk to the wider scope, and its profile over the hours of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.counting import COLUMN
from tocsin.watch.demand import BINS
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.expected import still
from tocsin.watch.family import Family, Law
from tocsin.watch.history import History, profile_groups
from tocsin.watch.lattice import ALL

_ENOUGH: Final = 50.0
"""Counts n in the whole history below which a scope has no reference of its own."""

_ENOUGH_BAD: Final = 30.0
"""Bad counts in the whole history below which a vantage can't be said to know of them."""

_LEAST_SHARE, _MOST_SHARE = 0.02, 0.985
"""A class with less of its group is compared in a narrower group; one with more has nothing to compare with."""

_PROFILE_PRIOR: Final = 1 / 0.15**2

LEVEL_SAMPLE: Final = 24
"""Scopes of a level, the largest, that its drift is learned from."""

Columns = NDArray[np.float32]


@dataclass(kw_only=True)
class Fitted:
    """A family's rows while it is learned: ``scope`` (A,), ``above`` (A,) the wider scope's row or -1, counts."""

    family: Family
    arrivals: bool
    scope: NDArray[np.int64]
    above: NDArray[np.int64]
    level: NDArray[np.int32]
    group: NDArray[np.int32]
    k: Columns
    n: Columns
    use: NDArray[np.bool_]
    base: NDArray[np.float64]
    error: NDArray[np.float64]
    profile: NDArray[np.float64]

    def theta(self, history: History, rows: NDArray[np.int64]) -> Columns:
        """(rows, B) the reference without drift."""
        demand = history.log_demand[:, history.lattice.service[self.scope[rows]]].T if self.arrivals else 0.0
        return still(self, rows[:, None], self.group[rows][:, None], history.bins, demand).astype(np.float32)

    def expected(self, history: History, rows: NDArray[np.int64]) -> tuple[Columns, Columns]:
        """(rows, B) expected counts and their Fisher information."""
        theta = self.theta(history, rows)
        if self.arrivals:
            mu = np.exp(theta).astype(np.float32)
            return mu, mu
        p = (1 / (1 + np.exp(-np.clip(theta, -60, 60)))).astype(np.float32)
        return self.n[rows] * p, self.n[rows] * p * (1 - p)


def rows_of(history: History, family: Family) -> Fitted | None:
    """The scopes with enough counts, as rows of their own; for a share, only classes neither tiny nor nearly all."""
    lattice = history.lattice
    bad_all = history.counts[:, :, COLUMN[family.bad]]
    of_all = history.counts[:, :, COLUMN[family.of]]
    bad, of = bad_all.sum(axis=0).astype(float), of_all.sum(axis=0).astype(float)
    if family.law is Law.SHARE:
        of = of[lattice.group]
        active = (lattice.klass != ALL) & (bad >= _ENOUGH) & (bad > _LEAST_SHARE * of) & (bad < _MOST_SHARE * of)
        active &= history.compared
    elif family.law is Law.RATE:
        if family.evidence != "outcome" and bad.max(initial=0.0) < _ENOUGH_BAD:
            return None  # outcomes are known where attempts have one, however few have failed (`ratio.RAREST`)
        minutes = max(float(history.whole.sum()) * BLOCK_S / 60, 1.0)
        active = (of >= max(_ENOUGH, family.least_per_minute * minutes)) & history.distinct
    else:
        active = (bad >= _ENOUGH) & history.distinct
    scope = np.flatnonzero(active)
    if len(scope) == 0:
        return None
    place = np.full(len(lattice), -1)
    place[scope] = np.arange(len(scope))
    above = np.where(lattice.parent[scope] >= 0, place[lattice.parent[scope]], -1)
    where = lattice.group[scope] if family.law is Law.SHARE else scope
    group = profile_groups(lattice)
    return Fitted(
        family=family,
        arrivals=family.law not in (Law.RATE, Law.SHARE),
        scope=scope,
        above=above,
        level=lattice.level[scope],
        group=group[scope],
        k=np.ascontiguousarray(bad_all[:, scope].T, np.float32),
        n=np.ascontiguousarray(of_all[:, where].T, np.float32),
        use=np.repeat(history.whole[None], len(scope), axis=0),
        base=np.zeros(len(scope)),
        error=np.zeros(len(scope)),
        profile=np.zeros((group.max() + 1, BINS)),
    )


def fit(fitted: Fitted, history: History) -> None:
    """Base and its variance per scope, shrunk level by level to the wider scope, and the profile over the hours."""
    bad = np.einsum("ab,ab->a", fitted.k, fitted.use, dtype=np.float64)
    if fitted.arrivals:
        services = history.lattice.service[fitted.scope]
        demand = np.einsum("ab,ba->a", fitted.use, np.exp(history.log_demand)[:, services])
        fitted.base = np.log((bad + 0.5) / np.maximum(demand, 1e-9))
        fitted.error = 1 / (bad + 0.5)
    else:
        of = np.einsum("ab,ab->a", fitted.n, fitted.use, dtype=np.float64)
        p = (bad + 0.5) / (of + 1)
        variance = 1 / np.maximum(of * p * (1 - p), 0.25)
        fitted.base, fitted.error = _shrunk(np.log(p / (1 - p)), variance, fitted)
    fitted.profile[:] = 0
    widest = np.flatnonzero(history.lattice.area[fitted.scope] == 0)
    for _ in range(2):
        _fit_hours(fitted, history, widest)


def _fit_hours(fitted: Fitted, history: History, widest: NDArray[np.int64]) -> None:
    """One Newton step of the hours' profile, from the scopes that span the territory, and of the base that it moves."""
    for newton in ("profile", "base"):
        expected, information = fitted.expected(history, widest)
        use = fitted.use[widest]
        score, weight = np.where(use, fitted.k[widest] - expected, 0), np.where(use, information, 0)
        if newton == "profile":
            for hour in np.unique(history.bins):
                here = history.bins == hour
                fitted.profile[fitted.group[widest], hour] += score[:, here].sum(axis=1) / (
                    weight[:, here].sum(axis=1) + _PROFILE_PRIOR
                )
        else:
            step = np.zeros(len(fitted.profile))
            step[fitted.group[widest]] = score.sum(axis=1) / np.maximum(weight.sum(axis=1), 1.0)
            fitted.base += step[fitted.group]


def _shrunk(
    raw: NDArray[np.float64], variance: NDArray[np.float64], fitted: Fitted
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Empirical Bayes, from the widest level down: each scope between its own estimate and its wider scope's.

    The variance between scopes of a level is estimated by moments (DerSimonian and Laird 1986, unweighted form).
    """
    base, error = raw.copy(), variance.copy()
    for level in np.unique(fitted.level):
        here = np.flatnonzero((fitted.level == level) & (fitted.above >= 0))
        if len(here) == 0:
            continue
        away = raw[here] - base[fitted.above[here]]
        between = max(float(np.mean(away**2 - variance[here])), 1e-6)
        share = between / (between + variance[here])
        base[here] = base[fitted.above[here]] + share * away
        error[here] = share * variance[here]
    return base, error


def largest(fitted: Fitted, level: int, most: int) -> NDArray[np.int64]:
    """The largest rows of a level."""
    here = np.flatnonzero(fitted.level == level)
    return here[np.argsort(-fitted.n[here].sum(axis=1), kind="stable")[:most]]
