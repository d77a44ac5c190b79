"""`tocsin watch`: records in, alarms out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.app import app
from tocsin.cli.ending import PAGED
from tocsin.cli.rate import DEFAULT
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.words import Words

BaselineFile = Annotated[
    Path, typer.Option("--baseline", metavar="BASELINE", help="What `tocsin learn` wrote from quiet weeks.")
]
FalseAlarms = Annotated[
    str,
    typer.Option("--false-alarms", metavar="RATE", help="How often a page may ring for nothing, whole country."),
]


@app.command("watch")
def watch_(
    ctx: typer.Context,
    records: Records,
    baseline: BaselineFile,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each change.")] = False,
    false_alarms: FalseAlarms = DEFAULT,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Watch records against a baseline: pages where calls no longer get through, watches where they look odd.

    Each change is one line: opened, update, closed. Exits with 3 if anything paged, even if closed since.

    [bold]Examples[/bold]

        tocsin watch evening.parquet --baseline baseline

        tocsin watch evening.parquet --baseline baseline --false-alarms "2 a year" --json
    """
    from tocsin.cli.rate import minutes_per_false_alarm
    from tocsin.cli.reading import reading
    from tocsin.cli.telling import alarm_told
    from tocsin.cli.watching import watch_days
    from tocsin.watch import Baseline, Level, Watch

    minutes = minutes_per_false_alarm(false_alarms)
    normal = Baseline.read(baseline)
    words = Words(language=ctx.obj, zone=normal.zone)
    paged: set[str] = set()
    watched: set[str] = set()
    with (
        reading(
            records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
        ) as source,
        source.days() as days,
    ):
        watching = Watch(normal, source.territory, false_alarm_minutes=minutes, language=words.language)
        for alarm in watch_days(days, normal, watching, source.territory):
            (paged if alarm.level is Level.PAGE else watched).add(alarm.alarm)
            line = (
                json.dumps(alarm.as_json(), ensure_ascii=False)
                if as_json
                else alarm_told(alarm, source.territory, words)
            )
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    if not as_json:
        typer.echo(words("watch.summary", pages=len(paged), watches=len(watched - paged)))
    if paged:
        raise typer.Exit(PAGED)
