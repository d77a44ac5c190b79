"""Where the bytes come from: a file, a folder, standard input; plain, gzip or zstd. The only place that opens anything.

What a stream holds is found from its first bytes, never from its name. What comes out is `Chunk`: whole lines in UTF-8.
"""

from __future__ import annotations

import codecs
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from tocsin.calls.ports import Chunk, newlines
from tocsin.calls.site import is_site
from tocsin.errors import InputError
from tocsin.words import Sentence, of_the_system

CHUNK: Final = 16 << 20
"""Bytes of a chunk: some 100,000 records of 150 bytes."""

HEAD: Final = 64 << 10
"""Bytes from which a format is recognised."""

LONGEST_LINE: Final = 1 << 20
"""Bytes: a file with a longer line is no file of records."""

STDIN: Final = "-"

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
PARQUET: Final = b"PAR1"

FOREIGN: Final = (
    (b"PK\x03\x04", Sentence("foreign.zip"), Sentence("do.unpack_or_save")),
    (b"\xd0\xcf\x11\xe0", Sentence("foreign.old_excel"), Sentence("do.save")),
    (b"%PDF", Sentence("foreign.pdf"), Sentence("do.ask")),
    (b"BZh", Sentence("foreign.bzip2"), Sentence("do.unpack_or_compress")),
    (b"\xfd7zXZ", Sentence("foreign.xz"), Sentence("do.unpack_or_compress")),
    (b"7z\xbc\xaf", Sentence("foreign.seven_zip"), Sentence("do.unpack")),
    (b"SQLite format 3", Sentence("foreign.sqlite"), Sentence("do.export_table")),
    (b"HEP3", Sentence("foreign.hep"), Sentence("do.no_packets")),
    (b"\xd4\xc3\xb2\xa1", Sentence("foreign.capture"), Sentence("do.no_packets")),
    (b"\xa1\xb2\xc3\xd4", Sentence("foreign.capture"), Sentence("do.no_packets")),
    (b"\x0a\x0d\x0d\x0a", Sentence("foreign.capture"), Sentence("do.no_packets")),
)
"""First bytes -> what the file is instead, and what to do."""

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that aren't UTF-8 are read as Windows writes them; the few it doesn't use, as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(
        bytes([b]).decode("cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for b in bad
    ), error.end


codecs.register_error("tocsin-cp1252", _as_cp1252)


@dataclass(kw_only=True)
class Source:
    """One opened file. ``blocks`` are its decompressed bytes; ``cut`` says, once they're read, why they end early."""

    name: str
    path: Path | None  # None: standard input, or another pipe
    stream: BinaryIO
    head: bytes
    named: bool = True  # False: found in a folder, nobody asked for this very file
    cut: Sentence | None = None
    cut_line: tuple[int, str] | None = None  # its number and text

    @property
    def is_parquet(self) -> bool:
        """Whether the file is Parquet: the one format that isn't lines."""
        return self.head.startswith(PARQUET)

    def whole(self) -> Path | io.BytesIO:
        """The file for who must seek in it; standard input is read into memory."""
        return self.path if self.path is not None else io.BytesIO(self.stream.read())

    def blocks(self) -> Iterator[bytes]:
        """The content, decompressed, in blocks of any length. Never raises for a damaged archive: see `cut`."""
        if self.head.startswith(GZIP):
            yield from self._gunzipped()
        elif self.head.startswith(ZSTD):
            yield from self._unzstd()
        else:
            yield from iter(lambda: self.stream.read(1 << 20), b"")

    def _gunzipped(self) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        for block in iter(lambda: self.stream.read(1 << 12), b""):  # small: a damaged block is lost whole
            rest = block
            while rest:
                if member.eof:
                    rest = rest.lstrip(b"\0")  # padding between or after members (RFC 1952, 2.2)
                    if not rest:
                        break
                    member = zlib.decompressobj(wbits=31)
                try:
                    yield member.decompress(rest)
                except zlib.error:
                    self.cut = Sentence("cut.gzip_damaged")
                    return
                rest = member.unused_data
        if not member.eof:
            self.cut = Sentence("cut.gzip_early")

    def _unzstd(self) -> Iterator[bytes]:
        try:
            for lines in pl.scan_lines(self.whole()).collect_batches(chunk_size=100_000):
                yield "\n".join([*lines.to_series(), ""]).encode()
        except (OSError, pl.exceptions.PolarsError) as error:
            self.cut = Sentence("cut.zstd", why=str(error))

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """The content as whole lines. Raises `InputError` where it's no text.

        If the content ends early, its last, cut line is left out: see `cut_line`.
        """
        blocks = self.blocks()
        first = next(blocks, b"")
        error = refusal(first)
        if error is not None:
            raise error
        line = 1
        for data in whole_lines(text_blocks(chain([first], blocks)), size):
            end = len(data)
            if self.cut and not data.endswith(b"\n"):
                end = data.rfind(b"\n") + 1
                self.cut_line = line + data.count(b"\n"), data[end:].decode("utf-8", "replace")
            yield Chunk(data=data[:end], line=line)
            line += len(newlines(data))


def text_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Bytes of any encoding as UTF-8 with plain line feeds, without byte-order mark."""
    decoder: codecs.IncrementalDecoder | None = None
    plain: codecs.IncrementalDecoder | None = None  # the same, where ASCII may pass it by
    bare_cr = False
    for block in blocks:
        if not block or (plain is not None and block.isascii() and plain.getstate()[0] == b""):
            yield block  # ASCII is UTF-8 already, unless a character that the last block began is still open
            continue
        if decoder is None:
            encoding = next((name for bom, name in _BOMS if block.startswith(bom)), "utf-8")
            bare_cr = b"\r" in block and b"\n" not in block
            decoder = codecs.getincrementaldecoder(encoding)("tocsin-cp1252" if encoding == "utf-8" else "replace")
            plain = None if bare_cr or encoding != "utf-8" else decoder
            text = decoder.decode(block).removeprefix("\ufeff")
        else:
            text = decoder.decode(block)
        if bare_cr:
            text = text.replace("\r", "\n")
        yield text.encode("utf-8", "replace")
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def whole_lines(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Blocks joined to about `size` bytes and cut behind a line's end; the last one as it is."""
    held: list[bytes] = []
    length = 0
    for block in blocks:
        held.append(block)
        length += len(block)
        if length < size:
            continue
        data = b"".join(held)
        end = data.rfind(b"\n") + 1
        if end == 0 and length > size + LONGEST_LINE:
            raise InputError(Sentence("error.long_line"), do=Sentence("do.content"))
        held, length = [data[end:]], len(data) - end
        if end:
            yield _plain_ends(data[:end])
    data = _plain_ends(b"".join(held))
    if data:
        yield data


def _plain_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def opened(sources: Iterable[str | Path]) -> Iterator[Source]:
    """Each file of the sources, opened in turn: files, folders (their files by name, hidden ones left out), ``-``."""
    for source in sources:
        if str(source) == STDIN:
            yield _source("standard input", None, sys.stdin.buffer, named=True)
            continue
        path = Path(source)
        named = not path.is_dir()
        files = [path] if named else sorted(_visible(path))
        if not files:
            raise InputError(Sentence("error.folder_empty"), do=Sentence("do.file_of_records"), file=str(path))
        for file in files:
            try:
                with file.open("rb") as stream:
                    yield _source(str(file), file, stream, named=named)
            except OSError as error:
                raise unreadable(file, error) from error


def unreadable(file: Path, error: OSError) -> InputError:
    """What to say of a file that can't be opened."""
    why = of_the_system(error)
    return InputError(Sentence("error.unreadable", why=why), do=Sentence("do.path"), file=str(file))


def _visible(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _source(name: str, path: Path | None, stream: BinaryIO, *, named: bool) -> Source:
    head = stream.read(16)
    if stream.seekable() and path is not None:
        stream.seek(0)
        return Source(name=name, path=path, stream=stream, head=head, named=named)
    rejoined = io.BufferedReader(_Rejoined(head, stream))  # a pipe
    return Source(name=name, path=None, stream=rejoined, head=head, named=named)


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read ahead."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def refusal(head: bytes) -> InputError | None:
    """Why a file that begins so can't hold records; None where it may."""
    for magic, what, do in FOREIGN:
        if head.startswith(magic):
            return InputError(Sentence("error.foreign", what=what), do=do)
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in start:
        return InputError(Sentence("error.web_page"), do=Sentence("do.download"))
    if not head.strip():
        return InputError(Sentence("error.file_empty"), do=Sentence("do.export"))
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return InputError(Sentence("error.binary"), do=Sentence("do.table"))
    if is_site(head):
        return InputError(Sentence("error.site_file"), do=Sentence("do.give_site"))
    return None
