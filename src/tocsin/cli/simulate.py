"""`tocsin simulate`: a scenario as records, and the truth beside them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.app import app
from tocsin.cli.reading import TerritoryDir
from tocsin.words import Words


class Vantage(StrEnum):
    OPERATOR = "operator"
    CENTRE = "centre"
    BOTH = "both"


def _scenarios(incomplete: str) -> list[str]:
    from tocsin import simulate

    return [name for name in simulate.names() if name.startswith(incomplete)]


@app.command("simulate", help="help.simulate")
def simulate_(
    ctx: typer.Context,
    scenario: Annotated[
        str,
        typer.Argument(metavar="metavar.scenario", autocompletion=_scenarios, help="help.scenario"),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="metavar.file", help="help.simulate_out")],
    days: Annotated[int, typer.Option("--days", metavar="metavar.number", min=0, help="help.days")] = 0,
    seed: Annotated[int, typer.Option("--seed", metavar="metavar.number", min=0, help="help.seed")] = 1,
    vantage: Annotated[Vantage, typer.Option("--vantage", help="help.vantage")] = Vantage.BOTH,
    territory: TerritoryDir = None,
) -> None:
    """Play an outage on a simulated country and write its call records, the truth beside them."""
    from tocsin import simulate
    from tocsin.cli.keeping import whole
    from tocsin.cli.progress import days_bar
    from tocsin.cli.reading import territory_of
    from tocsin.cli.writing import check_ending, writing

    ending = check_ending(out)
    where = territory_of(territory)
    words = Words(language=ctx.obj, zone=where.zone)
    with days_bar(words) as progress, writing(out) as write:
        records = simulate.records(
            simulate.load(scenario), where, seed=seed, days=days, vantage=vantage.value, progress=progress
        )
        rows = 0
        for batch in records:
            write(batch)
            rows += batch.height
    truth = records.truth
    beside = out.with_name(f"{out.name.removesuffix(ending)}.truth.json")
    with whole(beside) as partial:
        partial.write_text(truth.to_json(), "utf-8")
    french = words.language == "fr"
    title = truth.title_fr if french else truth.title_en
    typer.echo(words("simulate.written", title=title, rows=rows, file=out))
    if truth.onset and truth.end:
        typer.echo(words("simulate.truth", onset=truth.onset, end=truth.end, lost=truth.lost, attempts=truth.attempts))
    typer.echo(words("simulate.beside", file=beside))
    for invented in (french and truth.invented_fr) or truth.invented:
        typer.echo(words("simulate.invented", what=invented))
