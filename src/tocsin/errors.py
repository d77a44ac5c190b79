"""The one family of errors: what is wrong, where, and what to do about it.

The innermost function says what is wrong; each caller on the way up adds the part of the address that it knows, with
:meth:`TocsinError.within`. What reaches the user is one sentence::

    fire.csv line 41, number: '01 99 00 41' has 8 digits, a number has 10: write all ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self


class TocsinError(Exception):
    """Something that a user can understand and mend.

    ``what`` is a sentence without its final stop; ``do`` says what to do about it (an imperative, no final stop).
    The address grows on the way up and is empty where nobody knows it. ``faults`` are the errors of which this one is
    the sum, each with its own address; most have none.
    """

    faults: Sequence[TocsinError] = ()

    def __init__(
        self, what: str, *, do: str = "", file: str | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.do = do
        self.file = file
        self.line = line
        self.field = field

    def within(self, *, file: str | None = None, line: int | None = None, field: str | None = None) -> Self:
        """Add the parts of the address that are still unknown, and return the same error to raise again."""
        self.file = self.file or file
        self.line = self.line if self.line is not None else line
        self.field = self.field or field
        return self

    @property
    def address(self) -> str:
        """Where: ``fire.csv line 41, number``; empty where nobody knows."""
        line = f"line {self.line}" if self.line is not None else ""
        place = " ".join(part for part in (self.file or "", line) if part)
        return ", ".join(part for part in (place, self.field or "") if part)

    def __str__(self) -> str:
        where = f"{self.address}: " if self.address else ""
        own = f"{where}{self.what}{f': {self.do}' if self.do else ''}."
        return "\n".join([own, *(str(fault) for fault in self.faults)])


class InputError(TocsinError):
    """What was given can't be read or isn't true: the giver can mend it."""


class UsageError(TocsinError):
    """The command was called in a way that means nothing: exit code 2."""
