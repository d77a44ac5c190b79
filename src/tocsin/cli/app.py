"""All commands, in the order in which one meets them. Each is imported here; what it needs is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin import words
from tocsin.cli.ending import Ending

app = typer.Typer(
    name="tocsin",
    cls=Ending,
    help="Watches a country's emergency calls and raises an alarm within minutes when they stop getting through.",
    epilog="Start with [bold]tocsin look yourfile.csv[/bold], or [bold]tocsin demo[/bold] for the evening of "
    "2 June 2021, simulated. Exit codes: 0 nothing paged, 1 error, 2 usage, 3 something paged.",
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


SPOKEN = f"Language of reports: {', '.join(words.LANGUAGES)}."
Language = Annotated[str, typer.Option("--lang", envvar="LANG", metavar="LANG", help=SPOKEN)]
Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which tocsin this is.")]


@app.callback()
def tocsin(ctx: typer.Context, lang: Language = "en", version: Version = False) -> None:  # noqa: ARG001 (its callback acts)
    ctx.obj = words.choose(lang)


def main() -> None:
    """Run the command that the shell gave."""
    app()
