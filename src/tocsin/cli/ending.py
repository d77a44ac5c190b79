"""How a command ends: the exit code and the sentence for each way, so that no user ever meets a traceback."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer
from typer.core import TyperGroup

from tocsin.errors import TocsinError, UsageError

FAILED: Final = 1
USAGE: Final = 2
PAGED: Final = 3
"""Something paged, even if closed since. Watches alone end with 0."""
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""As a shell shows a program that its closed pipe has ended: 128 + SIGPIPE."""

DISK: Final = {
    errno.EFBIG: "the file grew larger than this system allows",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk can only be read",
    errno.EIO: "the disk failed",
}
"""What the system says of a disk that takes no more, in words."""


class Ending(TyperGroup):
    """The group of all commands, ending each one in a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        with in_a_sentence():
            answer = super().invoke(ctx)
            sys.stdout.flush()
            return answer


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Turn what a user can mend, a full disk, a closed pipe or Ctrl-C into one sentence and an exit code."""
    try:
        yield
    except UsageError as error:
        raise _said(str(error), USAGE) from error
    except TocsinError as error:
        raise _said(str(error), FAILED) from error
    except KeyboardInterrupt as error:
        raise _said("Stopped, as you asked. Nothing half-written was left behind.", INTERRUPTED) from error
    except BrokenPipeError as error:
        _leave_quietly()
        raise typer.Exit(PIPE_CLOSED) from error
    except OSError as error:
        raise _said(_of_the_system(error), FAILED) from error


def _said(sentence: str, code: int) -> typer.Exit:
    typer.echo(sentence, err=True)
    if code != INTERRUPTED:
        _leave_quietly()
    return typer.Exit(code)


def _of_the_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    number = error.errno or _number_in(str(error))
    if number in DISK:
        return f"{where}{DISK[number]}, so the output is incomplete: make room and run the command again."
    return f"{where}{(error.strerror or str(error)).lower()}: check the path and its permissions."


def _number_in(text: str) -> int:
    """The system's number of an error that a library has put into words: `... (os error 28)`; 0 where there is none."""
    match = re.search(r"(?:os error|errno) (\d+)", text, re.IGNORECASE)
    return int(match[1]) if match else 0


def _leave_quietly() -> None:
    """Drop what standard output still holds: flushing it again at exit would only fail again, loudly."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
