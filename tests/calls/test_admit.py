"""The door: past it, every value is true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calls.samples import FRANCE, KEY

from tocsin.calls import RECORD, VANTAGES, Outcome, Rejects, read
from tocsin.calls.admit import admit, admit_calls
from tocsin.calls.read import context_of
from tocsin.calls.rows import LINE

CONTEXT = context_of(territory=FRANCE, site=None, key=KEY, hold_s=60)
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "15", "2021-06-02T16:45:00Z", "2021-06-02T16:45", "operator", "lost", "200", "-1", "NaN", "35"]
    ),
    st.text(max_size=8),
)


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(RECORD, TEXTS)), max_size=6))
def test_whatever_stands_in_the_columns_records_are_true_and_the_rest_is_set_aside(
    rows: list[dict[str, str | None]],
) -> None:
    raw = pl.DataFrame(rows, schema=dict.fromkeys(RECORD, pl.String)).with_row_index(LINE, offset=1)
    batch = admit(raw, CONTEXT)
    assert batch.records.height + batch.faults.height == len(rows)
    assert batch.records.drop(LINE).schema == RECORD
    for row in batch.records.iter_rows(named=True):
        assert row["time"] >= datetime(1990, 1, 1, tzinfo=UTC)
        assert row["service"] == "heartbeat" or row["service"] in FRANCE.services
        assert row["area"] is None or row["area"] in FRANCE.areas
        assert row["vantage"] in (None, *VANTAGES)
        assert row["outcome"] in (None, *Outcome)
        assert row["sip_status"] is None or 100 <= row["sip_status"] <= 699
        assert row["talk_s"] is None or 0 <= row["talk_s"] < float("inf")
        assert "" not in row.values()


def test_missing_columns_are_unknown() -> None:
    raw = pl.DataFrame({"time": ["2021-06-02T16:45:00+02:00"], "service": ["urn:service:sos.fire"], LINE: [2]})
    (row,) = admit(raw, CONTEXT).records.iter_rows(named=True)
    assert {name for name, value in row.items() if value is not None} == {"time", "service", LINE}
    assert (row["time"], row["service"]) == (datetime(2021, 6, 2, 14, 45, tzinfo=UTC), "18")


def test_calls_that_nothing_explains_are_kept_for_the_sites_draft() -> None:
    calls = pl.DataFrame(
        {
            "time": [datetime(2021, 6, 2, tzinfo=UTC)] * 3,
            "called": ["sip:15@op-b;user=phone", "0199001500", "0199001500"],
            "caller": ["tel:+33639980001", "0199000111", "anonymous"],
            LINE: [1, 2, 3],
        }
    )
    batch = admit_calls(calls, CONTEXT, rows=3)
    assert batch.records.select("service", "access").rows() == [("15", "mobile")]
    assert batch.faults["reason"].to_list() == ["not an emergency call or service unknown"] * 2
    assert batch.unexplained is not None
    assert batch.unexplained.rows() == [("0199001500", None, None, 2)]


def test_a_number_that_is_not_a_number_is_an_empty_field(tmp_path: Path) -> None:
    """Pandas writes NaN for nothing, and turns a column of statuses with gaps into fractions."""
    nothing = float("nan")
    start = datetime(2021, 6, 2, 16, 45, tzinfo=UTC)
    pl.DataFrame(
        {
            "time": [start, start + timedelta(minutes=1)],
            "service": ["15", "18"],
            "talk_s": [nothing, 33.0],
            "sip_status": [487.0, nothing],
        }
    ).write_parquet(tmp_path / "from-pandas.parquet")
    rejects = Rejects()
    batch = pl.concat(read([tmp_path / "from-pandas.parquet"], territory=FRANCE, rejects=rejects))
    assert rejects.total == 0
    assert batch["talk_s"].to_list() == [None, 33.0]
    assert batch["sip_status"].to_list() == [487, None]
