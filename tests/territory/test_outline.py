from __future__ import annotations

from tocsin.territory import france

FRANCE = france()


def test_every_departement_has_rings_to_draw() -> None:
    departments = {code for code, area in FRANCE.areas.items() if area.kind == "departement"}
    assert set(FRANCE.outlines) == departments
    for rings in FRANCE.outlines.values():
        assert rings
        for ring in rings:
            assert ring.shape[0] >= 3
            assert ring.shape[1] == 2
            assert (ring >= -1).all()
            assert (ring <= (614, 586)).all()


def test_neighbours_share_their_border_exactly() -> None:
    points = {
        code: {tuple(point) for ring in FRANCE.outlines[code] for point in ring.tolist()} for code in ("35", "22", "75")
    }
    assert len(points["35"] & points["22"]) > 10
    assert not points["35"] & points["75"]
