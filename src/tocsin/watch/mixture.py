"""The mixture: which components there are, and how the one false-alarm budget is shared among them.

A weight is family x scope x size; paging weights sum to one, watch weights sum to one. A family without data at any
vantage gives its part to the others, so nothing is spent on what can't be seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.baseline import Baseline, Reference
from tocsin.watch.counting import COLUMN
from tocsin.watch.detector import Component
from tocsin.watch.family import FAMILIES, SIZES, Family, Law
from tocsin.watch.lattice import ALL, Lattice
from tocsin.watch.nulls import Z, usual_sd
from tocsin.watch.ratio import visible_nats

DEPTH_WEIGHT: Final = (0.4, 0.25, 0.35)
"""The whole; all levels between; the cell areas."""

CLASS_WEIGHT: Final = {"": 0.6, "operator": 0.14, "access": 0.11, "node": 0.09, "centre": 0.06}
SERVICE_WEIGHT: Final = (0.7, 0.3)
"""All services; each service by itself, shared."""

PATIENCE_MINUTES: Final = 60.0
_NATS: Final = 10.0
"""Sizes share a scope's weight as 1 / (1 + T / `PATIENCE_MINUTES`), T the minutes in which the scope's volume shows
such a loss by ten nats: no budget is spent on what can't be seen."""


def components(baseline: Baseline) -> list[Component]:
    """All components, evidence at zero, ratios still to be set."""
    lattice = baseline.lattice
    whole = scope_weights(lattice)
    made: list[tuple[Component, Family]] = []
    for index, reference in enumerate(baseline.references):
        for family in _families(reference):
            scope = np.flatnonzero(reference.active).astype(np.int32)
            part = whole[scope] * _by_calls(lattice, reference, scope)
            part = part / max(float(part.sum()), 1e-300)
            made.append((_component(baseline, index, reference, family, scope, part), family))
    for component, family in made:
        if family.guard is not None:
            _guard(component, [other for other, level in made if level.name == family.guard], len(lattice))
    for pages in (True, False):
        group = [(component, family) for component, family in made if family.pages is pages]
        total = sum(family.weight for _, family in group)
        for component, family in group:
            component.weight *= family.weight / total
    return [component for component, _ in made]


def _guard(component: Component, levels: list[Component], scopes: int) -> None:
    """Tie a component to the level of its vantage, row by row."""
    level = next(other for other in levels if other.vantage == component.vantage)
    row = np.full(scopes, -1, np.int64)
    row[level.scope] = np.arange(len(level.scope))
    component.guard, component.guard_row = level, row[component.scope]


def _families(reference: Reference) -> list[Family]:
    """The families that stand on a reference: four on the level's, otherwise its own."""
    if reference.family_name == "level":
        return [family for family in FAMILIES if family.law.by_calendar]
    return [reference.family]


def _component(
    baseline: Baseline,
    index: int,
    reference: Reference,
    family: Family,
    scope: NDArray[np.int32],
    part: NDArray[np.float64],
) -> Component:
    size = (len(scope), len(SIZES))
    return Component(
        family=family,
        reference=index,
        vantage=baseline.vantages.index(reference.vantage),
        bad=COLUMN[family.bad],
        of=COLUMN[family.of],
        scope=scope,
        group=baseline.lattice.group[scope] if family.law is Law.SHARE else scope,
        ratio=np.zeros((*size, 2)),
        weight=part[:, None] * _sizes(baseline.lattice, reference, family, scope),
        evidence=np.zeros(size),
        asleep=np.zeros(len(scope), bool),
        withheld=np.zeros(len(scope), bool),
    )


def _by_calls(lattice: Lattice, reference: Reference, scope: NDArray[np.int32]) -> NDArray[np.float64]:
    """(A,) half of a class's weight is as its siblings', half by its calls: more is at stake in the larger one."""
    calls = reference.per_minute[scope]
    if reference.family.law is Law.SHARE:
        calls = calls * expit(reference.base[scope])
    kind = np.array([list(CLASS_WEIGHT).index(name) for name, _ in lattice.classes])[lattice.klass[scope]]
    siblings = np.stack([lattice.area[scope], kind, lattice.service[scope]], axis=1)
    _, place, number = np.unique(siblings, axis=0, return_inverse=True, return_counts=True)
    mean = np.bincount(place, weights=calls) / number
    return np.asarray((1 + calls / np.maximum(mean[place], 1e-12)) / 2)


def _sizes(lattice: Lattice, reference: Reference, family: Family, scope: NDArray[np.int32]) -> NDArray[np.float64]:
    """(A, sizes) how a scope's weight is shared among the sizes of a loss, summing to one."""
    reach = Z * usual_sd(reference, lattice)[scope]
    phi = (reference.phi_up if family.law is Law.RISE else reference.phi)[lattice.level[scope]]
    per_minute = np.maximum(reference.per_minute[scope], 1e-9)
    nats = visible_nats(family, reference.base[scope], reach, phi, per_minute)
    sooner = 1 / (1 + _NATS / np.maximum(nats, 1e-12) / PATIENCE_MINUTES)
    return np.asarray(sooner / sooner.sum(axis=1, keepdims=True))


def scope_weights(lattice: Lattice) -> NDArray[np.float64]:
    """(S,) weight by depth x class x service, equal among siblings, summing to one."""
    deepest = int(lattice.depth.max())
    depth = lattice.depth[lattice.area]
    by_depth = np.where(depth == 0, DEPTH_WEIGHT[0], np.where(depth == deepest, DEPTH_WEIGHT[2], DEPTH_WEIGHT[1]))
    areas = np.bincount(lattice.depth, minlength=deepest + 1)
    between = max(int(areas[1:deepest].sum()), 1)
    among = np.where((depth > 0) & (depth < deepest), between, areas[depth])
    dimension = np.array([list(CLASS_WEIGHT).index(name) for name, _ in lattice.classes])[lattice.klass]
    by_class = np.array(list(CLASS_WEIGHT.values()))[dimension] / _siblings(lattice, dimension)
    others = max(len(lattice.services) - 1, 1)
    by_service = np.where(lattice.service == ALL, SERVICE_WEIGHT[0], SERVICE_WEIGHT[1] / others)
    weight = by_depth / among * by_class * by_service
    return np.asarray(weight / weight.sum())


def _siblings(lattice: Lattice, dimension: NDArray[np.int64]) -> NDArray[np.int64]:
    """(S,) how many classes of its dimension there are in a scope's area."""
    kinds = len(CLASS_WEIGHT)
    classes = np.unique(np.stack([lattice.area * kinds + dimension, lattice.klass], axis=1), axis=0)[:, 0]
    number = np.bincount(classes, minlength=len(lattice.areas) * kinds)
    return np.asarray(number[lattice.area * kinds + dimension])
