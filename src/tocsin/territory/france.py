"""France, as packaged."""

from __future__ import annotations

import csv
import gc
import gzip
from functools import cache
from pathlib import Path
from typing import Final

from tocsin.territory.area import Area
from tocsin.territory.folder import read_folder
from tocsin.territory.territory import Territory

DATA: Final = Path(__file__).parent / "data" / "france"


@cache
def france() -> Territory:
    """France with its 34,969 communes, its twelve emergency numbers, its holidays and its outlines.

    The same folder of files that any other country has; only the tree is compressed, and read without the checks that
    a test has made once and for all.
    """
    return read_folder(DATA, areas=packaged_areas(DATA / "areas.csv.gz"), outline_file=DATA / "outlines.json.gz")


def packaged_areas(path: Path) -> dict[str, Area]:
    """The compressed `areas.csv`. The collector of cycles rests meanwhile: it finds none and takes half the time."""
    rows = csv.reader(gzip.decompress(path.read_bytes()).decode().splitlines())
    next(rows)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return {
            code: Area(
                code=code,
                name=name,
                kind=kind,
                parent=parent or None,
                population=int(population),
                postal_codes=tuple(postal_codes.split()),
                district=district or None,
            )
            for code, name, kind, parent, population, postal_codes, district in rows
        }
    finally:
        if collecting:
            gc.enable()
