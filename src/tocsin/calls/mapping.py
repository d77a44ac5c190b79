"""The mapping: how a foreign file says what a record says. A TOML file; see docs/how-to/read-your-file.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from tocsin.calls.record import RECORD
from tocsin.calls.site import MATCHED
from tocsin.errors import InputError
from tocsin.words import Sentence

SHIPPED: Final = Path(__file__).parent / "mappings"

TARGETS: Final = (*RECORD, *MATCHED)
"""What a column of the file can become: a field of the record, or what site.csv is asked with."""

TIMES: Final = ("time", "seen")
LENGTHS: Final = ("ring_s", "talk_s")
EPOCHS: Final = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Formats that aren't strftime's: what one unit is in microseconds."""


OFFSETS: Final = ("%+", "%z", "%:z", "%#z")
"""What in a format reads an offset from UTC."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where one field comes from.

    ``columns`` are joined by ``join``. ``find`` (a regular expression) keeps what ``write`` says of its groups, ``$1``
    by default; a text in which it isn't found is unknown. ``values`` translates; what isn't in it becomes ``other``, or
    itself without one. For a length of time, ``start`` and ``end`` name two columns of times instead.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    find: str | None = None
    write: str = "$1"
    values: MappingOf[str, str] = field(default_factory=dict)
    other: str | None = None
    start: str | None = None
    end: str | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        return self.columns or tuple(name for name in (self.start, self.end) if name)


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A foreign format.

    ``delimiter`` and ``header`` (the names of a file without a header line) are None where the file shows them ·
    ``zone`` is None where the times carry an offset · ``formats`` are tried in order · ``absent`` texts mean that
    something did not happen · ``group`` names the columns that the rows of one call share · ``skip`` column -> texts of
    rows that are no calls.
    """

    name: str
    about: str = ""
    delimiter: str | None = None
    header: tuple[str, ...] | None = None
    zone: str | None = None
    formats: tuple[str, ...] = ("%+",)
    absent: tuple[str, ...] = ()
    constants: MappingOf[str, str] = field(default_factory=dict)
    fields: MappingOf[str, Source] = field(default_factory=dict)
    group: tuple[str, ...] = ()
    skip: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, name_or_file: str | Path) -> Self:
        """A shipped mapping by its name, or any TOML file. Raises `InputError` with file and field."""
        shipped = SHIPPED / f"{name_or_file}.toml"
        path = shipped if shipped.is_file() else Path(name_or_file)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Sentence("error.no_mapping"),
                do=Sentence("do.mapping", names=", ".join(shipped_names())),
                file=str(name_or_file),
            ) from error
        try:
            return cls.from_text(text, name=path.stem)
        except InputError as error:
            raise error.within(file=str(name_or_file)) from None

    @classmethod
    def from_text(cls, text: str, *, name: str) -> Self:
        """The mapping that a TOML text says."""
        try:
            said = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(
                Sentence("fault.mapping_not_toml", error=str(error)), do=Sentence("repair.mend_there")
            ) from None
        _only(said, "", {"about", "file", "time", "constants", "columns", "calls", "skip"})
        file, time = _table(said, "file"), _table(said, "time")
        _only(file, "file", {"delimiter", "columns"})
        _only(time, "time", {"zone", "formats", "absent"})
        calls = _table(said, "calls")
        _only(calls, "calls", {"group"})
        constants = {key: _string(value, f"constants.{key}") for key, value in _table(said, "constants").items()}
        fields = {key: _source(key, value) for key, value in _table(said, "columns").items()}
        _only({**constants, **fields}, "columns", set(TARGETS))
        if not {"time"} <= set(fields):
            raise InputError(Sentence("fault.no_time_column"), do=Sentence("repair.time_column"), field="columns")
        if not {"service", *MATCHED} & {*fields, *constants}:
            raise InputError(
                Sentence("fault.no_service_column"),
                do=Sentence("repair.service_column"),
                field="columns",
            )
        return cls(
            name=name,
            about=_string(said.get("about", ""), "about"),
            delimiter=_string(file["delimiter"], "file.delimiter") if "delimiter" in file else None,
            header=_strings(file["columns"], "file.columns") if "columns" in file else None,
            zone=_zone(time["zone"]) if "zone" in time else None,
            formats=_formats(time.get("formats", ["%+"]), zoned="zone" in time),
            absent=_strings(time.get("absent", []), "time.absent"),
            constants=constants,
            fields=fields,
            group=_strings(calls.get("group", []), "calls.group"),
            skip={key: _strings(value, f"skip.{key}") for key, value in _table(said, "skip").items()},
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """Every column of the file that it reads, each once."""
        sources = (name for source in self.fields.values() for name in source.needs)
        return tuple(dict.fromkeys((*sources, *self.group, *self.skip)))


def shipped_names() -> tuple[str, ...]:
    """The names of the mappings that tocsin brings."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def _source(target: str, said: object) -> Source:
    where = f"columns.{target}"
    if isinstance(said, str):
        return Source(columns=(said,))
    if not isinstance(said, dict):
        raise InputError(Sentence("fault.no_column_or_table"), do=Sentence("repair.column_or_table"), field=where)
    _only(said, where, {"from", "join", "find", "write", "values", "other", "start", "end"})
    columns = said.get("from", [])
    source = Source(
        columns=(columns,) if isinstance(columns, str) else _strings(columns, f"{where}.from"),
        join=_string(said.get("join", " "), f"{where}.join"),
        find=_pattern(said["find"], f"{where}.find") if "find" in said else None,
        write=_string(said.get("write", "$1"), f"{where}.write"),
        values={key: _string(value, f"{where}.values") for key, value in _table(said, "values", where).items()},
        other=_string(said["other"], f"{where}.other") if "other" in said else None,
        start=_string(said["start"], f"{where}.start") if "start" in said else None,
        end=_string(said["end"], f"{where}.end") if "end" in said else None,
    )
    if not source.needs or (source.start is None) != (source.end is None):
        raise InputError(Sentence("fault.no_source"), do=Sentence("repair.source"), field=where)
    return source


def _only(said: MappingOf[str, object], where: str, known: set[str]) -> None:
    strange = [key for key in said if key not in known]
    if strange:
        raise InputError(
            Sentence("fault.meaningless", key=repr(strange[0])),
            do=Sentence("repair.use", known=", ".join(sorted(known))),
            field=where or None,
        )


def _table(said: MappingOf[str, Any], key: str, where: str = "") -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        raise InputError(
            Sentence("fault.no_table"), do=Sentence("repair.table", key=key), field=f"{where}.{key}".lstrip(".")
        )
    return table


def _string(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError(Sentence("fault.no_text"), do=Sentence("repair.quotes"), field=where)


def _strings(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise InputError(Sentence("fault.no_texts"), do=Sentence("repair.texts"), field=where)
    return tuple(_string(one, where) for one in value)


def _pattern(value: object, where: str) -> str:
    pattern = _string(value, where)
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.PolarsError as error:
        reason = next((line for line in str(error).splitlines() if line.startswith("error: ")), "error: not understood")
        raise InputError(
            Sentence("fault.no_pattern", reason=reason.removeprefix("error: ")),
            do=Sentence("repair.mend_it"),
            field=where,
        ) from None
    return pattern


def _formats(value: object, *, zoned: bool) -> tuple[str, ...]:
    """Formats with an offset need no zone and those without need one: a time is never taken for UTC unasked."""
    formats = _strings(value, "time.formats")
    for form in formats:
        with_offset = form in EPOCHS or any(code in form for code in OFFSETS)
        if with_offset and zoned:
            raise InputError(
                Sentence("fault.zone_twice", form=repr(form)), do=Sentence("repair.no_zone"), field="time.formats"
            )
        if not with_offset and not zoned:
            raise InputError(
                Sentence("fault.zoneless", form=repr(form)), do=Sentence("repair.name_zone"), field="time.formats"
            )
    return formats


def _zone(value: object) -> str:
    zone = _string(value, "time.zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            Sentence("fault.no_zone", zone=repr(zone)), do=Sentence("repair.zone"), field="time.zone"
        ) from None
    return zone
