"""The settings of a territory: what `territory.toml` says that isn't a table."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import InputError
from tocsin.territory.calendar import public_holidays
from tocsin.territory.numbering import E164


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `territory.toml` says."""

    name: str
    zone: str = "UTC"
    country: str | None = None
    cell_kinds: tuple[str, ...] = ()
    numbering: Mapping[str, Any] = field(default_factory=dict)


def read_settings(folder: Path, knows: Callable[..., bool], faults: list[InputError]) -> Settings:
    """The settings, and a fault for each that means nothing; without the file, the defaults."""
    path = folder / "territory.toml"
    default = Settings(name=folder.resolve().name)
    if not path.is_file():
        return default
    try:
        told = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(InputError(f"the file is not TOML ({error})", do="correct it there", file=path.name))
        return default
    numbering = told.pop("numbering", {})
    if not isinstance(numbering, dict):
        numbering, told["numbering"] = {}, numbering
    wrong = [*setting_faults(told, SETTINGS), *setting_faults(numbering, NUMBERING)]
    country = told.get("country")
    if country is not None and not knows(country):
        wrong.append(InputError(f"the holidays of {country!r} are not known", do=COUNTRY, field="country"))
    faults += [fault.within(file=path.name) for fault in wrong]
    if wrong:
        return default
    return replace(default, numbering=frozen(numbering), **frozen(told))


def frozen(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def setting_faults(told: Mapping[str, Any], known: Mapping[str, Setting]) -> list[InputError]:
    faults = []
    for name, value in told.items():
        if name not in known:
            faults.append(InputError("there is no such setting", do=f"the settings are {', '.join(known)}", field=name))
        elif not known[name].good(value):
            faults.append(InputError(f"{value!r} is not {known[name].wanted}", do="correct it", field=name))
    return faults


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a setting may be: a test and its words."""

    good: Callable[[Any], bool]
    wanted: str


def is_text(value: object, *_: object) -> bool:
    return isinstance(value, str) and value != ""


def is_digits(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit()


def is_list_of(good: Callable[[Any], bool], value: object) -> bool:
    return isinstance(value, list) and all(good(item) for item in value)


def is_zone(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def knows_holidays(country: object, subdivision: str | None = None) -> bool:
    if not isinstance(country, str):
        return False
    try:
        public_holidays(country, subdivision)
    except InputError:
        return False
    return True


COUNTRY: Final = "write an ISO 3166 code that the package holidays has, or leave the line out"
TEXT: Final = Setting(good=is_text, wanted="a text")
TEXTS: Final = Setting(good=partial(is_list_of, is_text), wanted="a list of texts")
DIGITS: Final = Setting(good=is_digits, wanted="digits")
PREFIXES: Final = Setting(good=partial(is_list_of, is_digits), wanted="a list of digits in quotation marks")
SETTINGS: Final = {
    "name": TEXT,
    "zone": Setting(good=is_zone, wanted="a time zone such as Europe/Paris"),
    "country": TEXT,
    "cell_kinds": TEXTS,
}
NUMBERING: Final = {
    "calling_codes": PREFIXES,
    "trunk": Setting(good=lambda value: value == "" or is_digits(value), wanted="digits"),
    "international": DIGITS,
    "length": Setting(
        good=lambda value: type(value) is int and 3 < value <= E164, wanted="a number of digits, 4 to 15"
    ),
    "surcharged": PREFIXES,
    "fiction": PREFIXES,
}
