"""The area: a node of the territory's tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A commune, a département, a région, a nation; in another country whatever its tree is made of.

    ``code`` in France the INSEE code as a string ("2A004", "01", "971"), "R53" for a région and "FR" for the nation ·
    ``kind`` in France `commune`, `municipal arrondissement` (of Paris, Lyon and Marseille), `arrondissement`,
    `departement`, `collectivity` (overseas, outside any région), `region` or `nation` · ``parent`` the code of the area
    above (None at the top); a commune's is its département · ``population`` inhabitants, of an area above the commune
    the sum of its communes' · ``postal_codes`` of a commune · ``district`` of a commune the code of its arrondissement.
    """

    code: str
    name: str
    kind: str
    parent: str | None
    population: int
    postal_codes: tuple[str, ...] = ()
    district: str | None = None
