"""The scenario: what happens on its day, read from a TOML file, every field checked."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tocsin.calls.record import Outcome
from tocsin.errors import InputError
from tocsin.words import Sentence, of_the_system

KINDS: Final = ("loss", "cut", "silence")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Equipment that fails; attempts inside its scope fall by chance.

    ``kind`` loss: the attempt doesn't reach a centre; its operator writes ``outcome``, ``sip_status``, ``q850_cause``.
    cut: it is answered and cut after seconds. silence: the ``feeds`` hand over nothing.
    ``start``, ``end`` minutes after the local midnight of the scenario's day · ``loss`` the share of the scope's
    attempts that fall, redials included · ``spread`` how much it differs from cell to cell (logistic-normal) · scope
    fields are empty for all; nodes, centres and feeds may hold ``*``.
    """

    kind: str
    start: int
    end: int
    loss: float = 1.0
    spread: float = 0.0
    outcome: str = "lost"
    sip_status: int = 503
    q850_cause: int = 41
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Surge:
    """Demand that departs from the ordinary: ``factor`` at the minutes ``at``, straight lines between, 1 outside."""

    at: tuple[int, ...]
    factor: tuple[float, ...]
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One outage or quiet time.

    ``days`` its length in local days from ``day`` on · ``until`` minutes after the midnight of ``day`` at which records
    end, where that is before the last day does · ``invented_fr`` what is invented, in French; empty where the
    scenario says it in one language only.
    """

    name: str
    title_en: str
    title_fr: str
    day: date
    days: int = 1
    until: int | None = None
    sources: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    invented_fr: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    surges: tuple[Surge, ...] = ()

    @property
    def window(self) -> tuple[int, int] | None:
        """Minutes after midnight at which the first fault begins and the last one ends; None without a fault."""
        if not self.faults:
            return None
        return min(fault.start for fault in self.faults), max(fault.end for fault in self.faults)

    def instant(self, minute: int, zone: str) -> datetime:
        """The instant (UTC) at which clocks on the wall show that minute after the scenario's midnight."""
        hours, minutes = divmod(minute, 60)
        days, hour = divmod(hours, 24)
        day = self.day + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minutes, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def names() -> tuple[str, ...]:
    """The packaged scenarios."""
    folder = resources.files(__package__).joinpath("scenarios")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def load(name: str | Path) -> Scenario:
    """The packaged scenario of that name, or the one in that file."""
    if str(name) in names():
        text = resources.files(__package__).joinpath("scenarios", f"{name}.toml").read_text("utf-8")
        return parse(text, file=f"{name}.toml")
    path = Path(name)
    if path.suffix != ".toml":
        raise InputError(
            Sentence("fault.no_scenario", name=repr(str(name))),
            do=Sentence("repair.scenario", known=", ".join(names())),
        )
    try:
        return parse(path.read_text("utf-8"), file=path.name)
    except (OSError, UnicodeDecodeError) as error:
        why = of_the_system(error) if isinstance(error, OSError) else str(error)
        what = Sentence("fault.scenario_unreadable", why=why)
        raise InputError(what, file=str(path), do=Sentence("repair.toml")) from error


