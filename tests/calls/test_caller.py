"""Callers are hashed so that a redial shows, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import KEY

from tocsin.calls.caller import HASHED, CallerKey, significant
from tocsin.errors import InputError

TODAY = date(2021, 6, 2)


def test_one_number_has_one_hash_however_it_was_written() -> None:
    key = CallerKey(KEY)
    ways = ("0199000111", "01 99 00 01 11", "+33199000111", "0033 1 99 00 01 11", "sip:+33199000111@10.0.0.1")
    assert len({key.hash(way, TODAY) for way in ways}) == 1
    assert re.match(HASHED, key.hash(ways[0], TODAY) or "")


def test_a_redial_of_the_same_day_shows_and_another_day_says_nothing() -> None:
    key = CallerKey(KEY)
    assert key.hash("0199000111", TODAY) == CallerKey(KEY).hash("0199000111", TODAY)
    assert key.hash("0199000111", TODAY) != key.hash("0199000111", date(2021, 6, 3))
    assert key.hash("0199000111", TODAY) != CallerKey(b"another key of some length").hash("0199000111", TODAY)


def test_without_a_key_each_run_has_its_own() -> None:
    assert CallerKey().hash("0199000111", TODAY) != CallerKey().hash("0199000111", TODAY)


def test_what_is_no_number_is_nobody() -> None:
    assert CallerKey(KEY).hash("anonymous", TODAY) is None
    assert significant("unknown") == ""


def test_a_column_is_hashed_as_its_values_are() -> None:
    key = CallerKey(KEY)
    numbers = pl.Series(["0199000111", None, "0199000111", "anonymous"])
    times = pl.Series([datetime(2021, 6, 2, 23, 59, tzinfo=UTC)] * 2 + [datetime(2021, 6, 3, tzinfo=UTC)] * 2)
    found = key.hashes(numbers, times).to_list()
    assert found == [key.hash("0199000111", TODAY), None, key.hash("0199000111", date(2021, 6, 3)), None]


def test_a_key_that_is_too_short_or_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with pytest.raises(InputError, match="can't read the key"):
        CallerKey.load(path)
    path.write_bytes(b"short\n")
    with pytest.raises(InputError, match="the key has 5 bytes, it needs 16"):
        CallerKey.load(path)
    path.write_bytes(KEY + b"\n")
    assert CallerKey.load(path).hash("0199000111", TODAY) == CallerKey(KEY).hash("0199000111", TODAY)
