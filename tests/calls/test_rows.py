"""Lines to fields: the fast way and the careful way are one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.calls.ports import Chunk
from tocsin.calls.rows import FIELDS, LINE, fields_of, split

COLUMNS = ["a", "b", "c"]


def rows(data: str, fewest: int | None = None) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    frame, faults, _ = split(Chunk(data=data.encode(), line=10), COLUMNS, ",", fewest=fewest)
    names = [*COLUMNS, LINE] if fewest is None else [*COLUMNS, FIELDS]
    return frame.select(names).rows(), [(line, reason) for line, reason, _ in faults.iter_rows()]


def test_rows_have_their_line_and_empty_fields_are_null() -> None:
    assert rows("1,,3\n4,5,6\n") == ([("1", None, "3", 10), ("4", "5", "6", 11)], [])


def test_blank_lines_are_counted_as_lines_and_no_rows() -> None:
    assert rows("1,2,3\n\n4,5,6\n") == ([("1", "2", "3", 10), ("4", "5", "6", 12)], [])


def test_every_fault_is_of_its_own_line() -> None:
    good, faults = rows('1,2,3\n1,2\n1,2,3,4\n1,"2,3\n"a",b"c,3\n"1","2,","3"\n1,2,3,,,\n')
    assert [row[-1] for row in good] == [10, 14, 15, 16]
    assert faults == [
        (11, "too few fields"),
        (12, "too many fields"),
        (13, "a quote is open or out of place"),
    ]
    assert rows("1,2," + "x" * 100_001 + '\n"",,\n')[1] == [(10, "a text too long")]


def test_ragged_rows_say_how_many_fields_they_had() -> None:
    assert rows("1,2\n1,2,3\n1\n", fewest=2) == ([("1", "2", None, 2), ("1", "2", "3", 3)], [(12, "too few fields")])


@settings(deadline=None)
@given(st.lists(st.lists(st.text(alphabet="ab ,\"'é", max_size=4), min_size=1, max_size=5), max_size=8))
def test_polars_and_python_split_alike(table: list[list[str]]) -> None:
    lines = [",".join(fields) for fields in table]
    found, faults = rows("\n".join([*lines, ""]))
    expected = []
    for number, line in enumerate(lines, 10):
        fields = fields_of(line, ",")
        while fields and len(fields) > 3 and not fields[-1].strip():
            fields.pop()
        if line.strip() and fields is not None and len(fields) == 3:
            expected.append((*(field or None for field in fields), number))
    assert found == expected
    assert len(found) + len(faults) == sum(bool(line.strip()) for line in lines)
