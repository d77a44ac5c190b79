"""SIP statuses, against the classes of RFC 3261."""

from tocsin.wire import STATUSES


def test_statuses_are_of_the_six_classes_and_the_ends_of_calls_are_there() -> None:
    assert all(100 <= status < 700 and phrase for status, phrase in STATUSES.items())
    assert {200, 403, 404, 408, 480, 486, 487, 500, 503, 504, 600, 603, 604} <= set(STATUSES)
    assert STATUSES[487] == "Request Terminated"
