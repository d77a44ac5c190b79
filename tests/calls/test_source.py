"""Where bytes come from, and what they are turned into: whole lines of UTF-8."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.calls.source import opened, text_blocks, whole_lines
from tocsin.errors import InputError


def text(*blocks: bytes) -> bytes:
    return b"".join(text_blocks(blocks))


@pytest.mark.parametrize(
    ("blocks", "read"),
    [
        ((b"caf\xc3\xa9\n",), "café\n"),
        ((b"caf\xe9\n",), "café\n"),  # cp1252
        ((b"\x80\x81\n",), "€\x81\n"),  # and the byte that Windows doesn't use
        ((b"\xc3\xa9 and \xe9\n",), "é and é\n"),  # both in one file
        ((b"caf\xc3", b"\xa9\n"), "café\n"),  # a character over two blocks
        ((b"\xef\xbb\xbfa\n",), "a\n"),
        (("é\n".encode("utf-16"),), "é\n"),
        ((b"\xfe\xff" + "é\n".encode("utf-16-be"),), "é\n"),
        ((b"a\rb\r", b"c\r"), "a\nb\nc\n"),
        ((), ""),
    ],
)
def test_any_encoding_becomes_utf_8(blocks: tuple[bytes, ...], read: str) -> None:
    assert text(*blocks).decode() == read


@given(st.binary(max_size=200))
def test_any_bytes_become_utf_8(data: bytes) -> None:
    text(data).decode()


@given(st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"d\n"]), max_size=30), st.integers(1, 8))
def test_blocks_are_cut_behind_line_ends_and_nothing_is_lost(blocks: list[bytes], size: int) -> None:
    parts = list(whole_lines(blocks, size))
    assert b"".join(parts) == b"".join(blocks).replace(b"\r\n", b"\n")
    assert all(part.endswith(b"\n") for part in parts[:-1])


def test_a_line_that_never_ends_is_no_file_of_records() -> None:
    with pytest.raises(InputError, match="a line is longer than a million characters: this is no file of records"):
        list(whole_lines([b"x" * 600_000] * 4, 1000))


def test_lines_are_numbered_through_all_chunks(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"line %d\n" % i for i in range(200_000)))
    (source,) = opened([path])
    with pytest.raises(ValueError, match="closed"):
        next(source.chunks())  # each file is open only while it's its turn
    for source in opened([path]):
        chunks = list(source.chunks(size=100))
    assert len(chunks) > 1
    for chunk in chunks:
        assert chunk.data.startswith(b"line %d\n" % (chunk.line - 1))
    assert b"".join(chunk.data for chunk in chunks) == path.read_bytes()


def test_ascii_behind_a_character_that_a_block_cut_in_two_does_not_pass_it_by() -> None:
    assert b"".join(text_blocks([b"caf", b"\xc3", b"\xa9\n", b"15;"])) == "café\n15;".encode()
    assert b"".join(text_blocks([b"caf", b"\xc3", b"15;"])) == "cafÃ15;".encode()  # it was cp1252 after all
