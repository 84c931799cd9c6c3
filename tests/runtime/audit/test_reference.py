"""The generated reference is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.audit.events import vocabulary
from sym.audit.reference import documents, main
from tests.architecture.sources import ROOT


def test_the_committed_reference_is_what_the_code_says() -> None:
    folder = ROOT / "runtime" / "docs"
    stale = [name for name, text in documents().items() if (folder / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run make docs, and commit what it writes"


def test_every_name_is_on_the_page_with_its_reason() -> None:
    page = documents()["audit.md"]
    assert [name for name in vocabulary() if f"| `{name}` |" not in page] == []


def test_it_is_written_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "docs")]) == 0
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(documents())
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
