"""The short form of `bench.ingest`: the same totals as a plain group-by, at a comparable speed, in flat memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]


def python(module: str, *words: str) -> str:
    """What a module of the bench prints, run alone on one thread."""
    alone = os.environ | dict.fromkeys(("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS"), "1")
    command = [sys.executable, "-m", f"bench.ingest.{module}", *words]
    return subprocess.run(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True, check=True).stdout


def measured(way: str, folder: Path) -> dict[str, Any]:
    """Counts, processor seconds and peak memory of one way from Parquet to counts."""
    result: dict[str, Any] = json.loads(python("way", way, str(folder)))
    return result


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Invented records: few to warm up on, some, and four times as many."""
    root = tmp_path_factory.mktemp("ingest")
    for name, records in (("warm-up", 5_000), ("some", 100_000), ("more", 400_000)):
        (root / name).mkdir()
        python("made", str(root / name), str(records))
    return {name: root / name for name in ("some", "more")}


def test_totals_are_those_of_a_group_by_at_no_less_than_a_quarter_of_its_speed(folders: dict[str, Path]) -> None:
    ours, peers = measured("tocsin", folders["more"]), measured("Polars", folders["more"])
    assert {name: ours["counts"][name] for name in peers["counts"]} == peers["counts"]
    assert ours["processor_s"] < 4 * peers["processor_s"]


def test_four_times_the_records_take_no_more_memory(folders: dict[str, Path]) -> None:
    some, more = (measured("tocsin", folders[name])["peak_mb"] for name in ("some", "more"))
    assert more < some + 100
