"""Lost: how many attempts an event has cost, from the evidence that shows it most surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.alarm import Interval
from tocsin.watch.counting import COLUMN
from tocsin.watch.estimate import lost_of_level, lost_of_outcomes, lost_of_rate, lost_of_share
from tocsin.watch.event import SHOWN, Event
from tocsin.watch.family import Law

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What references expected when an event opened: drift and its error, so that the event can't teach them."""

    deviation: dict[int, NDArray[np.float64]]
    sd: dict[int, NDArray[np.float64]]


def lost(
    evidence: Evidence, event: Event, counted: NDArray[np.int64], frozen: Frozen, *, since: int, until: int
) -> Interval | None:
    """Attempts lost from minute ``since`` to ``until``: from outcomes where they show the event, else from the rest.

    ``counted`` (minutes, vantages, USED) in the event's scope. None where only marks show it: they count nobody.
    """
    order = event.ranked({index: event.nats(index) for index in event.seen})
    outcomes = [index for index in order if evidence.components[index].family.name == "outcome"]
    if outcomes and event.nats(outcomes[0]) > SHOWN:  # outcomes count redials too
        component = evidence.components[outcomes[0]]
        own = counted[:, component.vantage].sum(axis=0)
        losses = float(own[COLUMN["drops"]])
        ratio = float(evidence.baseline.loss_base[component.vantage, event.scope])
        ratio *= float(np.exp(frozen.deviation[component.reference][event.scope]))
        sd = float(frozen.sd[component.reference][event.scope])
        return lost_of_outcomes(losses, float(own[COLUMN["outcomes"]]) - losses, ratio, sd)
    rows = slice(event.row(since), max(event.row(until), event.row(since) + 1))
    for index in order:
        seen, law = event.seen[index], evidence.components[index].family.law
        k, n, expected = seen.k[rows].sum(), seen.n[rows].sum(), seen.expected()[rows].sum()
        if law is Law.SHARE:
            return lost_of_share(k, n, float(np.clip(expected / max(n, 1.0), 1e-6, 1 - 1e-6)), seen.sd)
        if law is Law.FALL:
            return lost_of_level(k, expected, seen.sd)
        if evidence.components[index].family.name == "reconciliation":
            return lost_of_rate(k, n, expected / max(n, 1.0), seen.sd)
    return None
