"""The front door: good records in every wrapping, and bad input in every way it comes."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import HEADER, NOON, all_of, all_of_bytes, csv_of, lines

from tocsin.calls import RECORD, Rejects
from tocsin.calls.skew import AHEAD, JUMPS, UNORDERED
from tocsin.errors import InputError

FULL = pl.DataFrame(
    {
        "id": ["a", "b"],
        "time": [NOON, NOON + timedelta(microseconds=1)],
        "seen": [NOON + timedelta(seconds=5), None],
        "vantage": ["operator", "centre"],
        "feed": ["op-b", None],
        "service": ["15", "heartbeat"],
        "area": ["2A004", None],
        "operator": ["op-b", None],
        "access": ["mobile", None],
        "path": ["sbc1>cs3", None],
        "centre": ["CRRA-SAMU-2A", None],
        "outcome": ["answered", None],
        "sip_status": [200, None],
        "q850_cause": [16, None],
        "ring_s": [4.5, None],
        "talk_s": [60.0, None],
        "caller": ["0123456789abcdef", None],
    },
    schema=RECORD,
)


def as_text(records: pl.DataFrame) -> pl.DataFrame:
    return records.with_columns(pl.col("time", "seen").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))


@pytest.mark.parametrize("form", ["csv", "csv;", "jsonl", "parquet", "csv.gz", "csv.zst", "utf-16"])
def test_what_was_written_in_any_form_is_read_back_whole(form: str, tmp_path: Path) -> None:
    path = tmp_path / "the name says nothing"
    match form:
        case "csv":
            as_text(FULL).write_csv(path)
        case "csv;":
            as_text(FULL).write_csv(path, separator=";")
        case "jsonl":
            as_text(FULL).write_ndjson(path)
        case "parquet":
            FULL.write_parquet(path)
        case "csv.gz":
            path.write_bytes(gzip.compress(as_text(FULL).write_csv().encode()))
        case "csv.zst":
            as_text(FULL).write_csv(path, compression="zstd")
        case _:
            path.write_bytes(as_text(FULL).write_csv().encode("utf-16"))
    records, rejects = all_of(path)
    assert records.equals(FULL)
    assert (rejects.reasons, rejects.remarks) == ({}, {})


def test_a_parquet_of_other_types_is_cast_and_one_without_zone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    FULL.with_columns(
        pl.col("time").dt.convert_time_zone("Europe/Paris").dt.cast_time_unit("ms"),
        pl.col("vantage").cast(pl.String),
        pl.col("sip_status").cast(pl.Int64),
        pl.col("ring_s").cast(pl.Float64),
        pl.lit("unread").alias("comment"),
    ).write_parquet(path)
    records, _ = all_of(path)
    assert records.drop("time").equals(FULL.drop("time"))
    assert records["time"][0] == NOON
    FULL.with_columns(pl.col("time").dt.replace_time_zone(None)).write_parquet(path)
    with pytest.raises(InputError) as caught:
        all_of(path)
    assert str(caught.value) == (
        f"{path}: none of its first 2 rows can be read; most often: time has no zone (2 rows, first in line 1): "
        "write the offset (Z or +02:00), or read the file through a mapping that names its zone."
    )


def test_a_parquet_of_odd_types_gives_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    pl.DataFrame(
        {
            "time": pl.Series([NOON, NOON]).dt.cast_time_unit("ns"),
            "service": pl.Series([15, 18], dtype=pl.UInt8),
            "talk_s": [timedelta(seconds=90), None],
            "area": pl.Series(["35", None], dtype=pl.Categorical),
            "caller": [b"\xff\xfe", None],
            "path": [["sbc1", "cs3"], None],
            "outcome": ["", "busy"],
        }
    ).write_parquet(path)
    records, rejects = all_of(path)
    assert records.select("time", "service", "talk_s", "area", "caller", "path").rows() == [
        (NOON, "15", 90.0, "35", None, None),
        (NOON, "18", None, None, None, None),
    ]
    assert rejects.total == 0


def test_a_damaged_parquet_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    FULL.write_parquet(path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match=r"calls\.parquet: the Parquet is damaged \(.*\): write or copy it again\.$"):
        all_of(path)


def test_a_folder_is_read_file_by_file_without_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.csv").write_bytes(csv_of(lines(3)))
    (tmp_path / "1.csv").write_bytes(csv_of(lines(2)))
    (tmp_path / ".hidden").write_bytes(b"junk")
    records, _ = all_of(tmp_path)
    assert records.height == 5  # the same ids, but of two files that don't say whose they are


def test_a_file_of_a_folder_that_cannot_be_read_is_said_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes(csv_of(lines(2)))
    (tmp_path / "notes.txt").write_bytes(b"Dear all,\nthese are the calls.\n")
    records, rejects = all_of(tmp_path)
    assert records.height == 2
    (remark,) = rejects.remarks
    assert remark.startswith(f"a file of the folder can't be read: {tmp_path / 'notes.txt'}: the format isn't known")
    (tmp_path / "calls.csv").unlink()
    with pytest.raises(InputError, match="the format isn't known"):
        all_of(tmp_path)


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FULL.write_parquet(tmp_path / "p")
    for data, count in (
        (csv_of(lines(3)), 3),
        (gzip.compress(csv_of(lines(4))), 4),
        ((tmp_path / "p").read_bytes(), 2),
    ):
        for raw in (io.BytesIO(data), _Pipe(data)):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
            assert all_of("-")[0].height == count


def test_a_named_pipe_is_read_as_a_file_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for data, count in ((csv_of(lines(3)), 3), (gzip.compress(csv_of(lines(4))), 4)):
        writer = threading.Thread(target=pipe.write_bytes, args=(data,))
        writer.start()
        assert all_of(pipe)[0].height == count
        writer.join()


class _Pipe(io.BytesIO):
    """Bytes that can't be sought in, as from a pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_services_are_written_in_every_way_and_become_short_numbers() -> None:
    rows = [
        f"2021-06-02T16:45:0{i}Z,{s}" for i, s in enumerate(("15", "urn:service:sos.ambulance", "HEARTBEAT", " 17"))
    ]
    records, rejects = all_of_bytes(csv_of(rows, "time,service"))
    assert records["service"].to_list() == ["15", "15", "heartbeat", "17"]
    assert rejects.total == 0


