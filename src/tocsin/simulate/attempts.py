"""The attempts of a day: what the network, the centres and the callers make of those who call.

One pass in order of time. An attempt crosses the network (where it may fall to a fault or by itself), waits in its
centre's queue (first come first served, positions that are busy with others, callers who give up), and where it came
to nothing its caller may try again later, with another number or another phone. The queue is exact: with first come
first served, how long a caller would wait is known on arrival from when positions fall free (Kiefer and Wolfowitz,
"On the theory of queues with many servers", 1955), and one whose patience is shorter leaves without taking a position.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.calls.record import Outcome
from tocsin.simulate.country import ACCESSES, FIXED, Country
from tocsin.simulate.first import MACHINE, First
from tocsin.simulate.invented import invented
from tocsin.simulate.scenario import Fault
from tocsin.simulate.world import Weather

OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)
ANSWERED: Final = 0
ABANDONED: Final = 1
BUSY: Final = 2
NO_FAULT: Final = -1
_OTHER_PHONE: Final = np.uint64(0x9E3779B97F4A7C15)


class Attempts(NamedTuple):
    """Attempts in order of time: (N,) each.

    ``time`` seconds after the day's midnight · ``node`` which of the nodes that share a load · ``look`` row of `Looks`
    · ``setup``, ``ring``, ``talk`` seconds · ``fault`` the fault it fell to, or -1 · ``arrived`` at the centre.
    """

    time: NDArray[np.float64]
    commune: NDArray[np.int32]
    service: NDArray[np.int8]
    operator: NDArray[np.int8]
    access: NDArray[np.int8]
    caller: NDArray[np.uint64]
    node: NDArray[np.int8]
    centre: NDArray[np.int32]
    look: NDArray[np.int16]
    setup: NDArray[np.float32]
    ring: NDArray[np.float32]
    talk: NDArray[np.float32]
    fault: NDArray[np.int8]
    arrived: NDArray[np.bool_]


class Looks(NamedTuple):
    """How an attempt looks to its operator: rows of outcome, SIP status, Q.850 cause.

    Rows 0 to 2 are answered, abandoned, engaged centre; then what fails by itself; then a row for each fault.
    """

    outcome: NDArray[np.int8]
    sip_status: NDArray[np.int16]
    q850_cause: NDArray[np.int16]


class _Land(NamedTuple):
    """The arrays of the country that an attempt meets."""

    cell_of: NDArray[np.int32]
    region_of: NDArray[np.int32]
    share: NDArray[np.float64]  # (D, O) cumulative
    servers: NDArray[np.float64]  # (R, K) cumulative
    centre_of: NDArray[np.int32]  # (S, M)
    positions: NDArray[np.int32]  # (C,)
    talk: NDArray[np.float64]  # (S,) median seconds
    instead: NDArray[np.int8]  # (S,) another service that may help, or -1
    failure: NDArray[np.float64]  # (T,) rate by minute
    failures: NDArray[np.float64]  # cumulative shares of what fails by itself
    sbcs: int


class _Faults(NamedTuple):
    """The faults of the day as masks, a row for each; seconds after the day's midnight."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    cut: NDArray[np.bool_]
    silent: NDArray[np.bool_]  # the operator takes it for a call that rang and was given up
    chance: NDArray[np.float64]  # (F, D)
    service: NDArray[np.bool_]  # (F, S)
    operator: NDArray[np.bool_]  # (F, O)
    access: NDArray[np.bool_]  # (F, 2)
    gateway: NDArray[np.bool_]  # (F, O, R)
    server: NDArray[np.bool_]  # (F, O, 2, K)
    trunk: NDArray[np.bool_]  # (F, C)
    centre: NDArray[np.bool_]  # (F, C)


class _Habits(NamedTuple):
    """What `invented.toml` says of callers, network and centres, as one flat row of numbers."""

    setup_s: float
    setup_spread: float
    answer_s: float
    answer_spread: float
    talk_spread: float
    wrap_s: float
    pocket: float
    pocket_s: float
    engaged_after_s: float
    redial_lost: float
    redial_busy: float
    redial_abandoned: float
    redial_cut: float
    delay_s: float
    delay_spread: float
    tries: int
    other_number: float
    other_phone: float
    hasty: float
    hasty_s: float
    patience_s: float
    machine_talk_s: float


def attempts(
    first: First,
    country: Country,
    weather: Weather,
    faults: Sequence[Fault],
    *,
    chances: NDArray[np.float64],
    redials: bool,
    rng: np.random.Generator,
) -> Attempts:
    """All attempts of a day; those of a redialler may lie past the day's end.

    ``faults`` with times as minutes after this day's midnight · ``chances`` (F, D) see `reach.chances` · ``redials``
    False: nobody tries a second time.
    """
    size = len(first.time) * (invented().callers.tries if len(first.time) else 1)
    out = Attempts._make(np.empty(size, dtype) for dtype in _DTYPES)  # pages that are never written cost nothing
    land = _land(country, weather)
    habits = _habits() if redials else _habits()._replace(tries=1)
    number = _pass(first, land, _masks(country, faults, chances), habits, rng, out)
    return Attempts._make(column[:number] for column in out)


