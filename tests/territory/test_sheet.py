from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.territory.sheet import Column, Kind, Sheet, open_sheet, parse_sheet, read_sheet

COLUMNS = (
    Column(name="centre"),
    Column(name="number", also=("numéro", "téléphone")),
    Column(name="order", also=("ordre",), needed=False),
)
KIND = Kind(names=("numbers.csv", "numeros.csv"), columns=COLUMNS)
ROWS = [("Évry", "0199001500"), ("Le Coudray", "0199001800")]


def said(sheet: Sheet) -> list[str]:
    return [str(fault) for fault in sheet.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("titles", [("centre", "number"), ("CENTRE", "Numéro"), (" Centre ", '"Téléphone"')])
def test_every_spreadsheet_says_the_same(
    tmp_path: Path, encoding: str, delimiter: str, end: str, titles: tuple[str, str]
) -> None:
    lines = [delimiter.join(cells) for cells in (titles, *ROWS)]
    path = tmp_path / "numbers.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    sheet = read_sheet(path, COLUMNS)
    assert said(sheet) == []
    assert [(row["centre"], row["number"]) for row in sheet.rows] == ROWS
    assert [row.line for row in sheet.rows] == [2, 3]
    assert sheet.whole


def test_blank_lines_and_columns_of_ones_own_do_no_harm() -> None:
    text = "remarque;number;centre\n\n;;\nvu le 3 mai; 0199001500\u00a0;A\n;0199001800;B;;\n"
    sheet = parse_sheet("numbers.csv", text, COLUMNS)
    assert said(sheet) == []
    assert [(row.line, row["centre"], row["number"], row["order"]) for row in sheet.rows] == [
        (4, "A", "0199001500", ""),
        (5, "B", "0199001800", ""),
    ]


def test_a_first_line_that_names_the_delimiter_is_no_header() -> None:
    sheet = parse_sheet("numbers.csv", "sep=;\ncentre;number\nA;0199001500\n", COLUMNS)
    assert said(sheet) == []
    assert [row.line for row in sheet.rows] == [3]


def test_a_delimiter_inside_quotation_marks_belongs_to_the_cell() -> None:
    sheet = parse_sheet("numbers.csv", 'centre,number\n"Rennes, centre",0199001500\n', COLUMNS)
    assert sheet.rows[0]["centre"] == "Rennes, centre"


def test_every_fault_of_a_sheet_comes_out() -> None:
    text = 'centre;number\nA;0199001500;and\nB;"0199001800\nC;0199001700\n'
    sheet = parse_sheet("numbers.csv", text, COLUMNS)
    assert said(sheet) == [
        "numbers.csv line 2: the row has 3 cells, the header 2: "
        "take out the extra ';' or put the cell in quotation marks.",
        "numbers.csv line 3: a quotation mark is not closed: write the cell on one line, without quotation marks.",
    ]
    assert [row["centre"] for row in sheet.rows] == ["C"]
    assert sheet.whole


def test_a_missing_and_a_repeated_column_are_named() -> None:
    sheet = parse_sheet("numbers.csv", "numero;téléphone;zone\n1;2;3\n", COLUMNS)
    assert said(sheet) == [
        "numbers.csv line 1, centre: the column centre is missing: the header is centre;numéro.",
        "numbers.csv line 1, numero: the column numero stands 2 times: keep one of them.",
    ]
    assert not sheet.whole


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "numbers.csv: the file is empty: write the header centre;number."),
        (b"\xef\xbb\xbf\r\n;;\r\n", "numbers.csv: the file is empty: write the header centre;number."),
        (b"PK\x03\x04\x00\x00\x08", "numbers.csv: the file is not text: save it from the spreadsheet as CSV."),
        (b"centre;num\x81ro\n", "numbers.csv: the file is not text: save it from the spreadsheet as CSV."),
        (b"\xff\xfec", "numbers.csv: the file is not text: save it from the spreadsheet as CSV."),
    ],
)
def test_a_file_that_is_no_table_is_one_fault(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "numbers.csv"
    path.write_bytes(data)
    sheet = read_sheet(path, COLUMNS)
    assert said(sheet) == [sentence]
    assert not sheet.whole


def test_a_web_page_saved_as_csv_lacks_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("<!DOCTYPE html>\n<html><body>Session expired</body></html>\n")
    assert said(read_sheet(path, COLUMNS)) == [
        "numbers.csv line 1, centre: the column centre is missing: the header is centre;number.",
        "numbers.csv line 1, number: the column number is missing: the header is centre;number.",
    ]


def test_a_folder_called_like_the_file_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.mkdir()
    assert said(read_sheet(path, COLUMNS)) == [
        "numbers.csv: the file can't be read (Is a directory): check that it is a file you may read."
    ]


def test_a_file_is_found_under_each_of_its_names_and_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "NUMEROS.CSV"
    path.write_text("centre;number\nA;0199001500\n")
    assert open_sheet([path], KIND).file == "NUMEROS.CSV"


def test_a_needed_file_that_is_missing_is_asked_for() -> None:
    sheet = open_sheet([], KIND)
    assert said(sheet) == ["numbers.csv: the file is missing: write it or numeros.csv with the header centre;number."]


def test_two_files_that_say_the_same_are_not_mixed(tmp_path: Path) -> None:
    paths = [tmp_path / "numbers.csv", tmp_path / "numeros.csv"]
    for path in paths:
        path.write_text("centre;number\nA;0199001500\n")
    assert said(open_sheet(paths, KIND)) == [
        "numbers.csv: numeros.csv would say the same thing, and only this file was read: keep one."
    ]


@given(st.binary(max_size=300))
@settings(deadline=None)  # files are slow at times
def test_any_bytes_give_rows_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    path.write_bytes(data)
    sheet = read_sheet(path, COLUMNS)
    assert sheet.whole or sheet.faults
    assert all(set(row.cells) == {"centre", "number", "order"} for row in sheet.rows)


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=8), st.sampled_from(";,\t"))
@settings(deadline=None)  # files are slow at times
def test_any_text_gives_each_line_as_a_row_or_as_a_fault(rows: list[tuple[str, str]], delimiter: str) -> None:
    lines = [delimiter.join(cells) for cells in rows]
    text = "\n".join([delimiter.join(("centre", "number")), *lines])
    sheet = parse_sheet("numbers.csv", text, COLUMNS)
    lines_said = {row.line for row in sheet.rows} | {fault.line for fault in sheet.faults}
    physical = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spoken = {number for number, line in enumerate(physical, 1) if number > 1 and any(c.isalnum() for c in line)}
    assert spoken <= lines_said
