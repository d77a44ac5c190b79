"""A national day of records, and four weeks of quiet history as tallies: seconds on one core, everything simulated.

    POLARS_MAX_THREADS=1 python -m bench.simulate [DAYS]

The bound is what issue 1 asks for: a day under five seconds, `make run`'s four weeks of history under forty.
Each in seconds of one core (CPU time) and of the clock; the first day includes what is compiled once a machine.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tocsin.simulate import history, load, records
from tocsin.territory import france

DAY_BOUND_S = 5.0
HISTORY_BOUND_S = 40.0


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long it took."""
    wall, core = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.process_time() - core:.1f} s of one core, {time.perf_counter() - wall:.1f} s by the clock")


def main(days: int) -> None:
    """Print the figures."""
    territory, scenario = france(), load("2021-06-02")
    with timed("compiling, and a first day"):
        list(records(scenario, territory, seed=1, vantage="operator"))
    for vantage in ("operator", "both"):
        with timed(f"2 June 2021, {vantage} (bound {DAY_BOUND_S:.0f} s)"):
            rows = sum(batch.height for batch in records(scenario, territory, seed=2, vantage=vantage))
        print(f"  {rows:,} records, simulated")
    with timed(f"{days} quiet days as tallies, both vantages (bound {HISTORY_BOUND_S:.0f} s)"):
        tallied = history(scenario, territory, seed=2, days=days)
    print(f"  {len(tallied):,} steps with calls in {len(tallied.cells):,} cells, simulated")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 28)
