"""`tocsin learn` and `tocsin watch --json`, as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tocsin.watch import Baseline, read_baseline

PROGRAM: Final = str(Path(sys.executable).with_name("tocsin"))


def learn(records: Path, territory: Path) -> Baseline:
    """The baseline of these records, written beside them as ``.baseline``."""
    out = records.with_suffix(".baseline")
    subprocess.run(
        [PROGRAM, "learn", records, "--territory", territory, "--out", out],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return read_baseline(out)


def watch(records: Path, territory: Path, learned: Path) -> list[dict[str, Any]]:
    """Every change of every alarm in ``records``, against what was learned from the file ``learned``."""
    baseline = learned.with_suffix(".baseline")
    done = subprocess.run(
        [PROGRAM, "watch", records, "--territory", territory, "--baseline", baseline, "--json"],
        check=False,
        text=True,
        capture_output=True,
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]