def test_each_bad_row_is_set_aside_with_its_reason_and_its_line(tmp_path: Path) -> None:
    header = "time,service,seen,vantage,outcome,sip_status,q850_cause,ring_s,talk_s,caller"
    bad = {
        "2021-06-02T16:45:00Z,,,,,,,,,": "no service",
        "2021-06-02T16:45:00Z,13,,,,,,,,": "service is unknown",
        ",15,,,,,,,,": "no time",
        "yesterday,15,,,,,,,,": "time is not RFC 3339",
        "2021-06-31T16:45:00Z,15,,,,,,,,": "time is not RFC 3339",
        "2021-06-02T16:45:00,15,,,,,,,,": "time has no zone",
        "2021-06-02 16:45:00.5,15,,,,,,,,": "time has no zone",
        "1970-01-01T00:00:07Z,15,,,,,,,,": "time is of a clock that was never set",
        "+99999-01-01T00:00:00Z,15,,,,,,,,": "time is not RFC 3339",
        "2021-06-02T16:45:00Z,15,soon,,,,,,,": "seen is not RFC 3339 with an offset",
        "2021-06-02T16:45:00Z,15,,satellite,,,,,,": "vantage is unknown",
        "2021-06-02T16:45:00Z,15,,,sad,,,,,": "outcome is unknown",
        "2021-06-02T16:45:00Z,15,,,,999,,,,": "sip_status is no SIP status",
        "2021-06-02T16:45:00Z,15,,,,2OO,,,,": "sip_status is no SIP status",
        "2021-06-02T16:45:00Z,15,,,,,200,,,": "q850_cause is no Q.850 cause",
        "2021-06-02T16:45:00Z,15,,,,,,-1,,": "ring_s or talk_s is no length of time",
        "2021-06-02T16:45:00Z,15,,,,,,,inf,": "ring_s or talk_s is no length of time",
        "2021-06-02T16:45:00Z,15,,,,,,,,,0199000111,x": "too many fields",
        "2021-06-02T16:45:00Z,15": "too few fields",
    }
    good = [f"2021-06-02T16:46:{i:02}Z,15,,,,0,0,,,0199000111" for i in range(30)]
    with Rejects(tmp_path / "rejects.csv") as rejects:
        records, _ = all_of_bytes(csv_of([*good, *bad], header), rejects=rejects)
    assert records.height == len(good)
    assert records["sip_status"].null_count() == len(good)  # 0 is how equipment writes "none"
    assert records["caller"].n_unique() == 1
    assert rejects.remarks == {"caller in clear: hashed on reading": len(good)}
    found = pl.read_csv(tmp_path / "rejects.csv").sort("line")
    assert found["reason"].to_list() == list(bad.values())
    assert found["line"].to_list() == list(range(32, 32 + len(bad)))
    assert "0199000111" not in (tmp_path / "rejects.csv").read_text()


