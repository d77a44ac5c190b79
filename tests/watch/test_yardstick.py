from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import baseline

from tocsin.watch import Scope, learned_yardstick, reveals
from tocsin.watch.yardstick import level_nats, rate_nats, share_nats, yardstick

A = 43_200.0
NATION = 171_000 / 1440 * 1.36 / 0.9438  # calls a minute at 17:00 in the study


@pytest.mark.parametrize(
    ("nats", "minutes"),
    [
        (rate_nats(NATION, usual=0.02, null=0.02, loss=0.11), 0.45),
        (level_nats(NATION, margin=0.0, loss=0.11), 9.9),
        (share_nats(NATION, share=0.4, margin=0.0, loss=0.275), 6.0),
        (share_nats(NATION, share=0.25, margin=0.0, loss=0.44), 2.8),
    ],
)
def test_lordens_minutes_are_those_of_the_study(nats: float, minutes: float) -> None:
    assert yardstick(nats, siblings=1, false_alarm_minutes=A).lorden == pytest.approx(minutes, rel=0.06)


def test_finding_the_scope_as_well_takes_longer() -> None:
    found = yardstick(2.0, siblings=101, false_alarm_minutes=A)
    assert found.lorden == pytest.approx(np.log(A) / 2)
    assert found.scope_aware == pytest.approx(np.log(A * 101) / 2)


def test_a_loss_inside_the_margin_is_never_seen() -> None:
    for nats in (
        rate_nats(100.0, usual=0.02, null=0.2, loss=0.1),
        share_nats(100.0, share=0.4, margin=0.3, loss=0.3),
        level_nats(100.0, margin=0.5, loss=0.4),
    ):
        assert nats == 0
        assert yardstick(nats, siblings=1, false_alarm_minutes=A).lorden == float("inf")


def test_a_total_loss_has_a_finite_yardstick() -> None:
    for nats in (
        rate_nats(10.0, usual=0.02, null=0.04, loss=1.0),
        share_nats(10.0, share=0.4, margin=0.1, loss=1.0),
        level_nats(10.0, margin=0.5, loss=1.0),
    ):
        assert 0 < yardstick(nats, siblings=1, false_alarm_minutes=A).lorden < float("inf")


def test_a_learned_yardstick_is_to_the_margin_that_was_learned() -> None:
    known = baseline()
    scope = next(index for index in range(len(known.lattice)) if known.lattice.scope(index) == Scope(operator="A"))
    for family, at, per_minute in (("outcome", 0, 40.0), ("contrast", scope, 40.0), ("level", 0, 40.0)):
        reference = next(each for each in known.references if each.family_name == family)
        found = [
            learned_yardstick(known, reference, at, loss=loss, per_minute=per_minute, false_alarm_minutes=A)
            for loss in (0.15, 0.3, 0.9)
        ]
        assert found[0].lorden > found[1].lorden > found[2].lorden
        assert found[2].lorden <= found[2].scope_aware < 2


def test_what_a_volume_reveals_before_anything_is_learned() -> None:
    found = reveals(40.0, failure_rate=0.02, shares={"operator A": 0.6}, false_alarm_minutes=A)
    minutes = {(each.what, each.family, each.loss): each.minutes for each in found}
    total = minutes["everything", "outcome", 1.0]
    assert total is not None
    assert total < 1
    assert minutes["everything", "level", 0.3] is None  # a level pages only where more than half is missing
    assert minutes["everything", "level", 1.0] is not None
    assert minutes["operator A", "contrast", 0.11] is None
    assert minutes["operator A", "contrast", 0.85] is not None


def test_without_outcomes_none_are_promised() -> None:
    found = reveals(40.0, failure_rate=None, shares={}, false_alarm_minutes=A)
    assert {each.family for each in found} == {"level"}


def test_a_small_room_reveals_less() -> None:
    few, many = (
        [each.minutes for each in reveals(rate, failure_rate=None, shares={}, false_alarm_minutes=A)]
        for rate in (0.005, 40.0)
    )
    assert few[-1] is None
    assert many[-1] is not None
