"""The real product behind the simulator's page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sym.simulator.person import Person
from tests.browser.chromium import Scheme, window
from tests.browser.product.acme import Acme, acme
from tests.browser.product.steps import enter

Seen = Callable[..., Page]


@pytest.fixture
def company(tmp_path: Path, _sqlite_template: Path) -> Iterator[Acme]:
    """Acme with its server, on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(_sqlite_template, path)
    path.chmod(0o600)
    with acme(f"sqlite:///{path}", tmp_path) as made:
        yield made


@pytest.fixture
def seen(browser: Browser, company: Acme) -> Iterator[Seen]:
    """``seen(person, width="desktop", scheme="light")``: a window of somebody's own, in #access-requests. Whatever goes
    wrong in the page fails the test."""
    pages: list[Page] = []
    problems: list[str] = []

    def opened(person: Person, width: str = "desktop", scheme: Scheme = "light") -> Page:
        pages.append(window(browser, problems, width, scheme))
        return enter(pages[-1], company, person)

    yield opened
    for page in pages:
        page.context.close()
    assert problems == []
