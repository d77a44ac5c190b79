"""The front door: `tocsin` as a user calls it, on a county small enough to learn in seconds. All of it is simulated."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = str(Path(sys.executable).with_name("tocsin"))

AREAS = """code,name,kind,parent,population
C,Low County,county,,1200000
C1,Ashford,township,C,400000
C2,Brook,township,C,300000
C3,Cold Hill,township,C,200000
C4,Dale,township,C,150000
C5,Elm,township,C,100000
C6,Fen,township,C,50000
"""
SERVICES = "code,urn,name\n911,urn:service:sos,Emergency\n"

QUIET = """title_en = "Quiet days"
title_fr = "Jours calmes"
day = {day}
days = {days}
sources = ["none: made up for a test"]
invented = ["all of it"]
invented_fr = ["tout"]
"""
OUTAGE = """title_en = "Ashford loses its calls"
title_fr = "Ashford perd ses appels"
day = 2021-06-02
sources = ["none: made up for a test"]
invented = ["all of it"]
invented_fr = ["tout"]

[[fault]]
kind = "loss"
from = "10:00"
to = "13:00"
areas = ["C1"]
loss = 0.9
"""


@pytest.fixture(autouse=True)
def _ctrl_c_reaches_programs() -> Iterator[None]:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and their children with them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """The alarms of `watch --json`: one complete object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Tocsin = Callable[..., Said]


def call(*words: str | Path, **environment: str) -> Said:
    """Run `tocsin` with these words, in English unless the environment says otherwise."""
    done = subprocess.run(
        [PROGRAM, *map(str, words)],
        env={"LANG": "C.UTF-8", "PATH": "", "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="session")
def tocsin() -> Tocsin:
    """The program."""
    return call


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a county, its scenarios, and a year's luck of records: quiet days, a baseline, an outage."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "map").mkdir()
    (folder / "map" / "areas.csv").write_text(AREAS)
    (folder / "map" / "services.csv").write_text(SERVICES)
    (folder / "may.toml").write_text(QUIET.format(day="2021-05-18", days=15))
    (folder / "tuesday.toml").write_text(QUIET.format(day="2021-06-08", days=1))
    (folder / "outage.toml").write_text(OUTAGE)
    for name, ending in (("may", ".parquet"), ("tuesday", ".csv"), ("outage", ".csv")):
        said = call(
            "simulate", folder / f"{name}.toml", "--territory", folder / "map", "--out", folder / f"{name}{ending}"
        )
        assert (said.code, said.err) == (0, "")
    learned = call("learn", folder / "may.parquet", "--territory", folder / "map", "--out", folder / "baseline")
    assert learned.code == 0, learned.err
    return folder


@pytest.fixture(scope="session")
def normal(county: Path) -> list[str | Path]:
    """The options with which every watch of the county is called."""
    return ["--territory", county / "map", "--baseline", county / "baseline"]
