"""What was set aside, what was counted with a remark, and why.

A row is *set aside* with one of the reasons of `REASONS`; it counts nowhere. A *remark* is about rows that do count
(an area nobody knows) or about a whole file (it ends early). Both are counted, and a user always sees the sums.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from tocsin.errors import InputError, TocsinError

NOT_EMERGENCY: Final = "not an emergency call or service unknown"
REPEATED: Final = "the same record again"

REASONS: Final = {
    "no time": "fill the column time: RFC 3339 with an offset, as 2021-06-02T16:45:00+02:00",
    "time is not RFC 3339": "write times as 2021-06-02T16:45:00+02:00",
    "time has no zone": "write the offset (Z or +02:00), or read the file through a mapping that names its zone",
    "time is of a clock that was never set": "set the clock of the equipment",
    "time is in the future of the other records": "set the clock of the equipment",
    "time is months before the other records": "set the clock of the equipment, or give old rows as a file",
    "time is not of the mapping's formats": "add its format to [time] formats",
    "time does not exist in the zone": "check the zone: the clocks skipped that hour",
    "seen is not RFC 3339 with an offset": "write it like time, or leave it empty",
    "no service": "fill the column service: a short number, a service URN or heartbeat",
    "service is unknown": "use a short number or URN of the territory (--territory), or a mapping with a value table",
    "vantage is unknown": "use operator, centre, router or probe, or leave it empty",
    "outcome is unknown": "use answered, abandoned, busy, refused, lost or misrouted, or leave it empty",
    "sip_status is no SIP status": "use 100 to 699, or leave it empty",
    "q850_cause is no Q.850 cause": "use 1 to 127, or leave it empty",
    "ring_s or talk_s is no length of time": "use seconds, not negative, or leave it empty",
    "a quote is open or out of place": "double a quote that belongs to the value",
    "too many fields": "check the delimiter, and quote values that contain it",
    "too few fields": "check the delimiter, and whether the row was cut",
    "not JSON": "write one JSON object a line",
    "a text too long": "check the delimiter and the line ends",
    "not of this format": "check that the file holds nothing else",
    "cut off": "copy the file again, whole",
    "set aside by the mapping": "change the mapping's [skip] if these rows are calls",
    NOT_EMERGENCY: "list the called number, queue or trunk in site.csv and give it with --site",
    REPEATED: "nothing to do: it was counted once",
}
"""Reason -> how to mend it. A reason that isn't here doesn't exist."""

WELL_FORMED: Final = frozenset(
    {
        NOT_EMERGENCY,
        REPEATED,
        "set aside by the mapping",
        "time is in the future of the other records",
        "time is months before the other records",
    }
)
"""Reasons that set a row aside although it parsed: they don't speak against the file's format."""

FAULTS: Final = pl.Schema({"line": pl.UInt32(), "reason": pl.String(), "row": pl.String()})
"""Rows set aside: the line (or row) number from 1, the reason, the row as it stood (numbers not yet masked)."""

_DATE = r"(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}/\d{1,2}/(?:\d{4}|\d{2}))"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_KEPT_OR_NUMBER = re.compile(
    rf"(?<![\d./-])(?P<time>{_DATE}(?:[T ]{_CLOCK})?(?:Z|[+-]\d{{2}}:?\d{{2}})?)(?![\d./-])"
    r"|\+?\d(?:[\s.()/-]{0,2}\d){5,}"
)


def masked(row: str) -> str:
    """The row with every digit of a number of six or more digits as ``x``; dates and short numbers stay.

    Digits count as one number across single separators (``01 99-00.01``), whatever the script they're written in.
    """
    return _KEPT_OR_NUMBER.sub(lambda m: m[0] if m["time"] else re.sub(r"\d", "x", m[0]), row)


def faults_where(
    frame: pl.DataFrame, bad: pl.Expr | pl.Series, reason: str, shown: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of a frame that are not `bad`, and the others as `FAULTS` with the columns `shown` as the row's text."""
    marked = frame.with_columns(bad.alias("\0bad") if isinstance(bad, pl.Expr) else pl.Series("\0bad", bad))
    row = pl.concat_str([pl.col(name).cast(pl.String) for name in shown], separator=",", ignore_nulls=True)
    faults = marked.filter("\0bad").select(pl.col("line").cast(pl.UInt32), reason=pl.lit(reason), row=row)
    return marked.filter(~pl.col("\0bad")).drop("\0bad"), faults


class Rejects:
    """Counts what is set aside, per reason, and writes it to a file where one is given.

    The file is CSV: file, line, reason, row. Raises `TocsinError` where it can't be written (a disk that is full).
    Use it as a context manager, or `close` it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.reasons: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()
        self._path = path
        self._file: FileIO | None = None

    @property
    def total(self) -> int:
        """Rows set aside."""
        return self.reasons.total()

    def add(self, file: str, faults: pl.DataFrame) -> None:
        """Set rows aside: `faults` as `FAULTS`."""
        self.reasons.update(dict(faults["reason"].value_counts().iter_rows()))
        if self._path is None or faults.is_empty():
            return
        text = io.StringIO()
        writer = csv.writer(text)
        if self._file is None:
            writer.writerow(("file", "line", "reason", "row"))
        writer.writerows((file, line, reason, masked(row or "")) for line, reason, row in faults.iter_rows())
        try:
            if self._file is None:
                self._file = self._path.open("wb", buffering=0)  # unbuffered: what fails, fails here
            data = memoryview(text.getvalue().encode())
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def remark(self, what: str, count: int = 1) -> None:
        """Count rows (or files) that are read although there is something to say about them."""
        if count:
            self.remarks[what] += count

    def close(self) -> None:
        """Close the file, if one was begun."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _unwritable(path: Path, error: OSError) -> TocsinError:
    return InputError(
        f"the rejected rows can't be written ({error.strerror or error})",
        do="make room or give --rejects another place",
        file=str(path),
    )
