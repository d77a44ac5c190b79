from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.watch.island import baseline, drawn, island, second, watched
from tests.watch.test_outlier import scarred

from tocsin.errors import InputError
from tocsin.watch import Baseline, Watch, read_baseline, write_baseline
from tocsin.words import Words


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
    write_baseline(known, tmp_path / "b.tocsin")
    assert same(read_baseline(tmp_path / "b.tocsin"), known)


def test_a_baseline_read_back_watches_alike(tmp_path: Path) -> None:
    write_baseline(baseline(), tmp_path / "b.tocsin")
    tally = drawn(second("16:00"), second("17:00"), seed=3)
    told = []
    for known in (baseline(), read_baseline(tmp_path / "b.tocsin")):
        watch = Watch(known, island())
        watch.decide(tally, second("17:00"))
        told.append(watch.mixture)
    assert told[0] == told[1] > 0


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_baseline(path)
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
    write_baseline(baseline(), path)
    whole = path.read_bytes()
    for size in (10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert refused(path) == NOT_ONE


def test_a_baseline_with_a_wrong_byte_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    write_baseline(baseline(), path)
    whole = path.read_bytes()
    rng = np.random.default_rng(11)
    places = np.concatenate([rng.integers(0, len(whole), 60), len(whole) - rng.integers(1, 1500, 60)])
    refusals: list[str] = []
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= int(rng.integers(1, 256))
        path.write_bytes(broken)
        try:
            read_baseline(path)
        except InputError as error:
            refusals.append(str(error))
    assert len(refusals) > 60
    assert all(said.startswith(str(path)) for said in refusals)


def test_a_baseline_without_one_of_its_parts_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole, path = tmp_path / "whole.tocsin", tmp_path / "b.tocsin"
    write_baseline(baseline(), whole)
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
        "b.tocsin: this baseline has format 99, this version reads 2: learn it anew with `tocsin learn`."
    )


def test_no_array_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "b.tocsin"
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("baseline.json", json.dumps({"format": 2}))
        pack.writestr("loss_base.npy", buffer.getvalue())
    assert refused(path) == NOT_ONE


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert refused(tmp_path / "b.tocsin") == (
        "b.tocsin: the baseline can't be read (No such file or directory): check its name and rights."
    )


Parts = dict[str, bytes]


def parts_of(known: Baseline, path: Path) -> Parts:
    write_baseline(known, path)
    with zipfile.ZipFile(path) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def written(parts: Parts, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return path


def bytes_of(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def array_of(content: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def unfitting(what: str) -> str:
    return f"b.tocsin: this baseline doesn't fit together ({what}): learn it anew with `tocsin learn`."


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("reference0.base", lambda a: a[:3], "outcome of operator: base is 3, not 126 scopes"),
        ("reference0.base", lambda a: a[None], "outcome of operator: base is 1 x 126, not 126 scopes"),
        ("reference0.profile", lambda a: a[:, :24], "outcome of operator: profile is 18 x 24, "
         "not 18 classes by service x 48 hours"),
        ("reference0.active", lambda a: a.astype(np.float64), "outcome of operator: active holds no truth values"),
        ("reference0.sigma", lambda a: a * np.nan, "outcome of operator: sigma holds a value beyond 0 to 100"),
        ("reference0.phi", lambda a: a * 0, "outcome of operator: phi holds a value beyond 0.001 to 1e+09"),
        ("reference0.error", lambda a: a - 9, "outcome of operator: error holds a value beyond 0 to 100"),
        ("demand.effects", lambda a: a[:, :5], "effects is 3 x 5, not 3 series x 108 effects of the calendar"),
        ("loss_base", lambda a: a[0, 0], "loss_base is one value, not 1 vantages x 126 scopes"),
        ("lattice.area", lambda a: a + 90, "lattice: area points beyond its areas"),
        ("lattice.area", lambda a: a[:4], "klass is 126, not 4 scopes"),
        ("lattice.above", lambda a: a[::-1].copy(), "lattice: an area isn't below the ones above it"),
        ("lattice.service", lambda a: a[::-1].copy(), "lattice: its scopes aren't in order"),
        ("lattice.service", lambda a: a.astype(np.float32), "service holds no whole numbers"),
    ],
)  # fmt: skip
def test_an_array_that_does_not_fit_the_others_is_named(name: str, change: Any, what: str, tmp_path: Path) -> None:
    parts = parts_of(baseline(), tmp_path / "whole")
    parts[f"{name}.npy"] = bytes_of(change(array_of(parts[f"{name}.npy"])))
    assert refused(written(parts, tmp_path / "b.tocsin")) == unfitting(what)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("references", [{"vantage": "operator", "family_name": "engaged"}],
         "engaged of operator stands without its level"),
        ("references", [{"vantage": "operator", "family_name": "tarot"}], "tarot is no family of evidence"),
        ("references", [{"vantage": "probe", "family_name": "level"}],
         "level is of probe, which is none of its vantages"),
        ("zone", "Europe/Atlantis", "'Europe/Atlantis' is no time zone"),
        ("vantages", ["probe"], "its demand isn't that of its vantages and services"),
        ("learned_to", 0, "it was learned in no time"),
        ("offsets", {"room N1": float("inf")}, "the offset of a clock is no number"),
    ],
)  # fmt: skip
def test_a_name_that_does_not_fit_the_others_is_named(name: str, value: Any, what: str, tmp_path: Path) -> None:
    parts = parts_of(baseline(), tmp_path / "whole")
    parts["baseline.json"] = json.dumps({**json.loads(parts["baseline.json"]), name: value}).encode()
    assert refused(written(parts, tmp_path / "b.tocsin")) == unfitting(what)


