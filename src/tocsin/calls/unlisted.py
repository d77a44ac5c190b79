"""Values that a mapping's table doesn't list: without a word on them, a loss that a file does tell would be unknown."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Final

from tocsin.calls.rejects import masked
from tocsin.words import Sentence

UNLISTED: Final = "remark.unlisted"
"""The name of the remark; `unlisted_of` puts those of one field together."""
MOST: Final = 50
"""So many values of a file are kept by name: a free text has ever more."""
LONGEST: Final = 40
"""So many characters of one are kept."""


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """The unlisted values of one field.

    ``column`` it's made of · ``rows`` in all · ``values`` value, numbers masked -> rows, the most frequent first ·
    ``usable`` those of them that stand there as they are in the file.
    """

    field: str
    column: str
    rows: int
    values: MappingOf[str, int]
    usable: MappingOf[str, int]


@dataclass
class Naming:
    """Names what is unlisted, and goes on counting without names once there are too many of them."""

    named: set[str] = field(default_factory=set)

    def remark(self, target: str, column: str, value: str) -> Sentence:
        """The remark on rows that hold this value."""
        shown = masked(value)[:LONGEST]
        if shown not in self.named and len(self.named) >= MOST:
            shown = ""
        self.named.add(shown)
        return Sentence(UNLISTED, field=target, column=column, value=shown, usable=shown == value)


def unlisted_of(remarks: MappingOf[Sentence, int]) -> Iterator[Unlisted]:
    """The remarks on unlisted values, put together by field."""
    ours = sorted(
        ((remark.values, rows) for remark, rows in remarks.items() if remark.name == UNLISTED),
        key=lambda one: (-one[1], str(one[0]["value"])),
    )
    for target, column in dict.fromkeys((str(said["field"]), str(said["column"])) for said, _ in ours):
        of_it = [(said, rows) for said, rows in ours if (said["field"], said["column"]) == (target, column)]
        yield Unlisted(
            field=target,
            column=column,
            rows=sum(rows for _, rows in of_it),
            values={str(said["value"]): rows for said, rows in of_it if said["value"]},
            usable={str(said["value"]): rows for said, rows in of_it if said["usable"]},
        )
