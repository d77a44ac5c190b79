from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tocsin import cli

FILES = sorted(Path(cli.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_commands_know_other_rooms_by_what_these_export(file: Path) -> None:
    past = [
        node.module
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.startswith("tocsin.")
        and not node.module.startswith("tocsin.cli")
        and node.module.count(".") > 1
    ]
    assert past == []
