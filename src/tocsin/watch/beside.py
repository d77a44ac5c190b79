"""Beside: what a class has lost, or passed on, by the calls of the classes beside it. Arithmetic on one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

GROWN: Final = 2.0
"""Standard deviations by which the one class beside it has grown before calls are believed to have moved there. Of many
classes one has always grown by chance: the largest growth of all is as rare. One of ten nodes of 56 calls a minute that
loses all is held for a move in 8 of 100 draws, and pages within 14 minutes instead of 5; one whose calls all take
another pages in 15 of 80. With 2.5 these are 4 and 23."""

LACKING: Final = 2.0
"""Standard deviations that the class must lack beside those that neither fell nor grew: where two classes lose calls
alike, the others have grown and neither lacks any beside the other."""

MISSING: Final = 2.0
LOST_PART: Final = 1 / 3
"""What others have grown by must be what the class lacks, within so many standard deviations or this part of it."""

SHORT: Final = 0.5
"""Calls are lost where all calls together, by the calendar, fall short by more than this part of what the class lacks:
shares can't tell two unequal losses from calls that moved. See `KEEPING`."""

KEEPING: Final = 3
"""Where so many classes kept their shares among themselves, two unequal losses would have to be four, alike but for
one: shares tell by themselves. So do calls of classes that the history never met: no loss makes calls."""

UNLIKE: Final = 0.001
"""How rarely classes that kept their shares among themselves may be taken for others."""

OTHERS: Final = 0.05
"""Least share of the group's calls that neither fell nor grew: without them nothing tells a loss from a move."""

STRAYED: Final = 0.1
"""Calls that had moved are lost after all where more than this part of what the class lacks is missing among all."""

FEWER: Final = 3.0
"""Standard deviations below the calendar from which a class has lost calls, however many the others make."""

SURE: Final = 4.0
"""Standard deviations by which calls that had moved must be missing among those that took them: this is asked every
minute for as long as a move lasts, and it may last for good."""

LIKELY: Final = 2.5
"""The same of all that was counted since the onset, which is asked while an event settles only."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A group's calls by class: the class asked about first, those that the history never met last, as scope -1.

    ``scope``, ``k`` calls, ``share`` usual share, ``sd`` its error in log odds: (classes,) · ``n`` calls of the group ·
    ``phi`` how much more they vary than independent calls · ``expected`` by the calendar, of relative error ``drift``;
    None where no calendar is known.
    """

    scope: NDArray[np.int64]
    k: Floats
    share: Floats
    sd: Floats
    n: float
    phi: float
    expected: float | None
    drift: float


def took_over(shared: Shared, sure: float = GROWN) -> list[int]:
    """The classes, by position, that have grown by what the first one lacks; none where it was lost.

    As few as account for it, those that have grown most: of many classes some have grown by chance as well. All others
    must have kept their shares among themselves. ``sure`` by how many standard deviations.
    """
    grown = grown_beside(shared, [0], sure)
    own, own_error = beyond(shared, of=[0], without=grown)
    for last in range(2, len(grown) + 1):
        gone, took = grown[:last], grown[1:last]
        net, error = beyond(shared, of=gone, without=gone)
        lacks = own < -LACKING * own_error or _unmet(shared, took)
        if lacks and abs(net) < max(MISSING * error, LOST_PART * abs(own)) and alike(shared, gone):
            return took
    return []


def surely_took(shared: Shared) -> list[int]:
    """The same where there is little doubt: they have grown, and the class lacks, by far more than chance; no more is
    missing among them all than chance may hide, and that is no more than `LOST_PART` of what the class lacks; shares
    tell it by themselves, and all calls together aren't short of as many."""
    took = took_over(shared, SURE)
    gone = [0, *took]
    net, error = beyond(shared, of=gone, without=gone)
    own, own_error = beyond(shared, of=[0], without=gone)
    sure = own < -SURE * own_error and net - MISSING * error > LOST_PART * own and net > -MISSING * error
    return took if sure and tell_alone(shared, took) and not short(shared) else []


def missing_among(shared: Shared, took: list[int]) -> tuple[float, float]:
    """How many calls are missing among the class and those that ``took`` its calls, and the error of that."""
    gone = [0, *took]
    net, error = beyond(shared, of=gone, without=gone)
    return max(-net, 0.0), error


def tell_alone(shared: Shared, took: list[int]) -> bool:
    """Whether shares alone tell that calls moved to ``took``, whatever the calendar says of all."""
    return _unmet(shared, took) or len(_keeping(shared, [0, *took])) >= KEEPING


