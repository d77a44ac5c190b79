"""The cause: why a class has less of its group's calls than usual, asked of every page that stands on shares alone.

A share falls for three reasons. *Lost*: the class's calls don't arrive. *Moved*: they took another route, because a
node is out for maintenance, customers changed operator, a centre answers for another. *Crowded*: a crowd in one place
calls with its mobile phones, and the fixed lines there have their usual calls. Only the first pages; the others are
watched.

Where calls have moved, some class has grown by what is missing, while those that lost and gained nothing keep their
shares among themselves. Where a crowd calls, the others are farther above the calendar than the class is below it. This
is asked in a part of the territory only, and not of operators: the whole country's redials and worry lift what isn't
lost above the calendar too, as on 2 June 2021, and a crowd calls over all operators. There a share pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.cells import Cells
from tocsin.watch.detector import Component
from tocsin.watch.event import Cause, Event
from tocsin.watch.family import Law
from tocsin.watch.follow import Follow
from tocsin.watch.lattice import ALL

if TYPE_CHECKING:
    from tocsin.watch.evidence import Evidence

ALONE: Final = 0.9
"""Least part of the evidence that is contrast: where outcomes or redials show it too, calls are lost."""

GROWN: Final = 2.0
"""Standard deviations by which a class has grown among the others before calls are believed to have moved there."""

LACKING: Final = 2.0
"""Standard deviations that the class must lack beside those that neither fell nor grew: where two classes lose calls
alike, the others have grown and neither lacks any beside the other."""

MISSING: Final = 2.0
LOST_PART: Final = 1 / 3
"""What others have grown by must be what the class lacks, within so many standard deviations or this part of it."""

SHORT: Final = 0.5
"""Calls are lost where all calls together, by the calendar, fall short by more than this part of what the class lacks:
shares can't tell two unequal losses from calls that moved."""

OTHERS: Final = 0.05
"""Least share of the group's calls that neither fell nor grew: without them nothing tells a loss from a move."""


FEWER: Final = 3.0
"""Standard deviations below the calendar from which a class has lost calls, however many the others make."""

CALENDAR_SD: Final = 0.1
"""The calendar is never taken to be surer than this: +-15 % is an ordinary evening."""


def cause(evidence: Evidence, cells: Cells, follow: Follow, event: Event) -> Cause:
    """Why the event pages; lost unless its evidence is contrast and says otherwise."""
    main = max(event.shares, key=lambda index: event.shares[index])
    component = evidence.components[main]
    contrast = sum(share for index, share in event.shares.items() if evidence.components[index].family.law is Law.SHARE)
    if component.family.law is not Law.SHARE or contrast < ALONE or event.scope not in component.scope:
        return Cause.LOST
    if _moved(evidence, cells, follow, event, component) and not _short(evidence, follow, event, component):
        return Cause.MOVED
    if _crowded(evidence, follow, event, component):
        return Cause.CROWDED
    return Cause.LOST


def _crowded(evidence: Evidence, follow: Follow, event: Event, component: Component) -> bool:
    """Whether the rest of the group is farther above the calendar than the class is below it.

    Both are measured in what the calendar is usually wrong by, and in their own noise.
    """
    lattice = evidence.lattice
    kind, _ = lattice.classes[lattice.klass[event.scope]]
    if kind == "operator" or lattice.area[event.scope] == ALL:
        return False
    level = _level(evidence, event, component)
    if level is None:
        return False
    group = int(lattice.group[event.scope])
    expected = follow.arrivals(event, level, group)
    own, rest, share = _counted(evidence, follow, event, component)
    drift = max(float(event.frozen.sd[level][group]), CALENDAR_SD) ** 2

    def off(k: float, usual: float) -> float:  # noise as of the usual calls: where none is left, that is no noise
        return float(np.log(max(k, 0.5) / max(usual, 0.5)) / np.sqrt(drift + 1 / max(usual, 0.5)))

    below = -off(own, share * expected)
    return below < FEWER and off(rest, (1 - share) * expected) > max(below, 0.0)


def _short(evidence: Evidence, follow: Follow, event: Event, component: Component) -> bool:
    """Whether the group as a whole lacks calls as well, or nobody can tell."""
    level = _level(evidence, event, component)
    if level is None:
        return True
    expected = follow.arrivals(event, level, int(evidence.lattice.group[event.scope]))
    own, rest, share = _counted(evidence, follow, event, component)
    return expected - own - rest > SHORT * (rest * share / (1 - share) - own)


