"""How a command ends: the exit code and the sentence for each way, so that no user ever meets a traceback."""

from __future__ import annotations

import math
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import typer

from tocsin.cli.spoken import (
    Group,
    NoArgsIsHelpError,
    WrongCall,
    language_of,
    misuse,
    tell_helps,
    with_language_first,
)
from tocsin.clock import Clock
from tocsin.errors import TocsinError, UsageError
from tocsin.words import TAKES_NO_MORE, Words, of_the_system, sentence_of

FAILED: Final = 1
USAGE: Final = 2
PAGED: Final = 3
"""Something paged, even if closed since. Watches alone end with 0."""
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""As a shell shows a program that its closed pipe has ended: 128 + SIGPIPE."""

AGAIN_S: Final = 5.0
"""So long after the last one, another Ctrl-C is one of its own: the first may have been lost in a library."""


class Ending(Group):
    """The group of all commands, ending each one in a sentence and an exit code, in its reader's language."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **settings: Any) -> Any:
        line = with_language_first(sys.argv[1:] if args is None else args)
        words = Words(language=language_of(line, os.environ))
        tell_helps(self, words)
        try:
            code = super().main(line, **{**settings, "standalone_mode": False, "obj": words.language})
        except NoArgsIsHelpError:
            sys.exit(USAGE)
        except WrongCall as error:
            typer.echo(words.told(sentence_of(misuse(error))), err=True)
            sys.exit(USAGE)
        sys.exit(code)

    def invoke(self, ctx: Any) -> Any:
        with in_a_sentence(Words(language=ctx.obj)):
            answer = super().invoke(ctx)
            sys.stdout.flush()
            return answer


@contextmanager
def interrupted_once(clock: Clock) -> Iterator[None]:
    """Let Ctrl-C stop what is done here once: pressed again at once, or while the program ends, it changes nothing.

    So what is being cleaned up is cleaned up, and the exit code stays. Where it is ignored already (a job in the
    background) it stays so.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    stopped = -math.inf

    def stop(*_: object) -> None:
        nonlocal stopped
        before, stopped = stopped, clock()
        if stopped - before > AGAIN_S:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def in_a_sentence(words: Words) -> Iterator[None]:
    """Turn what a user can mend, a full disk, a closed pipe or Ctrl-C into one sentence and an exit code."""
    try:
        yield
    except UsageError as error:
        raise _said(words.told(sentence_of(error)), USAGE) from error
    except TocsinError as error:
        raise _said(words.told(sentence_of(error)), FAILED) from error
    except KeyboardInterrupt as error:
        raise _said(words("ending.interrupted"), INTERRUPTED) from error
    except BrokenPipeError as error:
        _leave_quietly()
        raise typer.Exit(PIPE_CLOSED) from error
    except OSError as error:
        raise _said(_of_a_file(error, words), FAILED) from error


def _said(sentence: str, code: int) -> typer.Exit:
    typer.echo(sentence, err=True)
    if code != INTERRUPTED:
        _leave_quietly()
    return typer.Exit(code)


def _of_a_file(error: OSError, words: Words) -> str:
    number = error.errno or _number_in(str(error))
    why = words.told(of_the_system(OSError(number, error.strerror or str(error)))).lower()
    sentence = words("ending.incomplete" if number in TAKES_NO_MORE else "ending.refused", why=why)
    return words("form.at", address=error.filename, sentence=sentence) if error.filename else sentence


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
