"""Asked again: what is only watched, since its calls moved or were crowded out, may be lost all the same, and later.

And what has paged may have moved: the first minutes' chance can hide where calls went, and somebody may send them round
the fault. It stays a page, since a loss can look so too, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tocsin.watch.alarm import Cause, Interval
from tocsin.watch.beside import FEWER, SURE, alike, below_usual, lost_on_the_way, missing_among, surely_took
from tocsin.watch.cause import contrast_of, level_of, shared_calls, unmet_cells
from tocsin.watch.cells import Cells
from tocsin.watch.detector import Component
from tocsin.watch.estimate import ARRIVED_LATE_SD, Z95, Seen, credible_start, fit_starts, of_all
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


def more_than_moved(evidence: Evidence, cells: Cells, follow: Follow, event: Event, total: Total) -> bool:
    """Whether classes that had no part in a move have changed as well in ``total``: then it was no mere move."""
    component = contrast_of(evidence, event)
    if component is None or event.cause is not Cause.MOVED:
        return False
    shared = shared_calls(evidence, cells, follow, event, component, total)
    gone = [at for at, scope in enumerate(shared.scope) if at == 0 or int(scope) in event.took]
    return not alike(shared, gone)


def seems_moved(evidence: Evidence, cells: Cells, follow: Follow, event: Event, total: Total) -> frozenset[int]:
    """The scopes to which the calls of a page seem to have gone in what was counted in ``total``.

    None where they don't, nor where anything but arrivals shows the event as well: then calls are lost.
    """
    component = contrast_of(evidence, event)
    if component is None or any(not seen.law.of_absence and event.nats(at) > SHOWN for at, seen in event.seen.items()):
        return frozenset()
    shared = shared_calls(evidence, cells, follow, event, component, total)
    return frozenset(int(shared.scope[each]) for each in surely_took(shared))


def missing(evidence: Evidence, cells: Cells, follow: Follow, event: Event, took: frozenset[int]) -> Interval | None:
    """What is missing since an event's onset among its calls and those of the scopes that ``took`` them, as one."""
    component = contrast_of(evidence, event)
    if component is None:
        return None
    shared = shared_calls(evidence, cells, follow, event, component, follow.total(event))
    best, error = missing_among(shared, [at for at, scope in enumerate(shared.scope) if at and int(scope) in took])
    settled = float(evidence.baseline.settled[component.vantage, event.scope])
    counted = Interval(low=max(best - Z95 * error, 0.0), best=best, high=best + Z95 * error)
    return of_all(counted, settled, ARRIVED_LATE_SD)


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
    fit = fit_starts(_of_calendar(*asked) if crowded else _of_group(*asked))
    low, best, high = credible_start(fit, until - first - 1)
    return first + low, first + best, first + high + 1


def _of_group(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component, first: int, until: int
) -> Seen:
    """The class and those that took its calls, as one, in what is counted of the group."""
    scopes = sorted({event.scope, *event.took} - {-1})
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
