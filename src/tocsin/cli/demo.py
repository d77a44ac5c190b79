"""`tocsin demo`: the evening of 2 June 2021, from quiet weeks to the picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.app import app
from tocsin.words import Words

if TYPE_CHECKING:
    from tocsin.simulate import Truth
    from tocsin.territory import Territory
    from tocsin.watch import Alarm


@app.command(help="help.demo")
def demo(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="metavar.folder", help="help.demo_out")] = Path("out"),
) -> None:
    """Simulate the evening of 2 June 2021, learn its quiet weeks, watch it minute by minute, and tell how it went."""
    from tocsin import counts, territory, watch
    from tocsin.cli import evening
    from tocsin.cli.charting import LATEST_S, picture
    from tocsin.cli.keeping import whole
    from tocsin.cli.picture import draw
    from tocsin.cli.progress import days_bar
    from tocsin.cli.telling import alarm_told
    from tocsin.cli.watching import HOLD_S
    from tocsin.watch import Level, State

    france = territory.france()
    words = Words(language=ctx.obj, zone=france.zone)
    out.mkdir(parents=True, exist_ok=True)
    typer.echo(words("demo.title", days=evening.DAYS))
    with days_bar(words) as progress:
        played = evening.play(france, progress)
    typer.echo(words("demo.learning"))
    baseline = watch.learn(played.history, france, hold_s=HOLD_S)
    typer.echo(words("demo.watching", records=played.records.height))
    alarms: list[Alarm] = []
    for alarm in evening.watched(played.records, baseline, france, words.language):
        alarms.append(alarm)
        if alarm.level is Level.PAGE and alarm.state is not State.UPDATE:
            typer.echo(f"  {alarm_told(alarm, france, words)}")
    judge(alarms, played.truth, france, words)
    centres = evening.from_centres(played, france, words.language)
    with_redials, without = (
        words("demo.never") if minutes is None else words.minutes(minutes)
        for minutes in (centres.with_redials, centres.without)
    )
    bound = words.minutes(centres.yardstick)
    typer.echo(words("demo.centres", with_redials=with_redials, without=without, yardstick=bound))
    settled, complete = (counts.tally([played.records], territory=france, hold_s=h) for h in (HOLD_S, LATEST_S))
    drawn = picture(settled, complete, alarms, baseline, france, words, simulated=True)
    for ending in (".svg", ".png"):
        path = out / f"{evening.SCENARIO}{ending}"
        with whole(path) as partial:
            draw(drawn, partial, words)
        typer.echo(words("chart.drawn", file=path))
    typer.echo(words("demo.next"))


def judge(alarms: list[Alarm], truth: Truth, france: Territory, words: Words) -> None:
    """The truth beside the estimates of the page that lost most."""
    from rich.table import Table

    from tocsin.cli.evening import MINUTE
    from tocsin.cli.paper import put
    from tocsin.cli.telling import interval_told, onset_told, scope_told
    from tocsin.watch import Level, Scope

    assert truth.onset is not None
    assert truth.end is not None
    pages = [alarm for alarm in alarms if alarm.level is Level.PAGE]
    typer.echo(
        words(
            "demo.pages",
            pages=len({page.alarm for page in pages}),
            before=len({page.alarm for page in pages if page.at < truth.onset}),
            watches=len({alarm.alarm for alarm in alarms} - {page.alarm for page in pages}),
        )
    )
    since = [page for page in pages if page.at >= truth.onset]
    if not since:
        return
    first = since[0]
    last = max({page.alarm: page for page in since}.values(), key=lambda page: page.lost.best if page.lost else 0.0)
    table = Table(box=None, pad_edge=False)
    for column in ("demo.what", "demo.truth", "demo.estimate"):
        table.add_column(words(column))
    true_scope = Scope(access=truth.scope["access"][0], node=tuple(truth.scope["node"]))
    true_lost = words("demo.of", lost=truth.lost, attempts=truth.attempts)
    delay = words("demo.after", minutes=words.minutes((first.at - truth.onset) / MINUTE))
    closed = words.near(last.closed_at, truth.onset) if last.closed_at else words("demo.open")
    for row in (
        (words("demo.page"), "", f"{words.time(first.at)}, {delay}"),
        (words("demo.onset"), words.time(truth.onset), onset_told(last.onset, words, at=truth.onset)),
        (words("demo.scope"), scope_told(true_scope, france, words), scope_told(last.scope, france, words)),
        (words("demo.lost"), true_lost, interval_told(last.lost, words) if last.lost else ""),
        (words("demo.end"), words.near(truth.end, truth.onset), closed),
    ):
        table.add_row(*row)
    put(table)