_DTYPES: Final = (
    np.float64, np.int32, np.int8, np.int8, np.int8, np.uint64, np.int8, np.int32, np.int16,
    np.float32, np.float32, np.float32, np.int8, np.bool_,
)  # fmt: skip


def looks(faults: Sequence[Fault]) -> Looks:
    """The rows of `Looks` with these faults."""
    rows = [(ANSWERED, 200, 16), (ABANDONED, 487, 16), (BUSY, 486, 17)]
    rows += [(OUTCOMES.index(f.outcome), f.sip_status, f.q850_cause) for f in invented().network.failure]
    rows += [(OUTCOMES.index(f.outcome), f.sip_status, f.q850_cause) for f in faults]
    outcome, sip_status, q850_cause = zip(*rows, strict=True)
    return Looks(np.array(outcome, np.int8), np.array(sip_status, np.int16), np.array(q850_cause, np.int16))


def _land(country: Country, weather: Weather) -> _Land:
    rules = invented()
    talk = rules.centres.talk_s
    row = {service: i for i, service in enumerate(country.services)}
    failures = np.cumsum([failure.share for failure in rules.network.failure])
    return _Land(
        cell_of=country.cell_of,
        region_of=country.region_of,
        share=np.cumsum(weather.share, axis=1),
        servers=np.cumsum(country.servers, axis=1),
        centre_of=country.centre_of,
        positions=country.positions,
        talk=np.array([talk.get(service, talk["other"]) for service in country.services]),
        instead=np.array(
            [row.get(rules.callers.instead_of.get(service, ""), -1) for service in country.services], np.int8
        ),
        failure=weather.failure,
        failures=failures / failures[-1],
        sbcs=rules.network.sbcs,
    )


def _masks(country: Country, faults: Sequence[Fault], chances: NDArray[np.float64]) -> _Faults:
    def named(patterns: tuple[str, ...], names: Sequence[str]) -> list[bool]:
        return [not patterns or any(fnmatchcase(name, pattern) for pattern in patterns) for name in names]

    o, r, c, k = len(country.operators), len(country.regions), len(country.centres), country.servers.shape[1]
    trunks = [country.trunk(i) for i in range(c)]
    gateways = [[country.gateway(i, j) for j in range(r)] for i in range(o)]
    servers = [[[country.server(i, a, j) for j in range(k)] for a in range(2)] for i in range(o)]
    return _Faults(
        start=np.array([fault.start * 60.0 for fault in faults]),
        end=np.array([fault.end * 60.0 for fault in faults]),
        cut=np.array([fault.kind == "cut" for fault in faults], np.bool_),
        silent=np.array([fault.outcome == Outcome.ABANDONED for fault in faults], np.bool_),
        chance=chances,
        service=np.array([named(fault.services, country.services) for fault in faults], np.bool_).reshape(
            -1, len(country.services)
        ),
        operator=np.array([named(fault.operators, country.operators) for fault in faults], np.bool_).reshape(-1, o),
        access=np.array([named(fault.access, ACCESSES) for fault in faults], np.bool_).reshape(-1, 2),
        gateway=np.array([[named(f.nodes, row) for row in gateways] for f in faults], np.bool_).reshape(-1, o, r),
        server=np.array(
            [[[named(f.nodes, row) for row in rows] for rows in servers] for f in faults], np.bool_
        ).reshape(-1, o, 2, k),
        trunk=np.array([named(fault.nodes, trunks) for fault in faults], np.bool_).reshape(-1, c),
        centre=np.array([named(fault.centres, country.centres) for fault in faults], np.bool_).reshape(-1, c),
    )


def _habits() -> _Habits:
    rules = invented()
    tables = (rules.network, rules.centres, rules.callers)
    values = {
        name: next(getattr(table, name) for table in tables if hasattr(table, name))
        for name in _Habits._fields
        if name != "machine_talk_s"
    }
    return _Habits(**values, machine_talk_s=rules.diallers.talk_s)


@njit(cache=True)
def _draw(lot: float, cumulative: NDArray[np.float64]) -> int:
    for i in range(len(cumulative) - 1):
        if lot < cumulative[i]:
            return i
    return len(cumulative) - 1


@njit(cache=True)
def _fault(
    time: float, cell: int, region: int, service: int, operator: int, access: int, node: int, centre: int,
    faults: _Faults, rng: np.random.Generator,
) -> int:  # fmt: skip
    """The first fault that this attempt falls to, or -1."""
    for f in range(len(faults.start)):
        if not faults.start[f] <= time < faults.end[f]:
            continue
        crosses = (
            faults.gateway[f, operator, region] or faults.server[f, operator, access, node] or faults.trunk[f, centre]
        )
        who = faults.service[f, service] and faults.operator[f, operator] and faults.access[f, access]
        if crosses and who and faults.centre[f, centre] and rng.random() < faults.chance[f, cell]:
            return f
    return NO_FAULT


