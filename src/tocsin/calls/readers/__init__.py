"""Every format that tocsin reads by itself, in the order in which they're tried."""

from __future__ import annotations

from typing import Final

from tocsin.calls.ports import Reader
from tocsin.calls.readers.asterisk import READER as ASTERISK
from tocsin.calls.readers.kamailio import READER as KAMAILIO
from tocsin.calls.readers.records_csv import READER as RECORDS_CSV
from tocsin.calls.readers.records_jsonl import READER as RECORDS_JSONL

READERS: Final[tuple[Reader, ...]] = (RECORDS_CSV, RECORDS_JSONL, KAMAILIO, ASTERISK)
"""A new reader is one more folder and one more name here."""

__all__ = ["READERS"]
