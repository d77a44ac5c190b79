"""`tocsin learn`: from quiet weeks to a baseline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from tocsin.cli.app import app
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.words import Words

SHOWN: Final = 10
"""Of the hours that were left out as not normal, so many are named: the largest."""


@app.command()
def learn(
    ctx: typer.Context,
    records: Records,
    out: Annotated[Path, typer.Option("--out", metavar="BASELINE", help="Where to write the baseline: any path.")],
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Learn what is normal from at least 14 days of records, so that `watch` can tell what isn't.

    Past outages in the history are found, left out and named. From fewer days it says what it can't promise.

    [bold]Examples[/bold]

        tocsin learn may.parquet --out baseline

        tocsin learn operators/ centres/ --out baseline --key secret.key
    """
    from tocsin.cli.keeping import whole
    from tocsin.cli.reading import reading
    from tocsin.cli.watching import learn_days

    words = Words(language=ctx.obj)
    with reading(
        records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
    ) as source:
        words = Words(language=ctx.obj, zone=source.territory.zone)
        with source.days() as days:
            baseline = learn_days(days, source.territory)
        with whole(out) as partial:
            baseline.write(partial)
    since, until = (datetime.fromtimestamp(at, UTC) for at in (baseline.learned_from, baseline.learned_to))
    typer.echo(words("learn.learned", records=days.records, since=since, until=until, file=out))
    typer.echo(words("learn.lattice", scopes=len(baseline.lattice), vantages=words.listed(list(baseline.vantages))))
    for hours in sorted(baseline.left_out, key=lambda hours: -abs(hours.seen - hours.expected))[:SHOWN]:
        at = datetime.fromtimestamp(hours.start, UTC)
        where = ", ".join(hours.scope.values()) or source.territory.name
        seen, expected = round(hours.seen), round(hours.expected)
        typer.echo(words("learn.left_out", at=at, where=where, family=hours.family, seen=seen, expected=expected))
    if len(baseline.left_out) > SHOWN:
        typer.echo(words("learn.left_out_more", more=len(baseline.left_out) - SHOWN))
    for caution in baseline.cautions:
        typer.echo(words("learn.caution", caution=caution), err=True)
