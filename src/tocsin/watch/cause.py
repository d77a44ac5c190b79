"""The cause: why fewer calls of a class arrive than usual, asked of every page that stands on arrivals alone.

There are three reasons. *Lost*: the class's calls don't arrive. *Moved*: they took another route, because a node is out
for maintenance, customers changed operator, a centre answers for another. *Crowded*: a crowd in one place calls with
its mobile phones, and the fixed lines there have their usual calls, but less of the whole. Only the first pages; the
others are watched, and asked `again`: what has moved can be lost on its new way, and a class that is crowded out fail.

Where calls have moved, some class has grown by what is missing, while those that lost and gained nothing keep their
shares among themselves. Where a crowd calls, the others are farther above the calendar than the class is below it. This
is asked in a part of the territory only, and not of operators: the whole country's redials and worry lift what isn't
lost above the calendar too, as on 2 June 2021, and a crowd calls over all operators. There a share pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tocsin.watch.alarm import Cause
from tocsin.watch.beside import Shared, crowded, short, tell_alone, took_over
from tocsin.watch.cells import Cells
from tocsin.watch.detector import Component
from tocsin.watch.event import Event
from tocsin.watch.family import Law
from tocsin.watch.follow import Follow
from tocsin.watch.lattice import ALL
from tocsin.watch.recent import Total

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

ALONE: Final = 0.9
"""Least part of the evidence that is arrivals: where outcomes or redials show it too, calls are lost."""

APART: Final = 0.05
"""Two classes stand beside each other where they share no more than this of their calls: nodes of a path share all."""

CALENDAR_SD: Final = 0.1
"""The calendar is never taken to be surer than this: +-15 % is an ordinary evening."""


def cause(evidence: Evidence, cells: Cells, follow: Follow, event: Event, total: Total) -> tuple[Cause, frozenset[int]]:
    """Why the event pages by what was counted in ``total``, and the scopes that took the calls where they moved."""
    component = contrast_of(evidence, event)
    if component is None:
        return Cause.LOST, frozenset()
    shared = shared_calls(evidence, cells, follow, event, component, total)
    took = took_over(shared)
    if took and (tell_alone(shared, took) or not short(shared)):
        return Cause.MOVED, frozenset(int(shared.scope[each]) for each in took)
    if not _everywhere(evidence, event) and crowded(shared):
        return Cause.CROWDED, frozenset()
    return Cause.LOST, frozenset()


def contrast_of(evidence: Evidence, event: Event) -> Component | None:
    """The contrast that tells why, where the event stands on arrivals alone."""
    main = evidence.components[max(event.shares, key=lambda index: event.shares[index])]
    arrivals = sum(share for index, share in event.shares.items() if evidence.components[index].family.law.of_absence)
    if not main.family.law.of_absence or not main.family.pages or arrivals < ALONE:
        return None
    for component in evidence.components:
        if component.family.law is Law.SHARE and component.vantage == main.vantage and event.scope in component.scope:
            return component
    return None


def shared_calls(
    evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component, total: Total
) -> Shared:
    """What was counted in ``total`` of the event's class and of those beside it, and what was usual."""
    lattice = evidence.lattice
    group = int(lattice.group[event.scope])
    scope = _beside(evidence, cells, event, component)
    theta = (evidence.centre(component.reference, total.since) + event.frozen.deviation[component.reference])[scope]
    unmet = follow.of_cells(total.since, unmet_cells(evidence, cells, event))
    reference = evidence.trackers[component.reference].reference
    level = level_of(evidence, group, component)
    return Shared(
        scope=np.r_[scope, -1],
        k=np.r_[total.counts[:, scope].T[component.bad, :, component.vantage], unmet[component.vantage, component.bad]],
        share=np.r_[expit(theta), 0.0],
        sd=np.r_[event.frozen.sd[component.reference][scope], 0.0],
        n=float(total.counts[component.vantage, group, component.of]),
        phi=float(reference.phi[lattice.level[event.scope]]),
        expected=None if level is None else _until_now(follow, event, level, group, total.since),
        drift=CALENDAR_SD if level is None else max(float(event.frozen.sd[level][group]), CALENDAR_SD),
    )


def _beside(evidence: Evidence, cells: Cells, event: Event, component: Component) -> NDArray[np.int64]:
    """(classes,) the class and those beside it, which share no calls.

    Of the nodes of a path those stand which have the class's own place in it, and where none has, the larger ones.
    """
    lattice = evidence.lattice
    kinds = np.array([name for name, _ in lattice.classes])[lattice.klass[component.scope]]
    kind, _ = lattice.classes[lattice.klass[event.scope]]
    alike = component.scope[(component.group == lattice.group[event.scope]) & (kinds == kind)]
    mass = np.maximum(cells.mass, 1e-3)
    calls = {int(each): float(mass[cells.member(int(each))].sum()) for each in alike}
    place = {each: _place(evidence, cells, each) for each in (*calls, event.scope)}
    taken = cells.member(event.scope).copy()
    chosen = [event.scope]
    for each in sorted(calls, key=lambda one: (place[one] != place[event.scope], -calls[one])):
        member = cells.member(each)
        if each != event.scope and mass[member & taken].sum() <= APART * calls[each]:
            chosen.append(each)
            taken |= member
    return np.array(chosen, np.int64)


def _place(evidence: Evidence, cells: Cells, scope: int) -> int:
    """A node's place in the path of the first calls that crossed it; 0 of any other class."""
    kind, name = evidence.lattice.classes[evidence.lattice.klass[scope]]
    member = cells.member(scope)
    if kind != "node" or not member.any():
        return 0
    path = cells.table["path"][int(member.argmax())]
    return path.split(">").index(name) if path else 0


def unmet_cells(evidence: Evidence, cells: Cells, event: Event) -> NDArray[np.bool_]:
    """(cells,) the group's whose class the history never met: a new operator, a node put into service."""
    kind, _ = evidence.lattice.classes[evidence.lattice.klass[event.scope]]
    known = {value for name, value in evidence.lattice.classes if name == kind}
    column = cells.table["path" if kind == "node" else kind]
    parts = (value.split(">") if kind == "node" else [value] for value in column.fill_null(""))
    new = np.array([any(part and part not in known for part in each) for each in parts], bool)
    return np.asarray(new & cells.member(int(evidence.lattice.group[event.scope])) & ~cells.member(event.scope))


def _until_now(follow: Follow, event: Event, level: int, scope: int, since: int) -> float:
    """Calls that the calendar expects in a scope from minute ``since`` to the newest step."""
    return float(follow.arrivals(event, level, scope, since, follow.now // 60 + 1 - since).sum())


def level_of(evidence: Evidence, group: int, component: Component) -> int | None:
    """The reference of the group's arrivals at the component's vantage, where there is one."""
    vantage = evidence.baseline.vantages[component.vantage]
    for index, tracker in enumerate(evidence.trackers):
        if tracker.arrivals and tracker.reference.vantage == vantage:
            return index if tracker.reference.active[group] else None
    return None


def _everywhere(evidence: Evidence, event: Event) -> bool:
    """Whether this is the whole territory, or an operator: no crowd is asked for."""
    lattice = evidence.lattice
    kind, _ = lattice.classes[lattice.klass[event.scope]]
    return bool(kind == "operator" or lattice.area[event.scope] == ALL)
