"""What must fit together in a baseline: the shape, the kind and the reach of every part, as one table.

A file can be a zip with all the right names and still not be a baseline: half copied by hand, put together from two,
written by another program. Everything behind `read_baseline` counts on these lines, so they are checked at that door.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from tocsin.watch.baseline import Baseline
from tocsin.watch.demand import BINS, COLUMNS
from tocsin.watch.family import FAMILIES
from tocsin.watch.history import profile_groups
from tocsin.watch.scope import CLASS_DIMENSIONS
from tocsin.words import Sentence

KINDS: Final = {"b": "no_truth", "i": "no_whole", "f": "no_number"}
"""NumPy's `dtype.kind` -> the name of the text that says that an array isn't of it."""

SHAPES: Final[Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]]] = {
    "lattice": {
        "above": ("i", ("areas",)),
        **dict.fromkeys(("area", "klass", "service"), ("i", ("scopes",))),
    },
    "demand": {
        "effects": ("f", ("series", "effects")),
        "intercept": ("f", ("series",)),
    },
    "reference": {
        "active": ("b", ("scopes",)),
        **dict.fromkeys(("base", "error", "deviation", "unsure", "per_minute"), ("f", ("scopes",))),
        "profile": ("f", ("groups", "hours")),
        **dict.fromkeys(("sigma", "tau", "phi", "phi_up"), ("f", ("levels",))),
    },
    "baseline": {
        **dict.fromkeys(("loss_base", "settled"), ("f", ("vantages", "scopes"))),
    },
}
"""Part -> array -> kind and shape, by what each of its dimensions counts: names of texts."""

LOG: Final = (-100.0, 100.0)
SPREAD: Final = (0.0, 100.0)
REACH: Final[Mapping[str, tuple[float, float]]] = {
    **dict.fromkeys(("base", "profile", "deviation", "effects", "intercept"), LOG),
    **dict.fromkeys(("error", "unsure", "sigma"), SPREAD),
    "tau": (1e-3, 1e9),
    **dict.fromkeys(("phi", "phi_up"), (1e-3, 1e9)),
    **dict.fromkeys(("per_minute", "loss_base"), (0.0, 1e9)),
    "settled": (1e-3, 1.0),
}
"""Array -> the values that it can hold: logarithms and log odds within what `exp` takes, variances not below nought."""


def misfits(baseline: Baseline) -> Iterator[Sentence]:
    """What of a baseline doesn't fit, each in a few words; nothing of one that `learn` made.

    Meant to be asked for the first alone: what comes later may rest on it.
    """
    yield from _names(baseline)
    lattice = baseline.lattice
    size = {
        "areas": len(lattice.areas),
        "scopes": lattice.area.size,
        "series": len(baseline.series),
        "effects": COLUMNS,
        "vantages": len(baseline.vantages),
        "hours": BINS,
    }
    yield from _arrays("lattice", lattice, size)
    yield from _reach(baseline)
    size |= {"levels": lattice.levels, "groups": int(profile_groups(lattice).max()) + 1}
    yield from _arrays("demand", baseline.demand, size)
    yield from _arrays("baseline", baseline, size)
    known = {(reference.vantage, reference.family_name) for reference in baseline.references}
    for reference in baseline.references:
        whose = {"family": reference.family_name, "vantage": reference.vantage}
        if reference.vantage not in baseline.vantages:
            yield Sentence("misfit.vantage", **whose)
        if reference.family_name not in {family.name for family in FAMILIES}:
            yield Sentence("misfit.family", **whose)
        elif reference.family.guard and (reference.vantage, "level") not in known:
            yield Sentence("misfit.level", **whose)
        for fault in _arrays("reference", reference, size):
            yield Sentence("misfit.reference", fault=fault, **whose)


def _names(baseline: Baseline) -> Iterator[Sentence]:
    """Names and numbers that aren't arrays."""
    lattice = baseline.lattice
    if not baseline.learned_from < baseline.learned_to or baseline.hold_s < 0:
        yield Sentence("misfit.no_time")
    try:
        ZoneInfo(baseline.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Sentence("misfit.zone", zone=baseline.zone)
    if not lattice.areas or lattice.classes[:1] != (("", ""),) or lattice.services[:1] != ("",):
        yield Sentence("misfit.everything")
    if not {dimension for dimension, _ in lattice.classes[1:]} <= set(CLASS_DIMENSIONS):
        yield Sentence("misfit.classes")
    if any(len(set(names)) < len(names) for names in (lattice.areas, lattice.classes, lattice.services)):
        yield Sentence("misfit.twice")
    if set(baseline.series) != {(vantage, service) for vantage in baseline.vantages for service in lattice.services}:
        yield Sentence("misfit.demand")


def _reach(baseline: Baseline) -> Iterator[Sentence]:
    """Numbers that point to something must find it; wider scopes come before narrower ones."""
    lattice = baseline.lattice
    if not len(lattice):
        yield Sentence("misfit.everything")
    for name, many in (("above", "areas"), ("area", "areas"), ("klass", "classes"), ("service", "services")):
        if not _within(getattr(lattice, name), len(getattr(lattice, many))):
            yield Sentence("misfit.beyond", name=name, many=many)
    if lattice.above[0] != 0 or (lattice.above[1:] >= np.arange(1, len(lattice.areas))).any():
        yield Sentence("misfit.area")
    if lattice.key[0] != 0 or (np.diff(lattice.key) <= 0).any():
        yield Sentence("misfit.order")
    for feed in baseline.feeds:
        if not _within(np.array(feed.scopes, np.int64), len(lattice)):
            yield Sentence("misfit.feed", feed=feed.name)
        if not 0 <= feed.per_minute < np.inf or not (feed.heartbeat_s is None or 0 < feed.heartbeat_s < np.inf):
            yield Sentence("misfit.rhythm", feed=feed.name)
    if not np.isfinite([*baseline.offsets.values()]).all():
        yield Sentence("misfit.offset")


def _within(places: NDArray[np.integer], count: int) -> bool:
    return bool(((places >= 0) & (places < count)).all())


def _arrays(part: str, holder: object, size: Mapping[str, int]) -> Iterator[Sentence]:
    for name, (kind, counted) in SHAPES[part].items():
        array: NDArray[np.generic] = getattr(holder, name)
        fitting = tuple(size[each] for each in counted)
        if array.dtype.kind != kind:
            yield Sentence(f"misfit.{KINDS[kind]}", name=name)
        elif array.shape != fitting:
            needed = _by(*(Sentence(f"counted.{each}", count=size[each]) for each in counted))
            yield Sentence("misfit.shape", name=name, shape=_by(*array.shape), needed=needed)
        elif kind == "f":
            low, high = REACH[name]
            values = array.astype(np.float64)
            if not ((values >= low) & (values <= high)).all():  # not so for NaN either
                yield Sentence("misfit.reach", name=name, low=f"{low:g}", high=f"{high:g}")


def _by(*lengths: object) -> object:
    """Lengths of an array, one by the other; of none, that it is one value."""
    if not lengths:
        return Sentence("misfit.one_value")
    return reduce(lambda one, other: Sentence("misfit.by", one=one, other=other), lengths)
