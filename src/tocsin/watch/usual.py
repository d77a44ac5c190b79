"""Usual: the arrivals that the calendar expects over a stretch of time, in every scope at once.

A scope's expectation is its base times its hours' profile times the demand of its service. The last two are the same
for all scopes of a class and service, so demand is summed by service and hour of the day, minute by minute as time goes
on, and an event of a week costs no more a minute than one of an hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.demand import BINS, local_bin

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence


class Usual:
    """Expected arrivals since minute ``since``, carried on from call to call."""

    def __init__(self, evidence: Evidence, since: int) -> None:
        services = len(evidence.lattice.services)
        self.since = since
        self._until = since
        self._demand = {vantage: np.zeros((services, BINS)) for vantage in evidence.baseline.vantages}

    def carry_on(self, evidence: Evidence, until: int) -> None:
        """Add the minutes up to ``until``."""
        minutes = until - self._until
        if minutes <= 0:
            return
        hours = local_bin((self._until + np.arange(minutes)) * 60, evidence.baseline.zone)
        for vantage, demand in self._demand.items():
            for service, row in enumerate(demand):
                rate = np.exp(evidence.demand_series(vantage, service, self._until, minutes))
                row += np.bincount(hours, weights=60 * rate, minlength=BINS)
        self._until = until

    def arrivals(self, evidence: Evidence, reference: int, deviation: NDArray[np.float64]) -> NDArray[np.float64]:
        """(S,) what a reference of arrivals expects, with ``deviation`` (S,) of drift."""
        tracker = evidence.trackers[reference]
        service = np.zeros(len(tracker.reference.profile), np.int64)
        service[tracker.group] = evidence.lattice.service
        demand = self._demand[tracker.reference.vantage][service]
        by_group = (np.exp(tracker.reference.profile) * demand).sum(axis=1)
        return np.asarray(np.exp(tracker.reference.base + deviation) * by_group[tracker.group])
