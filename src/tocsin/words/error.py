"""Errors as sentences: ours, with their address and what to do, and those of the system."""

from __future__ import annotations

import errno
from functools import reduce
from typing import Final

from tocsin.errors import TocsinError
from tocsin.words.language import Sentence

SYSTEM: Final = {
    errno.ENOENT: "no_file",
    errno.EACCES: "denied",
    errno.EPERM: "not_permitted",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EFBIG: "grew",
    errno.ENOSPC: "full",
    errno.EDQUOT: "quota",
    errno.EROFS: "read_only",
    errno.EIO: "device",
}
"""Number of a system error (POSIX) -> name of its text. Of any other, what the system itself says must do."""

TAKES_NO_MORE: Final = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""Those of a disk that takes no more, so that what was being written is incomplete."""


def of_the_system(error: OSError) -> str:
    """Why the system refused, without its address: "No such file or directory"."""
    name = SYSTEM.get(error.errno or 0)
    return Sentence(f"system.{name}") if name is not None else error.strerror or str(error)


def sentence_of(error: TocsinError) -> Sentence:
    """The whole sentence of an error; in English it is `str(error)`. What the error says only in English stays so."""
    told = (
        Sentence("form.fault_to_do", what=error.what, do=error.do)
        if error.do
        else Sentence("form.fault", what=error.what)
    )
    address = _address(error)
    own = Sentence("form.at", address=address, sentence=told) if address else told
    return reduce(lambda above, one: Sentence("form.beneath", above=above, one=sentence_of(one)), error.faults, own)


def _address(error: TocsinError) -> str:
    place = error.file or ""
    if error.line is not None:
        line = Sentence("form.line", line=str(error.line))
        place = Sentence("form.file_line", file=place, line=line) if place else line
    if place and error.field:
        return Sentence("form.field", place=place, field=error.field)
    return place or error.field or ""
