"""The first attempt: one caller with a phone, before anybody redials."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.simulate.country import FIXED, MOBILE, Country
from tocsin.simulate.world import Weather

PERSON: Final = 0
MACHINE: Final = 1


class First(NamedTuple):
    """First attempts in order of time, (N,) each: ``time`` seconds after midnight; ``kind`` person or machine."""

    time: NDArray[np.float64]
    commune: NDArray[np.int32]
    service: NDArray[np.int8]
    operator: NDArray[np.int8]
    access: NDArray[np.int8]
    caller: NDArray[np.uint64]
    kind: NDArray[np.int8]


def phones(
    time: NDArray[np.float64],
    commune: NDArray[np.int32],
    service: NDArray[np.int8],
    access: int | None,
    country: Country,
    weather: Weather,
    rng: np.random.Generator,
) -> First:
    """Give each caller a phone: access (drawn where None), operator and a number of their own."""
    cell = country.cell_of[commune]
    fixed = rng.random(len(time)) < country.fixed[cell] if access is None else np.full(len(time), access == FIXED)
    lot = rng.random(len(time))
    operator = (lot[:, None] > np.cumsum(weather.share, axis=1)[cell, :-1]).sum(axis=1)
    return First(
        time=time,
        commune=commune,
        service=service,
        operator=operator.astype(np.int8),
        access=np.where(fixed, FIXED, MOBILE).astype(np.int8),
        caller=rng.integers(0, 2**64, len(time), dtype=np.uint64),
        kind=np.full(len(time), PERSON, np.int8),
    )
