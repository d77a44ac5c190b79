"""`tocsin look`: what a file holds, and which loss it can reveal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tocsin.cli.app import app
from tocsin.cli.naming import value_told
from tocsin.cli.reading import KeyFile, MappingName, RejectsFile, SiteFile, TerritoryDir
from tocsin.errors import InputError
from tocsin.words import Sentence, Words

if TYPE_CHECKING:
    from tocsin.calls import Drafted, Examination
    from tocsin.territory import Territory

TOO_FEW: Final = 30
"""Fewer calls than these say neither their rate nor what it reveals."""

FEW: Final = 100
"""Fewer calls than these don't say their rate within a fifth: what it may be is said as well."""

SHOWN: Final = 8
"""So many values of a column are named: the most frequent."""

UNUSED: Final = 12
"""So many columns that a draft makes nothing of are named."""

UNITS: Final = ((0.1, 1, "look.minute"), (0.1 / 60, 60, "look.hour"), (0.0, 1440, "look.day"))
"""From so many calls a minute on the rate is told per so many minutes."""


@app.command(help="help.look")
def look(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="metavar.file", help="help.look_file")],
    write_mapping: Annotated[
        Path | None, typer.Option("--write-mapping", metavar="metavar.file", help="help.write_mapping")
    ] = None,
    write_site: Annotated[
        Path | None, typer.Option("--write-site", metavar="metavar.file", help="help.write_site")
    ] = None,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Say what a file of calls holds, what it lacks, and which loss it would reveal in how many minutes."""
    from tocsin import calls
    from tocsin.calls import Rejects
    from tocsin.cli.feeds import Feeds
    from tocsin.cli.keeping import check_folder, check_new, whole
    from tocsin.cli.reading import tell_remarks, territory_of
    from tocsin.cli.reveal import reveal

    for path in (write_mapping, write_site):
        if path is not None:
            check_folder(path)
            check_new(path)
    where = territory_of(territory)
    words = Words(language=ctx.obj, zone=where.zone)
    feeds = Feeds(where.zone)
    with Rejects(rejects) as aside:
        found = calls.examine(file, where, mapping=mapping, site=site, key=key, rejects=aside, onlooker=feeds.push)
    _tell(found, where, words)
    for line in feeds.told(words):
        typer.echo(line)
    if found.calls >= TOO_FEW:
        reveal(found, where, words)
    elif found.calls:
        typer.echo(words("look.too_few"))
    elif found.site is not None:
        typer.echo(words("look.unrevealed"))
    for path, text, lacking in (
        (write_mapping, found.drafted.text(words) if found.drafted else None, Sentence("look.no_draft")),
        (write_site, found.site, Sentence("look.no_site")),
    ):
        if path is None:
            continue
        if text is None:
            raise InputError(lacking, do=Sentence("do.leave_out"), file=file)
        with whole(path) as partial:
            partial.write_text(text, "utf-8")
        typer.echo(words("look.wrote", file=path))
    tell_remarks(found.remarks, words)
    if found.reasons and not found.calls and found.site is None:
        raise _no_call(found, where)


def _no_call(found: Examination, where: Territory) -> InputError:
    """Why nothing was read: most often the file is of a country other than the territory."""
    if found.of_no_service * 2 > sum(found.reasons.values()):
        what = Sentence("error.no_known_service", territory=where.name)
        return InputError(what, do=Sentence("do.give_territory"), file=found.file)
    return InputError(Sentence("error.no_call_read"), do=Sentence("do.mend_rows"), file=found.file)


def _tell(found: Examination, where: Territory, words: Words) -> None:
    known = found.format if found.drafted is None else words("look.unknown_format")
    typer.echo(words("look.format", file=found.file, format=known))
    if found.drafted is not None:
        _tell_draft(found.drafted, words)
    if found.first is not None and found.last is not None:
        typer.echo(words("look.span", calls=found.calls, first=found.first, last=found.last))
        _tell_rate(found, words)
    elif found.of_no_service:
        typer.echo(words("look.of_no_service", calls=found.of_no_service, territory=where.name))
    else:
        typer.echo(words("look.no_calls"))
    if found.heartbeats:
        typer.echo(words("look.heartbeats", heartbeats=found.heartbeats))
    typer.echo(words("look.zone", zone=found.zone))
    for column, values in found.counts.items():
        if values:
            typer.echo(_values(column, values, words))
    strange = any(remark.name in ("remark.unknown_area", "remark.foreign_area") for remark in found.remarks)
    for column in found.missing:
        if column == "area" and strange:
            typer.echo(words("look.strange_areas", territory=where.name))
        else:
            typer.echo(words("look.missing", column=words(f"field.{column}"), cost=words(f"cost.{column}")))
    for reason, rows, mend in found.mend:
        typer.echo(words("look.aside", rows=rows, reason=reason, mend=mend))
    if found.site is not None:
        typer.echo(words("look.site"))
    if found.met:
        typer.echo(words("look.met"))
    for column, values in found.met.items():
        typer.echo(f"  {_values(column, values, words)}")


def _tell_draft(drafted: Drafted, words: Words) -> None:
    """That a mapping was drafted, and which columns it makes nothing of, so that nobody takes them for missing."""
    typer.echo(words("look.drafted"))
    if drafted.endings is not None:
        for value, doubt in drafted.endings.doubts.items():
            typer.echo(words("look.doubt", column=drafted.endings.column, value=value, doubt=doubt))
    if not drafted.unused:
        return
    typer.echo(words("look.unused"))
    for one in drafted.unused[:UNUSED]:
        said = one.said(words)
        if one.field is not None:
            said = words("look.may_be", said=said, field=words(f"field.{one.field}"))
        typer.echo(words("look.column", column=one.column, said=said))
    more = len(drafted.unused) - UNUSED
    if more > 0:
        typer.echo(words("look.unused_more", more=more))
    typer.echo(words("look.use"))


def _values(column: str, values: Mapping[str, int], words: Words) -> str:
    """What a column holds and how often, the most frequent first."""
    shown = sorted(values.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    listed = ", ".join(f"{value_told(column, value, words)} {words.number(count)}" for value, count in shown)
    more = words("look.more", more=len(values) - len(shown)) if len(values) > len(shown) else ""
    return words("look.values", column=words(f"column.{column}"), listed=listed, more=more)


def _tell_rate(found: Examination, words: Words) -> None:
    """How often calls come, in the unit in which it can be read, and what it may be where they are few."""
    from tocsin.cli.reveal import rate_interval

    if found.calls < TOO_FEW:
        return
    per, unit = next((per, unit) for least, per, unit in UNITS if found.per_minute >= least)
    typer.echo(words("look.rate", rate=words.number(found.per_minute * per, 2), unit=words(unit)))
    if found.calls < FEW:
        low, high = (words.number(bound * per, 2) for bound in rate_interval(found))
        typer.echo(words("look.few", low=low, high=high, unit=words(unit)))
