"""The tables of outcomes, checked against RFC 3398, ITU-T Q.850 and what the room promises in words."""

from __future__ import annotations

import pytest

from tocsin.calls.outcome import DELIVERED, FAILED, Q850_OUTCOME, SIP_OUTCOME, outcome_of
from tocsin.calls.record import Outcome
from tocsin.wire import CAUSES, CAUSES_FROM_STATUS, STATUSES


def test_every_outcome_is_failed_or_delivered_and_never_both() -> None:
    assert sorted((*FAILED, *DELIVERED)) == sorted(Outcome)


def test_every_sip_status_and_every_cause_is_decided() -> None:
    assert set(STATUSES) <= set(SIP_OUTCOME)
    assert set(CAUSES) <= set(Q850_OUTCOME)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "answered"),
        (404, "lost"),  # the number is one of the routing plan
        (604, "lost"),
        (408, "lost"),
        (482, "lost"),
        (483, "lost"),
        *((status, "lost") for status in (500, 501, 502, 503, 504)),
        (403, "refused"),
        (480, "refused"),
        (603, "refused"),
        (486, "busy"),
        (600, "busy"),
        (487, "abandoned"),
        (410, "misrouted"),
        (100, "lost"),  # no final answer ever came
        (183, "lost"),
        (302, None),
        (401, None),
        (407, None),
    ],
)
def test_a_sip_status_says_how_a_silent_attempt_ended(status: int, outcome: str | None) -> None:
    assert outcome_of(sip=status) == outcome


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        *((cause, "lost") for cause in (1, 2, 3, 25, 27, 34, 38, 41, 42, 44, 47, 81, 102, 111, 127)),
        (17, "busy"),
        (21, "refused"),
        (20, "refused"),
        (18, "lost"),
        (19, "abandoned"),
        (22, "misrouted"),
        (16, None),
        (31, None),
    ],
)
def test_a_cause_says_how_a_silent_attempt_ended(cause: int, outcome: str | None) -> None:
    assert outcome_of(q850=cause) == outcome


@pytest.mark.parametrize(("sip", "q850"), [(408, None), (480, None), (None, 16), (None, 18), (None, 20), (None, 31)])
def test_what_rang_and_nobody_took_was_delivered_and_abandoned(sip: int | None, q850: int | None) -> None:
    assert outcome_of(sip=sip, q850=q850, ring_s=25) == "abandoned"


def test_normal_clearing_ends_an_answered_call_as_well() -> None:
    assert outcome_of(q850=16, ring_s=8, talk_s=61) == "answered"
    assert outcome_of(q850=16, ring_s=8, talk_s=0) == "abandoned"


def test_a_given_outcome_wins_over_codes_and_sip_over_q850() -> None:
    assert outcome_of(given=Outcome.MISROUTED, sip=200, q850=16) == "misrouted"
    assert outcome_of(sip=503, q850=16, ring_s=3, talk_s=10) == "lost"
    assert outcome_of(sip=401, q850=17) == "busy"


def test_nothing_said_is_nothing_known() -> None:
    assert outcome_of() is None


def test_sip_and_the_cause_that_rfc_3398_gives_for_it_agree_on_failure() -> None:
    for status, cause in CAUSES_FROM_STATUS.items():
        by_status, by_cause = outcome_of(sip=status), outcome_of(q850=cause)
        if by_status is not None and status != 480:  # 480 is 18 to RFC 3398 and 20 to others: see the table
            assert (by_status in FAILED) == (by_cause in FAILED), (status, cause)
