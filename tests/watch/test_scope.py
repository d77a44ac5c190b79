from __future__ import annotations

from tocsin.watch import Scope


def test_a_part_that_is_not_set_stands_for_all() -> None:
    assert Scope().as_json() == {}
    assert str(Scope()) == "everything"


def test_a_scope_is_named_by_the_parts_that_are_set() -> None:
    scope = Scope(area="R53", service="15").narrowed("operator", "Orange")
    assert scope.as_json() == {"area": "R53", "service": "15", "operator": "Orange"}
    assert str(scope) == "area R53, service 15, operator Orange"


def test_several_nodes_are_a_list() -> None:
    scope = Scope(node=("CS1", "CS2"))
    assert scope.as_json() == {"node": ["CS1", "CS2"]}
    assert str(scope) == "node CS1, CS2"
