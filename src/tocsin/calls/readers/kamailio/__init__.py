"""Kamailio's and OpenSIPS's acc: one row a SIP transaction, as syslog, JSON (`acc_json`) or flatstore.

* The transactions of a call share their Call-ID; an attempt is the INVITE of one From tag in it. A BYE belongs to it by
  either of its tags, since they swap when the callee hangs up.
* 401, 402 and 407 ask for credentials and are no attempt. One attempt has one outcome: answered if any INVITE was, else
  that of its worst code. Failed rows are shorter than answered ones in flatstore: ragged rows are the rule.
* The time is that of the row's writing, which is the end of the INVITE's transaction: the answer or the failure.
Source: Kamailio, modules acc and acc_json; OpenSIPS issue 1780 on ragged rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from tocsin.calls.admit import admit_calls
from tocsin.calls.legs import OpenCalls
from tocsin.calls.ports import Batch, Chunk, Context, Reader
from tocsin.calls.readers.kamailio.attempt import attempts_of
from tocsin.calls.readers.kamailio.transaction import form_of, transactions_of
from tocsin.calls.zone import LocalClock
from tocsin.words import Sentence

ZONE_ASSUMED: Final = Sentence("remark.zone_assumed")


@dataclass(frozen=True, kw_only=True)
class Kamailio:
    """Kamailio acc, in any of its three forms."""

    name: str = "kamailio"

    def recognises(self, head: bytes) -> bool:
        """One of the three forms stands in the first lines."""
        return form_of(head) is not None

    def zone(self, head: bytes, context: Context) -> Sentence:
        """Epochs are UTC; times without zone are taken for the territory's."""
        form = form_of(head)
        read = transactions_of(Chunk(data=head), form, LocalClock(context.territory.zone)) if form else None
        if read is None or not read.assumed:
            return Sentence("zone.epoch")
        return Sentence("zone.some", zone=context.territory.zone, times=read.assumed, rows=read.rows)

    def read(self, chunks: Iterable[Chunk], context: Context) -> Iterator[Batch]:
        """Attempts as their calls become whole."""
        form = None
        clock = LocalClock(context.territory.zone)
        open_calls = OpenCalls(context.hold_s)
        for chunk in chunks:
            form = form or form_of(chunk.data)
            if form is None:
                continue
            read = transactions_of(chunk, form, clock)
            batch = _attempts(open_calls.step(read.transactions, chunk.at), context, read.rows)
            remarks = batch.remarks | read.remarks | {ZONE_ASSUMED: read.assumed}
            yield replace(batch, faults=read.faults.vstack(batch.faults), remarks=remarks)
        held = open_calls.rest()
        if held is not None and not held.is_empty():
            yield _attempts(held, context, 0)


def _attempts(transactions: pl.DataFrame, context: Context, rows: int) -> Batch:
    attempts, remarks = attempts_of(transactions, context.territory)
    batch = admit_calls(attempts, context, rows=rows)
    return replace(batch, remarks=batch.remarks | remarks)


READER: Final[Reader] = Kamailio()
