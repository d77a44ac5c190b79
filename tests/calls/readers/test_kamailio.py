"""Kamailio acc: the samples' right answers, and what misleads its readers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.calls.samples import all_of, all_of_bytes, shared

T = 1622645998


def acc(method: str, code: int, at: int, *, call: str = "c1", tags: tuple[str, str] = ("a", ""), **more: object) -> str:
    fields = {
        "method": method,
        "from_tag": tags[0],
        "to_tag": tags[1],
        "callid": call,
        "sip_code": str(code),
        "sip_reason": "",
        "time": T + at,
        "src_user": "0199000111",
        "dst_user": "15",
    }
    return json.dumps(fields | more)


def calls(*rows: str) -> pl.DataFrame:
    return all_of_bytes("\n".join([*rows, ""]).encode())[0].select("id", "service", "outcome", "sip_status", "talk_s")


def test_the_syslog_sample_is_three_calls() -> None:
    records, rejects = all_of(shared("formats/kamailio_acc_syslog.log"))
    assert records.select("service", "outcome", "sip_status", "talk_s", "access").rows() == [
        ("15", "answered", 200, 33.0, "fixed"),
        ("18", "lost", 503, None, "fixed"),
        ("112", "abandoned", 487, None, "mobile"),
    ]
    assert records["time"][0] == datetime(2021, 6, 2, 14, 59, 58, tzinfo=UTC)  # epoch; the syslog's stamp is Paris
    assert records["feed"].unique().to_list() == ["sbc1"]
    assert rejects.total == 0


def test_the_json_sample_is_two_calls_and_an_empty_reason_costs_nothing() -> None:
    records, _ = all_of(shared("formats/kamailio_acc.jsonl"))
    assert records.select("service", "sip_status", "talk_s").rows() == [("15", 200, 33.0), ("17", 480, None)]


def test_the_flatstore_sample_has_a_call_set_aside_with_its_reason() -> None:
    records, rejects = all_of(shared("formats/kamailio_acc_flatstore.csv"))
    assert records.select("service", "talk_s").rows() == [("15", 33.0), ("18", 4.0)]
    assert rejects.reasons == {"not an emergency call or service unknown": 1}
    with_site, _ = all_of(shared("formats/kamailio_acc_flatstore.csv"), site=shared("formats/site.csv"))
    assert with_site.select("service", "sip_status", "outcome").rows()[1] == ("15", 404, "lost")


def test_a_challenge_is_no_attempt_and_the_attempt_begins_with_it() -> None:
    rows = acc("INVITE", 407, 0), acc("INVITE", 503, 1), acc("INVITE", 401, 50, call="c2")
    assert calls(*rows).select("id", "sip_status").rows() == [("c1;a", 503)]
    _, rejects = all_of_bytes("\n".join(rows).encode())
    assert rejects.remarks == {"asked for credentials and never tried again: no attempt": 1}


def test_branches_that_failed_before_one_answered_are_an_answered_call() -> None:
    rows = acc("INVITE", 503, 0), acc("INVITE", 408, 5), acc("INVITE", 200, 9, tags=("a", "b"))
    assert calls(*rows).rows() == [("c1;a", "15", "answered", 200, None)]


@pytest.mark.parametrize("tags", [("a", "b"), ("b", "a")])
def test_a_bye_belongs_to_its_call_whoever_hangs_up(tags: tuple[str, str]) -> None:
    assert calls(acc("INVITE", 200, 0, tags=("a", "b")), acc("BYE", 200, 61, tags=tags))["talk_s"].to_list() == [61.0]


def test_a_reinvite_is_no_second_call() -> None:
    rows = [acc("INVITE", 200, at, tags=("a", "b")) for at in (0, 30)]
    assert calls(*rows, acc("BYE", 200, 61, tags=("a", "b"))).rows() == [("c1;a", "15", "answered", 200, 61.0)]


def test_a_call_id_used_again_by_another_caller_is_another_call() -> None:
    first = [acc("INVITE", 200, 0, tags=("a", "b")), acc("BYE", 200, 10, tags=("a", "b"))]
    second = [acc("INVITE", 200, 100, tags=("x", "y")), acc("BYE", 200, 105, tags=("y", "x"))]
    assert calls(*first, *second)["talk_s"].to_list() == [10.0, 5.0]


def test_a_bye_alone_is_no_attempt_and_said() -> None:
    rows = acc("BYE", 200, 0, call="earlier", tags=("a", "b")), acc("INVITE", 200, 1, tags=("a", "b"))
    records, rejects = all_of_bytes("\n".join(rows).encode())
    assert records.height == 1
    assert rejects.remarks == {"BYE of a call whose INVITE is not in the file: no attempt": 1}


def test_the_number_as_dialled_wins_over_the_one_it_was_routed_to() -> None:
    assert calls(acc("INVITE", 200, 0, dst_user="0199001800", dst_ouser="18"))["service"].to_list() == ["18"]


def test_a_time_without_zone_is_the_territorys_and_that_is_counted() -> None:
    records, rejects = all_of_bytes((acc("INVITE", 200, 0, time="2021-06-02 16:59:58") + "\n").encode())
    assert records["time"].to_list() == [datetime(2021, 6, 2, 14, 59, 58, tzinfo=UTC)]
    assert rejects.remarks == {"time without a zone: read in the zone of the territory": 1}


def test_other_lines_of_a_syslog_are_no_rows() -> None:
    line = (
        f"Jun  2 16:59:58 sbc1 kamailio[1]: ACC: call missed: timestamp={T};method=INVITE;from_tag=a;to_tag=;call_id=c;"
        "code=486;reason=Busy Here;src_user=0199000111;dst_user=15"
    )
    others = [f"Jun  2 16:59:{i:02} sbc1 sshd[2]: Connection closed" for i in range(30)]
    records, rejects = all_of_bytes("\n".join([*others, line, ""]).encode())
    assert records["outcome"].to_list() == ["busy"]
    assert (rejects.total, rejects.remarks) == (0, {"log lines that are no accounting": 30})


def test_rows_that_are_not_of_acc_are_faults() -> None:
    good = [acc("INVITE", 200, i, call=f"c{i}") for i in range(10)]
    bad = [acc("INVITE", 999, 0), acc("DANCE", 200, 0), acc("INVITE", 200, 0, time="soon"), "{", '{"a": 1}']
    records, rejects = all_of_bytes("\n".join([*good, *bad]).encode())
    assert (records.height, rejects.reasons) == (10, {"not of this format": 5})
