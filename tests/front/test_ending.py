"""How commands end when the world doesn't play along: full disks, closed pipes, Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.front.conftest import PROGRAM, Tocsin

FULL = "the disk is full, so the output is incomplete: make room and run the command again.\n"


def test_a_full_disk_is_said_in_a_sentence(tocsin: Tocsin, county: Path) -> None:
    said = tocsin("learn", county / "tuesday.csv", "--territory", county / "map", "--out", "/dev/full")
    assert said.code == 1
    assert said.err.splitlines()[-1] + "\n" in (FULL, f"/dev/full: {FULL}")
    assert Path("/dev/full").is_char_device(), "the device is still one"


@pytest.mark.parametrize(
    "command", ["learn {county}/may.parquet --out {out}/baseline", "simulate {county}/outage.toml --out {out}/x.csv"]
)
def test_a_limit_that_strikes_half_way_is_said_in_a_sentence_and_leaves_nothing(
    county: Path, tmp_path: Path, command: str
) -> None:
    words = command.format(county=county, out=tmp_path)
    limited = f"ulimit -f 40; exec {PROGRAM} {words} --territory {county}/map"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "the file grew larger than this system allows, so the output is incomplete: "
        "make room and run the command again.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_output_onto_a_full_disk_is_said_in_a_sentence(county: Path, normal: list[str | Path]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, "watch", str(county / "outage.csv"), *map(str, normal), "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, FULL)


def test_who_closes_the_pipe_hears_nothing_of_it(county: Path, normal: list[str | Path]) -> None:
    words = [PROGRAM, "watch", str(county / "outage.csv"), *map(str, normal), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        fcntl.fcntl(program.stdout, fcntl.F_SETPIPE_SZ, 4096)  # less than it has to say: it can't be done before we are
        os.read(program.stdout.fileno(), 1)
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 141


@pytest.mark.parametrize("apart_s", [0.02, 0.2])
def test_ctrl_c_twice_in_quick_succession_is_one_line_and_one_exit_code(
    county: Path, normal: list[str | Path], apart_s: float
) -> None:
    words = [PROGRAM, "watch", str(county / "outage.csv"), *map(str, normal), "--json", "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        for _ in range(3):
            program.send_signal(signal.SIGINT)
            time.sleep(apart_s)
        out, err = program.communicate(timeout=60)
    assert program.returncode == (3 if '"page"' in first + out else 130)
    assert err == "Stopped, as you asked. Nothing half-written was left behind.\n"


@pytest.mark.parametrize(
    ("file", "code", "summary"),
    [("outage.csv", 3, r"1 page, \d+ watch(es)?"), ("tuesday.csv", 130, r"0 pages, \d+ watch(es)?")],
)
def test_a_watch_of_growing_files_that_ctrl_c_ends_says_what_it_came_to(
    county: Path, normal: list[str | Path], file: str, code: int, summary: str
) -> None:
    words = [PROGRAM, "watch", str(county / file), *map(str, normal), "--follow"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        if code == 3:
            next(line for line in program.stdout if "PAGE · opened" in line)
        else:
            time.sleep(8)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    assert program.returncode == code
    assert err.splitlines()[-1] == "Stopped, as you asked. Nothing half-written was left behind."
    assert re.search(rf"^{summary}$", out, re.MULTILINE), out


def test_ctrl_c_in_the_middle_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "month.csv"
    words = [PROGRAM, "simulate", "quiet-month", "--out", str(out)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=60)
    assert program.returncode == 130
    assert err == "Stopped, as you asked. Nothing half-written was left behind.\n"
    assert list(tmp_path.iterdir()) == []
