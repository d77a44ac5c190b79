from __future__ import annotations

import pytest

from tocsin.errors import InputError, TocsinError, UsageError


def test_an_error_grows_its_address_on_the_way_up() -> None:
    error = InputError("'01 99 00 41' has 8 digits, a number has 10", do="write all ten")
    assert str(error.within(field="number").within(line=41).within(file="fire.csv")) == (
        "fire.csv line 41, number: '01 99 00 41' has 8 digits, a number has 10: write all ten."
    )


def test_who_stands_nearest_to_the_fault_knows_its_address_best() -> None:
    error = InputError("the row is empty", file="inner.csv", line=0).within(file="outer.zip", line=7, field="time")
    assert (error.file, error.line, error.field) == ("inner.csv", 0, "time")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (TocsinError("nothing was read"), "nothing was read."),
        (TocsinError("nothing was read", do="give a file"), "nothing was read: give a file."),
        (TocsinError("nothing was read", file="a.csv"), "a.csv: nothing was read."),
        (TocsinError("nothing was read", line=3), "line 3: nothing was read."),
        (TocsinError("nothing was read", field="time"), "time: nothing was read."),
    ],
)
def test_what_nobody_knows_is_left_out_of_the_sentence(error: TocsinError, sentence: str) -> None:
    assert str(error) == sentence


def test_bad_input_and_bad_usage_are_told_apart_and_both_are_ours() -> None:
    assert issubclass(InputError, TocsinError)
    assert issubclass(UsageError, TocsinError)
    assert not issubclass(UsageError, InputError)
