from __future__ import annotations

import os
from pathlib import Path

import pytest

from tocsin.cli.keeping import whole
from tocsin.errors import InputError


def test_a_file_appears_when_all_of_it_is_written_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    with whole(path) as partial:
        partial.write_text("time,service\n")
        assert not path.exists()
        assert partial.suffix == ".csv"
    assert path.read_text() == "time,service\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "records.csv"
    with pytest.raises(InputError) as caught, whole(path):
        pass
    assert str(caught.value) == (
        f"{path}: its folder isn't there: make the folder {tmp_path / 'new'} first, or check the path."
    )
    assert list(tmp_path.iterdir()) == []


def write_half_and_fail(path: Path, accident: type[BaseException]) -> None:
    with whole(path) as partial:
        partial.write_text("half of the n")
        raise accident


@pytest.mark.parametrize("accident", [KeyboardInterrupt, OSError])
def test_an_accident_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, accident: type[BaseException]
) -> None:
    path = tmp_path / "baseline"
    path.write_text("old")
    with pytest.raises(accident):
        write_half_and_fail(path, accident)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with whole(pipe) as partial:
        assert partial == pipe
    assert list(tmp_path.iterdir()) == [pipe]
