"""Learning: from a history of tallies to a baseline.

The order of the steps: the lattice of what was seen; demand by the calendar; then for each vantage and family the
reference per scope (shrunk to its wider scope), how it varies with the hour, what was not normal and is left out, its
dispersion and its drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.calls.record import VANTAGES
from tocsin.counts import COUNTERS, STEP_S, Tally
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.watch.baseline import Baseline, Feed, LeftOut, Reference
from tocsin.watch.caution import cautions
from tocsin.watch.counting import COLUMN, Counted, vantage_of
from tocsin.watch.demand import Calendar, Demand, local_bin
from tocsin.watch.drift import BLOCK_S
from tocsin.watch.family import FAMILIES
from tocsin.watch.history import History, dispersion_sample
from tocsin.watch.lattice import ALL, Lattice, Membership
from tocsin.watch.looked import compared, distinct
from tocsin.watch.mixture import scope_weights
from tocsin.watch.reference import Learned, refer
from tocsin.words import Sentence

LEAST_HOURS: Final = 2
"""Whole hours by the clock below which nothing is learned: of one alone nobody knows how hours differ."""

LEAST_A_DAY: Final = 12.0
"""A scope with fewer calls a day isn't looked at by itself: no loss in it would show within hours."""

FED: Final = 0.05
"""A feed that carries more of a scope's calls than this puts the scope to sleep when it is silent."""

_DAY_S: Final = 86_400
_WITH_REFERENCE: Final = [each for each in FAMILIES if not each.law.by_calendar or each.name == "level"]
"""All other families of arrivals stand on the level's reference."""


