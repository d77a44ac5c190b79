"""Records as numbers: one batch becomes a few arrays, cells and callers become codes.

Strings are looked up once, in Polars; from here on a record is a dozen bytes and everything is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import HEARTBEAT, VANTAGES, Outcome
from tocsin.counts.tally import KEY

SHORT_S: Final = 10.0
"""An answered call shorter than this was cut, or nobody was there."""

KNOWN, FAILED, TALKED, SHORT, DELIVERED, BEAT, ENGAGED = (1 << bit for bit in range(7))
"""The marks of a record: its outcome is known, is a failure; it was answered and the length of the talk is known,
is short; it was delivered; it is a heartbeat; the failure is a busy or a refusal."""

OUTCOME_MARKS: Final = {
    Outcome.ANSWERED: KNOWN | DELIVERED,
    Outcome.ABANDONED: KNOWN | DELIVERED,
    Outcome.BUSY: KNOWN | FAILED | ENGAGED,
    Outcome.REFUSED: KNOWN | FAILED | ENGAGED,
    Outcome.LOST: KNOWN | FAILED,
    Outcome.MISROUTED: KNOWN | FAILED,
}
"""What an outcome says of an emergency attempt: a busy is a loss, an abandoned call was delivered."""

_MARKS: Final = np.array([OUTCOME_MARKS[outcome] for outcome in Outcome] + [0], dtype=np.uint8)
_LONGEST_S: Final = 1e9  # no call lasts thirty years
_ANSWERED: Final = list(Outcome).index(Outcome.ANSWERED)
READ: Final = ("time", "seen", *KEY, "outcome", "ring_s", "talk_s", "caller")
"""The columns of a record that tallies are made of; batches may come without the others."""

_COLUMNS: Final = (*KEY, "time", "seen", "outcome", "caller", "talk_s", "took")
_BEAT_CODE: Final = 1  # the first word of every column, and thereby of `service`
_AREA: Final = KEY.index("area")
_SERVICE: Final = KEY.index("service")
_NOT_OF_A_BEAT: Final = [KEY.index(name) for name in ("area", "operator", "access", "path", "centre")]
_CHUNK: Final = 1 << 16  # rows looked up at a time
_CHUNKS: Final = 32  # pieces that the frame of cells may lie in


class Areas(Protocol):
    """What is asked of a territory: to roll an area up."""

    @property
    def areas(self) -> Mapping[str, object]:
        """All areas by their code."""

    def cell_area(self, code: str) -> str | None:
        """The area at cell level that ``code`` is or lies in; None where it lies in none."""


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Records as parallel arrays of one length.

    ``time``, ``seen`` microseconds since 1970 UTC (``seen`` is ``time`` where it was null) · ``cell`` row of the
    cells · ``caller`` 64-bit hash, 0 where unknown · ``marks`` the bits above · ``took`` microseconds of ringing and
    talking, 0 where unknown: the record of a call is written at its end.
    """

    time: NDArray[np.int64]
    seen: NDArray[np.int64]
    cell: NDArray[np.int32]
    caller: NDArray[np.uint64]
    marks: NDArray[np.uint8]
    took: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, rows: slice | NDArray[Any]) -> Self:
        return type(self)(**{name: array[rows] for name, array in vars(self).items()})

    @classmethod
    def stack(cls, parts: Iterable[Coded]) -> Coded:
        """The rows of all parts, one after another; at least one part."""
        columns = [vars(part) for part in parts]
        return cls(**{name: np.concatenate([part[name] for part in columns]) for name in columns[0]})


