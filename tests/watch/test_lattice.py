from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.watch.island import PARISHES, cells, island

from tocsin.calls.record import HEARTBEAT
from tocsin.counts import KEY
from tocsin.watch.lattice import ALL, Lattice
from tocsin.watch.scope import Scope

UNKNOWN = dict.fromkeys(KEY)


def table(*rows: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([{**UNKNOWN, **row} for row in rows], schema=dict.fromkeys(KEY, pl.String))


def lattice_of(frame: pl.DataFrame, least: float = 0.5) -> Lattice:
    return Lattice.of(frame, np.ones(frame.height), island(), least=least)


def scopes_of(lattice: Lattice, frame: pl.DataFrame) -> list[set[str]]:
    member = lattice.membership(frame, island())
    return [
        {str(lattice.scope(int(scope))) for scope in member.scope[begin:end]}
        for begin, end in zip(member.start[:-1], member.start[1:], strict=True)
    ]


def test_a_call_belongs_to_its_areas_its_classes_and_its_service() -> None:
    frame = table({"area": "N1", "service": "15", "operator": "A"})
    found = scopes_of(lattice_of(frame), frame)[0]
    assert found == {
        f"{area}{service}{operator}".strip(", ") or "everything"
        for area in ("", "area NN, ", "area N1, ")
        for service in ("", "service 15, ")
        for operator in ("", "operator A, ")
    }


def test_what_is_unknown_is_never_a_class() -> None:
    frame = table({"area": "N1", "service": "15"}, {"area": "N1", "service": "15", "operator": "A", "access": "fixed"})
    lattice = lattice_of(frame)
    assert lattice.classes == (("", ""), ("operator", "A"), ("access", "fixed"))
    assert scopes_of(lattice, frame)[0] == {
        "everything", "area NN", "area N1", "service 15", "area NN, service 15", "area N1, service 15"
    }  # fmt: skip


def test_a_call_of_an_unknown_area_counts_in_the_whole_alone() -> None:
    lattice = lattice_of(table({"area": "N1", "service": "15"}, {"service": "15"}))
    late = table({"service": "15"}, {"area": "nobody's", "service": "15"})
    for found in scopes_of(lattice, late):
        assert found == {"everything", "service 15"}


def test_a_territory_in_several_parts_has_a_whole_all_the_same() -> None:
    frame = table({"area": "N1", "service": "15"}, {"area": "Rockall", "service": "15"})
    lattice = lattice_of(frame)
    assert lattice.areas == ("", "ISL", "Rockall", "NN", "N1")
    for found in scopes_of(lattice, frame):
        assert {"everything", "service 15"} <= found


def test_every_node_of_a_path_is_a_class_and_the_whole_counts_the_call_once() -> None:
    frame = table({"area": "N1", "service": "15", "path": "CS1>GW2>CS1"})
    lattice = lattice_of(frame)
    assert lattice.classes[1:] == (("node", "CS1"), ("node", "GW2"))
    member = lattice.membership(frame, island())
    assert len(set(member.scope)) == len(member.scope)
    assert {"node CS1", "node GW2", "everything"} <= scopes_of(lattice, frame)[0]


def test_a_heartbeat_belongs_to_no_scope() -> None:
    frame = table({"area": "N1", "service": "15"}, {"service": HEARTBEAT, "feed": "switch"})
    lattice = lattice_of(frame)
    assert lattice.services == ("", "15")
    assert scopes_of(lattice, frame)[1] == set()


def test_a_service_met_later_counts_in_all_services_alone() -> None:
    frame = table({"area": "N1", "service": "15"})
    lattice = lattice_of(frame)
    late = table({"area": "N1", "service": "119"})
    assert scopes_of(lattice, late)[0] == {"everything", "area NN", "area N1"}


def test_scopes_with_too_few_calls_are_not_looked_at() -> None:
    frame = table({"area": "N1", "service": "15"}, {"area": "S1", "service": "15"})
    few = Lattice.of(frame, np.array([100.0, 1.0]), island(), least=50)
    names = {str(few.scope(index)) for index in range(len(few))}
    assert names == {
        "everything", "area NN", "area N1", "service 15", "area NN, service 15", "area N1, service 15"
    }  # fmt: skip


def test_everything_is_looked_at_however_few_the_calls() -> None:
    few = lattice_of(table({"area": "N1", "service": "15"}), least=50)
    assert [few.scope(index) for index in range(len(few))] == [Scope()]


@pytest.fixture(scope="module")
def whole() -> Lattice:
    return lattice_of(cells())


def index_of(lattice: Lattice, scope: Scope) -> int:
    return next(index for index in range(len(lattice)) if lattice.scope(index) == scope)


def test_the_island_has_every_scope(whole: Lattice) -> None:
    areas, classes, services = 1 + 2 + len(PARISHES), 1 + 2 + 2 + 1, 1 + 2
    assert len(whole) == areas * classes * services
    assert whole.areas[0] == "ISL"
    assert list(whole.depth) == [0, 1, 1, 2, 2, 2, 2]


def test_a_class_is_compared_in_the_same_area_and_service(whole: Lattice) -> None:
    scope = index_of(whole, Scope(area="N1", service="15", operator="A"))
    assert whole.scope(whole.group[scope]) == Scope(area="N1", service="15")
    assert whole.scope(whole.group[0]) == Scope()


@pytest.mark.parametrize(
    ("scope", "wider"),
    [
        (Scope(area="N1", service="15", operator="A"), Scope(area="NN", service="15", operator="A")),
        (Scope(area="NN", service="15", operator="A"), Scope(service="15", operator="A")),
        (Scope(service="15", operator="A"), Scope(operator="A")),
        (Scope(operator="A"), Scope()),
        (Scope(service="15"), Scope()),
        (Scope(area="S2"), Scope(area="SS")),
    ],
)
def test_the_next_wider_scope_drops_area_then_service_then_class(whole: Lattice, scope: Scope, wider: Scope) -> None:
    assert whole.scope(whole.parent[index_of(whole, scope)]) == wider


def test_only_everything_has_no_wider_scope_and_every_wider_scope_is_a_level_lower(whole: Lattice) -> None:
    assert np.flatnonzero(whole.parent < 0).tolist() == [0]
    inner = np.flatnonzero(whole.parent >= 0)
    assert (whole.level[whole.parent[inner]] < whole.level[inner]).all()
    assert whole.level.max() < whole.levels


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_find_is_the_inverse_of_the_columns(area: int, klass: int, service: int) -> None:
    lattice = lattice_of(cells().filter(pl.col("area") != "S2"))
    number = area % len(lattice)
    columns = (lattice.area[[number]], lattice.klass[[number]], lattice.service[[number]])
    assert lattice.find(*columns)[0] == number
    made = (
        np.array([area % len(lattice.areas)], np.int32),
        np.array([klass % len(lattice.classes)], np.int32),
        np.array([service % len(lattice.services)], np.int32),
    )
    found = int(lattice.find(*made)[0])
    exists = any(
        (lattice.area[i], lattice.klass[i], lattice.service[i]) == (made[0][0], made[1][0], made[2][0])
        for i in range(len(lattice))
    )
    assert (found >= 0) is exists


VALUES = st.one_of(st.none(), st.sampled_from(["A", "B", "x>y", "y"]))
CELL = st.fixed_dictionaries(
    {
        "area": st.one_of(st.none(), st.sampled_from(list(PARISHES))),
        "service": st.sampled_from(["15", "18", "112", HEARTBEAT]),
        "operator": VALUES,
        "access": VALUES,
        "path": VALUES,
        "centre": VALUES,
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=6))
def test_membership_is_what_the_definition_says_cell_by_cell(rows: list[dict[str, str | None]]) -> None:
    lattice = lattice_of(table(*rows))
    rows = [*rows, {"area": "elsewhere", "service": "15", "operator": "new", "path": "y>z"}]
    rows = [{**UNKNOWN, **row} for row in rows]
    member = lattice.membership(table(*rows), island())
    territory = island()
    for cell, row in enumerate(rows):
        mine = set(member.scope[member.start[cell] : member.start[cell + 1]].tolist())
        area = row["area"]
        above = {0}
        if area and area in territory.areas:
            lineage = (area, *territory.ancestors(area))
            above |= {lattice.areas.index(code) for code in lineage if code in lattice.areas}
        classes = {("", "")} | {(name, row[name]) for name in ("operator", "access", "centre") if row[name]}
        classes |= {("node", node) for node in (row["path"] or "").split(">") if node}
        for scope in range(len(lattice)):
            service = int(lattice.service[scope])
            belongs = (
                row["service"] != HEARTBEAT
                and lattice.area[scope] in above
                and lattice.classes[lattice.klass[scope]] in classes
                and (service == ALL or lattice.services[service] == row["service"])
            )
            assert (scope in mine) is belongs