def learn(tally: Tally, territory: Territory, *, hold_s: int, offsets: Mapping[str, float] | None = None) -> Baseline:
    """Learn what is normal from at least 14 days; from fewer it says in ``cautions`` what it can't promise.

    ``hold_s`` the hold at which ``tally`` was made; the watch must tally at the same. ``InputError`` where there is no
    call at all, or the calls cover fewer than `LEAST_HOURS` whole hours.
    """
    first, last = _span(tally)
    days = (last - first) / _DAY_S
    mass = np.bincount(
        tally.cell, weights=tally.counts[:, COUNTERS.index("tries")].astype(float), minlength=tally.cells.height
    ).astype(float)
    lattice = Lattice.of(tally.cells, mass, territory, least=max(LEAST_A_DAY * days, 1.0))
    membership = lattice.membership(tally.cells, territory)
    start = first // BLOCK_S * BLOCK_S
    blocks = -(-(last - start) // BLOCK_S)
    times = start + np.arange(blocks) * BLOCK_S
    whole = (times >= first) & (times + BLOCK_S <= last) if blocks > 2 else np.ones(blocks, bool)
    counted = Counted.of(tally, membership, len(lattice))
    present = vantage_of(tally)
    vantages = tuple(name for index, name in enumerate(VANTAGES) if (mass[present == index] > 0).any())
    calendar = Calendar(territory)

    demand, series = _demand(counted, lattice, vantages, times, whole, calendar)
    references: list[Reference] = []
    left_out: list[LeftOut] = []
    loss_base: list[NDArray[np.float64]] = []
    for vantage in vantages:
        middles = times + BLOCK_S // 2
        came = np.where(present == VANTAGES.index(vantage), mass, 0.0)
        counts = counted.by_block(vantage, start=start, seconds=BLOCK_S, blocks=blocks)
        sample = dispersion_sample(lattice, counts[:, :, COLUMN["tries"]].sum(axis=0).astype(float))
        history = History(
            vantage=vantage,
            lattice=lattice,
            counts=counts,
            minutes=counted.by_block(vantage, start=start, seconds=60, blocks=blocks * BLOCK_S // 60, chosen=sample),
            sample=sample,
            times=times,
            whole=whole,
            bins=local_bin(middles, territory.zone),
            log_demand=_scope_demand(demand, series, vantage, lattice, middles, calendar) + np.log(BLOCK_S),
            distinct=distinct(lattice, membership, came, scope_weights(lattice)),
            compared=compared(lattice, membership, came, tally.cells),
        )
        found = [each for each in (refer(history, family) for family in _WITH_REFERENCE) if each is not None]
        references += [each.reference for each in found]
        left_out += [out for each in found for out in each.left_out]
        loss_base.append(_loss_base(history.counts, _kept(found, whole, lattice), lattice))
    return Baseline(
        learned_from=first,
        learned_to=last,
        hold_s=hold_s,
        territory=territory.name,
        zone=territory.zone,
        lattice=lattice,
        demand=demand,
        series=series,
        references=tuple(references),
        loss_base=np.stack(loss_base),
        settled=_settled(tally, membership, lattice, vantages),
        vantages=vantages,
        with_callers=_with_callers(tally, vantages),
        feeds=_feeds(tally, membership, lattice, last - first),
        offsets=dict(offsets or {}),
        left_out=tuple(left_out),
        cautions=cautions(first, last),
    )


def _span(tally: Tally) -> tuple[int, int]:
    """The first and the last second of the calls. Raises InputError where there are none, or too few hours of them."""
    calls = tally.counts[:, COUNTERS.index("attempts")] > 0
    if not calls.any():
        raise InputError(Sentence("error.no_call"), do=Sentence("do.history"))
    first, last = int(tally.step[calls].min()), int(tally.step[calls].max()) + STEP_S
    _check_length(first, last)
    return first, last


def _kept(found: Sequence[Learned], whole: NDArray[np.bool_], lattice: Lattice) -> NDArray[np.bool_]:
    """(S, blocks) the blocks of each scope whose outcomes are usual: whole ones, and not left out."""
    kept = np.repeat(whole[None], len(lattice), axis=0)
    for each in found:
        if each.reference.family_name == "outcome":
            kept[each.scope] = each.use
    return kept


def _check_length(first: int, last: int) -> None:
    """Raise InputError where the calls from ``first`` to before ``last`` cover fewer than `LEAST_HOURS` whole hours."""
    hours = max(last // 3600 - -(-first // 3600), 0)
    if hours < LEAST_HOURS:
        raise InputError(
            Sentence("error.short_history", minutes=(last - first) // 60, hours=hours, needed=LEAST_HOURS),
            do=Sentence("do.history"),
        )


def _demand(
    counted: Counted,
    lattice: Lattice,
    vantages: tuple[str, ...],
    times: NDArray[np.int64],
    whole: NDArray[np.bool_],
    calendar: Calendar,
) -> tuple[Demand, tuple[tuple[str, str], ...]]:
    """The calendar's demand for each vantage and service, over the whole territory; fitted again without odd hours."""
    per_hour = 3600 // BLOCK_S
    series = tuple((vantage, service) for vantage in vantages for service in lattice.services)
    skip = int(-(times[0] // BLOCK_S) % per_hour)
    usable = (len(times) - skip) // per_hour * per_hour
    hours = times[skip : skip + usable : per_hour]
    kept = whole[skip : skip + usable].reshape(-1, per_hour).all(axis=1)
    widest = np.flatnonzero((lattice.area == 0) & (lattice.klass == ALL))
    rows = []
    for vantage in vantages:
        counts = counted.by_block(vantage, start=int(times[0]), seconds=BLOCK_S, blocks=len(times), chosen=widest)
        tries = counts[skip : skip + usable, :, COLUMN["arrived"]]
        for service in range(len(lattice.services)):
            at = np.flatnonzero(lattice.service[widest] == service)
            rows.append(tries[:, at].sum(axis=1).reshape(-1, per_hour).sum(axis=1).astype(float))
    hourly = np.stack(rows)
    use = np.broadcast_to(kept, hourly.shape).copy()
    demand = Demand.fit(hours, hourly, use, calendar)
    for _ in range(2):
        expected = np.exp(demand.log_hourly(hours, calendar))
        residual = (hourly - expected) / np.sqrt(expected + 1)
        scale = np.maximum(np.median(np.abs(residual), axis=1, keepdims=True) * 1.4826, 1.0)
        use = kept & (np.abs(residual) < 6 * scale)
        demand = Demand.fit(hours, hourly, use, calendar)
    return demand, series


def _scope_demand(
    demand: Demand,
    series: tuple[tuple[str, str], ...],
    vantage: str,
    lattice: Lattice,
    times: NDArray[np.int64],
    calendar: Calendar,
) -> NDArray[np.float64]:
    """(times, services) log rate per second of each service's demand at one vantage."""
    rates = demand.log_rate(times, calendar)
    return np.stack([rates[series.index((vantage, service))] for service in lattice.services], axis=1)


def _loss_base(counts: NDArray[np.uint32], kept: NDArray[np.bool_], lattice: Lattice) -> NDArray[np.float64]:
    """(S,) network losses per other attempt with known outcome, redials included, in the blocks ``kept`` (S, B).

    Shrunk to the wider scope by twenty losses' worth.
    """
    ratio = np.zeros(len(lattice))
    for level in np.unique(lattice.level):
        here = np.flatnonzero(lattice.level == level)
        above = lattice.parent[here]
        within = here[above >= 0]
        kept[within] &= kept[lattice.parent[within]]
        losses, outcomes = (
            np.einsum("bs,sb->s", counts[:, here, COLUMN[name]], kept[here], dtype=np.float64)
            for name in ("drops", "outcomes")
        )
        delivered = outcomes - losses
        prior = np.where(above >= 0, ratio[above], losses / np.maximum(delivered, 1))
        weight = 20 / np.maximum(prior, 1e-3)
        ratio[here] = (losses + prior * weight) / (delivered + weight)
    return ratio


def _with_callers(tally: Tally, vantages: tuple[str, ...]) -> tuple[str, ...]:
    """The vantages at which most attempts name their caller."""
    of_row = vantage_of(tally)[tally.cell]
    callers, attempts = (
        np.bincount(of_row + 1, weights=tally.counts[:, COUNTERS.index(name)], minlength=1 + len(VANTAGES))[1:]
        for name in ("callers", "attempts")
    )
    most = callers > attempts / 2
    return tuple(vantage for vantage in vantages if most[VANTAGES.index(vantage)])


def _settled(tally: Tally, membership: Membership, lattice: Lattice, vantages: tuple[str, ...]) -> NDArray[np.float64]:
    """(vantages, S) the share of attempts whose records came within the hold, drawn to the wider scope's by twenty."""
    present = vantage_of(tally)
    cell = np.repeat(np.arange(tally.cells.height), np.diff(membership.start))
    share = np.ones((len(vantages), len(lattice)))
    for row, vantage in enumerate(vantages):
        here = (present == VANTAGES.index(vantage))[tally.cell]
        settled, late = (
            np.bincount(
                membership.scope,
                weights=np.bincount(
                    tally.cell[here],
                    weights=tally.counts[here, COUNTERS.index(name)].astype(float),
                    minlength=tally.cells.height,
                )[cell],
                minlength=len(lattice),
            )
            for name in ("attempts", "late")
        )
        for level in np.unique(lattice.level):
            mine = np.flatnonzero(lattice.level == level)
            above = lattice.parent[mine]
            prior = np.where(above >= 0, share[row, above], 1.0)
            weight = np.where(above >= 0, 20.0, 1.0)
            share[row, mine] = (settled[mine] + prior * weight) / (settled[mine] + late[mine] + weight)
    return np.maximum(share, 1e-3)


def _feeds(tally: Tally, membership: Membership, lattice: Lattice, span_s: int) -> tuple[Feed, ...]:
    """How each feed lived: its records a minute, the median gap between its heartbeats, the scopes that hang on it."""
    attempts = np.bincount(
        tally.cell, weights=tally.counts[:, COUNTERS.index("attempts")].astype(float), minlength=tally.cells.height
    )
    pairs = tally.cells.select("vantage", "feed").drop_nulls().unique().sort("vantage", "feed").rows()
    place = {pair: index for index, pair in enumerate(pairs)}
    feed_of = np.array([place.get(pair, -1) for pair in tally.cells.select("vantage", "feed").rows()], np.int64)
    heartbeat_s = _heartbeat_gaps(tally, feed_of, len(pairs))
    cell_of = np.repeat(np.arange(tally.cells.height), np.diff(membership.start))
    mass, fed = attempts[cell_of], feed_of[cell_of]
    vantage_of_feed = [vantage for vantage, _ in pairs]
    whole = {
        vantage: np.bincount(
            membership.scope,
            weights=np.where((tally.cells["vantage"] == vantage).to_numpy()[cell_of], mass, 0),
            minlength=len(lattice),
        )
        for vantage in set(vantage_of_feed)
    }
    feeds = []
    for index, (vantage, name) in enumerate(pairs):
        mine = np.flatnonzero(fed == index)
        part = np.bincount(membership.scope[mine], weights=mass[mine], minlength=len(lattice))
        feeds.append(
            Feed(
                name=name,
                vantage=vantage,
                per_minute=float(attempts[feed_of == index].sum()) / span_s * 60,
                heartbeat_s=heartbeat_s[index],
                scopes=tuple(int(scope) for scope in np.flatnonzero(part > FED * np.maximum(whole[vantage], 1e-9))),
            )
        )
    return tuple(feeds)


def _heartbeat_gaps(tally: Tally, feed_of: NDArray[np.int64], feeds: int) -> list[float | None]:
    """The median gap in seconds between each feed's heartbeats over the last two days; None where it sends none."""
    recent = tally.step >= (tally.step[-1] - 2 * _DAY_S)
    rows = np.flatnonzero(recent & (tally.counts[:, COUNTERS.index("heartbeats")] > 0))
    feed, step = feed_of[tally.cell[rows]], tally.step[rows]
    order = np.lexsort((step, feed))
    feed, step = feed[order], step[order]
    same = np.flatnonzero(np.diff(feed) == 0)
    gap = np.diff(step)[same]
    owner = feed[same]
    gaps = [gap[owner == index] for index in range(feeds)]
    return [float(np.median(each)) if len(each) >= 10 else None for each in gaps]
