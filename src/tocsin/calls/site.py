"""What a site knows of itself: which called number, queue or trunk belongs to which service, centre and operator.

Short numbers are translated to ten digits before they reach a centre, so its equipment's files don't name the service.
`site.csv` has the columns called, queue, trunk, service, centre, operator. Each row says something of the calls that
match all of its first three fields that are filled; a row whose called is ``*`` says it of all others.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import polars as pl

from tocsin.calls.caller import significant
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.words import Sentence, of_the_system

MATCHED: Final = ("called", "queue", "trunk")
SAID: Final = ("service", "centre", "operator")
COLUMNS: Final = (*MATCHED, *SAID)
DEFAULT: Final = "*"
MET: Final = "calls"
"""A column that a drafted site.csv has besides, for whoever fills it in: how often each was met."""

DRAFTED: Final = 100
"""At most so many numbers, queues and trunks each stand in a draft, the most frequent first."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of site.csv; empty fields are None. ``called`` is reduced to its significant digits."""

    called: str | None
    queue: str | None
    trunk: str | None
    service: str | None
    centre: str | None
    operator: str | None

    @property
    def is_default(self) -> bool:
        """Whether the row speaks of every call."""
        return self.called == DEFAULT


@dataclass(frozen=True, kw_only=True)
class Site:
    """The rows of a site.csv, in order; the first that matches and says something wins, defaults come last."""

    rows: tuple[Row, ...] = ()

    @classmethod
    def load(cls, path: Path, territory: Territory) -> Self:
        """Read site.csv. Raises `InputError` with file, line and field."""
        try:
            data = path.read_bytes()
        except OSError as error:
            why = of_the_system(error)
            raise InputError(
                Sentence("error.site_unreadable", why=why), do=Sentence("do.check_site"), file=str(path)
            ) from error
        try:
            return cls.from_text(_text(data), territory)
        except InputError as error:
            raise error.within(file=str(path)) from None

    @classmethod
    def from_text(cls, text: str, territory: Territory) -> Self:
        """The rows of a site.csv, ``,`` or ``;`` separated."""
        lines = io.StringIO(text, newline=None)  # line ends of any system
        table = csv.DictReader(lines, delimiter=_delimiter(text.split("\n", 1)[0]))
        names = [name.strip().lower() for name in table.fieldnames or ()]
        if "service" not in names or not set(names) <= {*COLUMNS, MET}:
            raise InputError(
                Sentence("error.no_site"), do=Sentence("do.site_columns", columns=", ".join(COLUMNS)), line=1
            )
        table.fieldnames = names
        rows = tuple(_row(fields, territory, table.line_num) for fields in table)
        return cls(rows=tuple(sorted((row for row in rows if row is not None), key=lambda row: row.is_default)))

    def fill(self, calls: pl.DataFrame, territory: Territory) -> pl.DataFrame:
        """Fill service, centre and operator of calls that have columns called, queue, trunk (strings, null unknown).

        A destination that is a short number of the territory is the service; then the rows speak; what was filled
        stays.
        """
        keys = calls.select(MATCHED).unique()
        said = [self._said(called, queue, trunk, territory) for called, queue, trunk in keys.iter_rows()]
        answers = pl.DataFrame(said, schema={f"site_{name}": pl.String for name in SAID}, orient="row")
        joined = calls.join(
            pl.concat([keys, answers], how="horizontal"),
            on=MATCHED,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        filled = [
            pl.coalesce(pl.col(name) if name in calls.columns else pl.lit(None, pl.String), f"site_{name}").alias(name)
            for name in SAID
        ]
        return joined.with_columns(filled).drop(answers.columns)

    def _said(
        self, called: str | None, queue: str | None, trunk: str | None, territory: Territory
    ) -> tuple[str | None, str | None, str | None]:
        short = territory.service(called) if called else None
        rows = [row for row in self.rows if _matches(row, called, queue, trunk)]
        service, centre, operator = (next((v for row in rows if (v := getattr(row, name))), None) for name in SAID)
        return (short.code if short else service), centre, operator


def is_site(head: bytes) -> bool:
    """Whether a file that begins so says what is called: a site.csv, given where records are asked for."""
    first = _text(re.split(rb"[\r\n]", head, maxsplit=1)[0])
    names = {name.strip(' "').lower() for name in first.split(_delimiter(first))}
    return "service" in names and not names.isdisjoint(MATCHED) and names <= {*COLUMNS, MET}


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _matches(row: Row, called: str | None, queue: str | None, trunk: str | None) -> bool:
    if row.is_default:
        return True
    asked = (
        (row.called, significant(called) if called else None),
        (row.queue, queue),
        (row.trunk, trunk),
    )
    return all(want is None or want == have for want, have in asked)


def _row(fields: dict[str, str | None], territory: Territory, line: int) -> Row | None:
    said = {name: (fields.get(name) or "").strip() or None for name in COLUMNS}
    if not any(said.values()):
        return None
    if not any(said[name] for name in MATCHED):
        raise InputError(Sentence("error.which_calls"), do=Sentence("do.which_calls"), line=line)
    if said["service"] is not None:
        service = territory.service(said["service"])
        if service is None:
            raise InputError(
                Sentence("error.no_such_service", service=repr(said["service"]), territory=territory.name),
                do=Sentence("do.one_of", known=", ".join(territory.services)),
                line=line,
                field="service",
            )
        said["service"] = service.code
    called = said["called"]
    if called is not None and called != DEFAULT:
        said["called"] = significant(called)
        if not said["called"]:
            raise InputError(Sentence("error.no_digits"), do=Sentence("do.number"), line=line, field="called")
    return Row(**said)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def draft_site(met: pl.DataFrame) -> str:
    """A site.csv to fill in: the called numbers, queues and trunks of calls whose service isn't known, with counts.

    `met` has the columns of `MATCHED` and `calls`. Called numbers are those of centres and services, not of callers, so
    they stand in clear.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, MET))
    for name in MATCHED:
        for value, count in _counted(met, name).head(DRAFTED).iter_rows():
            writer.writerow([value if column == name else "" for column in COLUMNS] + [count])
    writer.writerow((DEFAULT, "", "", "", "", "", int(met[MET].sum())))
    return out.getvalue()


def most_met(met: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Of the same calls: called, queue, trunk -> what was met more than once -> how often, the most frequent first.

    A number called once may be anybody's, whom the centre rang back.
    """
    often = {name: _counted(met, name).filter(pl.col(MET) > 1) for name in MATCHED}
    return {name: dict(counts.iter_rows()) for name, counts in often.items() if not counts.is_empty()}


def _counted(met: pl.DataFrame, name: str) -> pl.DataFrame:
    counts = met.drop_nulls(name).group_by(name).agg(pl.col(MET).sum())
    return counts.sort(pl.col(MET), pl.col(name), descending=[True, False])
