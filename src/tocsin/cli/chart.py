"""`tocsin chart`: the picture of an alarm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.app import app
from tocsin.cli.rate import DEFAULT
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.cli.watch import BaselineFile, FalseAlarms
from tocsin.words import Words


@app.command(help="help.chart")
def chart(
    ctx: typer.Context,
    records: Records,
    baseline: BaselineFile,
    out: Annotated[Path, typer.Option("--out", metavar="metavar.file", help="help.chart_out")],
    false_alarms: FalseAlarms = DEFAULT,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Draw what `watch` finds: the map by département, and what was seen against what was expected."""
    from tocsin import counts
    from tocsin.cli.aloud import aloud
    from tocsin.cli.charting import LATEST_S, picture
    from tocsin.cli.keeping import check_folder, whole
    from tocsin.cli.picture import check_format, draw
    from tocsin.cli.rate import minutes_per_false_alarm
    from tocsin.cli.reading import reading
    from tocsin.cli.watching import watch_days
    from tocsin.watch import Watch, read_baseline

    check_format(out)
    check_folder(out)
    minutes = minutes_per_false_alarm(false_alarms)
    normal = read_baseline(baseline)
    words = Words(language=ctx.obj, zone=normal.zone)
    say = aloud(words)
    with (
        reading(
            records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
        ) as source,
        source.days(say) as days,
    ):

        def begin() -> Watch:
            return Watch(normal, source.territory, false_alarm_minutes=minutes, language=words.language)

        alarms = list(watch_days(days, normal, begin, source.territory, say))
        where = source.territory
        settled, complete = (counts.tally(days, territory=where, hold_s=hold) for hold in (normal.hold_s, LATEST_S))
        drawn = picture(settled, complete, alarms, normal, where, words, simulated=are_simulated(records))
    with whole(out) as partial:
        draw(drawn, partial, words)
    typer.echo(words("chart.drawn", file=out))
    typer.echo(words("chart.page", what=drawn.title, where=drawn.scope))
    if drawn.note:
        typer.echo(drawn.note)


def are_simulated(records: Sequence[str]) -> bool:
    """Whether a simulator's truth lies beside any of the files: `evening.truth.json` beside `evening.parquet`."""
    beside = [path.with_name(f"{path.name.split('.')[0]}.truth.json") for path in map(Path, records)]
    return any(path.is_file() and json.loads(path.read_text("utf-8")).get("simulated") is True for path in beside)
