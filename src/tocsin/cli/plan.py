"""`tocsin plan check`: every fault of a routing plan, before it routes a call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.app import app
from tocsin.cli.ending import FAILED
from tocsin.cli.reading import TerritoryDir
from tocsin.cli.spoken import Group
from tocsin.words import Words, sentence_of

plan = typer.Typer(cls=Group, no_args_is_help=True)
app.add_typer(plan, name="plan")


@plan.callback(help="help.plan")
def group() -> None:
    """Keep `check` a command of its own while it is the only one."""


@plan.command(help="help.check")
def check(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="metavar.folder", help="help.plan_folder")],
    territory: TerritoryDir = None,
) -> None:
    """Report every fault of a routing plan with its file, line, field and what to do; exit 1 if there is one."""
    from tocsin import territory as territories
    from tocsin.cli.reading import territory_of

    where = territory_of(territory)
    words = Words(language=ctx.obj, zone=where.zone)
    faults = territories.check_plan(folder, where)
    for fault in faults:
        typer.echo(words.told(sentence_of(fault)))
    if faults:
        typer.echo(words("plan.faults", faults=len(faults)), err=True)
        raise typer.Exit(FAILED)
    typer.echo(words("plan.sound", folder=folder))
    note = territories.note_on_plan(folder, where)
    if note is not None:
        typer.echo(words.told(note))
