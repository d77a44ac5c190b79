"""`tocsin kpi`: the standard indicators of any records."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tocsin.cli.app import app
from tocsin.cli.naming import value_told
from tocsin.cli.reading import KeyFile, MappingName, Records, RejectsFile, SiteFile, TerritoryDir
from tocsin.errors import UsageError
from tocsin.words import Sentence, Words

if TYPE_CHECKING:
    import polars as pl

UNKNOWN: Final = "—"
"""An indicator that the records don't give: never 0, which would say that no call was answered."""


@app.command(help="help.kpi")
def kpi(
    ctx: typer.Context,
    records: Records,
    by: Annotated[
        str,
        typer.Option("--by", metavar="metavar.words", help="help.by"),
    ] = "service",
    as_json: Annotated[bool, typer.Option("--json", help="help.kpi_json")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="help.kpi_csv")] = False,
    territory: TerritoryDir = None,
    mapping: MappingName = None,
    site: SiteFile = None,
    rejects: RejectsFile = None,
    key: KeyFile = None,
) -> None:
    """The indicators by their standard names: ASR, ABR, NER both ways, SER, SEER, ISA, waiting times."""
    from tocsin import counts
    from tocsin.cli.reading import reading

    if as_json and as_csv:
        raise UsageError(Sentence("usage.two_formats"), do=Sentence("do.one_format"))
    words = Words(language=ctx.obj)
    with reading(
        records, territory=territory, mapping=mapping, site=site, rejects=rejects, key=key, words=words
    ) as source:
        table = counts.kpi(source.batches(), by=[word.strip() for word in by.split(",") if word.strip()])
    if as_json:
        sys.stdout.write(f"{json.dumps(table.to_dicts(), ensure_ascii=False)}\n")
    elif as_csv:
        table.write_csv(sys.stdout)
    else:
        _show(table, words)


def _show(table: pl.DataFrame, words: Words) -> None:
    """Each row as a block of its indicators, each percentage beside its numerator and denominator; formulas below."""
    from rich.table import Table

    from tocsin.cli.paper import put
    from tocsin.counts import KPIS

    keys = table.columns[: table.columns.index("attempts")]
    for row in table.iter_rows(named=True):
        heading = ", ".join(
            f"{words(f'column.{name}')} {value_told(name, row[name], words) if row[name] else words('kpi.unknown')}"
            for name in keys
        )
        attempts = words("kpi.attempts", attempts=row["attempts"])
        answered = (
            words("kpi.answered", answered=row["answered"])
            if row["answered"] is not None
            else words("kpi.answered_unknown")
        )
        typer.echo(words("kpi.heading", heading=heading, attempts=attempts, answered=answered))
        block = Table(box=None, pad_edge=False, show_header=False)
        for justify in ("left", "right", "right", "left"):
            block.add_column(justify=justify)
        for one in KPIS:
            block.add_row(one.name, *_measured(row, one.name, words), words.told(one.title))
        put(block)
        typer.echo()
    if any(row[one.name] is None for row in table.iter_rows(named=True) for one in KPIS):
        typer.echo(f"{words('kpi.not_known')}\n")
    for one in KPIS:
        formula, source = words.told(one.formula), words.told(one.source)
        put(f"{one.name} = {formula} [{source}]", style="dim")


def _measured(row: Mapping[str, Any], name: str, words: Words) -> tuple[str, str]:
    """A percentage, and its numerator over its denominator; a dash for what the records don't say."""
    if row[name] is None:
        return UNKNOWN, ""
    over, of = (words.number(row[f"{name}_{part}"]) for part in ("n", "of"))
    return words.percent(row[name] / 100, 1), f"{over} / {of}"
