"""Naming: what the calls of a scope have in common, so that an alarm says all that is known of where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.watch.lattice import Lattice
from tocsin.watch.scope import Scope

_INSIDE: Final = 0.98
"""A node belongs to a scope when this share of its calls does, and nodes cover a scope when they carry this share."""

_MOST_NODES: Final = 12


def name_scope(
    lattice: Lattice, scope: int, cells: pl.DataFrame, mass: NDArray[np.float64], member: NDArray[np.bool_]
) -> Scope:
    """The scope's own parts, and the nodes that carry all of its calls and none else, where there are such.

    ``mass`` (cells,) how many calls each cell has had, ``member`` which cells are in the scope. Fixed lines that all
    cross one of six call servers, which nothing else crosses, are named with the six.
    """
    named = lattice.scope(scope)
    if named.node is not None or not mass[member].sum():
        return named
    if named == Scope():
        return named
    for vantage in cells["vantage"].drop_nulls().unique().sort(descending=True):  # an operator knows more of a path
        here = (cells["vantage"] == vantage).fill_null(False).to_numpy()
        nodes = _carriers(cells.filter(here), mass[here], member[here])
        if nodes:
            return replace(named, node=nodes[0] if len(nodes) == 1 else nodes)
    return named


def _carriers(cells: pl.DataFrame, mass: NDArray[np.float64], member: NDArray[np.bool_]) -> tuple[str, ...]:
    """Nodes at one place of the path that between them carry this scope's calls, and only those."""
    known = cells.select("path", mass=pl.Series(mass), inside=pl.Series(member)).filter(
        pl.col("path").is_not_null() & (pl.col("mass") > 0)
    )
    carried = float(known.filter("inside")["mass"].sum())
    if not carried:
        return ()
    crossed = (
        known.with_columns(node=pl.col("path").str.split(">"))
        .with_columns(place=pl.int_ranges(pl.col("node").list.len()))
        .explode("node", "place")
        .group_by("node")
        .agg(
            pl.col("place").min(),
            inside=(pl.col("mass") * pl.col("inside")).sum(),
            all=pl.col("mass").sum(),
        )
        .filter(pl.col("inside") >= _INSIDE * pl.col("all"))
    )
    for (_,), here in sorted(crossed.group_by("place"), key=lambda each: each[0]):
        if here.height <= _MOST_NODES and float(here["inside"].sum()) >= _INSIDE * carried:
            return tuple(sorted(here["node"]))
    return ()
