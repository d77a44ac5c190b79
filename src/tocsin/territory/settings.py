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
from tocsin.words import Sentence


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
        faults.append(
            InputError(Sentence("fault.not_toml", error=str(error)), do=Sentence("repair.there"), file=path.name)
        )
        return default
    numbering = told.pop("numbering", {})
    if not isinstance(numbering, dict):
        numbering, told["numbering"] = {}, numbering
    wrong = [*setting_faults(told, SETTINGS), *setting_faults(numbering, NUMBERING)]
    country = told.get("country")
    if country is not None and not knows(country):
        wrong.append(
            InputError(
                Sentence("fault.no_country", country=repr(country)), do=Sentence("repair.country"), field="country"
            )
        )
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
            faults.append(
                InputError(
                    Sentence("fault.no_setting"), do=Sentence("repair.settings", known=", ".join(known)), field=name
                )
            )
        elif not known[name].good(value):
            what = Sentence("fault.not_wanted", value=repr(value), wanted=Sentence(known[name].wanted))
            faults.append(InputError(what, do=Sentence("repair.correct"), field=name))
    return faults


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a setting may be: a test, and the name of the text that says so."""

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


TEXT: Final = Setting(good=is_text, wanted="wanted.text")
TEXTS: Final = Setting(good=partial(is_list_of, is_text), wanted="wanted.texts")
DIGITS: Final = Setting(good=is_digits, wanted="wanted.digits")
PREFIXES: Final = Setting(good=partial(is_list_of, is_digits), wanted="wanted.prefixes")
SETTINGS: Final = {
    "name": TEXT,
    "zone": Setting(good=is_zone, wanted="wanted.zone"),
    "country": TEXT,
    "cell_kinds": TEXTS,
}
NUMBERING: Final = {
    "calling_codes": PREFIXES,
    "trunk": Setting(good=lambda value: value == "" or is_digits(value), wanted="wanted.digits"),
    "international": DIGITS,
    "length": Setting(good=lambda value: type(value) is int and 3 < value <= E164, wanted="wanted.length"),
    "surcharged": PREFIXES,
    "fiction": PREFIXES,
}
