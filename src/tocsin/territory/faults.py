"""FolderError: everything that is wrong with a folder of files, in one error."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.errors import InputError
from tocsin.words import Sentence


class FolderError(InputError):
    """All faults of a folder together; ``faults`` holds each with its own address. Shown as one sentence a line."""

    def __init__(self, faults: Sequence[InputError], *, file: str) -> None:
        super().__init__(Sentence("fault.some", count=len(faults)), do=Sentence("repair.each"), file=file)
        self.faults = tuple(faults)
