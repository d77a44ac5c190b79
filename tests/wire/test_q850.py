"""Q.850 causes, and RFC 3398's table."""

from tocsin.wire import CAUSES, CAUSES_FROM_STATUS, STATUSES


def test_causes_fit_seven_bits_and_have_each_their_name() -> None:
    assert all(1 <= cause <= 127 for cause in CAUSES)
    assert len(set(CAUSES.values())) == len(CAUSES)


def test_rfc_3398_maps_known_failures_to_known_causes() -> None:
    assert set(CAUSES_FROM_STATUS) <= set(STATUSES)
    assert set(CAUSES_FROM_STATUS.values()) <= set(CAUSES)
    assert all(status >= 400 for status in CAUSES_FROM_STATUS)
    assert 487 not in CAUSES_FROM_STATUS  # nothing to map: the caller had cleared already
