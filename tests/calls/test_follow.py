"""A file that grows, is rotated, truncated, and comes back: told by a clock that the test holds."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.calls.readers.test_kamailio import acc
from tests.calls.samples import FRANCE, HEADER, KEY, lines

from tocsin.calls import RECORD, Rejects, follow
from tocsin.errors import InputError


class Story:
    """Follows one file; every sleep is a second in which the next thing happens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 1_622_646_000.0
        self.rejects = Rejects()
        self._records = follow(
            path, territory=FRANCE, clock=lambda: self.now, sleep=self._sleep, key=KEY, rejects=self.rejects
        )

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def write(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text)

    def ids(self, polls: int = 3) -> list[str]:
        """The ids that come out in so many polls."""
        frames = [next(self._records) for _ in range(polls)]
        assert all(frame.schema == RECORD for frame in frames)
        return pl.concat(frames)["id"].to_list()

    def after(self, what: Callable[[], object], polls: int = 3) -> list[str]:
        what()
        return self.ids(polls)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    path = tmp_path / "calls.csv"
    path.write_text("\n".join([HEADER, *lines(3), ""]))
    return Story(path)


ROWS = lines(100)


def test_what_is_there_comes_first_and_then_what_is_written(story: Story) -> None:
    assert story.ids() == ["call-0", "call-1", "call-2"]
    assert story.ids() == []  # and time goes on: each poll gives a frame
    assert story.after(lambda: story.write(ROWS[3] + "\n" + ROWS[4] + "\n")) == ["call-3", "call-4"]


def test_a_line_without_its_end_is_waited_for(story: Story) -> None:
    story.ids()
    assert story.after(lambda: story.write(ROWS[3][:20])) == []
    assert story.after(lambda: story.write(ROWS[3][20:] + "\n")) == ["call-3"]
    assert story.rejects.total == 0


def test_a_file_that_is_renamed_is_read_to_its_end_and_the_new_one_from_its_start(story: Story) -> None:
    story.ids()
    story.write(ROWS[3] + "\n")
    story.path.rename(story.path.with_suffix(".1"))
    with story.path.with_suffix(".1").open("a") as file:
        file.write(ROWS[4] + "\n")  # the writer has still the old one open
    story.path.write_text("\n".join([HEADER, ROWS[5], ""]))
    assert story.ids(6) == ["call-3", "call-4", "call-5"]


def test_a_file_that_is_gone_is_waited_for(story: Story) -> None:
    story.ids()
    story.path.rename(story.path.with_suffix(".1"))
    assert story.ids() == []
    story.path.write_text("\n".join([HEADER, ROWS[5], ""]))
    assert story.ids(6) == ["call-5"]


def test_a_file_that_is_truncated_is_read_from_its_start(story: Story) -> None:
    story.ids()
    story.path.write_text("\n".join([HEADER, ROWS[7], ""]))
    assert story.ids(6) == ["call-7"]


def test_a_file_that_is_truncated_and_has_grown_past_the_old_place_is_known_by_its_bytes(story: Story) -> None:
    story.ids()
    os.truncate(story.path, 0)
    story.write("\n".join([HEADER, *ROWS[10:40], ""]))
    assert story.ids(6) == [f"call-{i}" for i in range(10, 40)]


def test_the_same_lines_again_after_a_rotation_count_once(story: Story) -> None:
    story.ids()
    story.path.rename(story.path.with_suffix(".1"))
    story.path.write_text("\n".join([HEADER, *ROWS[1:4], ""]))
    assert story.ids(6) == ["call-3"]
    assert story.rejects.reasons == {"the same record again": 2}


def test_an_empty_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.touch()
    story = Story(path)
    assert story.ids() == []
    assert story.after(lambda: story.write("\n".join([HEADER, ROWS[0], ""]))) == ["call-0"]


def test_a_bad_row_later_is_counted_and_the_watch_goes_on(story: Story) -> None:
    story.ids()
    assert story.after(lambda: story.write("junk\n" * 2000)) == []
    assert story.after(lambda: story.write(ROWS[3] + "\n")) == ["call-3"]
    assert story.rejects.reasons == {"too few fields": 2000}


def test_a_call_of_several_rows_is_held_a_minute_after_its_last(tmp_path: Path) -> None:
    path = tmp_path / "acc.log"
    path.write_text(acc("INVITE", 503, 0) + "\n")
    story = Story(path)
    assert story.ids(30) == []
    story.write(acc("INVITE", 200, 30, tags=("a", "b")) + "\n")
    assert story.ids(50) == []
    assert story.ids(20) == ["c1;a"]
    story.write(acc("BYE", 200, 90, tags=("a", "b")) + "\n")
    assert story.ids(100) == []


def test_what_cannot_be_followed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "calls.gz"
    with pytest.raises(InputError, match=r"calls\.gz: can't be read \(No such file or directory\): check the path\.$"):
        Story(path).ids()
    path.write_bytes(gzip.compress(b"x"))
    with pytest.raises(InputError, match="an archive or Parquet doesn't grow by lines: read it without --follow"):
        Story(path).ids()
    path.write_bytes(b"<html>\n")
    with pytest.raises(InputError, match="this is a web page"):
        Story(path).ids()
    path.write_bytes(b"what is this\n")
    with pytest.raises(InputError, match=r"calls\.gz: the format isn't known"):
        Story(path).ids()
