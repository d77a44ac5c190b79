"""Real series: delays of injected and real losses beside their yardsticks, and every other alarm.

    python -m bench.real DATA        the folder with montgomery_911.csv.gz and anonymous_bank_1999_02.csv.gz

Through `tocsin learn` and `tocsin watch --json`, one false alarm a month. Losses are drawn with seed 1; no redials are
invented. About five minutes on one core. `docs/how-to/real-data.md` explains every alarm that this prints.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import exp, sqrt
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bench.real import commands, series
from bench.real.series import BANK, COUNTY, Loss, Row
from tocsin.watch import MONTH_MINUTES, Baseline, learned_yardstick
from tocsin.watch.family import FAMILIES
from tocsin.watch.nulls import Z
from tocsin.watch.yardstick import level_nats, yardstick

FILES: Final = ("montgomery_911.csv.gz", "anonymous_bank_1999_02.csv.gz")
SEED: Final = 1
DAYS: Final = (
    "2016-05-10 10:00", "2016-05-19 16:00", "2016-05-29 10:00", "2016-06-15 08:00",
    "2016-06-25 14:00", "2016-07-12 22:00", "2016-08-05 12:00", "2016-08-16 01:00",
)  # fmt: skip
"""When the injected losses begin, local time: working days, a Saturday, a Sunday, two nights."""

HOURS: Final = 12.0
DEAD: Final = datetime(1999, 2, 8, 13, 8, 44), datetime(1999, 2, 8, 20, 42, 44)  # noqa: DTZ001 local, as written
"""When the bank's trunk unit AA02 took its last call before each of its two silences."""


def losses(share: float, *, column: str = "title", value: str = "") -> list[Loss]:
    """One loss at each of `DAYS`."""
    return [
        Loss(start=datetime.fromisoformat(day), hours=HOURS, share=share, column=column, value=value) for day in DAYS
    ]


def opened(alarms: list[dict[str, Any]], level: str) -> list[dict[str, Any]]:
    """The first word of each alarm of a level."""
    return [alarm for alarm in alarms if alarm["state"] == "open" and alarm["level"] == level]


def delay(alarms: Iterable[dict[str, Any]], since: datetime, hours: float) -> float | None:
    """Minutes from ``since`` to the first of these alarms within so many hours; None where there is none."""
    ats = [datetime.fromisoformat(alarm["at"]) for alarm in alarms]
    after = [at for at in ats if since <= at <= since + timedelta(hours=hours)]
    return (min(after) - since).total_seconds() / 60 if after else None


def level_yardsticks(baseline: Baseline, per_minute: float, loss: float) -> tuple[float, float]:
    """Scope-aware minutes for a loss of everything in arrivals: of a watch, and of a page, whose null is half lower.

    Untempered: calls in clumps come later by their dispersion.
    """
    level = next(each for each in baseline.references if each.family_name == "level")
    watch = learned_yardstick(
        baseline, level, 0, loss=loss, per_minute=per_minute, false_alarm_minutes=MONTH_MINUTES
    ).scope_aware / float(level.phi[0])
    void = next(family for family in FAMILIES if family.name == "void")
    kept = float(1 - void.margin) * exp(-Z * sqrt(float(level.sigma[0]) ** 2 + float(level.error[0])))
    nats = level_nats(per_minute, margin=1 - kept, loss=loss)
    return watch, yardstick(nats, siblings=1, false_alarm_minutes=MONTH_MINUTES).scope_aware


def table(alarms: list[dict[str, Any]], zone: ZoneInfo) -> None:
    """Each alarm in a line: what it said first, what last."""
    last = {alarm["alarm"]: alarm for alarm in alarms}
    for alarm in alarms:
        if alarm["state"] == "open":
            end = last[alarm["alarm"]]
            until = _local(end["closed_at"], zone) if end["closed_at"] else "still open"
            lost = end["lost"] and " to ".join(f"{end['lost'][side]:.0f}" for side in (0, 2))
            print(
                f"  {_local(alarm['at'], zone)}  {alarm['level']:5} {alarm['kind']:6} {_where(end)}"
                f"  onset {_local(alarm['onset'][1], zone)}  end {until}  lost {lost or '-'}"
            )


