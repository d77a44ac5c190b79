"""From Parquet to tallies: records a second on one core, beside Polars and DuckDB, and memory from few to many records.

    python -m bench.ingest [FEW MANY]        in records; 1,000,000 and 50,000,000 unless told

Every run is a process of its own, bound to one core, its libraries to one thread, warmed up on a small file. Seconds
are those of the processor, so that a busy machine doesn't change them; the best of three counts. The peers count the
plain counters alone; tocsin counts those and the tries, redials and unseen calls. Where both count, the totals are
compared. The files (17 MB a million) go to a temporary folder and are deleted.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.ingest.way import PLAIN, WAYS

RUNS: Final = 3
LIBRARIES: Final = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def measure(way: str, folder: Path) -> dict[str, Any]:
    """One run of one way in a fresh process."""
    result: dict[str, Any] = json.loads(_python("bench.ingest.way", way, str(folder)))
    return result


def _python(module: str, *words: str) -> str:
    """What a module prints, run in a process of its own: this one stays small, since a child's peak starts from it."""
    alone = os.environ | dict.fromkeys(LIBRARIES, "1")
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, env=alone, stdout=subprocess.PIPE, text=True, check=True).stdout


def records_of(counts: dict[str, int]) -> int:
    """Every record counts once, as one of these."""
    return counts["attempts"] + counts["heartbeats"] + counts["late"]


def main() -> None:
    """Write, measure, compare, print."""
    few, many = (int(word.replace(",", "")) for word in (sys.argv[1:3] or ("1_000_000", "50_000_000")))
    ways = [way for way in WAYS if way != "DuckDB" or importlib.util.find_spec("duckdb")]
    with tempfile.TemporaryDirectory(prefix="tocsin-ingest-") as temporary:
        folders = {name: Path(temporary) / name for name in ("warm-up", "few", "many")}
        for (name, folder), records in zip(folders.items(), (5_000, few, many), strict=True):
            print(f"writing {records:,} records ({name})", file=sys.stderr)
            folder.mkdir()
            _python("bench.ingest.made", str(folder), str(records))
        best: dict[str, dict[str, Any]] = {}
        for _ in range(RUNS):  # in turn, so that what else the machine does hits all alike
            for way in ways:
                run = measure(way, folders["few"])
                best[way] = min(best.get(way, run), run, key=lambda it: float(it["processor_s"]))
        long = measure("tocsin", folders["many"])
    _print(best, long)


def _print(best: dict[str, dict[str, Any]], long: dict[str, Any]) -> None:
    plain = {way: {name: run["counts"][name] for name in PLAIN} for way, run in best.items()}
    assert all(counts == plain["tocsin"] for counts in plain.values()), plain
    print(f"{'':20} {'records':>12} {'processor':>10} {'wall':>8} {'records/s':>11} {'ratio':>6} {'peak':>8}")
    rate = {way: records_of(run["counts"]) / run["processor_s"] for way, run in best.items()}
    rows = [(way, run, rate[way], f"{rate['tocsin'] / rate[way]:.2f}") for way, run in best.items()]
    rows.append(("tocsin, many", long, records_of(long["counts"]) / long["processor_s"], ""))
    for way, run, speed, ratio in rows:
        print(
            f"{way:20} {records_of(run['counts']):12,} {run['processor_s']:8.2f} s {run['wall_s']:6.2f} s"
            f" {speed:11,.0f} {ratio:>6} {run['peak_mb']:5.0f} MB"
        )
    print(f"ratio: how many times tocsin's rate is that of the row; all plain totals agree: {plain['tocsin']}")
    few = best["tocsin"]
    print(
        f"memory from {records_of(few['counts']):,} to {records_of(long['counts']):,} records:"
        f" {few['peak_mb']:.0f} MB to {long['peak_mb']:.0f} MB, {long['peak_mb'] / few['peak_mb']:.2f} times"
    )


if __name__ == "__main__":
    main()
