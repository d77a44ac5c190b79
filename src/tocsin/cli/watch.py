"""`tocsin watch`: records in, alarms out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.app import app
from tocsin.cli.ending import INTERRUPTED, PAGED
from tocsin.cli.rate import DEFAULT
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.words import Words

if TYPE_CHECKING:
    from tocsin.cli.aloud import Say
    from tocsin.cli.reading import Reading
    from tocsin.territory import Territory
    from tocsin.watch import Alarm, Baseline, Watch

    Changes = Generator[Alarm, None, None]

BaselineFile = Annotated[Path, typer.Option("--baseline", metavar="metavar.baseline", help="help.baseline")]
FalseAlarms = Annotated[
    str,
    typer.Option("--false-alarms", metavar="metavar.rate", help="help.false_alarms", show_default=False),
]


@app.command("watch", help="help.watch")
def watch_(
    ctx: typer.Context,
    records: Records,
    baseline: BaselineFile,
    follow: Annotated[bool, typer.Option("--follow", help="help.follow")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="help.watch_json")] = False,
    false_alarms: FalseAlarms = DEFAULT,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """Watch records against a baseline: pages where calls no longer get through, watches where they look odd."""
    from tocsin.cli.aloud import aloud
    from tocsin.cli.rate import minutes_per_false_alarm
    from tocsin.cli.reading import reading
    from tocsin.cli.summary import Summary
    from tocsin.watch import Watch, read_baseline

    minutes = minutes_per_false_alarm(false_alarms)
    normal = read_baseline(baseline)
    words = Words(language=ctx.obj, zone=normal.zone)
    summary = Summary()
    stopped = False
    with reading(
        records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
    ) as source:

        def begin() -> Watch:
            return Watch(normal, source.territory, false_alarm_minutes=minutes, language=words.language)

        watched = (_followed if follow else _at_rest)(source, normal, begin, aloud(words))
        with closing(watched) as changes, _shown(source.territory, words, as_json=as_json, live=follow) as show:
            try:
                for alarm in changes:
                    summary.take(alarm)
                    show(alarm)
            except KeyboardInterrupt:
                if not follow:
                    raise
                stopped = True  # the only way in which a watch of growing files ends well
    if not as_json:
        typer.echo(summary.told(source.territory, words))
    if stopped:
        typer.echo(words("ending.interrupted"), err=True)
    if summary.paged:
        raise typer.Exit(PAGED)
    if stopped:
        raise typer.Exit(INTERRUPTED)


def _at_rest(source: Reading, baseline: Baseline, begin: Callable[[], Watch], say: Say) -> Changes:
    from tocsin.cli.watching import watch_days

    with source.days(say) as days:
        yield from watch_days(days, baseline, begin, source.territory, say)


def _followed(source: Reading, baseline: Baseline, begin: Callable[[], Watch], say: Say) -> Changes:
    from tocsin import clock
    from tocsin.cli.following import Following

    even = clock.Even(clock.wall, clock.steady)
    following = Following(baseline, begin, source.territory, say, clock=even)
    try:
        for changes in following.alarms(source.growing(even), clock.wait):
            yield from changes
    finally:
        following.tell()


@contextmanager
def _shown(territory: Territory, words: Words, *, as_json: bool, live: bool) -> Iterator[Callable[[Alarm], None]]:
    if as_json:
        yield _print_json
        return
    from tocsin.cli.screen import screen

    with screen(territory, words, live=live) as on_screen:
        yield on_screen.show


def _print_json(alarm: Alarm) -> None:
    sys.stdout.write(f"{json.dumps(alarm.as_json(), ensure_ascii=False)}\n")
    sys.stdout.flush()
