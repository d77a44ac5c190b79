"""Lost: how many attempts an event has cost, from the evidence that shows it most surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.alarm import Interval
from tocsin.watch.counting import COLUMN
from tocsin.watch.estimate import (
    ARRIVED_LATE_SD,
    UNSEEN_LATE_SD,
    lost_of_level,
    lost_of_outcomes,
    lost_of_rate,
    lost_of_share,
    of_all,
)
from tocsin.watch.event import SHOWN, Event
from tocsin.watch.family import Law

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence


def lost(evidence: Evidence, event: Event, counted: NDArray[np.int64], *, since: int, until: int) -> Interval | None:
    """Attempts lost from minute ``since`` to ``until``: from outcomes where they show the event, else from the rest.

    An event that was opened by calls that don't arrive is told by them where outcomes explain less than the least that
    is missing: they may show another event, in which this one's calls fail as well.

    ``counted`` (vantages, USED) in the event's scope. None where only marks show it: they count nobody.
    """
    order = event.ranked({index: event.nats(index) for index in event.seen})
    failed = _by_outcomes(evidence, event, order, counted)
    if failed is not None and event.kind != "loss":
        return failed
    missing = _by_arrivals(evidence, event, order, counted, since, until)
    if failed is None or (missing is not None and failed.high < missing.low):
        return missing
    return failed


def _by_outcomes(evidence: Evidence, event: Event, order: list[int], counted: NDArray[np.int64]) -> Interval | None:
    """Failed attempts beyond the usual, redials included; None where outcomes don't show the event."""
    index = next((each for each in order if evidence.components[each].family.name == "outcome"), None)
    if index is None or event.nats(index) <= SHOWN:
        return None
    component = evidence.components[index]
    own = counted[component.vantage]
    losses = float(own[COLUMN["drops"]])
    ratio = float(evidence.baseline.loss_base[component.vantage, event.scope])
    ratio *= float(np.exp(event.frozen.deviation[component.reference][event.scope]))
    sd = float(event.frozen.sd[component.reference][event.scope])
    return lost_of_outcomes(losses, float(own[COLUMN["outcomes"]]) - losses, ratio, sd, event.seen[index].phi)


def _by_arrivals(
    evidence: Evidence, event: Event, order: list[int], counted: NDArray[np.int64], since: int, until: int
) -> Interval | None:
    """Calls that didn't arrive, by the first of the components in ``order`` that can tell.

    What was lost is on record at once; of calls that arrive, records come when they end. So what is told by arrivals is
    told of those that came within the hold, and stands for all.
    """
    for index in order:
        seen, component = event.seen[index], evidence.components[index]
        settled = float(evidence.baseline.settled[component.vantage, event.scope])
        sums = event.sums(index, since, max(until, since + 1))
        usual = sums.expected / max(sums.n, 1.0)
        if component.family.law is Law.SHARE:
            arrivals = lost_of_share(sums.k, sums.n, float(np.clip(usual, 1e-6, 1 - 1e-6)), seen.sd)
            return of_all(arrivals, settled, ARRIVED_LATE_SD)
        if component.family.law is Law.FALL:
            return of_all(lost_of_level(sums.k, sums.expected, seen.sd), settled, ARRIVED_LATE_SD)
        if component.family.name == "reconciliation":
            own = counted[component.vantage]  # the rest of what was delivered couldn't be compared
            delivered = float(own[COLUMN["outcomes"]]) - float(own[COLUMN["drops"]])
            of = sums.n * delivered / max(float(own[component.of]), 1.0)  # in the minutes that were told of
            return of_all(lost_of_rate(sums.k, sums.n, usual, seen.sd, of), settled, UNSEEN_LATE_SD)
    return None