def parse(text: str, *, file: str) -> Scenario:
    """The scenario in that text; ``file`` is its address in errors and names it."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Sentence("fault.is_not_toml", error=str(error)), file=file, do=Sentence("repair.line")
        ) from error
    try:
        head = _fields(HEAD_FIELDS, {key: value for key, value in table.items() if key not in ("fault", "demand")}, "")
        faults = [_fault(row, f"fault {i}") for i, row in enumerate(_rows(table, "fault"), start=1)]
        surges = [_surge(row, f"demand {i}") for i, row in enumerate(_rows(table, "demand"), start=1)]
        scenario = Scenario(name=file.removesuffix(".toml"), faults=tuple(faults), surges=tuple(surges), **head)
        _check_times(scenario)
    except InputError as error:
        raise error.within(file=file) from error
    return scenario


def _check_times(scenario: Scenario) -> None:
    """What happens must lie within the days that are played."""
    last = scenario.days * _DAY_MIN
    if scenario.until is not None and not last - _DAY_MIN < scenario.until <= last:
        raise InputError(Sentence("fault.not_of_last_day"), field="until", do=Sentence("repair.time_or_days"))
    for i, fault in enumerate(scenario.faults, start=1):
        if fault.end > (scenario.until or last):
            raise InputError(Sentence("fault.after_end"), field=f"fault {i}, to", do=Sentence("repair.earlier"))


_DAY_MIN: Final = 1440


def _fault(row: Mapping[str, Any], where: str) -> Fault:
    fields = _fields(FAULT_FIELDS, row, where)
    fault = Fault(**fields)
    if fault.end <= fault.start:
        raise InputError(Sentence("fault.ends_before"), field=f"{where}, to", do=Sentence("repair.later"))
    if (fault.kind == "silence") != bool(fault.feeds):
        raise InputError(Sentence("fault.feeds_and_silence"), field=f"{where}, feeds", do=Sentence("repair.both"))
    return fault


def _surge(row: Mapping[str, Any], where: str) -> Surge:
    surge = Surge(**_fields(SURGE_FIELDS, row, where))
    if len(surge.at) != len(surge.factor) or list(surge.at) != sorted(set(surge.at)):
        raise InputError(Sentence("fault.not_rising"), field=f"{where}, at", do=Sentence("repair.as_many"))
    return surge


def _rows(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = table.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(Sentence("fault.no_tables"), field=name, do=Sentence("repair.tables", name=name))
    return rows


def _fields(
    rule: Mapping[str, tuple[str, bool, Callable[[Any], Any]]], row: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """The row's fields under the names of the dataclass, each checked by the rule of its name."""
    place = f"{where}, " if where else ""
    values = {}
    for key, value in row.items():
        if key not in rule:
            raise InputError(
                Sentence("fault.no_field"), field=place + key, do=Sentence("repair.use_one", known=", ".join(rule))
            )
        name, _, check = rule[key]
        try:
            values[name] = check(value)
        except InputError as error:
            raise error.within(field=place + key) from error
    for key, (_, needed, _) in rule.items():
        if needed and key not in row:
            raise InputError(Sentence("fault.missing"), field=place + key, do=Sentence("repair.add"))
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(Sentence("fault.value_no_text", value=repr(value)), do=Sentence("repair.between_quotes"))
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise InputError(Sentence("fault.value_no_list", value=repr(value)), do=Sentence("repair.list_or_all"))
    return tuple(_text(item) for item in value)


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in allowed:
            raise InputError(
                Sentence("fault.not_known", value=repr(value)), do=Sentence("repair.use_one", known=", ".join(allowed))
            )
        return str(value)

    return check


def _number(low: float, high: float) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            what = Sentence("fault.no_number_within", value=repr(value), low=f"{low:g}", high=f"{high:g}")
            raise InputError(what, do=Sentence("repair.write_one"))
        return float(value)

    return check


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            what = Sentence("fault.no_whole", value=repr(value), low=low, high=high)
            raise InputError(what, do=Sentence("repair.write_one"))
        return value

    return check


def _day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InputError(Sentence("fault.no_date", value=repr(value)), do=Sentence("repair.date"))
    return value


def _minute(value: Any) -> int:
    """``16:45`` as minutes after midnight; the night after the day goes on to ``48:00``."""
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(minute) < 60):
        raise InputError(Sentence("fault.no_time", value=repr(value)), do=Sentence("repair.time"))
    minutes = int(hour) * 60 + int(minute)
    if minutes > 48 * 60:
        raise InputError(Sentence("fault.after_next_day", value=repr(value)), do=Sentence("repair.latest"))
    return minutes


def _list_of(check: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def checked(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            raise InputError(Sentence("fault.value_no_list", value=repr(value)), do=Sentence("repair.list"))
        return tuple(check(item) for item in value)

    return checked


HEAD_FIELDS: Final = {
    "title_en": ("title_en", True, _text),
    "title_fr": ("title_fr", True, _text),
    "day": ("day", True, _day),
    "days": ("days", False, _whole(1, 400)),
    "until": ("until", False, _minute),
    "sources": ("sources", False, _texts),
    "invented": ("invented", True, _texts),
    "invented_fr": ("invented_fr", False, _texts),
}
FAULT_FIELDS: Final = {
    "kind": ("kind", True, _one_of(*KINDS)),
    "from": ("start", True, _minute),
    "to": ("end", True, _minute),
    "loss": ("loss", False, _number(0.0, 1.0)),
    "spread": ("spread", False, _number(0.0, 5.0)),
    "outcome": ("outcome", False, _one_of(Outcome.LOST, Outcome.BUSY, Outcome.REFUSED, Outcome.ABANDONED)),
    "sip_status": ("sip_status", False, _whole(100, 699)),
    "q850_cause": ("q850_cause", False, _whole(1, 127)),
    "areas": ("areas", False, _texts),
    "services": ("services", False, _texts),
    "operators": ("operators", False, _texts),
    "access": ("access", False, _list_of(_one_of("fixed", "mobile"))),
    "nodes": ("nodes", False, _texts),
    "centres": ("centres", False, _texts),
    "feeds": ("feeds", False, _texts),
}
SURGE_FIELDS: Final = {
    "at": ("at", True, _list_of(_minute)),
    "factor": ("factor", True, _list_of(_number(0.0, 20.0))),
    "areas": ("areas", False, _texts),
    "services": ("services", False, _texts),
}
