"""The pages of the simulator can't fall behind it: every example runs, every scenario and field stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tocsin.errors import InputError
from tocsin.simulate import names, records
from tocsin.simulate.invented import invented
from tocsin.simulate.scenario import FAULT_FIELDS, HEAD_FIELDS, SURGE_FIELDS, parse
from tocsin.territory import france

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "simulator.md").read_text("utf-8")
HOW_TO = (DOCS / "how-to" / "add-a-scenario.md").read_text("utf-8")
EXAMPLE = re.compile(r"```python\n(.*?)```\n```text\n(.*?)```", re.DOTALL)
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(("code", "output"), EXAMPLE.findall(REFERENCE) + EXAMPLE.findall(HOW_TO))
def test_every_example_prints_what_the_page_says(
    code: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(TOML.findall(HOW_TO)[0], "utf-8")
    exec(compile(code, "page", "exec"), {})
    assert capsys.readouterr().out == output


def test_the_pages_have_examples() -> None:
    assert len(EXAMPLE.findall(REFERENCE)) == 2
    assert len(EXAMPLE.findall(HOW_TO)) == 1


def test_every_scenario_and_every_world_stands_in_the_reference() -> None:
    table = REFERENCE.split("## The scenarios")[1].split("##")[0]
    assert tuple(sorted(re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE))) == names()
    worlds = REFERENCE.split("## The worlds")[1].split("##")[0]
    assert re.findall(r"^\| `(\w+)` \| [^c]", worlds, re.MULTILINE) == list(invented().world)


def test_every_field_stands_in_the_how_to() -> None:
    for field in (*HEAD_FIELDS, *FAULT_FIELDS, *SURGE_FIELDS):
        assert f"`{field}`" in HOW_TO or f"{field} = " in HOW_TO, field


def test_the_error_on_the_page_is_the_program_s_own() -> None:
    text = TOML.findall(HOW_TO)[0].replace('access = ["mobile"]', 'nodes = ["Z-CS-1"]')
    with pytest.raises(InputError) as caught:
        records(parse(text, file="mine.toml"), france(), seed=1)
    assert str(caught.value) in HOW_TO
