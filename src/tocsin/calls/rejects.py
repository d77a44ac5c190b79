"""What was set aside, what was counted with a remark, and why.

A row is *set aside* with one of the reasons of `REASONS`; it counts nowhere. A *remark* is about rows that do count
(an area nobody knows) or about a whole file (it ends early). Both are counted, and a user always sees the sums.

A reason is the same English text for every machine; to a person it is told by `reason_told` and `mend`. A remark is a
`Sentence`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from tocsin.errors import InputError, TocsinError
from tocsin.words import Sentence, of_the_system

NOT_EMERGENCY: Final = "not an emergency call or service unknown"
UNKNOWN_SERVICE: Final = "service is unknown"
REPEATED: Final = "the same record again"

REASONS: Final = {
    "no time": "no_time",
    "time is not RFC 3339": "time_not_rfc3339",
    "time has no zone": "time_without_zone",
    "time is of a clock that was never set": "clock_never_set",
    "time is in the future of the other records": "ahead",
    "time is months before the other records": "behind",
    "time is not of the mapping's formats": "time_not_of_formats",
    "time does not exist in the zone": "skipped_hour",
    "seen is not RFC 3339 with an offset": "seen_not_rfc3339",
    "no service": "no_service",
    UNKNOWN_SERVICE: "unknown_service",
    "vantage is unknown": "unknown_vantage",
    "outcome is unknown": "unknown_outcome",
    "sip_status is no SIP status": "no_sip_status",
    "q850_cause is no Q.850 cause": "no_q850_cause",
    "ring_s or talk_s is no length of time": "no_length",
    "a quote is open or out of place": "open_quote",
    "too many fields": "many_fields",
    "too few fields": "few_fields",
    "not JSON": "not_json",
    "a text too long": "long_text",
    "not of this format": "not_of_format",
    "cut off": "cut_off",
    "set aside by the mapping": "skipped_by_mapping",
    NOT_EMERGENCY: "not_emergency",
    REPEATED: "repeated",
}
"""Reason, as the file of rejects has it -> the name of its texts: what it is and how to mend it, in every language. A
reason that isn't here doesn't exist."""

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


def reason_told(reason: str) -> Sentence:
    """A reason as it is told: in English, itself."""
    return Sentence(f"reason.{REASONS[reason]}")


def mend(reason: str) -> Sentence:
    """What to do about rows that are set aside for that reason: an imperative, no final stop."""
    return Sentence(f"mend.{REASONS[reason]}")


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

    The file is CSV: file, line, reason, row; with its header alone where nothing was set aside, so that an older one
    never stands for this run. Raises `TocsinError` where it can't be written (a disk that is full). Use it as a context
    manager.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.reasons: Counter[str] = Counter()
        self.remarks: Counter[Sentence] = Counter()
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
        self._write((file, line, reason, masked(row or "")) for line, reason, row in faults.iter_rows())

    def remark(self, what: Sentence, count: int = 1) -> None:
        """Count rows (or files) that are read although there is something to say about them."""
        if count:
            self.remarks[what] += count

    def _write(self, rows: Iterable[Sequence[object]]) -> None:
        assert self._path is not None
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        try:
            if self._file is None:
                self._file = self._path.open("wb", buffering=0)  # unbuffered: what fails, fails here
            data = memoryview(text.getvalue().encode())
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            self.close()
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file, if one was begun."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __enter__(self) -> Self:
        if self._path is not None:
            self._write([("file", "line", "reason", "row")])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _unwritable(path: Path, error: OSError) -> TocsinError:
    return InputError(
        Sentence("error.rejects_unwritten", why=of_the_system(error)),
        do=Sentence("do.rejects_elsewhere"),
        file=str(path),
    )
