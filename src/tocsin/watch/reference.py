"""One family's reference at one vantage: the rate of every scope, its hours, its errors, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch import drift
from tocsin.watch.baseline import LeftOut, Reference
from tocsin.watch.counting import COLUMN
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.family import Family, Law
from tocsin.watch.lattice import ALL, LEVELS_A_DEPTH, Lattice
from tocsin.watch.nulls import RAREST, Z

BINS: Final = 48
ODD: Final = 6.0
"""Standard deviations of a level's usual blocks beyond which a block of history is left out."""

_ENOUGH: Final = 50.0
"""Counts n in the whole history below which a scope has no reference of its own."""

_ENOUGH_BAD: Final = 30.0
"""Bad counts in the whole history below which a vantage can't be said to know of them."""

_LEAST_SHARE, _MOST_SHARE = 0.02, 0.985
"""A class with less of its group than this is compared in a narrower group; one with more has nothing to compare with."""

_PROFILE_PRIOR: Final = 1 / 0.15**2
_RANKS: Final = (1, 2, 3, 5, 10, 20, 50)
_SAMPLE: Final = 24
"""Scopes of a level, the largest, that its drift is learned from."""

DISPERSION_SAMPLE: Final = 6
"""Scopes of a level, the largest, whose minutes tell the dispersion."""

Columns = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class History:
    """One vantage's past.

    ``counts`` (blocks, S, USED) · ``minutes`` (minutes, sample, USED) of the scopes in ``sample``, ascending · ``whole`` (blocks,) blocks that the history covers · ``bins`` (blocks,) hour of the
    local day · ``log_demand`` (blocks, services) log of the arrivals that the calendar expects · ``distinct`` (S,) one
    scope of each set of calls.
    """

    vantage: str
    lattice: Lattice
    counts: NDArray[np.uint32]
    minutes: NDArray[np.uint32]
    sample: NDArray[np.int64]
    times: NDArray[np.int64]
    whole: NDArray[np.bool_]
    bins: NDArray[np.int64]
    log_demand: NDArray[np.float64]
    distinct: NDArray[np.bool_]


@dataclass(kw_only=True)
class _Fitted:
    """A family's rows while it is learned: ``scope`` (A,), ``above`` (A,) row of the wider scope or -1, arrays (A, B)."""

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
        theta = self.base[rows, None] + self.profile[self.group[rows]][:, history.bins]
        if self.arrivals:
            theta = theta + history.log_demand[:, history.lattice.service[self.scope[rows]]].T
        return theta.astype(np.float32)

    def expected(self, history: History, rows: NDArray[np.int64]) -> tuple[Columns, Columns]:
        """(rows, B) expected counts and their Fisher information."""
        theta = self.theta(history, rows)
        if self.arrivals:
            mu = np.exp(theta)
            return mu, mu
        p = 1 / (1 + np.exp(-np.clip(theta, -60, 60)))
        return self.n[rows] * p, self.n[rows] * p * (1 - p)


def refer(history: History, family: Family) -> tuple[Reference, list[LeftOut]] | None:
    """Learn one family's reference from one vantage's history; None where the vantage can't know of it."""
    fitted = _rows(history, family)
    if fitted is None:
        return None
    _fit(fitted, history)
    left_out = _leave_out(fitted, history)
    if left_out:
        _fit(fitted, history)
    phi = _dispersion(fitted, history, None)
    sigma, tau, after, unsure = _drift(fitted, history, phi)
    minutes = _dispersion(fitted, history, after)
    phi = np.maximum(minutes, _tail(fitted, history, after, sigma, rise=family.law is Law.RATE))
    phi_up = np.maximum(minutes, _tail(fitted, history, after, sigma, rise=True)) if fitted.arrivals else phi
    lattice = history.lattice
    return (
        Reference(
            vantage=history.vantage,
            family_name=family.name,
            active=_whole(lattice, fitted.scope, True, False),
            base=_whole(lattice, fitted.scope, fitted.base, -30.0),
            error=_whole(lattice, fitted.scope, fitted.error, 0.0),
            profile=fitted.profile,
            sigma=sigma,
            tau=tau,
            phi=phi,
            phi_up=phi_up,
            deviation=_whole(lattice, fitted.scope, after[:, -1] - _common(after, fitted.above)[:, -1], 0.0),
            unsure=_whole(lattice, fitted.scope, unsure, 0.0),
            per_minute=_whole(lattice, fitted.scope, _per_minute(fitted, history), 0.0),
        ),
        left_out,
    )


