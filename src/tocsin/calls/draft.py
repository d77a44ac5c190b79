"""A mapping drafted from the rows of a file that nobody has described: a first guess, for a person to check.

Each column is looked at by its name (in English and French) and by what stands in it; a name alone is believed only
where any text would do. Whatever couldn't be guessed is left out and said in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from tocsin.calls.drafted import Drafted, Endings, Unused, toml
from tocsin.calls.ending_words import bare, outcome_of
from tocsin.calls.mapping import EPOCHS
from tocsin.calls.ports import Chunk, plain
from tocsin.calls.readers.records_jsonl import an_object, as_text
from tocsin.calls.rejects import masked
from tocsin.calls.rows import DELIMITERS, LINE, fields_of, split
from tocsin.errors import InputError
from tocsin.territory import Territory
from tocsin.words import Sentence

ROWS: Final = 1_000
"""Rows that are looked at."""

MOST: Final = 0.8
"""Share of the filled values of a column that must fit for its content to count."""

FEWEST_STEPS: Final = 20
EQUAL: Final = 0.95
"""Share of the steps from row to row that must be the same, and how many it takes, to call rows counts per interval."""

FORMATS: Final = (
    "%+",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%Y%m%d %H:%M:%S",
    "%y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S",
)
DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%y%m%d")
EPOCH: Final = {"epoch_s": r"^1\d{9}(\.\d+)?$", "epoch_ms": r"^1\d{12}$", "epoch_us": r"^1\d{15}$"}

NAMES: Final = {
    "time": r"time|date|start|begin|received|setup|debut|heure|horodat|arrivee|appel.*le$|timestamp|horaire",
    "id": r"^id$|call.?id|uniqueid|^uuid|incident|callnumber|identifiant|numero.?d.?appel|reference",
    "service": r"service|type|title|nature|short|motif|numero.?court|urgence",
    "area": r"area|insee|commune|depart|^dep|county|twp|town|city|ville|zip|postal|district|region|neighbo",
    "operator": r"operator|operateur|carrier|provider",
    "centre": r"cent(re|er)|psap|site|salle|plateau",
    "outcome": r"outcome|result|disposition|status|statut|issue|etat|finalit",
    "sip_status": r"sip|status|code",
    "q850_cause": r"q850|cause",
    "ring_s": r"ring|wait|queue|q_?time|attente|sonnerie|decroche.?en",
    "talk_s": r"talk|bill|duration|conversation|duree|ser_?time|communication|decroche",
    "caller": r"caller|calling|^src|^from|appelant|a.?number|ani$|^cli$",
    "called": r"called|callee|^dst|dest|^to$|appele|b.?number|dnis|dialled|dialed|compose",
    "queue": r"queue|file|groupe",
    "trunk": r"trunk|vru|line|gateway|faisceau|channel|passerelle",
}
"""Field -> what a column's name has in it, without accents."""

SERVICES: Final = {
    "urn:service:sos.ambulance": r"\bems\b|medic|ambulance|samu|sante|health",
    "urn:service:sos.fire": r"\bfire|pompier|incendie|cta|sdis",
    "urn:service:sos.police": r"police|gendarm|traffic|law",
}
"""Service URN (RFC 5031) -> words that mean it."""

SUGGESTED: Final = {
    **{field: field for field in ("outcome", "area", "operator", "centre")},
    "path": "trunk",
    **{field: field for field in ("caller", "called", "queue", "talk_s", "ring_s", "sip_status", "id")},
}
"""Field -> whose names speak for it: what a column that couldn't be used may be, the dearest first. A trunk is a
node."""

MOST_VALUES: Final = 12
LONGEST: Final = 40
"""So many values of an outcome are laid out to be translated, so many characters of an example are shown."""

SHARED: Final = 5
"""A column whose values stand in fewer rows each is free text: it may name a caller, or where they live."""


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """The first rows: columns as strings, delimiter, whether the first line is a header."""

    frame: pl.DataFrame
    delimiter: str | None  # None: JSON Lines
    headed: bool

    def named(self, field: str) -> list[str]:
        """The columns whose name speaks for a field, the others behind them."""
        fits = [name for name in self.frame.columns if re.search(NAMES[field], bare(name))]
        return fits + [name for name in self.frame.columns if name not in fits]


