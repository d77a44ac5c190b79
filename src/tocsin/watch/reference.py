"""One family's reference at one vantage: the rate of every scope, its hours, its errors, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.calls.record import VANTAGES
from tocsin.counts import Tally
from tocsin.watch import drift
from tocsin.watch.baseline import LeftOut, Reference
from tocsin.watch.counting import COLUMN, by_block
from tocsin.watch.drift import BLOCK_S, Drift
from tocsin.watch.family import Family, Law
from tocsin.watch.lattice import ALL, Lattice, Membership

BINS: Final = 48
ODD: Final = 6.0
"""Standard deviations of a scope's usual blocks beyond which a block of history is left out."""

_ENOUGH: Final = 50.0
"""Counts n in the whole history below which a scope has no reference of its own."""

_PROFILE_PRIOR: Final = 1 / 0.15**2
_GRID_SCOPES: Final = 40
_DISPERSION_SCOPES: Final = 8


@dataclass(frozen=True, kw_only=True)
class History:
    """One vantage's past: ``counts`` (blocks, S, USED), ``log_demand`` (blocks, services) log of expected arrivals."""

    vantage: str
    lattice: Lattice
    tally: Tally
    membership: Membership
    counts: NDArray[np.uint32]
    times: NDArray[np.int64]
    whole: NDArray[np.bool_]
    bins: NDArray[np.int64]
    log_demand: NDArray[np.float64]


def refer(history: History, family: Family) -> tuple[Reference, list[LeftOut]]:
    """Learn one family's reference from one vantage's history."""
    lattice = history.lattice
    arrivals = family.law not in (Law.RATE, Law.SHARE)
    k, n = _bad_and_of(history.counts, family, lattice)
    active = _active(k, n, family, lattice, history)
    use = np.broadcast_to(history.whole[:, None], k.shape).copy()
    shape = history.log_demand[:, lattice.service] if arrivals else np.zeros((len(k), 1))
    profile_group = profile_groups(lattice)
    base, error, profile = _fit(k, n, use, shape, history.bins, profile_group, lattice, active, arrivals)
    expected, information = _expect(base, profile, shape, history.bins, profile_group, n, arrivals)
    odd = (np.abs(k - expected) > ODD * _usual_spread(k - expected, information, use)) & active & use
    if odd.any():
        use &= ~odd
        base, error, profile = _fit(k, n, use, shape, history.bins, profile_group, lattice, active, arrivals)
        expected, information = _expect(base, profile, shape, history.bins, profile_group, n, arrivals)
    theta = base + profile[profile_group][:, history.bins].T + shape
    k = np.where(use, k, expected)  # a block left out says what was expected: it moves nothing
    phi = _dispersion(history, family, lattice, active, base, profile, profile_group, use)
    rare = family.law is not Law.SHARE
    sigma, tau, deviation, unsure = _drift(k, n, theta, phi, lattice, active, arrivals, rare)
    minutes = max(history.whole.sum() * BLOCK_S / 60, 1)
    reference = Reference(
        vantage=history.vantage,
        family_name=family.name,
        active=active,
        base=base,
        error=error,
        profile=profile,
        sigma=sigma,
        tau=tau,
        phi=phi,
        deviation=deviation,
        unsure=unsure,
        per_minute=(k if arrivals else n)[history.whole].sum(axis=0) / minutes,
    )
    return reference, _hours(
        odd, k=history.counts[:, :, COLUMN[family.bad]], expected=expected, history=history, family=family
    )


def profile_groups(lattice: Lattice) -> NDArray[np.int32]:
    """(S,) number of the (class, service) that a scope shares its hours with, over all areas."""
    pair = lattice.klass.astype(np.int64) * len(lattice.services) + lattice.service
    return np.unique(pair, return_inverse=True)[1].astype(np.int32)


