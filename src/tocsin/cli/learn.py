"""`tocsin learn`: from quiet weeks to a baseline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tocsin.cli.app import app
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.words import Words

if TYPE_CHECKING:
    from tocsin.cli.leftout import Stretch
    from tocsin.territory import Territory

SHOWN: Final = 10
"""Of the stretches of time that were left out as not normal, so many are named: the largest."""


@app.command(help="help.learn")
def learn(
    ctx: typer.Context,
    records: Records,
    out: Annotated[Path, typer.Option("--out", metavar="metavar.baseline", help="help.learn_out")],
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Learn what is normal from at least 14 days of records, so that `watch` can tell what isn't."""
    from tocsin.cli.aloud import aloud
    from tocsin.cli.keeping import check_folder, whole
    from tocsin.cli.leftout import stretches
    from tocsin.cli.reading import reading
    from tocsin.cli.watching import learn_days
    from tocsin.watch import write_baseline

    check_folder(out)
    words = Words(language=ctx.obj)
    with reading(
        records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
    ) as source:
        words = Words(language=ctx.obj, zone=source.territory.zone)
        with source.days(aloud(words)) as days:
            baseline = learn_days(days, source.territory)
        with whole(out) as partial:
            write_baseline(baseline, partial)
    since, until = (datetime.fromtimestamp(at, UTC) for at in (baseline.learned_from, baseline.learned_to))
    typer.echo(words("learn.learned", records=days.met.records, since=since, until=until, file=out))
    typer.echo(
        words(
            "learn.lattice",
            scopes=len(baseline.lattice),
            vantages=tuple(words(f"records_of.{name}") for name in baseline.vantages),
        )
    )
    left_out = stretches(baseline.left_out)
    for hours in left_out[:SHOWN]:
        typer.echo(_left_out_told(hours, source.territory, words))
    if len(left_out) > SHOWN:
        typer.echo(words("learn.left_out_more", more=len(left_out) - SHOWN))
    for caution in baseline.cautions:
        typer.echo(words("learn.caution", caution=caution), err=True)


def _left_out_told(hours: Stretch, territory: Territory, words: Words) -> str:
    from tocsin.cli.telling import scope_told
    from tocsin.watch import Scope

    begun, ended = (datetime.fromtimestamp(second, UTC) for second in (hours.start, hours.end))
    most = hours.of[0]
    return words(
        "learn.left_out",
        where=scope_told(Scope(**most.scope), territory, words),
        at=begun,
        until=words.near(ended, begun),
        what=words(f"left_out.{hours.families[0]}"),
        seen=round(most.seen),
        expected=round(most.expected),
    )
