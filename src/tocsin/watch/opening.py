"""Opening: what a mixture that has reached A stands for, and whether that is a new event or more of an open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tocsin.watch.alarm import Level
from tocsin.watch.cells import Cells
from tocsin.watch.event import SETTLE_MINUTES, Event
from tocsin.watch.follow import Follow
from tocsin.watch.posterior import log_posterior

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

_SHOWN_PART: Final = 0.001
"""A component with less of the evidence than this isn't told of."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The scope in which most of M lies, and ``shares``: how much of what it takes is each component's."""

    scope: int
    kind: str
    shares: dict[int, float]


def claim(evidence: Evidence, cells: Cells, pages: bool, a: float) -> Claim:
    """Take the evidence of the scope that explains M best, and of all that overlap it.

    A page must use up evidence worth ``a``, or its promise doesn't hold: what several places share is said once.
    """
    scope = int(evidence.by_scope(pages).argmax())
    overlap = cells.overlap(scope)
    parts = evidence.by_component(overlap, pages)
    whole = sum(parts.values())
    evidence.zero(overlap if whole >= a else np.ones_like(overlap), pages)
    shares = {index: part / whole for index, part in parts.items() if part > _SHOWN_PART * whole}
    main = max(shares, key=lambda index: shares[index])
    return Claim(scope=scope, kind=evidence.components[main].family.kind, shares=shares)


def part_of(
    event: Event, others: Sequence[Event], evidence: Evidence, cells: Cells, follow: Follow
) -> tuple[Event, int] | None:
    """The open event that a new one belongs to, and the scope that explains both; None where it stands by itself."""
    for other in others:
        alike = (other.level, other.surge, other.cause) == (event.level, event.surge, event.cause)
        if alike and cells.wider(event.scope, other.scope) and not _later(event, other):
            return other, event.scope
    pages = [other for other in others if other.level is event.level is Level.PAGE]
    return _said_before(event, pages, evidence, cells, follow) if pages else None


def _later(event: Event, other: Event) -> bool:
    """Whether an event in a wider scope began after the other had settled: a new one, not the same one grown."""
    return event.scope != other.scope and event.onset[0] > other.opened + SETTLE_MINUTES


def _said_before(
    event: Event, pages: Sequence[Event], evidence: Evidence, cells: Cells, follow: Follow
) -> tuple[Event, int] | None:
    """The open page that explains a new one: in its own scope, or in one that is wider and in time.

    One loss pages in several of its parts within a minute, before the first has found its whole.
    """
    best = int(log_posterior(evidence, cells, event, follow).argmax())
    for other in pages:
        settles = event.opened - other.opened <= SETTLE_MINUTES
        if best == other.scope or (settles and cells.wider(best, other.scope)):
            return other, best
    return None
