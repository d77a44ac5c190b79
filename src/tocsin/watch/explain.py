"""Explaining: what an open event takes away from scopes that it overlaps, before any of them may page by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.cells import Cells
from tocsin.watch.detector import Component
from tocsin.watch.event import Event
from tocsin.watch.evidence import Evidence
from tocsin.watch.family import Law
from tocsin.watch.follow import Follow
from tocsin.watch.ratio import DEEPEST
from tocsin.watch.recent import Total
from tocsin.watch.usual import Usual

if TYPE_CHECKING:
    from collections.abc import Sequence

ALLOWED: Final = 1.5
"""A scope's loss beyond the event must be half as large again as what the event was seen to do there."""

_PRIOR: Final = 15.0
"""Calls' worth of belief that a scope loses what the event loses on average where it overlaps."""


def explain(evidence: Evidence, cells: Cells, follow: Follow, events: Sequence[Event], minute: int) -> None:
    """Open events explain first: the nulls of all they overlap allow what was estimated there, and half more."""
    lost: list[NDArray[np.float64] | None] = [None] * len(evidence.components)
    for event in events:
        total, usual = follow.total(event), follow.usual(event)
        inside = cells.share_inside(event.scope)
        for index, component in enumerate(evidence.components):
            if not event.shown_by(component.family) or component.family.law is Law.RISE:
                continue
            found = explained_loss(evidence, component, total, usual, inside, event)
            before = lost[index]
            lost[index] = np.minimum(found if before is None else np.maximum(before, found), DEEPEST)
    evidence.explained = lost
    evidence.set_nulls(minute * 60)


def explained_loss(
    evidence: Evidence, component: Component, total: Total, usual: Usual, inside: NDArray[np.float64], event: Event
) -> NDArray[np.float64]:
    """(A,) the loss in each of a component's scopes that an event explains, 0 where it doesn't overlap.

    ``total``, ``usual`` counted and expected since the onset · ``inside`` (S,) each scope's share that lies in the
    event's.

    Each scope's own loss since the event's onset, drawn towards the event's while counts are few, plus two of its
    standard errors, times `ALLOWED`.
    """
    rows = component.scope
    k = total.counts[component.vantage, rows, component.bad].astype(float)
    n = total.counts[component.vantage, component.group, component.of].astype(float)
    deviation = event.frozen.deviation[component.reference]
    theta = (evidence.centre(component.reference, max(event.until - 1, event.onset[1])) + deviation)[rows]
    event_loss = max((event.loss(index) for index in event.seen), default=0.0)
    share = inside[rows]
    prior = np.clip(event_loss * share, 0.0, 0.98)
    law = component.family.law
    if law is Law.RATE:
        p = expit(theta)
        mean = 1 - (1 - p) * (1 - prior)
        rate = (k + mean * _PRIOR) / (n + _PRIOR)
        rate = rate + 2 * np.sqrt(rate * (1 - rate) / (n + _PRIOR))
        lost = 1 - (1 - np.minimum(rate, 1.0)) / (1 - p)
    elif law is Law.SHARE:
        p = expit(theta)
        lost = _missing(k, (n - k) * p / (1 - p), prior)
    else:
        lost = _missing(k, usual.arrivals(evidence, component.reference, deviation)[rows], prior)
    return np.where(share > 0, np.clip(lost * ALLOWED, 0.0, 1.0), 0.0)


def _missing(k: NDArray[np.float64], usual: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A,) the part of the usual arrivals that is missing, and two standard errors more."""
    kept = (k + (1 - prior) * _PRIOR) / (usual + _PRIOR)
    return np.asarray(1 - kept + 2 * np.sqrt(np.maximum(kept, 0.02) / (usual + _PRIOR)))
