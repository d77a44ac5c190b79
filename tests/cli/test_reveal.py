from __future__ import annotations

from pathlib import Path

import pytest
from tests.calls.samples import FRANCE, KEY, csv_of, lines

from tocsin.calls import examine
from tocsin.cli.reveal import rate_interval, reveal
from tocsin.words import Words


def said(path: Path, capsys: pytest.CaptureFixture[str], language: str = "en") -> list[str]:
    reveal(examine(path, FRANCE, key=KEY), FRANCE, Words(language=language))
    return capsys.readouterr().out.replace("\u202f", " ").splitlines()


def test_a_rate_is_known_as_well_as_its_calls_are_many(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(csv_of(lines(11)))  # ten seconds apart: eleven in a hundred seconds
    low, high = rate_interval(examine(path, FRANCE, key=KEY))
    # Garwood's interval of 11 is 5.491 to 19.682
    assert low == pytest.approx(5.491 * 0.6, rel=1e-3)
    assert high == pytest.approx(19.682 * 0.6, rel=1e-3)


def test_parts_of_the_calls_take_longer_than_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "calls.csv"
    rows = [
        f"2021-06-02T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z,{service},{second},{area},answered"
        for second, service, area in zip(
            range(0, 43_200, 30), ["15", "15", "18"] * 480, ["59", "59", "75"] * 480, strict=True
        )
    ]
    path.write_bytes(csv_of(rows))
    told = said(path, capsys)
    assert told[0].startswith("a loss that begins now would be seen by `watch` (")
    assert told[0].endswith("; the silences above are only of how this file ends):")
    heads = [line.split(":")[0].strip() for line in told[1:]]
    assert heads == [
        "of everything, by outcomes",
        "of everything, by missing arrivals alone",
        "of calls to 15, 67 % of all, by outcomes",
        "of calls to 15, 67 % of all, by missing arrivals alone",
        "of calls to 18, 33 % of all, by outcomes",
        "of calls to 18, 33 % of all, by missing arrivals alone",
        "of the largest area, Nord (59), 66.7 % of all, by outcomes",
        "of the largest area, Nord (59), 66.7 % of all, by missing arrivals alone",
        "of the median area, Paris (75), 33.3 % of all, by outcomes",
        "of the median area, Paris (75), 33.3 % of all, by missing arrivals alone",
    ]
    ends = [float(line.rsplit("100 % after ", 1)[1].split()[0]) for line in told[1:] if "outcomes" in line]
    assert ends[0] < ends[1] < ends[2]


def test_french_readers_are_told_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(csv_of(lines(100)))
    assert len(said(path, capsys)) == len(said(path, capsys, "fr"))