def draft_mapping(head: bytes, territory: Territory, *, name: str = "draft") -> Drafted:
    """A mapping for a file that begins so. Raises `InputError` where no column holds times."""
    sheet = _sheet(head)
    used: dict[str, str] = {}
    time, form, zoned = _time(sheet)
    _refuse_counts(sheet, time, form)
    used.update(dict.fromkeys(time, "time"))
    columns: dict[str, str | Endings] = {"time": toml(time[0] if len(time) == 1 else {"from": list(time)})}
    for field, guess in _GUESSES:
        found = guess(sheet, territory, used)
        if found is None:
            continue
        used[found[0]] = field
        columns[field] = found[1]
    constants = {"vantage": "centre", "feed": name}
    guessed_service = not {"service", "called", "queue", "trunk"} & set(used.values())
    if guessed_service:
        constants["service"] = next(iter(territory.services))
    file = {"delimiter": sheet.delimiter} if sheet.delimiter else {}
    return Drafted(
        file=file if sheet.headed else {**file, "columns": sheet.frame.columns},
        zone=None if zoned else territory.zone,
        form=form,
        noughts=_has_noughts(sheet),
        constants=constants,
        guessed_service=guessed_service,
        columns=columns,
        unused=_unused(sheet, used),
    )


def _unused(sheet: _Sheet, used: dict[str, str]) -> tuple[Unused, ...]:
    """The columns that were made nothing of; those whose names say what they may be come first, the dearest first."""
    left = [name for name in sheet.frame.columns if name not in used]
    may_be: dict[str, str] = {}
    for field, naming in SUGGESTED.items():
        fits = [name for name in left if name not in may_be and re.search(NAMES[naming], bare(name))]
        if fits and field not in used.values():
            may_be[fits[0]] = field
    return tuple(_left_out(sheet.frame[name], may_be.get(name)) for name in dict.fromkeys([*may_be, *left]))


def _left_out(column: pl.Series, field: str | None) -> Unused:
    met = column.alias("text").drop_nulls().value_counts().sort("count", "text", descending=[True, False])
    texts = met["text"].to_list()
    free = field != "outcome" and len(column) - column.null_count() < SHARED * len(texts)
    shown = [masked(text)[:LONGEST] for text in texts[: MOST_VALUES + 1]]
    values = tuple(texts) if field == "outcome" and len(texts) <= MOST_VALUES and shown == texts else ()
    example = shown[0] if shown and not free else None
    return Unused(column=column.name, example=example, free=free, field=field, values=values)


def _sheet(head: bytes) -> _Sheet:
    lines = [line for line in head[: 1 << 20].decode("utf-8", "replace").split("\n")[: ROWS + 1] if line.strip()]
    objects = [found for line in lines if (found := an_object(line)) is not None]
    if len(objects) * 2 > len(lines):
        names = dict.fromkeys(name for found in objects for name in found)
        rows = [{name: as_text(found.get(name)) for name in names} for found in objects]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
        return _Sheet(frame=frame, delimiter=None, headed=True)
    widths = {one: [len(fields_of(line, one) or []) for line in lines] for one in DELIMITERS}
    common = {one: max(set(width), key=width.count, default=0) for one, width in widths.items()}
    delimiter = max(DELIMITERS, key=lambda one: widths[one].count(common[one]) * (common[one] > 1))
    width = common[delimiter]
    if width < 2:
        raise InputError(Sentence("error.no_columns"), do=Sentence("do.any_table"))
    first = [field.strip() for field in fields_of(lines[0], delimiter) or []]
    headed = (
        len(first) == width and all(first) and len(set(map(plain, first))) == width and not any(map(_is_value, first))
    )
    columns = first if headed else [f"column {number}" for number in range(1, width + 1)]
    frame, _, _ = split(Chunk(data="\n".join(lines[headed:]).encode()), columns, delimiter)
    return _Sheet(frame=frame.drop(LINE).with_columns(pl.all().str.strip_chars()), delimiter=delimiter, headed=headed)


