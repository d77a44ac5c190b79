"""The posterior of the scope: which scope explains best what was counted since an event's onset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.cells import Cells
from tocsin.watch.estimate import fit
from tocsin.watch.event import Event
from tocsin.watch.family import Law
from tocsin.watch.follow import Follow

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

SWITCH_NATS: Final = 3.0
"""An open event takes another scope's name only when that one explains the counts better by a factor of twenty."""


def log_posterior(evidence: Evidence, cells: Cells, event: Event, follow: Follow) -> NDArray[np.float64]:
    """(S,) log of prior weight times the best likelihood of each scope since onset, over the families that page.

    Only scopes that share calls with the event's: what explains another place better explains another event. Arrivals
    against the calendar count from where they could page: a loss of everything leaves no other trace where outcomes
    aren't known. Scopes of which a feed told nothing for a while explain nothing.
    """
    total = follow.total(event)
    scores = np.full(len(evidence.lattice), -np.inf)
    for component in evidence.components:
        family, rows = component.family, component.scope
        if not family.pages or family.weight == 0.0:
            continue
        deviation = event.frozen.deviation[component.reference]
        k = total.counts[component.vantage, rows, component.bad].astype(float)
        n = total.counts[component.vantage, component.group, component.of].astype(float)
        if family.law is Law.FALL:
            usual = follow.usual(event).arrivals(evidence, component.reference, deviation)
            expected = (1 - family.margin) * usual[rows]
        else:
            theta = (evidence.centre(component.reference, total.since) + deviation)[rows]
            expected = n * expit(theta)
        phi = evidence.trackers[component.reference].reference.phi[evidence.lattice.level[rows]]
        hung = evidence.slept.any_since(total.since, evidence.baseline.vantages[component.vantage], len(scores))
        nats = np.where(hung[rows] | hung[component.group], 0.0, fit(family.law, k, n, expected, phi).nats)
        scores[rows] = np.where(np.isinf(scores[rows]), np.log(component.weight.sum(axis=1)), scores[rows]) + nats
    return np.where(cells.overlap(event.scope), scores, -np.inf)


def better(evidence: Evidence, cells: Cells, event: Event, follow: Follow) -> int | None:
    """Another scope that explains all that was counted since onset much better, if there is one.

    None where a feed told nothing of the event's own for a while: what it explains isn't known.
    """
    if not evidence.told([event.scope], event.onset[1]):
        return None
    scores = log_posterior(evidence, cells, event, follow)
    best = int(scores.argmax())
    return best if scores[best] - scores[event.scope] >= SWITCH_NATS else None
