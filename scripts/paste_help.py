"""Paste each command's own help into docs/reference/cli.md, so that the manual can't fall behind the program.

.venv/bin/python scripts/paste_help.py            writes the page anew
.venv/bin/python scripts/paste_help.py --check    exits 1 where the page says something else
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
BLOCK = re.compile(r"(<!-- help: (.*?) -->\n```text\n).*?(```\n)", re.DOTALL)
PLAIN = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "LANG": "C.UTF-8", "PATH": ""}


def help_of(command: str) -> str:
    """What `tocsin COMMAND --help` prints on a plain terminal of 100 columns."""
    call = [str(Path(sys.executable).with_name("tocsin")), *command.split()[1:], "--help"]
    shown = subprocess.run(call, env=PLAIN, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in shown.strip().splitlines()) + "\n"


def pasted(page: str) -> str:
    """The page with every block between a `<!-- help: ... -->` and its closing fence made anew."""
    return BLOCK.sub(lambda block: block[1] + help_of(block[2]) + block[3], page)


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    fresh = pasted(page)
    if "--check" in sys.argv[1:]:
        sys.exit(f"{PAGE.name} is behind the program: run scripts/paste_help.py" if fresh != page else 0)
    PAGE.write_text(fresh, "utf-8")