def test_what_does_not_fit_is_told_in_french_as_well(tmp_path: Path) -> None:
    parts = parts_of(baseline(), tmp_path / "whole")
    parts["loss_base.npy"] = bytes_of(array_of(parts["loss_base.npy"])[0, 0])
    with pytest.raises(InputError) as error:
        read_baseline(written(parts, tmp_path / "b.tocsin"))
    assert Words(language="fr").told(error.value.what) == (
        "les parties de cette référence ne vont pas ensemble "
        "(loss_base : une seule valeur, au lieu de 1 point de vue × 126 périmètres)"
    )


def test_a_baseline_put_together_from_two_is_refused(tmp_path: Path) -> None:
    ours = parts_of(baseline(), tmp_path / "ours")
    others = parts_of(baseline(vantage="centre", outcomes=False, beats=True), tmp_path / "others")
    mixed = written(ours | {name: part for name, part in others.items() if name.startswith("lattice")}, tmp_path / "b")
    assert "doesn't fit together" in refused(mixed)


JUNK: Final[tuple[Any, ...]] = (
    None, True, False, -3, -1, 0, 1, 2, 50, 200, 0.5, -1e300, 1e300, math.nan, math.inf, "", "x", "operator", "\u202f",
    [], {}, [[1, 2]], {"a": 1},
)  # fmt: skip


def replaced(value: Any, chance: Random) -> Any:
    """The value with one thing in it, however deep, made into another."""
    inner = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inner or chance.random() < 0.1:
        return chance.choice(JUNK)
    at = chance.choice(inner)
    if chance.random() < 0.1:
        return {k: v for k, v in value.items() if k != at} if isinstance(value, dict) else value[:at] + value[at + 1 :]
    changed = replaced(value[at], chance)
    return {**value, at: changed} if isinstance(value, dict) else [*value[:at], changed, *value[at + 1 :]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return parts_of(baseline(vantage="centre", outcomes=True, beats=True), tmp_path_factory.mktemp("b") / "whole")


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")  # odd numbers, and NumPy's of a header
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_was_done_to_a_part_the_baseline_watches_or_is_refused(
    whole: Parts, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    parts, chance = dict(whole), Random(seed)
    name = "baseline.json" if chance.random() < 0.5 else chance.choice(sorted(parts))
    if name == "baseline.json":
        parts[name] = json.dumps(replaced(json.loads(parts[name]), chance)).encode()
    elif chance.random() < 0.5:
        broken = bytearray(parts[name])
        broken[chance.randrange(min(len(broken), 200))] ^= chance.randint(1, 255)
        parts[name] = bytes(broken)
    else:
        parts[name] = parts[chance.choice(sorted(parts))]
    path = written(parts, tmp_path_factory.getbasetemp() / "b.tocsin")
    try:
        known = read_baseline(path)
    except InputError:
        return
    begin = second("16:00")
    watched(drawn(begin, begin + 300, seed=3, vantage="centre", beats=True), "16:05", known)
