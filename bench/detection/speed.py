"""Speed: milliseconds of one core for a minute of stream, all families, lattice by lattice.

The watch is given a whole day at a time, as in a replay; processor time is measured, so a busy machine changes little.
"""

from __future__ import annotations

import itertools
import time
from typing import Final

import numpy as np
import polars as pl

from bench.detection.runs import HISTORY_DAYS, SEED, between
from bench.detection.worlds import DAY_S, World
from tocsin.counts import COUNTERS, Tally
from tocsin.simulate import history
from tocsin.territory import france
from tocsin.watch import Watch, learn

BOUND_MS: Final = 1.3
HOLD_S: Final = 60
NODE_DAYS: Final = 14
REDIALS, SHORT, UNSEEN = 0.04, 0.03, 0.003


def study(outcomes: bool = True) -> World:
    """The study's country without accesses: a lattice of 2,400 scopes."""
    return World(territory=france(), kind="hard", seed=SEED, outcomes=outcomes, accesses=False)


def with_callers(tally: Tally) -> Tally:
    """The same calls seen at both vantages by records that know callers, so that all families count."""
    rng = np.random.default_rng(len(tally))
    place = {name: index for index, name in enumerate(COUNTERS)}
    operator = tally.counts.copy()
    n, failed = operator[:, place["attempts"]], operator[:, place["failed"]]
    delivered = n - failed
    for name, value in (
        ("callers", n), ("redials", rng.binomial(n, REDIALS)), ("answered", delivered),
        ("short", rng.binomial(delivered, SHORT)), ("delivered", delivered),
        ("unseen", rng.binomial(delivered, UNSEEN)),
    ):  # fmt: skip
        operator[:, place[name]] = value
    centre = operator.copy()
    for name in ("delivered", "unseen", "failed", "losses", "known", "outcomes"):
        centre[:, place[name]] = 0
    for name in ("attempts", "tries", "callers"):
        centre[:, place[name]] = delivered
    cells = tally.cells.vstack(tally.cells.with_columns(vantage=pl.lit("centre")))
    order = np.argsort(np.r_[tally.step, tally.step], kind="stable")
    return Tally(
        cells=cells,
        step=np.r_[tally.step, tally.step][order],
        cell=np.r_[tally.cell, tally.cell + tally.cells.height].astype(np.int32)[order],
        counts=np.concatenate([operator, centre])[order],
    )


def measured(name: str, past: Tally, days: list[Tally], hold_s: int = 0) -> float:
    """Milliseconds a minute over the days but the first, which compiles what isn't compiled yet."""
    baseline = learn(past, france(), hold_s=hold_s)
    watch = Watch(baseline, france())
    start = int(days[0].step[0]) // DAY_S * DAY_S
    watch.decide(days[0], start + DAY_S)
    begun = time.process_time()
    for number, day in enumerate(days[1:], start=2):
        watch.decide(day, start + number * DAY_S)
    spent = 1000 * (time.process_time() - begun) / (1440 * (len(days) - 1))
    looked = {f"{each.vantage} {each.family_name}": int(each.active.sum()) for each in baseline.references}
    print(f"{name:52s} {len(baseline.lattice):6,d} scopes  {spent:5.2f} ms a minute of stream")
    print("    scopes looked at: " + ", ".join(f"{what} {scopes:,}" for what, scopes in looked.items()), flush=True)
    return spent


def report() -> None:
    """Print the table."""
    world = study()
    plain = measured(
        f"outcome, contrast, void, level, surge (bound {BOUND_MS})",
        world.history(0, HISTORY_DAYS),
        [world.day(HISTORY_DAYS + each) for each in range(3)],
    )
    full = measured(
        "both vantages with callers, all families",
        with_callers(world.history(0, HISTORY_DAYS)),
        [with_callers(world.day(HISTORY_DAYS + each)) for each in range(3)],
    )
    whole = history(None, france(), seed=SEED, country_seed=SEED, days=NODE_DAYS + 2, vantage="both", hold_s=HOLD_S)
    start = int(whole.step[0]) // DAY_S * DAY_S
    edges = [start, *(start + (NODE_DAYS + each) * DAY_S for each in range(3))]
    past, *days = (between(whole, since, until) for since, until in itertools.pairwise(edges))
    measured("full lattice with nodes, both vantages, all families", past, days, HOLD_S)
    print(f"simulated, seed {SEED}, one core, processor time; {max(plain, full) / BOUND_MS:.2f} of the bound")
