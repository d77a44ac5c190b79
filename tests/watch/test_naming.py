from __future__ import annotations

import numpy as np
import polars as pl
from tests.watch.island import island

from tocsin.counts import KEY
from tocsin.watch import Scope
from tocsin.watch.lattice import Lattice
from tocsin.watch.naming import name_scope

SERVERS = tuple(f"call server {number}" for number in range(1, 7))


def named(scope: Scope, paths: dict[str, list[str | None]]) -> Scope:
    """What ``scope`` is called when the calls of each access take ``paths``, one cell per path and parish."""
    rows = [
        {**dict.fromkeys(KEY), "vantage": "operator", "area": area, "service": "15", "access": access, "path": path}
        for area in ("N1", "S1")
        for access, taken in paths.items()
        for path in taken
    ]
    cells = pl.DataFrame(rows, schema=dict.fromkeys(KEY, pl.String))
    mass = np.full(cells.height, 100.0)
    lattice = Lattice.of(cells, mass, island(), least=1)
    index = next(index for index in range(len(lattice)) if lattice.scope(index) == scope)
    membership = lattice.membership(cells, island())
    member = np.array(
        [index in membership.scope[a:b] for a, b in zip(membership.start[:-1], membership.start[1:], strict=True)]
    )
    return name_scope(lattice, index, cells, mass, member)


MIXED: dict[str, list[str | None]] = {
    "fixed": [f"{server}>gateway" for server in SERVERS],
    "mobile": ["mobile core>gateway", None],
}


def test_six_call_servers_that_carry_all_fixed_calls_are_named() -> None:
    assert named(Scope(access="fixed"), MIXED) == Scope(access="fixed", node=SERVERS)


def test_a_node_that_others_cross_as_well_is_not_named() -> None:
    mobile_too: dict[str, list[str | None]] = {**MIXED, "mobile": ["call server 1>gateway"]}
    assert named(Scope(access="fixed"), mobile_too) == Scope(access="fixed")


def test_one_node_that_carries_all_is_a_name_and_not_a_list() -> None:
    paths: dict[str, list[str | None]] = {"fixed": ["call server 1>gateway"], "mobile": ["mobile core>gateway"]}
    assert named(Scope(access="fixed"), paths) == Scope(access="fixed", node="call server 1")


def test_nodes_are_not_named_where_most_calls_say_no_path() -> None:
    paths: dict[str, list[str | None]] = {"fixed": [None], "mobile": ["mobile core"]}
    assert named(Scope(access="fixed"), paths) == Scope(access="fixed")


def test_a_node_names_itself() -> None:
    assert named(Scope(node="call server 2"), MIXED) == Scope(node="call server 2")


def test_everything_needs_no_nodes() -> None:
    assert named(Scope(), MIXED) == Scope()


def test_more_nodes_than_anyone_would_read_are_left_out() -> None:
    many: dict[str, list[str | None]] = {"fixed": [f"line {number:02}" for number in range(13)], "mobile": ["core"]}
    assert named(Scope(access="fixed"), many) == Scope(access="fixed")
