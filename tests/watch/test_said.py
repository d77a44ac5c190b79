from __future__ import annotations

from datetime import timedelta

import pytest
from tests.watch.island import at, second
from tests.watch.test_posterior import NORTH, running

from tocsin.watch import Alarm, State
from tocsin.watch.said import RATE_MINUTES, said


def told(state: State = State.UPDATE, *, silent: tuple[str, ...] = (), language: str = "en") -> Alarm:
    watch = running(NORTH)
    event = watch._events._open[0]
    return said(watch._evidence, watch._events._follow, event, state, second("17:10"), silent, language)


def test_an_alarm_says_where_since_when_and_how_many() -> None:
    alarm = told()
    assert alarm.at == at("17:10")
    assert abs(alarm.onset[1] - at("17:00")) <= timedelta(minutes=1)
    assert alarm.closed_at is None
    assert alarm.lost is not None
    assert alarm.lost.best == pytest.approx(10 * 40 * 0.6 * 1.39 * 0.5, rel=0.15)  # half of the north's ten minutes
    assert alarm.lost.low < alarm.lost.best <= alarm.lost.high
    assert alarm.evidence[0].family == "outcome"


def test_the_rate_an_hour_is_that_of_the_last_ten_minutes() -> None:
    alarm = told()
    assert alarm.lost is not None
    assert alarm.lost_per_hour is not None
    assert alarm.lost_per_hour.best == pytest.approx(60 / RATE_MINUTES * alarm.lost.best, rel=0.15)


def test_silent_feeds_are_told_in_the_officers_language() -> None:
    assert told(silent=("switch",), language="fr").blind_to[0].startswith("Le flux switch est muet")
