"""Run `tocsin demo` and paste what it prints into the README, and its picture beside, so that both are real.

.venv/bin/python scripts/paste_demo.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "README.md"
PICTURE = ROOT / "docs" / "2021-06-02.png"
BLOCK = re.compile(r"(<!-- make run -->\n```text\n).*?(```\n)", re.DOTALL)

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        call = [str(Path(sys.executable).with_name("tocsin")), "demo"]
        plain = {"COLUMNS": "120", "TERM": "dumb", "NO_COLOR": "1", "LANG": "C.UTF-8", "PATH": ""}
        shown = subprocess.run(call, env=plain, cwd=folder, capture_output=True, text=True, check=True).stdout
        shutil.copyfile(Path(folder) / "out" / PICTURE.name, PICTURE)
    lines = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
    PAGE.write_text(BLOCK.sub(lambda block: block[1] + lines + block[2], PAGE.read_text("utf-8")), "utf-8")
