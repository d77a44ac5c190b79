"""Where records are read: the options that every such command has, and what was set aside, told at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tocsin.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from tocsin.calls import Rejects, Unlisted
    from tocsin.cli.aloud import Say
    from tocsin.cli.days import Days
    from tocsin.clock import Clock
    from tocsin.territory import Territory
    from tocsin.words import Sentence, Words

SHOWN: Final = 5
"""So many values that a mapping doesn't list are named."""

Records = Annotated[
    list[str],
    typer.Argument(
        metavar="metavar.records",
        help="help.records",
    ),
]
TerritoryDir = Annotated[
    Path | None,
    typer.Option("--territory", metavar="metavar.folder", help="help.territory"),
]
MappingName = Annotated[
    str | None,
    typer.Option("--mapping", metavar="metavar.name_or_file", help="help.mapping"),
]
SiteFile = Annotated[
    Path | None,
    typer.Option("--site", metavar="metavar.file", help="help.site"),
]
RejectsFile = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="metavar.file", help="help.rejects"),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key", metavar="metavar.file", help="help.key"),
]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the options of a command say of how to read."""

    sources: list[str]
    territory: Territory
    mapping: str | None
    site: Path | None
    key: Path | None
    rejects: Rejects

    def batches(self) -> Iterator[pl.DataFrame]:
        """The records, in batches, as they come."""
        from tocsin import calls

        return calls.read(
            self.sources,
            territory=self.territory,
            mapping=self.mapping,
            site=self.site,
            key=self.key,
            rejects=self.rejects,
        )

    def growing(self, clock: Clock) -> list[Iterator[pl.DataFrame]]:
        """The records of each file as it grows; each gives a frame when asked, empty if there is nothing new."""
        from tocsin import calls

        return [
            calls.follow(
                Path(source),
                territory=self.territory,
                clock=clock,
                sleep=lambda _: None,
                mapping=self.mapping,
                site=self.site,
                key=self.key,
                rejects=self.rejects,
            )
            for source in self.sources
        ]

    @contextmanager
    def days(self, say: Say) -> Iterator[Days]:
        """The records in the order of their days; those of a wrong clock are left out, and said."""
        from tocsin.cli.days import by_day
        from tocsin.cli.skew import Skew, in_step

        skew = Skew(say, set())
        with by_day(in_step(self.batches(), skew, say)) as days:
            days.asides = skew.ledger.asides
            for apart in days.leave_out():
                say("reading.apart", records=apart.records, since=apart.since, until=apart.until)
            yield days


def territory_of(folder: Path | None) -> Territory:
    """The territory of that folder; France where none is given."""
    from tocsin import territory

    return territory.load(folder) if folder else territory.france()


@contextmanager
def reading(
    sources: list[str],
    *,
    territory: Path | None,
    mapping: str | None,
    site: Path | None,
    rejects: Path | None,
    key: Path | None,
    words: Words,
) -> Iterator[Reading]:
    """Open what the options name; afterwards tell on standard error what was set aside and how to mend it.

    It is told before an error as well: a history without a call may be one whose rows were all set aside.
    """
    from tocsin.calls import Rejects

    with Rejects(rejects) as aside:
        try:
            yield Reading(
                sources=sources, territory=territory_of(territory), mapping=mapping, site=site, key=key, rejects=aside
            )
        except InputError:
            tell_rejects(aside, rejects, words)
            raise
    tell_rejects(aside, rejects, words)


def tell_rejects(aside: Rejects, file: Path | None, words: Words) -> None:
    """Say what was set aside, most frequent first, each with what to do; nothing where nothing was."""
    from tocsin.calls import mend, reason_told

    if aside.total:
        typer.echo(words("reading.set_aside", rows=aside.total), err=True)
    for reason, rows in aside.reasons.most_common():
        typer.echo(words("reading.aside", rows=rows, reason=reason_told(reason), mend=mend(reason)), err=True)
    if aside.total and file is None:
        typer.echo(words("reading.keep_rejects"), err=True)
    tell_remarks(aside.remarks, words)


def tell_remarks(remarks: Mapping[Sentence, int], words: Words) -> None:
    """Say what there is to say of rows and files that count all the same."""
    from tocsin.calls import UNLISTED, unlisted_of

    told = [(rows, words.told(remark)) for remark, rows in remarks.items() if remark.name != UNLISTED]
    told += [(one.rows, unlisted_told(one, words)) for one in unlisted_of(remarks)]
    for rows, said in sorted(told, key=lambda one: -one[0]):
        typer.echo(f"  {words.number(rows)}  {said}", err=True)


def unlisted_told(one: Unlisted, words: Words) -> str:
    """Which values a mapping's table doesn't list, the most frequent first, and what to do."""
    shown = [words("reading.value", value=value, rows=rows) for value, rows in list(one.values.items())[:SHOWN]]
    rest = one.rows - sum(list(one.values.values())[:SHOWN])
    if rest:
        shown.append(words("reading.others", rows=rest))
    field = words(f"field.{one.field}")
    return words("reading.unlisted", column=one.column, field=field, listed=", ".join(shown), name=one.field)
