"""The pages for authors: they are those in the repository, complete, and lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sym.sdk import _reference, errors
from sym.sdk.errors import SymIntegrationError
from sym.sdk.resource import SRN, InvalidSRNError
from tests.architecture.sources import ROOT
from tests.runtime.sdk import surface

DOCS = ROOT / "runtime" / "docs" / "sdk"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return _reference.pages()


def test_the_pages_in_the_repository_are_up_to_date() -> None:
    assert _reference.stale(DOCS) == {}, "run: make docs"


def test_pages_that_are_missing_changed_or_left_over_are_found_and_mended(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "sym.sdk._reference", str(tmp_path)], check=True, timeout=60)
    assert _reference.stale(tmp_path) == {}
    (tmp_path / "forms.md").unlink()
    (tmp_path / "user.md").write_text("something else")
    (tmp_path / "gone.md").write_text("of a module that is gone")
    assert _reference.stale(tmp_path) == {"forms.md": "missing", "user.md": "outdated", "gone.md": "leftover"}
    _reference.write(tmp_path)
    assert _reference.stale(tmp_path) == {}


@pytest.mark.parametrize("path", [*surface.CALLABLES, *surface.ENUMERATIONS])
def test_every_name_is_documented_where_authors_import_it_from(path: str, pages: dict[str, str]) -> None:
    parts = path.split(".")
    owner = next((index for index, part in enumerate(parts) if part[0].isupper()), len(parts) - 1)
    page = pages[f"{'.'.join(parts[:owner])}.md"]
    assert f"## {parts[owner]}\n" in page
    if len(parts) > owner + 1 and parts[-1] != "__init__" and path != "templates.ApprovalTemplate.ignore":
        assert f"* `{parts[-1]}(" in page


def test_signatures_are_written_as_one_would_write_them(pages: dict[str, str]) -> None:
    assert "mention(identifier: str | User) -> str\n" in pages["integrations.slack.md"]
    assert "FieldOption(*, value: Any = None, label: str)\n" in pages["forms.md"]
    assert "OktaError(name: str, message: str, error_type: str = 'Okta')\n" in pages["exceptions.md"]
    assert "* `identity(service_type: str, service_id: str | None = None) -> UserIdentity | None`: " in pages["user.md"]


def test_every_link_leads_to_a_heading(pages: dict[str, str]) -> None:
    links = [(name, *link) for name, text in pages.items() for link in re.findall(r"\]\(([\w.]+)(?:#(\w+))?\)", text)]
    assert len(links) > 50
    for name, page, anchor in links:
        headings = [heading.lower() for heading in re.findall(r"^## (\w+)$", pages[page], re.MULTILINE)]
        assert not anchor or anchor in headings, (name, page, anchor)


def test_no_page_shows_where_it_was_made_or_an_object_as_python_prints_it(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        assert not re.search(r" at 0x|<class|<factory>", text), name
        assert str(ROOT) not in text, name


def test_the_pages_errors_point_at_are_there() -> None:
    with pytest.raises(InvalidSRNError) as caught:
        SRN.parse("x")
    for url in (caught.value.doc_url, SymIntegrationError.default_docs_url):
        assert (ROOT / url).is_file()
    assert (ROOT / errors.DOCS_ROOT).is_dir()