def _keeping(shared: Shared, gone: list[int]) -> NDArray[np.int64]:
    """The classes that the history met, without those ``gone``."""
    return np.setdiff1d(np.flatnonzero(shared.share > 0), gone)


def alike(shared: Shared, gone: list[int]) -> bool:
    """Whether the classes but those ``gone`` kept their shares among themselves: a chi-square test."""
    keeping = _keeping(shared, gone)
    if len(keeping) < 2:
        return True
    share, k = shared.share[keeping], shared.k[keeping]
    usual = k.sum() * share / share.sum()
    off = (k - usual) ** 2 / (shared.phi * usual + (shared.sd[keeping] * usual) ** 2 + 1)
    return bool(off.sum() <= chi2.isf(UNLIKE, len(keeping) - 1))


def _unmet(shared: Shared, took: list[int]) -> bool:
    """Whether the history met none of these classes."""
    return not shared.share[took].any()


def lost_on_the_way(shared: Shared, took: frozenset[int], sure: float) -> bool:
    """Whether the first class's calls are missing also where they had moved to, ``took``, and wherever else they go.

    ``sure`` by so many standard deviations.
    """
    gone = grown_beside(shared, [0, *(at for at, scope in enumerate(shared.scope) if at and int(scope) in took)])
    net, error = beyond(shared, of=gone, without=gone)
    own, own_error = beyond(shared, of=[0], without=gone)
    if short(shared, sure):
        return True
    return own < -sure * own_error and net < -max(sure * error, STRAYED * abs(own))


def crowded(shared: Shared) -> bool:
    """Whether the rest of the group is farther above the calendar than the class is below it."""
    if shared.expected is None:
        return False
    below = below_usual(shared)
    rest = _off(shared, shared.n - shared.k[0], 1 - shared.share[0])
    return below < FEWER and rest > max(below, 0.0)


def short(shared: Shared, by: float = 0.0) -> bool:
    """Whether the group as a whole lacks calls as well; where nobody can tell, it does.

    ``by`` standard deviations more than that, of what the calendar is usually wrong by and of noise.
    """
    if shared.expected is None:
        return by == 0.0
    rest = shared.n - shared.k[0]
    lacks = rest * shared.share[0] / (1 - shared.share[0]) - shared.k[0]
    wrong = by * float(np.sqrt(shared.phi * shared.expected + (shared.drift * shared.expected) ** 2))
    return bool(shared.expected - shared.n > SHORT * lacks + wrong)


def below_usual(shared: Shared) -> float:
    """How far the class is below the calendar; nothing where no calendar is known."""
    return -_off(shared, shared.k[0], shared.share[0])


def _off(shared: Shared, k: float, share: float) -> float:
    """How far ``k`` calls of a usual ``share`` are above the calendar: in what that is usually wrong by, and noise.

    Noise as of the usual calls: where none is left, that is no noise.
    """
    if shared.expected is None:
        return 0.0
    usual = max(share * shared.expected, 0.5)
    return float(np.log(max(k, 0.5) / usual) / np.sqrt(shared.drift**2 + shared.phi / usual))


def grown_beside(shared: Shared, gone: list[int], sure: float = GROWN) -> list[int]:
    """The classes ``gone`` by position, and after them those that have grown beside all others."""
    gone = list(gone)
    enough = float(norm.isf(norm.sf(sure) / max(len(shared.k) - len(gone), 1)))
    while True:
        rest = [each for each in range(1, len(shared.k)) if each not in gone]
        grown = {each: beyond(shared, of=[each], without=[*gone, each]) for each in rest}
        best = max(rest, key=lambda each: grown[each][0] / grown[each][1], default=None)
        if best is None or grown[best][0] < enough * grown[best][1]:
            return gone
        gone.append(best)


def beyond(shared: Shared, *, of: list[int], without: list[int]) -> tuple[float, float]:
    """How many calls ``of`` has beyond its usual share of as many as the classes but ``without`` tell, and its error.

    Nothing where too few are left to tell.
    """
    share, sd = shared.share, shared.sd
    left, part = 1 - float(share[without].sum()), float(share[of].sum())
    if left < OTHERS:
        return 0.0, np.inf
    others = max(shared.n - float(shared.k[without].sum()), 0.0)
    usual = others / left * part
    rest = np.setdiff1d(np.arange(len(share)), without)
    relative = float(((sd[rest] * share[rest]) ** 2).sum()) / left**2
    counted = usual + others * (part / left) ** 2
    drifted = usual**2 * relative + float(((sd[of] * share[of]) ** 2).sum()) * (others / left) ** 2
    return float(shared.k[of].sum()) - usual, float(np.sqrt(shared.phi * counted + drifted + 1))
