from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.watch.island import baseline, drawn, island, second
from tests.watch.test_outlier import scarred

from tocsin.errors import InputError
from tocsin.watch import Baseline, Watch


def same(one: Any, other: Any) -> bool:
    """Equal in every part, arrays element by element and in their type."""
    if is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and all(
            same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one)
        )
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.parametrize("kind", ["outcomes", "left out", "feeds"])
def test_what_is_written_is_read_back(kind: str, tmp_path: Path) -> None:
    if kind == "outcomes":
        known = replace(baseline(), offsets={"room N1": 1.5})
    else:
        known = scarred() if kind == "left out" else baseline(vantage="centre", outcomes=False, beats=True)
    known.write(tmp_path / "b.tocsin")
    assert same(Baseline.read(tmp_path / "b.tocsin"), known)


def test_a_baseline_read_back_watches_alike(tmp_path: Path) -> None:
    baseline().write(tmp_path / "b.tocsin")
    tally = drawn(second("16:00"), second("17:00"), seed=3)
    told = []
    for known in (baseline(), Baseline.read(tmp_path / "b.tocsin")):
        watch = Watch(known, island())
        watch.decide(tally, second("17:00"))
        told.append(watch.mixture)
    assert told[0] == told[1] > 0


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        Baseline.read(path)
    return str(error.value).replace(str(path), "b.tocsin")


NOT_ONE = "b.tocsin: this isn't a baseline: make one with `tocsin learn RECORDS --out FILE`."


def test_a_file_that_is_no_baseline_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    path.write_text("time;service\n")
    assert refused(path) == NOT_ONE
    path.write_bytes(b"")
    assert refused(path) == NOT_ONE
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("letter.txt", "Dear Sir")
    assert refused(path) == NOT_ONE
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("baseline.json", "{")
    assert refused(path) == NOT_ONE
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("baseline.json", "[1, 2]")
    assert refused(path) == NOT_ONE


def test_a_baseline_cut_short_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    baseline().write(path)
    whole = path.read_bytes()
    for size in (10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert refused(path) == NOT_ONE


def test_a_baseline_with_a_wrong_byte_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    baseline().write(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(11)
    places = np.concatenate([rng.integers(0, len(whole), 60), len(whole) - rng.integers(1, 1500, 60)])
    refusals: list[str] = []
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= int(rng.integers(1, 256))
        path.write_bytes(broken)
        try:
            Baseline.read(path)
        except InputError as error:
            refusals.append(str(error))
    assert len(refusals) > 60
    assert all(said.startswith(str(path)) for said in refusals)


def test_a_baseline_without_one_of_its_parts_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole, path = tmp_path / "whole.tocsin", tmp_path / "b.tocsin"
    baseline().write(whole)
    with zipfile.ZipFile(whole) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    for missing in ("loss_base.npy", "reference0.base.npy", "lattice.area.npy"):
        with zipfile.ZipFile(path, "w") as pack:
            for name, content in parts.items():
                if name != missing:
                    pack.writestr(name, content)
        assert refused(path) == NOT_ONE
    header = json.loads(parts["baseline.json"])
    del header["feeds"]
    with zipfile.ZipFile(path, "w") as pack:
        for name, content in parts.items():
            pack.writestr(name, json.dumps(header) if name == "baseline.json" else content)
    assert refused(path) == NOT_ONE


def test_a_baseline_of_another_format_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("baseline.json", json.dumps({"format": 99}))
    assert refused(path) == (
        "b.tocsin: this baseline has format 99, this version reads 1: learn it anew with `tocsin learn`."
    )


def test_no_array_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("baseline.json", json.dumps({"format": 1}))
        pack.writestr("loss_base.npy", buffer.getvalue())
    assert refused(path) == NOT_ONE


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert refused(tmp_path / "b.tocsin") == (
        "b.tocsin: the baseline can't be read (No such file or directory): check its name and rights."
    )
