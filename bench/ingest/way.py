"""One way from Parquet to counts, in a process of its own: `python -m bench.ingest.way NAME FOLDER`.

Prints one line of JSON: records, their totals, seconds (wall and processor) and the peak of resident memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from tocsin.calls import HEARTBEAT, read
from tocsin.counts import COUNTERS, KEY, READ, Tally, tallies
from tocsin.territory import france

HOLD_S: Final = 60
PLAIN: Final = ("attempts", "outcomes", "losses", "answered", "short", "heartbeats", "late")
"""The counters that a group-by can count; tries, redials and the matching of vantages are tocsin's alone."""

Counts = dict[str, int]


def _batches(folder: Path) -> Iterator[pl.DataFrame]:
    for file in sorted(folder.iterdir()):
        yield from pl.scan_parquet(file).select(READ).collect_batches(chunk_size=100_000)


def _added(counted: Iterable[Tally]) -> Counts:
    """Each tally is taken as the watch takes it, and let go."""
    total = np.zeros(len(COUNTERS), dtype=np.int64)
    for one in counted:
        total += one.counts.sum(axis=0, dtype=np.int64)
    return {name: int(count) for name, count in zip(COUNTERS, total, strict=True)}


def tocsin(folder: Path) -> Counts:
    """All counters, streaming."""
    return _added(tallies(_batches(folder), territory=france(), hold_s=HOLD_S))


def front_door(folder: Path) -> Counts:
    """The same behind `tocsin.calls.read`: every field checked, duplicates within 48 h left out."""
    return _added(tallies(read([folder], territory=france()), territory=france(), hold_s=HOLD_S))


def polars(folder: Path) -> Counts:
    """The plain counters by a lazy group-by."""
    settled = (pl.col("seen").fill_null(pl.col("time")) - pl.col("time")) <= pl.duration(seconds=HOLD_S)
    beat = pl.col("service") == HEARTBEAT
    call = settled & ~beat
    outcome = pl.col("outcome").cast(pl.String)
    talked = call & (outcome == "answered") & pl.col("talk_s").is_not_null()
    rollup = pl.LazyFrame({"area": list(france().rollup), "above": list(france().rollup.values())})
    counted = (
        pl.scan_parquet(folder / "*.parquet")
        .join(rollup, on="area", how="left")
        .with_columns(step=pl.col("time").dt.truncate("10s"), area="above")
        .group_by("step", *KEY)
        .agg(
            attempts=call.sum(),
            outcomes=(call & outcome.is_not_null()).sum(),
            losses=(call & outcome.is_in(["lost", "misrouted", "busy", "refused"])).sum(),
            answered=talked.sum(),
            short=(talked & (pl.col("talk_s") < 10)).sum(),
            heartbeats=(settled & beat).sum(),
            late=(~settled).sum(),
        )
        .collect()
    )
    return {name: int(counted[name].sum()) for name in PLAIN}


def duckdb(folder: Path) -> Counts:
    """The plain counters by SQL."""
    import duckdb as peer  # only where the peers are installed

    connection = peer.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    pairs = ",".join(f"('{area}','{above}')" for area, above in france().rollup.items())
    connection.execute(f"CREATE TABLE rollup AS SELECT * FROM (VALUES {pairs}) AS pair(area, above)")
    keys = ", ".join(key for key in KEY if key != "area")
    talked = "service <> 'heartbeat' AND settled AND outcome = 'answered' AND talk_s IS NOT NULL"
    connection.execute(
        f"""
        CREATE TEMP TABLE counted AS
        SELECT epoch_us(time) // 10000000 * 10 AS step, above AS area, {keys},
            count(*) FILTER (service <> 'heartbeat' AND settled) AS attempts,
            count(*) FILTER (service <> 'heartbeat' AND settled AND outcome IS NOT NULL) AS outcomes,
            count(*) FILTER (service <> 'heartbeat' AND settled
                AND outcome IN ('lost', 'misrouted', 'busy', 'refused')) AS losses,
            count(*) FILTER ({talked}) AS answered,
            count(*) FILTER ({talked} AND talk_s < 10) AS short,
            count(*) FILTER (service = 'heartbeat' AND settled) AS heartbeats,
            count(*) FILTER (NOT settled) AS late
        FROM (SELECT *, coalesce(seen, time) - time <= INTERVAL {HOLD_S} SECOND AS settled
              FROM read_parquet('{folder}/*.parquet')) records
        LEFT JOIN rollup USING (area)
        GROUP BY ALL
        """
    )
    sums = connection.execute(f"SELECT {', '.join(f'sum({name})' for name in PLAIN)} FROM counted").fetchone()
    assert sums is not None
    return {name: int(count) for name, count in zip(PLAIN, sums, strict=True)}


WAYS: Final[dict[str, Callable[[Path], Counts]]] = {
    "tocsin": tocsin,
    "tocsin, front door": front_door,
    "Polars": polars,
    "DuckDB": duckdb,
}


def main() -> None:
    """Warm up on the small file beside the folder (imports, compiled code), then measure."""
    way, folder = WAYS[sys.argv[1]], Path(sys.argv[2])
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    way(folder.parent / "warm-up")
    wall, processor = time.perf_counter(), time.process_time()
    counts = way(folder)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"counts": counts, "wall_s": wall, "processor_s": processor, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main()
