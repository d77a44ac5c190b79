"""The two series as rows: split by time, in order of time, with losses taken out; and a territory folder for each."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

Row = dict[str, str]

COUNTY: Final = ZoneInfo("America/New_York")
BANK: Final = ZoneInfo("Asia/Jerusalem")

_SERVICES: Final = """code,urn,name
15,urn:service:sos.ambulance,EMS
17,urn:service:sos.police,Traffic
18,urn:service:sos.fire,Fire
"""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """``share`` of the calls of ``hours`` from ``start`` (local) on are lost where ``column`` begins with ``value``."""

    start: datetime
    hours: float
    share: float
    column: str = "title"
    value: str = ""

    def hits(self, row: Row) -> bool:
        end = self.start + timedelta(hours=self.hours)
        return self.start <= called(row) < end and row[self.column].startswith(self.value)


def read(file: Path) -> list[Row]:
    """All rows, in order of time: the bank's file lies line by line."""
    with gzip.open(file, "rt", newline="") as text:
        return sorted(csv.DictReader(text), key=called)


def called(row: Row) -> datetime:
    """When a row's call came, local time without zone."""
    if "timeStamp" in row:
        return datetime.fromisoformat(row["timeStamp"])
    return datetime.strptime(f"{row['date']} {row['vru_entry']}", "%y%m%d %H:%M:%S")  # noqa: DTZ007 local, as written


def between(rows: Iterable[Row], first: str, end: str) -> list[Row]:
    """Rows from one local day on to before another."""
    since, until = datetime.fromisoformat(first), datetime.fromisoformat(end)
    return [row for row in rows if since <= called(row) < until]


def losing(rows: Iterable[Row], losses: Iterable[Loss], seed: int) -> list[Row]:
    """The rows that are left; each call in a loss's window is lost by itself, drawn with ``seed``."""
    chance = Random(seed)
    every = tuple(losses)
    return [row for row in rows if not any(loss.hits(row) and chance.random() < loss.share for loss in every)]


def write(rows: list[Row], file: Path) -> Path:
    """The rows as the CSV that they came from."""
    with file.open("w", newline="") as text:
        writer = csv.DictWriter(text, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file


def county(rows: Iterable[Row], folder: Path) -> Path:
    """A territory of the county's townships, and the neighbours that it helps out, from the rows' own names."""
    names = sorted({row["twp"] for row in rows} - {""})
    townships = "".join(f"T{number:02},{name.title()},township,MC,0\n" for number, name in enumerate(names, 1))
    areas = f"code,name,kind,parent,population\nMC,Montgomery County,county,,0\n{townships}"
    return _territory(folder, areas, _SERVICES, zone=COUNTY, country="US")


def bank(folder: Path) -> Path:
    """A territory of one place with one number."""
    areas = "code,name,kind,parent,population\nB,The bank,place,,0\n"
    return _territory(folder, areas, "code,urn,name\n112,urn:service:sos,The bank\n", zone=BANK, country="IL")


def _territory(folder: Path, areas: str, services: str, *, zone: ZoneInfo, country: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "areas.csv").write_text(areas)
    (folder / "services.csv").write_text(services)
    (folder / "territory.toml").write_text(f'name = "{folder.name}"\nzone = "{zone.key}"\ncountry = "{country}"\n')
    return folder


def utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time without zone as UTC."""
    return local.replace(tzinfo=zone).astimezone(UTC)
