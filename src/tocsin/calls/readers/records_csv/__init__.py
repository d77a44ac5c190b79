"""Records of tocsin as CSV: a header with the names of `RECORD`, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tocsin.calls.admit import admit
from tocsin.calls.ports import Batch, Chunk, Context, Reader
from tocsin.calls.rows import DELIMITERS, fields_of, split
from tocsin.words import Sentence


def header(head: bytes) -> tuple[list[str], str] | None:
    """The columns and delimiter of a file whose first line names `time` and `service`; None where it doesn't."""
    first = head.lstrip(b"\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    for delimiter in DELIMITERS:
        names = [name.strip().lower() for name in fields_of(first, delimiter) or []]
        if {"time", "service"} <= set(names) and len(set(names)) == len(names):
            return names, delimiter
    return None


@dataclass(frozen=True, kw_only=True)
class RecordsCsv:
    """Records as CSV; columns that aren't of a record are left unread."""

    name: str = "records-csv"

    def recognises(self, head: bytes) -> bool:
        """A first line that names time and service."""
        return header(head) is not None

    def zone(self, head: bytes, context: Context) -> Sentence:  # noqa: ARG002
        """Records say it themselves."""
        return Sentence("zone.offset")

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Rows as they come; the header again (files put together) is no row."""
        named: tuple[list[str], str] | None = None
        for chunk in chunks:
            if named is None and chunk.data:
                named = header(chunk.data)
                chunk = chunk.without_first_line()
            if named is None:
                continue
            columns, delimiter = named
            frame, faults, rows = split(chunk, columns, delimiter)
            again = (frame["time"] == "time") & (frame["service"] == "service")
            if again.any():
                frame = frame.filter(~again.fill_null(value=False))
            batch = admit(frame, context)
            yield Batch(records=batch.records, faults=faults.vstack(batch.faults), rows=rows, remarks=batch.remarks)


READER: Final[Reader] = RecordsCsv()
