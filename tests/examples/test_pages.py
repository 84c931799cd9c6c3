"""Every page can be found, and no link between pages is broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "runtime" / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ci" / "README.md", *sorted(DOCS.glob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")


def targets(page: Path) -> list[Path]:
    """The files a page links to."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    return [(page.parent / link).resolve() for link, _ in _LINK.findall(text) if "://" not in link]


def test_the_index_of_the_runtimes_pages_names_every_one() -> None:
    written = {page for page in DOCS.iterdir() if page.is_file() and page.name != "README.md"}
    assert written <= {*targets(DOCS / "README.md")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_files_that_are_there(page: Path) -> None:
    assert [target for target in targets(page) if not target.exists()] == []
