"""The texts of one language, with numbers and times written as its readers write them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

THIN: Final = "\u202f"
"""Narrow no-break space: between thousands (ISO 80000-1, both languages) and before a per cent sign."""

TEXTS: Final = resources.files("tocsin.words")
LANGUAGES: Final = tuple(
    sorted(folder.name for folder in TEXTS.iterdir() if folder.is_dir() and not folder.name.startswith("_"))
)
"""The languages there are: one folder of TOML files beside this file each."""


def choose(wanted: str) -> str:
    """The language for a locale as environments write it (`fr_FR.UTF-8`); English where it is none of ours."""
    code = wanted.replace("-", "_").partition("_")[0].lower()
    return code if code in LANGUAGES else "en"


@cache
def _texts(language: str) -> Mapping[str, Any]:
    """Every table of a language, whichever file of its folder holds it: files are for people."""
    files = [file for file in TEXTS.joinpath(language).iterdir() if file.name.endswith(".toml")]
    return {name: table for file in files for name, table in tomllib.loads(file.read_text("utf-8")).items()}


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language for readers of one time zone.

    Called with the name of a text and what its braces hold: ``words(name, calls=11800)``. Whole numbers
    and times among the values are written in the language's way, and several things as it lists them. In a text,
    ``{calls:call|calls}`` is the word that agrees with a whole number, ``{days:1}`` any other number with one digit
    after the decimal mark. Raises KeyError for a text that isn't there.
    """

    language: str = "en"
    zone: str = "Europe/Paris"
    _texts: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", _texts(self.language))

    def __call__(self, name: str, /, **values: object) -> str:
        table, _, key = name.rpartition(".")
        return str(self._texts[table][key]).format(**{k: self._written(value) for k, value in values.items()})

    def told(self, text: str) -> str:
        """A `Sentence` in this language; any other text as it is."""
        return self(text.name, **text.values) if isinstance(text, Sentence) else text

    def number(self, value: float, digits: int = 0) -> str:
        """A number with narrow spaces between thousands and the language's decimal mark: 11 800, 0,5."""
        whole, _, part = f"{value:,.{digits}f}".partition(".")
        mark = self._texts["form"]["decimal_mark"] if part else ""
        return f"{whole.replace(',', THIN)}{mark}{part}".replace("-", "−")

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of one as per cent: .112 is 11.2 %."""
        return f"{self.number(100 * share, digits)}{THIN}%"

    def minutes(self, value: float) -> str:
        """A length of time in minutes, as finely as it is worth reading: 40 s, 4.5 min, 12 min, 3 h."""
        if value < 1:
            return f"{self.number(60 * value)}{THIN}s"
        if value < 180:
            return f"{self.number(value, 1 if value < 9.95 else 0)}{THIN}min"
        if value < 60 * 48:
            return f"{self.number(value / 60)}{THIN}h"
        return self("form.days", days=self.number(value / 1440))

    def time(self, at: datetime) -> str:
        """Time of day in the reader's zone, the zone shown: 16:45 CEST."""
        there = at.astimezone(ZoneInfo(self.zone))
        return str(self._texts["form"]["time"]).format(hour=there.hour, minute=there.minute, zone=there.tzname())

    def zone_at(self, at: datetime) -> str:
        """The reader's zone as it is called: Paris time (CEST); CEST where nobody has named it."""
        form, short = self._texts["form"], str(at.astimezone(ZoneInfo(self.zone)).tzname())
        name = form["zones"].get(self.zone)
        return str(form["zone"]).format(name=name, short=short) if name else short

    def hour(self, at: datetime) -> str:
        """Time of day in the reader's zone where the zone is said elsewhere: 16:45."""
        there = at.astimezone(ZoneInfo(self.zone))
        return str(self._texts["form"]["hour"]).format(hour=there.hour, minute=there.minute)

    def day(self, at: datetime, *, year: bool = True) -> str:
        """The date in the reader's zone: 2 June 2021; 2 June where the year is said elsewhere."""
        there = at.astimezone(ZoneInfo(self.zone))
        month = self._texts["form"]["months"][there.month - 1]
        form = self._texts["form"]
        day = form["first"] if there.day == 1 else there.day
        return str(form["day" if year else "day_of_year"]).format(day=day, month=month, year=there.year)

    def moment(self, at: datetime) -> str:
        """Date and time of day: 2 June 2021, 16:45 CEST."""
        return f"{self.day(at)}, {self.time(at)}"

    def near(self, at: datetime, other: datetime) -> str:
        """The time of day, with the date where it isn't the other's."""
        return self.time(at) if self.day(at) == self.day(other) else self.moment(at)

    def listed(self, items: list[str]) -> str:
        """One sentence part of several: a, b and c."""
        *most, last = items
        return f"{', '.join(most)} {self._texts['form']['and']} {last}" if most else last

    def _written(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.told(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return _Counted(self.number(value), one=abs(value) in self._texts["form"]["singular"])
        if isinstance(value, float):
            return _Measured(value, self)
        if isinstance(value, tuple):
            return self.listed([str(self._written(each)) for each in value])
        return value


class _Counted(str):
    """A whole number as it is written; formatted by ``one|several`` it is the word that agrees with it."""

    one: bool

    def __new__(cls, written: str, *, one: bool) -> Self:
        counted = super().__new__(cls, written)
        counted.one = one
        return counted

    def __format__(self, agreeing: str) -> str:
        one, several, many = agreeing.partition("|")
        if not several:
            return super().__format__(agreeing)
        return one if self.one else many


class _Measured:
    """A number that isn't whole; formatted by a digit it is written with so many after the decimal mark."""

    def __init__(self, value: float, words: Words) -> None:
        self._value = value
        self._words = words

    def __format__(self, digits: str) -> str:
        return self._words.number(self._value, int(digits)) if digits else str(self._value)


class Sentence(str):
    """Something to be read by somebody whose language isn't known yet: where an error or a remark is made, it never is.

    Made as `Words` is called, of the name of a text and what its braces hold, among them other sentences. It is the
    English text for whoever takes it as text (a library's user, a file for machines); `Words.told` tells it in any
    language.
    """

    name: str
    values: Mapping[str, object]

    def __new__(cls, name: str, /, **values: object) -> Self:
        sentence = super().__new__(cls, Words()(name, **values))
        sentence.name, sentence.values = name, values
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What copies are made of."""
        return (self.name,), dict(self.values)
