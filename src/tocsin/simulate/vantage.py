"""What each vantage writes down: attempts become records, with each feed's own ids, clock and delay of export.

The operator of the caller knows every attempt that reached it. A centre knows only the calls that reached the centre,
where the caller stands (its département), how the caller reached the network (from the number) and the trunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tocsin.calls.record import HEARTBEAT, RECORD
from tocsin.simulate.attempts import ANSWERED, OUTCOMES, Attempts, Looks
from tocsin.simulate.country import ACCESSES, Country
from tocsin.simulate.demand import Day
from tocsin.simulate.invented import invented

PATH_SEPARATOR: Final = ">"
_DIGITS: Final = pl.Series([f"{i:04x}" for i in range(1 << 16)])


def operator_records(
    attempts: Attempts, looks: Looks, country: Country, day: Day, rng: np.random.Generator, *, late: bool
) -> pl.DataFrame:
    """One record an attempt, as the operators write them. ``late`` False: nothing has a `seen`."""
    clock = country.operator_clock[attempts.operator]
    region = country.region_of[country.cell_of[attempts.commune]]
    answered = looks.outcome[attempts.look] == ANSWERED
    return pl.DataFrame(
        {
            "id": _ids(attempts.operator, [f"{name}{day.local:%y%m%d}" for name in country.operators]),
            "time": _instant(day, attempts.time + clock),
            "seen": _seen(day, attempts, clock, rng, late=late),
            "vantage": _same("operator", len(attempts.time)),
            "feed": _names([country.operator_feed(o) for o in range(len(country.operators))], attempts.operator),
            "service": _names(country.services, attempts.service),
            "area": _names(country.communes, attempts.commune),
            "operator": _names(country.operators, attempts.operator),
            "access": _names(ACCESSES, attempts.access),
            "path": _paths(attempts, region, country),
            "centre": _names(country.centres, attempts.centre),
            "outcome": _names(OUTCOMES, looks.outcome[attempts.look]).cast(RECORD["outcome"]),
            "sip_status": looks.sip_status[attempts.look],
            "q850_cause": looks.q850_cause[attempts.look],
            "ring_s": _where(attempts.ring, attempts.ring > 0),
            "talk_s": _where(attempts.talk, answered),
            "caller": _hex(attempts.caller),
        }
    ).cast(RECORD)


def centre_records(
    attempts: Attempts, looks: Looks, country: Country, day: Day, rng: np.random.Generator, *, late: bool
) -> pl.DataFrame:
    """One record a call that arrived, as the centres write them, but for the few that they don't."""
    kept = attempts.arrived & (rng.random(len(attempts.time)) >= invented().network.unrecorded)
    here = Attempts._make(column[kept] for column in attempts)
    clock = country.centre_clock[here.centre]
    answered = looks.outcome[here.look] == ANSWERED
    regions = [country.centre_feed(r) for r in range(len(country.regions))]
    region = country.centre_region[here.centre]
    return pl.DataFrame(
        {
            "id": _ids(region, [f"{name}-{day.local:%y%m%d}" for name in country.regions]),
            "time": _instant(day, here.time + here.setup + clock),
            "seen": _seen(day, here, clock, rng, late=late),
            "vantage": _same("centre", len(here.time)),
            "feed": _names(regions, region),
            "service": _names(country.services, here.service),
            "area": _names(country.cells, country.cell_of[here.commune]),
            "operator": pl.Series([None], dtype=pl.String).new_from_index(0, len(here.time)),
            "access": _names(ACCESSES, here.access),
            "path": _names([country.trunk(c) for c in range(len(country.centres))], here.centre),
            "centre": _names(country.centres, here.centre),
            "outcome": _names(OUTCOMES, looks.outcome[here.look]).cast(RECORD["outcome"]),
            "sip_status": looks.sip_status[here.look],
            "q850_cause": looks.q850_cause[here.look],
            "ring_s": _where(here.ring, here.ring > 0),
            "talk_s": _where(here.talk, answered),
            "caller": _hex(here.caller),
        }
    ).cast(RECORD)