def test_a_spreadsheets_decimal_commas_are_read() -> None:
    rows = ["2021-06-02T16:45:00Z;15;3,5;60"]
    records, _ = all_of_bytes(csv_of(rows, "time;service;ring_s;talk_s"))
    assert records.select("ring_s", "talk_s").rows() == [(3.5, 60.0)]


def test_an_area_that_nobody_knows_counts_without_area_and_is_remarked() -> None:
    areas = ("35", "1", "1004", "2a004", "Rennes", "Atlantis", "")
    rows = [f"2021-06-02T16:45:0{i}Z,15,{area}" for i, area in enumerate(areas)]
    records, rejects = all_of_bytes(csv_of(rows, "time,service,area"))
    assert records["area"].to_list() == ["35", "01", "01004", "2A004", "35", None, None]
    assert rejects.remarks == {"area unknown to the territory: counted, but under no area": 1}


def test_outcomes_are_made_of_codes_where_none_is_given() -> None:
    rows = ["2021-06-02T16:45:00Z,15,,503", "2021-06-02T16:45:01Z,15,busy,200.0", "2021-06-02T16:45:02Z,15,,"]
    records, _ = all_of_bytes(csv_of(rows, "time,service,outcome,sip_status"))
    assert records.select("outcome", "sip_status").rows() == [("lost", 503), ("busy", 200), (None, None)]


def test_codes_that_tell_of_different_ends_are_remarked_and_the_status_counts() -> None:
    rows = [
        f"2021-06-02T16:45:0{i}Z,15,{codes}" for i, codes in enumerate(("503,16", "503,38", "486,17", "200,41", ",16"))
    ]
    records, rejects = all_of_bytes(csv_of(rows, "time,service,sip_status,q850_cause"))
    assert records["outcome"].to_list() == ["lost", "lost", "busy", "answered", None]
    assert rejects.remarks == {"SIP status and Q.850 cause tell of different ends: the status counts": 1}


def test_a_file_fails_as_a_whole_only_if_under_half_of_its_first_thousand_rows_parse() -> None:
    half = [row for pair in zip(lines(600), ["junk"] * 600, strict=True) for row in pair]
    records, rejects = all_of_bytes(csv_of(half))
    assert (records.height, rejects.reasons) == (600, {"too few fields": 600})
    with pytest.raises(InputError) as caught:
        all_of_bytes(csv_of(["junk", "junk", *half]))
    assert (
        "only 499 of its first 1\u202f000 rows can be read; most often: too few fields (501 rows, first in line 2)"
        in str(caught.value)
    )
    late = [*lines(1000), *["junk"] * 5000]
    assert all_of_bytes(csv_of(late))[1].reasons == {"too few fields": 5000}


# Bad input, each in the words of the issue.


