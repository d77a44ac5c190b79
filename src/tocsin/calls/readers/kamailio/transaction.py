"""Rows of acc in each of its three forms to one table of transactions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tocsin.calls.legs import CALL
from tocsin.calls.ports import Chunk
from tocsin.calls.readers.records_jsonl import an_object, as_text
from tocsin.calls.rejects import faults_where
from tocsin.calls.rows import LINE
from tocsin.calls.zone import LocalClock
from tocsin.words import Sentence

METHODS: Final = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH",
                  "INFO", "REFER", "MESSAGE", "UPDATE")  # fmt: skip
"""RFC 3261 and its additions."""

CALLERS: Final = ("src_user", "from_user", "caller", "src")
CALLED: Final = ("dst_user", "ruri_user", "to_user", "callee", "dst")
DIALLED: Final = ("dst_ouser", "to_user")
TRUNKS: Final = ("src_ip", "src_domain")
"""Names that sites give to the columns of `db_extra` and `log_extra`; the first that is there counts. The number as it
was dialled (`dst_ouser` in Kamailio's own sample) matters because routing replaces a short number by ten digits."""

OTHER_LINES: Final = Sentence("remark.other_lines")
NOT_OF_THIS: Final = "not of this format"

_SYSLOG: Final = re.compile(rb"ACC: [a-z ]+: (?=.*(?:timestamp|time)=)(?=.*method=)")
_HOST: Final = re.compile(r"^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\S+T\S+) (\S+) ")
_FLAT: Final = ("method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time", "src_user", "dst_user")

Fields = dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a chunk held: transactions by column; faults; rows of acc; remarks; rows whose zone had to be assumed."""

    transactions: pl.DataFrame
    faults: pl.DataFrame
    rows: int
    remarks: dict[Sentence, int]
    assumed: int


def form_of(head: bytes) -> Callable[[str], Fields | None] | None:
    """The parser of the form that a file is in, from its first lines; None where it's none of the three."""
    if _SYSLOG.search(head):
        return syslog_fields
    lines = head[: 64 << 10].decode("utf-8", "replace").split("\n")[:20]
    for parse in (json_fields, flat_fields):
        if any(parse(line) is not None for line in lines):
            return parse
    return None


def syslog_fields(line: str) -> Fields | None:
    """``… ACC: transaction answered: timestamp=…;method=…;call_id=…``"""
    _, found, said = line.partition("ACC: ")
    if not found:
        return None
    pairs = said.partition(": ")[2].split(";")
    fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    host = _HOST.match(line)
    return {
        **fields,
        "callid": fields.get("call_id") or fields.get("callid"),
        "sip_code": fields.get("code"),
        "time": fields.get("timestamp") or fields.get("time"),
        "feed": host[1] if host else None,
    }


def json_fields(line: str) -> Fields | None:
    """An object of acc_json, with or without a syslog head before it."""
    found: dict[str, Any] | None = an_object(line[line.find("{") :]) if "{" in line else None
    if found is None or not {"method", "callid", "sip_code"} <= set(found):
        return None
    return {name: as_text(value) for name, value in found.items()}


def flat_fields(line: str) -> Fields | None:
    """Fields by position, ``|`` or ``,`` between them; the extra ones are taken for caller and called."""
    fields = line.split("|") if line.count("|") >= line.count(",") else line.split(",")
    if len(fields) < 7 or fields[0] not in METHODS:
        return None
    return {name: value or None for name, value in zip(_FLAT, fields, strict=False)}


def transactions_of(chunk: Chunk, parse: Callable[[str], Fields | None], clock: LocalClock) -> Read:
    """The transactions of a chunk. Lines that aren't acc's are no rows in a syslog, and faults in the other forms."""
    rows: list[Fields] = []
    lines: list[int] = []
    strange: list[tuple[int, str]] = []
    for number, line in enumerate(chunk.data.decode("utf-8", "replace").split("\n"), chunk.line):
        if not line.strip():
            continue
        fields = parse(line)
        if fields is None:
            strange.append((number, line))
            continue
        rows.append(fields)
        lines.append(number)
    table = pl.DataFrame(
        {
            CALL: [row.get("callid") for row in rows],
            "from_tag": [row.get("from_tag") or "" for row in rows],
            "to_tag": [row.get("to_tag") or "" for row in rows],
            "method": [row.get("method") for row in rows],
            "sip_status": [row.get("sip_code") for row in rows],
            "when": [row.get("time") for row in rows],
            "feed": [row.get("feed") or "kamailio" for row in rows],
            "caller": [_one(row, CALLERS) for row in rows],
            "called": [_one(row, CALLED) for row in rows],
            "dialled": [_one(row, DIALLED) for row in rows],
            "trunk": [_one(row, TRUNKS) for row in rows],
            LINE: lines,
        },
        schema=dict.fromkeys(_TABLE, pl.String) | {LINE: pl.UInt32},
    )
    return _checked(table, strange, clock, is_log=parse is syslog_fields)


_TABLE: Final = (
    CALL,
    "from_tag",
    "to_tag",
    "method",
    "sip_status",
    "when",
    "feed",
    "caller",
    "called",
    "dialled",
    "trunk",
)


def _one(row: Fields, names: tuple[str, ...]) -> str | None:
    for name in names:
        if value := row.get(name):
            return value
    return None


def _checked(table: pl.DataFrame, strange: list[tuple[int, str]], clock: LocalClock, *, is_log: bool) -> Read:
    epoch = table["when"].str.contains(r"^\d{9,10}(\.\d{1,6})?$").fill_null(value=False)
    micros = (table["when"].set(~epoch, None).cast(pl.Float64) * 1_000_000).round().cast(pl.Int64)
    local = table["when"].set(epoch, None).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    utc = clock.utc(local)
    status = table["sip_status"].str.extract(r"^([1-6]\d\d)$").cast(pl.Int16)
    timed = table.with_columns(time=pl.coalesce(micros.cast(pl.Datetime("us", "UTC")), utc), sip_status=status)
    bad = pl.any_horizontal(
        pl.col(CALL, "time", "sip_status").is_null(), ~pl.col("method").is_in(METHODS).fill_null(value=False)
    )
    good, faults = faults_where(timed, bad, NOT_OF_THIS, ("method", "sip_status", "when", "caller", "called"))
    others = pl.DataFrame([(number, NOT_OF_THIS, line) for number, line in strange], schema=faults.schema, orient="row")
    return Read(
        transactions=good.drop("when"),
        faults=faults if is_log else faults.vstack(others),
        rows=table.height + (0 if is_log else len(strange)),
        remarks={OTHER_LINES: len(strange)} if is_log else {},
        assumed=utc.len() - utc.null_count(),
    )
