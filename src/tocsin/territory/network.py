"""The network: who carries calls, and through what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who carries the caller's or the centre's calls."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Node:
    """One piece of equipment that a call passes; ``kind`` call server, gateway, SBC, trunk; ``operator`` its owner."""

    code: str
    kind: str
    operator: str | None = None


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The room that answers: CRRA-SAMU, CTA-CODIS, CORG, CIC (PSAP).

    ``area`` where it sits, and what it serves unless the plan says more · ``operator`` who carries its calls, if known.
    """

    code: str
    name: str
    area: str
    operator: str | None = None
