"""The record, and the page that describes it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tocsin.calls import REASONS, RECORD, VANTAGES, Outcome, mend

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "records.md").read_text("utf-8")


def test_the_page_has_every_column_in_its_order_and_every_value() -> None:
    columns = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert columns == RECORD.names()
    assert all(f"`{value}`" in PAGE for value in (*VANTAGES, *Outcome))


def test_the_page_has_every_reason_with_its_remedy() -> None:
    assert all(f"| {reason} | {mend(reason)} |\n" in PAGE for reason in REASONS)


def test_an_empty_batch_has_the_schema() -> None:
    assert pl.DataFrame(schema=RECORD).schema == RECORD