def _level(evidence: Evidence, event: Event, component: Component) -> int | None:
    """The reference of the group's arrivals at the component's vantage, where there is one."""
    vantage = evidence.baseline.vantages[component.vantage]
    for index, tracker in enumerate(evidence.trackers):
        if tracker.arrivals and tracker.reference.vantage == vantage:
            return index if tracker.reference.active[evidence.lattice.group[event.scope]] else None
    return None


def _counted(evidence: Evidence, follow: Follow, event: Event, component: Component) -> tuple[float, float, float]:
    """Calls of the class since the onset, of the rest of its group, and the class's usual share."""
    total = follow.total(event)
    theta = evidence.centre(component.reference, total.since) + event.frozen.deviation[component.reference]
    own = float(total.counts[component.vantage, event.scope, component.bad])
    whole = float(total.counts[component.vantage, component.group[component.scope == event.scope][0], component.of])
    return own, whole - own, 1 / (1 + float(np.exp(-theta[event.scope])))


def _moved(evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component) -> bool:
    """Whether what the class lacks is with other classes of its kind, those that the history never met included."""
    lattice = evidence.lattice
    group, (kind, _) = int(lattice.group[event.scope]), lattice.classes[lattice.klass[event.scope]]
    kinds = np.array([name == kind for name, _ in lattice.classes])
    siblings = component.scope[(component.group == group) & kinds[lattice.klass[component.scope]]]
    siblings = np.r_[event.scope, siblings[siblings != event.scope]]
    total = follow.total(event)
    deviation = event.frozen.deviation[component.reference]
    theta = (evidence.centre(component.reference, total.since) + deviation)[siblings]
    unmet = _unmet(evidence, cells, follow, event, component, kind)
    k = np.r_[total.counts[component.vantage, siblings, component.bad], unmet]
    share = np.r_[1 / (1 + np.exp(-theta)), 0.0]
    sd = np.r_[event.frozen.sd[component.reference][siblings], 0.0]
    return _gone_to_others(k.astype(float), float(total.counts[component.vantage, group, component.of]), share, sd)


def _gone_to_others(k: NDArray[np.float64], n: float, share: NDArray[np.float64], sd: NDArray[np.float64]) -> bool:
    """Whether the first class of ``k`` (classes,) of ``n`` calls lacks what others have grown by.

    ``share`` (classes,) usual shares, ``sd`` their errors in log odds.
    """
    gone = [0]
    while True:
        rest = [each for each in range(1, len(k)) if each not in gone]
        grown = {each: _beyond(k, n, share, sd, of=[each], without=[*gone, each]) for each in rest}
        best = max(rest, key=lambda each: grown[each][0] / grown[each][1], default=None)
        if best is None or grown[best][0] < GROWN * grown[best][1]:
            break
        gone.append(best)
    if len(gone) == 1:
        return False
    net, error = _beyond(k, n, share, sd, of=gone, without=gone)
    own, own_error = _beyond(k, n, share, sd, of=[0], without=gone)
    return own < -LACKING * own_error and abs(net) < max(MISSING * error, LOST_PART * abs(own))


def _beyond(
    k: NDArray[np.float64],
    n: float,
    share: NDArray[np.float64],
    sd: NDArray[np.float64],
    *,
    of: list[int],
    without: list[int],
) -> tuple[float, float]:
    """How many calls ``of`` has beyond its usual share of as many as the classes but ``without`` tell, and its error.

    Nothing where too few are left to tell.
    """
    left, part = 1 - float(share[without].sum()), float(share[of].sum())
    if left < OTHERS:
        return 0.0, np.inf
    others = n - float(k[without].sum())
    usual = others / left * part
    rest = np.setdiff1d(np.arange(len(k)), without)
    relative = float(((sd[rest] * share[rest]) ** 2).sum()) / left**2
    counted = usual + others * (part / left) ** 2
    drifted = usual**2 * relative + float(((sd[of] * share[of]) ** 2).sum()) * (others / left) ** 2
    return float(k[of].sum()) - usual, float(np.sqrt(counted + drifted + 1))


def _unmet(evidence: Evidence, cells: Cells, follow: Follow, event: Event, component: Component, kind: str) -> int:
    """Calls in the group since the onset whose class the history never met: a new operator, a node put into service."""
    known = {value for name, value in evidence.lattice.classes if name == kind}
    column = cells.table["path" if kind == "node" else kind]
    parts = (value.split(">") if kind == "node" else [value] for value in column.fill_null(""))
    new = np.array([any(part and part not in known for part in each) for each in parts], bool)
    new &= cells.member(int(evidence.lattice.group[event.scope]))
    return int(follow.of_cells(event.onset[1], new)[component.vantage, component.bad])
