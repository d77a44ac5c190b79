from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from tests.simulate.rehearsal import FRANCE, calls, column, county, evening, outage, played, quiet_day, share, written

from tocsin.simulate import build, load

NOON = '[[fault]]\nkind = "{kind}"\nfrom = "12:00"\nto = "14:00"\n'


def at_noon(kind: str = "loss", more: str = "", *, seed: int = 1, world: str = "exact") -> pl.DataFrame:
    """Operators' records of the fault's hours (wall clock in Paris: one hour ahead of UTC) in the county."""
    frame, _ = played(written(NOON.format(kind=kind) + more), county(), seed=seed, world=world)
    hours = (datetime(2022, 3, 15, 11, tzinfo=UTC), datetime(2022, 3, 15, 13, tzinfo=UTC))
    return calls(frame).filter(pl.col("time").is_between(*hours, closed="left"))


def test_on_a_quiet_day_about_2_per_cent_fail_and_most_others_are_answered_within_seconds() -> None:
    day = calls(quiet_day())
    # 165,000 attempts: the standard error of 2 % is 0.035 %; busy redialled and the world's wandering come on top
    assert sum(share(day, outcome=failed) for failed in ("lost", "busy", "refused")) == pytest.approx(0.02, abs=0.004)
    assert 0.03 < share(day, outcome="abandoned") < 0.06
    ring = column(day.filter(outcome="answered"), "ring_s")
    assert 5 < np.median(ring) < 8
    assert (ring < 60).mean() > 0.99


def test_every_call_that_crosses_a_dead_server_is_lost_and_no_other_is() -> None:
    hours = at_noon(more='nodes = ["A-CS-3"]\nsip_status = 503\nq850_cause = 42\n')
    crossed = pl.col("path").str.contains("A-CS-3>", literal=True)
    dead = hours.filter(crossed)
    assert dead.height > 10
    assert set(dead["outcome"]) == {"lost"}
    assert set(dead["sip_status"]) == {503}
    assert set(dead["q850_cause"]) == {42}
    assert set(dead["access"]) == {"fixed"}
    assert share(hours.filter(~crossed), outcome="lost") < 0.05


def test_a_scope_is_the_crossing_of_its_fields() -> None:
    hours = at_noon(
        more='operators = ["B"]\nareas = ["T03"]\naccess = ["mobile"]\noutcome = "refused"\nsip_status = 603\n'
    )
    inside = (pl.col("operator") == "B") & (pl.col("area") == "T03") & (pl.col("access") == "mobile")
    assert set(hours.filter(inside)["outcome"]) == {"refused"}
    assert share(hours.filter(~inside), outcome="refused") < 0.03


def test_of_those_who_fail_seven_in_ten_dial_again_within_seconds_or_a_minute() -> None:
    hours = at_noon(more='areas = ["T01", "T02", "T03"]\nloss = 1.0\n').sort("time")
    first = hours.unique("caller", keep="first", maintain_order=True)
    again = hours.filter(pl.col("caller").is_duplicated()).sort("caller", "time")
    tried_again = again["caller"].n_unique() / first.height
    # 0.70 of whom 0.08 take another phone (and another fingerprint); 600 callers: standard error 0.02, four of them
    assert tried_again == pytest.approx(0.70 * 0.92, abs=0.08)
    pause = again.select(pause=pl.col("time").diff().over("caller").dt.total_milliseconds() / 1000)
    assert 10 < np.median(column(pause, "pause")) < 20
    assert column(hours.group_by("caller").len(), "len").max() <= 8


