"""The office, served once for all tests of a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym.store.database import Store
from tests.contracts.api.office import Office, furnish, open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(_sqlite_template, folder / "store.db")
    store = Store(f"sqlite:///{folder / 'store.db'}")
    with open_office(furnish(store, folder / "keys")) as opened:
        yield opened
    store.close()