def test_a_truncated_gzip_counts_what_was_readable_and_says_so() -> None:
    data = gzip.compress(csv_of(lines(5000)))
    whole, _ = all_of_bytes(csv_of(lines(5000)))
    records, rejects = all_of_bytes(data[: len(data) // 2], "calls.csv.gz")
    assert 1000 < records.height < 5000
    assert records.equals(whole.head(records.height))
    assert any("calls.csv.gz: its gzip data ends early: what was readable counts" in said for said in rejects.remarks)
    assert rejects.reasons == {"cut off": 1}


def test_a_damaged_gzip_counts_what_came_before() -> None:
    data = bytearray(gzip.compress(csv_of(lines(20_000)), compresslevel=1))
    data[len(data) // 2] ^= 0xFF
    records, rejects = all_of_bytes(bytes(data))
    assert records.height > 1000
    assert any("its gzip data is damaged" in said for said in rejects.remarks)


def test_gzip_members_one_behind_the_other_are_one_file() -> None:
    data = csv_of(lines(10))
    assert all_of_bytes(gzip.compress(data[:100]) + gzip.compress(data[100:]) + b"\0" * 512)[0].height == 10


def test_a_truncated_zstd_counts_what_was_readable_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "calls.zst"
    with_ids = pl.read_csv(csv_of(lines(300_000, every_s=1)))
    with_ids.write_csv(path, compression="zstd")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    records, rejects = all_of(path)
    assert 50_000 < records.height < 300_000
    assert any("its zstd data is damaged" in said for said in rejects.remarks)


def test_a_wrong_delimiter_is_found_or_is_one_clear_error() -> None:
    assert all_of_bytes(csv_of(lines(5)).replace(b",", b"\t"))[0].height == 5
    with pytest.raises(InputError, match="the format isn't known: run `tocsin look` on it"):
        all_of_bytes(csv_of(lines(5)).replace(b",", b"~"))
    mixed = csv_of([*lines(5), *(line.replace(",", ";") for line in lines(3))])
    records, rejects = all_of_bytes(mixed)
    assert (records.height, rejects.reasons) == (5, {"too few fields": 3})


def test_mixed_zones_become_one() -> None:
    times = ("16:45:00Z", "18:45:00+02:00", "12:45:00-04:00", "16:45:00+00:00", "16:45:00.000001z")
    records, rejects = all_of_bytes(csv_of([f"2021-06-02T{time},15" for time in times], "time,service"))
    assert rejects.total == 0
    assert {f"{time:%H:%M:%S}" for time in records["time"]} == {"16:45:00"}


def test_duplicates_within_48_hours_count_once() -> None:
    rows = [
        *lines(5),
        *lines(5),
        lines(1, start=NOON + timedelta(hours=47))[0],
        lines(1, start=NOON + timedelta(hours=49))[0],
    ]
    records, rejects = all_of_bytes(csv_of(rows))
    assert records.height == 6
    assert rejects.reasons == {"the same record again": 6}


def test_rows_out_of_order_and_a_day_late_all_count() -> None:
    rows = lines(400)
    rows[10], rows[300] = rows[300], rows[10]
    late = lines(60, start=NOON - timedelta(days=1))
    late = [row.replace("call-", "late-") for row in late]
    records, rejects = all_of_bytes(csv_of([*rows[:200], *late, *rows[200:]]))
    assert (records.height, rejects.total) == (460, 0)


def test_a_future_clock_is_set_aside_by_the_other_records() -> None:
    rows = lines(400)
    rows[150] = rows[150].replace("2021-", "2031-")
    rows[-1] = rows[-1].replace("2021-", "2031-")
    records, rejects = all_of_bytes(csv_of(rows))
    assert (records.height, rejects.reasons) == (398, {AHEAD: 2})
    far = lines(300, start=datetime(2090, 1, 1, tzinfo=UTC))  # the whole file lies in this machine's future
    assert all_of_bytes(csv_of(far))[0].height == 300


def test_a_record_from_after_it_was_seen_is_of_a_future_clock() -> None:
    rows = [f"2021-06-02T16:45:{i:02}Z,15,2021-06-02T16:46:00Z" for i in range(10)]
    rows[4] = "2021-06-02T19:45:04Z,15,2021-06-02T16:46:00Z"
    assert all_of_bytes(csv_of(rows, "time,service,seen"))[1].reasons == {AHEAD: 1}


def test_a_clock_that_jumps_is_counted_and_said_and_its_rows_count() -> None:
    rows = [*lines(500), *lines(500, start=NOON - timedelta(hours=3))]
    rows = [row.replace("call-", f"{i}-") for i, row in enumerate(rows)]
    records, rejects = all_of_bytes(csv_of(rows))
    assert (records.height, rejects.total, rejects.remarks) == (1000, 0, {JUMPS: 1})


def test_a_file_in_no_order_counts_and_is_remarked() -> None:
    rows = [row for block in reversed(range(40)) for row in lines(50, start=NOON + timedelta(hours=block))]
    rows = [row.replace("call-", f"{i}-") for i, row in enumerate(rows)]
    records, rejects = all_of_bytes(csv_of(rows))
    assert (records.height, rejects.total, rejects.remarks) == (2000, 0, {UNORDERED: 1})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty: check the export."),
        (b"\n \n", "the file is empty: check the export."),
        (gzip.compress(b""), "the file is empty: check the export."),
        (bytes(range(256)) * 20, "this is binary, not a file of records: give CSV, JSON Lines or Parquet."),
        (
            b"<!DOCTYPE html>\n<html><body>Session expired</body></html>",
            "this is a web page, whatever its name says: download or export the file itself again.",
        ),
        (
            b"\r\n  <HTML>\n",
            "this is a web page, whatever its name says: download or export the file itself again.",
        ),
        (
            b"PK\x03\x04xl/workbook.xml",
            "this is a zip archive or an Excel or LibreOffice workbook, not a file of records: "
            "unpack it, or save the sheet as CSV.",
        ),
        (b"\xd4\xc3\xb2\xa1\0\0", "this is a packet capture, not a file of records: give records, not packets."),
        (b"nothing to see here\n", "the format isn't known: run `tocsin look` on it: it drafts a mapping to give with "
                                   "--mapping."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_file_of_records_is_one_clear_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        all_of(path)
    assert str(caught.value) == f"{path}: {sentence}"


def test_a_missing_file_and_an_empty_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        all_of(tmp_path / "calls.csv")
    assert str(caught.value) == f"{tmp_path / 'calls.csv'}: can't be read (No such file or directory): check the path."
    with pytest.raises(InputError, match="the folder holds no file: give it a file of records"):
        all_of(tmp_path)


def test_a_header_alone_is_no_call_and_no_error() -> None:
    assert all_of_bytes(csv_of([]))[0].height == 0


def test_bare_cr_line_ends_are_line_ends() -> None:
    assert all_of_bytes(csv_of(lines(20)).replace(b"\n", b"\r"))[0].height == 20


def test_an_unescaped_quote_costs_its_own_row_and_no_more() -> None:
    rows = lines(50)
    rows[7] = rows[7].replace("call-7", '"call-7')
    rows[20] = rows[20].replace("call-20", 'the "20"')
    rows[30] = rows[30].replace("call-30", '"call ""30"""')
    records, rejects = all_of_bytes(csv_of(rows))
    assert (records.height, rejects.reasons) == (49 - 1 + 1, {"a quote is open or out of place": 1})
    assert 'call "30"' in records["id"].to_list()
    assert 'the "20"' in records["id"].to_list()


def test_ten_per_cent_of_garbage_is_counted_and_every_good_row_counts() -> None:
    good = lines(9000)
    garbage = ["\x07#~ééé", ",,,,", "0199000111", '"', "{}", "a,b,c,d,e,f,g,h", "2021,15,x,35,answered"]
    rows = [row for i, line in enumerate(good) for row in ([line, garbage[i % 7]] if i % 9 == 0 else [line])]
    records, rejects = all_of_bytes(csv_of(rows))
    assert records.height == 9000
    assert rejects.total == 1000


def test_extra_fields_are_a_bad_row_and_extra_columns_are_left_unread() -> None:
    records, rejects = all_of_bytes(csv_of([*lines(10), *lines(3, more=",extra"), *lines(1, every_s=1, more=",,")]))
    assert (records.height, rejects.reasons) == (10, {"too many fields": 3, "the same record again": 1})
    assert all_of_bytes(csv_of(lines(10, more=",x"), HEADER + ",comment"))[0].height == 10


def test_json_lines_of_mixed_types_are_read_one_by_one() -> None:
    rows: list[object] = [
        {"time": "2021-06-02T16:45:00Z", "service": "15", "sip_status": 200, "talk_s": 3.5},
        {"time": "2021-06-02T16:45:01Z", "service": 15, "sip_status": "503", "id": 7},
        {"time": "2021-06-02T16:45:02Z", "service": "15", "caller": "", "extra": [1, {"a": None}]},
        {"time": "2021-06-02T16:45:03Z", "service": "15"},
        [1, 2],
        {"time": 5, "service": {"a": 1}},
    ]
    data = "\n".join([*map(json.dumps, rows), '{"time": "2021-', '{"id": "\\ud800"}', ""]).encode()
    records, rejects = all_of_bytes(data)
    assert records["sip_status"].to_list() == [200, 503, None, None]
    assert records["id"].to_list() == [None, "7", None, None]
    assert rejects.reasons == {"not JSON": 3, "service is unknown": 1}


def test_a_foreign_parquet_is_read_through_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    pl.DataFrame(
        {"timeStamp": [datetime.fromisoformat("2015-12-10 17:40")], "title": ["EMS: FALL"], "twp": ["ABINGTON"]}
    ).write_parquet(path)
    records, _ = all_of(path, mapping="montgomery-911")
    assert records["service"].to_list() == ["15"]