def heartbeats(feeds: Sequence[str], vantage: str, day: Day, rng: np.random.Generator, *, late: bool) -> pl.DataFrame:
    """A record a minute from each feed, each at its own second."""
    every = invented().feeds.heartbeat_s
    beats = np.arange(0, day.minutes * 60, every, dtype=np.float64)
    offset = rng.uniform(0, every * 0.9, len(feeds))
    time = (beats[:, None] + offset).ravel()
    feed = np.tile(np.arange(len(feeds)), len(beats))
    seen = _instant(day, time + _export(len(time), rng))
    return (
        pl.DataFrame(
            {
                "id": _ids(feed, [f"beat-{day.local:%y%m%d}"] * len(feeds)),
                "time": _instant(day, time),
                "seen": seen if late else _never(len(time)),
                "vantage": _same(vantage, len(time)),
                "feed": _names(feeds, feed),
                "service": _same(HEARTBEAT, len(time)),
            }
        )
        .select(pl.col(name) if name in _BEAT else pl.lit(None).alias(name) for name in RECORD)
        .cast(RECORD)
    )


_BEAT: Final = ("id", "time", "seen", "vantage", "feed", "service")


def _export(many: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds from the end of a call to the arrival of its record."""
    rule = invented().feeds
    return rule.export_s * np.exp(rng.normal(0, rule.export_spread, many))


def _seen(
    day: Day, attempts: Attempts, clock: NDArray[np.float64], rng: np.random.Generator, *, late: bool
) -> pl.Series:
    """When the record arrives: the end of the call, on its feed's clock, and the delay of export."""
    if not late:
        return _never(len(attempts.time))
    lasts = attempts.setup.astype(np.float64) + attempts.ring + attempts.talk
    return _instant(day, attempts.time + clock + lasts + _export(len(attempts.time), rng))


def _never(many: int) -> pl.Series:
    return pl.Series([None], dtype=RECORD["seen"]).new_from_index(0, many)


def _instant(day: Day, seconds: NDArray[np.float64]) -> pl.Series:
    start = round(day.start.timestamp()) * 1_000_000
    return pl.Series(np.round(seconds * 1e6).astype(np.int64) + start).cast(RECORD["time"])


def _names(names: Sequence[str], index: NDArray[np.integer]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(pl.Series(index.astype(np.uint32)))


def _same(name: str, many: int) -> pl.Series:
    return pl.Series([name], dtype=pl.String).new_from_index(0, many)


def _where(value: NDArray[np.float32], known: NDArray[np.bool_]) -> pl.Series:
    """Hundredths of a second, null where there is nothing to say."""
    return pl.Series(np.round(value, 2)).set(pl.Series(~known), None)


def _hex(caller: NDArray[np.uint64]) -> pl.Series:
    """16 hexadecimal digits each."""
    parts = caller.view(np.uint16).reshape(-1, 4)
    columns = [_DIGITS.gather(pl.Series(parts[:, i].astype(np.uint32))).alias(str(i)) for i in range(4)]
    return pl.DataFrame(columns).select(pl.concat_str(pl.all())).to_series()


def _ids(who: NDArray[np.integer], prefixes: Sequence[str]) -> pl.Series:
    """Each writer's own numbering: its prefix and the number of the line that day."""
    number = pl.Series(np.arange(1, len(who) + 1))
    frame = pl.DataFrame({"who": _names(prefixes, who), "number": number})
    return frame.select(pl.concat_str("who", "number", separator="-")).to_series()


def _paths(attempts: Attempts, region: NDArray[np.int32], country: Country) -> pl.Series:
    """The path of each attempt: its operator's gateway, the node that shares the load, the centre's trunk."""
    many, (regions, nodes) = len(country.operators), country.servers.shape
    gateways = [country.gateway(o, r) for o in range(many) for r in range(regions)]
    servers = [country.server(o, a, k) for o in range(many) for a in range(len(ACCESSES)) for k in range(nodes)]
    trunks = [country.trunk(c) for c in range(len(country.centres))]
    operator = attempts.operator.astype(np.int64)
    crossed = pl.DataFrame(
        {
            "gateway": _names(gateways, operator * regions + region),
            "server": _names(servers, (operator * len(ACCESSES) + attempts.access) * nodes + attempts.node),
            "trunk": _names(trunks, attempts.centre),
        }
    )
    return crossed.select(pl.concat_str(pl.all(), separator=PATH_SEPARATOR)).to_series()
