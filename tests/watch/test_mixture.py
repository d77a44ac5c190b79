from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.watch.island import baseline

from tocsin.watch import Baseline
from tocsin.watch.detector import Component
from tocsin.watch.mixture import components, scope_weights


def weights(known: Baseline, *, pages: bool) -> dict[str, float]:
    """What each family may spend."""
    return {
        component.family.name: float(component.weight.sum())
        for component in components(known)
        if component.family.pages is pages
    }


@pytest.mark.parametrize("outcomes", [True, False])
def test_pages_share_one_budget_and_watches_another(outcomes: bool) -> None:
    known = baseline() if outcomes else baseline(vantage="centre", outcomes=False)
    for pages in (True, False):
        assert sum(weights(known, pages=pages).values()) == pytest.approx(1)


def test_a_family_without_data_gives_its_part_to_the_others() -> None:
    all_there, blind = weights(baseline(), pages=True), weights(baseline(vantage="centre", outcomes=False), pages=True)
    assert set(all_there) == {"outcome", "engaged", "contrast", "void", "fewer"}
    assert set(blind) == {"contrast", "void", "fewer"}
    assert blind["contrast"] / blind["void"] == pytest.approx(all_there["contrast"] / all_there["void"])
    assert blind["contrast"] > all_there["contrast"]


def test_four_families_stand_on_the_reference_of_arrivals() -> None:
    known = baseline()
    level = next(index for index, each in enumerate(known.references) if each.family_name == "level")
    names = [component.family.name for component in components(known) if component.reference == level]
    assert names == ["void", "fewer", "level", "surge"]


def test_only_active_scopes_are_looked_at() -> None:
    known = baseline()
    for component in components(known):
        assert known.references[component.reference].active[component.scope].all()
        assert (component.evidence == 0).all()
        assert (component.weight > 0).all() == (component.family.name != "fewer")


def test_a_class_is_counted_in_its_group() -> None:
    known = baseline()
    contrast = next(each for each in components(known) if each.family.name == "contrast")
    assert (contrast.group == known.lattice.group[contrast.scope]).all()
    outcome = next(each for each in components(known) if each.family.name == "outcome")
    assert (outcome.group == outcome.scope).all()


def test_busy_calls_are_guarded_by_the_arrivals_of_the_same_scope() -> None:
    made = components(baseline())
    engaged = next(each for each in made if each.family.name == "engaged")
    guard, row = engaged.guard, engaged.guard_row
    assert isinstance(guard, Component)
    assert row is not None
    assert guard.family.name == "fewer"
    assert (guard.scope[row] == engaged.scope).all()
    assert sum(weights(baseline(), pages=True).values()) == pytest.approx(1)


def test_where_no_level_stands_a_guarded_scope_says_nothing() -> None:
    known = baseline()
    level = next(each for each in known.references if each.family_name == "level")
    active = level.active.copy()
    active[0] = False
    fewer = tuple(replace(each, active=active) if each is level else each for each in known.references)
    engaged = next(each for each in components(replace(known, references=fewer)) if each.family.name == "engaged")
    assert engaged.guard_row is not None
    assert engaged.guard_row[0] == -1
    engaged.evidence[:] = 1e9
    assert engaged.parts()[0] == 0


def test_no_budget_is_spent_on_a_loss_that_a_scope_is_too_small_to_show() -> None:
    outcome = next(each for each in components(baseline()) if each.family.name == "outcome")
    share = outcome.weight / outcome.weight.sum(axis=1, keepdims=True)
    smallest = int(baseline().references[outcome.reference].per_minute[outcome.scope].argmin())
    assert outcome.scope[0] == 0  # everything: all sizes show there within minutes
    assert share[0].min() > 0.1
    assert share[smallest, 0] < share[smallest, -1] / 2
    assert (np.diff(share, axis=1) > 0).all()


def test_weights_of_scopes_are_equal_among_siblings_and_sum_to_one() -> None:
    lattice = baseline().lattice
    weight = scope_weights(lattice)
    assert weight.sum() == pytest.approx(1)
    assert weight.argmax() == 0
    plain = (lattice.klass == 0) & (lattice.service == 0)
    parishes = weight[plain & (lattice.depth[lattice.area] == 2)]
    assert len(parishes) == 4
    assert np.ptp(parishes) == pytest.approx(0)


def test_half_of_the_budget_of_classes_follows_their_calls() -> None:
    """Operator A has six calls in ten, B four: beside 0.5 each, 0.55 and 0.45."""
    known = baseline()
    contrast = next(each for each in components(known) if each.family.name == "contrast")
    spent = {
        str(known.lattice.scope(int(scope))): weight
        for scope, weight in zip(contrast.scope, contrast.weight.sum(axis=1), strict=True)
    }
    assert spent["operator A"] / (spent["operator A"] + spent["operator B"]) == pytest.approx(0.55, abs=0.01)
