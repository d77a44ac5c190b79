from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.simulate.rehearsal import FRANCE, calls, column, county, evening, played, quiet_day, written

from tocsin.calls.record import RECORD
from tocsin.simulate import build, load


def test_records_have_exactly_the_schema_and_true_values() -> None:
    day = quiet_day()
    assert day.schema == RECORD
    assert day["time"].null_count() == 0
    assert day["service"].null_count() == 0
    assert set(calls(day)["service"]) <= set(FRANCE.services)
    assert set(calls(day)["area"]) <= set(FRANCE.areas)
    assert column(day, "ring_s").min() >= 0
    assert calls(day)["caller"].str.contains(r"^[0-9a-f]{16}$").all()


def test_no_id_of_a_feed_stands_twice() -> None:
    assert not quiet_day().select(pl.struct("feed", "id").is_duplicated().any()).item()


def test_the_operator_knows_every_attempt_and_the_centre_only_those_that_arrived() -> None:
    lost, _ = evening()
    operator, centre = calls(lost), calls(lost, "centre")
    assert set(centre["outcome"]) <= {"answered", "abandoned", "busy"}
    delivered = operator.filter(pl.col("outcome").is_in(["answered", "abandoned"]))
    # 0.3 % keep no record and a few engaged centres are on both sides
    assert centre.height / delivered.height == pytest.approx(0.997, abs=0.003)
    assert set(operator["feed"]) == {"operator-A", "operator-B", "operator-C", "operator-D"}
    assert "centres-R53" in set(centre["feed"])


def test_a_centre_sees_its_departement_the_trunk_and_the_access_but_not_the_caller_s_operator() -> None:
    rennes = calls(quiet_day(), "centre").filter((pl.col("centre") == "CRRA-SAMU-35") & (pl.col("service") == "15"))
    assert set(rennes["area"]) == {"35"}
    assert set(rennes["path"]) == {"TR-CRRA-SAMU-35"}
    assert set(rennes["access"]) == {"fixed", "mobile"}
    assert rennes["operator"].null_count() == rennes.height
    assert set(rennes["feed"]) == {"centres-R53"}


def test_a_path_leads_from_the_operator_s_gateway_over_the_shared_node_to_the_centre_s_trunk() -> None:
    rennes = calls(quiet_day()).filter(centre="CRRA-SAMU-35", service="15")
    fixed = rennes.filter((pl.col("operator") == "C") & (pl.col("access") == "fixed"))
    assert set(fixed["path"]) == {f"C-GW-R53>A-CS-{k}>TR-CRRA-SAMU-35" for k in range(1, 7)}
    mobile = rennes.filter((pl.col("operator") == "A") & (pl.col("access") == "mobile"))
    assert set(mobile["path"]) == {f"A-GW-R53>A-SBC-{k}>TR-CRRA-SAMU-35" for k in (1, 2)}
    assert set(fixed["centre"]) == {"CRRA-SAMU-35"}


def test_both_vantages_know_a_caller_by_the_same_sixteen_digits_and_disagree_on_the_time_by_seconds() -> None:
    day = quiet_day()
    once = pl.col("caller").is_duplicated().not_()
    pair = calls(day).filter(once).join(calls(day, "centre").filter(once), on="caller", suffix="_there")
    assert pair.height > 120_000
    pair = pair.with_columns(behind=(pl.col("time_there") - pl.col("time")).dt.total_milliseconds() / 1000)
    behind = column(pair, "behind")
    assert -3 < behind.min() < 0 < np.median(behind) < behind.max() < 8
    assert (np.abs(behind) < 5).mean() > 0.999
    by_centre = pair.group_by("centre_there").agg(pl.col("behind").median(), pl.len())
    clocks = build(FRANCE, 1)
    fast = dict(zip(clocks.centres, clocks.centre_clock.tolist(), strict=True))
    for centre, median, number in by_centre.filter(pl.col("len") > 500).iter_rows():
        assert median == pytest.approx(1.2 + fast[centre], abs=0.3), number


def test_a_failure_is_recorded_within_seconds_and_an_answered_call_minutes_later() -> None:
    day = calls(quiet_day()).with_columns(late=(pl.col("seen") - pl.col("time")).dt.total_milliseconds() / 1000)
    late = dict(day.group_by("outcome").agg(pl.col("late").median()).iter_rows())
    assert 3 < late["lost"] < 10
    assert 60 < late["answered"] < 180
    assert (column(day.filter(outcome="lost"), "late") < 60).mean() > 0.99
    assert column(day, "late").min() > 0


def test_without_lateness_nothing_has_a_seen() -> None:
    frame, _ = played(written(""), county(), vantage="both", late=False)
    assert frame["seen"].null_count() == frame.height


def test_every_feed_beats_once_a_minute() -> None:
    day = quiet_day()
    beats = day.filter(pl.col("service") == "heartbeat").group_by("feed").len()
    assert set(beats["feed"]) == set(build(FRANCE, 1).feeds)
    assert set(beats["len"]) == {1440}
    assert day.filter(pl.col("service") == "heartbeat")["caller"].null_count() == beats["len"].sum()


def test_a_silent_feed_hands_over_nothing_for_two_hours_and_the_calls_go_on() -> None:
    frame, truth = played(load("silent-feed"), FRANCE, vantage="both")
    arrived = pl.coalesce("seen", "time").is_between(truth.onset, truth.end, closed="left")
    during = frame.filter(arrived)
    assert during.filter(pl.col("feed") == "centres-R53").height == 0
    assert during.filter(pl.col("feed") == "centres-R52").height > 500
    assert during.filter(pl.col("path").str.contains("GW-R53>", literal=True)).height > 500
    assert truth.scope == {"feed": ["centres-R53"]}
    assert truth.lost == 0
