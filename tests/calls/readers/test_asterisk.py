"""Asterisk cdr-csv: the samples' right answers, and what misleads its readers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import FRANCE, all_of, all_of_bytes, shared

from tocsin.calls import examine
from tocsin.calls.read import recognised
from tocsin.calls.site import Site

SITE = Site.from_text("called,queue,trunk,service,centre,operator\n*,,,15,HQ,\n,,SIP/op-b,,,op-b\n", FRANCE)


def row(
    *,
    src: str = "0199000111",
    dst: str = "0199001500",
    channel: str = "SIP/op-b-0001",
    to: str = "SIP/100-0002",
    app: str = "Dial",
    data: str = "SIP/100",
    start: str = "2021-06-02 16:45:00",
    answer: str = "2021-06-02 16:45:08",
    end: str = "2021-06-02 16:46:00",
    talk: int = 52,
    how: str = "ANSWERED",
    more: tuple[str, ...] = ("1622645100.7", ""),
) -> str:
    """A row as Asterisk writes it; 16:45 is Paris time, the epoch of the uniqueid says 14:45 UTC."""
    texts = ["", src, dst, "from-op", f'""{src}"" <{src}>', channel, to, app, data, start, answer, end]
    quoted = ",".join(f'"{text}"' for text in texts)
    return ",".join([quoted, "60", str(talk), f'"{how}"', '"DOCUMENTATION"', *(f'"{text}"' for text in more)])


def calls(*rows: str) -> pl.DataFrame:
    return all_of_bytes("\n".join([*rows, ""]).encode("latin-1"), "Master.csv", site=SITE)[0]


NOT = {"answer": "", "talk": 0, "how": "NO ANSWER"}


def test_the_sample_of_218_rows_is_174_calls_of_which_41_are_unanswered() -> None:
    records, rejects = all_of(shared("formats/asterisk_mastercsv_218.csv"), site=SITE)
    assert records.height == 174
    assert records.filter(pl.col("outcome") != "answered").height == 41
    assert records["outcome"].value_counts().sort("outcome").rows() == [
        ("answered", 133),
        ("abandoned", 39),
        ("busy", 2),
    ]
    assert rejects.total == 0
    assert records["time"][0] == datetime(2017, 6, 20, 9, 49, 22, tzinfo=UTC)


def test_without_a_site_its_calls_are_set_aside_and_look_says_how_to_mend_it() -> None:
    path = shared("formats/asterisk_mastercsv_218.csv")
    records, rejects = all_of(path)
    assert (records.height, rejects.reasons) == (0, {"not an emergency call or service unknown": 174})
    seen = examine(path, FRANCE)
    assert seen.mend == (
        (
            "not an emergency call or service unknown",
            174,
            "list the called number, queue or trunk in site.csv and give it with --site",
        ),
    )
    assert seen.site is not None
    assert seen.site.startswith("called,queue,trunk,service,centre,operator,calls\n397-815-2211,,,,,,50\n")
    assert seen.zone == "proved by the epoch in uniqueid of the first 218 rows: UTC+00:00 (218)"


def test_header_rows_are_no_calls_wherever_they_stand() -> None:
    records, rejects = all_of(shared("formats/asterisk_bom_repeated_header.csv"), site=SITE)
    assert (records.height, rejects.total) == (4, 0)
    assert records["outcome"].to_list() == ["answered", "abandoned", "answered", "abandoned"]


def test_five_members_of_a_queue_are_one_call_answered_once() -> None:
    legs = [row(to=f"SIP/10{i}-0002", app="Queue", data="accueil,t,,,60", **NOT) for i in range(4)]  # type: ignore[arg-type]
    records = calls(*legs, row(to="SIP/104-0002", app="Queue", data="accueil,t,,,60"))
    assert records.select("outcome", "ring_s", "talk_s").rows() == [("answered", 8.0, 52.0)]


def test_answered_by_the_switch_alone_is_not_answered() -> None:
    records = calls(row(to="", app="Queue", data="accueil"))
    assert records.select("outcome", "talk_s").rows() == [("abandoned", None)]


@pytest.mark.parametrize(
    ("how", "outcome"), [("NO ANSWER", "abandoned"), ("BUSY", "busy"), ("FAILED", "lost"), ("CONGESTION", "lost")]
)
def test_dispositions_become_outcomes(how: str, outcome: str) -> None:
    assert calls(row(how=how, answer="", talk=0))["outcome"].to_list() == [outcome]


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("1622645100.7",),
        ("a userfield",),
        ("1622645100.7", "user"),
        ("SIP/op-b", "1622645100.7", "12"),
        ("1622645100.8", "SIP/op-b", "1622645100.7", "12"),
        ("a userfield", "SIP/op-b", "1622645100.7", "12"),
        ("1622645100.8", "user", "SIP/op-b", "1622645100.7", "12"),
    ],
)
def test_rows_of_16_to_21_columns_say_the_same(more: tuple[str, ...]) -> None:
    records = calls(row(more=more))
    assert records["time"].to_list() == [datetime(2021, 6, 2, 14, 45, tzinfo=UTC)]
    assert records["seen"].to_list() == [datetime(2021, 6, 2, 14, 46, tzinfo=UTC)]
    assert (records["id"].to_list() == ["1622645100.7"]) == ("1622645100.7" in more)


def test_legs_are_joined_by_linkedid() -> None:
    first = row(more=("1622645100.7", "", "", "1622645100.7", "1"), **NOT)  # type: ignore[arg-type]
    second = row(more=("1622645160.9", "", "", "1622645100.7", "2"), start="2021-06-02 16:46:00", dst="0199001599")
    assert calls(first, second).select("id", "outcome").rows() == [("1622645100.7", "answered")]


def test_a_clock_in_another_zone_is_seen_from_the_uniqueid() -> None:
    moscow = row(start="2021-06-02 17:45:00", answer="", end="2021-06-02 17:45:30", talk=0, how="NO ANSWER")
    records = calls(moscow)
    assert records["time"].to_list() == [datetime(2021, 6, 2, 14, 45, tzinfo=UTC)]
    assert records["seen"].to_list() == [datetime(2021, 6, 2, 14, 45, 30, tzinfo=UTC)]


def test_the_doubled_hour_of_autumn_is_no_riddle_to_a_row_with_a_uniqueid() -> None:
    first = row(start="2021-10-31 02:30:00", end="2021-10-31 02:31:00", more=("1635640200.1", ""))
    second = row(start="2021-10-31 02:30:00", end="2021-10-31 02:31:00", more=("1635643800.2", ""))
    assert calls(first, second)["time"].dt.hour().to_list() == [0, 1]


def test_without_uniqueid_the_zone_is_the_territorys_and_that_is_counted() -> None:
    data = (row(more=()) + "\n" + row(more=(), start="2021-03-28 02:30:00", end="2021-03-28 03:30:00") + "\n").encode()
    records, rejects = all_of_bytes(data, site=SITE)
    assert records["time"].to_list() == [datetime(2021, 6, 2, 14, 45, tzinfo=UTC)]
    assert rejects.reasons == {"time does not exist in the zone": 1}
    assert rejects.remarks == {"time without a zone or uniqueid: read in the zone of the territory": 2}


def test_a_call_without_uniqueid_is_known_again_and_its_id_shows_no_number(tmp_path: Path) -> None:
    for name in ("Master.csv", "account.csv"):
        (tmp_path / name).write_text(row(more=()) + "\n")
    records, rejects = all_of(tmp_path, site=SITE)
    assert (records.height, rejects.reasons) == (1, {"the same record again": 1})
    assert "0199" not in (records["id"][0] or "")


def test_raw_bytes_in_a_callers_name_cost_nothing() -> None:
    name = row().replace('""0199000111""', '""\xa5\xa5 caf\xe9""')
    assert calls(name, row(more=("1622645101.8", ""))).height == 2


def test_the_system_name_in_the_uniqueid_is_the_feed() -> None:
    assert calls(row(more=("pbx-2-1622645100.7", "")))["feed"].to_list() == ["pbx-2"]


def test_the_number_called_the_queue_and_the_trunk_ask_the_site() -> None:
    records = calls(row(dst="18"), row(more=("1622645101.8", ""), channel="SIP/other-0001"))
    assert records.select("service", "operator", "path", "access").rows() == [
        ("18", "op-b", "SIP/op-b", "fixed"),
        ("15", None, None, "fixed"),
    ]


def test_the_caller_is_hashed_and_a_redial_of_the_day_shows() -> None:
    records = calls(row(), row(src="+33199000111", more=("1622645190.8", "")))
    assert records["caller"].n_unique() == 1
    assert "0199000111" not in records.write_csv()


def test_the_order_of_cdr_custom_is_not_taken_for_cdr_csv() -> None:
    clid_first = (
        b'"""A"" <0199000111>","0199000111","0199001500","from-op","SIP/op-b-1","SIP/100-2","Dial","SIP/100",60\n'
    )
    with pytest.raises(Exception, match="the format isn't known"):
        recognised(clid_first)


def test_impossible_dates_and_broken_rows_are_faults() -> None:
    bad = [row(start="2021-02-30 16:45:00"), row(how="PERHAPS"), row(talk=-1), '"",1,2']
    good = [row(more=(f"16226451{i:02}.1", "")) for i in range(10)]
    records, rejects = all_of_bytes("\n".join([*good, *bad, ""]).encode(), site=SITE)
    assert (records.height, rejects.reasons) == (10, {"not of this format": 3, "too few fields": 1})
