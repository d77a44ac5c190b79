"""Foreign files through a mapping: the shipped ones on their real files, and what a mapping can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import FRANCE, all_of, all_of_bytes, shared

from tocsin import territory
from tocsin.calls.mapping import Mapping, shipped_names
from tocsin.calls.site import Site
from tocsin.errors import InputError

SITE = "called,queue,trunk,service,centre,operator\n*,,,15,HQ,\n"


def through(mapping: str, data: str) -> tuple[list[dict[str, object]], dict[str, int], dict[str, int]]:
    """Records (only what they fill), reasons and remarks of a text read through a mapping."""
    found, rejects = all_of_bytes(data.encode(), mapping=Mapping.from_text(mapping, name="test"))
    rows = [{name: value for name, value in row.items() if value is not None} for row in found.to_dicts()]
    return rows, dict(rejects.reasons), {str(what): count for what, count in rejects.remarks.items()}


def test_montgomery_is_read_whole_with_its_gap_and_its_skipped_hour() -> None:
    records, rejects = all_of(shared("data/montgomery_911.csv.gz"))
    assert (records.height, rejects.total) == (99_492, 0)
    assert dict(records["service"].value_counts().iter_rows()) == {"15": 48_877, "17": 35_695, "18": 14_920}
    assert records["time"][0] == datetime(2015, 12, 10, 22, 40, tzinfo=UTC)
    gaps = records.select(pl.col("time"), gap=pl.col("time").diff())
    longest = gaps.sort("gap", descending=True, nulls_last=True).row(0)
    assert longest[1] > timedelta(hours=13)
    assert longest[0].date().isoformat() == "2016-05-02"


def test_montgomerys_townships_are_areas_of_its_own_county(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text(
        "code,name,kind,parent,population\nMC,Montgomery County,county,,800000\nNH,New Hanover,township,MC,12000\n"
        "HT,Hatfield Township,township,MC,17000\n"
    )
    (tmp_path / "services.csv").write_text(
        "code,urn,name\n15,urn:service:sos.ambulance,EMS\n17,urn:service:sos.police,Police\n18,urn:service:sos.fire,Fire\n"
    )
    (tmp_path / "territory.toml").write_text('name = "Montgomery County"\nzone = "America/New_York"\n')
    county = territory.load(tmp_path)
    records, _ = all_of(shared("data/montgomery_911.csv.gz"), territory=county)
    assert records["area"][:2].to_list() == ["NH", "HT"]


def test_the_bank_is_one_call_a_row_with_its_unit_and_line_as_nodes() -> None:
    records, rejects = all_of(shared("data/anonymous_bank_1999_02.csv.gz"))
    assert (records.height, rejects.reasons) == (33_344 - 278, {"set aside by the mapping": 278})  # phantom calls
    assert records["path"][0] == "AA01>AA0101"
    assert records["time"][0] == datetime(1999, 2, 1, 5, 2, 47, tzinfo=UTC)
    assert records["id"].n_unique() == records.height
    silent = records.filter(
        pl.col("path").str.starts_with("AA02"),
        pl.col("time").dt.convert_time_zone("Asia/Jerusalem").dt.replace_time_zone(None).is_between(
            datetime.fromisoformat("1999-02-08 13:08:45"), datetime.fromisoformat("1999-02-08 17:48:06")
        ),
    )  # fmt: skip
    assert silent.height == 0


def test_the_french_spreadsheet_is_8_calls_of_which_3_are_unanswered(tmp_path: Path) -> None:
    path = tmp_path / "site.csv"
    path.write_text(SITE)
    records, rejects = all_of(shared("formats/asterisk_excel_fr.csv"), site=path)
    assert (records.height, rejects.total) == (8, 0)
    assert records.filter(pl.col("outcome") != "answered").height == 3
    assert records["talk_s"][0] == 514.0
    named, _ = all_of(shared("formats/asterisk_excel_fr.csv"), site=path, mapping="asterisk-excel-fr")
    assert named.equals(records)


def test_san_francisco_is_one_call_for_all_its_units_in_both_spellings() -> None:
    header = "Call Number,Unit ID,Call Type,Received DtTm,Zipcode of Incident"
    rows = [
        "1,E01,Structure Fire,01/01/2017 11:47:55 AM,94103",
        "1,T01,Structure Fire,01/01/2017 11:47:55 AM,94103",
        "2,M01,Medical Incident,01/01/2017 12:05:00 AM,94103",
        "1,B01,Structure Fire,01/01/2017 11:47:55 AM,94103",
        "3,E02,Medical Incident,07/01/2017 12:05:00 PM,94103",
    ]
    for head in (header, header.replace(" ", "")):
        records, _ = all_of_bytes("\n".join([head, *rows]).encode())
        assert records.sort("id").select("id", "service", "time").rows() == [
            ("1", "18", datetime(2017, 1, 1, 19, 47, 55, tzinfo=UTC)),
            ("2", "15", datetime(2017, 1, 1, 8, 5, tzinfo=UTC)),
            ("3", "15", datetime(2017, 7, 1, 19, 5, tzinfo=UTC)),
        ]


PARIS = """
[time]
zone = "Europe/Paris"
formats = ["%d/%m/%Y %H:%M"]
[constants]
service = "15"
[columns]
time = "when"
"""


def test_both_nights_of_the_clocks_in_a_foreign_file() -> None:
    spring = ["28/03/2021 01:59", "28/03/2021 02:30", "28/03/2021 03:01"]
    autumn = ["31/10/2021 01:50", "31/10/2021 02:10", "31/10/2021 02:50", "31/10/2021 02:20", "31/10/2021 03:10"]
    rows, reasons, remarks = through(PARIS, "\n".join(["when,x", *(f"{time}," for time in (*spring, *autumn))]))
    assert [f"{row['time']:%d %H:%M}" for row in rows] == [
        "28 00:59", "28 01:01", "30 23:50", "31 00:10", "31 00:50", "31 01:20", "31 02:10"
    ]  # fmt: skip
    assert (reasons, remarks) == ({"time does not exist in the zone": 1}, {})


def test_a_doubled_hour_that_the_order_does_not_show_is_counted() -> None:
    _, reasons, remarks = through(PARIS, "when,x\n31/10/2021 01:50,\n31/10/2021 02:30,\n")
    assert reasons == {}
    assert remarks == {
        "time in the hour that comes twice in autumn, order doesn't show which: the earlier was taken": 1
    }


def test_a_time_in_another_format_is_a_bad_row_with_its_reason() -> None:
    _, reasons, _ = through(PARIS, "when,x\n31/10/2021 01:50,\n2021-10-31 01:50,\n")
    assert reasons == {"time is not of the mapping's formats": 1}


def test_epochs_lengths_values_and_json_lines() -> None:
    mapping = """
    [time]
    formats = ["epoch_ms"]
    [columns]
    time = "at"
    service = { from = "kind", find = '(?i)^(\\w+)', values = { fire = "18" }, other = "15" }
    ring_s = { from = "waited" }
    outcome = { from = "end", values = { ok = "answered" }, other = "" }
    operator = "via"
    """
    data = (
        '{"at": 1622645998123, "kind": "fire, big", "waited": "0:01:30", "end": "ok", "via": "op-b"}\n'
        '{"at": 1622645999000, "kind": "fall", "waited": "7,5", "end": "?", "via": null}\n'
    )
    rows, reasons, _ = through(mapping, data)
    assert reasons == {}
    when = datetime(2021, 6, 2, 14, 59, 58, 123_000, tzinfo=UTC)
    assert rows == [
        {"time": when, "service": "18", "outcome": "answered", "ring_s": 90.0, "operator": "op-b"},
        {"time": datetime(2021, 6, 2, 14, 59, 59, tzinfo=UTC), "service": "15", "ring_s": 7.5},
    ]


def test_a_length_between_two_columns_and_what_did_not_happen() -> None:
    mapping = """
    [time]
    zone = "UTC"
    formats = ["%Y-%m-%d %H:%M:%S"]
    absent = ["-"]
    [constants]
    service = "15"
    [columns]
    time = "start"
    talk_s = { start = "answer", end = "stop" }
    """
    data = "start,answer,stop\n2021-06-02 12:00:00,2021-06-02 12:00:08,2021-06-02 12:01:00\n2021-06-02 13:00:00,-,-\n"
    rows, _, _ = through(mapping, data)
    assert [row.get("talk_s") for row in rows] == [52.0, None]


def test_a_file_without_header_is_read_by_position() -> None:
    mapping = '[file]\ncolumns = ["when", "who"]\n' + PARIS
    rows, _, _ = through(mapping, "02/06/2021 16:45;x\n02/06/2021 16:46;y\n")
    assert len(rows) == 2


def test_a_file_that_lacks_a_column_is_one_clear_sentence() -> None:
    with pytest.raises(InputError) as caught:
        through(PARIS, "date,number\n1,2\n")
    assert str(caught.value).endswith(
        ": the mapping test reads the column 'when', and the file begins with 'date,number': "
        "check the file, its delimiter, or the mapping."
    )


def test_the_callers_number_gives_its_access_and_is_hashed() -> None:
    rows, _, remarks = through(PARIS + 'caller = "who"\n', "when,who\n02/06/2021 16:45,06 39 98 00 01\n")
    assert rows[0]["access"] == "mobile"
    assert len(str(rows[0]["caller"])) == 16
    assert remarks == {}


def test_a_column_may_have_any_name() -> None:
    mapping = PARIS.replace('"when"', '"*"') + 'id = "line"\noperator = "^x$"\ncentre = "fields"\n'
    rows, _, _ = through(mapping, "*,line,^x$,fields\n02/06/2021 16:45,7,op-b,X\n")
    assert [(row["id"], row["operator"], row["centre"]) for row in rows] == [("7", "op-b", "X")]
    records, _ = all_of_bytes(b"time,service,*,line,^x$\n2021-06-02T16:45:00Z,15,,3,\n")
    assert records.height == 1


def test_an_epoch_beyond_every_calendar_is_a_bad_row() -> None:
    mapping = "[time]\nformats = ['epoch_s']\n[constants]\nservice = '15'\n[columns]\ntime = 'at'\n"
    _, reasons, _ = through(mapping, "at,x\n1622645998,\n1622645999,\n9e18,\n-5,\n")
    assert reasons == {"time is not of the mapping's formats": 2}


def test_the_error_for_a_wrong_file_shows_no_number_in_clear() -> None:
    with pytest.raises(InputError, match="the file begins with 'xxxxxxxxxx,2021-06-02'"):
        through(PARIS, "0199000111,2021-06-02\n")


def test_the_page_on_mappings_holds_true() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "read-your-file.md").read_text("utf-8")
    mapping = page.split("```toml\n")[1].split("```")[0]
    header = "Date;Heure;Motif;Fin;Repondu a;Raccroche a;Faisceau;Appelant;Appele;Debut"
    row = "02/06/2021;16:45:00;Sante x;Repondu;02/06/2021 16:45:08;02/06/2021 16:46:00;AA0101;0199000111;0199001500;1"
    rows, reasons, _ = through(mapping, "\n".join([header, row, row.replace("Repondu;", "Test;").replace(";1", ";2")]))
    assert reasons == {"set aside by the mapping": 1}
    (record,) = rows
    assert (record["service"], record["outcome"], record["talk_s"], record["path"], record["access"]) == (
        "15", "answered", 52.0, "AA01>AA0101", "fixed"
    )  # fmt: skip
    assert all(f"`{name}`" in page for name in shipped_names())
    Site.from_text(page.split("```csv\n")[1].split("```")[0], FRANCE)


def test_a_country_without_the_mappings_services_says_so() -> None:
    mapping = PARIS.replace('service = "15"', 'service = "911"')
    with pytest.raises(InputError, match=r"service is unknown \(2 rows, first in line 2\)"):
        through(mapping, "when,x\n02/06/2021 16:45,\n02/06/2021 16:46,\n")
    assert FRANCE.service("911") is None
