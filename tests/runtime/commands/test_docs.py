from __future__ import annotations

import email.message
import importlib.metadata
import webbrowser

import pytest

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


def test_the_address_is_printed_and_opened_where_there_is_a_browser(bare: Symflow, opened: list[str]) -> None:
    nothing = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "BROWSER": None}
    assert bare("docs", **nothing).stdout == f"{URL}\n"
    assert bare("docs", "--no-browser", BROWSER="true").stdout == f"{URL}\n"
    assert opened == []
    assert bare("docs", BROWSER="true").stdout == f"{URL}\n"
    assert opened == [URL]


def test_no_address_of_anybody_is_made_up(bare: Symflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: email.message.Message())
    result = bare("docs", code=4)
    assert result.stdout == ""
    assert "runtime/docs" in result.stderr