def dispersion_sample(lattice: Lattice, size: NDArray[np.float64]) -> NDArray[np.int64]:
    """The scopes whose minutes `History` must hold: the largest of each level by ``size`` (S,), and their groups."""
    chosen = [
        here[np.argsort(-size[here], kind="stable")[:DISPERSION_SAMPLE]]
        for level in np.unique(lattice.level)
        if len(here := np.flatnonzero(lattice.level == level))
    ]
    scopes = np.concatenate(chosen)
    return np.unique(np.concatenate([scopes, lattice.group[scopes]])).astype(np.int64)


def profile_groups(lattice: Lattice) -> NDArray[np.int32]:
    """(S,) number of the (class, service) that a scope shares its hours with, over all areas."""
    pair = lattice.klass.astype(np.int64) * len(lattice.services) + lattice.service
    return np.unique(pair, return_inverse=True)[1].astype(np.int32)


def _whole(lattice: Lattice, rows: NDArray[np.int64], values: object, rest: object) -> NDArray[np.generic]:
    out = np.full(len(lattice), rest, dtype=np.asarray(rest).dtype)
    out[rows] = values
    return out


def _rows(history: History, family: Family) -> _Fitted | None:
    """The scopes with enough counts, as rows of their own; for a share, classes neither nearly nothing nor nearly all."""
    lattice = history.lattice
    bad_all = history.counts[:, :, COLUMN[family.bad]]
    of_all = history.counts[:, :, COLUMN[family.of]]
    bad, of = bad_all.sum(axis=0).astype(float), of_all.sum(axis=0).astype(float)
    if family.law is Law.SHARE:
        of = of[lattice.group]
        active = (lattice.klass != ALL) & (bad >= _ENOUGH) & (bad > _LEAST_SHARE * of) & (bad < _MOST_SHARE * of)
    elif family.law is Law.RATE:
        if bad.max(initial=0.0) < _ENOUGH_BAD:
            return None
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
    return _Fitted(
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


def _fit(fitted: _Fitted, history: History) -> None:
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


def _fit_hours(fitted: _Fitted, history: History, widest: NDArray[np.int64]) -> None:
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
    raw: NDArray[np.float64], variance: NDArray[np.float64], fitted: _Fitted
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


def _sample(fitted: _Fitted, level: int, most: int) -> NDArray[np.int64]:
    """The largest rows of a level."""
    here = np.flatnonzero(fitted.level == level)
    return here[np.argsort(-fitted.n[here].sum(axis=1), kind="stable")[:most]]


def _leave_out(fitted: _Fitted, history: History) -> list[LeftOut]:
    """Find the blocks that aren't normal, leave them out, and say which.

    A block is odd when it lies `ODD` standard deviations off, sampling and usual drift together; the usual drift of a
    level is what its median absolute residual has beyond sampling (at least 10 %), which an outage doesn't move.
    """
    found: list[LeftOut] = []
    for level in np.unique(fitted.level):
        sample = _sample(fitted, level, _SAMPLE)
        expected, information = fitted.expected(history, sample)
        use = fitted.use[sample]
        standard = np.where(use, (fitted.k[sample] - expected) / np.sqrt(np.maximum(information, 1.0)), np.nan)
        scale = 1.4826 * np.nanmedian(np.abs(standard), axis=1)
        mean = np.maximum((information * use).sum(axis=1) / np.maximum(use.sum(axis=1), 1), 1e-9)
        usual = max(float(np.median((scale**2 - 1) / mean)), 0.1**2)
        here = np.flatnonzero(fitted.level == level)
        for part in np.array_split(here, max(len(here) // 500, 1)):
            expected, information = fitted.expected(history, part)
            spread = np.sqrt(np.maximum(information + usual * information**2, 1.0))
            odd = _lasting((np.abs(fitted.k[part] - expected) > ODD * spread) & fitted.use[part])
            fitted.use[part] &= ~odd
            for row in np.flatnonzero(odd.any(axis=1)):
                if history.lattice.klass[fitted.scope[part[row]]] == ALL:
                    found += _stretches(fitted, history, part[row], odd[row], expected[row])
    return found


def _lasting(odd: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only what lasts two blocks or more: half an hour alone may be a burst of calls, which is normal."""
    beside = np.zeros_like(odd)
    beside[:, 1:] |= odd[:, :-1]
    beside[:, :-1] |= odd[:, 1:]
    return odd & beside


def _stretches(
    fitted: _Fitted, history: History, row: np.int64, odd: NDArray[np.bool_], expected: Columns
) -> list[LeftOut]:
    """Runs of odd blocks of one scope."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], odd, [False]]).astype(int)))
    scope = history.lattice.scope(int(fitted.scope[row])).as_json()
    return [
        LeftOut(
            scope={name: str(value) for name, value in scope.items()},
            start=int(history.times[begin]),
            end=int(history.times[end - 1]) + BLOCK_S,
            seen=float(fitted.k[row, begin:end].sum()),
            expected=float(expected[begin:end].sum()),
            family=fitted.family.evidence,
        )
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def _dispersion(fitted: _Fitted, history: History, after: Columns | None) -> NDArray[np.float64]:
    """(levels,) upper bound of the dispersion phi: variance over what independent attempts would have, at least 1.

    From differences of residuals of successive minutes, in which slow drift cancels:
    phi = sum (r_t - r_{t-1})^2 / sum (I_t + I_{t-1}); two standard errors (over 24 stretches) are added. ``after`` is the
    drift, where it is known already.
    """
    lattice = history.lattice
    phi = np.ones(lattice.levels)
    sampled = np.flatnonzero(np.isin(fitted.scope, history.sample))
    block = np.arange(len(history.minutes)) * 60 // BLOCK_S
    for level in np.unique(fitted.level[sampled]):
        rows = sampled[fitted.level[sampled] == level]
        at = np.searchsorted(history.sample, fitted.scope[rows])
        shared = fitted.family.law is Law.SHARE
        group = np.searchsorted(history.sample, lattice.group[fitted.scope[rows]]) if shared else at
        k = history.minutes[:, at, COLUMN[fitted.family.bad]].astype(np.float64)
        n = history.minutes[:, group, COLUMN[fitted.family.of]].astype(np.float64)
        theta = fitted.theta(history, rows) + (after[rows] if after is not None else 0.0)
        per_minute = theta.T[block].astype(np.float64)
        if fitted.arrivals:
            expected = information = np.exp(per_minute) * 60 / BLOCK_S
        else:
            p = 1 / (1 + np.exp(-np.clip(per_minute, -60, 60)))
            expected, information = n * p, n * p * (1 - p)
        fine = fitted.use[rows].T[block]
        residual, information = np.where(fine, k - expected, 0), np.where(fine, information, 0)
        change = (np.diff(residual, axis=0) ** 2).sum(axis=1)
        usual = (information[1:] + information[:-1]).sum(axis=1)
        parts = zip(np.array_split(change, 24), np.array_split(usual, 24), strict=True)
        ratios = np.array([c.sum() / u.sum() for c, u in parts if u.sum() > 20])
        if len(ratios) >= 3:
            bound = change.sum() / usual.sum() + 2 * ratios.std(ddof=1) / np.sqrt(len(ratios))
            phi[level] = max(1.0, float(bound))
    return phi


def _tail(
    fitted: _Fitted, history: History, after: Columns, sigma: NDArray[np.float64], *, rise: bool
) -> NDArray[np.float64]:
    """(levels,) the power that gives the history's worst blocks the tail of an e-value, at least 1.

    Attempts aren't independent: an accident makes a crowd call, a handset redials. Under the null a block's best log
    ratio x exceeds y with probability e^-y at most, so of N blocks the r-th largest is below log(N / r) + 3 / r in 19
    histories of 20. Bursts make it larger; phi is the largest ratio over r in `_RANKS`. What was left out is left out
    here too.
    """
    phi = np.ones(len(sigma))
    wander = _wander(fitted, sigma)
    for level in np.unique(fitted.level):
        worst: list[NDArray[np.float64]] = []
        blocks = 0
        here = np.flatnonzero(fitted.level == level)
        for rows in np.array_split(here, max(len(here) // 500, 1)):
            lagged = np.roll(after[rows], drift.LAG, axis=1)
            lagged[:, : drift.LAG] = 0
            reach = (Z * np.sqrt(wander[rows] + fitted.error[rows]))[:, None]
            theta = fitted.theta(history, rows) + lagged
            nats = _block_nats(fitted, rows, theta + (reach if rise else -reach), rise=rise)
            nats = np.where(fitted.use[rows], nats, 0.0)
            blocks += int(fitted.use[rows].sum())
            worst.append(
                np.partition(nats, -_RANKS[-1], axis=None)[-_RANKS[-1] :] if nats.size > _RANKS[-1] else nats.ravel()
            )
        largest = np.sort(np.concatenate(worst))[::-1]
        ratios = [
            largest[r - 1] / (np.log(blocks / r) + 3 / r) for r in _RANKS if r <= len(largest) and blocks > 20 * r
        ]
        phi[level] = max(1.0, *ratios) if ratios else 1.0
    return phi.reshape(-1, LEVELS_A_DEPTH).max(axis=1).repeat(LEVELS_A_DEPTH)  # too few blocks in some levels alone


def _wander(fitted: _Fitted, sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows,) variance of drift, the wider scopes' included."""
    total = sigma[fitted.level] ** 2
    for level in np.unique(fitted.level):
        here = np.flatnonzero((fitted.level == level) & (fitted.above >= 0))
        total[here] += total[fitted.above[here]]
    return np.asarray(total)


def _block_nats(
    fitted: _Fitted, rows: NDArray[np.int64], bound: NDArray[np.floating], *, rise: bool
) -> NDArray[np.float64]:
    """(rows, B) the best log ratio of each block beyond the margin's end, upwards or downwards."""
    k, n = fitted.k[rows].astype(np.float64), fitted.n[rows].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        if fitted.arrivals:
            mu = np.exp(bound.astype(np.float64))
            beyond = k > mu if rise else k < mu
            nats = np.where(k > 0, k * np.log(k / mu), 0.0) - k + mu
        else:
            q = np.clip(
                1 / (1 + np.exp(-np.clip(bound.astype(np.float64), -60, 60))), RAREST if rise else 1e-9, 1 - 1e-9
            )
            p = k / np.maximum(n, 1)
            beyond = (p > q) if rise else (p < q) & (n > 0)
            first = np.where(k > 0, k * np.log(p / q), 0.0)
            nats = first + np.where(n > k, (n - k) * np.log((1 - p) / (1 - q)), 0.0)
    return np.where(beyond, nats, 0.0)


def _common(after: Columns, above: NDArray[np.int64]) -> Columns:
    return np.where((above >= 0)[:, None], after[above], np.float32(0))


def _drift(
    fitted: _Fitted, history: History, phi: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], Columns, NDArray[np.float64]]:
    """Drift of each level, wider levels first; each row's deviation after each block (its wider scopes' included)."""
    sigma, tau = np.zeros(len(phi)), np.full(len(phi), 24.0)
    after = np.zeros_like(fitted.k)
    unsure = np.zeros(len(fitted.scope))
    rare = fitted.family.law is not Law.SHARE
    for level in np.unique(fitted.level):
        sample = _sample(fitted, level, _SAMPLE)
        theta = fitted.theta(history, sample) + _common(after, fitted.above[sample])
        found = drift.learn(
            fitted.k[sample],
            fitted.n[sample],
            fitted.use[sample],
            theta,
            phi=float(phi[level]),
            arrivals=fitted.arrivals,
            rare=rare,
        )
        sigma[level], tau[level] = found.sigma, found.tau
        here = np.flatnonzero(fitted.level == level)
        common = _common(after, fitted.above[here])
        if found.sigma == 0.0:
            after[here] = common
            continue
        own = np.zeros((len(here), after.shape[1]), np.float32)
        _, unsure[here] = drift.follow(
            fitted.k[here],
            fitted.n[here],
            fitted.use[here],
            fitted.theta(history, here) + common,
            found.sigma,
            found.keep,
            float(phi[level]),
            fitted.arrivals,
            rare,
            drift.LAG,
            own,
        )
        after[here] = own + common
    return sigma, tau, after, unsure


def _per_minute(fitted: _Fitted, history: History) -> NDArray[np.float64]:
    counted = (fitted.k if fitted.arrivals else fitted.n)[:, history.whole].sum(axis=1)
    return np.asarray(counted / max(history.whole.sum() * BLOCK_S / 60, 1), np.float64)
