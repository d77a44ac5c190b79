"""The bench on real series, as somebody calls it who hasn't got them yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("line", [[], ["."], ["one", "two"]])
def test_without_its_data_it_says_in_one_line_what_to_give(line: list[str]) -> None:
    call = [sys.executable, "-m", "bench.real", *line]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "give the folder that holds montgomery_911.csv.gz and anonymous_bank_1999_02.csv.gz: "
        "python -m bench.real DATA\n",
    )