def _is_value(text: str) -> bool:
    return re.fullmatch(r"[\d\s.,:/+-]+", text) is not None


def _share(column: pl.Series, fits: pl.Series) -> float:
    filled = column.drop_nulls().len()
    return int((fits & column.is_not_null()).sum()) / filled if filled else 0.0


def _time(sheet: _Sheet) -> tuple[tuple[str, ...], str, bool]:
    """The column (or date and clock columns) of the beginning, its format, and whether that says the zone."""
    for name in sheet.named("time"):
        form = _format(sheet.frame[name], FORMATS)
        if form is not None:
            return (name,), form, form == "%+" or form in EPOCHS
    for date in sheet.frame.columns:
        day = _format(sheet.frame[date], DATES)
        clocks = [name for name in sheet.frame.columns if _is_clock(sheet.frame[name])]
        if day is not None and clocks:
            best = max(clocks, key=lambda name: sheet.frame[name].n_unique())  # not one that often did not happen
            clock = "%H:%M:%S" if sheet.frame[best].drop_nulls()[0].count(":") == 2 else "%H:%M"
            return (date, best), f"{day} {clock}", False
    raise InputError(Sentence("error.no_times"), do=Sentence("do.by_hand"), field="time")


def _refuse_counts(sheet: _Sheet, time: tuple[str, ...], form: str) -> None:
    """Rows at equal distances are counts per interval. Each taken for one call, they'd be a flat and false stream."""
    if form in EPOCH:
        seconds = sheet.frame[time[0]].cast(pl.Float64, strict=False)
    else:
        text = pl.select(pl.concat_str([sheet.frame[name] for name in time], separator=" ")).to_series()
        zone = "UTC" if form == "%+" else None
        seconds = text.str.to_datetime(form, time_unit="us", time_zone=zone, strict=False).cast(pl.Int64) / 1e6
    steps = seconds.drop_nulls().diff().drop_nulls()
    if len(steps) < FEWEST_STEPS:
        return
    step, count = steps.value_counts(sort=True).row(0)
    if step >= 1 and count >= EQUAL * len(steps):
        raise InputError(Sentence("error.intervals", step=f"{step:g}"), do=Sentence("do.calls"), field=time[0])


def _has_noughts(sheet: _Sheet) -> bool:
    return any(bool((column == "0:00:00").any()) for column in sheet.frame)


def _is_clock(column: pl.Series) -> bool:
    return _share(column, column.str.contains(r"^\d{1,2}:\d\d(:\d\d)?$")) >= MOST


def _format(column: pl.Series, formats: tuple[str, ...]) -> str | None:
    """The format that fits most; of several (day and month may be either) the one whose times lie closest together."""
    for form, pattern in EPOCH.items():
        if formats is FORMATS and _share(column, column.str.contains(pattern)) >= MOST:
            return form
    fits: list[tuple[float, str]] = []
    for form in formats:
        zone = "UTC" if form == "%+" else None
        read = (
            column.str.to_date(form, strict=False)
            if formats is DATES
            else column.str.to_datetime(form, time_unit="us", time_zone=zone, strict=False)
        )
        if _share(column, read.is_not_null()) >= MOST:
            numbers = read.drop_nulls().cast(pl.Int64)
            fits.append((float(numbers.quantile(0.9) or 0) - float(numbers.quantile(0.1) or 0), form))
    return min(fits, key=lambda one: one[0])[1] if fits else None


_Found = tuple[str, str | Endings] | None
_Guess = Callable[[_Sheet, Territory, dict[str, str]], _Found]


def _free(sheet: _Sheet, field: str, used: dict[str, str], *, named: bool = True) -> list[str]:
    fits = [name for name in sheet.named(field) if name not in used]
    return [name for name in fits if re.search(NAMES[field], bare(name))] if named else fits


