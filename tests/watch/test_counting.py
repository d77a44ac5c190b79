from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.watch.island import at, cells, drawn, fault, island, second

from tocsin.counts import Tally
from tocsin.watch.counting import COLUMN, USED, Counted, spread, used_counts, vantage_of
from tocsin.watch.lattice import Lattice

HALF_HOUR = drawn(second("17:00"), second("17:30"), seed=3, faults=(fault("17:10", "17:20", 0.5, kind="busy"),))


@pytest.fixture(scope="module")
def lattice() -> Lattice:
    return Lattice.of(cells(), np.ones(cells().height), island(), least=0.5)


def test_what_arrived_is_what_was_tried_and_did_not_fail() -> None:
    row = {"step": [second("17:00")], "vantage": ["operator"], "service": ["15"]}
    blank = {name: [None] for name in ("feed", "area", "operator", "access", "path", "centre")}
    counts = {"tries": [10], "failed": [4], "engaged": [3], "losses": [6], "rejections": [5]}
    used = used_counts(Tally.from_frame(pl.DataFrame({**row, **blank, **counts})))
    seen = {name: int(used[0, COLUMN[name]]) for name in ("arrived", "dropped", "engaged", "drops")}
    assert seen == {"arrived": 6, "dropped": 1, "engaged": 3, "drops": 1}


def test_spreading_gives_each_scope_the_sum_of_its_cells(lattice: Lattice) -> None:
    member = lattice.membership(HALF_HOUR.cells, island())
    used = used_counts(HALF_HOUR)
    out = np.zeros((1, len(lattice), len(USED)), np.int32)
    place = np.zeros(HALF_HOUR.cells.height, np.int8)
    spread(HALF_HOUR.cell, used, member.start, member.scope, place, out)
    assert (out[0, 0] == used.sum(axis=0)).all()
    for scope in range(len(lattice)):
        mine = [
            cell
            for cell in range(HALF_HOUR.cells.height)
            if scope in member.scope[member.start[cell] : member.start[cell + 1]]
        ]
        assert (out[0, scope] == used[np.isin(HALF_HOUR.cell, mine)].sum(axis=0)).all()


def test_a_vantage_that_is_not_watched_is_passed_over(lattice: Lattice) -> None:
    member = lattice.membership(HALF_HOUR.cells, island())
    out = np.zeros((1, len(lattice), len(USED)), np.int32)
    nowhere = np.full(HALF_HOUR.cells.height, -1, np.int8)
    spread(HALF_HOUR.cell, used_counts(HALF_HOUR), member.start, member.scope, nowhere, out)
    assert not out.any()


def test_vantages_are_told_apart_and_never_added_up(lattice: Lattice) -> None:
    both = Tally.merge([HALF_HOUR, drawn(second("17:00"), second("17:30"), seed=4, vantage="centre", outcomes=False)])
    member = lattice.membership(both.cells, island())
    counted = Counted.of(both, member, len(lattice))
    tries = {
        vantage: int(counted.by_block(vantage, start=second("17:00"), seconds=1800, blocks=1)[0, 0, COLUMN["tries"]])
        for vantage in ("operator", "centre", "probe")
    }
    assert tries["operator"] == int(used_counts(HALF_HOUR)[:, COLUMN["tries"]].sum())
    assert tries["centre"] > 0
    assert tries["probe"] == 0
    assert set(vantage_of(both)) == {0, 1}


def test_blocks_add_up_to_the_whole_and_a_chosen_scope_is_its_column(lattice: Lattice) -> None:
    member = lattice.membership(HALF_HOUR.cells, island())
    counted = Counted.of(HALF_HOUR, member, len(lattice))
    start = int(at("17:00").timestamp())
    minutes = counted.by_block("operator", start=start, seconds=60, blocks=30)
    whole = counted.by_block("operator", start=start, seconds=1800, blocks=1)
    assert (minutes.sum(axis=0) == whole[0]).all()
    assert minutes[10:20, 0, COLUMN["engaged"]].sum() == whole[0, 0, COLUMN["engaged"]] > 0
    chosen = np.array([0, 7, 40])
    some = counted.by_block("operator", start=start, seconds=60, blocks=30, chosen=chosen)
    assert (some == minutes[:, chosen]).all()
