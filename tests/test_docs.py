from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from tocsin.cli import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MANUAL = (DOCS / "reference" / "cli.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
TUTORIAL = DOCS / "how-to" / "watch-your-records.md"
FENCED = re.compile(r"```.*?```", re.DOTALL)


def commands(group: typer.Typer, name: str = "tocsin") -> Iterator[str]:
    yield name
    for command in group.registered_commands:
        called = command.name or getattr(command.callback, "__name__", "")
        yield f"{name} {called}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{name} {inner.name}")


@pytest.mark.parametrize("command", list(commands(app)))
def test_every_command_is_in_the_manual(command: str) -> None:
    assert f"<!-- help: {command} -->" in MANUAL


def test_the_manual_holds_the_programs_own_help() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "paste_help.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    prose = FENCED.sub("", page.read_text("utf-8"))
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", prose)]
    assert [name for name in targets if name and "://" not in name and not (page.parent / name).exists()] == []


def test_every_page_is_reached_from_the_index() -> None:
    linked = re.findall(r"\]\(([^)\s]+\.md)\)", (DOCS / "index.md").read_text("utf-8"))
    pages = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    assert sorted(pages - {"index.md", *linked}) == []


@pytest.mark.parametrize("page", sorted((DOCS / "how-to").glob("*.md")), ids=lambda page: page.name)
def test_a_page_with_commands_says_how_to_have_them_on_the_path(page: Path) -> None:
    text = page.read_text("utf-8")
    calls = re.search(r"^(\$ )?(tocsin|python) |^from tocsin import", "\n".join(FENCED.findall(text)), re.MULTILINE)
    assert not calls or ". .venv/bin/activate" in text


def test_the_tutorial_runs_from_top_to_bottom(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    script = "\n".join(re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=project,
        env={**os.environ, "PATH": path, "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Ashford (C1)" in done.stdout
    (scratch,) = (made.parent for made in tmp_path.glob("*/county"))
    assert (scratch / "wednesday.svg").stat().st_size > 0
    assert (scratch / "alarms.jsonl").stat().st_size > 0
    assert list(project.iterdir()) == [], "who pastes it finds nothing new in the project's folder"
