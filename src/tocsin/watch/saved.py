"""A baseline in one file: a zip of one JSON header and arrays, no pickle."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tocsin.errors import InputError
from tocsin.watch.baseline import Baseline, Feed, LeftOut, Reference
from tocsin.watch.demand import Demand
from tocsin.watch.lattice import Lattice
from tocsin.watch.shapes import misfits
from tocsin.words import Sentence, of_the_system

FORMAT: Final = 2
_BROKEN_ZIP: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_SOMETHING_ELSE: Final = (LookupError, TypeError, ValueError, AttributeError, OverflowError, MemoryError, TokenError)
"""What parsing raises for a zip of something else; MemoryError for a nonsensical length, TokenError for a header."""


def write_baseline(baseline: Baseline, path: Path) -> None:
    """Save as one file (a zip of one JSON header and arrays, no pickle)."""
    arrays: dict[str, NDArray[Any]] = {}
    header = {
        "format": FORMAT,
        "learned_from": baseline.learned_from,
        "learned_to": baseline.learned_to,
        "hold_s": baseline.hold_s,
        "territory": baseline.territory,
        "zone": baseline.zone,
        "series": baseline.series,
        "vantages": baseline.vantages,
        "with_callers": baseline.with_callers,
        "feeds": [asdict(feed) for feed in baseline.feeds],
        "offsets": dict(baseline.offsets),
        "left_out": [asdict(hours) for hours in baseline.left_out],
        "cautions": baseline.cautions,
        "lattice": _split(baseline.lattice, "lattice", arrays),
        "demand": _split(baseline.demand, "demand", arrays),
        "references": [_split(each, f"reference{i}", arrays) for i, each in enumerate(baseline.references)],
    }
    arrays |= {"loss_base": baseline.loss_base, "settled": baseline.settled}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as pack:
        pack.writestr("baseline.json", json.dumps(header, ensure_ascii=False, indent=1))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            pack.writestr(f"{name}.npy", buffer.getvalue())


def read_baseline(path: Path) -> Baseline:
    """Load what `write_baseline` saved; every part of it fits the others (`shapes`), or it doesn't get in.

    Raises `InputError` where the file isn't a baseline, is of another format or doesn't fit together.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            header = json.loads(pack.read("baseline.json"))
            if header["format"] != FORMAT:
                raise InputError(
                    Sentence("error.other_format", theirs=str(header["format"]), ours=str(FORMAT)),
                    do=Sentence("do.learn_anew"),
                    file=str(path),
                )
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(pack.read(name)), allow_pickle=False)
                for name in pack.namelist()
                if name.endswith(".npy")
            }
            known = _joined(header, arrays)
            misfit = next(misfits(known), None)
    except (*_BROKEN_ZIP, *_SOMETHING_ELSE) as error:
        raise InputError(Sentence("error.no_baseline"), do=Sentence("do.make_baseline"), file=str(path)) from error
    except OSError as error:
        why = of_the_system(error)
        raise InputError(
            Sentence("error.baseline_unreadable", why=why), do=Sentence("do.name_and_rights"), file=str(path)
        ) from error
    if misfit is not None:
        raise InputError(Sentence("error.misfit", misfit=misfit), do=Sentence("do.learn_anew"), file=str(path))
    return known


def _joined(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Baseline:
    """The baseline of a header and its arrays; raises one of `_SOMETHING_ELSE` where a part is missing."""
    lattice = header["lattice"]
    return Baseline(
        learned_from=int(header["learned_from"]),
        learned_to=int(header["learned_to"]),
        hold_s=int(header["hold_s"]),
        territory=str(header["territory"]),
        zone=str(header["zone"]),
        series=tuple((str(vantage), str(service)) for vantage, service in header["series"]),
        vantages=_texts(header["vantages"]),
        with_callers=_texts(header["with_callers"]),
        feeds=tuple(_feed(**feed) for feed in header["feeds"]),
        offsets={str(feed): float(seconds) for feed, seconds in header["offsets"].items()},
        left_out=tuple(_left_out(**hours) for hours in header["left_out"]),
        cautions=_texts(header["cautions"]),
        lattice=Lattice(
            areas=_texts(lattice["areas"]),
            classes=tuple((str(dimension), str(value)) for dimension, value in lattice["classes"]),
            services=_texts(lattice["services"]),
            **_arrays("lattice", arrays),
        ),
        demand=Demand(
            since=int(header["demand"]["since"]), until=int(header["demand"]["until"]), **_arrays("demand", arrays)
        ),
        references=tuple(
            Reference(
                vantage=str(each["vantage"]),
                family_name=str(each["family_name"]),
                **_arrays(f"reference{i}", arrays),
            )
            for i, each in enumerate(header["references"])
        ),
        loss_base=arrays["loss_base"],
        settled=arrays["settled"],
    )


def _split(value: Lattice | Demand | Reference, prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """The fields that JSON holds; arrays go to ``arrays`` under ``prefix``."""
    plain = {}
    for field in fields(value):
        content = getattr(value, field.name)
        if isinstance(content, np.ndarray):
            arrays[f"{prefix}.{field.name}"] = content
        else:
            plain[field.name] = content
    return plain


def _arrays(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(f"{prefix}."): array for name, array in arrays.items() if name.startswith(f"{prefix}.")}


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _feed(name: str, vantage: str, per_minute: float, heartbeat_s: float | None, scopes: Iterable[int]) -> Feed:
    return Feed(
        name=str(name),
        vantage=str(vantage),
        per_minute=float(per_minute),
        heartbeat_s=None if heartbeat_s is None else float(heartbeat_s),
        scopes=tuple(map(int, scopes)),
    )


def _left_out(scope: Mapping[str, str], start: int, end: int, seen: float, expected: float, family: str) -> LeftOut:
    return LeftOut(
        scope={str(name): str(value) for name, value in scope.items()},
        start=int(start),
        end=int(end),
        seen=float(seen),
        expected=float(expected),
        family=str(family),
    )
