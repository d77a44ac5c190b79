"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.errors import InputError
from tocsin.words import Sentence


def check_folder(path: Path) -> None:
    """Raise InputError where a file is to be written into a folder that isn't there: it may be mistyped.

    Asked before the work that takes minutes.
    """
    if not path.parent.is_dir():
        raise InputError(
            Sentence("error.no_such_folder"), do=Sentence("do.make_folder", folder=path.parent), file=str(path)
        )


def check_new(path: Path) -> None:
    """Raise InputError where a draft would take the place of a file that somebody has corrected since."""
    if path.is_file() and path.stat().st_size:
        raise InputError(Sentence("error.would_overwrite"), do=Sentence("do.other_file"), file=str(path))


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes `path` once all is written; on any failure `path` stays as it was.

    The name ends as `path` does, so that writers who choose a format by the ending choose the same. What is no file
    (a device, a pipe) is written to as it is: it has no earlier content to keep.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    check_folder(path)
    partial = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