class Cells:
    """The cells met so far, and the codes of their parts. Cells are only ever added: a row never moves.

    An area rolls up to its cell area; one above the cells (a région) stays; an unknown one is null. Memory grows with
    the cells and the distinct words met, never with the records.
    """

    def __init__(self, territory: Areas) -> None:
        self._territory = territory
        # A column's words live as long as some series of them does, so one is held here.
        self._words = {name: pl.Series([HEARTBEAT], dtype=pl.Categorical(pl.Categories.random())) for name in KEY}
        self._columns = tuple(self._column(name) for name in _COLUMNS)
        self._rolled = np.zeros(1, dtype=np.int64)  # code of an area -> code of its cell area; -1: not asked yet
        self._codes = np.empty((0, len(KEY)), dtype=np.int64)
        self._slots = np.full(4 * _CHUNK, -1, dtype=np.int32)
        self.frame = pl.DataFrame(schema=dict.fromkeys(KEY, pl.String))
        self.rank = np.empty(0, dtype=np.uint64)
        """A number made of the words of each cell alone: the order of equals that doesn't depend on arrival."""
        self.vantage = np.empty(0, dtype=np.int64)
        """Per cell, 1 + its place in `VANTAGES`; 0 where unknown. `feed`, `service` and `area` are codes likewise."""
        self.feed = np.empty(0, dtype=np.int64)
        self.service = np.empty(0, dtype=np.int64)
        self.area = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._codes)

    def code(self, records: pl.DataFrame) -> Coded:
        """The records, in their order, as arrays; new cells are added."""
        read = {column.name: column.to_numpy() for column in records.select(self._columns)}
        codes = np.column_stack([read[name] for name in KEY])
        codes[:, _AREA] = self._roll_up(codes[:, _AREA], records)
        beats = codes[:, _SERVICE] == _BEAT_CODE
        if beats.any():
            codes[np.ix_(beats, _NOT_OF_A_BEAT)] = 0
        return Coded(
            time=read["time"],
            seen=read["seen"],
            cell=self._assign(codes, records),
            caller=read["caller"],
            marks=_marks(read["outcome"], read["talk_s"], beats),
            took=read["took"],
        )

    def feed_code(self, feed: str) -> int:
        """The code that `feed` has, or will have."""
        return int(pl.select(self._code(pl.lit(feed), "feed")).item())

    def _code(self, words: pl.Expr, name: str) -> pl.Expr:
        """1 + the place of each word among the words of its column; 0 for null."""
        return (words.cast(self._words[name].dtype).to_physical().cast(pl.Int64) + 1).fill_null(0)

    def _column(self, name: str) -> pl.Expr:
        """How one array is read from records."""
        column = pl.col(name) if name != "took" else pl.sum_horizontal("ring_s", "talk_s")
        match name:
            case "time":
                return column.to_physical()
            case "seen":
                return column.fill_null(pl.col("time")).to_physical()
            case "vantage":
                return (column.to_physical().cast(pl.Int64) + 1).fill_null(0)
            case "outcome":
                return column.to_physical().fill_null(len(Outcome))
            case "caller":
                return pl.when(column.is_not_null()).then(column.hash(seed=1)).otherwise(pl.lit(0, pl.UInt64))
            case "talk_s":
                return column.fill_null(float("nan"))
            case "took":
                seconds = column.fill_nan(None).fill_null(0.0).cast(pl.Float64).clip(0, _LONGEST_S)
                return (seconds * 1e6).cast(pl.Int64).alias(name)
            case _:
                return self._code(column, name)

    def _roll_up(self, codes: NDArray[np.int64], records: pl.DataFrame) -> NDArray[np.int64]:
        """The codes of the cell areas; the territory is asked once for each area."""
        missing = int(codes.max(initial=0)) + 1 - len(self._rolled)
        if missing > 0:
            self._rolled = np.concatenate([self._rolled, np.full(missing, -1, dtype=np.int64)])
        new = np.flatnonzero(self._rolled[codes] < 0)
        if len(new):
            new = new[np.unique(codes[new], return_index=True)[1]]
            above = [self._above(area) for area in records["area"].gather(new)]
            rolled = pl.DataFrame({"area": pl.Series(above, dtype=pl.String)}).select(self._column("area"))
            self._rolled[codes[new]] = rolled["area"].to_numpy()
        return self._rolled[codes]

    def _above(self, area: str) -> str | None:
        return self._territory.cell_area(area) or (area if area in self._territory.areas else None)

    def _assign(self, codes: NDArray[np.int64], records: pl.DataFrame) -> NDArray[np.int32]:
        cells = np.empty(len(codes), dtype=np.int32)
        for start in range(0, len(codes), _CHUNK):
            part = codes[start : start + _CHUNK]
            if 2 * (len(self) + len(part)) > len(self._slots):
                self._slots = _spread(self._codes, 4 * (len(self) + len(part)))
            first, found = _look_up(part, self._codes, self._slots, cells[start : start + _CHUNK])
            if found:
                self._add(part[first[:found]], records[first[:found] + start])
        return cells

    def _cell(self, words: dict[str, str | None]) -> dict[str, str | None]:
        if words["service"] == HEARTBEAT:
            return words | dict.fromkeys(KEY[column] for column in _NOT_OF_A_BEAT)
        return words | {"area": None if words["area"] is None else self._above(words["area"])}

    def _add(self, codes: NDArray[np.int64], records: pl.DataFrame) -> None:
        rows = [self._cell(dict(zip(KEY, row, strict=True))) for row in records.select(KEY).rows()]
        frame = pl.from_dicts(rows, schema=self.frame.schema)
        many = self.frame.n_chunks() >= _CHUNKS
        self.frame = pl.concat([self.frame, frame], rechunk=many)
        self.rank = np.concatenate([self.rank, frame.hash_rows(seed=0).to_numpy()])
        self._codes = np.concatenate([self._codes, codes])
        self.vantage, self.feed, self.service, self.area = (
            np.ascontiguousarray(self._codes[:, KEY.index(name)]) for name in ("vantage", "feed", "service", "area")
        )


