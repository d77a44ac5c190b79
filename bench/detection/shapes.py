"""Shapes other than a single step: ramps, two classes, two faults, routes that move, and surges without a loss."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.detection.cases import LARGEST, MEDIAN, NATION, ONSET_S, OPERATOR, REGION_ALL, Where, losing
from bench.detection.runs import HISTORY_DAYS, SEED, by_minutes, onset_of, opened, working_day
from bench.detection.worlds import OPERATORS, Altered, Calls, Lost, World
from tocsin.territory import france
from tocsin.watch import Baseline, Level, Watch, learn

WATCHED_MINUTES: Final = 150


@dataclass(frozen=True, kw_only=True)
class Shape:
    """``expect`` what should come of it, in words; ``lost`` and ``altered`` what happens in a world from 17:00 on."""

    name: str
    outcomes: bool
    expect: str
    lost: Callable[[World], Lost] | None = None
    altered: Altered | None = None
    nodes: bool = False


def _ramp(where: Where, loss: float, minutes: int) -> Callable[[World], Lost]:
    return lambda world: losing(world, where, loss, ramp_s=minutes * 60)


def _both(first: tuple[Where, float], second: tuple[Where, float]) -> Callable[[World], Lost]:
    """Two losses at once."""

    def lost(world: World) -> Lost:
        parts = [losing(world, where, loss) for where, loss in (first, second)]

        def gone(calls: Calls, second_: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
            return np.asarray(np.logical_or.reduce([part(calls, second_, rng) for part in parts]))

        return gone

    return lost


def moving(share: float, minutes: int) -> Altered:
    """``share`` of the calls over A move to B, growing over so many minutes from 17:00 on, and none is lost."""

    def altered(calls: Calls, second: NDArray[np.int64], rng: np.random.Generator) -> tuple[Calls, NDArray[np.int64]]:
        grown = share * np.clip((second - ONSET_S) / (minutes * 60), 0, 1)
        moved = (calls["operator"] == OPERATORS.index("A")) & (rng.random(len(second)) < grown)
        return calls | {"operator": np.where(moved, OPERATORS.index("B"), calls["operator"])}, second

    return altered


def surge(more: float, minutes: int, largest: int | None) -> Altered:
    """``more`` mobile calls for so many minutes from 17:00 on, in one area (index) or in the nation.

    An added call copies one that was made within five minutes of it.
    """

    def altered(calls: Calls, second: NDArray[np.int64], rng: np.random.Generator) -> tuple[Calls, NDArray[np.int64]]:
        shifted = second + rng.integers(-300, 301, len(second))
        chosen = (shifted >= ONSET_S) & (shifted < ONSET_S + minutes * 60) & (rng.random(len(second)) < more)
        chosen &= calls["access"] == 1
        if largest is not None:
            chosen &= calls["area"] == largest
        both = {name: np.r_[values, values[chosen]] for name, values in calls.items()}
        return both, np.r_[second, shifted[chosen]]

    return altered


def shapes(largest: int) -> tuple[Shape, ...]:
    """All of them; ``largest`` the index of the largest département."""
    ramps = tuple(
        Shape(
            name=f"{name}, growing over {minutes} min", outcomes=outcomes, expect="a page",
            lost=_ramp(where, loss, minutes),
        )
        for name, where, loss, outcomes in (
            ("nation loses 11 %, outcome", NATION, 0.11, True),
            ("région loses 30 %, outcome", REGION_ALL, 0.30, True),
            ("operator loses 27.5 %, contrast", OPERATOR, 0.275, False),
        )
        for minutes in (10, 30, 60)
    )  # fmt: skip
    return (
        *ramps,
        Shape(
            name="operators A and B lose 27.5 %, contrast", outcomes=False, expect="a page",
            lost=_both((OPERATOR, 0.275), (Where(operator="B"), 0.275)),
        ),
        Shape(
            name="région 30 % and median département all, outcome", outcomes=True, expect="two pages",
            lost=_both((REGION_ALL, 0.30), (MEDIAN, 1.0)),
        ),
        Shape(
            name="région and largest département 30 %, outcome", outcomes=True, expect="two pages",
            lost=_both((REGION_ALL, 0.30), (LARGEST, 0.30)),
        ),
        Shape(
            name="node A passes 10 % of its calls to B in 60 min", outcomes=False, expect="no page", nodes=True,
            altered=moving(0.10, 60),
        ),
        Shape(
            name="node A passes 50 % of its calls to B in 60 min", outcomes=False, expect="no page", nodes=True,
            altered=moving(0.50, 60),
        ),
        Shape(
            name="the same with outcomes", outcomes=True, expect="no page", nodes=True, altered=moving(0.50, 60)
        ),
        Shape(
            name="mobile +40 % in the largest for 40 min", outcomes=False, expect="no page",
            altered=surge(0.40, 40, largest),
        ),
        Shape(
            name="mobile +20 % in the nation for 40 min", outcomes=False, expect="no page",
            altered=surge(0.20, 40, None),
        ),
        Shape(name="the same with outcomes", outcomes=True, expect="no page", altered=surge(0.20, 40, None)),
    )  # fmt: skip


def tell(kind: str, shape: Shape, baseline: Baseline, runs: Iterable[int]) -> str:
    """Watch one shape, run by run, and say what came of it."""
    pages: list[int] = []
    delays: list[float] = []
    named: Counter[str] = Counter()
    watches: Counter[str] = Counter()
    for run in runs:
        world = World(territory=france(), kind=kind, seed=SEED + 1 + run, outcomes=shape.outcomes, nodes=shape.nodes)
        day = world.day(working_day(run), shape.lost(world) if shape.lost else None, altered=shape.altered)
        start, watch = onset_of(run), Watch(baseline, france())
        since = start - 6 * 3600
        said = [a for minute in by_minutes(watch, day, since, 360 + WATCHED_MINUTES) for a in minute]
        late = opened(said, Level.PAGE)
        pages.append(len(late))
        delays += [(late[0].at.timestamp() - start) / 60] if late else [float("inf")]
        named.update(f"{alarm.kind} {alarm.scope}" for alarm in late)
        watches.update(f"{alarm.kind} {alarm.scope}" for alarm in opened(said, Level.WATCH))
    top = ", ".join(f"{times} x {name}" for name, times in named.most_common(3))
    seen = ", ".join(f"{times} x {name}" for name, times in watches.most_common(2))
    paged = np.mean(np.array(pages) > 0)
    return (
        f"{shape.name:48s} ({shape.expect}): pages a run {np.mean(pages):4.2f}, paged {100 * paged:3.0f} %, first after"
        f" {np.median(delays):5.1f} min | {top or '-'} | watches {watches.total()}: {seen or '-'}"
    )


def report(runs: int = 10, kinds: Iterable[str] = ("exact", "hard")) -> None:
    """Print what came of every shape."""
    for kind in kinds:
        started = time.process_time()
        print(f"\nShapes, {kind} world, from 17:00 on, watched for {WATCHED_MINUTES} minutes")
        learned: dict[tuple[bool, bool], Baseline] = {}
        largest = int(np.argmax(World(territory=france(), kind=kind, seed=SEED, outcomes=True).shares))
        for shape in shapes(largest):
            key = (shape.outcomes, shape.nodes)
            if key not in learned:
                past = World(territory=france(), kind=kind, seed=SEED, outcomes=shape.outcomes, nodes=shape.nodes)
                learned[key] = learn(past.history(0, HISTORY_DAYS), france(), hold_s=0)
            print(tell(kind, shape, learned[key], range(runs)), flush=True)
        print(
            f"simulated; {runs} runs a shape, seeds {SEED} (history) and {SEED + 1} to {SEED + runs}; "
            f"{time.process_time() - started:.0f} s of a core"
        )