def _local(time: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(time).astimezone(zone).strftime("%a %d %b %H:%M")


def _where(alarm: dict[str, Any]) -> str:
    return " ".join(str(value) for value in alarm["scope"].values()) or "everything"


def _minutes(value: float | None) -> str:
    return "   never" if value is None or value == float("inf") else f"{value:8.0f}"


def montgomery(data: Path, folder: Path) -> None:
    """The county: first half learned, second half watched untouched and with losses."""
    rows = series.read(data / FILES[0])
    place = series.county(rows, folder / "county")
    first = series.write(series.between(rows, "2015-12-10", "2016-04-18"), folder / "first.csv")
    second = series.between(rows, "2016-04-18", "2016-08-25")
    baseline = commands.learn(first, place)
    level = next(each for each in baseline.references if each.family_name == "level")
    print(f"Montgomery: {len(baseline.lattice)} scopes, dispersion {level.phi[0]:.2f}, drift {level.sigma[0]:.2f}")
    untouched = commands.watch(series.write(second, folder / "second.csv"), place, first)
    print("untouched second half:")
    table(untouched, COUNTY)
    cases = (
        ("100 % of everything", losses(1.0)),
        ("30 % of everything", losses(0.3)),
        ("100 % of EMS alone", losses(1.0, value="EMS")),
        ("100 % of Lower Merion", losses(1.0, column="twp", value="LOWER MERION")),
    )
    for number, (name, injected) in enumerate(cases):
        left = series.losing(second, injected, SEED)
        alarms = commands.watch(series.write(left, folder / f"lost{number}.csv"), place, first)
        print(f"{name}, {HOURS:.0f} h from:       calls     watch      page   yardsticks of a loss of everything")
        for loss in injected:
            _one(loss, second, alarms, baseline, everything=not loss.value)


def _one(loss: Loss, rows: list[Row], alarms: list[dict[str, Any]], baseline: Baseline, *, everything: bool) -> None:
    since = series.utc(loss.start, COUNTY)
    calls = sum(loss.hits(row) for row in rows)
    found = {
        level: delay((alarm for alarm in opened(alarms, level) if alarm["kind"] == "loss"), since, HOURS)
        for level in ("watch", "page")
    }
    rate = calls / (60 * HOURS)
    beside = level_yardsticks(baseline, rate, loss.share) if everything else ()
    print(
        f"  {loss.start:%a %d %b %H:%M}  {calls:10}  {_minutes(found['watch'])}  {_minutes(found['page'])}",
        *(_minutes(each) for each in beside),
    )


def bank(data: Path, folder: Path) -> None:
    """The bank: a week learned and the rest watched, and the other way round."""
    rows = series.read(data / FILES[1])
    place = series.bank(folder / "bank")
    for learned, watched in (
        (("1999-02-01", "1999-02-08"), ("1999-02-08", "1999-03-01")),
        (("1999-02-09", "1999-03-01"), ("1999-02-01", "1999-02-09")),
    ):
        before = series.write(series.between(rows, *learned), folder / f"bank-{learned[0]}.csv")
        after = series.write(series.between(rows, *watched), folder / f"bank-{watched[0]}-watched.csv")
        baseline = commands.learn(before, place)
        alarms = commands.watch(after, place, before)
        print(f"bank, learned from {learned[0]} to before {learned[1]}:")
        table(alarms, BANK)
        for silent in DEAD:
            pages = [alarm for alarm in opened(alarms, "page") if alarm["scope"].get("node") == "AA02"]
            seen = delay(pages, series.utc(silent, BANK), 6)
            until = silent + timedelta(minutes=seen or 60)
            other = sum(silent <= series.called(row) < until for row in rows)
            print(f"  AA02 silent since {silent:%H:%M:%S}: page after {_minutes(seen).strip()} min,", end=" ")
            print(unit_yardstick(baseline, other / (seen or 60)))


def unit_yardstick(baseline: Baseline, other_per_minute: float) -> str:
    """Of AA02's total loss by contrast, where the other unit takes so many calls a minute."""
    contrast = next(each for each in baseline.references if each.family_name == "contrast")
    scope = next(at for at in range(len(baseline.lattice)) if baseline.lattice.scope(at).node == "AA02")
    share = 1 / (1 + exp(-float(contrast.base[scope])))
    found = learned_yardstick(
        baseline,
        contrast,
        scope,
        loss=1.0,
        per_minute=other_per_minute / (1 - share),
        false_alarm_minutes=MONTH_MINUTES,
    )
    phi = float(contrast.phi[baseline.lattice.level[scope]])
    return f"yardsticks {found.lorden / phi:.1f} and {found.scope_aware / phi:.1f}, dispersion {phi:.2f}"


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) == 2 else None
    if data is None or not all((data / name).is_file() for name in FILES):
        sys.exit(f"give the folder that holds {' and '.join(FILES)}: python -m bench.real DATA")
    print(f"{datetime.now(UTC):%Y-%m-%d}, seed {SEED}")
    with tempfile.TemporaryDirectory() as folder:
        bank(data, Path(folder))
        montgomery(data, Path(folder))


if __name__ == "__main__":
    main()
