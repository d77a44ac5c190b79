"""The page on captured SIP says what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.wire.sip.test_torture import LIBERAL
from tests.wire.sip.torture import MESSAGES, Verdict

from tocsin.wire.hep import CHUNKS
from tocsin.wire.sip.message import READ

PAGE = (Path(__file__).parents[2] / "docs/reference/capture.md").read_text("utf-8")


def test_the_example_prints_what_the_page_says() -> None:
    example, said = re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (said, "")


def test_the_table_of_chunks_is_the_programs() -> None:
    rows = re.findall(r"^\| 0x(..) \| (.+?) \| (\d+|any) \| (needed)? ?\|$", PAGE, re.MULTILINE)
    assert [(int(kind, 16), name, size, bool(needed)) for kind, name, size, needed in rows] == [
        (kind, chunk.name, str(chunk.size or "any"), chunk.needed) for kind, chunk in CHUNKS.items()
    ]


def test_the_table_of_headers_names_every_header_that_is_read() -> None:
    rows = re.findall(r"^\| ([A-Z][\w, -]+) \| ", PAGE, re.MULTILINE)
    named = {name for row in rows for name in row.split(", ")}
    assert set(READ.values()) <= named
    compact = re.search(r"compact forms \(`(.+?)`\)", PAGE)
    assert compact is not None
    assert compact[1].split() == sorted(name for name in READ if len(name) == 1)


def test_the_messages_that_may_be_refused_and_what_becomes_of_them_are_named() -> None:
    either = {name for name, message in MESSAGES.items() if message.verdict is Verdict.EITHER}
    understood, _, refused = PAGE.partition("these are understood")[2].partition("in brackets")
    assert {name for name in either if name in understood} == LIBERAL
    assert {name for name in either if name in refused} == either - LIBERAL
