"""Who took a class's calls, by the calls of the classes beside it: verdicts over many draws."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tocsin.watch.beside import SURE, Shared, lost_on_the_way, took_over


def shared(k: NDArray[np.float64], share: NDArray[np.float64]) -> Shared:
    """Calls of classes by themselves; no calendar is known."""
    scope = np.r_[np.arange(len(k) - 1), -1]
    sd = np.full(len(k), 0.01)
    return Shared(scope=scope, k=k, share=share, sd=sd, n=float(k.sum()), phi=1.0, expected=None, drift=0.1)


def share_of(
    *, lost: float = 0.0, second: float = 0.0, moved: float = 0.0, crowd: float = 1.0, calls: int = 4000, seed: int = 1
) -> bool:
    """The verdict on the first of five classes of so many calls that loses, or passes calls on to the second."""
    share = np.array([0.3, 0.2, 0.2, 0.2, 0.1, 0.0])
    usual = calls * share * crowd
    usual[1] += moved * usual[0]
    usual[0] *= 1 - lost - moved
    usual[1] *= 1 - second
    k = np.random.default_rng(seed).poisson(usual).astype(float)
    return bool(took_over(shared(k, share)))


def verdicts(
    *, lost: float = 0.0, second: float = 0.0, moved: float = 0.0, crowd: float = 1.0, calls: int = 4000
) -> float:
    """How often calls are believed to have moved, over 200 draws."""
    drawn = [
        share_of(lost=lost, second=second, moved=moved, crowd=crowd, calls=calls, seed=seed) for seed in range(200)
    ]
    return float(np.mean(drawn))


def test_calls_that_have_moved_are_told_from_calls_that_are_lost() -> None:
    assert verdicts(moved=0.4) > 0.95
    assert verdicts(lost=0.4) < 0.03


def test_a_country_that_calls_half_as_often_again_changes_nothing() -> None:
    assert verdicts(moved=0.4, crowd=1.5) > 0.95
    assert verdicts(lost=0.4, crowd=1.5) < 0.03


def test_half_moved_and_half_lost_is_a_loss_once_there_are_calls_to_tell() -> None:
    assert verdicts(moved=0.2, lost=0.2) < 0.2
    assert verdicts(moved=0.2, lost=0.2, calls=16_000) < 0.03


def test_two_classes_that_lose_alike_have_lost() -> None:
    """Beside them the other three have grown; but not by what either lacks beside the other, which is nothing."""
    assert verdicts(lost=0.3, second=0.3) < 0.05
    assert verdicts(lost=0.3, second=0.3, calls=16_000) < 0.05


def among(classes: int, *, lost: float, moved: float, calls: int, seed: int) -> Shared:
    """As many equal classes, the first of which loses calls or passes them on to the second; the last is unmet."""
    share = np.r_[np.full(classes, 1 / classes), 0.0]
    usual = calls * share
    usual[1] += moved * usual[0]
    usual[0] *= 1 - lost - moved
    return shared(np.random.default_rng(seed).poisson(usual).astype(float), share)


@pytest.mark.parametrize("classes", [5, 20, 50])
def test_among_many_classes_one_has_always_grown_but_what_is_lost_is_lost(classes: int) -> None:
    """A hundred of the class's 200 calls are missing; of fifty others the luckiest has some forty more by chance."""
    calls = 200 * classes
    held = [bool(took_over(among(classes, lost=0.5, moved=0.0, calls=calls, seed=seed))) for seed in range(200)]
    moved = [bool(took_over(among(classes, lost=0.0, moved=0.5, calls=calls, seed=seed))) for seed in range(200)]
    assert np.mean(held) < 0.03
    assert np.mean(moved) > 0.9


@pytest.mark.parametrize("classes", [5, 20])
def test_calls_that_moved_are_lost_only_once_they_are_missing_where_they_went(classes: int) -> None:
    """Asked every minute for as long as a move lasts, so none of these 500 quarters of an hour may say lost."""
    took = frozenset({1})
    still = [among(classes, lost=0.0, moved=0.5, calls=200 * classes, seed=seed) for seed in range(500)]
    assert not any(lost_on_the_way(each, took, SURE) for each in still)
    dead = [each.k * np.r_[1, 0.3, np.ones(classes - 1)] for each in still]
    assert np.mean([lost_on_the_way(shared(k, still[0].share), took, SURE) for k in dead]) > 0.95