def _bad_and_of(
    counts: NDArray[np.uint32], family: Family, lattice: Lattice
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    k = counts[:, :, COLUMN[family.bad]].astype(np.float64)
    if family.law is Law.SHARE:
        return k, k[:, lattice.group]
    return k, counts[:, :, COLUMN[family.of]].astype(np.float64)


def _active(
    k: NDArray[np.float64], n: NDArray[np.float64], family: Family, lattice: Lattice, history: History
) -> NDArray[np.bool_]:
    """Scopes with a reference: enough counts; for a share, a class that is neither nearly nothing nor nearly all."""
    bad, of = k.sum(axis=0), n.sum(axis=0)
    if family.law is Law.SHARE:
        return (lattice.klass != ALL) & (bad >= _ENOUGH) & (bad < 0.985 * of)
    if family.law is Law.RATE:
        return of >= _ENOUGH
    return bad >= _ENOUGH


def _expect(
    base: NDArray[np.float64],
    profile: NDArray[np.float64],
    shape: NDArray[np.float64],
    bins: NDArray[np.int64],
    group: NDArray[np.int32],
    n: NDArray[np.float64],
    arrivals: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(blocks, S) expected counts and their Fisher information."""
    theta = base + profile[group][:, bins].T + shape
    if arrivals:
        mu = np.exp(theta)
        return mu, mu
    p = 1 / (1 + np.exp(-theta))
    return n * p, n * p * (1 - p)


def _usual_spread(
    residual: NDArray[np.float64], information: NDArray[np.float64], use: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(blocks, S) standard deviation of a block: sampling and the drift that most blocks show, which outages don't move.

    The drift is what the median absolute residual has beyond sampling, at least 10 %.
    """
    standard = np.where(use, residual / np.sqrt(np.maximum(information, 1.0)), np.nan)
    scale = 1.4826 * np.nanmedian(np.abs(standard), axis=0)
    mean = np.maximum(np.where(use, information, 0).sum(axis=0) / np.maximum(use.sum(axis=0), 1), 1e-9)
    drift = np.maximum((scale**2 - 1) / mean, 0.1**2)
    return np.sqrt(np.maximum(information + drift * information**2, 1.0))


def _fit(
    k: NDArray[np.float64],
    n: NDArray[np.float64],
    use: NDArray[np.bool_],
    shape: NDArray[np.float64],
    bins: NDArray[np.int64],
    group: NDArray[np.int32],
    lattice: Lattice,
    active: NDArray[np.bool_],
    arrivals: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Base and its variance per scope, shrunk level by level to the wider scope, and the profile over the hours."""
    bad = np.where(use, k, 0).sum(axis=0)
    if arrivals:
        raw = np.log((bad + 0.5) / np.where(use, np.exp(shape), 0).sum(axis=0))
        variance = 1 / (bad + 0.5)
        base, error = np.where(active, raw, -30.0), variance
    else:
        of = np.where(use, n, 0).sum(axis=0)
        p = (bad + 0.5) / (of + 1)
        raw = np.log(p / (1 - p))
        variance = 1 / np.maximum(of * p * (1 - p), 0.25)
        base, error = _shrunk(raw, variance, lattice, active)
    profile = np.zeros((group.max() + 1, BINS))
    whole = np.flatnonzero((lattice.area == 0) & active)
    for _ in range(2):
        expected, information = _expect(base, profile, shape, bins, group, n, arrivals)
        score, weight = np.where(use, k - expected, 0), np.where(use, information, 0)
        for b in np.unique(bins):
            here = bins == b
            profile[group[whole], b] += score[here][:, whole].sum(axis=0) / (
                weight[here][:, whole].sum(axis=0) + _PROFILE_PRIOR
            )
        expected, information = _expect(base, profile, shape, bins, group, n, arrivals)
        score, weight = np.where(use, k - expected, 0).sum(axis=0), np.where(use, information, 0).sum(axis=0)
        step = score / np.maximum(weight, 1.0)
        if not arrivals:  # the hours move every scope of a class and service as they move the widest one
            widest = np.zeros(group.max() + 1)
            widest[group[whole]] = step[whole]
            step = widest[group]
        base = np.where(active, base + step, base)
    return base, error, profile


def _shrunk(
    raw: NDArray[np.float64], variance: NDArray[np.float64], lattice: Lattice, active: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Empirical Bayes, from the widest level down: each scope between its own estimate and its wider scope's.

    The variance between scopes of a level is estimated by moments (DerSimonian and Laird 1986, unweighted form).
    """
    base, error = raw.copy(), variance.copy()
    for level in np.unique(lattice.level):
        here = np.flatnonzero((lattice.level == level) & active)
        above = lattice.parent[here]
        has = (above >= 0) & active[above]
        here, above = here[has], above[has]
        if len(here) == 0:
            continue
        away = raw[here] - base[above]
        between = max(float(np.mean(away**2 - variance[here])), 1e-6)
        share = between / (between + variance[here])
        base[here] = base[above] + share * away
        error[here] = share * variance[here]
    return base, error


def _dispersion(
    history: History,
    family: Family,
    lattice: Lattice,
    active: NDArray[np.bool_],
    base: NDArray[np.float64],
    profile: NDArray[np.float64],
    group: NDArray[np.int32],
    use: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """(levels,) upper bound of the dispersion phi: variance over what independent attempts would have, at least 1.

    From differences of residuals of successive minutes, in which slow drift cancels:
    phi = sum (r_t - r_{t-1})^2 / sum (I_t + I_{t-1}); two standard errors (over 24 stretches) are added.
    """
    arrivals = family.law not in (Law.RATE, Law.SHARE)
    weight = history.counts[:, :, COLUMN[family.of]].sum(axis=0).astype(float)
    chosen = [
        here[np.argsort(-weight[here])[:_DISPERSION_SCOPES]]
        for level in range(int(lattice.level.max()) + 1)
        if len(here := np.flatnonzero((lattice.level == level) & active))
    ]
    phi = np.ones(int(lattice.level.max()) + 1)
    if not chosen:
        return phi
    scopes = np.unique(np.concatenate([*chosen, lattice.group[np.concatenate(chosen)]]))
    start = int(history.times[0])
    minutes = len(history.times) * BLOCK_S // 60
    counts = by_block(
        history.tally,
        history.membership,
        vantage=VANTAGES.index(history.vantage),
        block=(history.tally.step - start) // 60,
        blocks=minutes,
        scopes=len(lattice),
        chosen=scopes,
    )
    place = {int(scope): index for index, scope in enumerate(scopes)}
    block = np.arange(minutes) * 60 // BLOCK_S
    for here in chosen:
        at = [place[int(scope)] for scope in here]
        k = counts[:, at, COLUMN[family.bad]].astype(float)
        of = [place[int(scope)] for scope in lattice.group[here]] if family.law is Law.SHARE else at
        n = counts[:, of, COLUMN[family.of]].astype(float)
        shape = history.log_demand[:, lattice.service[here]][block] - np.log(BLOCK_S / 60) if arrivals else 0.0
        theta = base[here] + profile[group[here]][:, history.bins[block]].T + shape
        p = 1 / (1 + np.exp(-theta))
        expected, information = (np.exp(theta), np.exp(theta)) if arrivals else (n * p, n * p * (1 - p))
        fine = use[block][:, here]
        residual = np.where(fine, k - expected, 0)
        information = np.where(fine, information, 0)
        change = (np.diff(residual, axis=0) ** 2).sum(axis=1)
        base_line = (information[1:] + information[:-1]).sum(axis=1)
        parts = [
            (c.sum(), i.sum()) for c, i in zip(np.array_split(change, 24), np.array_split(base_line, 24), strict=True)
        ]
        ratios = np.array([c / i for c, i in parts if i > 20])
        if len(ratios) >= 3:
            bound = change.sum() / base_line.sum() + 2 * ratios.std(ddof=1) / np.sqrt(len(ratios))
            phi[lattice.level[here[0]]] = max(1.0, float(bound))
    return phi


def _drift(
    k: NDArray[np.float64],
    n: NDArray[np.float64],
    theta: NDArray[np.float64],
    phi: NDArray[np.float64],
    lattice: Lattice,
    active: NDArray[np.bool_],
    arrivals: bool,
    rare: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Drift of each level, wider levels first, and where each scope's deviation stands at the end."""
    levels = int(lattice.level.max()) + 1
    sigma, tau = np.zeros(levels), np.full(levels, 24.0)
    after = np.zeros((len(lattice), len(k)), np.float32)
    unsure = np.zeros(len(lattice))
    for level in range(levels):
        here = np.flatnonzero((lattice.level == level) & active)
        if len(here) == 0:
            continue
        above = lattice.parent[here]
        common = np.where(((above >= 0) & active[above])[:, None], after[above], 0.0)
        local = np.ascontiguousarray(theta[:, here].T + common)
        bad, of = np.ascontiguousarray(k[:, here].T), np.ascontiguousarray(n[:, here].T)
        largest = np.argsort(-of.sum(axis=1))[:_GRID_SCOPES]
        found: Drift = drift.learn(
            bad[largest], of[largest], local[largest], phi=float(phi[level]), arrivals=arrivals, rare=rare
        )
        sigma[level], tau[level] = found.sigma, found.tau
        for row, scope in enumerate(here):
            own, _, spread = drift.follow(
                bad[row], of[row], local[row], found.sigma, found.keep, float(phi[level]), arrivals, rare, drift.LAG
            )
            after[scope] = own + common[row]
            unsure[scope] = spread
    deviation = after[:, -1].astype(float)
    above = lattice.parent
    own = deviation - np.where((above >= 0) & active[above], deviation[above], 0.0)
    return sigma, tau, np.where(active, own, 0.0), unsure


def _hours(
    odd: NDArray[np.bool_], *, k: NDArray[np.uint32], expected: NDArray[np.float64], history: History, family: Family
) -> list[LeftOut]:
    """Runs of odd blocks as hours left out, for scopes without a class, the widest that shows it."""
    lattice = history.lattice
    found: list[LeftOut] = []
    plain = np.flatnonzero(odd.any(axis=0) & (lattice.klass == ALL))
    covered = np.zeros(len(odd), bool)
    for scope in plain[np.lexsort((lattice.service[plain], lattice.depth[lattice.area[plain]]))]:
        new = odd[:, scope] & ~covered
        if lattice.area[scope] == 0:
            covered |= odd[:, scope]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], new, [False]]).astype(int)))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            found.append(
                LeftOut(
                    scope={name: str(value) for name, value in lattice.scope(int(scope)).as_json().items()},
                    start=int(history.times[begin]),
                    end=int(history.times[end - 1]) + BLOCK_S,
                    seen=float(k[begin:end, scope].sum()),
                    expected=float(expected[begin:end, scope].sum()),
                    family=family.evidence,
                )
            )
    return found