def test_some_redial_another_number_and_some_from_another_phone() -> None:
    frame, truth = evening()
    lost = calls(frame).filter(outage(truth)).sort("caller", "time")
    pairs = lost.with_columns(
        before=pl.col("service").shift().over("caller"), failed=(pl.col("outcome").shift() == "lost").over("caller")
    ).filter(pl.col("failed") & pl.col("before").is_in(["15", "17", "18"]))
    other = pairs.filter(pl.col("service") != pl.col("before"))
    assert other["service"].unique().to_list() == ["112"]
    # 0.10 of redials, of which 0.08 can't be followed; thousands of pairs: standard error under 0.005
    assert other.height / pairs.height == pytest.approx(0.10 / 0.92, abs=0.02)


def test_a_cut_call_was_answered_and_lasts_seconds() -> None:
    hours = at_noon("cut", "loss = 1.0\n")
    answered = hours.filter(pl.col("outcome") == "answered")
    assert answered.height > 0.7 * hours.height  # the others wait behind those who dial again
    assert column(answered, "talk_s").mean() < 5
    assert hours["caller"].n_unique() < 0.6 * hours.height  # they dial again and again


def test_a_silent_loss_looks_to_the_operator_like_a_call_given_up() -> None:
    text = NOON.format(kind="loss") + 'centres = ["CENTRE-T01"]\noutcome = "abandoned"\nsip_status = 487\n'
    frame, truth = played(written(text), county(), vantage="both", world="exact")
    dead = calls(frame).filter(outage(truth), centre="CENTRE-T01")
    assert dead.height > 20
    assert set(dead["outcome"]) == {"abandoned"}
    # those who dialled in the last seconds before the onset arrive after it
    assert calls(frame, "centre").filter(outage(truth), centre="CENTRE-T01").height <= 2


def test_where_more_call_than_positions_can_take_callers_wait_give_up_and_hear_engaged() -> None:
    text = '[[demand]]\nat = ["12:00", "14:00"]\nfactor = [8.0, 8.0]\n'
    crowd = calls(played(written(text), county(), world="exact")[0])
    rush = crowd.filter(
        pl.col("time").is_between(datetime(2022, 3, 15, 12, tzinfo=UTC), datetime(2022, 3, 15, 13, tzinfo=UTC))
    )
    assert share(rush, outcome="abandoned") > 0.2
    assert share(rush, outcome="busy") > 0.02
    assert np.median(column(rush.filter(outcome="answered"), "ring_s")) > 30


def test_the_queue_answers_first_come_first_served_with_no_more_calls_at_once_than_positions() -> None:
    text = '[[demand]]\nat = ["12:00", "14:00"]\nfactor = [4.0, 4.0]\n'
    frame, _ = played(written(text), county(), vantage="centre", world="exact")
    here = calls(frame, "centre").filter((pl.col("centre") == "CENTRE-T02") & (pl.col("outcome") == "answered"))
    start = here["time"].dt.timestamp("us").to_numpy() / 1e6 + here["ring_s"].to_numpy()
    end = start + here["talk_s"].to_numpy()
    country = build(county(), 1)
    positions = country.positions[country.centres.index("CENTRE-T02")]
    moments = np.concatenate([start, end])
    change = np.concatenate([np.ones(len(start)), -np.ones(len(end))])[np.argsort(moments, kind="stable")]
    assert 0.5 * positions < np.cumsum(change).max() <= positions


def test_auto_diallers_and_bursts_disturb_every_world_but_the_exact_one() -> None:
    plain = replace(load("2021-06-02"), days=1, until=None, faults=(), surges=())
    exact, ordinary = (calls(played(plain, FRANCE, seed=2, world=world)[0]) for world in ("exact", "ordinary"))
    assert column(exact.group_by("caller").len(), "len").max() <= 8
    assert column(ordinary.group_by("caller").len(), "len").max() > 8  # six machines on an average day
    crowds = [
        day.filter(access="mobile").group_by("area", "service", pl.col("time").dt.truncate("5m")).len()
        for day in (exact, ordinary)
    ]
    # of 150 bursts about half have more than five callers; by chance so many meet in a few large towns only
    few, many = (crowd.filter(pl.col("len") > 5).height for crowd in crowds)
    assert many > few + 30
