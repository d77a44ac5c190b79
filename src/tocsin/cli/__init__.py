"""The command line: one file per command, each a thin edge over the rooms below."""

from tocsin.cli.app import app, main

__all__ = ["app", "main"]