CENTRE: Final = 1 + VANTAGES.index("centre")
OPERATOR: Final = 1 + VANTAGES.index("operator")


def in_order(coded: Coded, rank: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The rows in order of time, equal times in an order that depends on the content alone, not on the arrival."""
    if len(coded) < 2:
        return np.arange(len(coded))
    order = np.argsort(coded.time, kind="stable")
    time = coded.time[order]
    same = time[1:] == time[:-1]
    if same.any():
        tied = np.zeros(len(time), dtype=bool)
        tied[1:] |= same
        tied[:-1] |= same
        rows = order[tied]
        part = coded[rows]
        order[tied] = rows[np.lexsort((part.took, part.seen, part.marks, rank[part.cell], part.caller, part.time))]
    return order


def _marks(outcome: NDArray[np.uint8], talk: NDArray[np.float32], beats: NDArray[np.bool_]) -> NDArray[np.uint8]:
    marks = np.take(_MARKS, outcome)
    talked = (outcome == _ANSWERED) & ~np.isnan(talk)
    marks[talked] |= np.uint8(TALKED)
    marks[talked & (talk < SHORT_S)] |= np.uint8(SHORT)
    marks[beats] = BEAT
    return marks


@numba.njit(cache=True)
def _slot(codes: NDArray[np.int64], row: int, mask: int) -> np.int64:
    mixed = np.uint64(0)
    for column in range(codes.shape[1]):
        mixed = (mixed ^ np.uint64(codes[row, column])) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.int64(mixed & np.uint64(mask))


@numba.njit(cache=True)
def _same(left: NDArray[np.int64], i: int, right: NDArray[np.int64], j: int) -> bool:
    for column in range(left.shape[1]):  # noqa: SIM110 (compiled: a loop is what is fast here)
        if left[i, column] != right[j, column]:
            return False
    return True


@numba.njit(cache=True)
def _look_up(
    codes: NDArray[np.int64], known: NDArray[np.int64], slots: NDArray[np.int32], cells: NDArray[np.int32]
) -> tuple[NDArray[np.int64], int]:
    """Fill ``cells`` with the cell of each row; the rows that are first of a new cell, and how many there are.

    ``slots`` is an open table of 2^k places, -1 where free: the cell's row in ``known``, or behind it.
    """
    first = np.empty(len(codes), dtype=np.int64)
    found = 0
    mask = len(slots) - 1
    for row in range(len(codes)):
        place = _slot(codes, row, mask)
        while True:
            cell = slots[place]
            if cell < 0:
                cell = len(known) + found
                slots[place] = cell
                first[found] = row
                found += 1
                break
            if cell < len(known):
                if _same(codes, row, known, cell):
                    break
            elif _same(codes, row, codes, first[cell - len(known)]):
                break
            place = (place + 1) & mask
        cells[row] = cell
    return first, found


@numba.njit(cache=True)
def _spread(known: NDArray[np.int64], room: int) -> NDArray[np.int32]:
    """A table of at least ``room`` places, a power of two, with every known cell in its place."""
    size = 1
    while size < room:
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    for cell in range(len(known)):
        place = _slot(known, cell, size - 1)
        while slots[place] >= 0:
            place = (place + 1) & (size - 1)
        slots[place] = cell
    return slots
