"""The reference pages that come from the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.commands import _reference
from tests.architecture.sources import ROOT

DOCS = ROOT / "runtime" / "docs"


@pytest.mark.parametrize("name", sorted(_reference.pages()))
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text() == _reference.pages()[name], "run `make docs`"


def test_pages_are_written_into_a_new_folder(tmp_path: Path) -> None:
    _reference.write(tmp_path / "docs")
    assert {path.name: path.read_text() for path in (tmp_path / "docs").iterdir()} == _reference.pages()


def test_every_row_has_three_cells() -> None:
    rows = [line for line in _reference.pages()["configuration.md"].splitlines() if line.startswith("| `")]
    assert len(rows) > 5
    assert {row.count("|") for row in rows} == {4}
