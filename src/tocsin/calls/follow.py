"""A file that grows: its records as they're written, across rotation and truncation.

A file is known by its device and inode, and by the bytes just before the place up to which it was read. Renamed and
begun anew (logrotate): the old one is read to its end, then the new one from its start. Truncated (copytruncate), even
if it has grown past the old place since: read from its start. Gone: waited for. Each life of the file is read as a
file of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from tocsin.calls.mapping import Mapping
from tocsin.calls.ports import Chunk
from tocsin.calls.read import context_of, judged, reader_of, recognised, settled
from tocsin.calls.record import RECORD
from tocsin.calls.rejects import Rejects
from tocsin.calls.repeats import Repeats
from tocsin.calls.site import Site
from tocsin.calls.source import CHUNK, GZIP, LONGEST_LINE, PARQUET, ZSTD, refusal, text_blocks, unreadable
from tocsin.clock import Clock, Sleep
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.words import Sentence

HOLD_S: Final = 60.0
"""Seconds that a call stays open for further rows of its own after its last: what a live watch can wait."""

KNOWN_BY: Final = 256
"""Bytes before the place that has been read, by which a truncated file that has grown again is known."""


def follow(
    path: Path,
    *,
    territory: Territory,
    clock: Clock,
    sleep: Sleep,
    mapping: Mapping | str | Path | None = None,
    site: Site | Path | None = None,
    key: bytes | Path | None = None,
    rejects: Rejects | None = None,
    poll_s: float = 1.0,
) -> Iterator[pl.DataFrame]:
    """Records of a file from its beginning and then as it grows, without end; each poll gives a frame, perhaps empty.

    `clock` gives seconds since 1970 and `sleep` waits. The file must be lines (no archive, no Parquet); a last line
    without its end is waited for. Raises `InputError` as `read` does, for what the file holds at first.
    """
    rejects = rejects if rejects is not None else Rejects()
    context = context_of(territory=territory, site=site, key=key, hold_s=HOLD_S)
    given = reader_of(mapping)
    repeats = Repeats()
    nothing = pl.DataFrame(schema=RECORD)
    while True:
        chunks = _life(path, clock)
        first: Chunk | None = None
        for chunk in chunks:
            if chunk.data:
                first = chunk
                break
            yield nothing
            sleep(poll_s)
        if first is None:
            continue
        try:
            reader = given or recognised(first.data)
            paced = _paced(chain([first], chunks), sleep, poll_s)
            batches = judged(reader.read(paced, context), rejects, str(path), growing=True)
            yield from settled(batches, repeats, rejects, str(path))
        except InputError as error:
            raise error.within(file=str(path)) from None


def _paced(chunks: Iterator[Chunk], sleep: Sleep, poll_s: float) -> Iterator[Chunk]:
    """The chunks, with a pause before each that follows one with nothing in it."""
    for chunk in chunks:
        yield chunk
        if not chunk.data:
            sleep(poll_s)


def _life(path: Path, clock: Clock) -> Iterator[Chunk]:
    """One life of a file, from its first byte until it was replaced or truncated: whole lines, or nothing yet."""
    tail = _Tail(path)
    try:
        held = b""
        line = 1
        for text in text_blocks(tail):
            held += text
            end = held.rfind(b"\n") + 1
            if not end and len(held) > LONGEST_LINE:
                raise InputError(Sentence("error.long_line"), do=Sentence("do.writer"))
            yield Chunk(data=held[:end].replace(b"\r\n", b"\n"), line=line, at=clock())
            line += held.count(b"\n", 0, end)
            held = held[end:]
        if held:
            yield Chunk(data=held, line=line, at=clock())
    finally:
        tail.close()


class _Tail:
    """The bytes of a file as they come: `b""` where there's nothing new; the iterator ends with the file's life."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreadable(path, error) from error
        self._read = 0
        self._last = b""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._truncated():
            raise StopIteration
        data = self._file.read(CHUNK)
        if not self._read and data:
            self._refuse(data)
        if not data and self._replaced():
            raise StopIteration
        self._read += len(data)
        self._last = (self._last + data)[-KNOWN_BY:]
        return data

    def _truncated(self) -> bool:
        if os.fstat(self._file.fileno()).st_size < self._read:
            return True
        return os.pread(self._file.fileno(), len(self._last), self._read - len(self._last)) != self._last

    def _replaced(self) -> bool:
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return False
        mine = os.fstat(self._file.fileno())
        return (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino)

    def _refuse(self, data: bytes) -> None:
        if data.startswith((GZIP, ZSTD, PARQUET)):
            raise InputError(Sentence("error.not_growing"), do=Sentence("do.no_follow"), file=str(self._path))
        error = refusal(data) if data.strip() else None
        if error is not None:
            raise error.within(file=str(self._path))

    def close(self) -> None:
        self._file.close()
