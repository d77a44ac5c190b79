from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from tocsin.watch import Alarm, Cause, Evidence, Interval, Level, Scope, State
from tocsin.watch.alarm import alarm_id, zulu

SEVEN = datetime(2021, 6, 2, 17, 0, tzinfo=UTC)
ALARM = Alarm(
    alarm="0123456789ab",
    state=State.CLOSED,
    level=Level.PAGE,
    kind="failure",
    cause=Cause.LOST,
    at=SEVEN + timedelta(minutes=80),
    scope=Scope(area="R53", service="15"),
    onset=(SEVEN - timedelta(minutes=1), SEVEN, SEVEN + timedelta(minutes=2)),
    closed_at=SEVEN + timedelta(hours=1),
    lost=Interval(low=10.04, best=12.06, high=15.0),
    lost_per_hour=Interval(low=1, best=2, high=3),
    e_ratio=1.23456,
    evidence=(
        Evidence(
            family="outcome", vantage="operator", scope=Scope(area="R53"), seen=14.0, expected=1.94, of=97.0, share=0.91
        ),
    ),
    blind_to=("Feed SAMU 35 is silent: what it alone shows isn't watched.",),
)  # fmt: skip


def test_an_alarm_is_one_complete_json_object() -> None:
    assert json.loads(json.dumps(ALARM.as_json())) == {
        "alarm": "0123456789ab",
        "state": "closed",
        "level": "page",
        "kind": "failure",
        "cause": "lost",
        "at": "2021-06-02T18:20:00Z",
        "scope": {"area": "R53", "service": "15"},
        "onset": ["2021-06-02T16:59:00Z", "2021-06-02T17:00:00Z", "2021-06-02T17:02:00Z"],
        "closed_at": "2021-06-02T18:00:00Z",
        "lost": [10.0, 12.1, 15.0],
        "lost_per_hour": [1, 2, 3],
        "e_ratio": 1.23,
        "evidence": [
            {
                "family": "outcome",
                "vantage": "operator",
                "scope": {"area": "R53"},
                "seen": 14.0,
                "expected": 1.9,
                "of": 97.0,
                "share": 0.91,
            }
        ],
        "blind_to": ["Feed SAMU 35 is silent: what it alone shows isn't watched."],
    }


def test_what_is_not_known_is_null() -> None:
    told = replace(ALARM, lost=None, lost_per_hour=None, closed_at=None).as_json()
    assert told["lost"] is told["lost_per_hour"] is told["closed_at"] is None


def test_times_end_in_z_whatever_their_zone() -> None:
    paris = datetime(2021, 6, 2, 19, 0, tzinfo=timezone(timedelta(hours=2)))
    assert zulu(paris) == "2021-06-02T17:00:00Z"


def test_an_alarm_keeps_its_name_and_another_has_another() -> None:
    names = {
        alarm_id("failure", Scope(area="35"), 0),
        alarm_id("loss", Scope(area="35"), 0),
        alarm_id("failure", Scope(area="22"), 0),
        alarm_id("failure", Scope(area="35"), 10),
    }
    assert len(names) == 4
    assert all(len(name) == 12 and int(name, 16) >= 0 for name in names)
    assert alarm_id("failure", Scope(area="35"), 0) in names
