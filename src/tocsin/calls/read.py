"""The front door of the room: any file of calls in, batches of records out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from tocsin.calls.caller import CallerKey
from tocsin.calls.mapping import Mapping, shipped_names
from tocsin.calls.ports import Batch, Chunk, Context, Reader
from tocsin.calls.readers import READERS
from tocsin.calls.readers.mapped import Mapped
from tocsin.calls.readers.records_parquet import csv_of_parquet, is_record_parquet, read_parquet
from tocsin.calls.record import RECORD
from tocsin.calls.rejects import FAULTS, REPEATED, WELL_FORMED, Rejects, mend, reason_told
from tocsin.calls.repeats import Repeats
from tocsin.calls.rows import LINE
from tocsin.calls.site import Site
from tocsin.calls.skew import AHEAD, BEHIND, Skew
from tocsin.calls.source import Source, opened
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.words import Sentence, sentence_of

FIRST: Final = 1_000
"""Rows by which a file is judged: it fails as a whole if under half of them parse."""

HOLD_S: Final = 3600.0
"""How long a call of a file that is at rest stays open for rows of its own, in the file's time."""


def read(
    sources: Iterable[str | Path],
    *,
    territory: Territory,
    mapping: Mapping | str | Path | None = None,
    site: Site | Path | None = None,
    key: bytes | Path | None = None,
    rejects: Rejects | None = None,
) -> Iterator[pl.DataFrame]:
    """The records of files, folders and standard input (``-``), in batches of the schema `RECORD`.

    The format of each file is found from its content. Rows that can't be read are counted in `rejects` and set aside;
    the same (feed, id) within 48 hours counts once. Memory is bounded by a batch (some 100,000 to 250,000 records).

    Raises `InputError` for a file that is named and can't be read as a whole: missing, empty, of an unknown format, or
    with under half of its first 1,000 rows readable. In a folder such a file is set aside with a remark, unless all
    are.
    """
    rejects = rejects if rejects is not None else Rejects()
    reader = reader_of(mapping)
    context = context_of(territory=territory, site=site, key=key, hold_s=HOLD_S)
    repeats = Repeats()
    failed: InputError | None = None
    any_read = False
    for source in opened(sources):
        try:
            batches = judged(_batches(source, context, reader), rejects, source.name)
            for records in settled(batches, repeats, rejects, source.name):
                any_read = True
                if not records.is_empty():
                    yield records
        except InputError as error:
            if source.named:
                raise error.within(file=source.name) from None
            failed = failed or error.within(file=source.name)
            rejects.remark(Sentence("remark.unread_file", error=sentence_of(error)))
        report_cut(source, rejects)
    if failed is not None and not any_read:
        raise failed


def reader_of(mapping: Mapping | str | Path | None) -> Reader | None:
    """The reader of a mapping given by name, by file or as itself; None for none."""
    if mapping is None:
        return None
    return Mapped(mapping=mapping if isinstance(mapping, Mapping) else Mapping.load(mapping))


@cache
def shipped_readers() -> tuple[Reader, ...]:
    """A reader for every shipped mapping."""
    return tuple(Mapped(mapping=Mapping.load(name)) for name in shipped_names())


def context_of(*, territory: Territory, site: Site | Path | None, key: bytes | Path | None, hold_s: float) -> Context:
    """What readers need to know, with files loaded."""
    return Context(
        territory=territory,
        caller=CallerKey.load(key) if isinstance(key, Path) else CallerKey(key),
        site=Site.load(site, territory) if isinstance(site, Path) else site or Site(),
        hold_s=hold_s,
    )


def recognised(head: bytes) -> Reader:
    """The reader of a file that begins so. Raises `InputError` where there is none."""
    for reader in (*READERS, *shipped_readers()):
        if reader.recognises(head):
            return reader
    raise InputError(Sentence("error.unknown_format"), do=Sentence("do.look"))


def _batches(source: Source, context: Context, reader: Reader | None) -> Iterator[Batch]:
    """The batches of one file, by the reader that was asked for or else by the one that recognises it."""
    if reader is None and is_record_parquet(source):
        yield from read_parquet(source.whole(), context)
        return
    chunks = text_chunks(source)
    first = next(chunks, Chunk(data=b""))
    yield from (reader or recognised(first.data)).read(chain([first], chunks), context)


