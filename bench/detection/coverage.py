"""Coverage: of the 95 % intervals of onset and lost calls as they stand in an event's last word, and how it closed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.detection.cases import FIXED_LINES, LARGEST, MEDIAN, NATION, ONSET_S, OPERATOR, REGION_ALL, Where, losing
from bench.detection.runs import SEED, before_onset, by_minutes, onset_of, opened, working_day, world_of
from bench.detection.worlds import Calls, Lost
from tocsin.watch import Alarm, Level, State

LENGTH_MINUTES: Final = 90
AFTER_MINUTES: Final = 60
MOST_RATIO: Final = 2.5

EVENTS: Final = (
    ("nation loses 11 %", NATION, 0.11, True),
    ("a région loses 30 %", REGION_ALL, 0.30, True),
    ("largest département loses 30 %", LARGEST, 0.30, True),
    ("median département loses everything", MEDIAN, 1.0, True),
    ("a 40 % operator loses 27.5 %", OPERATOR, 0.275, False),
    ("fixed lines lose 44 %", FIXED_LINES, 0.44, False),
)
"""Name, scope, loss, and whether outcomes are known; from 17:00 to 18:30."""


@dataclass(kw_only=True)
class Held:
    """What became of an event's runs: those that paged, and of these the last word's intervals."""

    runs: int = 0
    paged: int = 0
    onset: list[bool] = field(default_factory=list)
    lost: list[bool] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    def line(self, name: str, outcomes: bool) -> str:
        """One line of the table."""
        soon = [minutes for minutes in self.closed if np.isfinite(minutes)]
        tight = np.mean(np.array(self.ratio) <= MOST_RATIO)
        return (
            f"{name:36s} {'outcome' if outcomes else 'contrast':8s} | paged {self.paged:3d}/{self.runs:<3d}"
            f" pages an event {np.mean(self.pages):4.2f} | holds onset {100 * np.mean(self.onset):4.0f} %"
            f"  lost {100 * np.mean(self.lost):4.0f} % | high/low {np.median(self.ratio):4.2f},"
            f" {100 * tight:3.0f} % within {MOST_RATIO} | closed {len(soon):3d},"
            f" {np.median(soon) if soon else np.nan:3.0f} min after, {sum(minutes < 0 for minutes in soon)} too soon"
        )


@dataclass(kw_only=True)
class Counted:
    """A loss that remembers how many attempts it took: the truth."""

    lost: Lost
    number: int = 0

    def __call__(self, calls: Calls, second: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
        gone = self.lost(calls, second, rng)
        self.number = int(gone.sum())
        return gone


def held(kind: str, where: Where, loss: float, outcomes: bool, runs: Iterable[int]) -> Held:
    """Watch an event of an hour and a half through to an hour after its end, run by run."""
    found = Held()
    for run in runs:
        world = world_of(kind, outcomes, SEED + 1 + run)
        watch, _ = before_onset(world, run)
        counted = Counted(lost=losing(world, where, loss, until=ONSET_S + LENGTH_MINUTES * 60))
        day, onset = world.day(working_day(run), counted), onset_of(run)
        said = [a for minute in by_minutes(watch, day, onset, LENGTH_MINUTES + AFTER_MINUTES) for a in minute]
        _judge(found, said, onset, counted.number)
    return found


def _judge(found: Held, said: list[Alarm], onset: int, truly: int) -> None:
    found.runs += 1
    pages = opened(said, Level.PAGE)
    if not pages:
        return
    found.paged += 1
    found.pages.append(len(pages))
    last = [alarm for alarm in said if alarm.alarm == pages[0].alarm][-1]
    low, _, high = (moment.timestamp() for moment in last.onset)
    found.onset.append(low <= onset <= high)
    if last.lost is not None:
        found.lost.append(last.lost.low <= truly <= last.lost.high)
        found.ratio.append(last.lost.high / max(last.lost.low, 1e-9))
    end = onset + LENGTH_MINUTES * 60
    closed = last.at.timestamp() if last.state is State.CLOSED else float("inf")
    found.closed.append((closed - end) / 60)


def report(runs: int = 20, kinds: Iterable[str] = ("exact", "hard")) -> None:
    """Print the coverage."""
    for kind in kinds:
        started = time.process_time()
        print(f"\nCoverage of the 95 % intervals, {kind} world: losses from 17:00 to 18:30, the last word by 19:30")
        for name, where, loss, outcomes in EVENTS:
            print(held(kind, where, loss, outcomes, range(runs)).line(name, outcomes), flush=True)
        print(
            f"simulated; {runs} runs an event, seeds {SEED} (history) and {SEED + 1} to {SEED + runs}; "
            f"{time.process_time() - started:.0f} s of a core"
        )
