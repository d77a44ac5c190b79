"""Asked again: what is only watched, since its calls moved or were crowded out, may be lost all the same, and later.

And what has paged may have moved: the first minutes' chance can hide where calls went, and whoever sends them round the
fault ends the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tocsin.watch.alarm import Cause, Interval
from tocsin.watch.beside import FEWER, SURE, below_usual, lost_on_the_way, missing_among, surely_took
from tocsin.watch.cause import contrast_of, level_of, moved_to, shared_calls, unmet_cells
from tocsin.watch.cells import Cells
from tocsin.watch.detector import Component
from tocsin.watch.estimate import Z95, Seen, closing_nats, credible_start, fit_starts
from tocsin.watch.event import SHOWN, Event
from tocsin.watch.family import Law
from tocsin.watch.follow import Follow
from tocsin.watch.recent import Total

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence


def lost_after_all(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, total: Total, sure: float = SURE
) -> bool:
    """Whether a class whose calls moved, or were crowded out, loses calls in what was counted in ``total``."""
    component = contrast_of(evidence, event)
    if component is None:
        return False
    shared = shared_calls(evidence, cells, follow, event, component, total)
    if event.cause is Cause.CROWDED:
        return below_usual(shared) >= FEWER
    return lost_on_the_way(shared, event.took, sure)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Where a page's calls have gone: the scopes that ``took`` them, from minute ``ended`` on, and what is ``missing``
    among them all since the page's onset: what was lost before they were sent another way."""

    took: frozenset[int]
    ended: int
    missing: Interval


def moved_after_all(evidence: Evidence, cells: Cells, follow: Follow, event: Event, total: Total) -> Moved | None:
    """Whether the calls of a page have without doubt gone another way in what was counted in ``total``.

    None where anything but arrivals shows the event as well: that tells when the loss is over.
    """
    component = contrast_of(evidence, event)
    laws = (Law.SHARE, Law.FALL)
    if component is None or any(seen.law not in laws and event.nats(at) > SHOWN for at, seen in event.seen.items()):
        return None
    shared = shared_calls(evidence, cells, follow, event, component, total)
    took = surely_took(shared)
    scopes = moved_to(shared, took)
    if not scopes:
        return None
    whole = shared_calls(evidence, cells, follow, event, component, follow.total(event))
    best, error = missing_among(whole, [at for at, scope in enumerate(whole.scope) if at and int(scope) in scopes])
    missing = Interval(low=max(best - Z95 * error, 0.0), best=best, high=best + Z95 * error)
    return Moved(
        took=scopes, ended=_sent_another_way(evidence, cells, follow, event, component, scopes), missing=missing
    )


def _sent_another_way(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component, took: frozenset[int]
) -> int:
    """The minute from which the class and those that took its calls lack none: see `Event.close`."""
    first, until = max(event.onset[1], event.first), event.until
    series = _of_group(evidence, cells, follow, event, component, first, until, took)
    own = follow.usual_share(event, component.reference, event.scope, first, until - first)
    loss = event.loss(event.main()) * float((own / np.maximum(series.normal, 1e-9)).mean())
    lacked = np.cumsum(closing_nats(series, min(max(loss, 0.02), 0.98)))
    return first + (int(lacked.argmin()) + 1 if lacked.min(initial=0.0) < 0 else 0)


def lost_since(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, first: int, until: int
) -> tuple[int, int, int]:
    """When the loss began, minutes (low, best, high) between ``first`` and ``until``.

    Of calls that had moved it is sought among the class and those that took its calls; of a class crowded out, in its
    share of what the calendar expects.
    """
    component = contrast_of(evidence, event)
    if component is None:
        return first, first, until
    crowded = event.cause is Cause.CROWDED
    asked = (evidence, cells, follow, event, component, first, until)
    fit = fit_starts(_of_calendar(*asked) if crowded else _of_group(*asked, event.took))
    low, best, high = credible_start(fit, until - first - 1)
    return first + low, first + best, first + high + 1


def _of_group(
    evidence: Evidence,
    cells: Cells,
    follow: Follow,
    event: Event,
    component: Component,
    first: int,
    until: int,
    took: frozenset[int],
) -> Seen:
    """The class and those that took its calls, as one, in what is counted of the group."""
    scopes = sorted({event.scope, *took} - {-1})
    group = cells.member(int(evidence.lattice.group[event.scope]))
    chosen = np.any([cells.member(scope) for scope in scopes], axis=0) | unmet_cells(evidence, cells, event)
    usual = [follow.usual_share(event, component.reference, scope, first, until - first) for scope in scopes]
    return Seen(
        law=Law.SHARE,
        k=follow.series_of(chosen, first, until)[:, component.vantage, component.bad].astype(float),
        n=follow.series_of(group, first, until)[:, component.vantage, component.of].astype(float),
        normal=np.sum(usual, axis=0),
        sd=0.0,
        phi=1.0,
    )


def _of_calendar(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component, first: int, until: int
) -> Seen:
    """The class in its usual share of what the calendar expects of the group."""
    group = int(evidence.lattice.group[event.scope])
    level = level_of(evidence, group, component)
    assert level is not None  # without a calendar nothing is taken to be crowded out
    k = follow.series_of(cells.member(event.scope), first, until)[:, component.vantage, component.bad].astype(float)
    share = follow.usual_share(event, component.reference, event.scope, first, until - first)
    arrivals = follow.arrivals(event, level, group, first, until - first)
    return Seen(law=Law.FALL, k=k, n=k, normal=share * arrivals, sd=0.0, phi=1.0)
