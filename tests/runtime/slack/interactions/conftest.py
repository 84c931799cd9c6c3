"""A town whose people ask and decide in Slack."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.slack.interactions.town import Town, town


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The URL of a migrated, empty store on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(_sqlite_template, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


@pytest.fixture
def slack(tmp_path: Path, sqlite_url: str) -> Iterator[Town]:
    """Acme with one server, on SQLite, over HTTP. No flow is declared yet."""
    with town(sqlite_url, tmp_path) as made:
        yield made
