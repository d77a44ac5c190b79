"""What a reader is: the one shape that every format's folder has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

import polars as pl

from tocsin.calls.caller import CallerKey
from tocsin.calls.rejects import FAULTS
from tocsin.calls.site import Site
from tocsin.territory import Territory


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Whole lines of one file, in UTF-8 with plain line feeds and no byte-order mark.

    ``line`` is the number of the first one, from 1. A row is a line: no value runs over a line's end, so that a quote
    left open costs its own row and no more.
    """

    data: bytes
    line: int = 1


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader needs to know beside the bytes."""

    territory: Territory
    caller: CallerKey
    site: Site
    hold_s: float  # how much of the file's own time a call stays open for further rows of its own


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What some lines gave: records as `RECORD` and a column ``line``; faults as `FAULTS`; remarks with their counts.

    ``rows`` is how many rows were looked at, good and bad.
    """

    records: pl.DataFrame
    faults: pl.DataFrame
    rows: int
    remarks: dict[str, int] = field(default_factory=dict)


class Reader(Protocol):
    """One format. Its folder under ``readers`` exports one of these as ``READER``."""

    @property
    def name(self) -> str:
        """What `tocsin look` calls the format; also the feed of records that name none."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins so (whole lines, as in `Chunk`) is of this format. By content alone."""
        ...

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Records and faults of the chunks of one file, in order; never an exception for what a row holds."""
        ...


NO_FAULTS: Final = pl.DataFrame(schema=FAULTS)