def _service(sheet: _Sheet, territory: Territory, used: dict[str, str]) -> _Found:
    for name in _free(sheet, "service", used, named=False):
        column = sheet.frame[name]
        known = column.map_elements(lambda text: territory.service(text) is not None, return_dtype=pl.Boolean)
        if _share(column, known) >= MOST:
            return name, toml(name)
    for name in _free(sheet, "service", used, named=False):
        for find in (None, r"^\s*(\w[^:]*?)\s*:"):
            column = sheet.frame[name] if find is None else sheet.frame[name].str.extract(find)
            values = _translated(column, partial(_service_of, territory))
            if values:
                codes = {text: service.code for text, urn in values.items() if (service := territory.service(urn))}
                table = {toml(text): code for text, code in codes.items()}
                return name, toml({"from": name, **({"find": find} if find else {}), "values": table})
    return None


def _service_of(territory: Territory, word: str) -> str | None:
    """The URN of the territory's service that a word means; of several the last."""
    meant = [urn for urn, words in SERVICES.items() if re.search(words, word) and territory.service(urn)]
    return meant[-1] if meant else None


def _outcome(sheet: _Sheet, territory: Territory, used: dict[str, str]) -> _Found:  # noqa: ARG001
    for name in _free(sheet, "outcome", used, named=False):
        values = _translated(sheet.frame[name], outcome_of)
        if values:
            return name, Endings(column=name, values=values)
    return None


def _translated(column: pl.Series, meaning: Callable[[str], str | None]) -> dict[str, str]:
    """Text -> meaning for a column of few texts most of which mean something; empty otherwise."""
    texts = column.alias("text").drop_nulls().value_counts(sort=True)
    if not 1 <= texts.height <= 50:
        return {}
    found = {text: what for text in texts["text"] if (what := meaning(bare(text))) is not None}
    meant = int(texts.filter(pl.col("text").is_in(list(found)))["count"].sum())
    return found if meant >= MOST * column.drop_nulls().len() else {}


def _area(sheet: _Sheet, territory: Territory, used: dict[str, str]) -> _Found:
    names = {plain(area.name) for area in territory.areas.values()}
    for name in _free(sheet, "area", used):
        column = sheet.frame[name]
        known = column.map_elements(
            lambda text: text.upper() in territory.areas or plain(text) in names, return_dtype=pl.Boolean
        )
        if _share(column, known) >= MOST / 2:
            return name, toml(name)
    return None


def _fitting(field: str, pattern: str) -> _Guess:
    """A guess at a column with the right name whose values have the right form."""

    def guess(sheet: _Sheet, territory: Territory, used: dict[str, str]) -> _Found:  # noqa: ARG001
        for name in _free(sheet, field, used):
            if _share(sheet.frame[name], sheet.frame[name].str.contains(pattern)) >= MOST:
                return name, toml(name)
        return None

    return guess


_NUMBER: Final = r"^(sip:)?\+?[\d\s().-]{7,20}(@.*)?$"
_SECONDS: Final = r"^\d+([.,]\d+)?$|^(\d+:)?\d{1,2}:\d\d$"

_GUESSES: Final[tuple[tuple[str, _Guess], ...]] = (
    ("service", _service),
    ("outcome", _outcome),
    ("caller", _fitting("caller", _NUMBER)),
    ("called", _fitting("called", r"^(sip:)?\+?[\d\s().-]{2,20}(@.*)?$")),
    ("area", _area),
    ("sip_status", _fitting("sip_status", r"^[1-6]\d\d$")),
    ("q850_cause", _fitting("q850_cause", r"^\d{1,3}$")),
    ("talk_s", _fitting("talk_s", _SECONDS)),
    ("ring_s", _fitting("ring_s", _SECONDS)),
    ("operator", _fitting("operator", r".")),
    ("centre", _fitting("centre", r".")),
    ("queue", _fitting("queue", r"[A-Za-z]")),
)
"""Field -> how its column is found, the surest first: a column is used once."""
