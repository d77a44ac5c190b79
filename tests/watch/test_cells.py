from __future__ import annotations

import numpy as np
import pytest
from tests.watch.island import baseline, between, cells, drawn, island, second

from tocsin.counts import Tally
from tocsin.watch import Scope
from tocsin.watch.cells import Cells
from tocsin.watch.counting import used_counts

HOUR = drawn(second("17:00"), second("18:00"), seed=3)


def place(scope: Scope) -> int:
    lattice = baseline().lattice
    return next(index for index in range(len(lattice)) if lattice.scope(index) == scope)


@pytest.fixture
def met() -> Cells:
    known = Cells(baseline().lattice, island(), ("operator",))
    number = known.numbers(HOUR, slice(None))
    known.meet(number)
    known.mass += np.bincount(number, weights=used_counts(HOUR)[:, 0], minlength=len(known.mass))
    return known


def test_a_cell_keeps_its_number_whatever_tally_it_comes_in() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    by_key: dict[tuple[str | None, ...], int] = {}
    for minute in range(60):
        begin = second("17:00") + 60 * minute
        part = between(HOUR, begin, begin + 60)
        shuffled = np.random.default_rng(minute).permutation(part.cells.height)
        other = Tally(
            cells=part.cells[shuffled],
            step=part.step,
            cell=np.argsort(shuffled)[part.cell].astype(np.int32),
            counts=part.counts,
        )
        for row, number in zip(other.cells[other.cell].rows(), known.numbers(other, slice(None)), strict=True):
            assert by_key.setdefault(row, int(number)) == number
    assert sorted(by_key.values()) == list(range(known.table.height))
    assert known.table.rows() == sorted(by_key, key=lambda key: by_key[key])


def test_numbers_of_a_tally_without_rows_are_none() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    assert len(known.numbers(between(HOUR, 0, 0), slice(None))) == 0
    assert known.table.is_empty()


def test_members_are_the_cells_of_the_scope(met: Cells) -> None:
    member = met.member(place(Scope(area="N1", operator="A")))
    inside = (met.table["area"] == "N1") & (met.table["operator"] == "A")
    assert (member == inside.to_numpy()).all()


def test_members_grow_with_the_table() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    few = Tally(cells=cells(), step=HOUR.step[:1], cell=HOUR.cell[:1], counts=HOUR.counts[:1])
    known.numbers(few, slice(None))
    assert known.member(0).tolist() == [True]
    known.numbers(HOUR, slice(None))
    assert known.member(0).tolist() == [True] * known.table.height


def test_scopes_overlap_where_they_share_a_cell(met: Cells) -> None:
    overlap = met.overlap(place(Scope(area="N1", operator="A")))
    for scope, expected in (
        (Scope(), True),
        (Scope(area="NN"), True),
        (Scope(access="fixed"), True),
        (Scope(area="N1", operator="A", service="15"), True),
        (Scope(area="S1"), False),
        (Scope(operator="B"), False),
        (Scope(area="N1", operator="B"), False),
    ):
        assert overlap[place(scope)] == expected, scope


def test_a_scope_without_a_cell_overlaps_itself() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    assert np.flatnonzero(known.overlap(5)).tolist() == [5]


def test_the_share_inside_is_by_calls(met: Cells) -> None:
    share = met.share_inside(place(Scope(area="NN")))
    assert share[place(Scope(area="N1"))] == pytest.approx(1)
    assert share[place(Scope(area="S1"))] == 0
    assert share[place(Scope())] == pytest.approx(0.6, abs=0.05)
    assert share[place(Scope(operator="A"))] == pytest.approx(0.6, abs=0.05)


def test_cells_of_a_vantage_that_is_not_watched_are_marked() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    known.numbers(drawn(second("17:00"), second("17:10"), seed=4, vantage="centre", outcomes=False), slice(None))
    assert (known.vantage == -1).all()


def test_cells_are_numbered_as_they_come_however_the_tally_lists_them() -> None:
    """A day handed over at once numbers its cells as minute after minute would."""
    whole = Cells(baseline().lattice, island(), ("operator",))
    whole.numbers(HOUR, slice(None))
    pieces = Cells(baseline().lattice, island(), ("operator",))
    backwards = Tally(
        cells=HOUR.cells.reverse(), step=HOUR.step, cell=HOUR.cells.height - 1 - HOUR.cell, counts=HOUR.counts
    )
    for minute in range(second("17:00"), second("18:00"), 60):
        first, last = np.searchsorted(HOUR.step, [minute, minute + 60])
        pieces.numbers(backwards, slice(int(first), int(last)))
    assert pieces.table.equals(whole.table)
    assert (pieces.place == whole.place).all()


def test_a_cell_that_has_not_come_yet_is_in_no_scope() -> None:
    known = Cells(baseline().lattice, island(), ("operator",))
    number = known.numbers(HOUR, slice(None))
    parish, operator = place(Scope(area="N1")), place(Scope(operator="A"))
    assert not known.overlap(parish)[operator]
    assert not known.share_inside(parish).any()
    known.meet(number[:0])
    assert not known.overlap(parish)[operator]
    known.meet(number)
    assert known.overlap(parish)[operator]
    assert known.share_inside(parish)[parish] == 1


def test_a_scope_is_wider_than_those_whose_cells_it_has(met: Cells) -> None:
    assert met.wider(place(Scope(area="NN")), place(Scope(area="N1")))
    assert met.wider(place(Scope(area="NN")), place(Scope(area="NN")))
    assert not met.wider(place(Scope(area="N1")), place(Scope(area="NN")))
    assert not met.wider(place(Scope(operator="A")), place(Scope(area="N1")))
