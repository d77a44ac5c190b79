"""FolderError: everything that is wrong with a folder of files, in one error."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.errors import InputError


class FolderError(InputError):
    """All faults of a folder together; ``faults`` holds each with its own address. Shown as one sentence a line."""

    def __init__(self, faults: Sequence[InputError], *, file: str) -> None:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} in the folder", do="mend each and try again", file=file)
        self.faults = tuple(faults)
