"""The scope: a set of cells that a loss can have in common, named by what its calls share."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

CLASS_DIMENSIONS: Final = ("operator", "access", "node", "centre")
"""What splits calls that share their demand. A call is in the class of each node of its path."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where something happens; a part that is None stands for all.

    ``node`` may hold several names: the equipments that carry these calls between them, any of which a call may cross.
    """

    area: str | None = None
    service: str | None = None
    operator: str | None = None
    access: str | None = None
    node: str | tuple[str, ...] | None = None
    centre: str | None = None
    feed: str | None = None

    def as_json(self) -> dict[str, str | list[str]]:
        """The parts that are set; several nodes become a list."""
        parts = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in parts if value is not None}

    def narrowed(self, dimension: str, value: str) -> Scope:
        """The same scope, with one part set."""
        return replace(self, **{dimension: value})

    def __str__(self) -> str:
        parts = (
            f"{name} {', '.join(value) if isinstance(value, list) else value}" for name, value in self.as_json().items()
        )
        return ", ".join(parts) or "everything"
