"""What a reader is: the one shape that every format's folder has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.caller import CallerKey
from tocsin.calls.rejects import FAULTS
from tocsin.calls.site import Site
from tocsin.territory import Territory
from tocsin.words import Sentence


def plain(name: str) -> str:
    """A name as it is compared: without case, spaces, hyphens and underscores (exports change them between years)."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def newlines(data: bytes) -> NDArray[np.int64]:
    """Where the line feeds stand, ascending: several times as fast as to count or seek them in the bytes."""
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Whole lines of one file, in UTF-8 with plain line feeds and no byte-order mark.

    ``line`` is the number of the first one, from 1 · ``at`` when they arrived, seconds since 1970, for a file that
    grows; None for a file at rest · a file that grows also sends empty chunks, so that time goes on. A row is a line:
    no value runs over a line's end, so that a quote left open costs its own row and no more.
    """

    data: bytes
    line: int = 1
    at: float | None = None

    def without_first_line(self) -> Chunk:
        """The same chunk behind its header."""
        lead = len(self.data) - len(self.data.lstrip(b"\n"))
        end = self.data.find(b"\n", lead) + 1 or len(self.data)
        return Chunk(data=self.data[end:], line=self.line + lead + 1, at=self.at)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader needs to know beside the bytes."""

    territory: Territory
    caller: CallerKey
    site: Site
    hold_s: float  # how long a call of a file that grows stays open for further rows of its own

    @cached_property
    def areas_by_name(self) -> dict[str, str]:
        """Name -> cell area, for files that write names; a name that lies under several cell areas isn't among them."""
        found: dict[str, set[str]] = {}
        for area in self.territory.areas.values():
            cell = self.territory.cell_area(area.code)
            if cell is not None:
                found.setdefault(plain(area.name), set()).add(cell)
        return {name: cells.pop() for name, cells in found.items() if len(cells) == 1}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What some lines gave: records as `RECORD` and a column ``line``; faults as `FAULTS`; remarks with their counts.

    ``rows`` is how many rows were looked at, good and bad · ``unexplained`` what is known of calls whose service isn't:
    called, queue, trunk and how many ``calls``.
    """

    records: pl.DataFrame
    faults: pl.DataFrame
    rows: int
    remarks: dict[Sentence, int] = field(default_factory=dict)
    unexplained: pl.DataFrame | None = None


class Reader(Protocol):
    """One format. Its folder under ``readers`` exports one of these as ``READER``."""

    @property
    def name(self) -> str:
        """What `tocsin look` calls the format; also the feed of records that name none."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins so (whole lines, as in `Chunk`) is of this format. By content alone."""
        ...

    def zone(self, head: bytes, context: Context) -> Sentence:
        """How the zone of the times is known, for the user: without a final stop."""
        ...

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Records and faults of the chunks of one file, in order; never an exception for what a row holds."""
        ...


NO_FAULTS: Final = pl.DataFrame(schema=FAULTS)
