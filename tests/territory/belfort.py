"""A small plan to break: the Territoire de Belfort in three files."""

from __future__ import annotations

from pathlib import Path

from tocsin.territory import check_plan, france

FRANCE = france()

CENTRES = """code;name;area
SAMU;SAMU du Territoire de Belfort;90
CTA;Pompiers du Territoire de Belfort;90
CORG;Gendarmerie du Territoire de Belfort;90
"""
NUMBERS = """centre;service;number
SAMU;15;0353010905
SAMU;112;0353010901
CTA;18;0353010908
CTA;112;0353010902
CORG;17;0353010906
"""
TARGETS = """area;service;order;centre
90;15;1;SAMU
90;17;1;CORG
90;18;1;CTA
90;112;1;CTA
90;112;2;SAMU
"""


def belfort(folder: Path) -> Path:
    """The folder, with a plan that has no fault."""
    return write(folder, {"centres.csv": CENTRES, "numbers.csv": NUMBERS, "targets.csv": TARGETS})


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[str]:
    return [str(fault) for fault in check_plan(folder, FRANCE)]
