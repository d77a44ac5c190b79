"""Explaining: what an open event takes away from scopes that it overlaps, before any of them may page by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.detector import Component
from tocsin.watch.event import Event
from tocsin.watch.family import Law

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

ALLOWED: Final = 1.5
"""A scope's loss beyond the event must be half as large again as what the event was seen to do there."""

_PRIOR: Final = 15.0
"""Calls' worth of belief that a scope loses what the event loses on average where it overlaps."""


def explained_loss(
    evidence: Evidence,
    component: Component,
    total: NDArray[np.int32],
    inside: NDArray[np.float64],
    event: Event,
    minute: int,
    deviation: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(A,) the loss in each of a component's scopes that an event explains, 0 where it doesn't overlap.

    ``total`` (vantages, S, USED) counted since the onset · ``inside`` (S,) each scope's share that lies in the event's.

    Each scope's own loss since the event's onset, drawn towards the event's while counts are few, plus two of its
    standard errors, times `ALLOWED`.
    """
    rows = component.scope
    k = total[component.vantage, rows, component.bad].astype(float)
    n = total[component.vantage, component.group, component.of].astype(float)
    theta = (evidence.centre(component.reference, max(minute - 1, event.onset[1])) + deviation)[rows]
    event_loss = max((event.loss(index) for index in event.fits), default=0.0)
    share = inside[rows]
    prior = np.clip(event_loss * share, 0.0, 0.98)
    law = component.family.law
    if law is Law.RATE:
        p = 1 / (1 + np.exp(-theta))
        mean = 1 - (1 - p) * (1 - prior)
        rate = (k + mean * _PRIOR) / (n + _PRIOR)
        rate = rate + 2 * np.sqrt(rate * (1 - rate) / (n + _PRIOR))
        lost = 1 - (1 - np.minimum(rate, 1.0)) / (1 - p)
    elif law is Law.SHARE:
        p = 1 / (1 + np.exp(-theta))
        usual = (n - k) * p / (1 - p)
        kept = (k + (1 - prior) * _PRIOR) / np.maximum(usual + _PRIOR, 1e-9)
        lost = 1 - kept + 2 * np.sqrt(np.maximum(kept, 0.02) / np.maximum(usual + _PRIOR, 1.0))
    else:
        usual = np.exp(theta) * 60 * max(minute - event.onset[1], 1)
        kept = (k + (1 - prior) * _PRIOR) / (usual + _PRIOR)
        lost = 1 - kept + 2 * np.sqrt(np.maximum(kept, 0.02) / (usual + _PRIOR))
    return np.where(share > 0, np.clip(lost * ALLOWED, 0.0, 1.0), 0.0)
