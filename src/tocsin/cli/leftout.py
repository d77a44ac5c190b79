"""What `learn` left out, once for each scope and stretch of time, however many families and vantages showed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.watch import LeftOut


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """``of`` what was left out of one scope from ``start`` to ``end`` (seconds since 1970); the largest comes first."""

    start: int
    end: int
    of: tuple[LeftOut, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """The families that showed it, the one that says most first."""
        return tuple(dict.fromkeys(each.family for each in self.of))


def stretches(left_out: Iterable[LeftOut]) -> list[Stretch]:
    """Joins what overlaps or touches in one scope; the largest first."""
    found: list[list[LeftOut]] = []
    ends: list[int] = []
    for each in sorted(left_out, key=lambda one: (sorted(one.scope.items()), one.start)):
        if found and found[-1][0].scope == each.scope and each.start <= ends[-1]:
            found[-1].append(each)
            ends[-1] = max(ends[-1], each.end)
        else:
            found.append([each])
            ends.append(each.end)
    joined = [
        Stretch(start=parts[0].start, end=end, of=tuple(sorted(parts, key=size, reverse=True)))
        for parts, end in zip(found, ends, strict=True)
    ]
    return sorted(joined, key=lambda one: size(one.of[0]), reverse=True)


def size(hours: LeftOut) -> float:
    """Calls more or fewer than expected."""
    return abs(hours.seen - hours.expected)
