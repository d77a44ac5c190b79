from __future__ import annotations

from tocsin.cli.ledger import Ledger, Name
from tocsin.watch import Aside


def test_a_feed_is_aside_from_its_first_record_that_is_to_its_first_that_is_not() -> None:
    ledger = Ledger()
    for at, aside in ((10, False), (20, True), (30, True), (40, False), (50, False), (360, True)):
        ledger.note(("centre", "a"), at, aside=aside)
    assert ledger.asides == [
        Aside(vantage="centre", feed="a", since=20, until=40),
        Aside(vantage="centre", feed="a", since=360, until=None),
    ]


def test_a_feed_that_leaps_back_and_forth_for_a_day_is_aside_once() -> None:
    ledger = Ledger()
    for minute in range(1440):
        ledger.note(("operator", "a"), minute * 60, aside=True)
        ledger.note(("operator", "a"), minute * 60 + 5, aside=False)
    assert ledger.asides == [Aside(vantage="operator", feed="a", since=0, until=1439 * 60 + 5)]


def test_what_the_watch_has_passed_is_forgotten_and_what_lasts_is_not() -> None:
    ledger = Ledger()
    for at, aside in ((100, True), (200, False), (1000, True), (1100, False), (2000, True)):
        ledger.note(("centre", "a"), at, aside=aside)
    ledger.forget(1150)
    assert [each.since for each in ledger.asides] == [1000, 2000]
    ledger.forget(9000)
    assert [each.since for each in ledger.asides] == [2000]


def test_a_feed_without_a_name_hangs_on_nothing() -> None:
    ledger = Ledger()
    ledger.note((None, "a"), 10, aside=True)
    ledger.note(("centre", None), 10, aside=True)
    assert ledger.asides == []


def test_a_feed_of_which_one_record_is_odd_is_not_set_aside() -> None:
    ledger = Ledger()
    both: set[Name] = {("operator", "a"), ("operator", "b")}
    ledger.part(both, {("operator", "a")}, 100.0)
    assert ledger.asides == []
    ledger.part({("operator", "b")}, {("operator", "a")}, 160.0)
    ledger.part({("operator", "b")}, {("operator", "a")}, 220.0)
    assert ledger.asides == [Aside(vantage="operator", feed="a", since=160, until=None)]
    ledger.part(both, set(), 280.0)
    assert ledger.asides == [Aside(vantage="operator", feed="a", since=160, until=280)]