@njit(cache=True)
def _answer(
    time: float, centre: int, service: int, machine: bool, free: NDArray[np.float64], land: _Land, h: _Habits,
    rng: np.random.Generator,
) -> tuple[int, float, float]:  # fmt: skip
    """How the centre takes a call that arrives then: (look, ring, talk). A position is taken until it's over."""
    position = 0
    for p in range(1, land.positions[centre]):
        if free[centre, p] < free[centre, position]:
            position = p
    wait = max(0.0, free[centre, position] - time)
    if wait > h.engaged_after_s:
        return BUSY, 0.0, 0.0
    ring = wait + h.answer_s * np.exp(h.answer_spread * rng.standard_normal())
    patience = rng.exponential(h.hasty_s if rng.random() < h.hasty else h.patience_s)
    if ring > patience:
        return ABANDONED, patience, 0.0
    if machine:
        talk = rng.exponential(h.machine_talk_s)
    elif rng.random() < h.pocket:
        talk = rng.exponential(h.pocket_s)
    else:
        talk = land.talk[service] * np.exp(h.talk_spread * rng.standard_normal())
    free[centre, position] = time + ring + talk + h.wrap_s
    return ANSWERED, ring, talk


@njit(cache=True)
def _other_way(
    service: int, operator: int, access: int, caller: np.uint64, shares: NDArray[np.float64], land: _Land, h: _Habits,
    rng: np.random.Generator,
) -> tuple[int, int, int, np.uint64]:  # fmt: skip
    """What a caller dials the next time, and from which phone: (service, operator, access, caller)."""
    lot = rng.random()
    if lot < h.other_number and land.instead[service] >= 0:
        return int(land.instead[service]), operator, access, caller
    if h.other_number <= lot < h.other_number + h.other_phone:
        return service, _draw(rng.random(), shares), 1 - access, caller ^ _OTHER_PHONE
    return service, operator, access, caller


@njit(cache=True)
def _pass(first: First, land: _Land, faults: _Faults, h: _Habits, rng: np.random.Generator, out: Attempts) -> int:
    """Fill ``out`` with the attempts of the day and return how many there are."""
    free = np.zeros((len(land.positions), land.positions.max()))
    again = [(0.0, 0, 0)]  # when, whose attempt it repeats, how many tries so far
    again.pop()
    own_failures = 3 + len(land.failures)  # rows of Looks before those of the faults
    redials = np.array([h.redial_lost, h.redial_abandoned, h.redial_busy, h.redial_cut])
    i, n = 0, 0
    while i < len(first.time) or len(again) > 0:
        if len(again) == 0 or (i < len(first.time) and first.time[i] <= again[0][0]):
            time, tries, machine = first.time[i], 1, first.kind[i] == MACHINE
            commune, service, operator = first.commune[i], int(first.service[i]), int(first.operator[i])
            access, caller = int(first.access[i]), first.caller[i]
            cell = land.cell_of[commune]
            i += 1
        else:
            time, before, tries = heapq.heappop(again)
            tries, machine, commune = tries + 1, False, out.commune[before]
            cell = land.cell_of[commune]
            service, operator, access, caller = _other_way(
                int(out.service[before]), int(out.operator[before]), int(out.access[before]), out.caller[before],
                land.share[cell], land, h, rng,
            )  # fmt: skip
        region, centre = land.region_of[cell], land.centre_of[service, commune]
        node = _draw(rng.random(), land.servers[region]) if access == FIXED else int(rng.random() * land.sbcs)
        setup = h.setup_s * np.exp(h.setup_spread * rng.standard_normal())
        ring, talk, arrived = 0.0, 0.0, False
        fault = _fault(time, cell, region, service, operator, access, node, centre, faults, rng)
        if fault >= 0 and not faults.cut[fault]:
            look = own_failures + fault
            ring = rng.exponential(h.patience_s) if faults.silent[fault] else 0.0
        elif rng.random() < land.failure[min(int(time / 60), len(land.failure) - 1)]:
            look, fault = 3 + _draw(rng.random(), land.failures), NO_FAULT
        else:
            arrived = True
            look, ring, talk = _answer(time + setup, centre, service, machine, free, land, h, rng)
            if fault >= 0 and look == ANSWERED:
                talk = min(talk, rng.exponential(h.pocket_s))
            else:
                fault = NO_FAULT
        out.time[n], out.commune[n], out.service[n], out.operator[n] = time, commune, service, operator
        out.access[n], out.caller[n], out.node[n], out.centre[n] = access, caller, node, centre
        out.look[n], out.setup[n], out.ring[n], out.talk[n] = look, setup, ring, talk
        out.fault[n], out.arrived[n] = fault, arrived
        reason = 3 if look == ANSWERED else (look if look <= BUSY else 0)
        willing = not machine and tries < h.tries and (look != ANSWERED or fault >= 0)
        if willing and rng.random() < redials[reason]:
            pause = h.delay_s * np.exp(h.delay_spread * rng.standard_normal())
            heapq.heappush(again, (time + setup + ring + talk + pause, n, tries))
        n += 1
    return n
