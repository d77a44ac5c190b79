from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tocsin import territory
from tocsin.calls import RECORD, read
from tocsin.cli.writing import WRITERS, check_ending, writing
from tocsin.errors import UsageError

AT = datetime(2021, 6, 2, 14, 45, 0, 120_000, tzinfo=UTC)
RECORDS = pl.DataFrame(
    [
        {
            "id": "a,b", "time": AT, "seen": AT, "vantage": "operator", "feed": "x", "service": "15", "area": "2A004",
            "operator": "A", "access": "fixed", "path": "GW>CS", "centre": "C", "outcome": "lost", "sip_status": 503,
            "q850_cause": 41, "ring_s": 1.5, "talk_s": None, "caller": "0123456789abcdef",
        },
        {**dict.fromkeys(RECORD), "time": AT, "service": "heartbeat"},
    ],
    schema=RECORD,
)  # fmt: skip


@pytest.mark.parametrize("ending", WRITERS)
def test_what_is_written_in_two_batches_is_read_back_as_it_was(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"records{ending}"
    with writing(path) as write:
        write(RECORDS[:1])
        write(RECORDS[1:])
    filled = {"vantage": "centre", "feed": "x"}  # what a reader may fill in where a record is silent
    known = [name for name in RECORD if name not in filled]
    assert pl.concat(read([path], territory=territory.france())).select(known).equals(RECORDS.select(known))


def test_a_name_is_judged_by_its_whole_ending() -> None:
    assert check_ending(Path("2021.06.02.csv.gz")) == ".csv.gz"
    with pytest.raises(UsageError) as error:
        check_ending(Path("records.gz"))
    assert str(error.value).startswith("'records.gz' is no kind of file that tocsin writes: end it in .csv,")
