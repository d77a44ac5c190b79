"""The cases of the study's table: what is lost at 17:00, from what it can be seen, and its yardsticks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.detection.worlds import (
    BASE_FAILURE,
    DAY_CALLS,
    FIXED,
    HOURLY,
    OPERATOR_SHARES,
    Calls,
    Lost,
    World,
)

ONSET_S: Final = 17 * 3600
A: Final = 43_200.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """``inside`` which calls are in the scope, ``loss`` the share of them lost · ``siblings`` scopes of its kind.

    ``prototype`` the study's median minutes in the hard world, None where it saw nothing or says nothing.
    """

    name: str
    outcomes: bool
    inside: Callable[[World, Calls], NDArray[np.bool_]]
    loss: float
    siblings: int
    lorden_study: float
    prototype: float | None
    share_of_class: float | None = None  # a contrast's class share of its group; None: seen by outcomes
    arrivals: bool = False  # seen by the calendar's demand alone

    def lost(self, world: World, onset: int = ONSET_S, ramp_s: int = 0) -> Lost:
        """The loss as the world draws it, from ``onset`` on, growing over ``ramp_s`` seconds."""

        def gone(calls: Calls, second: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
            share = np.clip((second - onset) / ramp_s, 0, 1) if ramp_s else 1.0
            return (second >= onset) & self.inside(world, calls) & (rng.random(len(second)) < self.loss * share)

        return gone

    def weight(self, world: World) -> float:
        """The scope's share of all calls (of the group's for a contrast, times its group's)."""
        rng = np.random.default_rng(1)
        size = 200_000
        area = rng.choice(len(world.areas), size, p=world.shares)
        calls: Calls = {
            "area": area,
            "service": rng.integers(0, 3, size),
            "operator": (rng.random(size)[:, None] > np.cumsum(world.operators, axis=1)[area, :-1]).sum(axis=1),
            "access": (rng.random(size) > FIXED).astype(np.int64),
        }
        return float(self.inside(world, calls).mean())

    def nats(self, world: World, p0: float, margin: float) -> float:
        """Kullback-Leibler nats a minute at 17:00 to the nearest null: failure rate ``p0``, or ``margin`` of share."""
        rate = float(DAY_CALLS / 1440 * HOURLY[17] / HOURLY.mean())
        inside = rate * self.weight(world)
        if self.share_of_class is not None:
            group = inside / self.share_of_class
            p = self.share_of_class
            kept = 1 - self.loss
            after = p * kept / (1 - p + p * kept)
            null = p * (1 - margin) / (1 - p * margin)
            return group * (1 - p + p * kept) * _kl(after, null)
        if self.arrivals:
            kept, null = 1 - self.loss, 1 - margin
            return inside * (kept * float(np.log(kept / null)) - kept + null)
        return inside * _kl(1 - (1 - BASE_FAILURE) * (1 - self.loss), p0)


def _kl(p: float, q: float) -> float:
    p, q = min(max(p, 1e-12), 1 - 1e-12), min(max(q, 1e-12), 1 - 1e-12)
    return float(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))


def _nation(_world: World, calls: Calls) -> NDArray[np.bool_]:
    return np.ones(len(calls["area"]), bool)


def _operator(_world: World, calls: Calls) -> NDArray[np.bool_]:
    return np.asarray(calls["operator"] == 0)


def _fixed(_world: World, calls: Calls) -> NDArray[np.bool_]:
    return np.asarray(calls["access"] == 0)


def _region(world: World, calls: Calls) -> NDArray[np.bool_]:
    """Bretagne: a twentieth of the people, the median of the régions."""
    inside = np.array([world.territory.ancestors(area)[0] == "R53" for area in world.areas])
    return inside[calls["area"]]


def _largest(world: World, calls: Calls) -> NDArray[np.bool_]:
    return np.asarray(calls["area"] == int(np.argmax(world.shares)))


def _median(world: World, calls: Calls) -> NDArray[np.bool_]:
    return np.asarray(calls["area"] == int(np.argsort(world.shares)[len(world.shares) // 2]))


def _operator_in_largest(world: World, calls: Calls) -> NDArray[np.bool_]:
    return _largest(world, calls) & _operator(world, calls)


CASES: Final = (
    Case(
        name="nation loses 11 %, outcomes", outcomes=True, inside=_nation, loss=0.11,
        siblings=1, lorden_study=0.45, prototype=2,
    ),
    Case(
        name="nation loses 11 %, arrivals only", outcomes=False, inside=_nation, loss=0.11,
        siblings=1, lorden_study=9.9, prototype=None, arrivals=True,
    ),
    Case(
        name="a 40 % operator loses 27.5 %, contrast", outcomes=False, inside=_operator, loss=0.275,
        siblings=4, lorden_study=6.0, prototype=10, share_of_class=float(OPERATOR_SHARES[0]),
    ),
    Case(
        name="fixed lines lose 44 %, contrast", outcomes=False, inside=_fixed, loss=0.44,
        siblings=2, lorden_study=2.8, prototype=4, share_of_class=FIXED,
    ),
    Case(
        name="fixed lines lose 44 %, outcomes", outcomes=True, inside=_fixed, loss=0.44,
        siblings=2, lorden_study=0.6, prototype=1,
    ),
    Case(
        name="a région loses 30 %, outcomes", outcomes=True, inside=_region, loss=0.30,
        siblings=18, lorden_study=2.0, prototype=6,
    ),
    Case(
        name="largest département loses 30 %, outcomes", outcomes=True, inside=_largest, loss=0.30,
        siblings=101, lorden_study=2.6, prototype=10,
    ),
    Case(
        name="median département loses everything, outcomes", outcomes=True, inside=_median, loss=1.0,
        siblings=101, lorden_study=2.0, prototype=7,
    ),
    Case(
        name="operator in largest département, everything, outcomes", outcomes=True, inside=_operator_in_largest,
        loss=1.0, siblings=404, lorden_study=0.9, prototype=3,
    ),
    Case(
        name="operator in largest département, everything, contrast", outcomes=False, inside=_operator_in_largest,
        loss=1.0, siblings=404, lorden_study=4.8, prototype=11, share_of_class=float(OPERATOR_SHARES[0]),
    ),
)  # fmt: skip
