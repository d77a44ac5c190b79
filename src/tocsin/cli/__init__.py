"""The command line: one file per command, each a thin edge over the rooms below."""

from tocsin.cli.app import app, main

# Each registers its command, in the order in which `tocsin --help` lists them.
# isort: off
from tocsin.cli import demo, look, simulate, learn, watch, chart, kpi, plan  # noqa: F401
# isort: on

__all__ = ["app", "main"]
