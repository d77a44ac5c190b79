"""Delays: the minutes from 17:00 to the first page, case by case, with the scope it named.

python -m bench.detection.delays --world hard --runs 40
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Iterable

import numpy as np

from bench.detection.cases import CASES, ONSET_S, A, Case
from bench.detection.worlds import BASE_FAILURE, DAY_S, MONDAY, World
from tocsin.counts import Tally
from tocsin.territory import Territory, france
from tocsin.watch import Baseline, Level, State, Watch, learn

HISTORY_DAYS = 28
HORIZON_MINUTES = 180


def baseline_of(territory: Territory, kind: str, outcomes: bool, seed: int) -> Baseline:
    """Learned on 28 days of the same world."""
    world = World(territory=territory, kind=kind, seed=seed, outcomes=outcomes)
    return learn(world.history(0, HISTORY_DAYS), territory, hold_s=0)


def delays(
    territory: Territory, kind: str, outcomes: bool, runs: Iterable[int], cases: Iterable[Case], baseline: Baseline
) -> dict[str, list[tuple[float, str]]]:
    """Per case, one (minutes, scope named) a run; infinite where nothing paged within three hours."""
    found: dict[str, list[tuple[float, str]]] = {case.name: [] for case in cases}
    for run in runs:
        world = World(territory=territory, kind=kind, seed=run, outcomes=outcomes)
        number = HISTORY_DAYS + 2 + run % 3  # a working day
        onset = MONDAY + number * DAY_S + ONSET_S
        quiet = world.day(number)
        before = Watch(baseline, territory)
        early = [a for a in before.decide(_until(quiet, onset), onset) if a.level is Level.PAGE]
        for case in cases:
            watch = copy.deepcopy(before)
            day = world.day(number, case.lost(world))
            minutes, scope = float("inf"), ""
            for minute in range(HORIZON_MINUTES):
                end = onset + (minute + 1) * 60
                pages = [
                    a for a in watch.decide(_between(day, end - 60, end), end)
                    if a.level is Level.PAGE and a.state is State.OPEN
                ]  # fmt: skip
                if pages:
                    minutes, scope = (pages[0].at.timestamp() - onset) / 60, str(pages[0].scope)
                    break
            found[case.name].append((minutes, scope))
        if early:
            print(f"  a page before onset in run {run}: {early[0].scope}")
    return found


def _until(tally: Tally, second: int) -> Tally:
    return _between(tally, 0, second)


def _between(tally: Tally, since: int, until: int) -> Tally:
    low, high = np.searchsorted(tally.step, [since, until])
    return Tally(cells=tally.cells, step=tally.step[low:high], cell=tally.cell[low:high], counts=tally.counts[low:high])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="hard", choices=("exact", "swing", "hard"))
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=100)
    options = parser.parse_args()
    started = time.monotonic()
    territory = france()
    for outcomes in (True, False):
        cases = [case for case in CASES if case.outcomes is outcomes]
        baseline = baseline_of(territory, options.world, outcomes, options.seed)
        runs = range(options.seed + 1, options.seed + 1 + options.runs)
        found = delays(territory, options.world, outcomes, runs, cases, baseline)
        world = World(territory=territory, kind="exact", seed=0, outcomes=outcomes)
        for case in cases:
            times = np.array([minutes for minutes, _ in found[case.name]])
            lorden = np.log(A) / case.nats(world, BASE_FAILURE, 0.0)
            aware = np.log(A * case.siblings) / case.nats(world, BASE_FAILURE, 0.0)
            names = [scope for _, scope in found[case.name]]
            top = max(set(names), key=names.count)
            print(
                f"{case.name:55s} Lorden {lorden:5.2f} aware {aware:5.2f} | median {np.median(times):6.2f} "
                f"90 % {np.quantile(times, 0.9):6.2f} | prototype {case.prototype} | "
                f"{names.count(top)}/{len(names)} {top}"
            )
    took = time.monotonic() - started
    print(f"simulated; world {options.world}, {options.runs} runs, seed {options.seed}, {took:.0f} s")


if __name__ == "__main__":
    main()
