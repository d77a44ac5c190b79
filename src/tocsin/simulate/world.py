"""The world of a day: how far demand, failures and operators' shares stray from what a baseline can know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.stats import norm

from tocsin.simulate.country import Country
from tocsin.simulate.invented import World, invented

DAY_MIN = 1440


@dataclass(frozen=True, kw_only=True, eq=False)
class Weather:
    """One day of a world, by minute: ``demand`` (D, T) factors, ``failure`` (T,) rates, ``share`` (D, O)."""

    demand: NDArray[np.float64]
    failure: NDArray[np.float64]
    share: NDArray[np.float64]


def weather(world: World, country: Country, *, seed: int, ordinal: int, minutes: int) -> Weather:
    """The day with that ordinal, which may be drawn before or after any other: swings go on across midnight.

    A swing is an Ornstein-Uhlenbeck process (its innovations are keyed by seed and day, and the day before runs it
    in), so that days fit together without being drawn in order.
    """
    now = np.random.default_rng([seed, ordinal, 1])
    common = world.swing * _swings(world.swing_h, 1, seed, ordinal, minutes, stream=2)[0]
    clock = ordinal * DAY_MIN + np.arange(minutes)
    phase = np.random.default_rng([seed, 3]).uniform(0, 2 * np.pi)
    common = common + world.sine * np.sin(2 * np.pi * clock / (world.sine_h * 60) + phase)
    common = np.clip(common + world.day * now.standard_normal(), -world.clip, world.clip)
    field = np.broadcast_to(common, (len(country.cells), minutes))
    if world.area:
        field = field + world.area * _swings(world.area_h, len(country.cells), seed, ordinal, minutes, stream=4)
    if world.region:
        regions = _swings(world.region_h, len(country.regions), seed, ordinal, minutes, stream=5)
        field = field + world.region * regions[country.region_of]
    share = country.share * np.exp(world.shares * now.standard_normal(country.share.shape))
    share = share * np.exp(world.shares_nation * now.standard_normal(country.share.shape[1]))
    failure = np.full(minutes, invented().network.base_failure)
    if world.failure:
        low, high = world.failure
        wander = _swings(world.swing_h, 1, seed, ordinal, minutes, stream=6)[0]
        failure = low + (high - low) * norm.cdf(wander)
    return Weather(demand=np.exp(field), failure=failure, share=share / share.sum(axis=1, keepdims=True))


def _swings(hours: float, many: int, seed: int, ordinal: int, minutes: int, *, stream: int) -> NDArray[np.float64]:
    """(many, minutes) of independent Ornstein-Uhlenbeck paths of unit variance with that correlation time."""
    before = np.random.default_rng([seed, ordinal - 1, stream]).standard_normal((many, DAY_MIN))
    today = np.random.default_rng([seed, ordinal, stream]).standard_normal((many, minutes))
    keep = np.exp(-1 / (hours * 60))
    path = lfilter([np.sqrt(1 - keep**2)], [1, -keep], np.concatenate([before, today], axis=1), axis=1)
    return np.asarray(path[:, DAY_MIN:])
