from __future__ import annotations

import email.message
import importlib.metadata
import webbrowser
from pathlib import Path

import pytest

from sym.commands import docs
from tests.architecture.sources import ROOT
from tests.runtime.commands.conftest import Symflow

URL = "https://docs.example.org/sym"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A build that says where its documentation is; gives what was opened."""
    found: list[str] = []
    message = email.message.Message()
    for line in ("Homepage, https://example.org", f"Documentation, {URL}", "Docs, javascript:alert(1)"):
        message["Project-URL"] = line
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: message)
    monkeypatch.setattr(webbrowser, "open", lambda url: found.append(url) or True)
    return found


def test_the_address_of_a_build_is_opened_where_there_is_a_browser(bare: Symflow, opened: list[str]) -> None:
    nothing = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "BROWSER": None}
    here = f"{ROOT / 'runtime' / 'docs'}\n"
    assert bare("docs", **nothing).stdout == here
    assert bare("docs", "--no-browser", BROWSER="true").stdout == here
    assert opened == []
    assert bare("docs", BROWSER="true").stdout == f"{URL}\n"
    assert opened == [URL]


def test_it_says_where_the_documentation_is_on_this_machine(bare: Symflow) -> None:
    told = bare("docs", BROWSER="true")
    assert (Path(told.stdout.strip()) / "login.md").is_file()
    assert "login" in told.stderr


def test_it_prints_a_page(bare: Symflow) -> None:
    page = (ROOT / "runtime" / "docs" / "login.md").read_text()
    assert bare("docs", "login").stdout == bare("docs", "login.md").stdout == page
    assert "login" in bare("docs", "../../README", code=4).stderr


def test_without_any_pages_it_is_the_readme(bare: Symflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "_folder", lambda: None)
    assert bare("docs").stdout.startswith("# Sym")
    bare("docs", "login", code=4)
