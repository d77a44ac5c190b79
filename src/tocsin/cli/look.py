"""`tocsin look`: what a file holds, and which loss it can reveal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tocsin.cli.app import app
from tocsin.cli.reading import KeyFile, MappingName, RejectsFile, SiteFile, TerritoryDir
from tocsin.errors import InputError
from tocsin.words import Words

if TYPE_CHECKING:
    from tocsin.calls import Examination

CLASSES: Final = ("operator", "access", "centre")
"""What may fail by itself while the rest goes on."""

NAMED: Final = 2
"""So many classes of each kind are looked at: the largest."""


@app.command()
def look(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Any file of calls, [bold]-[/bold] for standard input.")],
    write_mapping: Annotated[
        Path | None, typer.Option("--write-mapping", metavar="FILE", help="Write the drafted mapping here, to correct.")
    ] = None,
    write_site: Annotated[
        Path | None, typer.Option("--write-site", metavar="FILE", help="Write a site.csv here, to fill in.")
    ] = None,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Say what a file of calls holds, what it lacks, and which loss it would reveal in how many minutes.

    The format is recognised from the content; of an unknown table a mapping is drafted, to be corrected by hand.

    [bold]Examples[/bold]

        tocsin look yourfile.csv

        tocsin look Master.csv --write-site site.csv

        tocsin look export.csv --write-mapping mine.toml
    """
    from tocsin import calls
    from tocsin.calls import Rejects
    from tocsin.cli.keeping import whole
    from tocsin.cli.reading import tell_remarks, territory_of

    where = territory_of(territory)
    words = Words(language=ctx.obj, zone=where.zone)
    with Rejects(rejects) as aside:
        found = calls.examine(file, where, mapping=mapping, site=site, key=key, rejects=aside)
    _tell(found, words)
    for path, text, lacking in (
        (write_mapping, found.drafted, "look.no_draft"),
        (write_site, found.site, "look.no_site"),
    ):
        if path is None:
            continue
        if text is None:
            raise InputError(words(lacking), do="leave the option out", file=file)
        with whole(path) as partial:
            partial.write_text(text, "utf-8")
        typer.echo(words("look.wrote", file=path))
    tell_remarks(found.remarks, words)


def _tell(found: Examination, words: Words) -> None:
    typer.echo(words("look.format", file=found.file, format=found.format))
    if found.drafted is not None:
        typer.echo(words("look.drafted"))
    if found.first is not None and found.last is not None:
        typer.echo(
            words(
                "look.span",
                calls=found.calls,
                first=found.first,
                last=found.last,
                rate=words.number(found.per_minute, 2),
            )
        )
    else:
        typer.echo(words("look.no_calls"))
    if found.heartbeats:
        typer.echo(words("look.heartbeats", heartbeats=found.heartbeats))
    typer.echo(words("look.zone", zone=found.zone))
    for column, values in found.counts.items():
        if values:
            shown = sorted(values.items(), key=lambda one: -one[1])[:8]
            listed = ", ".join(f"{value} {words.number(count)}" for value, count in shown)
            more = words("look.more", more=len(values) - len(shown)) if len(values) > len(shown) else ""
            typer.echo(words("look.values", column=column, listed=listed, more=more))
    for column, cost in found.missing:
        typer.echo(words("look.missing", column=column, cost=cost))
    for reason, rows, mend in found.mend:
        typer.echo(words("look.aside", rows=rows, reason=reason, mend=mend))
    if found.site is not None:
        typer.echo(words("look.site"))
    if found.calls:
        _reveal(found, words)


def _reveal(found: Examination, words: Words) -> None:
    """Which loss this volume reveals in how many minutes, and which never."""
    from tocsin.calls import FAILED
    from tocsin.watch import MONTH_MINUTES, Revealed, reveals

    vantages = found.counts["vantage"].values()  # they never add up: two may have seen the same call
    per_minute = found.per_minute * max(vantages, default=found.calls) / found.calls
    outcomes = found.counts["outcome"]
    known = sum(outcomes.values())
    shares = {
        words("look.class", dimension=dimension, value=value): count / found.calls
        for dimension in CLASSES
        for value, count in sorted(found.counts[dimension].items(), key=lambda one: -one[1])[:NAMED]
        if count < found.calls
    }
    rate = sum(outcomes.get(outcome, 0) for outcome in FAILED) / known if known else None
    typer.echo(words("look.reveals"))
    seen: dict[tuple[str, str], list[Revealed]] = {}
    for one in reveals(per_minute, failure_rate=rate, shares=shares, false_alarm_minutes=MONTH_MINUTES):
        seen.setdefault((one.what, one.family), []).append(one)
    for (what, family), losses in seen.items():
        told = ", ".join(
            words("look.after", loss=words.percent(one.loss), minutes=words.minutes(max(one.minutes, 1)))
            if one.minutes is not None
            else words("look.never", loss=words.percent(one.loss))
            for one in losses
        )
        where = words("look.everything") if what == "everything" else what
        typer.echo(words("look.revealed", where=where, family=words(f"family.{family}"), told=told))
