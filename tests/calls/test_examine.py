"""What `tocsin look` shows of a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.calls.samples import FRANCE, KEY, NOON, csv_of, lines, shared

from tocsin.calls import examine
from tocsin.calls.examine import USEFUL
from tocsin.calls.record import RECORD
from tocsin.errors import InputError
from tocsin.words import LANGUAGES, Words


def test_records_are_counted_by_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    beat = f"{NOON:%Y-%m-%dT%H:%M:%SZ},heartbeat,,,"
    path.write_bytes(csv_of([*lines(361), beat, "junk"]))
    seen = examine(path, FRANCE, key=KEY)
    assert (seen.format, seen.drafted, seen.zone) == ("records-csv", None, "the times carry their offset")
    assert (seen.calls, seen.heartbeats) == (361, 1)
    assert (seen.first, seen.last) == (NOON, NOON + timedelta(hours=1))
    assert seen.per_minute == pytest.approx(361 / 60)
    assert seen.by_hour[14] == pytest.approx(6.0, abs=0.1)  # noon UTC is 14 in Paris
    assert seen.counts["service"] == {"15": 361}
    assert seen.counts["outcome"] == {"answered": 361}
    assert seen.cells == {"35": 361}
    assert seen.filled["area"] == 1.0
    assert seen.reasons == {"too few fields": 1}
    assert seen.missing == tuple(name for name in USEFUL if name not in {"outcome", "area", "id"})
    assert seen.site is None


def test_codes_are_shown_with_their_names() -> None:
    seen = examine(shared("formats/kamailio_acc_syslog.log"), FRANCE, key=KEY)
    assert seen.counts["sip_status"] == {"200 OK": 1, "503 Service Unavailable": 1, "487 Request Terminated": 1}


def test_every_useful_column_is_of_the_record_and_both_languages_say_what_it_costs_to_be_without() -> None:
    assert set(USEFUL) <= set(RECORD)
    told = {language: [Words(language=language)(f"cost.{name}") for name in USEFUL] for language in LANGUAGES}
    assert len({*told["en"], *told["fr"]}) == 2 * len(USEFUL)


def test_who_looks_on_is_shown_all_records_heartbeats_included(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(csv_of([*lines(10), f"{NOON:%Y-%m-%dT%H:%M:%SZ},heartbeat,,,"]))
    shown: list[pl.DataFrame] = []
    examine(path, FRANCE, key=KEY, onlooker=shown.append)
    assert pl.concat(shown).height == 11


def test_a_foreign_file_is_read_through_a_draft_that_is_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "our log.csv"
    path.write_text("Heure d'appel;Court\n02/06/2021 16:45:07;15\n02/06/2021 16:46:08;18\n")
    seen = examine(path, FRANCE)
    assert seen.format == "draft"
    assert seen.drafted is not None
    assert 'time = "Heure d\'appel"' in seen.drafted.text()
    assert 'feed = "our log"' in seen.drafted.text()
    assert (seen.calls, seen.counts["service"]) == (2, {"15": 1, "18": 1})
    assert seen.zone == "Europe/Paris, as the mapping says: the file itself doesn't prove it"


def test_a_shipped_format_is_recognised_and_named() -> None:
    seen = examine(shared("data/montgomery_911.csv.gz"), FRANCE)
    assert (seen.format, seen.drafted, seen.calls) == ("montgomery-911", None, 99_492)
    assert seen.per_minute == pytest.approx(0.268, abs=0.001)
    assert seen.zone == "America/New_York, as the mapping says: the file itself doesn't prove it"
    assert "outcome" in seen.missing


def test_what_holds_no_records_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(b"<html>")
    with pytest.raises(InputError, match=r"calls\.csv: this is a web page"):
        examine(path, FRANCE)
    path.write_bytes(b"hello\n")
    with pytest.raises(InputError, match="no delimiter makes columns of its lines"):
        examine(path, FRANCE)


def test_a_site_file_given_as_records_is_recognised_as_one() -> None:
    path = shared("formats/site.csv")
    with pytest.raises(InputError) as caught:
        examine(path, FRANCE)
    assert str(caught.value) == (
        f"{path}: this is a site file, which says what is called, not a file of records: give it with --site."
    )
