"""The pages that come from the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.api import reference
from tests.architecture.sources import ROOT

DOCS = ROOT / "runtime" / "docs"


@pytest.mark.parametrize("name", ["api.md", "openapi.json"])
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text() == reference.pages()[name], "run `make docs`"


def test_pages_are_written_into_a_new_folder(tmp_path: Path) -> None:
    reference.write(tmp_path / "docs")
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(reference.pages())


def test_every_verb_has_its_call() -> None:
    page = reference.pages()["api.md"]
    assert "{VERBS}" not in page
    assert "{STATUSES}" not in page
    assert page.count("#### `POST /api/v1/events/request`") == 1
    assert '-d \'{"flow_srn"' in page
