"""All commands, in the order in which one meets them. Each is imported here; what it needs is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin import clock
from tocsin.cli.ending import Ending, interrupted_once
from tocsin.cli.spoken import LANGUAGE, check_language

app = typer.Typer(
    name="tocsin",
    cls=Ending,
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tocsin {version('tocsin')}")
        raise typer.Exit


Language = Annotated[str | None, typer.Option(LANGUAGE, metavar="metavar.language", help="help.language")]
Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="help.version")]


@app.callback(help="help.tocsin", epilog="help.start")
def tocsin(lang: Language = None, version: Version = False) -> None:  # noqa: ARG001 (its callback acts)
    check_language(lang)


def main() -> None:
    """Run the command that the shell gave."""
    with interrupted_once(clock.steady):
        app()