def text_chunks(source: Source) -> Iterator[Chunk]:
    """The content of a file as lines, a foreign Parquet as CSV. Raises `InputError` where it can't hold records."""
    if source.is_parquet:
        yield from csv_of_parquet(source.whole())
        return
    yield from source.chunks()


def report_cut(source: Source, rejects: Rejects) -> None:
    """Say that a file ended early, and set its last line aside."""
    if source.cut:
        rejects.remark(Sentence("remark.cut", file=source.name, cut=source.cut))
    if source.cut_line:
        line, text = source.cut_line
        rejects.add(source.name, pl.DataFrame([(line, "cut off", text)], schema=FAULTS, orient="row"))


def judged(batches: Iterable[Batch], rejects: Rejects, file: str, *, growing: bool = False) -> Iterator[Batch]:
    """The batches of a file, held until its first 1,000 rows show whether it is of the format at all.

    From then on faults and remarks go to `rejects` as they come. A file that grows is judged by the rows it has at
    first. Raises `InputError` if under half of the rows parse.
    """
    held: list[Batch] = []
    bad: list[pl.DataFrame] = []
    rows = 0
    judging = True
    for batch in batches:
        if judging:
            left = FIRST - rows
            rows += min(batch.rows, left)
            bad.append(_malformed(batch.faults if batch.rows <= left else batch.faults.filter(_among(batch, left))))
            held.append(batch)
            judging = rows < FIRST and not growing
            if growing and not rows:
                judging = True
                yield held.pop()
            elif not judging:
                _judge(rows, bad)
                yield from _passed(held, rejects, file)
        else:
            yield from _passed([batch], rejects, file)
    if judging:
        _judge(rows, bad)
        yield from _passed(held, rejects, file)


def _among(batch: Batch, rows: int) -> pl.Expr:
    lines = pl.concat([batch.records[LINE], batch.faults[LINE]])
    return pl.col(LINE) < pl.lit(lines.min()) + rows


def _malformed(faults: pl.DataFrame) -> pl.DataFrame:
    return faults.filter(~pl.col("reason").is_in(WELL_FORMED))


def _judge(rows: int, bad: list[pl.DataFrame]) -> None:
    faults = pl.concat(bad) if bad else pl.DataFrame(schema=FAULTS)
    if faults.height * 2 <= rows:
        return
    reason, count = faults["reason"].value_counts(sort=True).row(0)
    line = faults.filter(pl.col("reason") == reason)[LINE].min()
    told = {"reason": reason_told(reason), "line": str(line)}
    readable = rows - faults.height
    if rows == 1:
        raise InputError(Sentence("error.one_row", **told), do=mend(reason))
    if not readable:
        raise InputError(Sentence("error.no_rows", rows=rows, times=int(count), **told), do=mend(reason))
    few = Sentence("error.few_rows", readable=readable, rows=rows, times=int(count), **told)
    raise InputError(few, do=mend(reason))


def _passed(batches: list[Batch], rejects: Rejects, file: str) -> Iterator[Batch]:
    for batch in batches:
        rejects.add(file, batch.faults)
        for what, count in batch.remarks.items():
            rejects.remark(what, count)
        yield batch


def settled(batches: Iterable[Batch], repeats: Repeats, rejects: Rejects, file: str) -> Iterator[pl.DataFrame]:
    """The records of a file without those whose clock is wrong and those seen before. Empty frames come out as well."""
    skew = Skew()
    for batch in batches:
        yield _once(*skew.step(batch.records), repeats, rejects, file)
    yield _once(*skew.step(pl.DataFrame(schema={**RECORD, LINE: pl.UInt32}), last=True), repeats, rejects, file)
    for what, count in skew.remarks.items():
        rejects.remark(what, count)


def _once(
    good: pl.DataFrame, ahead: pl.DataFrame, behind: pl.DataFrame, repeats: Repeats, rejects: Rejects, file: str
) -> pl.DataFrame:
    for wrong, reason in ((ahead, AHEAD), (behind, BEHIND)):
        if not wrong.is_empty():
            rejects.add(file, faults_of(wrong, reason))
    again = repeats.find(good, file)
    if again.any():
        rejects.add(file, faults_of(good.filter(again), REPEATED))
        good = good.filter(~again)
    return good.select(RECORD.names())


def faults_of(records: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Records that are set aside after all, as `FAULTS`."""
    row = pl.concat_str([pl.col(name).cast(pl.String) for name in RECORD], separator=",", ignore_nulls=True)
    return records.select(LINE, reason=pl.lit(reason), row=row)
