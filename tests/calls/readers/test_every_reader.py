"""The examination that every reader has to pass. A new reader only adds its example to `tests/calls/examples.py`."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.calls.examples import EXAMPLES, SITE
from tests.calls.samples import FRANCE, KEY, all_of, all_of_bytes

from tocsin.calls.mapping import Mapping, shipped_names
from tocsin.calls.ports import Chunk
from tocsin.calls.read import context_of, recognised
from tocsin.calls.readers import READERS
from tocsin.calls.record import RECORD
from tocsin.calls.rejects import Rejects
from tocsin.calls.site import Site
from tocsin.errors import TocsinError

SITED = Site.from_text(SITE, FRANCE)
CALLS = 12

every_reader = pytest.mark.parametrize("example", EXAMPLES)
worst = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reading(data: bytes) -> tuple[pl.DataFrame, Rejects]:
    return all_of_bytes(data, "file", site=SITED)


def said(records: pl.DataFrame) -> set[tuple[object, ...]]:
    return set(records.rows())


def test_every_reader_and_every_shipped_mapping_has_an_example() -> None:
    wanted = {reader.name for reader in READERS} | set(shipped_names())
    assert wanted == {reader for reader, _ in EXAMPLES.values()}


@every_reader
def test_it_is_recognised_by_its_content_and_by_no_other_reader(example: str) -> None:
    name, data = EXAMPLES[example]
    assert recognised(data).name == name
    assert [reader.name for reader in READERS if reader.recognises(data)] == [name][: name not in shipped_names()]


@every_reader
def test_it_reads_its_example_into_true_records(example: str) -> None:
    records, rejects = reading(EXAMPLES[example][1])
    assert records.schema == RECORD
    assert (records.height, rejects.total) == (CALLS, 0)
    assert records["time"].null_count() == records["service"].null_count() == 0
    assert set(records["service"]) <= set(FRANCE.services)
    assert records.select(pl.col(pl.String) == "").sum().sum_horizontal().item() == 0  # unknown is null, never empty
    assert not records["caller"].drop_nulls().str.contains("0199").any()


@every_reader
def test_it_says_how_the_zone_is_known(example: str) -> None:
    data = EXAMPLES[example][1]
    context = context_of(territory=FRANCE, site=None, key=KEY, hold_s=60)
    assert recognised(data).zone(data, context)


@every_reader
@pytest.mark.parametrize("form", ["crlf", "cr", "bom", "utf-16", "gzip", "blank lines", "no last line end"])
def test_it_reads_the_same_in_every_wrapping(example: str, form: str) -> None:
    data = EXAMPLES[example][1]
    wrapped = {
        "crlf": data.replace(b"\n", b"\r\n"),
        "cr": data.replace(b"\n", b"\r"),
        "bom": b"\xef\xbb\xbf" + data,
        "utf-16": data.decode().encode("utf-16"),
        "gzip": gzip.compress(data),
        "blank lines": b"\n" + data.replace(b"\n", b"\n\n"),
        "no last line end": data.rstrip(b"\n"),
    }[form]
    assert said(reading(wrapped)[0]) == said(reading(data)[0])


@every_reader
def test_it_reads_the_same_whatever_the_size_of_the_chunks(example: str) -> None:
    name, data = EXAMPLES[example]
    lines = data.splitlines(keepends=True)
    chunks = [Chunk(data=line, line=number) for number, line in enumerate(lines, 1)]
    context = context_of(territory=FRANCE, site=SITED, key=KEY, hold_s=60)
    batches = list(recognised(data).read(chunks, context))
    assert sum(batch.rows for batch in batches) == CALLS, name
    found = pl.concat(batch.records.select(RECORD.names()) for batch in batches)
    assert said(found) == said(reading(data)[0])


@every_reader
def test_the_same_file_twice_in_a_folder_counts_once(example: str, tmp_path: Path) -> None:
    data = EXAMPLES[example][1]
    (tmp_path / "one").write_bytes(data)
    (tmp_path / "two").write_bytes(data)
    records, rejects = all_of(tmp_path, site=SITED)
    again = rejects.reasons["the same record again"]
    assert records.height + again == 2 * CALLS
    has_id = records["id"].null_count() == 0 and records["feed"].null_count() == 0
    assert again == (CALLS if has_id else 0)


@every_reader
@worst
@given(cut=st.integers(min_value=1, max_value=10_000))
def test_a_file_cut_anywhere_loses_only_the_cut_row(example: str, cut: int) -> None:
    data = EXAMPLES[example][1]
    cut = len(data) - cut % len(data)
    whole_lines = data[: data.rfind(b"\n", 0, cut) + 1]
    if whole_lines.count(b"\n") < 2:
        return
    whole, _ = reading(whole_lines)
    found, _ = reading(data[:cut])
    assert said(whole) <= said(found)
    assert found.height <= whole.height + 1


@every_reader
@worst
@given(junk=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=4))
def test_junk_behind_is_counted_and_costs_no_good_row(example: str, junk: list[bytes]) -> None:
    data = EXAMPLES[example][1]
    lines = [b"%" + line.replace(b"\n", b"").replace(b"\r", b"").replace(b"\0", b"") for line in junk]
    records, rejects = reading(data + b"\n".join(lines) + b"\n")
    assert said(records) == said(reading(data)[0])
    assert rejects.total + sum(rejects.remarks.values()) >= len(lines)


@every_reader
@worst
@given(noise=st.binary(max_size=300), at=st.integers(min_value=0, max_value=2_000))
def test_any_bytes_in_it_give_records_and_counted_rejects_or_one_clear_error(
    example: str, noise: bytes, at: int
) -> None:
    data = EXAMPLES[example][1]
    at %= len(data)
    with suppress(TocsinError):
        records, _ = reading(data[:at] + noise + data[at:])
        assert records.schema == RECORD


@every_reader
@worst
@given(noise=st.binary(max_size=400))
def test_any_bytes_at_all_never_break_it(example: str, noise: bytes) -> None:
    name = EXAMPLES[example][0]
    context = context_of(territory=FRANCE, site=SITED, key=KEY, hold_s=60)
    reader = recognised(EXAMPLES[example][1])
    assert reader.name == name
    text = noise.decode("utf-8", "replace").encode()
    try:
        batches = list(reader.read([Chunk(data=text)], context))
    except TocsinError:
        return
    assert all(batch.records.height + batch.faults.height <= batch.rows + 1 for batch in batches)


def test_the_shipped_mappings_load() -> None:
    for name in shipped_names():
        assert Mapping.load(name).about
