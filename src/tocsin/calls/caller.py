"""Who called, without the number: a keyed hash that lasts a day, enough to see a redial.

The hash is HMAC-SHA-256 (RFC 2104) of the number under the key of the UTC day, cut to 16 hex digits. The day's key is
itself an HMAC of the date under the site's key, so a day's hashes say nothing about another day's, and whoever holds
one day's key can't make the next. The price: a redial that straddles midnight UTC (1 or 2 at night in Paris) isn't
seen as one.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import date
from pathlib import Path
from typing import Final, Self

import polars as pl

from tocsin.errors import InputError
from tocsin.words import Sentence, of_the_system

SHORTEST_KEY: Final = 16
"""Bytes: fewer and a number can be found by trying keys."""

HASHED: Final = "^[0-9a-f]{16}$"
"""What `caller` looks like in a record."""

_SIGNIFICANT: Final = 9
_NO_DIGITS: Final = re.compile(r"\D+")
_FEWEST: Final = 3


def significant(number: str) -> str:
    """The digits that tell two numbers apart however they were dialled: the last nine, or all of a shorter one.

    ``+33 1 99 00 01 11``, ``sip:0033199000111@op-b`` and ``01 99 00 01 11`` are one number.
    """
    return _NO_DIGITS.sub("", number.partition("@")[0])[-_SIGNIFICANT:]


class CallerKey:
    """Turns numbers into hashes. ``key`` is the site's secret; without one a random key serves this run only."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key if key is not None else secrets.token_bytes(32)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key of a file: its bytes without the white space around them."""
        try:
            key = path.read_bytes().strip()
        except OSError as error:
            why = of_the_system(error)
            raise InputError(
                Sentence("error.key_unreadable", why=why), do=Sentence("do.check_key"), file=str(path)
            ) from error
        if len(key) < SHORTEST_KEY:
            raise InputError(
                Sentence("error.key_short", bytes=len(key), needed=SHORTEST_KEY),
                do=Sentence("do.write_key"),
                file=str(path),
            )
        return cls(key)

    def hash(self, number: str, day: date) -> str | None:
        """The caller's hash on that UTC day; None for what is no number (``anonymous``, ``unknown``)."""
        return _hashed(number, self._day_key(day))

    def hashes(self, numbers: pl.Series, times: pl.Series) -> pl.Series:
        """Hashes of a column of numbers at its times (UTC). Each number of a day is worked out once."""
        frame = pl.DataFrame({"number": numbers, "day": times.dt.date()})
        once = frame.drop_nulls().unique()
        keys = {day: self._day_key(day) for day in once["day"].unique()}
        hashes = [_hashed(number, keys[day]) for number, day in once.iter_rows()]
        known = once.with_columns(pl.Series("hash", hashes, dtype=pl.String))
        return frame.join(known, on=["number", "day"], how="left", maintain_order="left")["hash"]

    def token(self, text: str) -> str:
        """A name for what has none of its own and would otherwise be named by numbers in clear: 16 hex digits."""
        return hmac.digest(self._key, b"id\0" + text.encode(), "sha256").hex()[:16]

    def _day_key(self, day: date) -> bytes:
        return hmac.digest(self._key, day.isoformat().encode(), "sha256")


def _hashed(number: str, key: bytes) -> str | None:
    digits = significant(number)
    return hmac.digest(key, digits.encode(), "sha256").hex()[:16] if len(digits) >= _FEWEST else None
