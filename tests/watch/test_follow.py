from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.watch.island import baseline, between, drawn, fault, island, second
from tests.watch.test_cells import place

from tocsin.counts import COUNTERS, Tally
from tocsin.watch import Scope, Watch
from tocsin.watch.event import TAIL_MINUTES, Event, Frozen
from tocsin.watch.follow import Follow
from tocsin.watch.recent import KEPT_MINUTES

BEGIN, END = "00:00", "40:00"
MINUTES = 40 * 60


@cache
def two_days() -> Tally:
    """The north loses three in ten from 02:00 on, for a day and a half."""
    return drawn(second(BEGIN), second(END), seed=7, faults=(fault("02:00", "48:00", 0.3, area="N"),))


@pytest.fixture(scope="module")
def watch() -> Watch:
    running = Watch(baseline(), island())
    running.decide(two_days(), second(END))
    return running


@pytest.fixture
def event(watch: Watch) -> Event:
    (opened,) = watch._events._open
    return opened


@pytest.fixture
def follow(watch: Watch) -> Follow:
    return watch._events._follow


def counted(counter: str, area: str, since: int, until: int) -> int:
    """What the tally holds of a counter, minutes ``since`` to before ``until``."""
    tally = between(two_days(), since * 60, until * 60)
    here = tally.cells["area"].str.starts_with(area).to_numpy()[tally.cell]
    return int(tally.counts[here, COUNTERS.index(counter)].sum())


def outcome(watch: Watch) -> int:
    return next(i for i, each in enumerate(watch._evidence.components) if each.family.name == "outcome")


def test_after_a_day_and_a_half_an_event_is_half_a_day_of_minutes_and_sums(watch: Watch, event: Event) -> None:
    assert event.named.area == "NN"
    assert event.until - event.onset[1] > 37 * 60
    assert all(len(seen.k) == TAIL_MINUTES for seen in event.seen.values())
    assert len(watch._recent._minute) <= 4 * len(two_days()) * KEPT_MINUTES / MINUTES
    sums = event.sums(outcome(watch), event.onset[1], event.until)
    assert sums.k == counted("failed", "N", event.onset[1], event.until)
    assert sums.n == counted("known", "N", event.onset[1], event.until)
    assert sums.expected == pytest.approx(0.02 * sums.n, rel=0.1)


def test_what_was_counted_since_the_onset_is_known_to_any_recent_minute(event: Event, follow: Follow) -> None:
    for until in (event.until, event.until - 100):
        found = follow.counted(event, event.onset[1], until)
        assert found[0, 0] == counted("tries", "N", event.onset[1], until)
    recent = follow.counted(event, event.until - 10, event.until)
    assert recent[0, 0] == counted("tries", "N", event.until - 10, event.until)


def test_an_old_event_that_takes_a_wider_scope_knows_what_was_counted_there(
    watch: Watch, event: Event, follow: Follow
) -> None:
    wider = replace(event, scope=place(Scope()), named=Scope())
    follow.anew(wider, event.until)
    sums = wider.sums(outcome(watch), wider.onset[1], wider.until)
    assert sums.k == counted("failed", "", wider.onset[1], wider.until)
    assert sums.n == counted("known", "", wider.onset[1], wider.until)
    assert sums.expected == pytest.approx(0.02 * sums.n, rel=0.1)
    assert wider.onset == event.onset
    level = next(i for i, each in enumerate(watch._evidence.components) if each.family.name == "void")
    assert wider.sums(level, wider.onset[1], wider.until).expected == pytest.approx(sums.n * 0.98, rel=0.03)


def test_what_references_expect_is_kept_as_it_was_at_the_opening(watch: Watch, follow: Follow) -> None:
    frozen = follow.freeze()
    assert isinstance(frozen, Frozen)
    assert set(frozen.deviation) == set(frozen.sd) == set(range(len(watch._evidence.trackers)))
